// The interface where exceptions are off: results, and `create` in place of constructors.
#include "check.hpp"

#include <functional>
#include <future>

using namespace std::chrono_literals;
using namespace grantmint;

static_assert(std::is_same_v<returns<int>, result<int>>);

// Called by mixed.cpp, which has exceptions.
int without_exceptions() {
    const api_key key = new_key();
    const result<api_key> swapped = api_key::create(KEY_SID, ACCOUNT_SID, SECRET);
    CHECK(!swapped && swapped.error().code() == errc::invalid_credentials);

    const result<token_minter> made = token_minter::create(
        key, token_minter_options{}.grant(video_grant{}.room("DailyStandup")).ttl(4h));
    CHECK(made.has_value());
    const result<std::string> jwt = made->mint("alice");
    CHECK(jwt && verify(*jwt, key)->identity == "alice");
    CHECK(made->mint("").error().code() == errc::invalid_identity);
    std::string out;
    CHECK(made->mint_into(out, "bob") && verify(out, key).value().identity == "bob");
    CHECK(!made->mint_into(out, "") && out.empty());
    CHECK(made->mint_many({"alice", "bob"})->size() == 2);
    CHECK(made->mint_many({""}).error().code() == errc::invalid_identity);
    CHECK(token_minter::create(key, token_minter_options{}.grant(playback_grant{"-"}))
              .error()
              .code() == errc::invalid_grant);
    CHECK(sync_grant{}.service_sid("IS").to_json().error().code() == errc::invalid_sid);

    const result<source> shared =
        source::create([](const grant_request& request) -> result<fetched> {
            if (request.streamer != STREAMER) {
                return error{errc::upstream_not_found};
            }
            return fetched{std::string{SHORT_GRANT}, {}};
        });
    const result<playback_minter> live = playback_minter::create(
        key, playback_minter_options{}.source(*shared).base_url("https://quiet.test"));
    CHECK(live->token(STREAMER, "alice")->freshness == freshness::fresh);
    CHECK(live->try_token(STREAMER, "alice")->has_value());
    CHECK(live->token("VJ", "alice").error().code() == errc::invalid_sid);
    const std::string_view other = "VJ00000000000000000000000000000004";
    CHECK(live->token_future(other, "alice").get().error().code() == errc::upstream_not_found);
    CHECK(live->token_future(STREAMER, "alice").get().has_value());
    int answers = 0;
    CHECK(live->token_async(STREAMER, "bob", [&](auto token) { answers += token ? 1 : 0; }));
    CHECK(answers == 1 && !live->token_async(STREAMER, "\xff", [](auto) { std::abort(); }));
    CHECK(live->invalidate(STREAMER).value() && !live->invalidate_if(STREAMER, 1).value());
    CHECK(live->stats()->counters()->fetches == 2);
    live->close();
    CHECK(live->purge().error().code() == errc::closed);

    // Of the same type as one in results.cpp, where what such a function throws must be caught.
    const std::function<fetched(const grant_request&)> fetch = [](const grant_request&) {
        return fetched{std::string{SHORT_GRANT}, {}};
    };
    const result<source> plain = source::create(fetch);
    const result<playback_minter> other_live = playback_minter::create(
        key, playback_minter_options{}.source(*plain).base_url("https://plain.test"));
    CHECK(other_live->token(STREAMER, "alice").has_value());

    const result<grant_cache> cache = grant_cache::create();
    CHECK(cache->get("key", 1min, [](ticket given) { CHECK(given.complete("a grant")); })->grant ==
          "a grant");
    return 0;
}
