// A child goes on with what its parent has made.
#include "check.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

static constexpr std::string_view OTHER_STREAMER = "VJ00000000000000000000000000000004";

// Runs a function in a child, which it must leave alive and well.
template <class Body>
static void in_a_child(Body body) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        body();
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_child_mints_on() {
    std::atomic<int> calls = 0;
    std::mutex mutex;
    std::vector<ticket> kept;
    const auto fetch = [&](const grant_request& request, ticket given) {
        calls++;
        if (request.streamer == STREAMER) {
            given.complete(SHORT_GRANT);
            return;
        }
        const std::lock_guard lock{mutex};
        kept.push_back(std::move(given));
    };
    const playback_minter live{new_key(), playback_minter_options{}.source(source{fetch})};
    const std::string before = live.token(STREAMER, "alice").jwt;
    std::future<playback_token> waits = live.token_future(OTHER_STREAMER, "alice");
    wait_until([&] { return calls == 2; });
    in_a_child([&] {
        // The grant is still good; the fetch in flight was the parent's.
        CHECK(live.token(STREAMER, "alice").jwt != before && calls == 2);
        CHECK(waits.wait_for(0s) == std::future_status::timeout);
        CHECK(!live.token(STREAMER, "bob").jwt.empty());
        THROWN(errc::deadline_exceeded,
               live.token(OTHER_STREAMER, "bob", wait_options{}.timeout(200ms)));
        CHECK(calls == 3);
    });
    wait_until([&] {
        const std::lock_guard lock{mutex};
        return !kept.empty();
    });
    kept.front().complete(SHORT_GRANT);
    CHECK(!waits.get().jwt.empty() && calls == 2);
}

static void a_fork_that_is_only_played() {
    const grant_cache cache;
    const auto grant = [](ticket given) { given.complete("a grant"); };
    static_cast<void>(cache.get("key", 1min, grant));
    testing::simulate_fork(cache);
    int led = 0;
    const auto fetch = [&](ticket given) {
        led++;
        given.complete("another");
    };
    CHECK(cache.get("key", 1min, fetch).grant == "a grant" && led == 0);
    CHECK(cache.get("other", 1min, fetch).grant == "another" && led == 1);
}

int main() {
    a_child_mints_on();
    a_fork_that_is_only_played();
}
