/* Asks for one token and prints what the caller sees: a code, the milliseconds that it took, and the
 * milliseconds after which to come back. */
#define _POSIX_C_SOURCE 200809L
#include <grantmint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int main(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_playback_minter_t *live = NULL;
    grantmint_playback_token_t *token = NULL;
    grantmint_error_t *error = NULL;
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.base_url = grantmint_str(getenv("GRANTMINT_BASE_URL"));
    options.ca_file = grantmint_str(getenv("GRANTMINT_CA_FILE"));
    if (grantmint_api_key_from_env(&key, &error) != GRANTMINT_OK ||
        grantmint_playback_minter_new(key, &options, &live, &error) != GRANTMINT_OK)
        return EXIT_FAILURE;
    long long start = now_ms();
    grantmint_status_t status = grantmint_playback_minter_token(
        live, GRANTMINT_STR("VJ00000000000000000000000000000001"), GRANTMINT_STR("alice"), NULL,
        &token, &error);
    long long took = now_ms() - start;
    grantmint_str_t code =
        status == GRANTMINT_OK ? GRANTMINT_STR("ok") : grantmint_error_code(error);
    printf("%.*s %lld %u\n", (int)code.len, code.data, took,
           (unsigned)grantmint_error_retry_after_ms(error));
    grantmint_error_free(error);
    grantmint_playback_token_free(token);
    grantmint_playback_minter_free(live);
    grantmint_api_key_free(key);
    return EXIT_SUCCESS;
}
