// Moving: what owns an object can be moved and not copied, and what was moved from is refused.
#include "check.hpp"

#include <new>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

template <class... Classes>
constexpr bool move_only() {
    return ((std::is_nothrow_move_constructible_v<Classes> &&
             std::is_nothrow_move_assignable_v<Classes> && !std::is_copy_constructible_v<Classes> &&
             !std::is_copy_assignable_v<Classes>) &&
            ...);
}

template <class... Classes>
constexpr bool of_one_pointer() {
    return ((sizeof(Classes) == sizeof(void*)) && ...);
}

static_assert(move_only<api_key, manual_clock, access_token, token_minter, stats, ticket, waiter,
                        registration, grant_handle, grant_cache, stream_minter, playback_minter>());
static_assert(of_one_pointer<api_key, access_token, token_minter, stream_minter, playback_minter,
                             grant_cache, ticket, waiter>());
static_assert(std::is_copy_constructible_v<source> && std::is_copy_constructible_v<any_grant> &&
              std::is_copy_constructible_v<playback_token> &&
              std::is_copy_constructible_v<decoded>);
static_assert(!std::is_default_constructible_v<ticket> && !std::is_default_constructible_v<stats>);

// An hour is a number of seconds; a millisecond is not, and does not become one.
template <class Time>
using set_ttl = decltype(token_minter_options{}.ttl(std::declval<Time>()));
template <class Time, class = void>
constexpr bool is_ttl = false;
template <class Time>
constexpr bool is_ttl<Time, std::void_t<set_ttl<Time>>> = true;
static_assert(is_ttl<std::chrono::hours> && !is_ttl<std::chrono::milliseconds> && !is_ttl<int>);

// Where it was there is nothing of it left: short texts lie within their object.
static void secrets_are_overwritten() {
    alignas(redis_fleet_options) unsigned char place[sizeof(redis_fleet_options)]{};
    const std::string_view left{reinterpret_cast<const char*>(place), sizeof place};
    auto* options = new (place) redis_fleet_options{};
    options->secret("tip").secret("hush hush").prefix("a prefix");
    CHECK(contains(left, "hush hush") && contains(left, "a prefix"));
    options->~redis_fleet_options();
    CHECK(!contains(left, "hush"));
}

int main() {
    secrets_are_overwritten();
    api_key key = new_key();
    api_key moved = std::move(key);
    CHECK(moved.key_sid() == KEY_SID && key.key_sid().empty() && key.capi() == nullptr);
    THROWN(errc::null_pointer, token_minter{key});
    key = std::move(moved);
    CHECK(key.key_sid() == KEY_SID);

    std::vector<token_minter> minters;
    for (int i = 0; i < 20; i++) {
        minters.emplace_back(key);
    }
    CHECK(verify(minters.front().mint("alice"), key).identity == "alice");
    token_minter minter = std::move(minters.front());
    THROWN(errc::null_pointer, minters.front().mint("alice"));
    std::string out = "something";
    THROWN(errc::null_pointer, minters.front().mint_into(out, "alice"));
    CHECK(out.empty());

    // What is made from objects keeps what it needs of them.
    playback_minter live = [] {
        const auto fetch = [](const grant_request&) {
            return fetched{std::string{SHORT_GRANT}, {}};
        };
        return playback_minter{new_key(), playback_minter_options{}.source(source{fetch})};
    }();
    playback_minter here = std::move(live);
    THROWN(errc::null_pointer, live.token(STREAMER, "alice"));
    THROWN(errc::null_pointer,
           live.token_async(STREAMER, "alice", [](result<playback_token>) { std::abort(); }));
    THROWN(errc::null_pointer, live.token_future(STREAMER, "alice").get());
    live.close();
    CHECK(!here.token(STREAMER, "alice").jwt.empty());
    const stream_minter stream = [&] {
        const playback_minter gone = std::move(here);
        return gone.stream(STREAMER);
    }();
    CHECK(!stream.token("alice").jwt.empty());

    // A ticket is used up.
    const grant_cache cache;
    begun first = cache.begin("key", 1min);
    CHECK(first.outcome == begin_outcome::fetch && first.ticket && first.waiter && !first.hit);
    ticket due = *std::move(first.ticket);
    CHECK(due.pending() && !first.ticket->pending());
    THROWN(errc::null_pointer, first.ticket->complete("a grant"));
    due.complete("a grant");
    CHECK(!due.pending());
    THROWN(errc::null_pointer, due.fail(errc::closed, "too late"));
    CHECK(first.waiter->wait().grant == "a grant");
    THROWN(errc::null_pointer, first.waiter->wait());
}
