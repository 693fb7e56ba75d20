/* Processes of one fleet: this program, run anew for each, on a folder that they share.
 *
 *     fleet [--no-forks]       without forks that go on with their parent's cache
 *     fleet one FOLDER PIPE    one of the processes: tells the pipe of what it fetches
 */
#include "wait.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 6

static const char *self;

static grantmint_grant_cache_t *cache_in(const char *folder) {
    grantmint_fleet_t *fleet = NULL, *sealed = NULL;
    CHECK_OK(grantmint_fleet_host(grantmint_str(folder), &fleet, &error));
    CHECK_OK(grantmint_fleet_with_secret(fleet, GRANTMINT_STR("32 bytes that all processes have"),
                                         &sealed, &error));
    grantmint_grant_cache_options_t options = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
    options.fleet = sealed;
    options.fleet_namespace = GRANTMINT_STR("tests");
    grantmint_grant_cache_t *cache = NULL;
    CHECK_OK(grantmint_grant_cache_new(&options, &cache, &error));
    grantmint_fleet_free(fleet);
    grantmint_fleet_free(sealed);
    return cache;
}

static grantmint_counters_t counted(const grantmint_grant_cache_t *cache) {
    grantmint_counters_t counters = GRANTMINT_COUNTERS_INIT;
    grantmint_stats_t *stats = NULL;
    CHECK_OK(grantmint_grant_cache_stats(cache, &stats, &error));
    CHECK_OK(grantmint_stats_counters(stats, &counters, &error));
    CHECK(grantmint_stats_fleet_trouble(stats).data == NULL);
    grantmint_stats_free(stats);
    return counters;
}

/* Fetches, and tells the pipe of it. */
static void fetch(void *userdata, grantmint_ticket_t *ticket) {
    grantmint_start_t start;
    uint32_t ms = 0;
    CHECK_OK(grantmint_ticket_start(ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_GO && ms > 0);
    CHECK(write(*(int *)userdata, "x", 1) == 1);
    sleep_ms(100);
    CHECK_OK(grantmint_ticket_complete(ticket, GRANTMINT_STR("a grant"), 0, &error));
}

/* Fetches for all, and never comes back. */
static void hang(void *userdata, grantmint_ticket_t *ticket) {
    grantmint_start_t start;
    uint32_t ms = 0;
    CHECK_OK(grantmint_ticket_start(ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_GO && write(*(int *)userdata, "h", 1) == 1);
    for (;;) {
        pause();
    }
}

static void get(const grantmint_grant_cache_t *cache, const char *key,
                grantmint_ticket_callback_t function, int to) {
    grantmint_hit_t *hit = NULL;
    CHECK_OK(grantmint_grant_cache_get(cache, grantmint_str(key), 60000, NULL, function, &to, &hit,
                                       &error));
    CHECK(is(grantmint_hit_grant(hit), "a grant"));
    CHECK(grantmint_hit_remaining_ms(hit) > 30000);
    grantmint_hit_free(hit);
}

/* A process that runs this program anew. */
static pid_t run(const char *what, const char *folder, int to) {
    char number[16];
    snprintf(number, sizeof number, "%d", to);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl(self, self, what, folder, number, (char *)NULL);
        _exit(1);
    }
    return child;
}

static void ended_well(pid_t child) {
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* How many bytes the pipe has, once nobody writes to it any more. */
static int told(int pipe_ends[2]) {
    char bytes[64];
    close(pipe_ends[1]);
    ssize_t count = read(pipe_ends[0], bytes, sizeof bytes);
    close(pipe_ends[0]);
    CHECK(count >= 0);
    return (int)count;
}

static void one_fetches(const char *folder) {
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = run("one", folder, pipe_ends[1]);
    }
    for (int i = 0; i < PROCESSES; i++) {
        ended_well(children[i]);
    }
    CHECK(told(pipe_ends) == 1);
}

static void a_holder_is_killed(const char *folder) {
    int pipe_ends[2];
    char byte = 0;
    CHECK(pipe(pipe_ends) == 0);
    pid_t holder = run("hang", folder, pipe_ends[1]);
    CHECK(read(pipe_ends[0], &byte, 1) == 1 && byte == 'h');
    pid_t other = run("late", folder, pipe_ends[1]);
    /* It waits for the holder, as it says before. */
    CHECK(read(pipe_ends[0], &byte, 1) == 1 && byte == 'w');
    CHECK(kill(holder, SIGKILL) == 0);
    ended_well(other);
    int status = 0;
    CHECK(waitpid(holder, &status, 0) == holder && WIFSIGNALED(status));
    CHECK(told(pipe_ends) == 1);
}

/* Waits for another process's fetch by hand. */
static void late(const char *folder, int to) {
    grantmint_grant_cache_t *cache = cache_in(folder);
    grantmint_begin_t begun = {0};
    grantmint_start_t start;
    uint32_t ms = 0;
    CHECK_OK(grantmint_grant_cache_begin(cache, GRANTMINT_STR("hung"), 60000, NULL, &begun, &error));
    CHECK(begun.outcome == GRANTMINT_FETCH);
    CHECK_OK(grantmint_ticket_start(begun.ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_LATER && write(to, "w", 1) == 1);
    while (start == GRANTMINT_START_LATER) {
        sleep_ms((long)ms);
        CHECK_OK(grantmint_ticket_start(begun.ticket, &start, &ms, &error));
    }
    CHECK(start == GRANTMINT_START_GO && write(to, "x", 1) == 1);
    CHECK_OK(grantmint_ticket_complete(begun.ticket, GRANTMINT_STR("a grant"), 0, &error));
    grantmint_hit_t *hit = NULL;
    CHECK_OK(grantmint_waiter_wait(begun.waiter, &hit, &error));
    grantmint_hit_free(hit);
    grantmint_grant_cache_free(cache);
}

/* A child goes on with what its parent has. */
static void a_child_goes_on(const grantmint_grant_cache_t *cache, int to) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        get(cache, "key", fetch, to);
        get(cache, "hung", fetch, to);
        CHECK(counted(cache).fleet_values == 1 && counted(cache).fetches == 0);
        _exit(0);
    }
    ended_well(child);
}

