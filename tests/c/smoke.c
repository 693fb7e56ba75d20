/* What a program does that uses the library, from a key to tokens that verify. */
#include "check.h"

static void version(void) {
    CHECK(is(grantmint_version(), GRANTMINT_VERSION));
    CHECK(grantmint_version_number() == GRANTMINT_VERSION_NUMBER);
}

static void key(void) {
    grantmint_api_key_t *key = new_key(), *regional = NULL;
    CHECK(same(grantmint_api_key_account_sid(key), ACCOUNT_SID));
    CHECK(same(grantmint_api_key_key_sid(key), KEY_SID));
    CHECK(grantmint_api_key_region(key).data == NULL);
    CHECK_OK(grantmint_api_key_with_region(key, GRANTMINT_STR("ie1"), &regional, &error));
    CHECK(is(grantmint_api_key_region(regional), "ie1"));
    grantmint_api_key_free(regional);
    grantmint_api_key_free(key);

    CHECK_STATUS(GRANTMINT_ERR_INVALID_CREDENTIALS, grantmint_api_key_from_env(&key, &error));
    CHECK(key == NULL);
    CHECK(setenv("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001", 1) == 0);
    CHECK(setenv("TWILIO_API_KEY", "SK00000000000000000000000000000002", 1) == 0);
    CHECK(setenv("TWILIO_API_SECRET", "a secret", 1) == 0);
    CHECK_OK(grantmint_api_key_from_env(&key, &error));
    CHECK(same(grantmint_api_key_account_sid(key), ACCOUNT_SID));
    grantmint_api_key_free(key);
}

static void errors(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_error_t *error = NULL;
    grantmint_status_t status =
        grantmint_api_key_new(KEY_SID, ACCOUNT_SID, SECRET, &key, &error);
    CHECK(status == GRANTMINT_ERR_INVALID_CREDENTIALS);
    CHECK(is(grantmint_error_code(error), "invalid_credentials"));
    CHECK(contains(grantmint_error_message(error), "swapped"));
    CHECK(!grantmint_error_is_retryable(error));
    CHECK(grantmint_error_retry_after_ms(error) == 0);
    CHECK(is(grantmint_error_argument(error), "account_sid"));
    CHECK(is(grantmint_status_doc_url(status), "docs/errors.md#invalid_credentials"));
    CHECK(grantmint_status_doc_url(GRANTMINT_OK).len == 0);
    grantmint_error_free(error);
    /* Whoever does not want the object need not take it. */
    CHECK(grantmint_api_key_new(KEY_SID, ACCOUNT_SID, SECRET, &key, NULL) == status);
    CHECK(is(grantmint_status_code(status), "invalid_credentials"));
    CHECK(is(grantmint_status_code(GRANTMINT_OK), "ok"));
    CHECK(grantmint_status_meaning(status).len > 0);
    CHECK(grantmint_status_is_retryable(GRANTMINT_ERR_THROTTLED));
    CHECK(grantmint_status_code(1).data == NULL);
    CHECK(grantmint_status_meaning(-1).data == NULL);
    CHECK(!grantmint_status_is_retryable(INT32_MAX));
}

