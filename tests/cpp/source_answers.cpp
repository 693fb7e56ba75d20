// What a source may answer, as far as it is a text and a time: tests/vectors/source_answers.json.
#include "check.hpp"

#include <iostream>
#include <optional>

using namespace std::chrono_literals;
using namespace grantmint;

struct answer {
    std::string_view name, only;
    std::chrono::milliseconds asked;
    std::string_view grant;
    std::optional<std::chrono::milliseconds> ttl, serves;
    std::optional<errc> code;
    std::string_view says;
};

#include "source_answers.inc"

static cache_policy with_hardly_a_margin() { return cache_policy{}.safety_margin(1ms); }

// Asks, and compares what comes with the row.
template <class Ask>
static void compare(const answer& row, Ask ask) {
    const auto expect = [&](bool holds, std::string_view found) {
        if (!holds) {
            std::cerr << row.name << ": " << found << '\n';
            std::exit(1);
        }
    };
    try {
        const std::chrono::milliseconds remaining = ask();
        expect(row.serves && std::chrono::abs(*row.serves - remaining) <= 2ms, "it was served");
    } catch (const error& refused) {
        expect(row.code == refused.code() && contains(refused.what(), row.says), refused.what());
        expect(!contains(refused.what(), "hush"), refused.what());
    }
}

static void of_minter(const answer& row, const manual_clock& clock) {
    const source says{[&](const grant_request&) {
        return fetched{std::string{row.grant}, row.ttl};
    }};
    const playback_minter live{
        new_key(), playback_minter_options{}
                       .source(says)
                       .policy(with_hardly_a_margin())
                       .clock(clock)
                       .grant_ttl(std::chrono::duration_cast<std::chrono::seconds>(row.asked))};
    compare(row, [&] { return live.token(STREAMER, "alice").grant_remaining; });
}

static void of_cache(const answer& row, const manual_clock& clock) {
    const grant_cache cache{
        grant_cache_options{}.policy(with_hardly_a_margin()).clock(clock)};
    compare(row, [&] {
        const auto fetch = [&](ticket ticket) {
            ticket.start();
            try {
                if (row.ttl) {
                    ticket.complete(row.grant, *row.ttl);
                } else {
                    ticket.complete(row.grant);
                }
            } catch (const error& told) {
                // Who made the mistake learns of the argument, all who wait of the source.
                CHECK(row.code == errc::source_failed ? told.code() == errc::invalid_ttl
                                                      : row.code == told.code());
            }
        };
        return cache.get("key", row.asked, fetch).remaining;
    });
}

int main() {
    const manual_clock clock{std::chrono::system_clock::time_point{1'800'000'000s}};
    std::size_t tried = 0;
    for (const answer& row : ANSWERS) {
        if (row.only != "cache") {
            of_minter(row, clock);
            tried++;
        }
        if (row.only != "minter") {
            of_cache(row, clock);
            tried++;
        }
    }
    std::cout << tried << " answers\n";
    CHECK(tried >= 40);
}
