/* What the grant cache does, step by step, on a clock that only the scenario moves. */
#include "check.h"

typedef struct {
    value_t outcome, freshness, remaining, grant, reason, code, retry_after, start, after, emptied,
        keys, calls;
} expect_t;

typedef struct {
    value_t at, op, caller, streamer, ttl, min_remaining, timeout, hold, grant, code, retry_after,
        seconds, seen_by;
    expect_t expect;
} step_t;

typedef struct {
    value_t jitter, wait_below, soft_point, safety_margin, fetch_timeout, max_keys;
} policy_t;

typedef struct {
    value_t name, trap;
    policy_t policy;
    const step_t *steps;
    size_t steps_len;
} scenario_t;

#include "cache_scenarios.h"

#define CALLERS 64
/* Times in the file are rounded to milliseconds, and so are those of the interface. */
#define TOLERANCE 0.002

/* What one caller holds until it is used up. */
typedef struct {
    grantmint_str_t name;
    grantmint_ticket_t *ticket;
    grantmint_waiter_t *waiter;
    /* The generation of the grant that it was handed last. */
    uint64_t seen;
} caller_t;

typedef struct {
    grantmint_manual_clock_t *clock;
    grantmint_grant_cache_t *cache;
    caller_t callers[CALLERS];
    size_t callers_len;
    double passed;
    uint64_t calls, calls_before_fork;
} stage_t;

/* Where a failed check is. */
static const scenario_t *now_playing;
static size_t now_at;

#define EXPECT(condition)                                                                     \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s \"%s\", step %zu (%s): %s\n", now_playing->trap.text.data,    \
                    now_playing->name.text.data, now_at + 1,                                  \
                    now_playing->steps[now_at].op.text.data, #condition);                     \
            exit(1);                                                                          \
        }                                                                                     \
    } while (0)

static value_t text(const char *shown) {
    value_t value = {.kind = IS_TEXT, .text = grantmint_str(shown)};
    return value;
}

static value_t number(double shown) {
    value_t value = {.kind = IS_NUMBER, .number = shown};
    return value;
}

/* A number of milliseconds of which 0 says that there is none. */
static value_t seconds_or_nothing(uint32_t ms) {
    value_t value = {.kind = ms == 0 ? IS_NOTHING : IS_NUMBER, .number = ms / 1000.0};
    return value;
}

static bool matches(value_t expected, value_t shown) {
    switch (expected.kind) {
        case ABSENT: return true;
        case IS_NOTHING: return shown.kind == IS_NOTHING;
        case IS_TEXT: return shown.kind == IS_TEXT && same(expected.text, shown.text);
        default: return shown.kind == IS_NUMBER &&
                        fabs(expected.number - shown.number) <= TOLERANCE;
    }
}

static uint32_t ms(value_t time) {
    if (time.kind == ABSENT) {
        return 0;
    }
    return time.number == 0 ? GRANTMINT_ZERO_MS : (uint32_t)lround(time.number * 1000);
}

static uint32_t ttl_ms(const step_t *step) {
    return step->ttl.kind == ABSENT ? 60000 : ms(step->ttl);
}

static caller_t *caller(stage_t *stage, grantmint_str_t name) {
    for (size_t i = 0; i < stage->callers_len; i++) {
        if (same(stage->callers[i].name, name)) {
            return &stage->callers[i];
        }
    }
    EXPECT(stage->callers_len < CALLERS);
    stage->callers[stage->callers_len].name = name;
    return &stage->callers[stage->callers_len++];
}

/* What a step showed. The text of a grant is copied, as its hit is freed. */
typedef struct {
    expect_t expect;
    char grant[64];
} shown_t;

static void show_error(shown_t *shown, grantmint_error_t *error) {
    shown->expect.code.kind = IS_TEXT;
    shown->expect.code.text = grantmint_error_code(error);
    shown->expect.retry_after = seconds_or_nothing(grantmint_error_retry_after_ms(error));
    grantmint_error_free(error);
}

