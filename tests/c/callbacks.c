/* Callbacks: when they come, on which thread, what they may do, and how they are taken back. */
#include "wait.h"

typedef struct {
    atomic_int answers;
    grantmint_status_t status;
    pthread_t thread;
    const grantmint_playback_minter_t *minter;
} answer_t;

/* Holds tickets until somebody wants them completed. */
typedef struct {
    atomic_int held;
    grantmint_ticket_t *tickets[8];
} desk_t;

static void take_ticket(void *userdata, grantmint_ticket_t *ticket) {
    desk_t *desk = userdata;
    desk->tickets[atomic_fetch_add(&desk->held, 1)] = ticket;
}

static void take_request(void *userdata, const grantmint_grant_request_t *request,
                         grantmint_ticket_t *ticket) {
    (void)request;
    take_ticket(userdata, ticket);
}

static void note_token(void *userdata, grantmint_status_t status,
                       grantmint_playback_token_t *token, grantmint_error_t *error) {
    answer_t *answer = userdata;
    answer->status = status;
    answer->thread = pthread_self();
    CHECK((status == GRANTMINT_OK) == (token != NULL) && (token == NULL) == (error != NULL));
    CHECK(grantmint_error_status(error) == status);
    if (token != NULL && answer->minter != NULL) {
        /* No lock is held: it may ask for more. */
        grantmint_playback_token_t *more = NULL;
        CHECK_OK(grantmint_playback_minter_token(answer->minter, STREAMER, GRANTMINT_STR("bob"),
                                                 NULL, &more, &error));
        grantmint_playback_token_free(more);
        CHECK_OK(grantmint_playback_minter_invalidate_if(answer->minter, STREAMER, 999, NULL,
                                                         &error));
    }
    grantmint_playback_token_free(token);
    grantmint_error_free(error);
    atomic_fetch_add(&answer->answers, 1);
}

static void note_hit(void *userdata, grantmint_status_t status, grantmint_hit_t *hit,
                     grantmint_error_t *error) {
    answer_t *answer = userdata;
    answer->status = status;
    answer->thread = pthread_self();
    CHECK((status == GRANTMINT_OK) == (hit != NULL) && (hit == NULL) == (error != NULL));
    grantmint_hit_free(hit);
    grantmint_error_free(error);
    atomic_fetch_add(&answer->answers, 1);
}

static void a_token_by_callback(void) {
    desk_t desk = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://one.test", take_request, &desk, NULL, NULL);
    answer_t first = {.minter = minter}, second = {.minter = minter}, wrong = {0};
    CHECK_OK(grantmint_playback_minter_token_then(minter, STREAMER, GRANTMINT_STR("alice"), NULL,
                                                  note_token, &first, &error));
    wait_for(&desk.held, 1);
    CHECK(atomic_load(&first.answers) == 0);
    /* Whoever brings the grant calls back, here this thread. */
    CHECK_OK(grantmint_ticket_complete(desk.tickets[0], SHORT_GRANT, 0, &error));
    CHECK(atomic_load(&first.answers) == 1 && first.status == GRANTMINT_OK);
    CHECK(pthread_equal(first.thread, pthread_self()));
    /* With the grant there, before the call returns. */
    grantmint_stream_minter_t *stream = NULL;
    CHECK_OK(grantmint_playback_minter_stream(minter, STREAMER, &stream, &error));
    CHECK_OK(grantmint_stream_minter_token_then(stream, GRANTMINT_STR("alice"), NULL, note_token,
                                                &second, &error));
    CHECK(atomic_load(&second.answers) == 1 && second.status == GRANTMINT_OK);
    grantmint_stream_minter_free(stream);
    /* What is wrong is told to the callback too; what cannot be read at all, to the caller. */
    CHECK_OK(grantmint_playback_minter_token_then(minter, GRANTMINT_STR("VJ"),
                                                  GRANTMINT_STR("alice"), NULL, note_token, &wrong,
                                                  &error));
    CHECK(atomic_load(&wrong.answers) == 1 && wrong.status == GRANTMINT_ERR_INVALID_SID);
    CHECK_STATUS(GRANTMINT_ERR_INVALID_UTF8,
                 grantmint_playback_minter_token_then(minter, STREAMER, GRANTMINT_STR("\xff"),
                                                      NULL, note_token, &wrong, &error));
    CHECK(atomic_load(&wrong.answers) == 1);
    grantmint_playback_minter_free(minter);
}

