/* Waiting for other threads, in the tests that have some. */
#ifndef GRANTMINT_TESTS_WAIT_H
#define GRANTMINT_TESTS_WAIT_H

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static inline void sleep_ms(long ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static inline double now_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Waits until a number has been reached, at most ten seconds. */
static inline void wait_for(const atomic_int *number, int reached) {
    for (int i = 0; i < 2000 && atomic_load(number) < reached; i++) {
        sleep_ms(5);
    }
    CHECK(atomic_load(number) >= reached);
}

/* A minter of grants from a function. Each test names an upstream of its own, as the cool-down and
 * the rate limit of an account are shared by all who name the same. */
static inline grantmint_playback_minter_t *new_minter(const char *upstream, grantmint_fetch_t fetch,
                                                      void *userdata,
                                                      grantmint_userdata_free_t userdata_free,
                                                      const grantmint_cache_policy_t *policy) {
    grantmint_api_key_t *key = new_key();
    grantmint_source_t *source = NULL;
    CHECK_OK(grantmint_source_new(fetch, userdata, userdata_free, &source, &error));
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.allow_origin = GRANTMINT_STR("https://www.example.com");
    options.base_url = grantmint_str(upstream);
    options.source = source;
    options.policy = policy;
    options.grant_ttl = 30;
    grantmint_playback_minter_t *minter = NULL;
    CHECK_OK(grantmint_playback_minter_new(key, &options, &minter, &error));
    grantmint_source_free(source);
    grantmint_api_key_free(key);
    return minter;
}

#endif
