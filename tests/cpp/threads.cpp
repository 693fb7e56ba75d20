// Many threads on one minter of each kind.
#include "check.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

static constexpr std::size_t THREADS = 16;
static constexpr int TOKENS = 100;

template <class Work>
static void in_threads(Work work) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < THREADS; i++) {
        threads.emplace_back(work, i);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

int main() {
    std::atomic<int> fetches = 0, answers = 0;
    const source shared{[&](const grant_request&) {
        fetches++;
        std::this_thread::sleep_for(20ms);
        return fetched{std::string{SHORT_GRANT}, {}};
    }};
    const api_key key = new_key();
    const playback_minter live{key, playback_minter_options{}.source(shared)};
    const stream_minter stream = live.stream(STREAMER);
    const token_minter rooms{key, token_minter_options{}.unique(true)};
    std::vector<std::vector<std::string>> minted(THREADS);
    in_threads([&](std::size_t thread) {
        for (int i = 0; i < TOKENS; i++) {
            minted[thread].push_back(live.token(STREAMER, "alice").jwt);
            minted[thread].push_back(stream.token("alice").jwt);
            minted[thread].push_back(rooms.mint("alice"));
            live.token_async(STREAMER, "bob",
                             [&](result<playback_token> token) { answers += token ? 1 : 0; });
        }
    });
    std::set<std::string> distinct;
    for (const auto& of_thread : minted) {
        distinct.insert(of_thread.begin(), of_thread.end());
    }
    CHECK(distinct.size() == 3 * THREADS * TOKENS);
    CHECK(fetches == 1 && answers == THREADS * TOKENS);

    // A crowd of which each brings its own function: one of them is called.
    const grant_cache cache;
    std::atomic<int> led = 0;
    in_threads([&](std::size_t) {
        const auto fetch = [&](ticket given) {
            led++;
            std::this_thread::sleep_for(20ms);
            given.complete("a grant");
        };
        CHECK(cache.get("key", 1min, fetch).grant == "a grant");
    });
    CHECK(led == 1);
}
