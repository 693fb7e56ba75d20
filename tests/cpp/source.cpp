// Sources of grants that are written in C++: their forms, how they end, what their callers are
// told.
#include "check.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

// A minter that fetches with a function. Each test names an upstream of its own, as the cool-down
// and the rate limit of an account are shared by all who name the same.
template <class Fetch>
static playback_minter minter_of(std::string_view upstream, Fetch&& fetch) {
    return playback_minter{new_key(), playback_minter_options{}
                                          .allow_origin("https://www.example.com")
                                          .base_url(upstream)
                                          .grant_ttl(30s)
                                          .source(source{std::forward<Fetch>(fetch)})};
}

static void a_function_that_returns_the_grant() {
    std::atomic<int> calls = 0;
    const auto fetch = [&](const grant_request& request) {
        CHECK(request.streamer == STREAMER && request.ttl == 30s);
        CHECK(request.origin == "https://www.example.com" && request.timeout > 0ms);
        calls++;
        return fetched{std::string{SHORT_GRANT}, 20s};
    };
    const playback_minter live = minter_of("https://one.test", fetch);
    const playback_token token = live.token(STREAMER, "alice");
    CHECK(contains(verify(token.jwt, new_key()).claims_json, R"("player":{"playbackUrl":)"));
    CHECK(token.freshness == freshness::fresh && name(token.freshness) == "fresh");
    CHECK(token.grant_remaining > 10s && token.grant_remaining <= 20s && token.generation > 0);
    CHECK(!token.reason && !token.retry_after);
    CHECK(live.try_token(STREAMER, "bob").has_value());
    const stream_minter stream = live.stream(STREAMER);
    CHECK(stream.token("carol", wait_options{}.min_remaining(5s).timeout(1s)).generation ==
          token.generation);
    CHECK(stream.try_token("dave").has_value() && calls == 1);

    CHECK(!live.invalidate_if(STREAMER, token.generation + 1));
    CHECK(live.invalidate_if(STREAMER, token.generation));
    CHECK(!live.invalidate_if(STREAMER, token.generation));
    live.prefetch(STREAMER);
    wait_until([&] { return calls == 2; });
    live.keep_warm(STREAMER, 1s);
    live.keep_warm(STREAMER, 0s);
    live.rotate(api_key{ACCOUNT_SID, "SK00000000000000000000000000000009", "another secret"});
    CHECK(verify(live.token(STREAMER, "erin").jwt,
                 api_key{ACCOUNT_SID, "SK00000000000000000000000000000009", "another secret"})
              .identity == "erin");
    THROWN(errc::invalid_credentials,
           live.rotate(api_key{"AC00000000000000000000000000000009", KEY_SID, SECRET}));
    CHECK(live.invalidate(STREAMER) && !live.invalidate("VJ00000000000000000000000000000009"));
    live.purge();

    const stats snapshot = live.stats();
    const counters counted = snapshot.counters();
    CHECK(counted.fetches == 2 && counted.waits >= 1 && counted.hits_fresh >= 3);
    CHECK(!counted.clock_offset && counted.cooldown_left == 0ms && counted.keys == 1);
    CHECK(snapshot.errors().empty());
    const latency times = snapshot.latency();
    CHECK(times.buckets.size() > 8 && !times.buckets.back().up_to &&
          times.buckets.back().count == 2);
    CHECK(contains(snapshot.to_prometheus("live"), "grantmint_fetches_total{cache=\"live\"} 2\n"));

    const std::vector<event> events = live.drain_events();
    CHECK(events.size() >= 4 && events[0].kind == event_kind::fetch_sent);
    CHECK(events[0].name == "fetch_sent" && contains(*events[0].key, STREAMER) && !events[0].code);
    CHECK(std::chrono::abs(std::chrono::system_clock::now() - events[0].time) < 1min);
    CHECK(live.cache().drain_events().empty());

    live.close();
    THROWN(errc::closed, live.token(STREAMER, "alice"));
    THROWN(errc::closed, stream.try_token("alice"));
    THROWN(errc::closed, live.stats());
}

static void a_function_that_ends_a_ticket_later() {
    std::mutex mutex;
    std::optional<ticket> desk;
    const auto fetch = [&](const grant_request&, ticket given) {
        CHECK(given.start().go && !given.is_refresh() && given.key().empty());
        const std::lock_guard lock{mutex};
        desk = std::move(given);
    };
    const playback_minter live = minter_of("https://two.test", fetch);
    auto future = live.token_future(STREAMER, "alice");
    wait_until([&] {
        const std::lock_guard lock{mutex};
        return desk.has_value();
    });
    CHECK(future.wait_for(0s) == std::future_status::timeout);
    // A caller that waits is answered, even if the minter is closed meanwhile.
    live.close();
    desk->complete(SHORT_GRANT);
    CHECK(!future.get().jwt.empty());
    THROWN(errc::closed, live.token(STREAMER, "alice"));
}

