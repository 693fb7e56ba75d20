/* What a source may answer, as far as it is a text and a number: tests/vectors/source_answers.json. */
#include "check.h"

typedef struct {
    value_t name, only, asked, grant, ttl, serves, code, says;
} answer_t;

#include "source_answers.h"

#define TOLERANCE_MS 2
/* The longest time that the interface can say, in seconds. */
#define SECONDS_MAX 4294967.0

static const answer_t *now_asked;

#define EXPECT(condition)                                                                     \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s: %s\n", now_asked->name.text.data, #condition);               \
            exit(1);                                                                          \
        }                                                                                     \
    } while (0)

static uint32_t ms_of(value_t seconds) {
    return (uint32_t)lround(seconds.number * 1000);
}

static uint32_t asked_ms(void) {
    return now_asked->asked.kind == ABSENT ? 60000 : ms_of(now_asked->asked);
}

static uint32_t lifetime_ms(void) {
    if (now_asked->ttl.kind == ABSENT) {
        return 0;
    }
    return now_asked->ttl.number == 0 ? GRANTMINT_ZERO_MS : ms_of(now_asked->ttl);
}

/* Ends a fetch as the row says. This call is told what is wrong, too: after the waiters, and the main
 * thread may be at the next row by then. */
static void complete(grantmint_ticket_t *ticket) {
    const answer_t *row = now_asked;
    grantmint_error_t *error = NULL;
    grantmint_status_t status =
        grantmint_ticket_complete(ticket, row->grant.text, lifetime_ms(), &error);
    if (is(row->code.text, "source_failed")) {
        CHECK(status == GRANTMINT_ERR_INVALID_TTL);
        CHECK(is(grantmint_error_argument(error), "lifetime_ms"));
    } else if (row->serves.kind == IS_NUMBER || is(row->code.text, "grant_too_short")) {
        CHECK(status == GRANTMINT_OK);
    } else {
        CHECK(same(grantmint_status_code(status), row->code.text));
    }
    grantmint_error_free(error);
}

static void compare(grantmint_status_t status, grantmint_error_t *error, uint32_t remaining_ms) {
    if (now_asked->serves.kind == IS_NUMBER) {
        EXPECT(status == GRANTMINT_OK && error == NULL);
        double missing = now_asked->serves.number * 1000 - remaining_ms;
        EXPECT(fabs(missing) <= TOLERANCE_MS);
        return;
    }
    grantmint_str_t message = grantmint_error_message(error);
    EXPECT(same(grantmint_status_code(status), now_asked->code.text));
    EXPECT(grantmint_error_status(error) == status);
    if (now_asked->says.kind == IS_TEXT) {
        EXPECT(contains(message, now_asked->says.text.data));
    }
    EXPECT(!contains(message, "hush"));
    grantmint_error_free(error);
}

static grantmint_cache_policy_t with_hardly_a_margin(void) {
    grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
    policy.safety_margin_ms = 1;
    return policy;
}

static void of_cache(grantmint_manual_clock_t *clock) {
    grantmint_cache_policy_t policy = with_hardly_a_margin();
    grantmint_grant_cache_options_t options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    options.policy = &policy;
    options.clock = clock;
    grantmint_grant_cache_t *cache = NULL;
    CHECK_OK(grantmint_grant_cache_new(&options, &cache, &error));

    grantmint_begin_t begun;
    CHECK_OK(grantmint_grant_cache_begin(cache, GRANTMINT_STR("key"), asked_ms(), NULL, &begun,
                                         &error));
    EXPECT(begun.outcome == GRANTMINT_FETCH);
    grantmint_start_t start;
    uint32_t time_ms = 0;
    CHECK_OK(grantmint_ticket_start(begun.ticket, &start, &time_ms, &error));
    complete(begun.ticket);
    grantmint_hit_t *hit = NULL;
    grantmint_error_t *error = NULL;
    grantmint_status_t status = grantmint_waiter_poll(begun.waiter, &hit, &error);
    EXPECT((hit == NULL) != (error == NULL));
    compare(status, error, grantmint_hit_remaining_ms(hit));
    grantmint_hit_free(hit);
    grantmint_waiter_free(begun.waiter);
    grantmint_grant_cache_free(cache);
}

static void fetch(void *userdata, const grantmint_grant_request_t *request,
                  grantmint_ticket_t *ticket) {
    (void)userdata;
    (void)request;
    complete(ticket);
}

static void of_minter(grantmint_manual_clock_t *clock) {
    grantmint_cache_policy_t policy = with_hardly_a_margin();
    grantmint_source_t *source = NULL;
    CHECK_OK(grantmint_source_new(fetch, NULL, NULL, &source, &error));
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.policy = &policy;
    options.clock = clock;
    options.source = source;
    options.grant_ttl = asked_ms() / 1000;
    grantmint_api_key_t *key = new_key();
    grantmint_playback_minter_t *minter = NULL;
    CHECK_OK(grantmint_playback_minter_new(key, &options, &minter, &error));

    grantmint_playback_token_t *token = NULL;
    grantmint_error_t *error = NULL;
    grantmint_status_t status = grantmint_playback_minter_token(
        minter, STREAMER, GRANTMINT_STR("alice"), NULL, &token, &error);
    EXPECT((token == NULL) != (error == NULL));
    compare(status, error, grantmint_playback_token_grant_remaining_ms(token));
    grantmint_playback_token_free(token);
    grantmint_playback_minter_free(minter);
    grantmint_source_free(source);
    grantmint_api_key_free(key);
}

int main(void) {
    size_t tried = 0;
    grantmint_manual_clock_t *clock = NULL;
    CHECK_OK(grantmint_manual_clock_new(1800000000000u, &clock, &error));
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++) {
        now_asked = &ANSWERS[i];
        double ttl = now_asked->ttl.number;
        if (ttl < 0 || ttl > SECONDS_MAX) {
            continue;
        }
        if (!is(now_asked->only.text, "cache")) {
            of_minter(clock);
            tried++;
        }
        if (!is(now_asked->only.text, "minter")) {
            of_cache(clock);
            tried++;
        }
    }
    grantmint_manual_clock_free(clock);
    printf("%zu answers\n", tried);
    CHECK(tried >= 40);
    return 0;
}