static void tokens(void) {
    grantmint_api_key_t *key = new_key();
    grantmint_video_grant_t room = GRANTMINT_VIDEO_GRANT_INIT;
    room.room = GRANTMINT_STR("DailyStandup");
    grantmint_grant_t *grant = NULL;
    CHECK_OK(grantmint_grant_new_video(&room, &grant, &error));
    CHECK(is(grantmint_grant_key(grant), "video"));
    grantmint_string_t *json = NULL;
    CHECK_OK(grantmint_grant_to_json(grant, &json, &error));
    CHECK(is(grantmint_string_get(json), "{\"room\":\"DailyStandup\"}"));
    grantmint_string_free(json);

    const grantmint_grant_t *grants[] = {grant};
    grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
    options.grants = grants;
    options.grants_len = 1;
    options.ttl = 14400;
    grantmint_token_minter_t *minter = NULL;
    CHECK_OK(grantmint_token_minter_new(key, &options, &minter, &error));
    grantmint_grant_free(grant);

    grantmint_string_t *jwt = NULL;
    CHECK_OK(grantmint_token_minter_mint(minter, GRANTMINT_STR("alice"), &jwt, &error));
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_verify(grantmint_string_get(jwt), key, NULL, &decoded, &error));
    CHECK(is(grantmint_decoded_identity(decoded), "alice"));
    CHECK(same(grantmint_decoded_issuer(decoded), KEY_SID));
    CHECK(same(grantmint_decoded_subject(decoded), ACCOUNT_SID));
    CHECK(grantmint_decoded_region(decoded).data == NULL);
    CHECK(contains(grantmint_decoded_claims_json(decoded), "DailyStandup"));
    CHECK(contains(grantmint_decoded_header_json(decoded), "HS256"));
    CHECK(grantmint_decoded_jti(decoded).len > 0);
    uint64_t issued = 0, expires = 0, not_before = 7;
    CHECK(grantmint_decoded_issued_at(decoded, &issued));
    CHECK(grantmint_decoded_expires_at(decoded, &expires));
    CHECK(!grantmint_decoded_not_before(decoded, &not_before) && not_before == 0);
    CHECK(expires - issued == 14400);
    grantmint_decoded_free(decoded);
    CHECK_OK(grantmint_decode(grantmint_string_get(jwt), &decoded, &error));
    grantmint_decoded_free(decoded);
    grantmint_string_free(jwt);

    /* Into a buffer: first asked how large, then filled. */
    size_t len = 0;
    CHECK_STATUS(GRANTMINT_ERR_BUFFER_TOO_SMALL,
                 grantmint_token_minter_mint_into(minter, GRANTMINT_STR("bob"), NULL, 0, &len,
                                                  &error));
    char *buffer = malloc(len);
    CHECK(buffer != NULL);
    CHECK_OK(grantmint_token_minter_mint_into(minter, GRANTMINT_STR("bob"), buffer, len, &len,
                                              &error));
    grantmint_str_t token = {buffer, len};
    CHECK_OK(grantmint_verify(token, key, NULL, &decoded, &error));
    CHECK(is(grantmint_decoded_identity(decoded), "bob"));
    grantmint_decoded_free(decoded);
    free(buffer);

    grantmint_str_t identities[] = {GRANTMINT_STR("alice"), GRANTMINT_STR("bob")};
    grantmint_strings_t *many = NULL;
    CHECK_OK(grantmint_token_minter_mint_many(minter, identities, 2, &many, &error));
    CHECK(grantmint_strings_len(many) == 2);
    CHECK_OK(grantmint_verify(grantmint_strings_get(many, 1), key, NULL, &decoded, &error));
    CHECK(is(grantmint_decoded_identity(decoded), "bob"));
    CHECK(grantmint_strings_get(many, 2).data == NULL);
    grantmint_decoded_free(decoded);
    grantmint_strings_free(many);
    CHECK_OK(grantmint_token_minter_mint_many(minter, NULL, 0, &many, &error));
    CHECK(grantmint_strings_len(many) == 0);
    grantmint_strings_free(many);
    CHECK_OK(grantmint_token_minter_warnings(minter, NULL, 0, &len, &error));
    CHECK(len == 0);
    grantmint_token_minter_free(minter);
    grantmint_api_key_free(key);
}

static void other_grants(void) {
    grantmint_chat_grant_t chat = GRANTMINT_CHAT_GRANT_INIT;
    grantmint_rtc_grant_t rtc = GRANTMINT_RTC_GRANT_INIT;
    grantmint_grant_t *grants[3] = {NULL, NULL, NULL};
    chat.endpoint_id = GRANTMINT_STR("phone");
    rtc.configuration_profile_sid = GRANTMINT_STR("CP00000000000000000000000000000004");
    CHECK_OK(grantmint_grant_new_ip_messaging(&chat, &grants[0], &error));
    CHECK_OK(grantmint_grant_new_rtc(&rtc, &grants[1], &error));
    CHECK_OK(grantmint_grant_new_custom(GRANTMINT_STR("hologram"), GRANTMINT_STR("{\"stage\":1}"),
                                        &grants[2], &error));
    const char *const keys[] = {"ip_messaging", "rtc", "hologram"};
    const char *const values[] = {
        "{\"endpoint_id\":\"phone\"}",
        "{\"configuration_profile_sid\":\"CP00000000000000000000000000000004\"}",
        "{\"stage\":1}",
    };
    for (int i = 0; i < 3; i++) {
        grantmint_string_t *json = NULL;
        CHECK_OK(grantmint_grant_to_json(grants[i], &json, &error));
        CHECK(is(grantmint_grant_key(grants[i]), keys[i]));
        CHECK(is(grantmint_string_get(json), values[i]));
        grantmint_string_free(json);
        grantmint_grant_free(grants[i]);
    }
}

