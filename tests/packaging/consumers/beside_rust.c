/* grantmint beside another library in Rust. */
#include <grantmint.h>
#include <stdint.h>

uint32_t rust_sum(uint32_t a, uint32_t b);

int main(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_error_t *error = NULL;
    grantmint_status_t status = grantmint_api_key_new(GRANTMINT_STR("AC"), GRANTMINT_STR("SK"),
                                                      GRANTMINT_STR("secret"), &key, &error);
    grantmint_error_free(error);
    return status == GRANTMINT_ERR_INVALID_SID && rust_sum(1, 2) == 3 ? 0 : 1;
}
