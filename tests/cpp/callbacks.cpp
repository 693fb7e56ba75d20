// Callbacks and futures: when they come, on which thread, what they may do, what they may throw.
#include "check.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;

// Holds tickets until somebody wants them ended.
struct desk {
    std::mutex mutex;
    std::vector<ticket> tickets;

    void put(ticket given) {
        const std::lock_guard lock{mutex};
        tickets.push_back(std::move(given));
    }

    ticket take() {
        wait_until([&] {
            const std::lock_guard lock{mutex};
            return !tickets.empty();
        });
        const std::lock_guard lock{mutex};
        ticket first = std::move(tickets.front());
        tickets.erase(tickets.begin());
        return first;
    }
};

static playback_minter minter_of(std::string_view upstream, desk& desk) {
    const auto fetch = [&desk](const grant_request&, ticket given) { desk.put(std::move(given)); };
    return playback_minter{new_key(),
                           playback_minter_options{}.base_url(upstream).source(source{fetch})};
}

static void tokens_by_callback() {
    desk desk;
    const playback_minter live = minter_of("https://one.test", desk);
    int answers = 0;
    std::thread::id thread;
    // Move-only, and asks for more while it is called, as no lock is held.
    live.token_async(STREAMER, "alice", [&, own = std::make_unique<int>(1)](auto token) {
        CHECK(token && *own == 1 && verify(token->jwt, new_key()).identity == "alice");
        CHECK(!live.token(STREAMER, "bob").jwt.empty());
        CHECK(!live.invalidate_if(STREAMER, token->generation + 1));
        thread = std::this_thread::get_id();
        answers++;
    });
    ticket due = desk.take();
    CHECK(answers == 0);
    // Whoever brings the grant calls back, here this thread.
    due.complete(SHORT_GRANT);
    CHECK(answers == 1 && thread == std::this_thread::get_id());
    // With the grant there, before the call returns.
    const stream_minter stream = live.stream(STREAMER);
    stream.token_async("carol", [&](result<playback_token> token) { answers += token ? 1 : 0; });
    CHECK(answers == 2 && !stream.token_future("dave").get().jwt.empty());
    // What is wrong is told to the callback; what cannot be read at all, to the caller.
    live.token_async("VJ", "alice", [&](result<playback_token> token) {
        CHECK(token.error().code() == errc::invalid_sid);
        answers++;
    });
    CHECK(answers == 3);
    THROWN(errc::invalid_utf8,
           live.token_async(STREAMER, "\xff", [&](result<playback_token>) { answers++; }));
    CHECK(answers == 3);
    // What it throws is dropped.
    live.token_async(STREAMER, "alice", [&](const result<playback_token>&) {
        answers++;
        throw std::runtime_error{"from a callback"};
    });
    CHECK(answers == 4);
}

static void futures() {
    desk desk;
    auto live = std::make_unique<playback_minter>(minter_of("https://two.test", desk));
    std::future<playback_token> one = live->token_future(STREAMER, "alice");
    std::future<playback_token> two =
        live->token_future(STREAMER, "bob", wait_options{}.timeout(1s));
    static_cast<void>(live->token_future(STREAMER, "nobody waits for this one"));
    THROWN(errc::invalid_sid, live->token_future("VJ", "alice").get());
    THROWN(errc::invalid_utf8, live->token_future(STREAMER, "\xff").get());
    ticket due = desk.take();
    // The minter may go first.
    live.reset();
    due.fail(errc::upstream_unavailable, "on purpose", 3s);
    const error failed = THROWN(errc::upstream_unavailable, one.get());
    CHECK(failed.retryable() && contains(failed.what(), "on purpose"));
    THROWN(errc::upstream_unavailable, two.get());
}

