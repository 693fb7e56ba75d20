/* Tokens of other services: claims, slots and services. */
#include "check.h"

#define NOW 1790000000

static const grantmint_str_t NONE = {NULL, 0};

static void has(grantmint_str_t token, const char *part) {
    grantmint_verify_options_t options = GRANTMINT_VERIFY_OPTIONS_INIT;
    options.now = NOW;
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_verify_jwt(token, SECRET, &options, &decoded, &error));
    CHECK(contains(grantmint_decoded_claims_json(decoded), part));
    grantmint_decoded_free(decoded);
}

static grantmint_jwt_minter_t *rooms(const grantmint_manual_clock_t *clock) {
    grantmint_str_t modes[] = {GRANTMINT_STR("fast"), GRANTMINT_STR("slow")};
    int64_t least = 0, most = 9;
    grantmint_slot_t slots[3] = {GRANTMINT_SLOT_INIT, GRANTMINT_SLOT_INIT, GRANTMINT_SLOT_INIT};
    slots[0].name = GRANTMINT_STR("room");
    slots[0].path = GRANTMINT_STR("/video/room");
    slots[0].required = GRANTMINT_ON;
    slots[0].max_length = 4;
    slots[0].unit = GRANTMINT_UTF16;
    slots[1].name = GRANTMINT_STR("level");
    slots[1].kind = GRANTMINT_SLOT_INTEGER;
    slots[1].from = &least;
    slots[1].to = &most;
    slots[2].name = GRANTMINT_STR("mode");
    slots[2].one_of = modes;
    slots[2].one_of_len = 2;
    grantmint_slot_value_t claims[] = {
        grantmint_slot_text(GRANTMINT_STR("iss"), GRANTMINT_STR("my-app")),
        grantmint_slot_bool(GRANTMINT_STR("/video/roomJoin"), true)};
    grantmint_slot_value_t kid = grantmint_slot_text(GRANTMINT_STR("kid"), GRANTMINT_STR("k1"));
    grantmint_slot_t identity = GRANTMINT_SLOT_INIT;
    identity.path = GRANTMINT_STR("/user/id");
    identity.required = GRANTMINT_ON;
    grantmint_jwt_minter_options_t options = GRANTMINT_JWT_MINTER_OPTIONS_INIT;
    options.claims_json = GRANTMINT_STR("{\"plan\":{\"seats\":3}}");
    options.claims = claims;
    options.claims_len = 2;
    options.slots = slots;
    options.slots_len = 3;
    options.header = &kid;
    options.header_len = 1;
    options.identity = &identity;
    options.clock = clock;
    options.ttl = 600;
    options.has_nbf = GRANTMINT_ON;
    options.backdate = 10;
    options.unique = GRANTMINT_ON;
    grantmint_jwt_minter_t *minter = NULL;
    CHECK_OK(grantmint_jwt_minter_new(SECRET, &options, &minter, &error));
    return minter;
}

static void refused(const grantmint_jwt_minter_t *minter, grantmint_status_t status,
                    grantmint_str_t identity, const grantmint_slot_value_t *values, size_t count,
                    const char *argument) {
    grantmint_string_t *token = NULL;
    grantmint_error_t *error = NULL;
    CHECK(grantmint_jwt_minter_mint(minter, identity, values, count, &token, &error) == status);
    CHECK(token == NULL && is(grantmint_error_argument(error), argument));
    grantmint_error_free(error);
}

