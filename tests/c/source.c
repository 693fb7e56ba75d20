/* Sources of grants that are written in C: how they end, and what their callers are told. */
#include "wait.h"

typedef struct {
    atomic_int calls, freed;
    /* Set by sources that finish later. */
    _Atomic(grantmint_ticket_t *) held;
    grantmint_playback_minter_t *minter;
} state_t;

static void note_free(void *userdata) {
    atomic_fetch_add(&((state_t *)userdata)->freed, 1);
}

static void finish(state_t *state, grantmint_playback_minter_t *minter) {
    grantmint_playback_minter_free(minter);
    wait_for(&state->freed, 1);
    CHECK(atomic_load(&state->freed) == 1);
}

static grantmint_status_t token(const grantmint_playback_minter_t *minter, uint32_t timeout_ms,
                                grantmint_playback_token_t **out, grantmint_error_t **error) {
    grantmint_wait_options_t options = GRANTMINT_WAIT_OPTIONS_INIT;
    options.timeout_ms = timeout_ms;
    return grantmint_playback_minter_token(minter, STREAMER, GRANTMINT_STR("alice"), &options, out,
                                           error);
}

static void complete_at_once(void *userdata, const grantmint_grant_request_t *request,
                             grantmint_ticket_t *ticket) {
    state_t *state = userdata;
    CHECK(same(grantmint_grant_request_streamer(request), STREAMER));
    CHECK(is(grantmint_grant_request_origin(request), "https://www.example.com"));
    CHECK(grantmint_grant_request_ttl(request) == 30);
    uint32_t timeout = grantmint_grant_request_timeout_ms(request), ms = 0;
    grantmint_start_t start;
    CHECK_OK(grantmint_ticket_start(ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_GO && ms == timeout && timeout > 0);
    CHECK(!grantmint_ticket_is_refresh(ticket) && grantmint_ticket_key(ticket).data == NULL);
    atomic_fetch_add(&state->calls, 1);
    CHECK_OK(grantmint_ticket_complete(ticket, SHORT_GRANT, 0, &error));
}

static void a_grant_at_once(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://one.test", complete_at_once, &state, note_free, NULL);
    grantmint_playback_token_t *given = NULL;
    CHECK_OK(token(minter, 0, &given, &error));
    grantmint_str_t jwt = grantmint_playback_token_jwt(given);
    grantmint_api_key_t *key = new_key();
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_verify(jwt, key, NULL, &decoded, &error));
    CHECK(contains(grantmint_decoded_claims_json(decoded), "\"player\":{\"playbackUrl\":"));
    CHECK(grantmint_playback_token_freshness(given) == GRANTMINT_FRESH);
    CHECK(grantmint_playback_token_grant_remaining_ms(given) > 20000);
    CHECK(grantmint_playback_token_generation(given) > 0);
    CHECK(grantmint_playback_token_reason(given) == NULL);
    CHECK(grantmint_playback_token_retry_after_ms(given) == 0);
    grantmint_decoded_free(decoded);
    grantmint_playback_token_free(given);

    /* The second viewer costs no call, the hot path neither. */
    grantmint_string_t *bare = NULL;
    CHECK_OK(grantmint_playback_minter_try_token(minter, STREAMER, GRANTMINT_STR("bob"), &bare,
                                                 &error));
    CHECK(grantmint_string_get(bare).len > 0);
    grantmint_string_free(bare);
    grantmint_stream_minter_t *stream = NULL;
    CHECK_OK(grantmint_playback_minter_stream(minter, STREAMER, &stream, &error));
    CHECK_OK(grantmint_stream_minter_token(stream, GRANTMINT_STR("carol"), NULL, &given, &error));
    grantmint_playback_token_free(given);
    CHECK_OK(grantmint_stream_minter_try_token(stream, GRANTMINT_STR("dave"), &bare, &error));
    grantmint_string_free(bare);
    CHECK(atomic_load(&state.calls) == 1);

    bool emptied = false;
    CHECK_OK(grantmint_playback_minter_invalidate_if(minter, STREAMER, 999, &emptied, &error));
    CHECK(!emptied);
    CHECK_OK(grantmint_playback_minter_invalidate(minter, STREAMER, &emptied, &error));
    CHECK(emptied);
    CHECK_OK(grantmint_playback_minter_prefetch(minter, STREAMER, &error));
    wait_for(&state.calls, 2);
    CHECK_OK(grantmint_playback_minter_keep_warm(minter, STREAMER, 1000, &error));
    CHECK_OK(grantmint_playback_minter_keep_warm(minter, STREAMER, 0, &error));
    CHECK_OK(grantmint_playback_minter_rotate(minter, key, &error));
    CHECK_OK(grantmint_playback_minter_purge(minter, &error));
    grantmint_api_key_free(key);

    grantmint_stats_t *stats = NULL;
    grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
    CHECK_OK(grantmint_playback_minter_stats(minter, &stats, &error));
    CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
    CHECK(counters.fetches == 2 && counters.hits_fresh == 3 && counters.waits == 1);
    CHECK(counters.clock_offset_ms == GRANTMINT_CLOCK_OFFSET_UNKNOWN);
    grantmint_error_count_t failures[2];
    size_t len = 9;
    CHECK_OK(grantmint_stats_errors(stats, failures, 2, &len, &error));
    CHECK(len == 0);
    grantmint_latency_bucket_t buckets[64];
    uint64_t sum = 0;
    CHECK_OK(grantmint_stats_latency(stats, buckets, 64, &len, &sum, &error));
    CHECK(buckets[len - 1].up_to_ms == UINT32_MAX && buckets[len - 1].count == 2);
    CHECK_OK(grantmint_stats_to_prometheus(stats, GRANTMINT_STR("live"), &bare, &error));
    CHECK(contains(grantmint_string_get(bare), "grantmint_fetches_total{cache=\"live\"} 2\n"));
    grantmint_string_free(bare);
    grantmint_stats_free(stats);

    grantmint_events_t *events = NULL;
    grantmint_event_t event = GRANTMINT_EVENT_INIT;
    CHECK_OK(grantmint_playback_minter_drain_events(minter, &events, &error));
    CHECK(grantmint_events_len(events) >= 4);
    /* What was drained is gone, for all who share the cache. */
    grantmint_grant_cache_t *cache = NULL;
    grantmint_events_t *none = NULL;
    CHECK_OK(grantmint_playback_minter_cache(minter, &cache, &error));
    CHECK_OK(grantmint_grant_cache_drain_events(cache, &none, &error));
    CHECK(grantmint_events_len(none) == 0);
    grantmint_events_free(none);
    grantmint_grant_cache_free(cache);
    CHECK_OK(grantmint_events_get(events, 0, &event, &error));
    CHECK(event.kind == GRANTMINT_EVENT_FETCH_SENT && is(event.name, "fetch_sent"));
    CHECK(event.key.len > 0 && event.boot_ns > 0 && event.unix_ns > 0);
    CHECK_OK(grantmint_events_get(events, 1, &event, &error));
    CHECK(event.kind == GRANTMINT_EVENT_FETCH_SUCCEEDED && event.generation > 0);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_events_get(events, grantmint_events_len(events), &event, &error));
    grantmint_events_free(events);

    grantmint_playback_minter_close(minter);
    CHECK_STATUS(GRANTMINT_ERR_CLOSED, token(minter, 0, &given, &error));
    CHECK_STATUS(GRANTMINT_ERR_CLOSED,
                 grantmint_stream_minter_token(stream, GRANTMINT_STR("eve"), NULL, &given, &error));
    grantmint_stream_minter_free(stream);
    finish(&state, minter);
}

