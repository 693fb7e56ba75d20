// Errors and results: what they say, and how they are copied.
#include "check.hpp"

#include "errors.inc"

#include <type_traits>

using namespace std::chrono_literals;
using namespace grantmint;

static void every_code_has_its_number_name_and_meaning() {
    CHECK(std::size(ERROR_CASES) >= 42);
    for (const error_case& each : ERROR_CASES) {
        CHECK(static_cast<int>(each.code) == each.number);
        CHECK(name(each.code) == each.name && !meaning(each.code).empty());
        CHECK(retryable(each.code) == each.retryable);
        const error made{each.code};
        CHECK(made.what() == std::string{meaning(each.code)} && made.name() == each.name);
        CHECK(made.retryable() == each.retryable && !made.retry_after());
    }
    CHECK(name(errc{1}).empty() && meaning(errc{-1}).empty() && !retryable(errc{7}));
}

static void an_error_says_what_went_wrong() {
    static_assert(std::is_nothrow_copy_constructible_v<error>);
    const error swapped = THROWN(errc::invalid_credentials, api_key{KEY_SID, ACCOUNT_SID, SECRET});
    CHECK(swapped.name() == "invalid_credentials" && contains(swapped.what(), "swapped"));
    CHECK(!swapped.retryable() && !swapped.retry_after());
    CHECK(swapped.argument() == "account_sid" && error{swapped}.argument() == "account_sid");
    CHECK(swapped.doc_url() == "docs/errors.md#invalid_credentials" && doc_url(errc{1}).empty());
    try {
        api_key{ACCOUNT_SID, "SK", SECRET};
        CHECK(false);
    } catch (const std::runtime_error& error) {
        CHECK(!contains(error.what(), SECRET));
    }
    const error mine{errc::throttled, "come back later", 250ms};
    CHECK(mine.retryable() && mine.retry_after() == 250ms && mine.argument().empty());
}

static void results() {
    result<std::string> good{std::string{"text"}}, bad{error{errc::closed}};
    CHECK(good && good.has_value() && *good == "text" && good->size() == 4);
    CHECK(good.value() == "text" && std::move(good).value_or("other") == "text");
    CHECK(!bad && bad.error().code() == errc::closed);
    THROWN(errc::closed, bad.value());
    CHECK(std::move(bad).value_or("other") == "other");
    const result<void> done, failed{error{errc::closed}};
    CHECK(done && !failed && failed.error().code() == errc::closed);
    done.value();
    THROWN(errc::closed, failed.value());
}

int main() {
    every_code_has_its_number_name_and_meaning();
    an_error_says_what_went_wrong();
    results();
}
