/* The tokens of the official libraries: ours say the same, and theirs verify. */
#include "check.h"

typedef struct {
    value_t type, room, incoming_allow, outgoing_application_sid, outgoing_application_params,
        push_credential_sid, endpoint_id, service_sid, deployment_role_sid, workspace_sid,
        worker_sid, role, grant;
} grant_case_t;

typedef struct {
    value_t name, now, account_sid, api_key_sid, api_key_secret, identity, ttl, nbf, region;
    grant_case_t grants[8];
    size_t grants_len;
    value_t twilio_python, twilio_node;
} token_case_t;

#include "access_tokens.h"

static grantmint_grant_t *new_grant(const grant_case_t *given) {
    grantmint_grant_t *grant = NULL;
    if (is(given->type.text, "video")) {
        grantmint_video_grant_t video = GRANTMINT_VIDEO_GRANT_INIT;
        video.room = given->room.text;
        CHECK_OK(grantmint_grant_new_video(&video, &grant, &error));
    } else if (is(given->type.text, "voice")) {
        grantmint_voice_grant_t voice = GRANTMINT_VOICE_GRANT_INIT;
        voice.incoming_allow = given->incoming_allow.number == 1 ? GRANTMINT_ON : GRANTMINT_OFF;
        voice.outgoing_application_sid = given->outgoing_application_sid.text;
        voice.outgoing_application_params = given->outgoing_application_params.text;
        voice.push_credential_sid = given->push_credential_sid.text;
        voice.endpoint_id = given->endpoint_id.text;
        CHECK_OK(grantmint_grant_new_voice(&voice, &grant, &error));
    } else if (is(given->type.text, "chat")) {
        grantmint_chat_grant_t chat = GRANTMINT_CHAT_GRANT_INIT;
        chat.service_sid = given->service_sid.text;
        chat.endpoint_id = given->endpoint_id.text;
        chat.deployment_role_sid = given->deployment_role_sid.text;
        chat.push_credential_sid = given->push_credential_sid.text;
        CHECK_OK(grantmint_grant_new_chat(&chat, &grant, &error));
    } else if (is(given->type.text, "sync")) {
        grantmint_sync_grant_t sync = GRANTMINT_SYNC_GRANT_INIT;
        sync.service_sid = given->service_sid.text;
        sync.endpoint_id = given->endpoint_id.text;
        CHECK_OK(grantmint_grant_new_sync(&sync, &grant, &error));
    } else if (is(given->type.text, "task_router")) {
        grantmint_task_router_grant_t worker = GRANTMINT_TASK_ROUTER_GRANT_INIT;
        worker.workspace_sid = given->workspace_sid.text;
        worker.worker_sid = given->worker_sid.text;
        worker.role = given->role.text;
        CHECK_OK(grantmint_grant_new_task_router(&worker, &grant, &error));
    } else {
        CHECK(is(given->type.text, "playback"));
        CHECK_OK(grantmint_grant_new_playback(given->grant.text, &grant, &error));
    }
    return grant;
}

static grantmint_api_key_t *key_of(const token_case_t *given) {
    grantmint_api_key_t *key = NULL, *regional = NULL;
    CHECK_OK(grantmint_api_key_new(given->account_sid.text, given->api_key_sid.text,
                                   given->api_key_secret.text, &key, &error));
    if (given->region.text.len == 0) {
        return key;
    }
    CHECK_OK(grantmint_api_key_with_region(key, given->region.text, &regional, &error));
    grantmint_api_key_free(key);
    return regional;
}

