// The interface that returns results, where exceptions are on: what a user's function throws is
// caught.
#include "check.hpp"

#include <functional>

using namespace std::chrono_literals;
using namespace grantmint;

static_assert(std::is_same_v<returns<int>, result<int>>);

struct mine {};

template <class Fetch>
static errc told(Fetch&& fetch) {
    const result<source> made = source::create(std::forward<Fetch>(fetch));
    const result<playback_minter> live = playback_minter::create(
        new_key(), playback_minter_options{}.source(*made).base_url("https://results.test"));
    return live->token(STREAMER, "alice").error().code();
}

// Called by mixed.cpp.
int with_results() {
    CHECK(told([](const grant_request&) -> fetched { throw mine{}; }) == errc::source_failed);
    CHECK(told([](const grant_request&) -> fetched { throw error{errc::upstream_not_found}; }) ==
          errc::upstream_not_found);
    CHECK(told(std::function<fetched(const grant_request&)>{}) == errc::source_failed);

    const result<grant_cache> cache = grant_cache::create();
    CHECK(cache->get("one", 1min, [](ticket&) { throw mine{}; }).error().code() ==
          errc::source_failed);
    const auto fetch = [](ticket given) { CHECK(given.complete("a grant")); };
    int answers = 0;
    CHECK(cache->get_async("two", 1min, fetch, [&](const result<hit>& given) {
        answers += given ? 1 : 0;
        throw mine{};
    }));
    CHECK(answers == 1);
    return 0;
}
