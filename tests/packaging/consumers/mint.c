/* A token from a library that is of the header's version. */
#include <grantmint.h>
#include <stdio.h>

static grantmint_status_t mint(grantmint_string_t **token, grantmint_error_t **error) {
    grantmint_api_key_t *key = NULL;
    grantmint_token_minter_t *minter = NULL;
    grantmint_decoded_t *decoded = NULL;
    grantmint_status_t status = grantmint_api_key_new(
        GRANTMINT_STR("AC00000000000000000000000000000001"),
        GRANTMINT_STR("SK00000000000000000000000000000002"),
        GRANTMINT_STR("a secret of more than 32 characters in all"), &key, error);
    if (status == GRANTMINT_OK)
        status = grantmint_token_minter_new(key, NULL, &minter, error);
    if (status == GRANTMINT_OK)
        status = grantmint_token_minter_mint(minter, GRANTMINT_STR("alice"), token, error);
    if (status == GRANTMINT_OK)
        status = grantmint_verify(grantmint_string_get(*token), key, NULL, &decoded, error);
    grantmint_decoded_free(decoded);
    grantmint_token_minter_free(minter);
    grantmint_api_key_free(key);
    return status;
}

int main(void) {
    grantmint_string_t *token = NULL;
    grantmint_error_t *error = NULL;
    grantmint_str_t version = grantmint_version();
    if (mint(&token, &error) != GRANTMINT_OK) {
        grantmint_str_t message = grantmint_error_message(error);
        fprintf(stderr, "%.*s\n", (int)message.len, message.data);
        grantmint_error_free(error);
        return 1;
    }
    grantmint_string_free(token);
    printf("header %s library %.*s\n", GRANTMINT_VERSION, (int)version.len, version.data);
    return grantmint_version_number() == GRANTMINT_VERSION_NUMBER ? 0 : 1;
}
