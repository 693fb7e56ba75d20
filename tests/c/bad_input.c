/* Every way to call wrongly that can be found out: a status, never a crash. */
#include "check.h"

/* Behind a test helper, so not in the header. */
grantmint_status_t grantmint_testing_panic(grantmint_error_t **error);

#define BAD_UTF8 GRANTMINT_STR("\xff\xfe")
#define NUL GRANTMINT_STR("a\0b")

static const grantmint_str_t NULL_BUT_LONG = {NULL, 3};
static const grantmint_str_t EMPTY = {NULL, 0};
static const grantmint_str_t ENDLESS = {"a", SIZE_MAX};

typedef union {
    grantmint_token_minter_options_t options;
    unsigned char bytes[sizeof(grantmint_token_minter_options_t) + 64];
} longer_t;

static void texts(const grantmint_api_key_t *key) {
    grantmint_api_key_t *out = NULL;
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER,
                 grantmint_api_key_new(NULL_BUT_LONG, KEY_SID, SECRET, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_UTF8,
                 grantmint_api_key_new(ACCOUNT_SID, BAD_UTF8, SECRET, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_LIMIT_EXCEEDED,
                 grantmint_api_key_new(ACCOUNT_SID, ENDLESS, SECRET, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_SID,
                 grantmint_api_key_new(EMPTY, KEY_SID, SECRET, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_SID,
                 grantmint_api_key_new(NUL, KEY_SID, SECRET, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_CREDENTIALS,
                 grantmint_api_key_new(ACCOUNT_SID, KEY_SID, EMPTY, &out, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_api_key_with_region(key, NUL, &out, &error));
    CHECK(out == NULL);

    /* A zero byte in an identity is a byte like any other. */
    grantmint_token_minter_t *minter = NULL;
    grantmint_string_t *jwt = NULL;
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_token_minter_new(key, NULL, &minter, &error));
    CHECK_OK(grantmint_token_minter_mint(minter, NUL, &jwt, &error));
    CHECK_OK(grantmint_verify(grantmint_string_get(jwt), key, NULL, &decoded, &error));
    CHECK(same(grantmint_decoded_identity(decoded), NUL));
    grantmint_decoded_free(decoded);
    grantmint_string_free(jwt);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_IDENTITY,
                 grantmint_token_minter_mint(minter, EMPTY, &jwt, &error));
    CHECK(jwt == NULL);
    grantmint_str_t identities[] = {GRANTMINT_STR("alice"), BAD_UTF8};
    grantmint_strings_t *many = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_UTF8,
                 grantmint_token_minter_mint_many(minter, identities, 2, &many, &error));
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER,
                 grantmint_token_minter_mint_many(minter, NULL, 2, &many, &error));
    CHECK_STATUS(GRANTMINT_ERR_LIMIT_EXCEEDED,
                 grantmint_token_minter_mint_many(minter, identities, SIZE_MAX, &many, &error));
    CHECK(many == NULL);
    grantmint_token_minter_free(minter);
}

/* {"alg":"HS256"} and {"grants":{"identity":"alice"}} */
#define HEADER_AND_CLAIMS "eyJhbGciOiJIUzI1NiJ9.eyJncmFudHMiOnsiaWRlbnRpdHkiOiJhbGljZSJ9fQ."

static void signatures(void) {
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_decode(GRANTMINT_STR(HEADER_AND_CLAIMS "c2ln"), &decoded, &error));
    grantmint_decoded_free(decoded);
    const grantmint_str_t wrong[] = {
        GRANTMINT_STR(HEADER_AND_CLAIMS "c2ln="), GRANTMINT_STR(HEADER_AND_CLAIMS "c2l+"),
        GRANTMINT_STR(HEADER_AND_CLAIMS "c2lnZ"), GRANTMINT_STR(HEADER_AND_CLAIMS "c2l "),
        GRANTMINT_STR(HEADER_AND_CLAIMS "c2h")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_STATUS(GRANTMINT_ERR_TOKEN_MALFORMED, grantmint_decode(wrong[i], &decoded, &error));
}

static void buffers(const grantmint_api_key_t *key) {
    grantmint_token_minter_t *minter = NULL;
    char buffer[2048];
    size_t len = 0;
    memset(buffer, '#', sizeof buffer);
    CHECK_OK(grantmint_token_minter_new(key, NULL, &minter, &error));
    CHECK_STATUS(GRANTMINT_ERR_BUFFER_TOO_SMALL,
                 grantmint_token_minter_mint_into(minter, GRANTMINT_STR("alice"), buffer, 100,
                                                  &len, &error));
    CHECK(len > 100 && buffer[0] == '#');
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER,
                 grantmint_token_minter_mint_into(minter, GRANTMINT_STR("alice"), NULL, 2048, &len,
                                                  &error));
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER,
                 grantmint_token_minter_mint_into(minter, GRANTMINT_STR("alice"), buffer, 2048,
                                                  NULL, &error));
    CHECK_OK(grantmint_token_minter_mint_into(minter, GRANTMINT_STR("alice"), buffer, len, &len,
                                              &error));
    CHECK(buffer[len - 1] != '#' && buffer[len] == '#');
    grantmint_token_minter_free(minter);
}