static void show_hit(shown_t *shown, caller_t *caller, grantmint_hit_t *hit) {
    static const char *const NAMES[] = {"", "fresh", "refreshing", "degraded"};
    caller->seen = grantmint_hit_generation(hit);
    shown->expect.freshness = text(NAMES[grantmint_hit_freshness(hit)]);
    shown->expect.remaining = number(grantmint_hit_remaining_ms(hit) / 1000.0);
    grantmint_str_t grant = grantmint_hit_grant(hit);
    EXPECT(grant.len < sizeof shown->grant);
    memcpy(shown->grant, grant.data, grant.len);
    shown->expect.grant.kind = IS_TEXT;
    shown->expect.grant.text = (grantmint_str_t){shown->grant, grant.len};
    grantmint_error_t *reason = grantmint_hit_reason(hit);
    shown->expect.reason.kind = reason == NULL ? IS_NOTHING : IS_TEXT;
    shown->expect.reason.text = grantmint_error_code(reason);
    shown->expect.retry_after = seconds_or_nothing(grantmint_error_retry_after_ms(reason));
    grantmint_error_free(reason);
    grantmint_hit_free(hit);
}

static void start(stage_t *stage, caller_t *caller, shown_t *shown) {
    grantmint_start_t answer;
    uint32_t after = 0;
    grantmint_error_t *error = NULL;
    EXPECT(caller->ticket != NULL);
    if (grantmint_ticket_start(caller->ticket, &answer, &after, &error) != GRANTMINT_OK) {
        EXPECT(answer == GRANTMINT_START_REFUSED);
        show_error(shown, error);
        shown->expect.start = text("refused");
        grantmint_ticket_free(caller->ticket);
        caller->ticket = NULL;
    } else if (answer == GRANTMINT_START_GO) {
        stage->calls++;
        shown->expect.start = text("go");
    } else {
        shown->expect.start = text("later");
        shown->expect.after = number(after / 1000.0);
    }
}

static void fetch(stage_t *stage, caller_t *caller, grantmint_ticket_t *ticket, bool hold,
                 shown_t *shown) {
    EXPECT(caller->ticket == NULL);
    caller->ticket = ticket;
    if (!hold) {
        start(stage, caller, shown);
    }
}

static void get(stage_t *stage, const step_t *step, bool waits, shown_t *shown) {
    static const char *const OUTCOMES[] = {"error", "hit", "hit_and_fetch", "fetch", "wait"};
    caller_t *who = caller(stage, step->caller.text);
    grantmint_wait_options_t options = GRANTMINT_WAIT_OPTIONS_INIT;
    options.min_remaining_ms = ms(step->min_remaining);
    options.timeout_ms = ms(step->timeout);
    grantmint_begin_t begun;
    grantmint_error_t *error = NULL;
    if (grantmint_grant_cache_begin(stage->cache, step->streamer.text, ttl_ms(step), &options,
                                    &begun, &error) != GRANTMINT_OK) {
        EXPECT(begun.outcome == GRANTMINT_NOTHING);
        show_error(shown, error);
    }
    if (begun.waiter != NULL && !waits) {
        CHECK_OK(grantmint_waiter_fallback(begun.waiter, &begun.hit, &error));
        grantmint_waiter_free(begun.waiter);
        begun.waiter = NULL;
        if (begun.hit != NULL) {
            begun.outcome = begun.ticket == NULL ? GRANTMINT_HIT : GRANTMINT_HIT_AND_FETCH;
        }
    }
    shown->expect.outcome = text(OUTCOMES[begun.outcome]);
    if (begun.hit != NULL) {
        show_hit(shown, who, begun.hit);
    }
    if (begun.waiter != NULL) {
        EXPECT(who->waiter == NULL);
        who->waiter = begun.waiter;
    }
    if (begun.ticket != NULL) {
        fetch(stage, who, begun.ticket, step->hold.number == 1, shown);
    }
}

static void result(stage_t *stage, const step_t *step, shown_t *shown) {
    caller_t *who = caller(stage, step->caller.text);
    grantmint_hit_t *hit = NULL;
    grantmint_error_t *error = NULL;
    EXPECT(who->waiter != NULL);
    if (grantmint_waiter_poll(who->waiter, &hit, &error) != GRANTMINT_OK) {
        shown->expect.outcome = text("error");
        show_error(shown, error);
    } else if (hit == NULL) {
        shown->expect.outcome = text("pending");
        return;
    } else {
        shown->expect.outcome = text("hit");
        show_hit(shown, who, hit);
    }
    grantmint_waiter_free(who->waiter);
    who->waiter = NULL;
}

static void hold_ticket(void *userdata, grantmint_ticket_t *ticket) {
    grantmint_ticket_t **held = userdata;
    CHECK(*held == NULL);
    *held = ticket;
}