/* A minter and a single token make the same bytes. */
static grantmint_string_t *mint(const token_case_t *given, const grantmint_api_key_t *key) {
    grantmint_grant_t *grants[8];
    for (size_t i = 0; i < given->grants_len; i++) {
        grants[i] = new_grant(&given->grants[i]);
    }
    grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
    options.grants = (const grantmint_grant_t *const *)grants;
    options.grants_len = given->grants_len;
    options.ttl = (uint64_t)given->ttl.number;
    options.nbf = (uint64_t)given->nbf.number;
    grantmint_token_minter_t *minter = NULL;
    CHECK_OK(grantmint_token_minter_new(key, &options, &minter, &error));
    grantmint_string_t *jwt = NULL, *single = NULL;
    CHECK_OK(grantmint_token_minter_mint_at(minter, given->identity.text,
                                            (uint64_t)given->now.number, &jwt, &error));
    grantmint_token_minter_free(minter);

    grantmint_manual_clock_t *clock = NULL;
    CHECK_OK(grantmint_manual_clock_new((uint64_t)given->now.number * 1000, &clock, &error));
    grantmint_access_token_options_t one = GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT;
    one.grants = options.grants;
    one.grants_len = options.grants_len;
    one.ttl = options.ttl;
    one.nbf = options.nbf;
    one.clock = clock;
    grantmint_access_token_t *token = NULL;
    CHECK_OK(grantmint_access_token_new(key, given->identity.text, &one, &token, &error));
    CHECK_OK(grantmint_access_token_to_jwt(token, &single, &error));
    CHECK(same(grantmint_string_get(jwt), grantmint_string_get(single)));
    grantmint_string_free(single);
    grantmint_access_token_free(token);
    grantmint_manual_clock_free(clock);
    for (size_t i = 0; i < given->grants_len; i++) {
        grantmint_grant_free(grants[i]);
    }
    return jwt;
}

/* What a token says, as far as it can be compared without reading JSON. */
static void check_says(grantmint_str_t jwt, const token_case_t *given,
                       const grantmint_api_key_t *key, bool ours) {
    double now = given->now.number, wait = given->nbf.number - now;
    grantmint_verify_options_t options = GRANTMINT_VERIFY_OPTIONS_INIT;
    options.now = (uint64_t)now;
    options.leeway = wait > 0 ? (uint32_t)wait : 0;
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_verify(jwt, key, &options, &decoded, &error));
    CHECK(same(grantmint_decoded_identity(decoded), given->identity.text));
    CHECK(same(grantmint_decoded_issuer(decoded), given->api_key_sid.text));
    CHECK(same(grantmint_decoded_subject(decoded), given->account_sid.text));
    CHECK(same(grantmint_decoded_region(decoded), given->region.text));
    char jti[64];
    snprintf(jti, sizeof jti, "%s-%.0f", given->api_key_sid.text.data, now);
    CHECK(is(grantmint_decoded_jti(decoded), jti));
    uint64_t at = 0;
    CHECK(grantmint_decoded_expires_at(decoded, &at) && (double)at == now + given->ttl.number);
    CHECK(!ours || (grantmint_decoded_issued_at(decoded, &at) && (double)at == now));
    CHECK(grantmint_decoded_not_before(decoded, &at) == (given->nbf.kind == IS_NUMBER));
    CHECK((double)at == given->nbf.number);
    for (size_t i = 0; ours && i < given->grants_len; i++) {
        grantmint_grant_t *grant = new_grant(&given->grants[i]);
        grantmint_string_t *json = NULL;
        CHECK_OK(grantmint_grant_to_json(grant, &json, &error));
        grantmint_str_t text = grantmint_string_get(json);
        char *terminated = calloc(text.len + 1, 1);
        CHECK(terminated != NULL);
        memcpy(terminated, text.data, text.len);
        CHECK(contains(grantmint_decoded_claims_json(decoded), terminated));
        free(terminated);
        grantmint_string_free(json);
        grantmint_grant_free(grant);
    }
    grantmint_decoded_free(decoded);
}

int main(void) {
    size_t count = sizeof TOKEN_CASES / sizeof *TOKEN_CASES;
    CHECK(count == 60);
    for (size_t i = 0; i < count; i++) {
        const token_case_t *given = &TOKEN_CASES[i];
        grantmint_api_key_t *key = key_of(given);
        grantmint_string_t *ours = mint(given, key);
        check_says(grantmint_string_get(ours), given, key, true);
        check_says(given->twilio_python.text, given, key, false);
        check_says(given->twilio_node.text, given, key, false);
        grantmint_string_free(ours);
        grantmint_api_key_free(key);
    }
    printf("%zu tokens\n", count);
    return 0;
}