/* A ticket is served, and says so. */
static void served(const char *folder, int to, int with_forks) {
    grantmint_grant_cache_t *cache = cache_in(folder);
    grantmint_begin_t begun = {0};
    grantmint_start_t start;
    uint32_t ms = 1;
    CHECK_OK(grantmint_grant_cache_begin(cache, GRANTMINT_STR("key"), 60000, NULL, &begun, &error));
    CHECK(begun.outcome == GRANTMINT_FETCH);
    CHECK_OK(grantmint_ticket_start(begun.ticket, &start, &ms, &error));
    CHECK(start == GRANTMINT_START_SERVED && ms == 0);
    grantmint_ticket_free(begun.ticket);
    grantmint_hit_t *hit = NULL;
    CHECK_OK(grantmint_waiter_wait(begun.waiter, &hit, &error));
    CHECK(is(grantmint_hit_grant(hit), "a grant"));
    grantmint_hit_free(hit);
    CHECK(counted(cache).fleet_values == 1 && counted(cache).fetches == 0);
    if (with_forks) {
        a_child_goes_on(cache, to);
    }
    grantmint_grant_cache_free(cache);
}

static void as_child(const char *what, const char *folder, int to) {
    if (strcmp(what, "late") == 0) {
        late(folder, to);
        return;
    }
    grantmint_grant_cache_t *cache = cache_in(folder);
    if (strcmp(what, "hang") == 0) {
        get(cache, "hung", hang, to);
    } else {
        get(cache, "key", fetch, to);
        grantmint_counters_t counters = counted(cache);
        CHECK(counters.has_fleet == 1 && counters.fleet_is_broken == 0);
        CHECK(counters.fleet_leases + counters.fleet_values == 1 && counters.fleet_alone == 0);
    }
    grantmint_grant_cache_free(cache);
}

int main(int argc, char **argv) {
    self = argv[0];
    if (argc == 4) {
        as_child(argv[1], argv[2], atoi(argv[3]));
        return 0;
    }
    char folder[] = "/tmp/grantmint-fleet-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    one_fetches(folder);
    a_holder_is_killed(folder);
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);
    served(folder, pipe_ends[1], argc < 2 || strcmp(argv[1], "--no-forks") != 0);
    CHECK(told(pipe_ends) == 0);
    char remove[64];
    snprintf(remove, sizeof remove, "rm -r %s", folder);
    CHECK(system(remove) == 0);
    return 0;
}
