// Grants of every lifetime that may be asked for: tests/vectors/grant_ttls.json.
#include "check.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace grantmint;
using std::chrono::milliseconds;

struct row {
    std::chrono::seconds ttl;
    milliseconds latency, step;
    bool refused;
};

#include "grant_ttls.inc"

namespace {

class world {
   public:
    explicit world(const row& row) : row_{row} {}

    void run() {
        const milliseconds end = 5 * row_.ttl + 10s;
        for (milliseconds caller = 0ms; caller < end;) {
            milliseconds time = caller;
            for (const in_flight& fetch : fetches_) {
                time = std::min(time, fetch.at.value_or(time));
            }
            clock_.advance(time - now_);
            now_ = time;
            answer();
            if (time == caller) {
                ask();
                caller += row_.step;
            }
            look();
        }
        if ((refused_ > 0) != row_.refused || (served_ == 0 && !row_.refused)) {
            std::cerr << "ttl " << row_.ttl.count() << ", " << row_.latency.count()
                      << " ms: " << refused_ << " refused, " << served_ << " served\n";
            std::exit(1);
        }
    }

   private:
    struct in_flight {
        grantmint::ticket ticket;
        // When its grant comes, once its request was sent.
        std::optional<milliseconds> at;
    };

    void answer() {
        std::vector<in_flight> kept;
        for (in_flight& fetch : fetches_) {
            if (fetch.at && *fetch.at <= now_) {
                fetch.ticket.complete("a grant");
            } else {
                kept.push_back(std::move(fetch));
            }
        }
        fetches_ = std::move(kept);
    }

    void ask() {
        try {
            begun begun = cache_.begin("stream", row_.ttl);
            served_ += begun.hit.has_value();
            if (begun.ticket) {
                fetches_.push_back({std::move(*begun.ticket), std::nullopt});
            }
            if (begun.waiter) {
                waiters_.push_back(std::move(*begun.waiter));
            }
        } catch (const error&) {
            refused_++;
        }
        start();
    }

    // Starts what may start. A ticket that is refused has nothing more to do.
    void start() {
        std::vector<in_flight> kept;
        for (in_flight& fetch : fetches_) {
            try {
                if (!fetch.at && fetch.ticket.start().go) {
                    fetch.at = now_ + row_.latency;
                }
                kept.push_back(std::move(fetch));
            } catch (const error&) {
            }
        }
        fetches_ = std::move(kept);
    }

    void look() {
        std::vector<waiter> waiting;
        for (waiter& waiter : waiters_) {
            try {
                if (waiter.poll()) {
                    served_++;
                } else {
                    waiting.push_back(std::move(waiter));
                }
            } catch (const error&) {
                refused_++;
            }
        }
        waiters_ = std::move(waiting);
    }

    row row_;
    manual_clock clock_{std::chrono::system_clock::time_point{1'700'000'000s}};
    grant_cache cache_{grant_cache_options{}.clock(clock_).rate_limited(true)};
    milliseconds now_{0};
    std::vector<in_flight> fetches_;
    std::vector<waiter> waiters_;
    std::size_t served_ = 0, refused_ = 0;
};

}  // namespace

int main() {
    for (const row& row : ROWS) {
        world{row}.run();
    }
    CHECK(std::size(ROWS) == 180);
}