static void structs(const grantmint_api_key_t *key) {
    grantmint_token_minter_t *minter = NULL;
    longer_t longer = {GRANTMINT_TOKEN_MINTER_OPTIONS_INIT};
    const size_t sizes[] = {0, 1, sizeof(size_t), sizeof longer.options - 1, 5000, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        longer.options.struct_size = sizes[i];
        CHECK_STATUS(GRANTMINT_ERR_STRUCT_SIZE,
                     grantmint_token_minter_new(key, &longer.options, &minter, &error));
    }
    /* Of an older header: what it does not have is left to its default. */
    longer.options.unique = 77;
    longer.options.struct_size = offsetof(grantmint_token_minter_options_t, unique);
    CHECK_OK(grantmint_token_minter_new(key, &longer.options, &minter, &error));
    grantmint_token_minter_free(minter);
    /* Of a newer header: taken as long as it says nothing that is not understood. */
    longer.options.unique = GRANTMINT_DEFAULT;
    longer.options.struct_size = sizeof longer;
    memset(longer.bytes + sizeof longer.options, 0, sizeof longer - sizeof longer.options);
    CHECK_OK(grantmint_token_minter_new(key, &longer.options, &minter, &error));
    grantmint_token_minter_free(minter);
    longer.bytes[sizeof longer - 1] = 1;
    CHECK_STATUS(GRANTMINT_ERR_STRUCT_SIZE,
                 grantmint_token_minter_new(key, &longer.options, &minter, &error));
    CHECK(minter == NULL);

    grantmint_playback_minter_options_t options, macro = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    memset(&options, 0xff, sizeof options);
    CHECK_OK(grantmint_options_init(&options, sizeof options, &error));
    CHECK(memcmp(&options, &macro, sizeof options) == 0);
    CHECK_STATUS(GRANTMINT_ERR_STRUCT_SIZE, grantmint_options_init(&options, 4, &error));
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER, grantmint_options_init(NULL, 64, &error));
}

static void enums(const grantmint_api_key_t *key) {
    const int32_t wrong[] = {-1, 3, 1000, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        grantmint_token_minter_options_t minter_options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
        grantmint_token_minter_t *minter = NULL;
        minter_options.unique = wrong[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_token_minter_new(key, &minter_options, &minter, &error));
        grantmint_playback_minter_options_t live_options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
        grantmint_playback_minter_t *live = NULL;
        live_options.isolated = wrong[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_playback_minter_new(key, &live_options, &live, &error));
        grantmint_voice_grant_t voice = GRANTMINT_VOICE_GRANT_INIT;
        grantmint_grant_t *grant = NULL;
        voice.incoming_allow = wrong[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_grant_new_voice(&voice, &grant, &error));
        grantmint_string_t *jwt = NULL;
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_sign(wrong[i], GRANTMINT_STR("{\"alg\":\"HS256\"}"),
                                    GRANTMINT_STR("{}"), SECRET, &jwt, &error));
        grantmint_verify_options_t options = GRANTMINT_VERIFY_OPTIONS_INIT;
        grantmint_decoded_t *decoded = NULL;
        options.algorithm = wrong[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_verify_jwt(GRANTMINT_STR("a.b.c"), SECRET, &options, &decoded,
                                          &error));
        CHECK(!minter && !live && !grant && !jwt && !decoded);
    }
}