static void *complete_on_a_thread(void *ticket) {
    sleep_ms(50);
    CHECK_OK(grantmint_ticket_complete(ticket, SHORT_GRANT, 30000, &error));
    return NULL;
}

static void complete_later(void *userdata, const grantmint_grant_request_t *request,
                           grantmint_ticket_t *ticket) {
    (void)request;
    pthread_t thread;
    atomic_fetch_add(&((state_t *)userdata)->calls, 1);
    CHECK(pthread_create(&thread, NULL, complete_on_a_thread, ticket) == 0);
    CHECK(pthread_detach(thread) == 0);
}

static void a_grant_later_from_another_thread(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://two.test", complete_later, &state, note_free, NULL);
    grantmint_playback_token_t *given = NULL;
    CHECK_OK(token(minter, 0, &given, &error));
    grantmint_playback_token_free(given);
    CHECK(atomic_load(&state.calls) == 1);
    finish(&state, minter);
}

static void fail_throttled(void *userdata, const grantmint_grant_request_t *request,
                           grantmint_ticket_t *ticket) {
    (void)request;
    atomic_fetch_add(&((state_t *)userdata)->calls, 1);
    CHECK_OK(grantmint_ticket_fail(ticket, GRANTMINT_ERR_THROTTLED, GRANTMINT_STR("not so fast"),
                                   7000, &error));
}

