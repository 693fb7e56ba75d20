/* Grants of every lifetime that may be asked for: tests/vectors/grant_ttls.json. */
#include "check.h"

typedef struct {
    value_t ttl, latency_ms, step_ms, refused;
} row_t;

#include "grant_ttls.h"

/* More than ever wait, or fetch, at one time. */
#define ROOM 512
#define NOT_SENT UINT64_MAX

typedef struct {
    grantmint_ticket_t *ticket;
    /* When its grant comes. */
    uint64_t at;
} fetch_t;

typedef struct {
    const row_t *row;
    grantmint_manual_clock_t *clock;
    grantmint_grant_cache_t *cache;
    uint64_t now;
    fetch_t fetches[ROOM];
    grantmint_waiter_t *waiters[ROOM];
    size_t fetches_len, waiters_len, served, refused;
} world_t;

static void refuse(world_t *world, grantmint_error_t *error) {
    CHECK(error != NULL);
    world->refused++;
    grantmint_error_free(error);
}

static void answer(world_t *world) {
    size_t kept = 0;
    for (size_t i = 0; i < world->fetches_len; i++) {
        fetch_t fetch = world->fetches[i];
        if (fetch.at <= world->now) {
            CHECK_OK(grantmint_ticket_complete(fetch.ticket, GRANTMINT_STR("a grant"), 0, &error));
        } else {
            world->fetches[kept++] = fetch;
        }
    }
    world->fetches_len = kept;
}

/* Starts what may start; a ticket that is refused has nothing more to do. */
static void start(world_t *world) {
    size_t kept = 0;
    for (size_t i = 0; i < world->fetches_len; i++) {
        fetch_t fetch = world->fetches[i];
        grantmint_start_t answer;
        uint32_t after = 0;
        if (fetch.at == NOT_SENT &&
            grantmint_ticket_start(fetch.ticket, &answer, &after, NULL) != GRANTMINT_OK) {
            grantmint_ticket_free(fetch.ticket);
            continue;
        }
        if (fetch.at == NOT_SENT && answer == GRANTMINT_START_GO) {
            fetch.at = world->now + (uint64_t)world->row->latency_ms.number;
        }
        world->fetches[kept++] = fetch;
    }
    world->fetches_len = kept;
}

static void ask(world_t *world) {
    grantmint_begin_t begun;
    grantmint_error_t *error = NULL;
    uint32_t ttl_ms = (uint32_t)world->row->ttl.number * 1000;
    if (grantmint_grant_cache_begin(world->cache, GRANTMINT_STR("stream"), ttl_ms, NULL, &begun,
                                    &error) != GRANTMINT_OK) {
        refuse(world, error);
    }
    if (begun.hit != NULL) {
        world->served++;
        grantmint_hit_free(begun.hit);
    }
    if (begun.ticket != NULL) {
        CHECK(world->fetches_len < ROOM);
        world->fetches[world->fetches_len++] = (fetch_t){begun.ticket, NOT_SENT};
    }
    if (begun.waiter != NULL) {
        CHECK(world->waiters_len < ROOM);
        world->waiters[world->waiters_len++] = begun.waiter;
    }
    start(world);
}

static void look(world_t *world) {
    size_t kept = 0;
    for (size_t i = 0; i < world->waiters_len; i++) {
        grantmint_waiter_t *waiter = world->waiters[i];
        grantmint_hit_t *hit = NULL;
        grantmint_error_t *error = NULL;
        if (grantmint_waiter_poll(waiter, &hit, &error) != GRANTMINT_OK) {
            refuse(world, error);
        } else if (hit == NULL) {
            world->waiters[kept++] = waiter;
            continue;
        }
        world->served += hit != NULL;
        grantmint_hit_free(hit);
        grantmint_waiter_free(waiter);
    }
    world->waiters_len = kept;
}

static void pass_until(world_t *world, uint64_t time) {
    grantmint_manual_clock_advance(world->clock, time - world->now);
    world->now = time;
}

static void play(const row_t *row) {
    static world_t world;
    memset(&world, 0, sizeof world);
    world.row = row;
    CHECK_OK(grantmint_manual_clock_new(1700000000000u, &world.clock, &error));
    grantmint_grant_cache_options_t options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    options.clock = world.clock;
    options.rate_limited = GRANTMINT_ON;
    CHECK_OK(grantmint_grant_cache_new(&options, &world.cache, &error));

    uint64_t end = (uint64_t)row->ttl.number * 5000 + 10000;
    for (uint64_t caller = 0; caller < end;) {
        uint64_t time = caller;
        for (size_t i = 0; i < world.fetches_len; i++) {
            time = world.fetches[i].at < time ? world.fetches[i].at : time;
        }
        pass_until(&world, time);
        answer(&world);
        if (time == caller) {
            ask(&world);
            caller += (uint64_t)row->step_ms.number;
        }
        look(&world);
    }
    bool may_refuse = row->refused.number == 1;
    if ((world.refused > 0) != may_refuse || (world.served == 0 && !may_refuse)) {
        fprintf(stderr, "ttl %g, %g ms: %zu refused, %zu served\n", row->ttl.number,
                row->latency_ms.number, world.refused, world.served);
        exit(1);
    }
    for (size_t i = 0; i < world.fetches_len; i++) {
        grantmint_ticket_free(world.fetches[i].ticket);
    }
    for (size_t i = 0; i < world.waiters_len; i++) {
        grantmint_waiter_free(world.waiters[i]);
    }
    grantmint_grant_cache_free(world.cache);
    grantmint_manual_clock_free(world.clock);
}

int main(void) {
    size_t count = sizeof ROWS / sizeof *ROWS;
    for (size_t i = 0; i < count; i++) {
        play(&ROWS[i]);
    }
    CHECK(count == 180);
    return 0;
}