/* What is no limit of an account, and a limit of a cache that shall have none. */
static void limits(const grantmint_api_key_t *key) {
    const double rates[] = {-1, -0.0, 2000.5, NAN, INFINITY, 5, 5, 5, 5};
    const uint32_t bursts[] = {1, 1, 1, 1, 1, 1001, UINT32_MAX, 1, 1};
    const uint32_t fetches[] = {1, 1, 1, 1, 1, 1, 1, 1025, UINT32_MAX};
    grantmint_playback_minter_t *live = NULL;
    grantmint_grant_cache_t *cache = NULL;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
        options.calls_per_second = rates[i];
        options.burst = bursts[i];
        options.max_fetches = fetches[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_playback_minter_new(key, &options, &live, &error));
        grantmint_grant_cache_options_t cache_options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
        cache_options.calls_per_second = rates[i];
        cache_options.burst = bursts[i];
        cache_options.max_fetches = fetches[i];
        CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                     grantmint_grant_cache_new(&cache_options, &cache, &error));
    }
    grantmint_grant_cache_options_t unlimited = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    unlimited.rate_limited = GRANTMINT_OFF;
    unlimited.burst = 5;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_grant_cache_new(&unlimited, &cache, &error));
    CHECK(!live && !cache);
}

static void nulls(const grantmint_api_key_t *key) {
    grantmint_api_key_t *new_key = NULL;
    grantmint_token_minter_t *minter = NULL;
    grantmint_string_t *string = NULL;
    grantmint_decoded_t *decoded = NULL;
    grantmint_playback_token_t *token = NULL;
    grantmint_grant_cache_t *cache = NULL;
    grantmint_hit_t *hit = NULL;
    grantmint_source_t *source = NULL;
    grantmint_stats_t *stats = NULL;
    grantmint_begin_t begun;
    grantmint_start_t start;
    uint32_t ms = 0;
    size_t len = 0;
    const grantmint_grant_t *grants[] = {NULL};
    grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
    CHECK_OK(grantmint_grant_cache_new(NULL, &cache, &error));

#define REFUSES_NULL(call) CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER, call)
    REFUSES_NULL(grantmint_api_key_new(ACCOUNT_SID, KEY_SID, SECRET, NULL, &error));
    REFUSES_NULL(grantmint_api_key_from_env(NULL, &error));
    REFUSES_NULL(grantmint_api_key_with_region(NULL, GRANTMINT_STR("us1"), &new_key, &error));
    REFUSES_NULL(grantmint_token_minter_new(NULL, NULL, &minter, &error));
    options.grants_len = 1;
    REFUSES_NULL(grantmint_token_minter_new(key, &options, &minter, &error));
    options.grants = grants;
    REFUSES_NULL(grantmint_token_minter_new(key, &options, &minter, &error));
    REFUSES_NULL(grantmint_token_minter_mint(NULL, GRANTMINT_STR("alice"), &string, &error));
    REFUSES_NULL(grantmint_access_token_to_jwt(NULL, &string, &error));
    REFUSES_NULL(grantmint_access_token_warnings(NULL, NULL, 0, &len, &error));
    REFUSES_NULL(grantmint_grant_to_json(NULL, &string, &error));
    REFUSES_NULL(grantmint_verify(GRANTMINT_STR("a.b.c"), NULL, NULL, &decoded, &error));
    REFUSES_NULL(grantmint_decode(GRANTMINT_STR("a.b.c"), NULL, &error));
    REFUSES_NULL(grantmint_manual_clock_new(0, NULL, &error));
    REFUSES_NULL(grantmint_playback_minter_new(key, NULL, NULL, &error));
    REFUSES_NULL(grantmint_playback_minter_token(NULL, STREAMER, GRANTMINT_STR("a"), NULL, &token,
                                                 &error));
    REFUSES_NULL(grantmint_playback_minter_rotate(NULL, key, &error));
    REFUSES_NULL(grantmint_playback_minter_stats(NULL, &stats, &error));
    REFUSES_NULL(grantmint_stream_minter_try_token(NULL, GRANTMINT_STR("a"), &string, &error));
    REFUSES_NULL(grantmint_grant_cache_begin(NULL, GRANTMINT_STR("k"), 1000, NULL, &begun,
                                             &error));
    REFUSES_NULL(grantmint_grant_cache_begin(cache, GRANTMINT_STR("k"), 1000, NULL, NULL, &error));
    REFUSES_NULL(grantmint_grant_cache_get(cache, GRANTMINT_STR("k"), 1000, NULL, NULL, NULL, &hit,
                                           &error));
    REFUSES_NULL(grantmint_grant_cache_poll(cache, NULL, NULL, &error));
    grantmint_fleet_t *fleet = NULL;
    REFUSES_NULL(grantmint_fleet_host(NULL_BUT_LONG, &fleet, &error));
    REFUSES_NULL(grantmint_fleet_host(EMPTY, NULL, &error));
    REFUSES_NULL(grantmint_fleet_parse(NULL_BUT_LONG, &fleet, &error));
    REFUSES_NULL(grantmint_fleet_parse(GRANTMINT_STR("host"), NULL, &error));
    REFUSES_NULL(grantmint_fleet_with_secret(NULL, SECRET, &fleet, &error));
    REFUSES_NULL(grantmint_fleet_redis(NULL_BUT_LONG, NULL, &fleet, &error));
    REFUSES_NULL(grantmint_fleet_redis(GRANTMINT_STR("rediss://h"), NULL, NULL, &error));
    REFUSES_NULL(grantmint_source_new(NULL, NULL, NULL, &source, &error));
    REFUSES_NULL(grantmint_ticket_start(NULL, &start, &ms, &error));
    REFUSES_NULL(grantmint_ticket_complete(NULL, SHORT_GRANT, 0, &error));
    REFUSES_NULL(grantmint_ticket_fail(NULL, GRANTMINT_ERR_CANCELLED, EMPTY, 0, &error));
    REFUSES_NULL(grantmint_waiter_wait(NULL, &hit, &error));
    REFUSES_NULL(grantmint_waiter_on_ready(NULL, NULL, NULL, NULL, &error));
    REFUSES_NULL(grantmint_stats_counters(NULL, NULL, &error));
    REFUSES_NULL(grantmint_testing_simulate_fork(NULL, &error));
#undef REFUSES_NULL

    CHECK(grantmint_api_key_account_sid(NULL).data == NULL);
    CHECK(grantmint_stats_fleet_trouble(NULL).data == NULL);
    CHECK(grantmint_string_get(NULL).len == 0 && grantmint_strings_len(NULL) == 0);
    CHECK(grantmint_error_status(NULL) == GRANTMINT_OK && !grantmint_error_is_retryable(NULL));
    CHECK(grantmint_hit_freshness(NULL) == GRANTMINT_NO_GRANT);
    CHECK(grantmint_hit_reason(NULL) == NULL && grantmint_playback_token_reason(NULL) == NULL);
    CHECK(!grantmint_registration_cancel(NULL));
    CHECK(!grantmint_grant_cache_next_wakeup(NULL, &ms));
    CHECK(!grantmint_grant_cache_next_wakeup(cache, NULL));
    grantmint_manual_clock_advance(NULL, 1);
    grantmint_playback_minter_close(NULL);
    grantmint_forget();

    grantmint_access_token_free(NULL);
    grantmint_api_key_free(NULL);
    grantmint_decoded_free(NULL);
    grantmint_error_free(NULL);
    grantmint_events_free(NULL);
    grantmint_fleet_free(NULL);
    grantmint_grant_cache_free(NULL);
    grantmint_grant_free(NULL);
    grantmint_grant_handle_free(NULL);
    grantmint_hit_free(NULL);
    grantmint_manual_clock_free(NULL);
    grantmint_playback_minter_free(NULL);
    grantmint_playback_token_free(NULL);
    grantmint_registration_free(NULL);
    grantmint_source_free(NULL);
    grantmint_stats_free(NULL);
    grantmint_stream_minter_free(NULL);
    grantmint_string_free(NULL);
    grantmint_strings_free(NULL);
    grantmint_ticket_free(NULL);
    grantmint_token_minter_free(NULL);
    grantmint_waiter_free(NULL);
    grantmint_grant_cache_free(cache);
}