static void waiters() {
    const grant_cache cache;
    begun fetcher = cache.begin("key", 1min), first = cache.begin("key", 1min),
          second = cache.begin("key", 1min), third = cache.begin("key", 1min);
    CHECK(first.outcome == begin_outcome::wait && !first.ticket);
    const auto counted = std::make_shared<int>(0);
    const auto count = [counted](result<hit> given) { *counted += given ? 1 : 0; };
    static_cast<void>(first.waiter->on_ready(count));
    registration taken_back = second.waiter->on_ready(count);
    CHECK(counted.use_count() == 4);
    CHECK(taken_back.cancel() && !taken_back.cancel() && counted.use_count() == 3);
    registration late = third.waiter->on_ready(count);
    CHECK(!fetcher.waiter->poll() && !fetcher.waiter->fallback());
    CHECK(fetcher.ticket->key() == "key" && fetcher.ticket->start().go);
    fetcher.ticket->complete(std::string_view{"a\0b", 3});
    CHECK(*counted == 2 && counted.use_count() == 2 && !late.cancel());
    const hit given = fetcher.waiter->wait();
    CHECK(given.grant == std::string_view("a\0b", 3) && given.remaining > 50s && !given.reason);
    CHECK(given.freshness == freshness::fresh && given.generation > 0);
    const begun again = cache.handle("key", 1min).begin();
    CHECK(again.outcome == begin_outcome::hit && again.hit && !again.ticket && !again.waiter);
}

static void get_and_its_kin() {
    const grant_cache cache;
    int led = 0;
    const auto fetch = [&](ticket given) {
        led++;
        given.complete("a grant");
    };
    CHECK(cache.get("key", 1min, fetch).grant == "a grant" && led == 1);
    CHECK(cache.try_get("key", 1min, fetch)->grant == "a grant" && led == 1);
    CHECK(cache.get_future("key", 1min, fetch).get().grant == "a grant" && led == 1);
    CHECK(!cache.prefetch("key", 1min) && cache.invalidate("key", 1min));
    CHECK(!cache.invalidate("unknown", 1min) && !cache.invalidate_if("key", 1min, 1));

    desk desk;
    const auto keep = [&](ticket& given) { desk.put(std::move(given)); };
    CHECK(!cache.try_get("later", 1min, keep));
    int answers = 0;
    cache.get_async("later", 1min, keep, [&](result<hit> given) {
        CHECK(given->grant == "late");
        answers++;
    });
    CHECK(answers == 0);
    desk.take().complete("late");
    CHECK(answers == 1);

    std::optional<ticket> early = cache.prefetch("early", 1min);
    CHECK(early && early->start().go);
    early->complete("early");
    cache.keep_warm("early", 1min, 1h);
    CHECK(cache.next_wakeup() > 1s);
    cache.poll(keep);
    cache.rotate();
    cache.purge();
    CHECK(!cache.try_get("key", 1min, keep) && !cache.drain_events().empty());
}

// A look that does not wait tells of no error that a fetch ended in, whatever its kind.
static void a_look_after_a_failure() {
    for (const errc kind : {errc::invalid_argument, errc::token_expired, errc::proxy_refused,
                            errc::closed, errc::panic}) {
        const grant_cache cache;
        const auto fail = [&](ticket given) { given.fail(kind, "on purpose"); };
        CHECK(!cache.try_get("key", 1min, fail));
        CHECK(!cache.try_get("key", 1min, fail));
    }
}

// The caller whose own function throws gets the exception; the others an error without its text.
static void what_a_fetch_throws() {
    const grant_cache cache;
    std::future<hit> other;
    struct mine {};
    try {
        static_cast<void>(cache.get("key", 1min, [&](ticket&) {
            other = cache.get_future("key", 1min, [](ticket) { std::abort(); });
            throw mine{};
        }));
        CHECK(false);
    } catch (const mine&) {
    }
    THROWN(errc::source_failed, other.get());
    const error own = THROWN(errc::throttled, cache.get("busy", 1min, [](ticket&) {
        throw error{errc::throttled, "on purpose", 9s};
    }));
    CHECK(own.retry_after() == 9s);
    try {
        static_cast<void>(cache.try_get("other", 1min, [](ticket&) { throw mine{}; }));
        CHECK(false);
    } catch (const mine&) {
    }
}

