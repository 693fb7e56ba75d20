/* What is handed out for a coturn server, which on_coturn.py has judged by that server. */
#include "check.h"

static void say(const char *expected, grantmint_ice_servers_t *servers, grantmint_str_t identity) {
    grantmint_ice_credentials_t *got = NULL;
    CHECK_OK(grantmint_ice_servers_get(servers, identity, NULL, &got, &error));
    grantmint_str_t json = grantmint_ice_credentials_ice_servers(got);
    printf("%s %.*s\n", expected, (int)json.len, json.data);
    grantmint_ice_credentials_free(got);
    grantmint_ice_servers_free(servers);
}

static grantmint_ice_servers_t *signed_with(const char *secret, const char *url) {
    grantmint_str_t at = grantmint_str(url);
    grantmint_ice_servers_t *servers = NULL;
    CHECK_OK(grantmint_ice_servers_coturn(grantmint_str(secret), &at, 1, NULL, &servers, &error));
    return servers;
}

int main(void) {
    const char *secret = getenv("GRANTMINT_TURN_SECRET"), *url = getenv("GRANTMINT_TURN_URL");
    CHECK(secret != NULL && url != NULL);
    say("takes", signed_with(secret, url), GRANTMINT_STR("alice"));
    say("refuses", signed_with("another", url), GRANTMINT_STR("alice"));

    grantmint_api_key_t *key = NULL;
    grantmint_ice_servers_options_t options = GRANTMINT_ICE_SERVERS_OPTIONS_INIT;
    options.base_url = grantmint_str(getenv("GRANTMINT_EMULATOR"));
    options.isolated = GRANTMINT_ON;
    grantmint_ice_servers_t *servers = NULL;
    CHECK_OK(grantmint_api_key_from_env(&key, &error));
    CHECK_OK(grantmint_ice_servers_twilio(key, &options, &servers, &error));
    say("takes", servers, (grantmint_str_t){NULL, 0});
    grantmint_api_key_free(key);
    return 0;
}
