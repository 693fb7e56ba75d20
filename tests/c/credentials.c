/* Credentials, ICE servers and tokens of other services, without a network. */
#include "check.h"

static const grantmint_str_t NONE = {NULL, 0};

static grantmint_rest_source_t *source_of(const char *json) {
    grantmint_rest_source_t *source = NULL;
    grantmint_named_text_t secret = {GRANTMINT_STR("token"), GRANTMINT_STR("hush")};
    CHECK_OK(grantmint_rest_source_new(grantmint_str(json), &secret, 1, &source, &error));
    return source;
}

/* Nothing listens there. */
#define SOURCE                                                                              \
    "{\"url\": \"http://127.0.0.1:1/\", \"auth\": {\"bearer\": \"{token}\"}, \"value\": \"/t\"," \
    " \"lifetime\": [{\"seconds\": \"/s\"}]}"

static void told(void *userdata, grantmint_status_t status, grantmint_issued_t *issued,
                 grantmint_error_t *error) {
    CHECK(issued == NULL && status == GRANTMINT_ERR_INVALID_ARGUMENT);
    CHECK(is(grantmint_error_argument(error), "key"));
    ++*(int *)userdata;
    grantmint_error_free(error);
}

static void credentials(void) {
    grantmint_rest_source_t *source = source_of(SOURCE);
    grantmint_credential_options_t options = GRANTMINT_CREDENTIAL_OPTIONS_INIT;
    options.isolated = GRANTMINT_ON;
    options.session_ms = 1000;
    options.timeout_ms = 2000;
    grantmint_credential_t *credential = NULL;
    CHECK_OK(grantmint_credential_new(source, &options, &credential, &error));
    grantmint_rest_source_free(source);

    grantmint_issued_t *issued = NULL;
    CHECK_STATUS(GRANTMINT_ERR_UPSTREAM_CONNECT,
                 grantmint_credential_get(credential, NONE, NULL, &issued, &error));
    CHECK_OK(grantmint_credential_try_get(credential, NONE, NULL, &issued, &error));
    CHECK(issued == NULL);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_credential_get(credential, GRANTMINT_STR("a"), NULL, &issued, &error));
    int calls = 0;
    CHECK_OK(grantmint_credential_get_then(credential, GRANTMINT_STR("a"), NULL, told, &calls,
                                           &error));
    CHECK(calls == 1);
    bool dropped = true;
    CHECK_OK(grantmint_credential_invalidate(credential, NONE, &dropped, &error));
    CHECK(dropped);
    CHECK_OK(grantmint_credential_invalidate_if(credential, NONE, 7, &dropped, &error));
    CHECK(!dropped);
    CHECK_OK(grantmint_credential_prefetch(credential, NONE, &error));
    CHECK_OK(grantmint_credential_keep_warm(credential, NONE, 0, &error));
    CHECK_OK(grantmint_credential_purge(credential, &error));

    grantmint_stats_t *stats = NULL;
    grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
    CHECK_OK(grantmint_credential_stats(credential, &stats, &error));
    CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
    CHECK(counters.fetches >= 1 && counters.has_fleet == 0);
    grantmint_stats_free(stats);
    grantmint_events_t *events = NULL;
    CHECK_OK(grantmint_credential_drain_events(credential, &events, &error));
    CHECK(grantmint_events_len(events) >= 2);
    grantmint_events_free(events);
    grantmint_grant_cache_t *cache = NULL;
    CHECK_OK(grantmint_credential_cache(credential, &cache, &error));
    grantmint_grant_cache_free(cache);

    grantmint_credential_close(credential);
    CHECK_STATUS(GRANTMINT_ERR_CLOSED,
                 grantmint_credential_get(credential, NONE, NULL, &issued, &error));
    CHECK_STATUS(GRANTMINT_ERR_CLOSED, grantmint_credential_purge(credential, &error));
    grantmint_credential_free(credential);

    source = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_rest_source_new(GRANTMINT_STR("{}"), NULL, 0, &source, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_URL,
                 grantmint_rest_source_oauth2(GRANTMINT_STR("hush"), GRANTMINT_STR("id"),
                                              GRANTMINT_STR("secret"), NULL, 0, &source, &error));
    CHECK(source == NULL);
    grantmint_named_text_t scope = {GRANTMINT_STR("scope"), GRANTMINT_STR("read")};
    CHECK_OK(grantmint_rest_source_oauth2(GRANTMINT_STR("https://h/t"), GRANTMINT_STR("id"),
                                          GRANTMINT_STR("secret"), &scope, 1, &source, &error));
    options.session = GRANTMINT_OFF;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_credential_new(source, &options, &credential, &error));
    options.session_ms = 0;
    options.isolated = 3;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_credential_new(source, &options, &credential, &error));
    CHECK(credential == NULL);
    grantmint_ice_servers_t *servers = NULL;
    CHECK_OK(grantmint_ice_servers_rest(source, NULL, &servers, &error));
    grantmint_ice_servers_free(servers);
    grantmint_rest_source_free(source);
}

