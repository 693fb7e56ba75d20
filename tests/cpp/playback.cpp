// A real upstream: the emulator, which with_emulator.py starts and asks about what is printed here.
#include "check.hpp"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

static constexpr int VIEWERS = 400;
static constexpr int STREAMS = 4;

static std::string streamer(int number) {
    return "VJ" + std::string(31, '0') + std::to_string(number);
}

// A crowd at showtime: every viewer is let in, and each stream costs one call.
static void a_crowd(const api_key& key, const playback_minter_options& options) {
    const playback_minter live{key, options}, same{key, options};
    std::mutex mutex;
    std::vector<std::string> jwts;
    const auto keep = [&](std::string jwt) {
        const std::lock_guard<std::mutex> lock{mutex};
        jwts.push_back(std::move(jwt));
    };
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; thread++) {
        threads.emplace_back([&, thread] {
            for (int i = thread; i < VIEWERS; i += 8) {
                const std::string identity = "viewer-" + std::to_string(i);
                const playback_minter& minter = i % 16 < 8 ? live : same;
                if (i % 3 == 0) {
                    keep(minter.token_future(streamer(i % STREAMS), identity).get().jwt);
                } else {
                    keep(minter.token(streamer(i % STREAMS), identity).jwt);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const std::string& jwt : jwts) {
        std::printf("token %s\n", jwt.c_str());
    }
    const counters counted = live.stats().counters();
    CHECK(jwts.size() == VIEWERS && counted.fetches == STREAMS && counted.clock_offset);
    std::printf("calls %d\n", STREAMS);
}

// Upstream does not know the key.
static void a_wrong_key(const playback_minter_options& options) {
    const playback_minter live{new_key(), options};
    const error refused = THROWN(errc::upstream_unauthorized, live.token(STREAMER, "alice"));
    CHECK(!refused.retryable());
    THROWN(errc::upstream_unauthorized, live.token_future(STREAMER, "alice").get());
    CHECK(!live.try_token(STREAMER, "alice"));
    const auto errors = live.stats().errors();
    CHECK(errors.size() == 1 && errors[0].code == errc::upstream_unauthorized);
}

// Upstream is out of order.
static void an_outage(const api_key& key, const playback_minter_options& options) {
    const playback_minter live{key, options};
    const error failed = THROWN(errc::upstream_unavailable, live.token(STREAMER, "alice"));
    CHECK(failed.retryable());
    // A while later callers still get the error, without a call, and with the time to wait.
    CHECK(THROWN(errc::upstream_unavailable, live.token(STREAMER, "bob")).retry_after() > 0ms);
    CHECK(live.stats().counters().fetches == 1);
}

int main(int argc, char**) {
    const char* url = std::getenv("GRANTMINT_EMULATOR");
    CHECK(url != nullptr);
    const api_key key = api_key::from_env();
    const auto options =
        playback_minter_options{}.base_url(url).allow_origin("https://www.example.com");
    if (argc > 1) {
        an_outage(key, options);
    } else {
        a_crowd(key, options);
        a_wrong_key(options);
    }
}