static void a_minter_may_be_freed_before_its_callback_comes(void) {
    desk_t desk = {0};
    grantmint_playback_minter_t *minter =
        new_minter("https://two.test", take_request, &desk, NULL, NULL);
    answer_t answer = {0};
    CHECK_OK(grantmint_playback_minter_token_then(minter, STREAMER, GRANTMINT_STR("alice"), NULL,
                                                  note_token, &answer, &error));
    wait_for(&desk.held, 1);
    grantmint_playback_minter_free(minter);
    CHECK_OK(grantmint_ticket_fail(desk.tickets[0], GRANTMINT_ERR_SOURCE_FAILED,
                                   GRANTMINT_STR("on purpose"), 0, &error));
    CHECK(atomic_load(&answer.answers) == 1 && answer.status == GRANTMINT_ERR_SOURCE_FAILED);
}

static grantmint_begin_t begin(const grantmint_grant_cache_t *cache) {
    grantmint_begin_t begun;
    CHECK_OK(grantmint_grant_cache_begin(cache, GRANTMINT_STR("key"), 60000, NULL, &begun,
                                         &error));
    return begun;
}

static void waiters(void) {
    grantmint_grant_cache_t *cache = NULL;
    CHECK_OK(grantmint_grant_cache_new(NULL, &cache, &error));
    grantmint_begin_t fetcher = begin(cache), one = begin(cache), two = begin(cache),
                      three = begin(cache);
    CHECK(fetcher.outcome == GRANTMINT_FETCH && one.outcome == GRANTMINT_WAIT);
    answer_t kept = {0}, cancelled = {0}, left = {0};
    grantmint_registration_t *registration = NULL;
    CHECK_OK(grantmint_waiter_on_ready(one.waiter, note_hit, &kept, NULL, &error));
    CHECK_OK(grantmint_waiter_on_ready(two.waiter, note_hit, &cancelled, &registration, &error));
    CHECK(grantmint_registration_cancel(registration));
    CHECK_OK(grantmint_waiter_on_ready(three.waiter, note_hit, &left, &registration, &error));
    grantmint_registration_free(registration);

    grantmint_hit_t *hit = NULL;
    CHECK_OK(grantmint_waiter_poll(fetcher.waiter, &hit, &error));
    CHECK(hit == NULL);
    CHECK(is(grantmint_ticket_key(fetcher.ticket), "key"));
    grantmint_start_t start;
    uint32_t ms = 0;
    CHECK_OK(grantmint_ticket_start(fetcher.ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_GO && ms == 4000);
    CHECK_OK(grantmint_ticket_complete(fetcher.ticket, GRANTMINT_STR("a\0b"), 0, &error));
    CHECK(atomic_load(&kept.answers) == 1 && atomic_load(&left.answers) == 1);
    CHECK(atomic_load(&cancelled.answers) == 0);
    CHECK_OK(grantmint_waiter_wait(fetcher.waiter, &hit, &error));
    CHECK(same(grantmint_hit_grant(hit), GRANTMINT_STR("a\0b")));
    CHECK(grantmint_hit_freshness(hit) == GRANTMINT_FRESH && grantmint_hit_reason(hit) == NULL);
    CHECK(grantmint_hit_remaining_ms(hit) > 50000 && grantmint_hit_generation(hit) > 0);
    grantmint_hit_free(hit);

    grantmint_grant_handle_t *handle = NULL;
    CHECK_OK(grantmint_grant_cache_handle(cache, GRANTMINT_STR("key"), 60000, &handle, &error));
    grantmint_begin_t begun;
    CHECK_OK(grantmint_grant_handle_begin(handle, NULL, &begun, &error));
    CHECK(begun.outcome == GRANTMINT_HIT && begun.ticket == NULL && begun.waiter == NULL);
    grantmint_hit_free(begun.hit);
    grantmint_grant_cache_free(cache);
    grantmint_grant_handle_free(handle);
}

/* A look that does not wait tells of no error that a fetch ended in, whatever its kind. */
static void a_look_after_a_failure(void) {
    const grantmint_status_t kinds[] = {GRANTMINT_ERR_INVALID_ARGUMENT, GRANTMINT_ERR_TOKEN_EXPIRED,
                                        GRANTMINT_ERR_PROXY_REFUSED, GRANTMINT_ERR_CLOSED,
                                        GRANTMINT_ERR_PANIC};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        grantmint_grant_cache_t *cache = NULL;
        CHECK_OK(grantmint_grant_cache_new(NULL, &cache, &error));
        grantmint_begin_t fetcher = begin(cache);
        CHECK_OK(grantmint_ticket_fail(fetcher.ticket, kinds[i], GRANTMINT_STR("on purpose"), 0,
                                       &error));
        grantmint_hit_t *hit = NULL;
        desk_t desk = {0};
        CHECK_OK(grantmint_grant_cache_try_get(cache, GRANTMINT_STR("key"), 60000, NULL,
                                               take_ticket, &desk, &hit, &error));
        CHECK(hit == NULL && atomic_load(&desk.held) == 0);
        CHECK_STATUS(kinds[i], grantmint_waiter_wait(fetcher.waiter, &hit, &error));
        grantmint_grant_cache_free(cache);
    }
}

