// Processes of one fleet: programs that share a folder, some of them linked statically, some not. with_emulator.py
// starts the emulator and asks it about what is printed here.
//
//     fleet [another build of it...]
#include "check.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <functional>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

static constexpr std::string_view FLEET_SECRET = "32 bytes that all processes have";
static constexpr std::string_view OTHER_STREAMER = "VJ00000000000000000000000000000004";

// A folder that is gone with the test.
class folder {
   public:
    folder() {
        char name[] = "/tmp/grantmint-fleet-XXXXXX";
        CHECK(mkdtemp(name) != nullptr);
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { CHECK(std::system(("rm -r " + path_).c_str()) == 0); }

    [[nodiscard]] const std::string& path() const { return path_; }

   private:
    std::string path_;
};

static playback_minter minter_in(const std::string& path) {
    const fleet shared = fleet::host(path);
    const std::string url = std::getenv("GRANTMINT_EMULATOR");
    return playback_minter{api_key::from_env(),
                           playback_minter_options{}.base_url(url).fleet(shared).allow_origin("*")};
}

static grant_cache cache_in(const std::string& path) {
    const fleet shared = fleet::parse("host:" + path).with_secret(FLEET_SECRET);
    return grant_cache{grant_cache_options{}.fleet(shared, "tests")};
}

static void show(const playback_token& token) {
    std::printf("token %s\n", token.jwt.c_str());
    std::fflush(stdout);
}

static pid_t in_a_child(const std::function<void()>& body) {
    std::fflush(stdout);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        body();
        std::fflush(stdout);
        _exit(0);
    }
    return child;
}