static void told_servers(void *userdata, grantmint_status_t status,
                         grantmint_ice_credentials_t *credentials, grantmint_error_t *error) {
    CHECK(status == GRANTMINT_OK && error == NULL);
    CHECK(contains(grantmint_ice_credentials_ice_servers(credentials), "turn:h"));
    ++*(int *)userdata;
    grantmint_ice_credentials_free(credentials);
}

static void ice_servers(const grantmint_api_key_t *key) {
    grantmint_str_t url = GRANTMINT_STR("turn:h");
    grantmint_ice_servers_t *servers = NULL;
    grantmint_ice_servers_options_t options = GRANTMINT_ICE_SERVERS_OPTIONS_INIT;
    options.ttl = 600;
    CHECK_OK(grantmint_ice_servers_coturn(GRANTMINT_STR("secret"), &url, 1, &options, &servers,
                                          &error));
    grantmint_ice_credentials_t *got = NULL;
    CHECK_OK(grantmint_ice_servers_get(servers, GRANTMINT_STR("alice"), NULL, &got, &error));
    CHECK(contains(grantmint_ice_credentials_ice_servers(got), ":alice"));
    CHECK(grantmint_ice_credentials_remaining_ms(got) > 500000);
    CHECK(grantmint_ice_credentials_freshness(got) == GRANTMINT_FRESH);
    CHECK(grantmint_ice_credentials_reason(got) == NULL);
    CHECK(grantmint_ice_credentials_generation(got) == 0);
    grantmint_string_t *json = NULL;
    CHECK_OK(grantmint_ice_credentials_to_json(got, &json, &error));
    CHECK(contains(grantmint_string_get(json), "\"expiresIn\":"));
    grantmint_string_free(json);
    grantmint_ice_credentials_free(got);
    CHECK_OK(grantmint_ice_servers_try_get(servers, NONE, NULL, &got, &error));
    CHECK(got != NULL);
    grantmint_ice_credentials_free(got);
    int calls = 0;
    CHECK_OK(grantmint_ice_servers_get_then(servers, NONE, NULL, told_servers, &calls, &error));
    CHECK(calls == 1);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_ice_servers_get(servers, GRANTMINT_STR(""), NULL, &got, &error));
    CHECK_OK(grantmint_ice_servers_keep_warm(servers, NONE, 1000, &error));
    bool dropped = true;
    CHECK_OK(grantmint_ice_servers_invalidate_if(servers, NONE, 1, &dropped, &error));
    CHECK(!dropped);
    grantmint_stats_t *stats = NULL;
    CHECK_OK(grantmint_ice_servers_stats(servers, &stats, &error));
    CHECK(stats == NULL);
    grantmint_events_t *events = NULL;
    CHECK_OK(grantmint_ice_servers_drain_events(servers, &events, &error));
    CHECK(grantmint_events_len(events) == 0);
    grantmint_events_free(events);
    grantmint_ice_servers_close(servers);
    grantmint_ice_servers_free(servers);

    options.timeout_ms = 5;
    servers = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_ice_servers_coturn(GRANTMINT_STR("secret"), &url, 1, &options, &servers,
                                              &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_SID,
                 grantmint_ice_servers_twilio_account(GRANTMINT_STR("AC1"), GRANTMINT_STR("token"),
                                                      &options, &servers, &error));
    CHECK(servers == NULL);
    options.base_url = GRANTMINT_STR("http://127.0.0.1:1");
    CHECK_OK(grantmint_ice_servers_twilio(key, &options, &servers, &error));
    grantmint_ice_servers_free(servers);
    CHECK_OK(grantmint_ice_servers_cloudflare(GRANTMINT_STR("id"), GRANTMINT_STR("token"), &options,
                                              &servers, &error));
    grantmint_ice_servers_free(servers);
}

int main(void) {
    grantmint_api_key_t *key = new_key();
    credentials();
    ice_servers(key);
    grantmint_api_key_free(key);
    return 0;
}