static void an_error_with_a_time(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://three.test", fail_throttled, &state, note_free, NULL);
    for (int i = 0; i < 2; i++) {
        grantmint_playback_token_t *given = NULL;
        grantmint_error_t *error = NULL;
        CHECK(token(minter, 0, &given, &error) == GRANTMINT_ERR_THROTTLED);
        CHECK(given == NULL);
        CHECK(grantmint_error_is_retryable(error));
        uint32_t after = grantmint_error_retry_after_ms(error);
        CHECK(after > 6000 && after < 10000);
        CHECK(i > 0 || is(grantmint_error_message(error), "not so fast"));
        grantmint_error_free(error);
    }
    CHECK(atomic_load(&state.calls) == 1);
    finish(&state, minter);
}

static void drop(void *userdata, const grantmint_grant_request_t *request,
                 grantmint_ticket_t *ticket) {
    (void)request;
    atomic_fetch_add(&((state_t *)userdata)->calls, 1);
    grantmint_ticket_free(ticket);
}

static void a_dropped_ticket_is_begun_again_and_then_abandoned(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://four.test", drop, &state, note_free, NULL);
    grantmint_playback_token_t *given = NULL;
    CHECK_STATUS(GRANTMINT_ERR_ABANDONED, token(minter, 0, &given, &error));
    CHECK(atomic_load(&state.calls) == 3);
    finish(&state, minter);
}

static void hold(void *userdata, const grantmint_grant_request_t *request,
                 grantmint_ticket_t *ticket) {
    (void)request;
    state_t *state = userdata;
    CHECK(atomic_load(&state->held) == NULL);
    atomic_store(&state->held, ticket);
    atomic_fetch_add(&state->calls, 1);
}

static void a_ticket_that_is_never_completed_keeps_nobody(void) {
    state_t state = {0};
    grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
    policy.fetch_timeout_ms = 300;
    grantmint_playback_minter_t *minter =
        new_minter("https://five.test", hold, &state, note_free, &policy);
    grantmint_playback_token_t *given = NULL;
    double start = now_seconds();
    CHECK_STATUS(GRANTMINT_ERR_DEADLINE_EXCEEDED, token(minter, 100, &given, &error));
    CHECK(now_seconds() - start < 1.0);
    /* A second after the time that the fetch had, it is dead whatever its source does. */
    CHECK_STATUS(GRANTMINT_ERR_UPSTREAM_TIMEOUT, token(minter, 0, &given, &error));
    CHECK(now_seconds() - start < 4.0);
    /* A late grant does no harm. */
    wait_for(&state.calls, 1);
    grantmint_ticket_t *late = atomic_load(&state.held);
    CHECK_OK(grantmint_ticket_complete(late, SHORT_GRANT, 30000, &error));
    finish(&state, minter);
}

static void complete_with_text(void *userdata, const grantmint_grant_request_t *request,
                               grantmint_ticket_t *ticket) {
    (void)request;
    atomic_fetch_add(&((state_t *)userdata)->calls, 1);
    CHECK_STATUS(GRANTMINT_ERR_UPSTREAM_NO_GRANT,
                 grantmint_ticket_complete(ticket, GRANTMINT_STR("\"{}\""), 0, &error));
}

static void a_grant_that_is_none_fails_the_fetch(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://six.test", complete_with_text, &state, note_free, NULL);
    grantmint_playback_token_t *given = NULL;
    CHECK_STATUS(GRANTMINT_ERR_UPSTREAM_NO_GRANT, token(minter, 0, &given, &error));
    finish(&state, minter);
}

