// Every way to call wrongly that compiles: an error, never a crash, and never a default in its
// place.
#include "check.hpp"

#include <cmath>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

using days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;
using system_time = std::chrono::system_clock::time_point;
template <class Unit>
using time_in = std::chrono::time_point<std::chrono::system_clock, Unit>;

static constexpr std::string_view BAD_UTF8 = "a\xff";
static constexpr std::string_view ZERO_BYTE{"a\0b", 3};
static constexpr std::string_view NONE;

static fetched some_grant(const grant_request&) { return {std::string{SHORT_GRANT}, {}}; }

// A minter that needs no network.
static playback_minter minter_with(playback_minter_options options) {
    return playback_minter{new_key(), options.source(source{some_grant})};
}

static void texts() {
    for (const std::string_view text : {NONE, std::string_view{""}, ZERO_BYTE}) {
        THROWN(errc::invalid_sid, api_key{text, KEY_SID, SECRET});
        THROWN(errc::invalid_sid, api_key{ACCOUNT_SID, text, SECRET});
        THROWN(errc::token_malformed, decode(text));
        THROWN(errc::token_malformed, verify(text, new_key()));
        THROWN(errc::token_malformed, verify_jwt(text, SECRET));
        THROWN(errc::invalid_argument, sign(algorithm::hs256, text, "{}", SECRET));
        THROWN(errc::invalid_argument, new_key().with_region(text));
        THROWN(errc::invalid_grant, playback_grant{std::string{text}}.to_json());
        THROWN(errc::invalid_sid, minter_with({}).token(text, "alice"));
        THROWN(errc::invalid_sid, minter_with({}).prefetch(text));
        THROWN(errc::invalid_sid, minter_with({}).stream(text));
    }
    THROWN(errc::invalid_credentials, api_key{ACCOUNT_SID, KEY_SID, ""});
    THROWN(errc::invalid_credentials, verify_jwt(token_minter{new_key()}.mint("alice"), ""));
    THROWN(errc::invalid_credentials, sign(algorithm::hs256, R"({"alg":"HS256"})", "{}", NONE));

    THROWN(errc::invalid_utf8, api_key{ACCOUNT_SID, KEY_SID, BAD_UTF8});
    THROWN(errc::invalid_utf8, custom_grant(std::string{BAD_UTF8}, "1").to_json());
    THROWN(errc::invalid_utf8, decode(BAD_UTF8));
    THROWN(errc::invalid_utf8, minter_with({}).token(BAD_UTF8, "alice"));
    THROWN(errc::invalid_utf8, minter_with(playback_minter_options{}.share(BAD_UTF8)));
    THROWN(errc::invalid_utf8, grant_cache{}.begin(BAD_UTF8, 1min));

    // What must not be given is left out, not given empty.
    using options = playback_minter_options;
    THROWN(errc::invalid_origin, minter_with(options{}.allow_origin("")));
    THROWN(errc::invalid_origin, minter_with(options{}.allow_origin("example.com")));
    THROWN(errc::invalid_url, minter_with(options{}.base_url("")));
    THROWN(errc::invalid_url, minter_with(options{}.base_url("http://example.com")));
    THROWN(errc::invalid_url, minter_with(options{}.proxy("")));
    THROWN(errc::invalid_argument, minter_with(options{}.share("")));
    THROWN(errc::invalid_argument, minter_with(options{}.ca_file("")));
    CHECK(video_grant{}.room("").to_json() == "{}");
}

static void decoded_tokens() {
    const auto signed_ = [](std::size_t levels) {
        const std::string open(levels - 1, '['), close(levels - 1, ']');
        return sign(algorithm::hs256, R"({"alg":"HS256"})", R"({"a":)" + open + close + "}", "s");
    };
    const std::string token = signed_(127);
    static_cast<void>(decode(token));
    THROWN(errc::token_malformed, decode(signed_(128)));
    for (const char* end : {"=", " ", "+"}) THROWN(errc::token_malformed, decode(token + end));
}

static void identities() {
    const token_minter minter{new_key()};
    const playback_minter live = minter_with({});
    for (const std::string& identity : {std::string{}, std::string(513, 'x')}) {
        THROWN(errc::invalid_identity, minter.mint(identity));
        THROWN(errc::invalid_identity, minter.mint_many({"alice", identity}));
        THROWN(errc::invalid_identity, access_token{new_key(), identity});
        THROWN(errc::invalid_identity, live.token(STREAMER, identity));
        THROWN(errc::invalid_identity, live.token_future(STREAMER, identity).get());
        THROWN(errc::invalid_identity, live.stream(STREAMER).try_token(identity));
    }
    THROWN(errc::invalid_identity, minter.mint(NONE));
    THROWN(errc::invalid_utf8, minter.mint(BAD_UTF8));
    THROWN(errc::invalid_utf8, minter.mint_many({"alice", BAD_UTF8}));
    std::string out = "as it was";
    THROWN(errc::invalid_utf8, minter.mint_into(out, BAD_UTF8));
    CHECK(out.empty());
    // A zero byte is a byte like any other.
    CHECK(verify(minter.mint(ZERO_BYTE), new_key()).identity == ZERO_BYTE);
    CHECK(verify(live.token(STREAMER, ZERO_BYTE).jwt, new_key()).identity == ZERO_BYTE);
}