// A grant that is still good is handed out although its refresh fails, and says why.
static void a_degraded_grant() {
    const manual_clock clock{unix_time{1'700'000'000s}};
    const grant_cache cache{grant_cache_options{}.clock(clock).policy(cache_policy{}.jitter(0.5))};
    const auto grant = [](ticket given) { given.complete("a grant"); };
    const auto refuse = [](ticket given) { given.fail(errc::upstream_unavailable, "on purpose"); };
    static_cast<void>(cache.get("key", 1min, grant));
    clock.advance(45s);
    const hit given = cache.get("key", 1min, refuse);
    CHECK(given.freshness == freshness::degraded && name(given.freshness) == "degraded");
    CHECK(given.reason->code() == errc::upstream_unavailable && given.reason->retry_after());
    CHECK(given.remaining > 5s && given.remaining <= 15s);
}

// Callbacks that nobody brings to an end by hand: they are called all the same.
static void answers_that_nobody_gives() {
    desk desk;
    const playback_minter live = minter_of("https://three.test", desk);
    const auto soon = wait_options{}.timeout(50ms);
    std::atomic<int> answers = 0;
    live.token_async(
        STREAMER, "alice",
        [&](const result<playback_token>& token) {
            CHECK(token.error().code() == errc::deadline_exceeded);
            answers++;
        },
        soon);
    THROWN(errc::deadline_exceeded, live.token_future(STREAMER, "bob", soon).get());
    wait_until([&] { return answers == 1; });

    const grant_cache cache;
    std::optional<ticket> kept;
    const auto keep = [&](ticket given) { kept = std::move(given); };
    THROWN(errc::deadline_exceeded, cache.get_future("key", 1min, keep, soon).get());
    THROWN(errc::deadline_exceeded, cache.get("key", 1min, keep, soon));
    // The one who is called when the fetch ends is told that it was dropped.
    begun second = cache.begin("key", 1min);
    static_cast<void>(second.waiter->on_ready([&](const result<hit>& given) {
        CHECK(given.error().code() == errc::abandoned);
        answers++;
    }));
    kept.reset();
    CHECK(answers == 2);
}

// The fetch outlives the cache that it was for.
static void a_cache_that_goes_first() {
    std::optional<grant_cache> cache{std::in_place};
    begun first = cache->begin("key", 1min);
    int answers = 0;
    static_cast<void>(first.waiter->on_ready([&](const result<hit>& given) {
        CHECK(given->grant == "late");
        answers++;
    }));
    cache.reset();
    first.ticket->complete("late");
    CHECK(answers == 1);
}

// Callbacks that ask again, of the same object and as deep as they like, as no lock is held.
static void callbacks_that_ask_again() {
    const grant_cache cache;
    std::vector<int> order;
    std::function<void(int)> ask = [&](int depth) {
        const std::string key = std::to_string(depth);
        const auto fetch = [&](ticket given) {
            CHECK(given.start().go && !cache.try_get(key, 1min, [](ticket) { std::abort(); }));
            given.complete("grant " + key);
        };
        cache.get_async(key, 1min, fetch, [&](const result<hit>& given) {
            CHECK(given->grant == "grant " + key && cache.invalidate(key, 1min));
            order.push_back(depth);
            if (depth < 20) {
                ask(depth + 1);
            }
        });
    };
    ask(1);
    CHECK(order.size() == 20 && order.back() == 20 && cache.stats().counters().fetches == 20);
    // A fetch that asks for its own key waits for itself: not for ever.
    const auto own = [&](ticket given) {
        const auto soon = wait_options{}.timeout(10ms);
        THROWN(errc::deadline_exceeded, cache.get("own", 1min, [](ticket) {}, soon));
        given.complete("in the end");
    };
    CHECK(cache.get("own", 1min, own).grant == "in the end");
}

int main() {
    tokens_by_callback();
    futures();
    waiters();
    get_and_its_kin();
    a_look_after_a_failure();
    what_a_fetch_throws();
    a_degraded_grant();
    answers_that_nobody_gives();
    a_cache_that_goes_first();
    callbacks_that_ask_again();
}