static void slots(void) {
    grantmint_manual_clock_t *clock = NULL;
    CHECK_OK(grantmint_manual_clock_new(NOW * 1000ull, &clock, &error));
    grantmint_jwt_minter_t *minter = rooms(clock);
    const grantmint_str_t alice = GRANTMINT_STR("alice");
    grantmint_slot_value_t values[20] = {
        grantmint_slot_text(GRANTMINT_STR("room"), GRANTMINT_STR("r1")),
        grantmint_slot_integer(GRANTMINT_STR("level"), 7),
        grantmint_slot_text(GRANTMINT_STR("mode"), GRANTMINT_STR("slow"))};
    grantmint_string_t *token = NULL;
    CHECK_OK(grantmint_jwt_minter_mint(minter, alice, values, 3, &token, &error));
    const char *parts[] = {"\"room\":\"r1\"",   "\"roomJoin\":true", "\"level\":7", "\"mode\":\"slow\"",
                           "\"id\":\"alice\"", "\"iss\":\"my-app\"", "\"seats\":3", "\"jti\":",
                           "\"nbf\":1789999990"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        has(grantmint_string_get(token), parts[i]);
    }
    grantmint_string_free(token);
    CHECK_OK(grantmint_jwt_minter_mint_at(minter, alice, values, 1, NOW + 1, &token, &error));
    has(grantmint_string_get(token), "\"exp\":1790000601");
    grantmint_string_free(token);

    char buffer[1024];
    size_t len = 0;
    CHECK_STATUS(GRANTMINT_ERR_BUFFER_TOO_SMALL,
                 grantmint_jwt_minter_mint_into(minter, alice, values, 1, NULL, 0, &len, &error));
    CHECK(len > 100 && len < sizeof buffer);
    CHECK_OK(grantmint_jwt_minter_mint_into(minter, alice, values, 1, buffer, sizeof buffer, &len,
                                            &error));
    grantmint_str_t minted = {buffer, len};
    has(minted, "\"room\":\"r1\"");

    grantmint_jwt_user_t users[] = {{alice, values, 1}, {GRANTMINT_STR("bob"), values, 2}};
    grantmint_strings_t *tokens = NULL;
    CHECK_OK(grantmint_jwt_minter_mint_many(minter, users, 2, &tokens, &error));
    CHECK(grantmint_strings_len(tokens) == 2);
    has(grantmint_strings_get(tokens, 1), "\"id\":\"bob\"");
    grantmint_strings_free(tokens);
    users[1].identity = NONE;
    tokens = NULL;
    grantmint_error_t *error = NULL;
    CHECK(grantmint_jwt_minter_mint_many(minter, users, 2, &tokens, &error) ==
          GRANTMINT_ERR_INVALID_IDENTITY);
    CHECK(tokens == NULL && is(grantmint_error_argument(error), "users[1].identity"));
    grantmint_error_free(error);

    grantmint_jwt_minter_t *one_room = NULL;
    CHECK_OK(grantmint_jwt_minter_bind(minter, values, 1, &one_room, &error));
    CHECK_OK(grantmint_jwt_minter_mint(one_room, alice, NULL, 0, &token, &error));
    has(grantmint_string_get(token), "\"room\":\"r1\"");
    grantmint_string_free(token);
    grantmint_jwt_minter_free(one_room);
    grantmint_warning_t warning;
    CHECK_OK(grantmint_jwt_minter_warnings(minter, &warning, 1, &len, &error));
    CHECK(len == 0);

    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, NULL, 0, "room");
    refused(minter, GRANTMINT_ERR_INVALID_IDENTITY, NONE, values, 1, "identity");
    refused(minter, GRANTMINT_ERR_INVALID_IDENTITY, GRANTMINT_STR(""), values, 1, "identity");
    values[0].text = GRANTMINT_STR("12345");
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 1, "room");
    values[0].text = GRANTMINT_STR("\xff");
    refused(minter, GRANTMINT_ERR_INVALID_UTF8, alice, values, 1, "");
    values[0] = grantmint_slot_json(GRANTMINT_STR("room"), GRANTMINT_STR("\"r\""));
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 1, "room");
    values[0] = grantmint_slot_text(GRANTMINT_STR("room"), GRANTMINT_STR("r1"));
    values[1].number = 10;
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 2, "level");
    values[1].kind = 9;
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 2, "");
    values[1].kind = GRANTMINT_SLOT_BOOL;
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 2, "");
    for (size_t i = 1; i < 20; i++) {
        values[i] = values[0];
    }
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, values, 20, "room");
    grantmint_jwt_minter_free(minter);
    grantmint_manual_clock_free(clock);
}

static void options(void) {
    grantmint_jwt_minter_t *minter = NULL;
    grantmint_jwt_minter_options_t options;
#define REFUSED(status, member, value)                                                      \
    options = (grantmint_jwt_minter_options_t)GRANTMINT_JWT_MINTER_OPTIONS_INIT;            \
    options.member = value;                                                                 \
    CHECK_STATUS(status, grantmint_jwt_minter_new(SECRET, &options, &minter, &error));      \
    CHECK(minter == NULL)
    REFUSED(GRANTMINT_ERR_INVALID_TTL, ttl, 86401);
    REFUSED(GRANTMINT_ERR_INVALID_TTL, max_ttl, 31536001);
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, backdate, 301);
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, algorithm, 255);
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, iat, 3);
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, has_identity, -1);
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, claims_json, GRANTMINT_STR("[]"));
    REFUSED(GRANTMINT_ERR_NULL_POINTER, claims_len, 1);
    REFUSED(GRANTMINT_ERR_NULL_POINTER, slots_len, 1);
    REFUSED(GRANTMINT_ERR_NULL_POINTER, values_len, 1);
    REFUSED(GRANTMINT_ERR_NULL_POINTER, header_len, 1);
    REFUSED(GRANTMINT_ERR_STRUCT_SIZE, struct_size, 7);
    grantmint_slot_t slot = GRANTMINT_SLOT_INIT;
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, slots_len, (options.slots = &slot, 1));
    slot.name = GRANTMINT_STR("a");
    slot.kind = 5;
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, slots_len, (options.slots = &slot, 1));
    slot.kind = 0;
    slot.max_length = 1;
    slot.unit = 3;
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, slots_len, (options.slots = &slot, 1));
    slot.unit = 0;
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, has_identity, (options.identity = &slot, GRANTMINT_OFF));
    REFUSED(GRANTMINT_ERR_INVALID_ARGUMENT, has_nbf, (options.nbf = 7, GRANTMINT_OFF));
