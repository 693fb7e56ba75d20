/* A plug-in with grantmint inside or beneath it. */
#include <grantmint.h>

int plugin_use(void);
const void *plugin_library(void);

#define GRANT GRANTMINT_STR("{\"playbackUrl\":\"https://example.com/\"}")

static void fetch(void *userdata, const grantmint_grant_request_t *request,
                  grantmint_ticket_t *ticket) {
    (void)userdata, (void)request;
    /* Whoever waits is told if it fails. */
    grantmint_status_t status = grantmint_ticket_complete(ticket, GRANT, 0, NULL);
    (void)status;
}

static grantmint_status_t token(const grantmint_api_key_t *key, grantmint_source_t *source) {
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    grantmint_playback_minter_t *live = NULL;
    grantmint_playback_token_t *made = NULL;
    options.source = source;
    grantmint_status_t status = grantmint_playback_minter_new(key, &options, &live, NULL);
    if (status == GRANTMINT_OK)
        status = grantmint_playback_minter_token(
            live, GRANTMINT_STR("VJ00000000000000000000000000000003"), GRANTMINT_STR("alice"), NULL,
            &made, NULL);
    grantmint_playback_token_free(made);
    grantmint_playback_minter_free(live);
    return status;
}

/* Mints a token with a grant that a thread of the library fetches. */
int plugin_use(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_source_t *source = NULL;
    grantmint_status_t status = grantmint_api_key_new(
        GRANTMINT_STR("AC00000000000000000000000000000001"),
        GRANTMINT_STR("SK00000000000000000000000000000002"),
        GRANTMINT_STR("a secret of more than 32 characters in all"), &key, NULL);
    if (status == GRANTMINT_OK)
        status = grantmint_source_new(fetch, NULL, NULL, &source, NULL);
    if (status == GRANTMINT_OK)
        status = token(key, source);
    grantmint_source_free(source);
    grantmint_api_key_free(key);
    return status;
}

/* Where the copy of the library lies that this plug-in uses. */
const void *plugin_library(void) {
    return grantmint_version().data;
}