static void prefetch_or_poll(stage_t *stage, const step_t *step, shown_t *shown) {
    grantmint_ticket_t *ticket = NULL;
    grantmint_error_t *failure = NULL;
    if (is(step->op.text, "poll")) {
        CHECK_OK(grantmint_grant_cache_poll(stage->cache, hold_ticket, &ticket, &error));
    } else if (grantmint_grant_cache_prefetch(stage->cache, step->streamer.text, ttl_ms(step),
                                              &ticket, &failure) != GRANTMINT_OK) {
        shown->expect.outcome = text("error");
        show_error(shown, failure);
        return;
    }
    shown->expect.outcome = text(ticket == NULL ? "none" : "fetch");
    if (ticket != NULL) {
        fetch(stage, caller(stage, step->caller.text), ticket, step->hold.number == 1, shown);
    }
}

static grantmint_ticket_t *used_up(stage_t *stage, const step_t *step) {
    caller_t *who = caller(stage, step->caller.text);
    grantmint_ticket_t *ticket = who->ticket;
    EXPECT(ticket != NULL);
    who->ticket = NULL;
    return ticket;
}

static int32_t status_of(grantmint_str_t code) {
    for (int32_t status = 1; status < 1000; status++) {
        if (same(grantmint_status_code(status), code)) {
            return status;
        }
    }
    EXPECT(!"a known code");
    return 0;
}

static void act(stage_t *stage, const step_t *step, shown_t *shown) {
    grantmint_str_t op = step->op.text;
    uint64_t forward = (uint64_t)llround(fabs(step->seconds.number) * 1000);
    bool emptied = false;
    if (is(op, "get") || is(op, "try")) {
        get(stage, step, is(op, "get"), shown);
    } else if (is(op, "prefetch") || is(op, "poll")) {
        prefetch_or_poll(stage, step, shown);
    } else if (is(op, "start")) {
        start(stage, caller(stage, step->caller.text), shown);
    } else if (is(op, "result")) {
        result(stage, step, shown);
    } else if (is(op, "complete")) {
        grantmint_str_t grant = step->grant.kind == ABSENT ? GRANTMINT_STR("grant")
                                                           : step->grant.text;
        CHECK_OK(grantmint_ticket_complete(used_up(stage, step), grant, ms(step->ttl), &error));
    } else if (is(op, "fail")) {
        CHECK_OK(grantmint_ticket_fail(used_up(stage, step), status_of(step->code.text),
                                       GRANTMINT_STR("by the script"), ms(step->retry_after),
                                       &error));
    } else if (is(op, "abandon")) {
        grantmint_ticket_free(used_up(stage, step));
    } else if (is(op, "give_up")) {
        caller_t *who = caller(stage, step->caller.text);
        EXPECT(who->waiter != NULL);
        grantmint_waiter_free(who->waiter);
        who->waiter = NULL;
    } else if (is(op, "keep_warm")) {
        CHECK_OK(grantmint_grant_cache_keep_warm(stage->cache, step->streamer.text, ttl_ms(step),
                                                 (uint32_t)forward, &error));
    } else if (is(op, "next_wakeup")) {
        uint32_t after = 0;
        bool any = grantmint_grant_cache_next_wakeup(stage->cache, &after);
        shown->expect.after = number(after / 1000.0);
        shown->expect.after.kind = any ? IS_NUMBER : IS_NOTHING;
    } else if (is(op, "invalidate")) {
        CHECK_OK(grantmint_grant_cache_invalidate(stage->cache, step->streamer.text, ttl_ms(step),
                                                  &emptied, &error));
        shown->expect.emptied = number(emptied);
    } else if (is(op, "invalidate_if")) {
        uint64_t seen = caller(stage, step->seen_by.text)->seen;
        EXPECT(seen != 0);
        CHECK_OK(grantmint_grant_cache_invalidate_if(stage->cache, step->streamer.text,
                                                     ttl_ms(step), seen, &emptied, &error));
        shown->expect.emptied = number(emptied);
    } else if (is(op, "purge")) {
        CHECK_OK(grantmint_grant_cache_purge(stage->cache, &error));
    } else if (is(op, "rotate")) {
        CHECK_OK(grantmint_grant_cache_rotate(stage->cache, &error));
    } else if (is(op, "fork")) {
        stage->calls_before_fork = stage->calls;
        CHECK_OK(grantmint_testing_simulate_fork(stage->cache, &error));
    } else if (is(op, "advance") || is(op, "suspend")) {
        stage->passed += step->seconds.number;
        if (is(op, "advance")) {
            grantmint_manual_clock_advance(stage->clock, forward);
        } else {
            grantmint_manual_clock_suspend(stage->clock, forward);
        }
    } else {
        EXPECT(is(op, "jump_wall"));
        int64_t step_ms = (int64_t)forward;
        grantmint_manual_clock_jump_wall(stage->clock,
                                         step->seconds.number < 0 ? -step_ms : step_ms);
    }
}

