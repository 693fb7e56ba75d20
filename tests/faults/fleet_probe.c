/* Asks for a token of each stream that it reads the number of, as a process of a fleet, and prints what the caller
 * sees: a code, and the milliseconds that it took. At the end it prints how fetches without a lease came about, what
 * was not taken over, the fleet's events, and what was wrong. */
#define _POSIX_C_SOURCE 200809L
#include <grantmint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static grantmint_error_t *error;

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void expect(grantmint_status_t status) {
    if (status != GRANTMINT_OK)
        exit(EXIT_FAILURE);
}

static grantmint_playback_minter_t *minter(void) {
    grantmint_api_key_t *key = NULL;
    grantmint_fleet_t *fleet = NULL;
    grantmint_playback_minter_t *live = NULL;
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    expect(grantmint_api_key_from_env(&key, &error));
    expect(grantmint_fleet_parse(grantmint_str(getenv("GRANTMINT_FLEET")), &fleet, &error));
    options.base_url = grantmint_str(getenv("GRANTMINT_BASE_URL"));
    options.fleet = fleet;
    expect(grantmint_playback_minter_new(key, &options, &live, &error));
    grantmint_fleet_free(fleet);
    grantmint_api_key_free(key);
    return live;
}

static void ask(const grantmint_playback_minter_t *live, unsigned number) {
    grantmint_playback_token_t *token = NULL;
    char stream[35];
    snprintf(stream, sizeof stream, "VJ%032u", number);
    long long start = now_ms();
    grantmint_status_t status = grantmint_playback_minter_token(
        live, grantmint_str(stream), GRANTMINT_STR("alice"), NULL, &token, &error);
    long long took = now_ms() - start;
    grantmint_str_t code =
        status == GRANTMINT_OK ? GRANTMINT_STR("ok") : grantmint_error_code(error);
    printf("%.*s %lld\n", (int)code.len, code.data, took);
    fflush(stdout);
    grantmint_playback_token_free(token);
    grantmint_error_free(error);
    error = NULL;
}

static void print_events(const grantmint_playback_minter_t *live) {
    grantmint_events_t *events = NULL;
    const char *between = "";
    expect(grantmint_playback_minter_drain_events(live, &events, &error));
    for (size_t i = 0; i < grantmint_events_len(events); i++) {
        grantmint_event_t event = GRANTMINT_EVENT_INIT;
        expect(grantmint_events_get(events, i, &event, &error));
        if (event.name.len > 6 && memcmp(event.name.data, "fleet_", 6) == 0) {
            printf("%s%.*s", between, (int)event.name.len, event.name.data);
            between = ",";
        }
    }
    grantmint_events_free(events);
}

int main(void) {
    grantmint_playback_minter_t *live = minter();
    unsigned number = 0;
    while (scanf("%u", &number) == 1)
        ask(live, number);
    grantmint_stats_t *stats = NULL;
    grantmint_counters_t counted = GRANTMINT_COUNTERS_INIT;
    expect(grantmint_playback_minter_stats(live, &stats, &error));
    expect(grantmint_stats_counters(stats, &counted, &error));
    printf("%u %u %u %u %u [", (unsigned)counted.fleet_alone_failed,
           (unsigned)counted.fleet_alone_nolease, (unsigned)counted.fleet_alone_late,
           (unsigned)counted.fleet_alone_rejected, (unsigned)counted.fleet_rejected);
    print_events(live);
    grantmint_str_t trouble = grantmint_stats_fleet_trouble(stats);
    printf("] %.*s\n", (int)trouble.len, trouble.data != NULL ? trouble.data : "");
    grantmint_stats_free(stats);
    grantmint_playback_minter_free(live);
    return EXIT_SUCCESS;
}