static void complete_on_the_spot(void *userdata, grantmint_ticket_t *ticket) {
    atomic_fetch_add((atomic_int *)userdata, 1);
    CHECK_OK(grantmint_ticket_complete(ticket, GRANTMINT_STR("a grant"), 0, &error));
}

static void get_and_try_get(void) {
    grantmint_grant_cache_t *cache = NULL;
    atomic_int led = 0;
    CHECK_OK(grantmint_grant_cache_new(NULL, &cache, &error));
    grantmint_hit_t *hit = NULL;
    CHECK_OK(grantmint_grant_cache_get(cache, GRANTMINT_STR("key"), 60000, NULL,
                                       complete_on_the_spot, &led, &hit, &error));
    CHECK(is(grantmint_hit_grant(hit), "a grant") && atomic_load(&led) == 1);
    grantmint_hit_free(hit);
    CHECK_OK(grantmint_grant_cache_try_get(cache, GRANTMINT_STR("key"), 60000, NULL,
                                           complete_on_the_spot, &led, &hit, &error));
    CHECK(hit != NULL && atomic_load(&led) == 1);
    grantmint_hit_free(hit);

    desk_t desk = {0};
    CHECK_OK(grantmint_grant_cache_try_get(cache, GRANTMINT_STR("other"), 60000, NULL, take_ticket,
                                           &desk, &hit, &error));
    CHECK(hit == NULL && atomic_load(&desk.held) == 1);
    struct {
        answer_t answer;
        desk_t desk;
    } both = {0};
    /* The userdata is that of both callbacks; the answer comes first in it. */
    CHECK_OK(grantmint_grant_cache_get_then(cache, GRANTMINT_STR("other"), 60000, NULL,
                                            take_ticket, note_hit, &both, &error));
    CHECK(atomic_load(&both.answer.answers) == 0);
    /* Whose time is over is told so, and the fetch goes on for the others. */
    answer_t hasty = {0};
    grantmint_wait_options_t options = GRANTMINT_WAIT_OPTIONS_INIT;
    options.timeout_ms = 1;
    CHECK_OK(grantmint_grant_cache_get_then(cache, GRANTMINT_STR("other"), 60000, &options,
                                            take_ticket, note_hit, &hasty, &error));
    wait_for(&hasty.answers, 1);
    CHECK(hasty.status == GRANTMINT_ERR_DEADLINE_EXCEEDED);
    CHECK(atomic_load(&both.answer.answers) == 0);
    CHECK_OK(grantmint_ticket_complete(desk.tickets[0], GRANTMINT_STR("late"), 0, &error));
    CHECK(atomic_load(&both.answer.answers) == 1);
    grantmint_grant_cache_free(cache);
}

#define THREADS 8
#define TOKENS 200

static void fetch_at_once(void *userdata, const grantmint_grant_request_t *request,
                          grantmint_ticket_t *ticket) {
    (void)request;
    atomic_fetch_add((atomic_int *)userdata, 1);
    CHECK_OK(grantmint_ticket_complete(ticket, SHORT_GRANT, 0, &error));
}

static void *ask(void *minter) {
    for (int i = 0; i < TOKENS; i++) {
        grantmint_playback_token_t *token = NULL;
        CHECK_OK(grantmint_playback_minter_token(minter, STREAMER, GRANTMINT_STR("alice"), NULL,
                                                 &token, &error));
        grantmint_playback_token_free(token);
    }
    return NULL;
}

static void many_threads_share_one_fetch(void) {
    atomic_int fetches = 0;
    grantmint_playback_minter_t *minter =
        new_minter("https://three.test", fetch_at_once, &fetches, NULL, NULL);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, ask, minter) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(atomic_load(&fetches) == 1);
    grantmint_playback_minter_free(minter);
}

int main(void) {
    a_token_by_callback();
    a_minter_may_be_freed_before_its_callback_comes();
    waiters();
    a_look_after_a_failure();
    get_and_try_get();
    many_threads_share_one_fetch();
    return 0;
}
