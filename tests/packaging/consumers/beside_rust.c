/* grantmint beside another library in Rust. */
#include <grantmint.h>
#include <stdbool.h>
#include <stdint.h>

uint32_t rust_sum(uint32_t a, uint32_t b);
bool rust_starts_processes(void);

int main(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_error_t *error = NULL;
    grantmint_status_t status = grantmint_api_key_new(GRANTMINT_STR("AC"), GRANTMINT_STR("SK"),
                                                      GRANTMINT_STR("secret"), &key, &error);
    grantmint_error_free(error);
    if (status != GRANTMINT_ERR_INVALID_SID)
        return 1;
    return rust_sum(1, 2) == 3 && rust_starts_processes() ? 0 : 2;
}