#undef REFUSED
    CHECK_STATUS(GRANTMINT_ERR_INVALID_CREDENTIALS,
                 grantmint_jwt_minter_new(NONE, NULL, &minter, &error));
    CHECK_STATUS(GRANTMINT_ERR_NULL_POINTER, grantmint_jwt_minter_new(SECRET, NULL, NULL, &error));
}

static void services(void) {
    grantmint_slot_value_t join = grantmint_slot_bool(GRANTMINT_STR("room_join"), true);
    grantmint_jwt_minter_options_t options = GRANTMINT_JWT_MINTER_OPTIONS_INIT;
    options.values = &join;
    options.values_len = 1;
    options.backdate = GRANTMINT_ZERO_S;
    const grantmint_str_t alice = GRANTMINT_STR("alice"), id = GRANTMINT_STR("id");
    grantmint_jwt_minter_t *minter = NULL;
    grantmint_string_t *token = NULL;
    CHECK_OK(grantmint_jwt_minter_livekit(id, SECRET, &options, &minter, &error));
    grantmint_slot_value_t value = grantmint_slot_text(GRANTMINT_STR("room"), GRANTMINT_STR("r"));
    CHECK_OK(grantmint_jwt_minter_mint_at(minter, alice, &value, 1, NOW, &token, &error));
    has(grantmint_string_get(token), "\"roomJoin\":true");
    has(grantmint_string_get(token), "\"nbf\":1790000000");
    grantmint_string_free(token);
    grantmint_jwt_minter_free(minter);
    CHECK_OK(grantmint_jwt_minter_jitsi(id, SECRET, GRANTMINT_STR("jitsi"),
                                        GRANTMINT_STR("meet.example.com"), NULL, &minter, &error));
    CHECK_OK(grantmint_jwt_minter_mint_at(minter, alice, &value, 1, NOW, &token, &error));
    has(grantmint_string_get(token), "\"aud\":\"jitsi\"");
    grantmint_string_free(token);
    grantmint_jwt_minter_free(minter);
    CHECK_OK(grantmint_jwt_minter_zoom_video_sdk(id, SECRET, NULL, &minter, &error));
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, NULL, 0, "tpc");
    grantmint_jwt_minter_free(minter);
    CHECK_OK(grantmint_jwt_minter_daily(id, SECRET, NULL, &minter, &error));
    refused(minter, GRANTMINT_ERR_INVALID_ARGUMENT, alice, NULL, 0, "room_name");
    grantmint_jwt_minter_free(minter);
    unsetenv("LIVEKIT_API_KEY");
    minter = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_CREDENTIALS,
                 grantmint_jwt_minter_livekit_from_env(NULL, &minter, &error));
    CHECK(minter == NULL);
}

static void tokens_that_never_end(void) {
    grantmint_string_t *token = NULL;
    CHECK_OK(grantmint_sign(GRANTMINT_HS256, GRANTMINT_STR("{\"alg\":\"HS256\"}"),
                            GRANTMINT_STR("{\"r\":\"test\"}"), SECRET, &token, &error));
    grantmint_decoded_t *decoded = NULL;
    CHECK_STATUS(GRANTMINT_ERR_TOKEN_CLAIMS,
                 grantmint_verify_jwt(grantmint_string_get(token), SECRET, NULL, &decoded, &error));
    grantmint_verify_options_t options = GRANTMINT_VERIFY_OPTIONS_INIT;
    options.require_exp = GRANTMINT_OFF;
    CHECK_OK(grantmint_verify_jwt(grantmint_string_get(token), SECRET, &options, &decoded, &error));
    grantmint_decoded_free(decoded);
    grantmint_string_free(token);
}

int main(void) {
    slots();
    options();
    services();
    tokens_that_never_end();
    return 0;
}