static void grants() {
    const auto minter_of = [](any_grant one, any_grant two) {
        return token_minter{new_key(),
                            token_minter_options{}.grant(std::move(one)).grant(std::move(two))};
    };
    THROWN(errc::invalid_grant, minter_of(sync_grant{}, sync_grant{}));
    THROWN(errc::invalid_grant, minter_of(video_grant{}, custom_grant{"video", "{}"}));
    THROWN(errc::invalid_grant, minter_of(video_grant{}, custom_grant{"identity", "1"}));
    THROWN(errc::invalid_grant, minter_of(video_grant{}, playback_grant{"no JSON"}));
    THROWN(errc::invalid_grant, minter_of(video_grant{}, playback_grant{"[]"}));
    THROWN(errc::invalid_grant, minter_of(video_grant{}, custom_grant{"key", ""}));
    THROWN(errc::invalid_sid, minter_of(video_grant{}, sync_grant{}.service_sid("IS")));
    THROWN(errc::invalid_grant, minter_with(playback_minter_options{}.grant(playback_grant{"{}"})));
    THROWN(errc::invalid_grant,
           minter_of(video_grant{}, custom_grant{"key", '"' + std::string(65'536, 'x') + '"'}));
}

// Zero, negative and endless lives are refused; no count overflows on the way.
static void lives() {
    const api_key key = new_key();
    const auto refused = [&](auto ttl) {
        THROWN(errc::invalid_ttl, token_minter{key, token_minter_options{}.ttl(ttl)});
        THROWN(errc::invalid_ttl, access_token{key, "alice", access_token_options{}.ttl(ttl)});
        THROWN(errc::invalid_ttl, minter_with(playback_minter_options{}.ttl(ttl)));
        THROWN(errc::invalid_ttl, minter_with(playback_minter_options{}.grant_ttl(ttl)));
    };
    const auto refused_by_both = [&](auto ttl) {
        refused(ttl);
        THROWN(errc::invalid_ttl, grant_cache{}.handle("key", ttl));
    };
    // A cache keeps what lives for up to two days.
    refused(86'401s);
    refused_by_both(0s);
    refused_by_both(-1s);
    refused_by_both(172'801s);
    refused_by_both(std::chrono::seconds::max());
    refused_by_both(std::chrono::seconds::min());
    refused_by_both(std::chrono::hours::max());
    refused_by_both(std::chrono::hours::min());
    refused_by_both(days::max());
    refused_by_both(std::chrono::duration<std::uint64_t>::max());
    THROWN(errc::invalid_ttl, grant_cache{}.begin("key", -5ms));
    THROWN(errc::invalid_ttl, grant_cache{}.invalidate("key", 0ms));
    THROWN(errc::limit_exceeded, grant_cache{}.handle(std::string(513, 'x'), 1min));
}

static void instants() {
    const api_key key = new_key();
    const token_minter minter{key};
    const std::string jwt = minter.mint("alice");
    const auto refused = [&](auto time) {
        THROWN(errc::invalid_argument, minter.mint_at("alice", time));
        THROWN(errc::invalid_argument, verify(jwt, key, verify_options{}.now(time)));
        THROWN(errc::invalid_argument, token_minter{key, token_minter_options{}.nbf(time)});
        THROWN(errc::invalid_argument,
               access_token{key, "alice", access_token_options{}.nbf(time)});
        const auto until = access_token_options{}.valid_until(time);
        THROWN(errc::invalid_argument, access_token(key, "alice", until));
    };
    refused(unix_time{-1s});
    refused(unix_time::min());
    refused(unix_time::max());
    refused(system_time::min());
    refused(time_in<std::chrono::hours>::max());
    refused(time_in<std::chrono::hours>::min());
    refused(time_in<days>::max());
    refused(time_in<std::chrono::duration<double>>::max());
    refused(time_in<std::chrono::duration<double>>{std::chrono::duration<double>{std::nan("")}});
    // A time that was never set is not the default either.
    const unix_time unset;
    THROWN(errc::invalid_argument, verify(jwt, key, verify_options{}.now(unset)));
    THROWN(errc::invalid_argument, token_minter{key, token_minter_options{}.nbf(unset)});
    const auto until = access_token_options{}.valid_until(unset);
    THROWN(errc::invalid_argument, access_token(key, "alice", until));
    // One between two seconds lies in the first of them.
    const auto later = unix_time{1'700'000'000s} + std::chrono::duration<double>{0.75};
    CHECK(decode(minter.mint_at("alice", later)).issued_at == unix_time{1'700'000'000s});
    // What a token says may be beyond what the clock of C++ can show; it can be compared all the
    // same.
    const auto says = [](const std::string& exp) {
        const std::string claims = R"({"exp":)" + exp + "}";
        return decode(sign(algorithm::hs256, R"({"alg":"HS256"})", claims, SECRET)).expires_at;
    };
    const auto now = std::chrono::system_clock::now();
    CHECK(says("253402300799") > now && *says("253402300799") - now > days{36'500});
    CHECK(!says("18446744073709551615") && !says("-1"));
}

static void leeways() {
    const api_key key = new_key();
    const std::string jwt = token_minter{key}.mint("alice");
    const auto refused = [&](auto leeway) {
        THROWN(errc::invalid_argument, verify(jwt, key, verify_options{}.leeway(leeway)));
    };
    refused(-1s);
    refused(301s);
    refused(std::chrono::seconds{std::int64_t{1} << 32});
    refused(std::chrono::hours::max());
    CHECK(verify(jwt, key, verify_options{}.leeway(0s)).identity == "alice");
}

// Who cannot wait long enough waits for as long as can be said; nobody waits for less than nothing.
static void waits() {
    const playback_minter live = minter_with(playback_minter_options{}.timeout(days::max()));
    for (const auto& options :
         {wait_options{}.timeout(days::max()), wait_options{}.timeout(std::chrono::hours::max()),
          wait_options{}.timeout(std::chrono::milliseconds::max())}) {
        CHECK(!live.token(STREAMER, "alice", options).jwt.empty());
        CHECK(!live.token_future(STREAMER, "alice", options).get().jwt.empty());
    }
    CHECK(!live.token(STREAMER, "alice", wait_options{}.min_remaining(-1h)).jwt.empty());
    const auto too_much = wait_options{}.min_remaining(std::chrono::hours::max());
    THROWN(errc::invalid_argument, live.token(STREAMER, "alice", too_much));
    THROWN(errc::invalid_argument, live.token_future(STREAMER, "alice", too_much).get());
    THROWN(errc::invalid_argument,
           minter_with(playback_minter_options{}.min_remaining(days::max())));
    live.keep_warm(STREAMER, days::max());
    live.keep_warm(STREAMER, days::min());

    const grant_cache cache;
    const begun first = cache.begin("key", 1min);
    for (const auto time : {std::chrono::hours::min(), -1h, 0h}) {
        begun second = cache.begin("key", 1min, wait_options{}.timeout(time));
        CHECK(second.outcome == begin_outcome::wait);
        THROWN(errc::deadline_exceeded, second.waiter->wait());
    }
}

static void policies() {
    const auto refused = [](const cache_policy& policy) {
        THROWN(errc::invalid_argument, grant_cache{grant_cache_options{}.policy(policy)});
        THROWN(errc::invalid_argument, minter_with(playback_minter_options{}.policy(policy)));
    };
    refused(cache_policy{}.max_keys(0));
    refused(cache_policy{}.max_keys(1'000'001));
    refused(cache_policy{}.jitter(2));
    refused(cache_policy{}.jitter(-0.5));
    refused(cache_policy{}.jitter(std::nan("")));
    THROWN(errc::invalid_argument,
           minter_with(playback_minter_options{}.policy(cache_policy{}).cache(grant_cache{})));
}

static void urls_of_servers() {
    for (const char* url :
         {"", "hush", "http://hush", "redis://hush.example", "rediss://:hush@h:0", "rediss://:hush@h/7",
          "rediss://:hush@hush@h:x", "rediss://hush%:hush%25hush%zz@h:x", "redis+unix://hush"}) {
        const error told = THROWN(errc::invalid_url, fleet::redis(url));
        CHECK(!contains(told.what(), "hush"));
        CHECK(!contains(THROWN(errc::invalid_url, fleet::parse(url)).what(), "hush"));
    }
    THROWN(errc::invalid_argument, fleet::redis("rediss://h", redis_fleet_options{}.prefix("a b")));
    THROWN(errc::invalid_argument, fleet::redis("rediss://h", redis_fleet_options{}.secret("short")));
    THROWN(errc::invalid_argument, fleet::redis("rediss://h", redis_fleet_options{}.timeout(9ms)));
    THROWN(errc::invalid_argument,
           fleet::redis("rediss://h", redis_fleet_options{}.host(false).host_path("/run/app")));
}

// Of a server that is not there much is said, and nothing of who would have logged in.
static void no_password_is_shown() {
    const fleet shared = fleet::redis("redis://al%40ice:hush@hu%25sh%@127.0.0.1:1",
                                      redis_fleet_options{}.host(false));
    const playback_minter live{
        new_key(), playback_minter_options{}.base_url("http://127.0.0.1:1").fleet(shared)};
    const error told = THROWN(errc::upstream_connect, live.token(STREAMER, "bob"));
    const stats counted = live.stats();
    const std::string trouble = counted.fleet_trouble().value();
    CHECK(contains(trouble, "redis at 127.0.0.1:1: "));
    for (const std::string& text : {std::string{told.what()}, trouble, counted.to_prometheus("a")}) {
        for (const char* part : {"hush", "hu%", "sh%", "al%40", "ice:"}) {
            CHECK(!contains(text, part));
        }
    }
}

static void enumerators_that_there_are_not() {
    const api_key key = new_key();
    const std::string jwt = token_minter{key}.mint("alice");
    for (const int number : {0, -1, 1, 257, 1'000'000}) {
        const auto none = static_cast<algorithm>(number);
        THROWN(errc::invalid_argument, verify(jwt, key, verify_options{}.algorithm(none)));
        THROWN(errc::invalid_argument, sign(none, R"({"alg":"HS256"})", "{}", SECRET));
        const auto code = static_cast<errc>(number);
        const error made{code};
        CHECK(!retryable(code) && !made.retryable() && made.what() == std::string{meaning(code)});
        // Zero is a status, that of a success.
        CHECK(number == 0 || (name(code).empty() && meaning(code).empty() && made.name().empty()));
        CHECK(name(static_cast<freshness>(number == 1 ? 4 : number)).empty());
        // The fetch ends all the same, with the error that says so.
        const grant_cache cache;
        begun first = cache.begin("key", 1min);
        THROWN(errc::invalid_argument, first.ticket->fail(code, "no code"));
        THROWN(errc::invalid_argument, first.waiter->wait());
    }
}

// Options that name an object which has been moved away do not fall back on their defaults.
static void objects_that_were_moved_away() {
    manual_clock clock{unix_time{1'700'000'000s}};
    grant_cache cache;
    source fetches{some_grant};
    const manual_clock clock_kept = std::move(clock);
    const grant_cache cache_kept = std::move(cache);
    const source fetches_kept = std::move(fetches);
    const api_key key = new_key();
    THROWN(errc::null_pointer, access_token{key, "alice", access_token_options{}.clock(clock)});
    THROWN(errc::null_pointer, token_minter{key, token_minter_options{}.clock(clock)});
    THROWN(errc::null_pointer, grant_cache{grant_cache_options{}.clock(clock)});
    using options = playback_minter_options;
    THROWN(errc::null_pointer, playback_minter{key, options{}.clock(clock)});
    THROWN(errc::null_pointer, playback_minter{key, options{}.cache(cache)});
    THROWN(errc::null_pointer, playback_minter{key, options{}.source(fetches)});
    THROWN(errc::null_pointer, cache.begin("key", 1min));
    THROWN(errc::null_pointer, cache.poll([](ticket) {}));
    THROWN(errc::null_pointer, testing::simulate_fork(cache));
    CHECK(!cache.next_wakeup());
    clock.advance(1s);
    CHECK(clock.now().time_since_epoch() == 0ms && clock_kept.now() == unix_time{1'700'000'000s});
}

// Clocks tick in nanoseconds, in 100 of them or in microseconds, as the standard library has it.
using hundreds_of_ns = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
template <class Ticks>
constexpr bool times_end_where_both_do =
    detail::longest<std::chrono::nanoseconds, Ticks>() == std::chrono::nanoseconds::max() &&
    detail::longest<std::chrono::seconds, Ticks>() ==
        std::chrono::floor<std::chrono::seconds>(Ticks::max());
static_assert(times_end_where_both_do<std::chrono::nanoseconds>);
static_assert(times_end_where_both_do<hundreds_of_ns>);
static_assert(times_end_where_both_do<std::chrono::microseconds>);

static void clocks() {
    THROWN(errc::invalid_argument, manual_clock{unix_time{-1s}});
    THROWN(errc::invalid_argument, manual_clock{system_time::min()});
    const manual_clock clock{system_time::max()};
    CHECK(clock.now() <= system_time::max() && clock.now() > unix_time{9'000'000'000s});
    clock.jump_wall(std::chrono::hours::min());
    clock.advance(-1h);
    clock.advance(std::chrono::hours::min());
    CHECK(clock.now() == unix_time{});
    clock.jump_wall(days::max());
    CHECK(clock.now() <= system_time::max() && clock.now() > unix_time{9'000'000'000s});
}

int main() {
    texts();
    decoded_tokens();
    identities();
    grants();
    lives();
    instants();
    leeways();
    waits();
    policies();
    urls_of_servers();
    no_password_is_shown();
    enumerators_that_there_are_not();
    objects_that_were_moved_away();
    clocks();
}