// Has a cold minter ask a source that fails, and gives back what the caller is told.
template <class Fetch>
static error told(std::string_view upstream, errc code, Fetch&& fetch) {
    const playback_minter live = minter_of(upstream, std::forward<Fetch>(fetch));
    return THROWN(code, live.token(STREAMER, "alice"));
}

static void what_a_source_throws() {
    const error mine = told(
        "https://three.test", errc::throttled,
        [](const grant_request&) -> fetched { throw error{errc::throttled, "on purpose", 7s}; });
    CHECK(contains(mine.what(), "on purpose") && mine.retry_after() > 5s && mine.retryable());
    const error other = told(
        "https://four.test", errc::source_failed,
        [](const grant_request&) -> fetched { throw std::runtime_error{"with a secret in it"}; });
    CHECK(!contains(other.what(), "secret in it"));
    told("https://five.test", errc::source_failed, [](const grant_request&, ticket&) { throw 1; });
    told("https://six.test", errc::upstream_not_found,
         [](const grant_request&) -> result<fetched> { return error{errc::upstream_not_found}; });
    told("https://seven.test", errc::upstream_not_json,
         [](const grant_request&) { return fetched{"no JSON", {}}; });
    told("https://eight.test", errc::upstream_no_grant,
         [](const grant_request&) { return fetched{"[]", {}}; });
    // It is dropped each time that it is begun anew.
    std::atomic<int> calls = 0;
    told("https://nine.test", errc::abandoned, [&](const grant_request&, ticket) { calls++; });
    CHECK(calls > 1);
    // What it throws once the ticket has been ended changes nothing.
    const playback_minter live =
        minter_of("https://ten.test", [](const grant_request&, ticket& given) {
            given.complete(SHORT_GRANT);
            throw std::runtime_error{"too late"};
        });
    CHECK(!live.token(STREAMER, "alice").jwt.empty());
}

static void a_source_lives_as_long_as_its_last_minter() {
    const auto counted = std::make_shared<std::atomic<int>>(0);
    struct move_only {
        std::shared_ptr<std::atomic<int>> calls;
        std::unique_ptr<int> no_copies = nullptr;
        fetched operator()(const grant_request&) {
            ++*calls;
            return {std::string{SHORT_GRANT}, {}};
        }
    };
    std::optional<source> shared{std::in_place, move_only{counted}};
    std::optional<playback_minter> one{
        std::in_place, new_key(),
        playback_minter_options{}.source(*shared).base_url("https://eleven.test").share("a name")};
    std::optional<playback_minter> two{
        std::in_place, new_key(),
        playback_minter_options{}.source(*shared).base_url("https://eleven.test").share("a name")};
    shared.reset();
    CHECK(counted.use_count() == 2);
    CHECK(one->token(STREAMER, "alice").generation == two->token(STREAMER, "bob").generation);
    CHECK(*counted == 1);
    one.reset();
    two.reset();
    wait_until([&] { return counted.use_count() == 1; });
}

static void of_different_limits_of_one_account_the_lower_holds() {
    const auto options = playback_minter_options{}.base_url("https://twelve.test").isolated(true);
    const auto limited = [&](double calls) {
        auto own = options;
        return playback_minter{new_key(), own.calls_per_second(calls).burst(2).max_fetches(1)};
    };
    const playback_minter one = limited(5), other = limited(2.5);
    CHECK(*one.stats().counters().calls_per_second < 2.6);
    CHECK(*other.stats().counters().calls_per_second > 2.4);
    CHECK(one.drain_events().empty());
    const std::vector<event> events = other.drain_events();
    CHECK(events.size() == 1 && events[0].kind == event_kind::limits_differ);
    CHECK(events[0].name == "limits_differ" && !events[0].key);
}

static void a_cache_has_no_more_calls_at_once_than_its_burst() {
    const manual_clock clock{unix_time{1'700'000'000s}};
    const grant_cache cache{grant_cache_options{}.clock(clock).calls_per_second(1).burst(2)};
    begun one = cache.begin("one", 1min), two = cache.begin("two", 1min);
    begun three = cache.begin("three", 1min);
    CHECK(one.ticket->start().go && two.ticket->start().go && !three.ticket->start().go);
    THROWN(errc::overloaded, cache.begin("four", 1min, wait_options{}.timeout(500ms)));
    const counters counted = cache.stats().counters();
    CHECK(counted.fetches == 2 && counted.waiting == 1 && counted.no_room == 1);
    CHECK(counted.refusals == 1 && counted.keys_refused == 1 && counted.calls_per_second);
    bool told = false;
    for (const event& each : cache.drain_events()) {
        told = told || (each.kind == event_kind::no_room && each.name == "no_room");
    }
    CHECK(told && !grant_cache{}.stats().counters().calls_per_second);
}

int main() {
    a_function_that_returns_the_grant();
    a_function_that_ends_a_ticket_later();
    what_a_source_throws();
    a_source_lives_as_long_as_its_last_minter();
    of_different_limits_of_one_account_the_lower_holds();
    a_cache_has_no_more_calls_at_once_than_its_burst();
}
