// What the tests in C++ share.
#ifndef GRANTMINT_TESTS_CHECK_HPP
#define GRANTMINT_TESTS_CHECK_HPP

#include <grantmint.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

// Ends the test with what was expected and where.
#define CHECK(...)                                                                 \
    do {                                                                           \
        if (!(__VA_ARGS__)) {                                                      \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__); \
            std::exit(1);                                                          \
        }                                                                          \
    } while (0)

#ifndef GRANTMINT_NO_EXCEPTIONS
// Evaluates to the error that an expression throws; ends the test unless it has this code.
#define THROWN(expected, ...) \
    thrown(expected, [&] { static_cast<void>(__VA_ARGS__); }, #__VA_ARGS__, __FILE__, __LINE__)

template <class Call>
grantmint::error thrown(grantmint::errc expected, Call call, const char* text, const char* file,
                        int line) {
    try {
        call();
    } catch (const grantmint::error& error) {
        if (error.code() == expected) {
            return error;
        }
        std::fprintf(stderr, "%s:%d: %s: %s\n", file, line, text, error.what());
        std::exit(1);
    }
    std::fprintf(stderr, "%s:%d: nothing was thrown by %s\n", file, line, text);
    std::exit(1);
}
#endif

inline constexpr std::string_view ACCOUNT_SID = "AC00000000000000000000000000000001";
inline constexpr std::string_view KEY_SID = "SK00000000000000000000000000000002";
inline constexpr std::string_view SECRET = "a secret of more than 32 characters in all";
inline constexpr std::string_view STREAMER = "VJ00000000000000000000000000000003";
inline constexpr std::string_view SHORT_GRANT = R"({"playbackUrl":"https://example.com/"})";

inline grantmint::api_key new_key() {
#ifdef GRANTMINT_NO_EXCEPTIONS
    return grantmint::api_key::create(ACCOUNT_SID, KEY_SID, SECRET).value();
#else
    return {ACCOUNT_SID, KEY_SID, SECRET};
#endif
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// Waits until something holds, at most ten seconds.
template <class Condition>
void wait_until(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); i++) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    CHECK(condition());
}

#endif