static void fail_with_nonsense(void *userdata, const grantmint_grant_request_t *request,
                               grantmint_ticket_t *ticket) {
    (void)request;
    atomic_fetch_add(&((state_t *)userdata)->calls, 1);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT,
                 grantmint_ticket_fail(ticket, 12345, GRANTMINT_STR("?"), 0, &error));
}

static void an_error_that_is_none_fails_the_fetch_too(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://seven.test", fail_with_nonsense, &state, note_free, NULL);
    grantmint_playback_token_t *given = NULL;
    CHECK_STATUS(GRANTMINT_ERR_INVALID_ARGUMENT, token(minter, 0, &given, &error));
    finish(&state, minter);
}

static void reenter(void *userdata, const grantmint_grant_request_t *request,
                    grantmint_ticket_t *ticket) {
    (void)request;
    state_t *state = userdata;
    grantmint_string_t *bare = NULL;
    CHECK_OK(grantmint_playback_minter_try_token(state->minter, STREAMER, GRANTMINT_STR("bob"),
                                                 &bare, &error));
    CHECK(bare == NULL);
    grantmint_playback_token_t *given = NULL;
    /* The fetch that this would wait for is the one that it is part of. */
    CHECK_STATUS(GRANTMINT_ERR_DEADLINE_EXCEEDED, token(state->minter, 20, &given, &error));
    grantmint_stats_t *stats = NULL;
    CHECK_OK(grantmint_playback_minter_stats(state->minter, &stats, &error));
    grantmint_stats_free(stats);
    atomic_fetch_add(&state->calls, 1);
    CHECK_OK(grantmint_ticket_complete(ticket, SHORT_GRANT, 0, &error));
}

static void a_source_may_call_its_minter(void) {
    state_t state = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://eight.test", reenter, &state, note_free, NULL);
    state.minter = minter;
    grantmint_playback_token_t *given = NULL;
    CHECK_OK(token(minter, 0, &given, &error));
    grantmint_playback_token_free(given);
    finish(&state, minter);
}

static grantmint_playback_minter_t *limited(const grantmint_api_key_t *key, double calls) {
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.base_url = GRANTMINT_STR("https://nine.test");
    options.isolated = GRANTMINT_ON;
    options.calls_per_second = calls;
    options.burst = 2;
    options.max_fetches = 1;
    grantmint_playback_minter_t *minter = NULL;
    CHECK_OK(grantmint_playback_minter_new(key, &options, &minter, &error));
    return minter;
}

static void of_different_limits_of_one_account_the_lower_holds(void) {
    grantmint_api_key_t *key = new_key();
    grantmint_playback_minter_t *minters[] = {limited(key, 5), limited(key, 3)};
    grantmint_api_key_free(key);
    for (size_t i = 0; i < 2; i++) {
        grantmint_stats_t *stats = NULL;
        grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
        CHECK_OK(grantmint_playback_minter_stats(minters[i], &stats, &error));
        CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
        CHECK(counters.calls_per_second > 2.9 && counters.calls_per_second < 3.1);
        CHECK(counters.no_room == 0 && counters.waiting == 0 && counters.keys_refused == 0);
        grantmint_stats_free(stats);
        grantmint_events_t *events = NULL;
        CHECK_OK(grantmint_playback_minter_drain_events(minters[i], &events, &error));
        CHECK(grantmint_events_len(events) == i);
        if (i == 1) {
            grantmint_event_t event = GRANTMINT_EVENT_INIT;
            CHECK_OK(grantmint_events_get(events, 0, &event, &error));
            CHECK(event.kind == GRANTMINT_EVENT_LIMITS_DIFFER && is(event.name, "limits_differ"));
            CHECK(event.key.len == 0 && event.status == 0);
        }
        grantmint_events_free(events);
        grantmint_playback_minter_free(minters[i]);
    }
}

int main(void) {
    a_grant_at_once();
    a_grant_later_from_another_thread();
    an_error_with_a_time();
    a_dropped_ticket_is_begun_again_and_then_abandoned();
    a_ticket_that_is_never_completed_keeps_nobody();
    a_grant_that_is_none_fails_the_fetch();
    an_error_that_is_none_fails_the_fetch_too();
    a_source_may_call_its_minter();
    of_different_limits_of_one_account_the_lower_holds();
    return 0;
}