static void compare(const stage_t *stage, const step_t *step, const shown_t *shown) {
    const expect_t *expected = &step->expect, *found = &shown->expect;
    grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
    grantmint_stats_t *stats = NULL;
    CHECK_OK(grantmint_grant_cache_stats(stage->cache, &stats, &error));
    CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
    grantmint_stats_free(stats);
    EXPECT(stage->calls == stage->calls_before_fork + counters.fetches);
    value_t started = expected->start;
    if (started.kind == ABSENT && found->start.kind != ABSENT) {
        started = text("go");
    }
    EXPECT(started.kind == found->start.kind && matches(started, found->start));
    EXPECT(expected->outcome.kind == found->outcome.kind);
    EXPECT(matches(expected->outcome, found->outcome));
    EXPECT(matches(expected->freshness, found->freshness));
    EXPECT(matches(expected->remaining, found->remaining));
    EXPECT(matches(expected->grant, found->grant));
    EXPECT(matches(expected->reason, found->reason));
    EXPECT(matches(expected->code, found->code));
    EXPECT(matches(expected->retry_after, found->retry_after));
    EXPECT(matches(expected->after, found->after));
    EXPECT(matches(expected->emptied, found->emptied));
    EXPECT(matches(expected->keys, number((double)counters.keys)));
    EXPECT(matches(expected->calls, number((double)stage->calls)));
}

static void play(const scenario_t *scenario) {
    stage_t stage = {0};
    const policy_t *given = &scenario->policy;
    grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
    policy.jitter = given->jitter.kind == ABSENT ? NULL : &given->jitter.number;
    policy.wait_below_ms = ms(given->wait_below);
    policy.soft_point_ms = ms(given->soft_point);
    policy.safety_margin_ms = ms(given->safety_margin);
    policy.fetch_timeout_ms = ms(given->fetch_timeout);
    policy.max_keys = (size_t)given->max_keys.number;
    grantmint_grant_cache_options_t options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    CHECK_OK(grantmint_manual_clock_new(1700000000000u, &stage.clock, &error));
    options.policy = &policy;
    options.clock = stage.clock;
    options.rate_limited = GRANTMINT_ON;
    CHECK_OK(grantmint_grant_cache_new(&options, &stage.cache, &error));

    now_playing = scenario;
    for (now_at = 0; now_at < scenario->steps_len; now_at++) {
        const step_t *step = &scenario->steps[now_at];
        shown_t shown = {0};
        if (step->at.kind == IS_NUMBER) {
            double passes = step->at.number - stage.passed;
            EXPECT(passes > -TOLERANCE);
            uint64_t passes_ms = passes > 0 ? (uint64_t)llround(passes * 1000) : 0;
            grantmint_manual_clock_advance(stage.clock, passes_ms);
            stage.passed = step->at.number;
        }
        act(&stage, step, &shown);
        compare(&stage, step, &shown);
    }
    for (size_t i = 0; i < stage.callers_len; i++) {
        grantmint_ticket_free(stage.callers[i].ticket);
        grantmint_waiter_free(stage.callers[i].waiter);
    }
    grantmint_grant_cache_free(stage.cache);
    grantmint_manual_clock_free(stage.clock);
}

static bool forks(const scenario_t *scenario) {
    for (size_t i = 0; i < scenario->steps_len; i++) {
        if (is(scenario->steps[i].op.text, "fork")) {
            return true;
        }
    }
    return false;
}

/* With `--no-forks`, without those in which the process forks: a child leaves behind what was its
 * parent's, on purpose, which who looks for leaks would find. */
int main(int argc, char **argv) {
    bool all = argc < 2 || strcmp(argv[1], "--no-forks") != 0;
    size_t played = 0, count = sizeof SCENARIOS / sizeof *SCENARIOS;
    for (size_t i = 0; i < count; i++) {
        if (all || !forks(&SCENARIOS[i])) {
            play(&SCENARIOS[i]);
            played++;
        }
    }
    printf("%zu of %zu scenarios\n", played, count);
    CHECK(played >= 45);
    return 0;
}
