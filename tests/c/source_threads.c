/* What a source finds on the thread that it is called on: stack, and signals that a crash reporter sees. */

#include <grantmint.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

static atomic_int calls;

static void fetch(void *userdata, const grantmint_grant_request_t *request,
                  grantmint_ticket_t *ticket) {
    (void)userdata;
    (void)request;
    volatile char large[600 * 1024];
    for (size_t i = 0; i < sizeof large; i += 4096) {
        large[i] = 1;
    }
    sigset_t blocked;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0);
    const int of_a_crash[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
    for (size_t i = 0; i < sizeof of_a_crash / sizeof *of_a_crash; i++) {
        CHECK(!sigismember(&blocked, of_a_crash[i]));
    }
    CHECK(sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM));
    atomic_fetch_add(&calls, large[0]);
    CHECK_OK(grantmint_ticket_complete(ticket, GRANTMINT_STR("{}"), 0, &error));
}

int main(void) {
    grantmint_api_key_t *key = NULL;
    CHECK_OK(grantmint_api_key_new(ACCOUNT_SID, KEY_SID, SECRET, &key, &error));
    grantmint_source_t *source = NULL;
    CHECK_OK(grantmint_source_new(fetch, NULL, NULL, &source, &error));
    grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
    options.source = source;
    grantmint_playback_minter_t *minter = NULL;
    CHECK_OK(grantmint_playback_minter_new(key, &options, &minter, &error));
    grantmint_playback_token_t *token = NULL;
    CHECK_OK(grantmint_playback_minter_token(minter, STREAMER, GRANTMINT_STR("alice"), NULL, &token,
                                             &error));
    CHECK(atomic_load(&calls) == 1);
    grantmint_playback_token_free(token);
    grantmint_playback_minter_free(minter);
    grantmint_source_free(source);
    grantmint_api_key_free(key);
    return 0;
}