/* Fleets that are none, and options that do not go with one. */
static void fleets(const grantmint_api_key_t *key) {
    const grantmint_str_t empty = {"", 0};
    grantmint_fleet_t *fleet = NULL, *sealed = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT, grantmint_fleet_host(empty, &fleet, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_fleet_host(GRANTMINT_STR("run/app"), &fleet, &error));
    CHECK_STATUS(GRANTMINT_ERR_LIMIT_EXCEEDED, grantmint_fleet_host(ENDLESS, &fleet, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_URL, grantmint_fleet_parse(EMPTY, &fleet, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_URL,
                 grantmint_fleet_parse(GRANTMINT_STR("hosts"), &fleet, &error));
    CHECK(fleet == NULL);
    CHECK_OK(grantmint_fleet_host(EMPTY, &fleet, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_fleet_with_secret(fleet, EMPTY, &sealed, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_fleet_with_secret(fleet, GRANTMINT_STR("short"), &sealed, &error));
    CHECK(sealed == NULL);

    grantmint_grant_cache_t *cache = NULL;
    grantmint_grant_cache_options_t options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    options.fleet_namespace = GRANTMINT_STR("tests");
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT, grantmint_grant_cache_new(&options, &cache, &error));
    options.fleet = fleet;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT, grantmint_grant_cache_new(&options, &cache, &error));
    options.fleet = (const grantmint_fleet_t *)(const void *)key;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT, grantmint_grant_cache_new(&options, &cache, &error));
    /* An older header knows of no fleet. */
    options.struct_size = offsetof(grantmint_grant_cache_options_t, fleet);
    CHECK_OK(grantmint_grant_cache_new(&options, &cache, &error));

    grantmint_playback_minter_t *live = NULL;
    grantmint_playback_minter_options_t of_minter = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    of_minter.fleet = fleet;
    of_minter.cache = cache;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_playback_minter_new(key, &of_minter, &live, &error));
    of_minter.struct_size = offsetof(grantmint_playback_minter_options_t, fleet);
    CHECK_OK(grantmint_playback_minter_new(key, &of_minter, &live, &error));

    grantmint_stats_t *stats = NULL;
    CHECK_OK(grantmint_playback_minter_stats(live, &stats, &error));
    grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
    CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
    CHECK(counters.has_fleet == 0 && counters.fleet_values == 0);
    CHECK(grantmint_stats_fleet_trouble(stats).data == NULL);
    grantmint_stats_free(stats);
    grantmint_playback_minter_free(live);
    grantmint_grant_cache_free(cache);
    grantmint_fleet_free(fleet);
}

