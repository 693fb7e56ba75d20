// What wrong calls are told: each row of tests/wrong_calls/cpp.inc, with its status in C.
#include "check.hpp"

#include <cmath>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace grantmint;

using live = playback_minter_options;
using in_seconds = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

static playback_minter with(const live& options) { return playback_minter{new_key(), options}; }

// An object that is no more than its name.
template <class Object, class... Arguments>
static Object moved_away(Arguments... arguments) {
    Object object{arguments...};
    const Object kept = std::move(object);
    return object;
}

template <class Object>
static Object moved(Object object) {
    const Object kept = std::move(object);
    return object;
}

static int rows = 0, wrong = 0;

// Compares what a call is told with its row.
template <class Call>
static void compare(grantmint_status_t status, std::string_view argument, std::string_view what,
                    const char* text, Call call) {
    rows++;
    const std::string wanted =
        argument.empty() ? std::string{what} : std::string{argument} + " " + std::string{what};
    try {
        call();
    } catch (const error& told) {
        if (told.code() == static_cast<errc>(status) && told.argument() == argument &&
            told.what() == wanted) {
            return;
        }
        std::fprintf(stderr, "%s\n    %d, %s\n", text, static_cast<int>(told.code()), told.what());
        wrong++;
        return;
    }
    std::fprintf(stderr, "%s\n    is not refused\n", text);
    wrong++;
}

#define WRONG(status, argument, what, ...)                           \
    compare(GRANTMINT_ERR_##status, argument, what, #__VA_ARGS__, [] { \
        static_cast<void>(__VA_ARGS__);                              \
    });

int main() {
#include "../wrong_calls/cpp.inc"
    CHECK(rows >= 40);
    CHECK(wrong == 0);
}