static void ended_well(pid_t child) {
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// What this file is run as by a process of the fleet.
static void one_viewer(const std::string& path, const char* viewer) {
    const playback_minter live = minter_in(path);
    show(live.token(STREAMER, viewer));
    const counters counted = live.stats().counters();
    CHECK(counted.has_fleet && !counted.fleet_is_broken && counted.fleet_errors == 0);
    CHECK(counted.fleet_leases + counted.fleet_values == 1 && counted.fleet_alone == 0);
    CHECK(!live.stats().fleet_trouble());
    const std::vector<event> events = live.drain_events();
    const bool found = std::any_of(events.begin(), events.end(), [](const event& each) {
        return each.kind == event_kind::fleet_value && each.name == "fleet_value" &&
               each.generation > 0;
    });
    CHECK(found == (counted.fleet_values == 1));
}

// All of them together make one call.
static void one_fetches(const std::string& path, const std::vector<const char*>& programs) {
    std::vector<pid_t> children;
    for (int i = 0; i < 6; i++) {
        const char* program = programs[static_cast<std::size_t>(i) % programs.size()];
        children.push_back(in_a_child([&] {
            const std::string viewer = "viewer-" + std::to_string(i);
            execl(program, program, "one", path.c_str(), viewer.c_str(), nullptr);
            _exit(1);
        }));
    }
    for (const pid_t child : children) {
        ended_well(child);
    }
}

// A parent that has shared, its children, and one more stream for all of them.
static void children_go_on(const std::string& path) {
    const playback_minter live = minter_in(path);
    show(live.token(STREAMER, "parent"));
    CHECK(live.stats().counters().fleet_values == 1);
    std::vector<pid_t> children;
    for (int i = 0; i < 3; i++) {
        children.push_back(in_a_child([&] {
            const std::string viewer = "child-" + std::to_string(i);
            show(live.token(STREAMER, viewer));
            show(live.token(OTHER_STREAMER, viewer));
            const counters counted = live.stats().counters();
            CHECK(counted.fleet_leases + counted.fleet_values == 1);
        }));
    }
    for (const pid_t child : children) {
        ended_well(child);
    }
    show(live.token(OTHER_STREAMER, "parent"));
    CHECK(live.stats().counters().fleet_values == 2);
}

// How a grant is got: by blocking, or as a future.
using getter = std::function<hit(const grant_cache&, std::function<void(ticket)>)>;

// A process is killed while it fetches for all: another one takes over, and the rest are served.
static void a_holder_is_killed(const std::string& path, const std::string& key, const getter& get) {
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);
    const pid_t holder = in_a_child([&] {
        const grant_cache cache = cache_in(path);
        static_cast<void>(cache.get(key, 1min, [&](ticket given) {
            CHECK(given.start().go && write(pipe_ends[1], "x", 1) == 1);
            pause();
        }));
    });
    char told = 0;
    CHECK(read(pipe_ends[0], &told, 1) == 1);

    const grant_cache cache = cache_in(path);
    std::atomic<int> calls = 0;
    auto waits = std::async(std::launch::async, [&] {
        return get(cache, [&](ticket given) {
            calls++;
            CHECK(given.start().go);
            given.complete("of the second");
        });
    });
    wait_until([&] { return cache.stats().counters().fleet_waits == 1; });
    CHECK(calls == 0 && waits.wait_for(0s) == std::future_status::timeout);
    CHECK(kill(holder, SIGKILL) == 0);
    CHECK(waits.get().grant == "of the second" && calls == 1);
    int status = 0;
    CHECK(waitpid(holder, &status, 0) == holder && WIFSIGNALED(status));

    // Nobody fetches what is there: the function is not called.
    const grant_cache third = cache_in(path);
    const auto never = [](ticket) { std::abort(); };
    CHECK(get(third, never).grant == "of the second");
    CHECK(third.stats().counters().fleet_values == 1);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

// By hand: the ticket says that the grant has come.
static void a_ticket_is_served(const std::string& path) {
    const auto fetch = [](ticket given) {
        CHECK(given.start().go);
        given.complete("a grant");
    };
    static_cast<void>(cache_in(path).get("by hand", 1min, fetch));
    const grant_cache cache = cache_in(path);
    begun begun = cache.begin("by hand", 1min);
    CHECK(begun.outcome == begin_outcome::fetch);
    const start_answer answer = begun.ticket->start();
    CHECK(answer.served && !answer.go && answer.time == 0ms);
    CHECK(begun.waiter->wait().grant == "a grant");
    // A look that waits for nobody finds it as well.
    const grant_cache other = cache_in(path);
    CHECK(other.try_get("by hand", 1min, [](ticket) { std::abort(); })->grant == "a grant");
}

// A caller whose time is over while another process fetches is told that, and its function is not called.
static void a_caller_has_its_own_time(const std::string& path, const getter& get_briefly) {
    const grant_cache holder = cache_in(path), cache = cache_in(path);
    begun begun = holder.begin("slow", 1min);
    CHECK(begun.ticket->start().go);
    THROWN(errc::deadline_exceeded, get_briefly(cache, [](ticket) { std::abort(); }));
    begun.ticket->complete("a grant");
    CHECK(get_briefly(cache, [](ticket) { std::abort(); }).grant == "a grant");
    static_cast<void>(holder.invalidate("slow", 1min));
}

// A folder that is not private is not used: each process fetches for itself, and says why.
static void a_folder_of_others() {
    const folder open;
    CHECK(std::system(("chmod 777 " + open.path()).c_str()) == 0);
    const grant_cache cache = cache_in(open.path());
    const auto fetch = [](ticket given) {
        CHECK(given.start().go);
        given.complete("a grant");
    };
    CHECK(cache.get("key", 1min, fetch).grant == "a grant");
    const stats stats = cache.stats();
    CHECK(stats.counters().fleet_errors > 0 && stats.counters().fleet_alone == 1);
    CHECK(stats.fleet_trouble() && !stats.fleet_trouble()->empty());
}

int main(int argc, char** argv) {
    if (argc == 4 && std::strcmp(argv[1], "one") == 0) {
        one_viewer(argv[2], argv[3]);
        return 0;
    }
    const folder shared;
    const std::vector<const char*> programs{argv, argv + argc};
    const getter blocking = [](const grant_cache& cache, std::function<void(ticket)> fetch) {
        return cache.get("blocking", 1min, fetch);
    };
    const getter by_future = [](const grant_cache& cache, std::function<void(ticket)> fetch) {
        return cache.get_future("by future", 1min, fetch).get();
    };
    const wait_options brief = wait_options{}.timeout(200ms);
    // Each in a child of its own, so that no thread is there when this one forks.
    const std::vector<std::function<void()>> tests{
        [&] { one_fetches(shared.path(), programs); },
        [&] { children_go_on(shared.path()); },
        [&] { a_holder_is_killed(shared.path(), "blocking", blocking); },
        [&] { a_holder_is_killed(shared.path(), "by future", by_future); },
        [&] { a_ticket_is_served(shared.path()); },
        [&] {
            a_caller_has_its_own_time(shared.path(), [&](const grant_cache& cache, auto fetch) {
                return cache.get("slow", 1min, fetch, brief);
            });
        },
        [&] {
            a_caller_has_its_own_time(shared.path(), [&](const grant_cache& cache, auto fetch) {
                return cache.get_future("slow", 1min, fetch, brief).get();
            });
        },
        [] { a_folder_of_others(); },
    };
    for (const auto& test : tests) {
        ended_well(in_a_child(test));
    }
    std::printf("calls 2\n");
}