static void one_token_with_advice(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_manual_clock_t *clock = NULL;
    CHECK_OK(grantmint_api_key_new(ACCOUNT_SID, KEY_SID, GRANTMINT_STR("short"), &key, &error));
    CHECK_OK(grantmint_manual_clock_new(4102444800000u, &clock, &error));
    grantmint_access_token_options_t options = GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT;
    options.clock = clock;
    options.valid_until = 4102444900u;
    options.nbf = 4102444801u;
    options.unique = GRANTMINT_ON;
    grantmint_access_token_t *token = NULL;
    CHECK_OK(grantmint_access_token_new(key, GRANTMINT_STR("alice"), &options, &token, &error));

    size_t count = 0;
    CHECK_STATUS(GRANTMINT_ERR_BUFFER_TOO_SMALL,
                 grantmint_access_token_warnings(token, NULL, 0, &count, &error));
    CHECK(count == 1);
    grantmint_warning_t warning;
    CHECK_OK(grantmint_access_token_warnings(token, &warning, 1, &count, &error));
    CHECK(is(warning.code, "short_secret") && warning.message.len > 0);

    grantmint_string_t *jwt = NULL;
    CHECK_OK(grantmint_access_token_to_jwt(token, &jwt, &error));
    grantmint_verify_options_t when = GRANTMINT_VERIFY_OPTIONS_INIT;
    grantmint_decoded_t *decoded = NULL;
    when.now = 4102444800u;
    CHECK_STATUS(GRANTMINT_ERR_TOKEN_NOT_YET_VALID,
                 grantmint_verify(grantmint_string_get(jwt), key, &when, &decoded, &error));
    CHECK(decoded == NULL);
    when.leeway = 1;
    when.algorithm = GRANTMINT_HS256;
    CHECK_OK(grantmint_verify(grantmint_string_get(jwt), key, &when, &decoded, &error));
    CHECK(grantmint_decoded_jti(decoded).len == 22);
    grantmint_decoded_free(decoded);
    grantmint_string_free(jwt);
    grantmint_manual_clock_advance(clock, 100000);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_TTL, grantmint_access_token_to_jwt(token, &jwt, &error));
    grantmint_access_token_free(token);
    grantmint_manual_clock_free(clock);
    grantmint_api_key_free(key);
}

static void other_services(void) {
    grantmint_string_t *jwt = NULL;
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_sign(GRANTMINT_HS512, GRANTMINT_STR("{\"alg\":\"HS512\"}"),
                            GRANTMINT_STR("{\"iss\":\"app\",\"exp\":1700000000}"),
                            GRANTMINT_STR("\xff\1"), &jwt, &error));
    grantmint_verify_options_t options = GRANTMINT_VERIFY_OPTIONS_INIT;
    options.now = 1699999999u;
    CHECK_STATUS(GRANTMINT_ERR_TOKEN_ALGORITHM,
                 grantmint_verify_jwt(grantmint_string_get(jwt), GRANTMINT_STR("\xff\1"), &options,
                                      &decoded, &error));
    options.algorithm = GRANTMINT_HS512;
    CHECK_OK(grantmint_verify_jwt(grantmint_string_get(jwt), GRANTMINT_STR("\xff\1"), &options,
                                  &decoded, &error));
    CHECK(is(grantmint_decoded_issuer(decoded), "app"));
    grantmint_decoded_free(decoded);
    CHECK_STATUS(GRANTMINT_ERR_TOKEN_SIGNATURE,
                 grantmint_verify_jwt(grantmint_string_get(jwt), GRANTMINT_STR("\xff"), &options,
                                      &decoded, &error));
    grantmint_string_free(jwt);
}

static void clock_moves(void) {
    grantmint_manual_clock_t *clock = NULL;
    CHECK_OK(grantmint_manual_clock_new(1000, &clock, &error));
    grantmint_manual_clock_advance(clock, 5);
    grantmint_manual_clock_suspend(clock, 10);
    CHECK(grantmint_manual_clock_unix_ms(clock) == 1015);
    grantmint_manual_clock_jump_wall(clock, -15);
    CHECK(grantmint_manual_clock_unix_ms(clock) == 1000);
    grantmint_manual_clock_jump_wall(clock, 1);
    CHECK(grantmint_manual_clock_unix_ms(clock) == 1001);
    grantmint_manual_clock_free(clock);
}

/* With the variable set no request leaves the machine: not even the name is looked up. */
static void offline(void) {
    grantmint_api_key_t *key = new_key();
    grantmint_playback_minter_t *minter = NULL;
    grantmint_playback_token_t *token = NULL;
    grantmint_error_t *error = NULL;
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.base_url = GRANTMINT_STR("https://upstream.invalid");
    CHECK(setenv("GRANTMINT_OFFLINE", "1", 1) == 0);
    CHECK_OK(grantmint_playback_minter_new(key, &options, &minter, &error));
    CHECK(unsetenv("GRANTMINT_OFFLINE") == 0);
    grantmint_status_t status = grantmint_playback_minter_token(
        minter, GRANTMINT_STR("VJ00000000000000000000000000000001"), GRANTMINT_STR("alice"), NULL,
        &token, &error);
    CHECK(status == GRANTMINT_ERR_UNSUPPORTED);
    CHECK(token == NULL && !grantmint_error_is_retryable(error));
    CHECK(contains(grantmint_error_message(error), "GRANTMINT_OFFLINE"));
    grantmint_error_free(error);
    grantmint_playback_minter_free(minter);
    grantmint_api_key_free(key);
}

int main(void) {
    version();
    key();
    errors();
    tokens();
    other_grants();
    one_token_with_advice();
    other_services();
    clock_moves();
    offline();
    return 0;
}