/* No word of a URL is in a message. */
static void refused_url(const char *url) {
    grantmint_fleet_t *fleet = NULL;
    grantmint_error_t *error = NULL;
    CHECK(grantmint_fleet_redis(grantmint_str(url), NULL, &fleet, &error) ==
          GRANTMINT_ERR_INVALID_URL);
    CHECK(fleet == NULL && !contains(grantmint_error_message(error), "hush"));
    grantmint_error_free(error);
}

static void redis_fleets(void) {
    const char *wrong[] = {"",
                           "hush",
                           "http://hush",
                           "redis://hush.example",
                           "rediss://:hush@h:0",
                           "rediss://:hush@h:65536",
                           "rediss://:hush@h:x",
                           "rediss://:hush@hush@h:x",
                           "rediss://hush%:hush%25hush%zz@h:x",
                           "rediss://:hush@h/7",
                           "rediss://:hush@h#hush",
                           "rediss://hush@h",
                           "redis://h1,hush",
                           "redis+unix://hush"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        refused_url(wrong[i]);
    }
    grantmint_fleet_t *fleet = NULL;
    const char *right[] = {"redis://127.0.0.1", "rediss://user:p%40ss%25@h:6380/",
                           "redis+unix:///run/redis.sock", "rediss+cluster://h1,h2:7000"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        CHECK_OK(grantmint_fleet_redis(grantmint_str(right[i]), NULL, &fleet, &error));
        grantmint_fleet_free(fleet);
        CHECK_OK(grantmint_fleet_parse(grantmint_str(right[i]), &fleet, &error));
        grantmint_fleet_free(fleet);
    }

    grantmint_redis_fleet_options_t options = GRANTMINT_REDIS_FLEET_OPTIONS_INIT;
    const grantmint_str_t elsewhere = GRANTMINT_STR("redis://elsewhere.example");
    options.insecure = GRANTMINT_ON;
    CHECK_OK(grantmint_fleet_redis(elsewhere, &options, &fleet, &error));
    grantmint_fleet_free(fleet);
    fleet = NULL;
#define REFUSED(member, value)                                                                   \
    options = (grantmint_redis_fleet_options_t)GRANTMINT_REDIS_FLEET_OPTIONS_INIT;               \
    options.member = value;                                                                      \
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,                                                 \
                 grantmint_fleet_redis(GRANTMINT_STR("rediss://h"), &options, &fleet, &error)); \
    CHECK(fleet == NULL)
    const grantmint_str_t empty = {"", 0};
    REFUSED(prefix, GRANTMINT_STR("a b"));
    REFUSED(secret, GRANTMINT_STR("short"));
    REFUSED(secret, empty);
    REFUSED(host_path, GRANTMINT_STR("run/app"));
    REFUSED(host_path, empty);
    REFUSED(timeout_ms, 9);
    REFUSED(timeout_ms, 2001);
    REFUSED(timeout_ms, GRANTMINT_ZERO_MS);
    REFUSED(host, 3);
    REFUSED(insecure, -1);
