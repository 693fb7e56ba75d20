/* An object that was freed is found out, as far as that can be: the memory may be used again, and
 * only looking at it is already wrong. So this is not run where that is watched. */
#include "check.h"

static void a_freed_object_is_found_out(void) {
    grantmint_api_key_t *key = new_key();
    grantmint_token_minter_t *minter = NULL;
    grantmint_string_t *jwt = NULL;
    CHECK_OK(grantmint_token_minter_new(key, NULL, &minter, &error));
    grantmint_token_minter_free(minter);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_token_minter_mint(minter, GRANTMINT_STR("alice"), &jwt, &error));
    grantmint_token_minter_free(minter);
    grantmint_api_key_free(key);
}

int main(void) {
    a_freed_object_is_found_out();
    return 0;
}