#undef REFUSED
    options.struct_size = 8;
    CHECK_STATUS(GRANTMINT_ERR_STRUCT_SIZE,
                 grantmint_fleet_redis(GRANTMINT_STR("rediss://h"), &options, &fleet, &error));
}

/* Of a server that is not there much is said, and nothing of who would have logged in. */
static void no_password_is_shown(const grantmint_api_key_t *key) {
    grantmint_fleet_t *fleet = NULL;
    grantmint_redis_fleet_options_t of_fleet = GRANTMINT_REDIS_FLEET_OPTIONS_INIT;
    of_fleet.host = GRANTMINT_OFF;
    CHECK_OK(grantmint_fleet_redis(GRANTMINT_STR("redis://al%40ice:hush@hu%25sh%@127.0.0.1:1"),
                                   &of_fleet, &fleet, &error));
    grantmint_playback_minter_t *live = NULL;
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.fleet = fleet;
    options.base_url = GRANTMINT_STR("http://127.0.0.1:1");
    CHECK_OK(grantmint_playback_minter_new(key, &options, &live, &error));
    grantmint_playback_token_t *token = NULL;
    grantmint_error_t *told = NULL;
    CHECK(grantmint_playback_minter_token(live, STREAMER, GRANTMINT_STR("bob"), NULL, &token,
                                          &told) == GRANTMINT_ERR_UPSTREAM_CONNECT);
    grantmint_stats_t *stats = NULL;
    grantmint_string_t *page = NULL;
    CHECK_OK(grantmint_playback_minter_stats(live, &stats, &error));
    CHECK_OK(grantmint_stats_to_prometheus(stats, GRANTMINT_STR("a"), &page, &error));
    const grantmint_str_t texts[] = {grantmint_error_message(told), grantmint_string_get(page),
                                     grantmint_stats_fleet_trouble(stats)};
    CHECK(contains(texts[2], "redis at 127.0.0.1:1: "));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK(!contains(texts[i], "hush") && !contains(texts[i], "hu%") && !contains(texts[i], "sh%"));
        CHECK(!contains(texts[i], "al%40") && !contains(texts[i], "ice:"));
    }
    grantmint_string_free(page);
    grantmint_stats_free(stats);
    grantmint_error_free(told);
    grantmint_playback_minter_free(live);
    grantmint_fleet_free(fleet);
}

/* Pointers to live objects of other types. Freed ones are in freed_handle.c. */
static void foreign_objects(grantmint_api_key_t *key) {
    grantmint_token_minter_t *not_a_minter = (grantmint_token_minter_t *)(void *)key;
    grantmint_string_t *string = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_token_minter_mint(not_a_minter, GRANTMINT_STR("a"), &string, &error));
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_ticket_complete((grantmint_ticket_t *)(void *)key, SHORT_GRANT, 0,
                                           &error));
    grantmint_token_minter_free(not_a_minter);
    /* Text of the caller's own is no object either. */
    char text[64] = "not an object at all, but as long as one";
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_access_token_to_jwt((grantmint_access_token_t *)(void *)(text + 1),
                                               &string, &error));
    CHECK(same(grantmint_api_key_account_sid(key), ACCOUNT_SID));
}

static void panics(void) {
    CHECK_STATUS(GRANTMINT_ERR_PANIC, grantmint_testing_panic(&error));
    CHECK(grantmint_testing_panic(NULL) == GRANTMINT_ERR_PANIC);
}

int main(void) {
    grantmint_api_key_t *key = new_key();
    texts(key);
    signatures();
    buffers(key);
    structs(key);
    enums(key);
    limits(key);
    nulls(key);
    fleets(key);
    redis_fleets();
    no_password_is_shown(key);
    foreign_objects(key);
    panics();
    grantmint_api_key_free(key);
    return 0;
}
