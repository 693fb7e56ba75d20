/**
 * @file grantmint.hpp
 * @brief grantmint for C++17 and later: classes around grantmint.h, in this header alone.
 *
 * A token for a video room, made without a request to Twilio:
 *
 * @code
 * grantmint::api_key key{"AC…", "SK…", "the API key's secret"};
 * grantmint::token_minter rooms{key, grantmint::token_minter_options{}.grant(
 *                                        grantmint::video_grant{}.room("DailyStandup"))};
 * std::string jwt = rooms.mint("alice");
 * @endcode
 *
 * A token for a live stream. All viewers of the stream share the grant in it. Twilio closed the
 * endpoint for these grants in November 2023: set a `source`, or `base_url` to the emulator.
 *
 * @code
 * grantmint::playback_minter live{
 *     grantmint::api_key::from_env(),
 *     grantmint::playback_minter_options{}.base_url("http://127.0.0.1:8900")};
 * std::string jwt = live.token("VJ…", "alice").jwt;
 * @endcode
 *
 * The parts of this file, each under a heading of this name:
 *
 *   Times                     unix_time, whole_seconds, whole_milliseconds
 *   Errors                    errc, error, result, returns
 *   Keys, clocks and grants   api_key, fleet, manual_clock, video_grant and its kin, any_grant
 *   Tokens without a request  access_token, token_minter, warning
 *   Looking into tokens       verify, verify_jwt, decode, decoded, sign
 *   Tokens of other services  jwt_minter, jwt_minter_builder, slot, claim_path, claim_value
 *   Counters and events       stats, counters, latency, event
 *   Fetching and waiting      wait_options, cache_policy, ticket, hit, playback_token, freshness
 *   Sources of grants         source, grant_request, fetched
 *   The cache of grants       grant_cache, grant_handle, begun, waiter, registration
 *   Playback tokens           playback_minter, stream_minter
 *   Credentials of other services  rest_source, credential, issued, ice_servers, ice_credentials
 *   Test helpers           testing::simulate_fork
 *
 * The namespace `detail`, and what is marked as private, is not for users.
 *
 * This file only wraps the C interface. Every rule, limit and default belongs to the library, and
 * grantmint.h describes them. Link with libgrantmint.a or libgrantmint.so.
 *
 * **Words.** A *fetch* gets one grant from a source; it is *in flight* until it has a grant or an
 * error. A *ticket* is the right and the task to run one fetch. A *waiter* is a caller that waits for
 * a fetch in flight; all waiters get the same result.
 *
 * **Errors.** A call that fails throws grantmint::error. If exceptions are off, or
 * `GRANTMINT_NO_EXCEPTIONS` is defined, it returns a grantmint::result instead. A constructor that
 * can fail is then replaced by a static `create`; with exceptions the class has both. `returns<T>`
 * below stands for `T` or for `result<T>`. One program may contain files of both kinds; their
 * objects have different types. Any call may fail with errc::null_pointer, errc::invalid_utf8 or
 * errc::panic, so the lists of errors below leave these out. A call that makes text or containers
 * throws std::bad_alloc when memory runs out.
 *
 * **Ownership.** Objects are move-only and free what they hold. An object that was moved from may
 * be assigned to or destroyed. Any other call of it fails with errc::null_pointer; a call that
 * cannot fail does nothing. Text goes in as `std::string_view`, which the library reads only during
 * the call. It must be UTF-8 unless said otherwise, and may contain zero bytes. Text comes out as
 * `std::string`, which is not wiped when it is freed, unlike the library's own memory.
 *
 * **Units.** Durations and times are those of `std::chrono`. What goes into a token or to upstream
 * is in whole seconds; a duration with a finer unit does not compile. Times to wait and times left
 * are in milliseconds. A negative time to wait counts as zero, and one that is too long to be
 * counted as the longest. Any other duration or time that makes no sense is refused.
 *
 * **Threads.** Any number of threads may call `const` members at the same time. Call other members
 * only while no other thread uses the object.
 *
 * **Callbacks** may be called on any thread: on the caller's before the call returns, on one of the
 * library's, on the one that ends a fetch, or on that of another caller that finds the fetch timed
 * out. No lock is held. They may call anything except `close` and the destructor of the object they
 * were given to, and should not block. No exception leaves them. What a source or a `fetch` throws
 * ends its fetch with an error, as described there. What another callback throws is dropped.
 *
 * **fork().** A child may go on using every object. The child does not call callbacks that wait for
 * a fetch in flight, and futures that wait for one never become ready there.
 */
#ifndef GRANTMINT_HPP
#define GRANTMINT_HPP

#if !defined(__cplusplus) || \
    (__cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L))
#error "grantmint.hpp needs C++17: compile with -std=c++17 or a later standard"
#else  // An older compiler is told that alone, and not what it makes of the rest.

#include "grantmint.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <ratio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define GRANTMINT_CAN_CATCH_ 1
#else
#define GRANTMINT_CAN_CATCH_ 0
#ifndef GRANTMINT_NO_EXCEPTIONS
#define GRANTMINT_NO_EXCEPTIONS
#endif
#endif

// An exception is caught by the identity of its type, which must be one across shared libraries.
#if defined(__GNUC__)
#define GRANTMINT_ONE_TYPE_ __attribute__((visibility("default")))
#else
#define GRANTMINT_ONE_TYPE_
#endif

// -Weffc++ asks for initialisers of members that have constructors, and for copies of what is moved.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Weffc++"
#endif

namespace grantmint {
// Files that are compiled in different ways have functions of one name that differ: not one entity.
#ifndef GRANTMINT_NO_EXCEPTIONS
inline namespace exceptions {
#elif GRANTMINT_CAN_CATCH_
inline namespace results {
#else
inline namespace no_exceptions {
#endif

// ------------------------------------------------------------------------------------------------
// Times

/// A time in whole Unix seconds.
using unix_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

namespace detail {

/// Converts a duration without overflow: what is too long, or not a number, becomes the longest.
template <class To, class Rep, class Period>
constexpr To nearest(std::chrono::duration<Rep, Period> time) noexcept {
    using factor = std::ratio_divide<Period, typename To::period>;
    constexpr long double most = 9.2e18L;  // A little less than the largest std::int64_t.
    const auto scaled =
        static_cast<long double>(time.count()) * static_cast<long double>(factor::num);
    if (!(scaled < most)) {
        return To::max();
    }
    return scaled > -most ? std::chrono::floor<To>(time) : To::min();
}

/// A duration as an argument.
template <class Unit>
class whole {
   public:
    template <
        class Rep, class Period,
        class = std::enable_if_t<std::is_convertible_v<std::chrono::duration<Rep, Period>, Unit>>>
    constexpr whole(std::chrono::duration<Rep, Period> time) noexcept
        : time_(nearest<Unit>(time)) {}

    constexpr operator Unit() const noexcept { return time_; }

   private:
    Unit time_;
};

}  // namespace detail

/// An argument in seconds: any duration that is a whole number of them, such as `4h`. A duration
/// that is too long to be counted becomes the longest possible one.
using whole_seconds = detail::whole<std::chrono::seconds>;

/// An argument in milliseconds: any duration that is a whole number of them, such as `5s`. A
/// duration that is too long to be counted, such as `std::chrono::hours::max()`, becomes the
/// longest possible one.
using whole_milliseconds = detail::whole<std::chrono::milliseconds>;

// ------------------------------------------------------------------------------------------------
// Errors

/// What went wrong: the statuses of grantmint.h. Numbers never change their meaning. A newer
/// library may return numbers that have no name here.
enum class errc : std::int32_t {
    /// An argument is out of its documented range.
    invalid_argument = GRANTMINT_ERR_INVALID_ARGUMENT,
    /// A SID does not have its prefix and 32 hexadecimal digits.
    invalid_sid = GRANTMINT_ERR_INVALID_SID,
    /// Credentials are missing, empty or swapped.
    invalid_credentials = GRANTMINT_ERR_INVALID_CREDENTIALS,
    /// The identity is empty or too long.
    invalid_identity = GRANTMINT_ERR_INVALID_IDENTITY,
    /// A time to live is out of its range.
    invalid_ttl = GRANTMINT_ERR_INVALID_TTL,
    /// A grant is malformed, too large or given twice.
    invalid_grant = GRANTMINT_ERR_INVALID_GRANT,
    /// The allowed origin is not a full origin.
    invalid_origin = GRANTMINT_ERR_INVALID_ORIGIN,
    /// A URL is malformed or not allowed.
    invalid_url = GRANTMINT_ERR_INVALID_URL,
    /// A count or size is over its documented limit.
    limit_exceeded = GRANTMINT_ERR_LIMIT_EXCEEDED,
    /// The token is not a well-formed JSON Web Token.
    token_malformed = GRANTMINT_ERR_TOKEN_MALFORMED,
    /// The token is signed with an algorithm that is not allowed.
    token_algorithm = GRANTMINT_ERR_TOKEN_ALGORITHM,
    /// The signature does not match.
    token_signature = GRANTMINT_ERR_TOKEN_SIGNATURE,
    /// The token has expired.
    token_expired = GRANTMINT_ERR_TOKEN_EXPIRED,
    /// The token is not valid yet.
    token_not_yet_valid = GRANTMINT_ERR_TOKEN_NOT_YET_VALID,
    /// The token was issued by another key or for another account.
    token_issuer = GRANTMINT_ERR_TOKEN_ISSUER,
    /// A claim is missing or of the wrong type.
    token_claims = GRANTMINT_ERR_TOKEN_CLAIMS,
    /// Upstream refused the request (400).
    upstream_bad_request = GRANTMINT_ERR_UPSTREAM_BAD_REQUEST,
    /// Upstream refused the credentials (401).
    upstream_unauthorized = GRANTMINT_ERR_UPSTREAM_UNAUTHORIZED,
    /// The key may not do this (403).
    upstream_forbidden = GRANTMINT_ERR_UPSTREAM_FORBIDDEN,
    /// Upstream does not know the streamer (404).
    upstream_not_found = GRANTMINT_ERR_UPSTREAM_NOT_FOUND,
    /// Upstream throttled the account (429), or the cool-down after that is not over.
    throttled = GRANTMINT_ERR_THROTTLED,
    /// Upstream failed (5xx).
    upstream_unavailable = GRANTMINT_ERR_UPSTREAM_UNAVAILABLE,
    /// Upstream did not answer in time.
    upstream_timeout = GRANTMINT_ERR_UPSTREAM_TIMEOUT,
    /// No connection to upstream, or it broke.
    upstream_connect = GRANTMINT_ERR_UPSTREAM_CONNECT,
    /// The TLS connection to upstream cannot be trusted.
    upstream_tls = GRANTMINT_ERR_UPSTREAM_TLS,
    /// Upstream answered with an unexpected status, such as a redirect.
    upstream_status = GRANTMINT_ERR_UPSTREAM_STATUS,
    /// The answer of upstream is not JSON.
    upstream_not_json = GRANTMINT_ERR_UPSTREAM_NOT_JSON,
    /// The answer of upstream holds no grant object.
    upstream_no_grant = GRANTMINT_ERR_UPSTREAM_NO_GRANT,
    /// The answer of upstream is over the size limit.
    upstream_too_large = GRANTMINT_ERR_UPSTREAM_TOO_LARGE,
    /// The new grant has less time left than was asked for.
    grant_too_short = GRANTMINT_ERR_GRANT_TOO_SHORT,
    /// The source that the program supplied failed.
    source_failed = GRANTMINT_ERR_SOURCE_FAILED,
    /// The proxy refused to connect to upstream.
    proxy_refused = GRANTMINT_ERR_PROXY_REFUSED,
    /// The answer of upstream does not say how long its credential is valid, or no time that there can be.
    upstream_bad_lifetime = GRANTMINT_ERR_UPSTREAM_BAD_LIFETIME,
    /// No grant came before the caller's timeout.
    deadline_exceeded = GRANTMINT_ERR_DEADLINE_EXCEEDED,
    /// The caller cancelled the call.
    cancelled = GRANTMINT_ERR_CANCELLED,
    /// The fetch ended without a result, for example because its ticket was dropped.
    abandoned = GRANTMINT_ERR_ABANDONED,
    /// The account's rate limit is reached, or the cache has no space for another key.
    overloaded = GRANTMINT_ERR_OVERLOADED,
    /// The object has been closed.
    closed = GRANTMINT_ERR_CLOSED,
    /// Not supported here.
    unsupported = GRANTMINT_ERR_UNSUPPORTED,
    /// A fault inside grantmint was caught before it reached the caller's language.
    panic = GRANTMINT_ERR_PANIC,
    /// A pointer that must not be null is null.
    null_pointer = GRANTMINT_ERR_NULL_POINTER,
    /// Text is not valid UTF-8.
    invalid_utf8 = GRANTMINT_ERR_INVALID_UTF8,
    /// The caller's buffer is too small.
    buffer_too_small = GRANTMINT_ERR_BUFFER_TOO_SMALL,
    /// A struct is of a size that this version does not know.
    struct_size = GRANTMINT_ERR_STRUCT_SIZE,
};

namespace detail {

inline grantmint_str_t str(std::string_view text) noexcept { return {text.data(), text.size()}; }

inline std::string_view view(grantmint_str_t text) noexcept {
    return text.data == nullptr ? std::string_view{} : std::string_view{text.data, text.len};
}

inline std::string string(grantmint_str_t text) { return std::string{view(text)}; }

inline std::optional<std::string> optional_string(grantmint_str_t text) {
    if (text.data == nullptr) {
        return std::nullopt;
    }
    return string(text);
}

/// A text that is overwritten when it is destroyed.
class secret_text {
   public:
    explicit secret_text(std::string_view text) : text_(text) {}
    secret_text(const secret_text&) = default;
    secret_text(secret_text&&) = default;
    secret_text& operator=(const secret_text&) = default;
    secret_text& operator=(secret_text&&) = default;
    ~secret_text() {
        text_.resize(text_.capacity());
        for (volatile char& each : text_) {
            each = 0;
        }
    }

    [[nodiscard]] grantmint_str_t capi() const noexcept { return str(text_); }

   private:
    std::string text_;
};

}  // namespace detail

/// The stable name of a code, such as `invalid_sid`: it is the same in all languages. Static; empty
/// for an unknown number.
[[nodiscard]] inline std::string_view name(errc code) noexcept {
    return detail::view(grantmint_status_code(static_cast<std::int32_t>(code)));
}

/// What a code means, in one line. Static; empty for an unknown number.
[[nodiscard]] inline std::string_view meaning(errc code) noexcept {
    return detail::view(grantmint_status_meaning(static_cast<std::int32_t>(code)));
}

/// Where the documentation explains a code: a path in the project, with an anchor. Static; empty for an
/// unknown number.
[[nodiscard]] inline std::string_view doc_url(errc code) noexcept {
    return detail::view(grantmint_status_doc_url(static_cast<std::int32_t>(code)));
}

/// Whether the same call may succeed later without any change to its arguments.
[[nodiscard]] inline bool retryable(errc code) noexcept {
    return grantmint_status_is_retryable(static_cast<std::int32_t>(code));
}

/// What went wrong; its members are below.
class GRANTMINT_ONE_TYPE_ error;

namespace detail {
inline error take_error(grantmint_status_t status, grantmint_error_t* raw);
inline error about(errc code, const std::string& argument, const std::string& what);
}  // namespace detail

/// What went wrong. Its text is for people. It contains no secret, token, grant or identity, so it
/// can be logged. An error may be copied and passed to another thread.
class GRANTMINT_ONE_TYPE_ error : public std::runtime_error {
   public:
    /// An error for your own source to throw. `message` must not contain a secret, token, grant or
    /// identity. errc::throttled pauses the requests of the whole account for `retry_after`.
    explicit error(errc code, const std::string& message,
                   std::optional<whole_milliseconds> retry_after = std::nullopt)
        : std::runtime_error(message), code_(code), retry_after_(retry_after) {}

    /// As above. The message is the meaning of the code.
    explicit error(errc code, std::optional<whole_milliseconds> retry_after = std::nullopt)
        : error(code, std::string{meaning(code)}, retry_after) {}

    /// The code, for programs.
    [[nodiscard]] errc code() const noexcept { return code_; }

    /// The stable name of the code, such as `throttled`. Static.
    [[nodiscard]] std::string_view name() const noexcept { return grantmint::name(code_); }

    /// The argument at fault, with which the text then begins, such as `grant_ttl` or `identities[2]`.
    /// Empty if the error is not about an argument. Valid as long as this error.
    [[nodiscard]] std::string_view argument() const noexcept { return {what(), argument_}; }

    /// Where the documentation explains the code. Static.
    [[nodiscard]] std::string_view doc_url() const noexcept { return grantmint::doc_url(code_); }

    /// How long to wait before the next try. Always set for throttled and overloaded.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return retry_after_;
    }

    /// Whether the same call may succeed later without any change to its arguments.
    [[nodiscard]] bool retryable() const noexcept { return grantmint::retryable(code_); }

   private:
    friend error detail::take_error(grantmint_status_t, grantmint_error_t*);
    friend error detail::about(errc, const std::string&, const std::string&);

    errc code_;
    std::optional<std::chrono::milliseconds> retry_after_;
    /// The number of bytes of the argument's name.
    std::size_t argument_ = 0;
};

namespace detail {

/// What an optional holds. If that is nothing, the program ends.
template <class Optional>
[[nodiscard]] decltype(auto) held(Optional&& optional) noexcept {
    if (!optional.has_value()) {
        std::terminate();
    }
    return *std::forward<Optional>(optional);
}

}  // namespace detail

/// A value, or the error in its place.
template <class T>
class [[nodiscard]] result {
   public:
    /// A value.
    result(T value) : value_(std::in_place, std::move(value)) {}
    /// An error.
    result(grantmint::error error) : error_(std::in_place, std::move(error)) {}

    /// Whether there is a value.
    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value. If there is none, this throws the error. Where calls return results, it ends the
    /// program instead.
    [[nodiscard]] T& value() & { return checked(), *value_; }
    [[nodiscard]] const T& value() const& { return checked(), *value_; }
    [[nodiscard]] T&& value() && { return checked(), std::move(*value_); }

    /// The value, or `other` if there is none.
    template <class U>
    [[nodiscard]] T value_or(U&& other) && {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(other));
    }

    /// The value. Without one, this ends the program.
    [[nodiscard]] T& operator*() & noexcept { return detail::held(value_); }
    [[nodiscard]] const T& operator*() const& noexcept { return detail::held(value_); }
    [[nodiscard]] T&& operator*() && noexcept { return detail::held(std::move(value_)); }
    [[nodiscard]] T* operator->() noexcept { return &detail::held(value_); }
    [[nodiscard]] const T* operator->() const noexcept { return &detail::held(value_); }

    /// The error; without one, the program ends.
    [[nodiscard]] const grantmint::error& error() const& noexcept { return detail::held(error_); }
    [[nodiscard]] grantmint::error&& error() && noexcept { return detail::held(std::move(error_)); }

   private:
    void checked() const {
        if (!has_value()) {
#ifdef GRANTMINT_NO_EXCEPTIONS
            std::abort();
#else
            throw *error_;
#endif
        }
    }

    // One of the two: a variant takes longer to compile and is more code.
    std::optional<T> value_;
    std::optional<grantmint::error> error_;
};

/// Nothing, or the error in its place.
template <>
class [[nodiscard]] result<void> {
   public:
    /// A success.
    result() = default;
    /// An error.
    result(grantmint::error error) : error_(std::in_place, std::move(error)) {}

    /// Whether the call succeeded.
    [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// If the call failed, throws the error. Where calls return results, it ends the program
    /// instead.
    void value() const {
        if (error_) {
#ifdef GRANTMINT_NO_EXCEPTIONS
            std::abort();
#else
            throw *error_;
#endif
        }
    }

    /// The error; without one, the program ends.
    [[nodiscard]] const grantmint::error& error() const& noexcept { return detail::held(error_); }
    [[nodiscard]] grantmint::error&& error() && noexcept { return detail::held(std::move(error_)); }

   private:
    std::optional<grantmint::error> error_;
};

#ifdef GRANTMINT_NO_EXCEPTIONS
/// The return type of a call that can fail: in this mode a result.
template <class T>
using returns = result<T>;
#else
/// The return type of a call that can fail: in this mode the value itself, since errors are thrown.
template <class T>
using returns = T;
#endif

class api_key;
class playback_minter;
class stream_minter;
class grant_cache;

namespace detail {

template <auto Free>
struct deleter {
    template <class Raw>
    void operator()(Raw* raw) const noexcept {
        Free(raw);
    }
};

template <class Raw, auto Free>
using owned = std::unique_ptr<Raw, deleter<Free>>;

using owned_string = owned<grantmint_string_t, grantmint_string_free>;
using owned_grant = owned<grantmint_grant_t, grantmint_grant_free>;

/// Hands a result to the user: as it is, or as a value or an exception.
#ifdef GRANTMINT_NO_EXCEPTIONS
template <class T>
result<T> give(result<T>&& given) {
    return std::move(given);
}
#else
template <class T>
T give(result<T>&& given) {
    if (!given) {
        throw std::move(given).error();
    }
    return *std::move(given);
}

inline void give(result<void>&& given) {
    if (!given) {
        throw std::move(given).error();
    }
}
#endif

/// A time to wait of which 0 says that nothing is known.
inline std::optional<std::chrono::milliseconds> known_ms(std::uint32_t ms) noexcept {
    if (ms == 0) {
        return std::nullopt;
    }
    return std::chrono::milliseconds{ms};
}

/// Takes an error over from C.
inline error take_error(grantmint_status_t status, grantmint_error_t* raw) {
    const owned<grantmint_error_t, grantmint_error_free> error{raw};
    const auto code = static_cast<errc>(status);
    if (raw == nullptr) {
        return grantmint::error{code};
    }
    grantmint::error taken{code, string(grantmint_error_message(raw)),
                           known_ms(grantmint_error_retry_after_ms(raw))};
    taken.argument_ = grantmint_error_argument(raw).len;
    return taken;
}

/// The error for an argument that is refused here, before C sees it.
inline error about(errc code, const std::string& argument, const std::string& what) {
    error made{code, argument + " " + what};
    made.argument_ = argument.size();
    return made;
}

/// The error for an argument whose object has been moved away.
inline error moved_away(const std::string& argument) {
    return about(errc::null_pointer, argument, "has been moved away: give the object it went to");
}

/// Calls a function of C that takes an error last.
template <class Call>
result<void> run(Call&& call) {
    grantmint_error_t* error = nullptr;
    const grantmint_status_t status = call(&error);
    if (status == GRANTMINT_OK) {
        return {};
    }
    return take_error(status, error);
}

/// Calls a function of C that makes an object, and takes that over.
template <class Owned, class Call>
result<Owned> make(Call&& call) {
    typename Owned::pointer out = nullptr;
    auto done = run([&](grantmint_error_t** error) { return call(&out, error); });
    if (!done) {
        return std::move(done).error();
    }
    return Owned{out};
}

/// Calls a function of C that makes a text.
template <class Call>
result<std::string> make_string(Call&& call) {
    auto made = make<owned_string>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    return string(grantmint_string_get(made->get()));
}

/// As make_string, for a text that may not be there.
template <class Call>
result<std::optional<std::string>> make_optional_string(Call&& call) {
    auto made = make<owned_string>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    if (*made == nullptr) {
        return std::optional<std::string>{};
    }
    return std::optional<std::string>{string(grantmint_string_get(made->get()))};
}

/// Calls a function of C that makes several texts.
template <class Call>
result<std::vector<std::string>> make_strings(Call&& call) {
    using owned = detail::owned<grantmint_strings_t, grantmint_strings_free>;
    auto made = make<owned>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    std::vector<std::string> texts(grantmint_strings_len(made->get()));
    for (std::size_t i = 0; i < texts.size(); i++) {
        texts[i] = string(grantmint_strings_get(made->get(), i));
    }
    return texts;
}

/// Calls a function of C that fills an array.
template <class Item, class Call>
result<std::vector<Item>> make_list(Call&& call) {
    std::vector<Item> items(8);
    for (;;) {
        std::size_t len = 0;
        auto done = run([&](grantmint_error_t** error) {
            return call(items.data(), items.size(), &len, error);
        });
        if (done || done.error().code() != errc::buffer_too_small) {
            items.resize(done ? len : 0);
            return done ? result<std::vector<Item>>{std::move(items)} : std::move(done).error();
        }
        items.resize(len);
    }
}

/// Calls a function of C that answers with yes or no.
template <class Call>
result<bool> make_bool(Call&& call) {
    bool yes = false;
    auto done = run([&](grantmint_error_t** error) { return call(&yes, error); });
    if (!done) {
        return std::move(done).error();
    }
    return yes;
}

/// Makes objects of classes whose constructors are not for users.
struct access {
    template <class Object, class Raw>
    static Object adopt(Raw* raw) {
        return Object{raw};
    }
};

/// Calls a function of C that makes an object of a class.
template <class Object, class Call>
result<Object> construct(Call&& call) {
    typename Object::raw_type* out = nullptr;
    auto done = run([&](grantmint_error_t** error) { return call(&out, error); });
    if (!done) {
        return std::move(done).error();
    }
    return access::adopt<Object>(out);
}

/// What all classes that own an object of C share.
template <class Raw, auto Free>
class object {
   public:
    using raw_type = Raw;

    /// The object of C, for calls of grantmint.h; it stays the owner.
    [[nodiscard]] const Raw* capi() const noexcept { return raw_.get(); }

   protected:
    explicit object(Raw* raw) noexcept : raw_(raw) {}

    owned<Raw, Free> raw_;
};

/// A number of seconds; one that C refuses if there are fewer than none or too many.
template <class Number>
Number seconds_or_refused(std::chrono::seconds time) noexcept {
    constexpr auto refused = std::numeric_limits<Number>::max();
    const auto count = time.count();
    const bool fits = count >= 0 && static_cast<std::uint64_t>(count) <= refused;
    return fits ? static_cast<Number>(count) : refused;
}

/// As seconds_or_refused, where C would take a zero for its default.
template <class Number>
Number refused_if_zero(std::chrono::seconds time) noexcept {
    const Number seconds = seconds_or_refused<Number>(time);
    return seconds == 0 ? std::numeric_limits<Number>::max() : seconds;
}

/// A limit that is set. C takes a zero for its default, but refuses a negative one, and the largest.
inline double set_limit(double rate) noexcept { return rate == 0 ? -0.0 : rate; }

inline std::uint32_t set_limit(std::uint32_t count) noexcept {
    return count == 0 ? std::numeric_limits<std::uint32_t>::max() : count;
}

/// A time in milliseconds, as far as C has room for it.
inline std::uint32_t span_ms(std::chrono::milliseconds time) noexcept {
    constexpr std::int64_t most = GRANTMINT_ZERO_MS - 1;
    const std::int64_t count = time.count();
    return static_cast<std::uint32_t>(count < 0 ? 0 : count > most ? most : count);
}

/// As span_ms, where C takes a zero for its default.
inline std::uint32_t set_ms(std::chrono::milliseconds time) noexcept {
    const std::uint32_t ms = span_ms(time);
    return ms == 0 ? GRANTMINT_ZERO_MS : ms;
}

inline std::uint32_t optional_ms(const std::optional<whole_milliseconds>& time) noexcept {
    return time ? set_ms(*time) : 0;
}

inline std::uint64_t wide_ms(std::chrono::milliseconds time) noexcept {
    return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
}

/// The second that a time lies in; for a time before 1970 one that C refuses.
template <class Duration>
std::uint64_t unix_seconds(
    std::chrono::time_point<std::chrono::system_clock, Duration> time) noexcept {
    return seconds_or_refused<std::uint64_t>(
        nearest<std::chrono::seconds>(time.time_since_epoch()));
}

/// As unix_seconds, where C would take a zero for its default.
template <class Duration>
std::uint64_t set_unix_seconds(
    std::chrono::time_point<std::chrono::system_clock, Duration> time) noexcept {
    return refused_if_zero<std::uint64_t>(nearest<std::chrono::seconds>(time.time_since_epoch()));
}

/// The longest time that a unit and a clock's ticks both have room for. Ticks are a nanosecond, 100
/// or 1,000 of them, as the standard library has it: the most of them does not fit into a finer unit.
template <class Unit, class Ticks>
constexpr Unit longest() noexcept {
    if constexpr (std::ratio_less_equal_v<typename Ticks::period, typename Unit::period>) {
        return std::chrono::floor<Unit>(Ticks::max());
    } else {
        return Unit::max();
    }
}

/// A time that C gave, as far as the clock of `std::chrono` reaches, so that it can be compared
/// with others.
template <class Unit>
std::chrono::time_point<std::chrono::system_clock, Unit> from_unix(std::uint64_t count) noexcept {
    using std::chrono::system_clock;
    constexpr auto most =
        static_cast<std::uint64_t>(longest<Unit, system_clock::duration>().count());
    const auto shown = static_cast<typename Unit::rep>(count < most ? count : most);
    return std::chrono::time_point<system_clock, Unit>{Unit{shown}};
}

/// What an option refers to: nothing, or an object, of which there is none left if it was moved
/// from.
template <class Raw>
class reference {
   public:
    void set(const Raw* raw) noexcept {
        raw_ = raw;
        moved_from_ = raw == nullptr;
    }

    [[nodiscard]] const Raw* get() const noexcept { return raw_; }
    [[nodiscard]] bool moved_from() const noexcept { return moved_from_; }

   private:
    const Raw* raw_ = nullptr;
    bool moved_from_ = false;
};

inline std::int32_t on_or_off(const std::optional<bool>& setting) noexcept {
    return !setting ? GRANTMINT_DEFAULT : *setting ? GRANTMINT_ON : GRANTMINT_OFF;
}

/// Runs what may throw, and drops what it throws.
template <class Body>
void swallow(Body&& body) noexcept {
#if GRANTMINT_CAN_CATCH_
    try {
        body();
    } catch (...) {
        return;
    }
#else
    body();
#endif
}

}  // namespace detail

/// The version of the library that the program runs with, such as `0.1.0`; that of this header is
/// `GRANTMINT_VERSION`. Static.
[[nodiscard]] inline std::string_view version() noexcept {
    return detail::view(grantmint_version());
}

/// The same as a number, as `GRANTMINT_VERSION_NUMBER`.
[[nodiscard]] inline std::uint32_t version_number() noexcept { return grantmint_version_number(); }

/// Wipes everything that is kept for minters to come and that nobody uses now: caches with their
/// grants and cached errors, the cool-downs and rate limits of accounts, idle connections.
///
/// A cache that minters share is kept after its last minter until its last grant and cached error have
/// ended, at most 62 s. So a minter for each request does not cost a request to Twilio each time.
/// Minters that exist, and what they use, are not touched.
inline void forget() noexcept { grantmint_forget(); }

// ------------------------------------------------------------------------------------------------
// Keys, clocks and grants

/// A validated API key. Minters keep what they need of it, so it may be destroyed as soon as they
/// are made. The secret is never shown. It is wiped from memory when its last user is destroyed.
class api_key : public detail::object<grantmint_api_key_t, grantmint_api_key_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A key from the account's SID (`AC…`), the key's SID (`SK…`) and its secret.
    ///
    /// @throws error invalid_sid; invalid_credentials for swapped SIDs or an empty secret.
    api_key(std::string_view account_sid, std::string_view key_sid, std::string_view secret)
        : api_key(create(account_sid, key_sid, secret)) {}
#endif

    /// As the constructor.
    static returns<api_key> create(std::string_view account_sid, std::string_view key_sid,
                                   std::string_view secret) {
        return detail::give(detail::construct<api_key>([&](auto** out, auto** error) {
            return grantmint_api_key_new(detail::str(account_sid), detail::str(key_sid),
                                         detail::str(secret), out, error);
        }));
    }

    /// A key from the environment variables `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY` and
    /// `TWILIO_API_SECRET`. Do not call it while another thread changes the environment.
    ///
    /// @throws error invalid_credentials names a variable that is missing.
    static returns<api_key> from_env() {
        return detail::give(detail::construct<api_key>(
            [](auto** out, auto** error) { return grantmint_api_key_from_env(out, error); }));
    }

    /// The same key for another region of Twilio, such as `ie1`. Every token then names the region.
    ///
    /// @throws error invalid_argument if `region` cannot be the name of a region.
    [[nodiscard]] returns<api_key> with_region(std::string_view region) const {
        return detail::give(detail::construct<api_key>([&](auto** out, auto** error) {
            return grantmint_api_key_with_region(capi(), detail::str(region), out, error);
        }));
    }

    /// The SID of the account, `AC…`.
    [[nodiscard]] std::string account_sid() const {
        return detail::string(grantmint_api_key_account_sid(capi()));
    }

    /// The SID of the key, `SK…`.
    [[nodiscard]] std::string key_sid() const {
        return detail::string(grantmint_api_key_key_sid(capi()));
    }

    /// The region that tokens name, if any.
    [[nodiscard]] std::optional<std::string> region() const {
        return detail::optional_string(grantmint_api_key_region(capi()));
    }

   private:
    friend detail::access;
    using object::object;
};

/// Options of a fleet that shares through a server. Each has a default.
class redis_fleet_options {
   public:
    /// Whether the processes of each machine share through a folder first, so that one of them talks to
    /// the server for all. On by default.
    redis_fleet_options& host(bool host) {
        host_ = host;
        return *this;
    }

    /// The folder through which the processes of each machine share first, in place of the one that
    /// fleet::host finds. Not with host(false).
    redis_fleet_options& host_path(std::string_view path) {
        host_path_ = path;
        return *this;
    }

    /// What the names of all keys begin with after `grantmint`: up to 64 letters, digits, dots, dashes
    /// and underscores. Processes share only with those of the same prefix.
    redis_fleet_options& prefix(std::string_view prefix) {
        prefix_ = prefix;
        return *this;
    }

    /// As fleet::with_secret; none by default.
    redis_fleet_options& secret(std::string_view secret) {
        secret_.emplace(secret);
        return *this;
    }

    /// The path of a PEM file with the certificate authorities to trust instead of the built-in
    /// ones. It is read when a minter or cache is made.
    redis_fleet_options& ca_file(std::string_view path) {
        ca_file_ = path;
        return *this;
    }

    /// How long an answer of the server is waited for: 10 ms to 2 s, 250 ms by default.
    redis_fleet_options& timeout(whole_milliseconds time) {
        timeout_ms_ = detail::set_ms(time);
        return *this;
    }

    /// Whether `redis://` may name another machine. Who listens on the way learns the password, when
    /// grants end and how often they are fetched, and no grant.
    redis_fleet_options& insecure(bool insecure) {
        insecure_ = insecure;
        return *this;
    }

   private:
    friend class fleet;
    std::optional<bool> host_, insecure_;
    std::optional<std::string> host_path_, ca_file_;
    std::optional<detail::secret_text> secret_;
    std::string prefix_;
    std::uint32_t timeout_ms_ = 0;
};

/// The processes that share grants, each in front of its own cache: those of one user on one machine,
/// by a private folder with files and locks, or those of many machines, by a server of Redis or Valkey.
/// Of all of them one fetches each grant, and the others take over what it brings; after a 429 all of
/// them wait. Grants lie there sealed, with a key made from the secret of the API key or of the fleet. A
/// folder or server that cannot be used is no error of a call: each process then fetches for itself, and
/// stats::fleet_trouble says why. Linux only so far. Minters and caches keep what they need of it, so it
/// may be destroyed as soon as they are made.
class fleet : public detail::object<grantmint_fleet_t, grantmint_fleet_free> {
   public:
    /// The processes of this user on this machine. They share by a folder that is found by itself:
    /// `grantmint` in `$XDG_RUNTIME_DIR`, else `/dev/shm/grantmint-` and the number of the user, else
    /// the same in the folder for temporary files.
    static returns<fleet> host() { return of_host({nullptr, 0}); }

    /// The processes that name this folder, which is made if it is not there: containers that share
    /// it, for example. It has to lie on a local file system and to belong to this user alone.
    ///
    /// @throws error invalid_argument for a path that is empty, relative or over 4,000 bytes.
    static returns<fleet> host(std::string_view path) {
        // C takes a null pointer for no path.
        return of_host(path.data() == nullptr ? grantmint_str_t{"", 0} : detail::str(path));
    }

    /// The processes of any number of machines that name this server: Redis 6 or later, or Valkey.
    /// `url`: `rediss://user:password@host:port`; `redis://` for this machine, or with
    /// redis_fleet_options::insecure; `redis+unix:///path` for a socket of this machine;
    /// `redis+cluster://host1,host2` and `rediss+cluster://` for servers of a cluster. In user and
    /// password a `%` and two hexadecimal digits stand for a byte. The server is connected to when it is
    /// first needed; while it is away, each machine goes on by itself.
    ///
    /// @throws error invalid_url; invalid_argument for the options; unsupported where there are none.
    static returns<fleet> redis(std::string_view url, const redis_fleet_options& options = {}) {
        if (options.ca_file_ && options.ca_file_->empty()) {
            return detail::give(result<fleet>{detail::about(
                errc::invalid_argument, "ca_file", "is empty: leave it out for the default")});
        }
        grantmint_redis_fleet_options_t raw = GRANTMINT_REDIS_FLEET_OPTIONS_INIT;
        raw.host_path = of_optional(options.host_path_);
        raw.prefix = detail::str(options.prefix_);
        raw.secret = options.secret_ ? options.secret_->capi() : grantmint_str_t{nullptr, 0};
        raw.ca_file = of_optional(options.ca_file_);
        raw.timeout_ms = options.timeout_ms_;
        raw.host = detail::on_or_off(options.host_);
        raw.insecure = detail::on_or_off(options.insecure_);
        return detail::give(detail::construct<fleet>([&](auto** out, auto** error) {
            return grantmint_fleet_redis(detail::str(url), &raw, out, error);
        }));
    }

    /// A fleet as a text says it, for settings: `host`, `host:` and the path of a folder, or the URL of
    /// a server as `redis` takes it.
    ///
    /// @throws error invalid_url for another text; else as `host` and `redis`.
    static returns<fleet> parse(std::string_view text) {
        return detail::give(detail::construct<fleet>([&](auto** out, auto** error) {
            return grantmint_fleet_parse(detail::str(text), out, error);
        }));
    }

    /// The same fleet with what it shares sealed by this secret in place of the API key's: 32 to 1,024
    /// random bytes that all its processes have. Then all keys of the account share grants. A
    /// grant_cache, which has no API key, needs one.
    ///
    /// @throws error invalid_argument for another length.
    [[nodiscard]] returns<fleet> with_secret(std::string_view secret) const {
        return detail::give(detail::construct<fleet>([&](auto** out, auto** error) {
            return grantmint_fleet_with_secret(capi(), detail::str(secret), out, error);
        }));
    }

   private:
    friend detail::access;
    using object::object;

    // C takes a null pointer for what is not set.
    static grantmint_str_t of_optional(const std::optional<std::string>& text) noexcept {
        return text ? detail::str(*text) : grantmint_str_t{nullptr, 0};
    }

    static returns<fleet> of_host(grantmint_str_t path) {
        return detail::give(detail::construct<fleet>([&](auto** out, auto** error) {
            return grantmint_fleet_host(path, out, error);
        }));
    }
};

/// A clock that moves only when told to, for tests. Minters and caches that are made with it share
/// its time and keep it alive. They share nothing else.
class manual_clock : public detail::object<grantmint_manual_clock_t, grantmint_manual_clock_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A clock that stands still at `now`.
    ///
    /// @throws error invalid_argument for a time before 1970.
    explicit manual_clock(std::chrono::system_clock::time_point now) : manual_clock(create(now)) {}
#endif

    /// As the constructor.
    static returns<manual_clock> create(std::chrono::system_clock::time_point now) {
        using std::chrono::milliseconds;
        const auto since = std::chrono::floor<milliseconds>(now).time_since_epoch();
        if (since < milliseconds::zero()) {
            return detail::give(result<manual_clock>{
                detail::about(errc::invalid_argument, "now", "must be 1970 or later")});
        }
        return detail::give(detail::construct<manual_clock>([&](auto** out, auto** error) {
            return grantmint_manual_clock_new(detail::wide_ms(since), out, error);
        }));
    }

    /// Lets time pass.
    void advance(whole_milliseconds time) const noexcept {
        grantmint_manual_clock_advance(capi(), detail::wide_ms(time));
    }

    /// Simulates that the machine sleeps for a time and wakes up.
    void suspend(whole_milliseconds time) const noexcept {
        grantmint_manual_clock_suspend(capi(), detail::wide_ms(time));
    }

    /// Steps the wall clock alone, forward or back.
    void jump_wall(whole_milliseconds time) const noexcept {
        grantmint_manual_clock_jump_wall(capi(), std::chrono::milliseconds{time}.count());
    }

    /// The time that the clock shows.
    [[nodiscard]] std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>
    now() const noexcept {
        return detail::from_unix<std::chrono::milliseconds>(grantmint_manual_clock_unix_ms(capi()));
    }

   private:
    friend detail::access;
    using object::object;
};

namespace detail {

/// What all grants have.
template <class Grant>
class grant_value {
   public:
    /// The name of the grant in a token.
    [[nodiscard]] returns<std::string> key() const {
        auto built = static_cast<const Grant&>(*this).build();
        if (!built) {
            return give(result<std::string>{std::move(built).error()});
        }
        return give(result<std::string>{string(grantmint_grant_key(built->get()))});
    }

    /// The JSON of the grant in a token.
    ///
    /// @throws error invalid_sid names a malformed SID; invalid_grant.
    [[nodiscard]] returns<std::string> to_json() const {
        auto built = static_cast<const Grant&>(*this).build();
        if (!built) {
            return give(result<std::string>{std::move(built).error()});
        }
        return give(make_string([&](auto** out, auto** error) {
            return grantmint_grant_to_json(built->get(), out, error);
        }));
    }

   protected:
    grant_value() = default;
};

}  // namespace detail

/// Allows its user to join rooms of Programmable Video. In this and all other grants, what is not
/// set, or set to an empty text, is left out of the token.
class video_grant : public detail::grant_value<video_grant> {
   public:
    /// The one room that the user may join, by its unique name or SID. If not set, every room.
    video_grant& room(std::string_view name) {
        room_ = name;
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        grantmint_video_grant_t fields = GRANTMINT_VIDEO_GRANT_INIT;
        fields.room = detail::str(room_);
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_video(&fields, out, error);
        });
    }

   private:
    std::string room_;
};

/// Allows its user to make and take calls (Programmable Voice).
class voice_grant : public detail::grant_value<voice_grant> {
   public:
    /// The TwiML application that outgoing calls go through, `AP…`.
    voice_grant& outgoing_application_sid(std::string_view sid) {
        outgoing_application_sid_ = sid;
        return *this;
    }

    /// What the application is told with each outgoing call: JSON.
    voice_grant& outgoing_application_params(std::string_view json) {
        outgoing_application_params_ = json;
        return *this;
    }

    /// The push credential that announces calls, `CR…`.
    voice_grant& push_credential_sid(std::string_view sid) {
        push_credential_sid_ = sid;
        return *this;
    }

    /// A name for the device.
    voice_grant& endpoint_id(std::string_view id) {
        endpoint_id_ = id;
        return *this;
    }

    /// Whether the user may take calls.
    voice_grant& incoming_allow(bool allow) {
        incoming_allow_ = allow;
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        grantmint_voice_grant_t fields = GRANTMINT_VOICE_GRANT_INIT;
        fields.outgoing_application_sid = detail::str(outgoing_application_sid_);
        fields.outgoing_application_params = detail::str(outgoing_application_params_);
        fields.push_credential_sid = detail::str(push_credential_sid_);
        fields.endpoint_id = detail::str(endpoint_id_);
        fields.incoming_allow = detail::on_or_off(incoming_allow_);
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_voice(&fields, out, error);
        });
    }

   private:
    std::string outgoing_application_sid_, outgoing_application_params_, push_credential_sid_,
        endpoint_id_;
    std::optional<bool> incoming_allow_;
};

namespace detail {

template <class Grant, auto New>
class chat_value : public grant_value<Grant> {
   public:
    /// The service, `IS…`.
    Grant& service_sid(std::string_view sid) {
        service_sid_ = sid;
        return self();
    }

    /// A name for the device and user.
    Grant& endpoint_id(std::string_view id) {
        endpoint_id_ = id;
        return self();
    }

    /// The role in the deployment, `RL…`.
    Grant& deployment_role_sid(std::string_view sid) {
        deployment_role_sid_ = sid;
        return self();
    }

    /// The push credential for notifications, `CR…`.
    Grant& push_credential_sid(std::string_view sid) {
        push_credential_sid_ = sid;
        return self();
    }

    /// @private
    [[nodiscard]] result<owned_grant> build() const {
        grantmint_chat_grant_t fields = GRANTMINT_CHAT_GRANT_INIT;
        fields.service_sid = str(service_sid_);
        fields.endpoint_id = str(endpoint_id_);
        fields.deployment_role_sid = str(deployment_role_sid_);
        fields.push_credential_sid = str(push_credential_sid_);
        return make<owned_grant>(
            [&](auto** out, auto** error) { return New(&fields, out, error); });
    }

   private:
    Grant& self() noexcept { return static_cast<Grant&>(*this); }

    std::string service_sid_, endpoint_id_, deployment_role_sid_, push_credential_sid_;
};

}  // namespace detail

/// Allows its user to chat, today with the Conversations SDK.
class chat_grant : public detail::chat_value<chat_grant, grantmint_grant_new_chat> {};

/// The older form of chat_grant, under another name in the token: legacy.
class ip_messaging_grant
    : public detail::chat_value<ip_messaging_grant, grantmint_grant_new_ip_messaging> {};

/// Allows its user to read and write the state of a Sync service.
class sync_grant : public detail::grant_value<sync_grant> {
   public:
    /// The service, `IS…`.
    sync_grant& service_sid(std::string_view sid) {
        service_sid_ = sid;
        return *this;
    }

    /// A name for the device and user.
    sync_grant& endpoint_id(std::string_view id) {
        endpoint_id_ = id;
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        grantmint_sync_grant_t fields = GRANTMINT_SYNC_GRANT_INIT;
        fields.service_sid = detail::str(service_sid_);
        fields.endpoint_id = detail::str(endpoint_id_);
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_sync(&fields, out, error);
        });
    }

   private:
    std::string service_sid_, endpoint_id_;
};

/// Allows its user to act as a worker of TaskRouter or Flex.
class task_router_grant : public detail::grant_value<task_router_grant> {
   public:
    /// The workspace, `WS…`.
    task_router_grant& workspace_sid(std::string_view sid) {
        workspace_sid_ = sid;
        return *this;
    }

    /// The worker, `WK…`.
    task_router_grant& worker_sid(std::string_view sid) {
        worker_sid_ = sid;
        return *this;
    }

    /// The role, such as `worker`.
    task_router_grant& role(std::string_view role) {
        role_ = role;
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        grantmint_task_router_grant_t fields = GRANTMINT_TASK_ROUTER_GRANT_INIT;
        fields.workspace_sid = detail::str(workspace_sid_);
        fields.worker_sid = detail::str(worker_sid_);
        fields.role = detail::str(role_);
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_task_router(&fields, out, error);
        });
    }

   private:
    std::string workspace_sid_, worker_sid_, role_;
};

/// Allows its user to take part in conversations, the predecessor of video rooms: legacy.
class rtc_grant : public detail::grant_value<rtc_grant> {
   public:
    /// The profile, `CP…`.
    rtc_grant& configuration_profile_sid(std::string_view sid) {
        configuration_profile_sid_ = sid;
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        grantmint_rtc_grant_t fields = GRANTMINT_RTC_GRANT_INIT;
        fields.configuration_profile_sid = detail::str(configuration_profile_sid_);
        return detail::make<detail::owned_grant>(
            [&](auto** out, auto** error) { return grantmint_grant_new_rtc(&fields, out, error); });
    }

   private:
    std::string configuration_profile_sid_;
};

/// Allows its viewer to watch one live stream. It is the JSON object of the PlaybackGrant endpoint,
/// copied byte for byte. A playback_minter fetches and adds it by itself.
class playback_grant : public detail::grant_value<playback_grant> {
   public:
    /// `json`: an object of at most 64 KiB.
    explicit playback_grant(std::string json) : json_(std::move(json)) {}

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_playback(detail::str(json_), out, error);
        });
    }

   private:
    std::string json_;
};

/// A grant that this library does not know: any JSON, under a name that you choose.
class custom_grant : public detail::grant_value<custom_grant> {
   public:
    /// `key`: 1 to 64 bytes, not `identity`. `json`: at most 64 KiB, copied byte for byte.
    custom_grant(std::string key, std::string json)
        : key_(std::move(key)), json_(std::move(json)) {}

    /// @private
    [[nodiscard]] result<detail::owned_grant> build() const {
        return detail::make<detail::owned_grant>([&](auto** out, auto** error) {
            return grantmint_grant_new_custom(detail::str(key_), detail::str(json_), out, error);
        });
    }

   private:
    std::string key_, json_;
};

/// Any of the grants.
using any_grant = std::variant<video_grant, voice_grant, chat_grant, ip_messaging_grant, sync_grant,
                               task_router_grant, rtc_grant, playback_grant, custom_grant>;

namespace detail {

/// Grants as C wants them.
class grant_array {
   public:
    static result<grant_array> of(const std::vector<any_grant>& grants) {
        grant_array array;
        for (const any_grant& grant : grants) {
            auto built = std::visit([](const auto& each) { return each.build(); }, grant);
            if (!built) {
                return std::move(built).error();
            }
            array.raw_.push_back(built->get());
            array.owned_.push_back(*std::move(built));
        }
        return array;
    }

    template <class Options>
    void put_into(Options& options) const noexcept {
        options.grants = raw_.data();
        options.grants_len = raw_.size();
    }

   private:
    std::vector<owned_grant> owned_;
    std::vector<const grantmint_grant_t*> raw_;
};

}  // namespace detail

// ------------------------------------------------------------------------------------------------
// Tokens without a call

/// Advice about a token. The token is minted nevertheless. Both texts are static.
struct warning {
    /// A stable name, such as `short_secret`.
    std::string_view code;
    /// What to do about it.
    std::string_view message;
};

namespace detail {

template <class Call>
result<std::vector<warning>> make_warnings(Call&& call) {
    auto raw = make_list<grantmint_warning_t>(std::forward<Call>(call));
    if (!raw) {
        return std::move(raw).error();
    }
    std::vector<warning> warnings;
    for (const grantmint_warning_t& each : *raw) {
        warnings.push_back({view(each.code), view(each.message)});
    }
    return warnings;
}

}  // namespace detail

/// Options of an access_token. Each has a default.
class access_token_options {
   public:
    /// One more grant.
    access_token_options& grant(any_grant grant) {
        grants_.push_back(std::move(grant));
        return *this;
    }

    /// The token's lifetime: 1 s to 24 h, an hour by default.
    access_token_options& ttl(whole_seconds time) {
        ttl_ = detail::refused_if_zero<std::uint64_t>(time);
        return *this;
    }

    /// When the token expires. Set this or `ttl`, not both.
    template <class Duration>
    access_token_options& valid_until(
        std::chrono::time_point<std::chrono::system_clock, Duration> time) {
        valid_until_ = detail::set_unix_seconds(time);
        return *this;
    }

    /// When the token becomes valid (`nbf`), before its end. Left out by default, since clocks differ.
    template <class Duration>
    access_token_options& nbf(std::chrono::time_point<std::chrono::system_clock, Duration> time) {
        nbf_ = detail::set_unix_seconds(time);
        return *this;
    }

    /// Whether the token has a unique `jti`. By default it has that of Twilio's libraries, which is
    /// the same for all tokens of one key and second.
    access_token_options& unique(bool unique) {
        unique_ = unique;
        return *this;
    }

    /// Another clock, for tests. It must exist until the token is made.
    access_token_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

   private:
    friend class access_token;
    std::vector<any_grant> grants_;
    std::uint64_t ttl_ = 0, valid_until_ = 0, nbf_ = 0;
    std::optional<bool> unique_;
    detail::reference<grantmint_manual_clock_t> clock_;
};

/// One Access Token, with its identity, grants and lifetime. To make many that differ only in their
/// identity, use a token_minter: it makes the same bytes several times as fast.
class access_token : public detail::object<grantmint_access_token_t, grantmint_access_token_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A token for one identity. `identity`: 1 to 512 bytes, and with a video grant at most 128
    /// characters. Keeps what it needs of `key`.
    ///
    /// @throws error invalid_identity, invalid_ttl, invalid_sid, invalid_grant, invalid_argument.
    access_token(const api_key& key, std::string_view identity,
                 const access_token_options& options = {})
        : access_token(create(key, identity, options)) {}
#endif

    /// As the constructor.
    static returns<access_token> create(const api_key& key, std::string_view identity,
                                        const access_token_options& options = {}) {
        auto grants = detail::grant_array::of(options.grants_);
        if (!grants) {
            return detail::give(result<access_token>{std::move(grants).error()});
        }
        if (options.clock_.moved_from()) {
            return detail::give(result<access_token>{detail::moved_away("clock")});
        }
        grantmint_access_token_options_t raw = GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT;
        grants->put_into(raw);
        raw.ttl = options.ttl_;
        raw.valid_until = options.valid_until_;
        raw.nbf = options.nbf_;
        raw.clock = options.clock_.get();
        raw.unique = detail::on_or_off(options.unique_);
        return detail::give(detail::construct<access_token>([&](auto** out, auto** error) {
            return grantmint_access_token_new(key.capi(), detail::str(identity), &raw, out, error);
        }));
    }

    /// The signed token, issued now.
    ///
    /// @throws error invalid_ttl if `valid_until` is not 1 s to 24 h away; invalid_argument if the token
    /// would end before its `nbf`.
    [[nodiscard]] returns<std::string> to_jwt() const {
        return detail::give(detail::make_string([&](auto** out, auto** error) {
            return grantmint_access_token_to_jwt(capi(), out, error);
        }));
    }

    /// Advice about this token. Most tokens have none.
    [[nodiscard]] returns<std::vector<warning>> warnings() const {
        return detail::give(detail::make_warnings(
            [&](grantmint_warning_t* buffer, std::size_t capacity, std::size_t* len, auto** error) {
                return grantmint_access_token_warnings(capi(), buffer, capacity, len, error);
            }));
    }

   private:
    friend detail::access;
    using object::object;
};

/// Options of a token_minter. Each has a default.
class token_minter_options {
   public:
    /// One more grant in each token.
    token_minter_options& grant(any_grant grant) {
        grants_.push_back(std::move(grant));
        return *this;
    }

    /// The lifetime of each token: 1 s to 24 h, an hour by default.
    token_minter_options& ttl(whole_seconds time) {
        ttl_ = detail::refused_if_zero<std::uint64_t>(time);
        return *this;
    }

    /// When every token becomes valid (`nbf`), before its end. Left out by default, since clocks
    /// differ.
    template <class Duration>
    token_minter_options& nbf(std::chrono::time_point<std::chrono::system_clock, Duration> time) {
        nbf_ = detail::set_unix_seconds(time);
        return *this;
    }

    /// Whether each token has a unique `jti`. By default it has that of Twilio's libraries, which is
    /// the same for all tokens of one key and second.
    token_minter_options& unique(bool unique) {
        unique_ = unique;
        return *this;
    }

    /// Another clock, for tests. It must exist until the minter is made.
    token_minter_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

   private:
    friend class token_minter;
    std::vector<any_grant> grants_;
    std::uint64_t ttl_ = 0, nbf_ = 0;
    std::optional<bool> unique_;
    detail::reference<grantmint_manual_clock_t> clock_;
};

/// Mints Access Tokens that differ only in their identity: the key, the grants and the ttl are the
/// same. Any number of threads may share one minter. They take no lock.
class token_minter : public detail::object<grantmint_token_minter_t, grantmint_token_minter_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A minter. Keeps what it needs of `key` and `options`.
    ///
    /// @throws error invalid_ttl, invalid_sid, invalid_grant, invalid_argument.
    explicit token_minter(const api_key& key, const token_minter_options& options = {})
        : token_minter(create(key, options)) {}
#endif

    /// As the constructor.
    static returns<token_minter> create(const api_key& key,
                                        const token_minter_options& options = {}) {
        auto grants = detail::grant_array::of(options.grants_);
        if (!grants) {
            return detail::give(result<token_minter>{std::move(grants).error()});
        }
        if (options.clock_.moved_from()) {
            return detail::give(result<token_minter>{detail::moved_away("clock")});
        }
        grantmint_token_minter_options_t raw = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
        grants->put_into(raw);
        raw.ttl = options.ttl_;
        raw.nbf = options.nbf_;
        raw.clock = options.clock_.get();
        raw.unique = detail::on_or_off(options.unique_);
        return detail::give(detail::construct<token_minter>([&](auto** out, auto** error) {
            return grantmint_token_minter_new(key.capi(), &raw, out, error);
        }));
    }

    /// The token of one user, issued now.
    ///
    /// @throws error invalid_identity; invalid_argument while a token would end before its `nbf`.
    [[nodiscard]] returns<std::string> mint(std::string_view identity) const {
        // Most tokens fit, so that the only memory to allocate is that of the string.
        char buffer[2048];
        std::size_t len = 0;
        auto done = detail::run([&](auto** error) {
            return grantmint_token_minter_mint_into(capi(), detail::str(identity), buffer,
                                                    sizeof buffer, &len, error);
        });
        if (done) {
            return detail::give(result<std::string>{std::string(buffer, len)});
        }
        if (done.error().code() != errc::buffer_too_small) {
            return detail::give(result<std::string>{std::move(done).error()});
        }
        return detail::give(detail::make_string([&](auto** out, auto** error) {
            return grantmint_token_minter_mint(capi(), detail::str(identity), out, error);
        }));
    }

    /// As `mint`, but writes to a string whose memory is reused. This is the fastest way: once the
    /// string has grown, nothing is allocated. After an error `out` is empty. `identity` must not
    /// be a part of `out`.
    returns<void> mint_into(std::string& out, std::string_view identity) const {
        out.resize(std::min<std::size_t>(out.capacity(), GRANTMINT_TOKEN_MAX_BYTES));
        for (;;) {
            std::size_t len = 0;
            auto done = detail::run([&](auto** error) {
                return grantmint_token_minter_mint_into(capi(), detail::str(identity), out.data(),
                                                        out.size(), &len, error);
            });
            const bool grow = !done && done.error().code() == errc::buffer_too_small;
            out.resize(done || grow ? len : 0);
            if (!grow) {
                return detail::give(std::move(done));
            }
        }
    }

    /// The token of one user, issued at a second that you choose. Slower than `mint`, unless that
    /// is the present second.
    ///
    /// @throws error invalid_identity; invalid_argument for a time that no token can name.
    template <class Duration>
    [[nodiscard]] returns<std::string> mint_at(
        std::string_view identity,
        std::chrono::time_point<std::chrono::system_clock, Duration> time) const {
        return detail::give(detail::make_string([&](auto** out, auto** error) {
            return grantmint_token_minter_mint_at(capi(), detail::str(identity),
                                                  detail::unix_seconds(time), out, error);
        }));
    }

    /// One token for each identity of a range of texts, in the same order. All are issued in the
    /// same second. If one fails, there are none.
    ///
    /// @throws error invalid_identity, with the index in the message.
    template <class Range>
    [[nodiscard]] returns<std::vector<std::string>> mint_many(const Range& identities) const {
        std::vector<grantmint_str_t> raw;
        for (const auto& identity : identities) {
            raw.push_back(detail::str(std::string_view{identity}));
        }
        return detail::give(detail::make_strings([&](auto** out, auto** error) {
            return grantmint_token_minter_mint_many(capi(), raw.data(), raw.size(), out, error);
        }));
    }

    /// As above.
    [[nodiscard]] returns<std::vector<std::string>> mint_many(
        std::initializer_list<std::string_view> identities) const {
        return mint_many<std::initializer_list<std::string_view>>(identities);
    }

    /// Advice about the tokens of this minter. Most have none.
    [[nodiscard]] returns<std::vector<warning>> warnings() const {
        return detail::give(detail::make_warnings(
            [&](grantmint_warning_t* buffer, std::size_t capacity, std::size_t* len, auto** error) {
                return grantmint_token_minter_warnings(capi(), buffer, capacity, len, error);
            }));
    }

   private:
    friend detail::access;
    using object::object;
};

// ------------------------------------------------------------------------------------------------
// Looking into tokens

/// A signature algorithm. Twilio accepts HS256.
enum class algorithm : std::int32_t {
    /// HMAC with SHA-256.
    hs256 = GRANTMINT_HS256,
    /// HMAC with SHA-384.
    hs384 = GRANTMINT_HS384,
    /// HMAC with SHA-512.
    hs512 = GRANTMINT_HS512,
};

/// Options of `verify` and `verify_jwt`. Each has a default.
class verify_options {
   public:
    /// The time to use as the present. By default the machine's.
    template <class Duration>
    verify_options& now(std::chrono::time_point<std::chrono::system_clock, Duration> time) {
        raw_.now = detail::set_unix_seconds(time);
        return *this;
    }

    /// How far `exp` and `nbf` may be off, for clocks that differ: at most five minutes, zero by
    /// default.
    verify_options& leeway(whole_seconds time) {
        raw_.leeway = detail::seconds_or_refused<std::uint32_t>(time);
        return *this;
    }

    /// The one algorithm to accept: HS256 by default. A token never chooses it.
    verify_options& algorithm(grantmint::algorithm algorithm) {
        const auto number = static_cast<std::int32_t>(algorithm);
        raw_.algorithm = number == 0 ? -1 : number;  // Refused, where a zero is the default.
        return *this;
    }

    /// Whether `verify_jwt` refuses a token that never expires. It does by default.
    verify_options& require_exp(bool require) {
        raw_.require_exp = detail::on_or_off(require);
        return *this;
    }

    /// @private
    [[nodiscard]] const grantmint_verify_options_t* capi() const noexcept { return &raw_; }

   private:
    grantmint_verify_options_t raw_ = GRANTMINT_VERIFY_OPTIONS_INIT;
};

/// The content of a token. A claim that the token lacks, or that has another type, is not set.
struct decoded {
    /// The header, byte for byte.
    std::string header_json;
    /// The claims, byte for byte.
    std::string claims_json;
    /// The identity: the user that the token is for.
    std::optional<std::string> identity;
    /// `iss`: the SID of the key that signed, in an Access Token.
    std::optional<std::string> issuer;
    /// `sub`: the SID of the account, in an Access Token.
    std::optional<std::string> subject;
    /// `jti`: the token's own identifier.
    std::optional<std::string> jti;
    /// `twr` of the header: the region.
    std::optional<std::string> region;
    /// `iat`: when the token was issued.
    std::optional<unix_time> issued_at;
    /// `nbf`: when it becomes valid. A fraction of a second is rounded up.
    std::optional<unix_time> not_before;
    /// `exp`: when it expires. A fraction of a second is dropped.
    std::optional<unix_time> expires_at;
};

namespace detail {

inline std::optional<unix_time> time_of(const grantmint_decoded_t* raw,
                                        bool (*get)(const grantmint_decoded_t*, std::uint64_t*)) {
    std::uint64_t seconds = 0;
    if (!get(raw, &seconds)) {
        return std::nullopt;
    }
    return from_unix<std::chrono::seconds>(seconds);
}

template <class Call>
result<decoded> make_decoded(Call&& call) {
    using owned = detail::owned<grantmint_decoded_t, grantmint_decoded_free>;
    auto made = make<owned>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    const grantmint_decoded_t* raw = made->get();
    decoded says;
    says.header_json = string(grantmint_decoded_header_json(raw));
    says.claims_json = string(grantmint_decoded_claims_json(raw));
    says.identity = optional_string(grantmint_decoded_identity(raw));
    says.issuer = optional_string(grantmint_decoded_issuer(raw));
    says.subject = optional_string(grantmint_decoded_subject(raw));
    says.jti = optional_string(grantmint_decoded_jti(raw));
    says.region = optional_string(grantmint_decoded_region(raw));
    says.issued_at = time_of(raw, grantmint_decoded_issued_at);
    says.not_before = time_of(raw, grantmint_decoded_not_before);
    says.expires_at = time_of(raw, grantmint_decoded_expires_at);
    return says;
}

}  // namespace detail

/// Checks that an Access Token was made with this key, for its account, and is valid now.
///
/// @throws error token_malformed, token_algorithm, token_signature, token_issuer for another key or
///     account, token_expired, token_not_yet_valid, token_claims; invalid_argument for the options.
[[nodiscard]] inline returns<decoded> verify(std::string_view token, const api_key& key,
                                             const verify_options& options = {}) {
    return detail::give(detail::make_decoded([&](auto** out, auto** error) {
        return grantmint_verify(detail::str(token), key.capi(), options.capi(), out, error);
    }));
}

/// Checks the token of another service: that it was signed with this secret and is valid now. Its
/// issuer, subject and type are not checked.
///
/// @throws error as `verify` but for token_issuer; invalid_credentials for an empty secret.
[[nodiscard]] inline returns<decoded> verify_jwt(std::string_view token, std::string_view secret,
                                                 const verify_options& options = {}) {
    return detail::give(detail::make_decoded([&](auto** out, auto** error) {
        return grantmint_verify_jwt(detail::str(token), detail::str(secret), options.capi(), out,
                                    error);
    }));
}

/// Reads a token without checking its signature or its times: for tools. Before you trust a token,
/// verify it.
///
/// @throws error token_malformed.
[[nodiscard]] inline returns<decoded> decode(std::string_view token) {
    return detail::give(detail::make_decoded([&](auto** out, auto** error) {
        return grantmint_decode(detail::str(token), out, error);
    }));
}

/// Signs a header and claims, given as JSON. They go into the token byte for byte. `algorithm`:
/// must be the one that the header names. `secret`: any bytes, at least one.
///
/// @throws error invalid_argument for what is not a JSON object, invalid_credentials for an empty
///     secret, limit_exceeded for a token over 128 KiB.
[[nodiscard]] inline returns<std::string> sign(algorithm algorithm, std::string_view header_json,
                                               std::string_view claims_json,
                                               std::string_view secret) {
    return detail::give(detail::make_string([&](auto** out, auto** error) {
        return grantmint_sign(static_cast<std::int32_t>(algorithm), detail::str(header_json),
                              detail::str(claims_json), detail::str(secret), out, error);
    }));
}

// ------------------------------------------------------------------------------------------------
// Tokens of other services

/// Where a claim stands: its name, or the names from the top down to it, such as `{"video", "room"}`.
class claim_path {
   public:
    /// A claim at the top.
    claim_path(std::string_view name) { add(name); }
    /// As above.
    claim_path(const char* name) : claim_path(std::string_view{name}) {}
    /// As above.
    claim_path(const std::string& name) : claim_path(std::string_view{name}) {}
    /// A claim within others, the outermost first.
    claim_path(std::initializer_list<std::string_view> names) {
        for (const std::string_view name : names) {
            add(name);
        }
    }

    /// The path as a JSON pointer (RFC 6901).
    [[nodiscard]] const std::string& pointer() const noexcept { return pointer_; }

   private:
    void add(std::string_view name) {
        pointer_ += '/';
        for (const char each : name) {
            if (each == '~' || each == '/') {
                pointer_ += each == '~' ? "~0" : "~1";
            } else {
                pointer_ += each;
            }
        }
    }

    std::string pointer_;
};

/// The value of a claim: a text, a whole number, true or false, or JSON. It refers to the text.
class claim_value {
   public:
    /// A text.
    claim_value(std::string_view text) noexcept
        : text_(text), number_(0), kind_(GRANTMINT_SLOT_TEXT) {}
    /// As above.
    claim_value(const char* text) noexcept : claim_value(std::string_view{text}) {}
    /// As above.
    claim_value(const std::string& text) noexcept : claim_value(std::string_view{text}) {}
    /// True or false.
    template <class Bool, std::enable_if_t<std::is_same_v<Bool, bool>, int> = 0>
    claim_value(Bool yes) noexcept : number_(yes ? 1 : 0), kind_(GRANTMINT_SLOT_BOOL) {}
    /// A whole number. Beyond 2^53 - 1 it is refused, as many readers change it: give it as a text.
    template <class Number,
              std::enable_if_t<std::is_integral_v<Number> && !std::is_same_v<Number, bool> &&
                                   !std::is_same_v<Number, char>,
                               int> = 0>
    claim_value(Number number) noexcept : number_(fitting(number)), kind_(GRANTMINT_SLOT_INTEGER) {}

    /// Any JSON, which goes into the token byte for byte.
    static claim_value json(std::string_view text) noexcept {
        claim_value value{text};
        value.kind_ = GRANTMINT_SLOT_JSON;
        return value;
    }

    /// @private
    [[nodiscard]] grantmint_slot_value_t capi(std::string_view name) const noexcept {
        return {detail::str(name), detail::str(text_), number_, kind_, 0};
    }

   private:
    template <class Number>
    static std::int64_t fitting(Number number) noexcept {
        if constexpr (std::is_unsigned_v<Number>) {
            constexpr auto most = std::numeric_limits<std::int64_t>::max();
            return static_cast<std::uint64_t>(number) > static_cast<std::uint64_t>(most)
                       ? most
                       : static_cast<std::int64_t>(number);
        } else {
            return number;
        }
    }

    std::string_view text_;
    std::int64_t number_;
    std::int32_t kind_;
};

/// The value of a slot in one token: `{"room", "standup"}`. It refers to both texts.
struct slot_value {
    /// The name of the slot.
    std::string_view name;
    /// Its value.
    claim_value value;
};

/// One user, for jwt_minter::mint_many.
struct jwt_user {
    /// Whom the token is for, if tokens of this kind say so.
    std::optional<std::string_view> identity;
    /// The values of the slots.
    std::vector<slot_value> values;
};

/// What a service counts when it measures a text.
enum class length_unit : std::int32_t {
    /// Bytes of UTF-8.
    bytes = GRANTMINT_BYTES,
    /// Unicode code points.
    chars = GRANTMINT_CHARS,
    /// UTF-16 code units, as JavaScript and Java count.
    utf16 = GRANTMINT_UTF16,
};

namespace detail {

/// A text that may not be there: C takes a null pointer for that.
inline grantmint_str_t given(std::optional<std::string_view> text) noexcept {
    if (!text) {
        return {nullptr, 0};
    }
    return text->data() == nullptr ? grantmint_str_t{"", 0} : str(*text);
}

/// The values of one token as C takes them. Nothing is allocated for the few that most have.
class raw_values {
   public:
    template <class Range>
    explicit raw_values(const Range& values) {
        for (const slot_value& each : values) {
            add(each.value.capi(each.name));
        }
    }

    [[nodiscard]] const grantmint_slot_value_t* data() const noexcept {
        return many_.empty() ? few_ : many_.data();
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

   private:
    static constexpr std::size_t few = 16;

    void add(const grantmint_slot_value_t& value) {
        if (size_ < few) {
            few_[size_] = value;
        } else {
            if (many_.empty()) {
                many_.assign(few_, few_ + few);
            }
            many_.push_back(value);
        }
        size_++;
    }

    grantmint_slot_value_t few_[few];
    std::vector<grantmint_slot_value_t> many_;
    std::size_t size_ = 0;
};

/// A claim or a header member that is kept until a minter is made.
struct kept_value {
    kept_value(std::string_view name, const claim_value& value)
        : name_(name),
          raw_(value.capi(name)),
          text_(view(raw_.text)) {}

    [[nodiscard]] grantmint_slot_value_t capi() const noexcept {
        grantmint_slot_value_t raw = raw_;
        raw.name = str(name_);
        raw.text = str(text_);
        return raw;
    }

    std::string name_;
    grantmint_slot_value_t raw_;
    std::string text_;
};

inline std::vector<grantmint_slot_value_t> raw_of(const std::vector<kept_value>& kept) {
    std::vector<grantmint_slot_value_t> raw;
    for (const kept_value& each : kept) {
        raw.push_back(each.capi());
    }
    return raw;
}

}  // namespace detail

/// A claim that each token has its own value of, and what is allowed there.
class slot {
   public:
    /// A slot for a text: at most 64 KiB, an identity at most 512 bytes. Its claim has the same name.
    static slot text(std::string_view name) { return slot{name, GRANTMINT_SLOT_TEXT}; }
    /// A slot for a whole number.
    static slot integer(std::string_view name) { return slot{name, GRANTMINT_SLOT_INTEGER}; }
    /// A slot for true or false.
    static slot boolean(std::string_view name) { return slot{name, GRANTMINT_SLOT_BOOL}; }
    /// A slot for any JSON of at most 64 KiB.
    static slot json(std::string_view name) { return slot{name, GRANTMINT_SLOT_JSON}; }

    /// Where its claim stands.
    slot& at(const claim_path& path) {
        path_ = path.pointer();
        return *this;
    }

    /// Each token must have a value for it, and a text must not be empty.
    slot& required() {
        raw_.required = GRANTMINT_ON;
        return *this;
    }

    /// The longest text or JSON, in the unit in which the service counts.
    slot& max_length(std::size_t length, length_unit unit = length_unit::bytes) {
        raw_.max_length = length;
        raw_.unit = static_cast<std::int32_t>(unit);
        return *this;
    }

    /// The only texts that are allowed.
    slot& one_of(std::initializer_list<std::string_view> texts) {
        one_of_.assign(texts.begin(), texts.end());
        return *this;
    }

    /// The numbers that are allowed.
    slot& within(std::int64_t from, std::int64_t to) {
        within_ = {from, to};
        return *this;
    }

   private:
    friend class jwt_minter_builder;

    slot(std::string_view name, std::int32_t kind) : name_(name) { raw_.kind = kind; }

    // `texts` is to live as long as what is returned, and not to move.
    grantmint_slot_t capi(std::vector<grantmint_str_t>& texts) const {
        for (const std::string& text : one_of_) {
            texts.push_back(detail::str(text));
        }
        grantmint_slot_t raw = raw_;
        raw.name = detail::str(name_);
        raw.path = detail::str(path_);
        raw.one_of = texts.data();
        raw.one_of_len = texts.size();
        raw.from = within_ ? &within_->first : nullptr;
        raw.to = within_ ? &within_->second : nullptr;
        return raw;
    }

    std::string name_, path_;
    std::vector<std::string> one_of_;
    std::optional<std::pair<std::int64_t, std::int64_t>> within_;
    grantmint_slot_t raw_ = GRANTMINT_SLOT_INIT;
};

class jwt_minter;

/// Collects what a jwt_minter needs: begin with jwt_minter::builder, or with that of a service. What is
/// wrong is told by `build`.
class jwt_minter_builder {
   public:
    /// A claim that all tokens have.
    jwt_minter_builder& claim(const claim_path& path, const claim_value& value) {
        claims_.emplace_back(path.pointer(), value);
        return *this;
    }

    /// Claims that all tokens have, as a JSON object.
    jwt_minter_builder& claims(std::string_view json) {
        claims_json_ = json;
        return *this;
    }

    /// A claim that each token has its own value of.
    jwt_minter_builder& slot(grantmint::slot slot) {
        slots_.push_back(std::move(slot));
        return *this;
    }

    /// Where the identity stands, and what is allowed there: its name may be any. If not set, `sub`,
    /// which must be given.
    jwt_minter_builder& identity(grantmint::slot slot) {
        identity_ = std::move(slot);
        return *this;
    }

    /// Tokens name nobody, unless a slot does.
    jwt_minter_builder& no_identity() {
        identity_.reset();
        raw_.has_identity = GRANTMINT_OFF;
        return *this;
    }

    /// Gives a slot its value for all tokens, as jwt_minter::bind does.
    jwt_minter_builder& bind(std::string_view slot, const claim_value& value) {
        values_.emplace_back(slot, value);
        return *this;
    }

    /// A member of the header, such as `kid`.
    jwt_minter_builder& header(std::string_view name, const claim_value& value) {
        header_.emplace_back(name, value);
        return *this;
    }

    /// `typ` of the header: `JWT` if not set, left out if it is not given.
    jwt_minter_builder& typ(std::optional<std::string_view> typ) {
        typ_ = typ ? *typ : std::string_view{};
        return *this;
    }

    /// The signature: HS256 if not set.
    jwt_minter_builder& algorithm(grantmint::algorithm algorithm) {
        const auto number = static_cast<std::int32_t>(algorithm);
        raw_.algorithm = number == 0 ? -1 : number;  // Refused, where a zero is the default.
        return *this;
    }

    /// How long each token is valid: 1 s to `max_ttl`, an hour if not set and the service has no other.
    jwt_minter_builder& ttl(whole_seconds time) {
        raw_.ttl = detail::refused_if_zero<std::uint64_t>(time);
        return *this;
    }

    /// The longest lifetime to allow: 24 h if not set, at most a year.
    jwt_minter_builder& max_ttl(whole_seconds time) {
        raw_.max_ttl = detail::refused_if_zero<std::uint64_t>(time);
        return *this;
    }

    /// Whether tokens say when they were issued. They do if not set.
    jwt_minter_builder& iat(bool iat) {
        raw_.iat = detail::on_or_off(iat);
        return *this;
    }

    /// Whether tokens say that they are valid from their minting on.
    jwt_minter_builder& nbf(bool nbf) {
        raw_.has_nbf = detail::on_or_off(nbf);
        raw_.nbf = 0;
        return *this;
    }

    /// When every token becomes valid, before its end.
    template <class Duration>
    jwt_minter_builder& nbf(std::chrono::time_point<std::chrono::system_clock, Duration> time) {
        raw_.has_nbf = GRANTMINT_ON;
        raw_.nbf = detail::set_unix_seconds(time);
        return *this;
    }

    /// How far `iat` and `nbf` are set back, for services whose clocks are behind: at most five minutes.
    jwt_minter_builder& backdate(whole_seconds time) {
        const auto seconds = detail::seconds_or_refused<std::uint32_t>(time);
        // The largest number stands for none at all; the one below it is refused.
        raw_.backdate = seconds == 0                  ? GRANTMINT_ZERO_S
                        : seconds == GRANTMINT_ZERO_S ? GRANTMINT_ZERO_S - 1
                                                      : seconds;
        return *this;
    }

    /// Whether each token has a `jti` of its own, as the last claim.
    jwt_minter_builder& unique(bool unique) {
        raw_.unique = detail::on_or_off(unique);
        return *this;
    }

    /// Another clock, for tests. It must exist until the minter is made.
    jwt_minter_builder& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

    /// The minter, prepared.
    ///
    /// @throws error invalid_credentials for an empty secret; invalid_ttl; invalid_argument for a claim
    ///     that is given twice, is one of the minter's own or is not valid JSON, and for a slot that is not
    ///     well-formed or stands in the way of another claim; limit_exceeded for over 64 slots.
    [[nodiscard]] returns<jwt_minter> build() const;

   private:
    friend class jwt_minter;
    enum class kind { any, livekit, livekit_from_env, zoom_video_sdk, jitsi, daily };

    jwt_minter_builder(kind which, std::initializer_list<std::string_view> texts)
        : which_(which) {
        for (const std::string_view text : texts) {
            texts_.emplace_back(text);
        }
    }

    grantmint_status_t make(const grantmint_jwt_minter_options_t& options,
                            grantmint_jwt_minter_t** out, grantmint_error_t** error) const {
        const auto text = [this](std::size_t index) { return texts_[index].capi(); };
        switch (which_) {
            case kind::livekit:
                return grantmint_jwt_minter_livekit(text(0), text(1), &options, out, error);
            case kind::livekit_from_env:
                return grantmint_jwt_minter_livekit_from_env(&options, out, error);
            case kind::zoom_video_sdk:
                return grantmint_jwt_minter_zoom_video_sdk(text(0), text(1), &options, out, error);
            case kind::jitsi:
                return grantmint_jwt_minter_jitsi(text(0), text(1), text(2), text(3), &options, out,
                                                  error);
            case kind::daily:
                return grantmint_jwt_minter_daily(text(0), text(1), &options, out, error);
            case kind::any:
                break;
        }
        return grantmint_jwt_minter_new(text(0), &options, out, error);
    }

    kind which_;
    std::vector<detail::secret_text> texts_;
    std::vector<detail::kept_value> claims_, values_, header_;
    std::vector<grantmint::slot> slots_;
    std::optional<grantmint::slot> identity_;
    std::optional<std::string> claims_json_, typ_;
    detail::reference<grantmint_manual_clock_t> clock_;
    grantmint_jwt_minter_options_t raw_ = GRANTMINT_JWT_MINTER_OPTIONS_INIT;
};

/// Mints JSON Web Tokens of one kind for any service that takes HS256, HS384 or HS512: fixed claims, and
/// slots for what differs between users. All but the slots is checked, encoded and hashed once a second,
/// not once a token. Any number of threads may share one minter. They take no lock.
///
/// @code
/// auto rooms = grantmint::jwt_minter::jitsi("my_client", secret, "jitsi", "meet.example.com").build();
/// std::string jwt = rooms.mint("alice", {{"room", "standup"}, {"moderator", true}});
/// @endcode
class jwt_minter : public detail::object<grantmint_jwt_minter_t, grantmint_jwt_minter_free> {
   public:
    /// Tokens of any service, signed with a secret of any bytes: a required identity as `sub`, `iat` and
    /// `exp`, an hour and HS256, unless the builder is told otherwise.
    static jwt_minter_builder builder(std::string_view secret) {
        return {jwt_minter_builder::kind::any, {secret}};
    }

    /// Tokens of LiveKit. The slots have the names of its Python library's grants: `name`, `metadata`,
    /// `attributes`, `room_join`, `room`, `can_publish` and so on. Tokens are valid for six hours and
    /// from 10 seconds before their minting on. Who joins a room needs a `room` and an identity.
    static jwt_minter_builder livekit(std::string_view api_key, std::string_view api_secret) {
        return {jwt_minter_builder::kind::livekit, {api_key, api_secret}};
    }

    /// As `livekit`, with the key of the environment variables `LIVEKIT_API_KEY` and
    /// `LIVEKIT_API_SECRET`, which `build` reads. Do not call that while another thread changes the
    /// environment.
    static jwt_minter_builder livekit_from_env() {
        return {jwt_minter_builder::kind::livekit_from_env, {}};
    }

    /// Tokens of Zoom's Video SDK. The slots have the names of its claims: `tpc`, the session's name, and
    /// `role_type`, 1 for a host and 0 for a participant, are required. The identity is `user_identity`;
    /// a `user_key` may stand in its place. Tokens are valid for two hours by default, 30 minutes to 48
    /// hours.
    static jwt_minter_builder zoom_video_sdk(std::string_view sdk_key,
                                             std::string_view sdk_secret) {
        return {jwt_minter_builder::kind::zoom_video_sdk, {sdk_key, sdk_secret}};
    }

    /// Tokens of a Jitsi Meet of your own. `aud` and `sub` are what it is configured with: the audience
    /// that it accepts, `jitsi` for most, and its domain or tenant in lower case. The slots are `room`,
    /// which is required and may be `*`, and of the user the identity, `name`, `email`, `avatar`,
    /// `moderator` and `affiliation`; beside it `group` and `features`.
    static jwt_minter_builder jitsi(std::string_view app_id, std::string_view app_secret,
                                    std::string_view aud, std::string_view sub) {
        return {jwt_minter_builder::kind::jitsi, {app_id, app_secret, aud, sub}};
    }

    /// Self-signed meeting tokens of Daily, signed with the API key. The slots have the names of its REST
    /// API: `room_name` is required, as a token without it opens every room; the identity is `user_id`.
    static jwt_minter_builder daily(std::string_view domain_id, std::string_view api_key) {
        return {jwt_minter_builder::kind::daily, {domain_id, api_key}};
    }

    /// The token of one user, issued now. `identity`: whom it is for; std::nullopt if tokens of this kind
    /// need not say so.
    ///
    /// @throws error invalid_identity for one that is missing, empty or too long; invalid_argument for a
    ///     value of the wrong kind, too long or not allowed, for a slot that is missing, unknown or given
    ///     twice, and while a token would end before its `nbf`; limit_exceeded for a token over 128 KiB.
    [[nodiscard]] returns<std::string> mint(std::optional<std::string_view> identity,
                                            std::initializer_list<slot_value> values = {}) const {
        return detail::give(minted(identity, detail::raw_values{values}));
    }

    /// As above, with a range of values.
    template <class Range>
    [[nodiscard]] returns<std::string> mint(std::optional<std::string_view> identity,
                                            const Range& values) const {
        return detail::give(minted(identity, detail::raw_values{values}));
    }

    /// As `mint`, but writes to a string whose memory is reused. This is the fastest way: once the string
    /// has grown, nothing is allocated for 16 short values and fewer. After an error `out` is empty. No
    /// argument must be a part of `out`.
    returns<void> mint_into(std::string& out, std::optional<std::string_view> identity,
                            std::initializer_list<slot_value> values = {}) const {
        return detail::give(minted_into(out, identity, detail::raw_values{values}));
    }

    /// As above, with a range of values.
    template <class Range>
    returns<void> mint_into(std::string& out, std::optional<std::string_view> identity,
                            const Range& values) const {
        return detail::give(minted_into(out, identity, detail::raw_values{values}));
    }

    /// The token of one user, issued at a second that you choose. Slower than `mint`, unless that is the
    /// present second.
    ///
    /// @throws error as `mint`; invalid_argument for a time that no token can name.
    template <class Duration>
    [[nodiscard]] returns<std::string> mint_at(
        std::optional<std::string_view> identity,
        std::chrono::time_point<std::chrono::system_clock, Duration> time,
        std::initializer_list<slot_value> values = {}) const {
        return mint_at<Duration, std::initializer_list<slot_value>>(identity, time, values);
    }

    /// As above, with a range of values.
    template <class Duration, class Range>
    [[nodiscard]] returns<std::string> mint_at(
        std::optional<std::string_view> identity,
        std::chrono::time_point<std::chrono::system_clock, Duration> time,
        const Range& values) const {
        const detail::raw_values raw{values};
        return detail::give(detail::make_string([&](auto** out, auto** error) {
            return grantmint_jwt_minter_mint_at(capi(), detail::given(identity), raw.data(),
                                                raw.size(), detail::unix_seconds(time), out, error);
        }));
    }

    /// One token for each user, in the same order. All are issued in the same second. If one fails, there
    /// are none.
    ///
    /// @throws error as `mint`, with the index in the message.
    [[nodiscard]] returns<std::vector<std::string>> mint_many(
        const std::vector<jwt_user>& users) const {
        std::vector<std::vector<grantmint_slot_value_t>> values;
        std::vector<grantmint_jwt_user_t> raw;
        for (const jwt_user& user : users) {
            values.emplace_back();
            for (const slot_value& each : user.values) {
                values.back().push_back(each.value.capi(each.name));
            }
            raw.push_back({detail::given(user.identity), values.back().data(), values.back().size()});
        }
        return detail::give(detail::make_strings([&](auto** out, auto** error) {
            return grantmint_jwt_minter_mint_many(capi(), raw.data(), raw.size(), out, error);
        }));
    }

    /// A minter whose slots of these names have their values already, prepared as fixed claims are: for
    /// all the users of one room.
    ///
    /// @throws error as `mint`.
    [[nodiscard]] returns<jwt_minter> bind(std::initializer_list<slot_value> values) const {
        const detail::raw_values raw{values};
        return detail::give(detail::construct<jwt_minter>([&](auto** out, auto** error) {
            return grantmint_jwt_minter_bind(capi(), raw.data(), raw.size(), out, error);
        }));
    }

    /// Advice about the tokens of this minter. Most have none.
    [[nodiscard]] returns<std::vector<warning>> warnings() const {
        return detail::give(detail::make_warnings(
            [&](grantmint_warning_t* buffer, std::size_t capacity, std::size_t* len, auto** error) {
                return grantmint_jwt_minter_warnings(capi(), buffer, capacity, len, error);
            }));
    }

   private:
    friend detail::access;
    friend class jwt_minter_builder;
    using object::object;

    result<std::string> minted(std::optional<std::string_view> identity,
                               const detail::raw_values& values) const {
        // Most tokens fit, so that the only memory to allocate is that of the string.
        char buffer[2048];
        std::size_t len = 0;
        auto done = detail::run([&](auto** error) {
            return grantmint_jwt_minter_mint_into(capi(), detail::given(identity), values.data(),
                                                  values.size(), buffer, sizeof buffer, &len,
                                                  error);
        });
        if (done) {
            return std::string(buffer, len);
        }
        if (done.error().code() != errc::buffer_too_small) {
            return std::move(done).error();
        }
        return detail::make_string([&](auto** out, auto** error) {
            return grantmint_jwt_minter_mint(capi(), detail::given(identity), values.data(),
                                             values.size(), out, error);
        });
    }

    result<void> minted_into(std::string& out, std::optional<std::string_view> identity,
                             const detail::raw_values& values) const {
        constexpr std::size_t most = 128 * 1024;
        out.resize(std::min(out.capacity(), most));
        for (;;) {
            std::size_t len = 0;
            auto done = detail::run([&](auto** error) {
                return grantmint_jwt_minter_mint_into(capi(), detail::given(identity),
                                                      values.data(), values.size(), out.data(),
                                                      out.size(), &len, error);
            });
            const bool grow = !done && done.error().code() == errc::buffer_too_small;
            out.resize(done || grow ? len : 0);
            if (!grow) {
                return done;
            }
        }
    }
};

/// As declared above.
inline returns<jwt_minter> jwt_minter_builder::build() const {
    if (clock_.moved_from()) {
        return detail::give(result<jwt_minter>{detail::moved_away("clock")});
    }
    const auto claims = detail::raw_of(claims_), values = detail::raw_of(values_),
               header = detail::raw_of(header_);
    // One more for the identity.
    std::vector<std::vector<grantmint_str_t>> texts(slots_.size() + 1);
    std::vector<grantmint_slot_t> slots;
    for (std::size_t i = 0; i < slots_.size(); i++) {
        slots.push_back(slots_[i].capi(texts[i]));
    }
    const grantmint_slot_t identity =
        identity_ ? identity_->capi(texts.back()) : grantmint_slot_t(GRANTMINT_SLOT_INIT);
    grantmint_jwt_minter_options_t raw = raw_;
    raw.claims_json = detail::given(claims_json_);
    raw.claims = claims.data();
    raw.claims_len = claims.size();
    raw.slots = slots.data();
    raw.slots_len = slots.size();
    raw.values = values.data();
    raw.values_len = values.size();
    raw.header = header.data();
    raw.header_len = header.size();
    raw.identity = identity_ ? &identity : nullptr;
    raw.has_identity = identity_ ? GRANTMINT_DEFAULT : raw_.has_identity;
    raw.clock = clock_.get();
    raw.typ = detail::given(typ_);
    return detail::give(detail::construct<jwt_minter>(
        [&](auto** out, auto** error) { return make(raw, out, error); }));
}

// ------------------------------------------------------------------------------------------------
// Counters and events

/// The numbers of a snapshot. Totals never fall; those that say "now" are the present state.
struct counters {
    /// Grants handed out without waiting, with no refresh due.
    std::uint64_t hits_fresh = 0;
    /// Grants handed out without waiting, with a refresh due or in flight.
    std::uint64_t hits_refreshing = 0;
    /// Grants handed out because the last refresh failed, or no refresh may be sent.
    std::uint64_t hits_degraded = 0;
    /// Calls that had to wait for a fetch, including the call that started it.
    std::uint64_t waits = 0;
    /// Calls that failed without waiting, for example with a cached error.
    std::uint64_t refusals = 0;
    /// Fetches sent upstream.
    std::uint64_t fetches = 0;
    /// Those of them that refreshed a grant which had not expired.
    std::uint64_t refreshes = 0;
    /// Fetches answered with a 429.
    std::uint64_t throttled = 0;
    /// Entries that were evicted.
    std::uint64_t evictions = 0;
    /// Entries now in the cache.
    std::uint64_t keys = 0;
    /// Fetches now in flight.
    std::uint64_t in_flight = 0;
    /// The time now left of the account's cool-down after a 429.
    std::chrono::milliseconds cooldown_left{0};
    /// How far upstream's clock now is ahead of the local one, if a response has shown it.
    std::optional<std::chrono::milliseconds> clock_offset;
    /// Grants that came with a `Date` of another clock than upstream's, such as a proxy's. It was
    /// left out of account.
    std::uint64_t implausible_dates = 0;
    /// Those of the refusals for which the account's rate leaves no room.
    std::uint64_t no_room = 0;
    /// Fetches that now wait for their turn, because of the account's rate.
    std::uint64_t waiting = 0;
    /// Keys that were refused for want of room within the last minute, approximately, as of now.
    std::uint64_t keys_refused = 0;
    /// How many calls per second the account may make now, which changes with need and with what
    /// upstream refuses. Not set without a rate limit. Of several accounts the lowest.
    std::optional<double> calls_per_second;
    /// Whether the cache shares with a fleet. Without one, what follows is 0.
    bool has_fleet = false;
    /// Whether what the fleet shares by is now not used for some seconds, because it failed.
    bool fleet_is_broken = false;
    /// Grants that another process of the fleet had fetched.
    std::uint64_t fleet_values = 0;
    /// Times that this process took it upon itself to fetch for the fleet.
    std::uint64_t fleet_leases = 0;
    /// Fetches that waited for another process's.
    std::uint64_t fleet_waits = 0;
    /// Fetches that were not sent because upstream had refused another process's.
    std::uint64_t fleet_pauses = 0;
    /// Fetches that were sent although another process had the right to, or nobody could get it: what
    /// the fleet shares by was in trouble, or the other process took too long.
    std::uint64_t fleet_alone = 0;
    /// Shared contents that were not handed out: torn, moved, changed, or sealed with another key.
    std::uint64_t fleet_rejected = 0;
    /// Times that what the fleet shares by failed; stats::fleet_trouble says how.
    std::uint64_t fleet_errors = 0;
    /// Those of fleet_alone that were sent because what the fleet shares by failed, or had failed before.
    std::uint64_t fleet_alone_failed = 0;
    /// Those of fleet_alone that were sent because what the fleet shares by takes no writes.
    std::uint64_t fleet_alone_nolease = 0;
    /// Those of fleet_alone that were sent because the other process took too long.
    std::uint64_t fleet_alone_late = 0;
    /// Those of fleet_alone that were sent because what was shared could not be used, time after time.
    std::uint64_t fleet_alone_rejected = 0;
    /// Grants that end more than two seconds sooner by this machine's clock than by that of what the
    /// fleet shares by.
    std::uint64_t fleet_skewed = 0;
    /// Answers to whether another process has a grant or fetches it.
    std::uint64_t fleet_answers = 0;
    /// How long all of these took together.
    std::chrono::microseconds fleet_answer_time{0};
    /// The time now left of the account's cool-down, as the fleet has told this process.
    std::chrono::milliseconds fleet_cooldown_left{0};
    /// How many calls per second all processes together may make, when a fetch of this one was last let
    /// through. Not set before, and without a rate limit.
    std::optional<double> fleet_calls_per_second;
    /// Whether there is now a connection to the fleet's server. Never with a folder alone.
    bool fleet_is_connected = false;
    /// Whether the fleet's server cannot do what a fleet needs, such as to run scripts or tell the time.
    bool fleet_is_unsupported = false;
};

/// How many fetches failed with one code.
struct error_count {
    /// The code.
    errc code;
    /// How many.
    std::uint64_t count;
};

/// How many fetches took no longer than a time. Each bucket includes those before it.
struct latency_bucket {
    /// The time. Not set in the last bucket, which counts all fetches.
    std::optional<std::chrono::milliseconds> up_to;
    /// How many.
    std::uint64_t count;
};

/// How long fetches took.
struct latency {
    /// The buckets, by time, ascending.
    std::vector<latency_bucket> buckets;
    /// The time of all fetches together.
    std::chrono::milliseconds sum{0};
};

/// A snapshot of what a cache has done since it was made, or since the process forked.
class stats : public detail::object<grantmint_stats_t, grantmint_stats_free> {
   public:
    /// Its numbers.
    [[nodiscard]] returns<grantmint::counters> counters() const {
        grantmint_counters_t raw = GRANTMINT_COUNTERS_INIT;
        auto done = detail::run(
            [&](auto** error) { return grantmint_stats_counters(capi(), &raw, error); });
        if (!done) {
            return detail::give(result<grantmint::counters>{std::move(done).error()});
        }
        grantmint::counters counters;
        counters.hits_fresh = raw.hits_fresh;
        counters.hits_refreshing = raw.hits_refreshing;
        counters.hits_degraded = raw.hits_degraded;
        counters.waits = raw.waits;
        counters.refusals = raw.refusals;
        counters.fetches = raw.fetches;
        counters.refreshes = raw.refreshes;
        counters.throttled = raw.throttled;
        counters.evictions = raw.evictions;
        counters.keys = raw.keys;
        counters.in_flight = raw.in_flight;
        counters.cooldown_left =
            std::chrono::milliseconds{static_cast<std::int64_t>(raw.cooldown_left_ms)};
        if (raw.clock_offset_ms != GRANTMINT_CLOCK_OFFSET_UNKNOWN) {
            counters.clock_offset = std::chrono::milliseconds{raw.clock_offset_ms};
        }
        counters.implausible_dates = raw.implausible_dates;
        counters.no_room = raw.no_room;
        counters.waiting = raw.waiting;
        counters.keys_refused = raw.keys_refused;
        if (raw.calls_per_second > 0) {
            counters.calls_per_second = raw.calls_per_second;
        }
        counters.has_fleet = raw.has_fleet != 0;
        counters.fleet_is_broken = raw.fleet_is_broken != 0;
        counters.fleet_values = raw.fleet_values;
        counters.fleet_leases = raw.fleet_leases;
        counters.fleet_waits = raw.fleet_waits;
        counters.fleet_pauses = raw.fleet_pauses;
        counters.fleet_alone = raw.fleet_alone;
        counters.fleet_rejected = raw.fleet_rejected;
        counters.fleet_errors = raw.fleet_errors;
        counters.fleet_alone_failed = raw.fleet_alone_failed;
        counters.fleet_alone_nolease = raw.fleet_alone_nolease;
        counters.fleet_alone_late = raw.fleet_alone_late;
        counters.fleet_alone_rejected = raw.fleet_alone_rejected;
        counters.fleet_skewed = raw.fleet_skewed;
        counters.fleet_answers = raw.fleet_answers;
        counters.fleet_answer_time =
            std::chrono::microseconds{static_cast<std::int64_t>(raw.fleet_answer_time_us)};
        counters.fleet_cooldown_left =
            std::chrono::milliseconds{static_cast<std::int64_t>(raw.fleet_cooldown_left_ms)};
        if (raw.fleet_calls_per_second > 0) {
            counters.fleet_calls_per_second = raw.fleet_calls_per_second;
        }
        counters.fleet_is_connected = raw.fleet_is_connected != 0;
        counters.fleet_is_unsupported = raw.fleet_is_unsupported != 0;
        return detail::give(result<grantmint::counters>{counters});
    }

    /// What was wrong when what the fleet shares by failed last, for people to read. Not set if it never
    /// failed, and without a fleet.
    [[nodiscard]] std::optional<std::string> fleet_trouble() const {
        return detail::optional_string(grantmint_stats_fleet_trouble(capi()));
    }

    /// How many fetches failed, by code. Codes that never occurred are left out.
    [[nodiscard]] returns<std::vector<error_count>> errors() const {
        auto raw = detail::make_list<grantmint_error_count_t>([&](grantmint_error_count_t* buffer,
                                                                  std::size_t capacity,
                                                                  std::size_t* len, auto** error) {
            return grantmint_stats_errors(capi(), buffer, capacity, len, error);
        });
        if (!raw) {
            return detail::give(result<std::vector<error_count>>{std::move(raw).error()});
        }
        std::vector<error_count> errors;
        for (const grantmint_error_count_t& each : *raw) {
            errors.push_back({static_cast<errc>(each.status), each.count});
        }
        return detail::give(result<std::vector<error_count>>{std::move(errors)});
    }

    /// How long fetches took.
    [[nodiscard]] returns<grantmint::latency> latency() const {
        std::uint64_t sum = 0;
        auto raw = detail::make_list<grantmint_latency_bucket_t>(
            [&](grantmint_latency_bucket_t* buffer, std::size_t capacity, std::size_t* len,
                auto** error) {
                return grantmint_stats_latency(capi(), buffer, capacity, len, &sum, error);
            });
        if (!raw) {
            return detail::give(result<grantmint::latency>{std::move(raw).error()});
        }
        grantmint::latency latency;
        latency.sum = std::chrono::milliseconds{static_cast<std::int64_t>(sum)};
        for (const grantmint_latency_bucket_t& each : *raw) {
            std::optional<std::chrono::milliseconds> up_to;
            if (each.up_to_ms != UINT32_MAX) {
                up_to = std::chrono::milliseconds{each.up_to_ms};
            }
            latency.buckets.push_back({up_to, each.count});
        }
        return detail::give(result<grantmint::latency>{std::move(latency)});
    }

    /// The snapshot as a page in the text format that Prometheus scrapes. `cache`: the value of the
    /// label `cache` in each series.
    [[nodiscard]] returns<std::string> to_prometheus(std::string_view cache) const {
        return detail::give(detail::make_string([&](auto** out, auto** error) {
            return grantmint_stats_to_prometheus(capi(), detail::str(cache), out, error);
        }));
    }

   private:
    friend detail::access;
    using object::object;
};

/// What happened. A newer library may have more kinds.
enum class event_kind : std::int32_t {
    /// Something that this header does not know.
    other = GRANTMINT_EVENT_OTHER,
    /// A fetch was sent upstream.
    fetch_sent = GRANTMINT_EVENT_FETCH_SENT,
    /// A fetch brought the grant of `generation`.
    fetch_succeeded = GRANTMINT_EVENT_FETCH_SUCCEEDED,
    /// A fetch failed with `code`.
    fetch_failed = GRANTMINT_EVENT_FETCH_FAILED,
    /// A fetch ended without a result.
    fetch_abandoned = GRANTMINT_EVENT_FETCH_ABANDONED,
    /// The entry was evicted.
    evicted = GRANTMINT_EVENT_EVICTED,
    /// The host program emptied the entry.
    invalidated = GRANTMINT_EVENT_INVALIDATED,
    /// The host program emptied the cache.
    purged = GRANTMINT_EVENT_PURGED,
    /// The key was rotated.
    rotated = GRANTMINT_EVENT_ROTATED,
    /// The cache starts anew in a forked child.
    forked = GRANTMINT_EVENT_FORKED,
    /// The key was refused, for the first time within a minute, as the account's rate leaves no room
    /// for its fetch.
    no_room = GRANTMINT_EVENT_NO_ROOM,
    /// After a 429 the account is called less often.
    rate_cut = GRANTMINT_EVENT_RATE_CUT,
    /// Another minter of the account has set other limits; of each the lower holds.
    limits_differ = GRANTMINT_EVENT_LIMITS_DIFFER,
    /// The grant of `generation` came from another process of the fleet, which had fetched it.
    fleet_value = GRANTMINT_EVENT_FLEET_VALUE,
    /// What the fleet shares by has failed: it is not used for some seconds, and this process fetches
    /// for itself. stats::fleet_trouble says what is wrong.
    fleet_broken = GRANTMINT_EVENT_FLEET_BROKEN,
    /// What the fleet shares by works again.
    fleet_back = GRANTMINT_EVENT_FLEET_BACK,
    /// A credential came that is valid for longer than its source allows: it is used for that long.
    lifetime_cut = GRANTMINT_EVENT_LIFETIME_CUT,
    /// What the fleet shares by takes no writes, so that no process can get the right to fetch for all.
    fleet_read_only = GRANTMINT_EVENT_FLEET_READ_ONLY,
    /// The fleet's server cannot do what a fleet needs, such as to run scripts or tell the time.
    fleet_unsupported = GRANTMINT_EVENT_FLEET_UNSUPPORTED,
    /// A grant came from another process that ends more than two seconds sooner by this machine's clock
    /// than by that of what the fleet shares by.
    fleet_skewed = GRANTMINT_EVENT_FLEET_SKEWED,
};

/// One event of a cache.
struct event {
    /// What.
    event_kind kind = event_kind::other;
    /// The kind by its name, such as `fetch_sent`: it is the same in all languages.
    std::string name;
    /// The key of the cache that it happened to. Not set for events of the whole cache, of a credential that
    /// all callers share, and of ICE servers, whose keys are identities.
    std::optional<std::string> key;
    /// When it happened, as the time since the machine booted.
    std::chrono::nanoseconds since_boot{0};
    /// When.
    std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds> time;
    /// The number of the grant that a fetch or another process brought, or 0.
    std::uint64_t generation = 0;
    /// Why a fetch failed.
    std::optional<errc> code;
};

namespace detail {

template <class Call>
result<std::vector<event>> make_events(Call&& call) {
    using owned = detail::owned<grantmint_events_t, grantmint_events_free>;
    auto made = make<owned>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    std::vector<event> events(grantmint_events_len(made->get()));
    for (std::size_t i = 0; i < events.size(); i++) {
        grantmint_event_t raw = GRANTMINT_EVENT_INIT;
        auto done =
            run([&](auto** error) { return grantmint_events_get(made->get(), i, &raw, error); });
        if (!done) {
            return std::move(done).error();
        }
        using std::chrono::nanoseconds;
        event& each = events[i];
        each.kind = static_cast<event_kind>(raw.kind);
        each.name = string(raw.name);
        each.key = optional_string(raw.key);
        each.since_boot = nanoseconds{static_cast<std::int64_t>(raw.boot_ns)};
        each.time = from_unix<nanoseconds>(raw.unix_ns);
        each.generation = raw.generation;
        if (raw.status != GRANTMINT_OK) {
            each.code = static_cast<errc>(raw.status);
        }
    }
    return events;
}

}  // namespace detail

// ------------------------------------------------------------------------------------------------
// Fetching and waiting

/// How fresh the grant is that a caller gets.
enum class freshness : std::int32_t {
    /// No refresh is due.
    fresh = GRANTMINT_FRESH,
    /// A refresh is due or in flight. The caller does not have to wait for it.
    refreshing = GRANTMINT_REFRESHING,
    /// The last refresh failed, or the next may not be sent yet. The grant is valid, with at least
    /// `min_remaining` left.
    degraded = GRANTMINT_DEGRADED,
};

/// The name, such as `refreshing`: it is the same in all languages. Static; empty for an unknown
/// number.
[[nodiscard]] inline std::string_view name(freshness freshness) noexcept {
    switch (freshness) {
        case grantmint::freshness::fresh:
            return "fresh";
        case grantmint::freshness::refreshing:
            return "refreshing";
        case grantmint::freshness::degraded:
            return "degraded";
    }
    return {};
}

/// Options of one call. Each has a default.
class wait_options {
   public:
    /// How long the call waits for a grant. By default as long as its minter says, or else 5 s.
    wait_options& timeout(whole_milliseconds time) {
        raw_.timeout_ms = detail::set_ms(time);
        return *this;
    }

    /// The least time that the grant must have left, after the safety margin is taken off. By
    /// default what the minter says, or else 5 s for grants of 60 s and 2 s for grants of 15 s. At
    /// most half of the lifetime that is requested for grants.
    wait_options& min_remaining(whole_milliseconds time) {
        raw_.min_remaining_ms = detail::set_ms(time);
        return *this;
    }

    /// @private
    [[nodiscard]] const grantmint_wait_options_t* capi() const noexcept { return &raw_; }

   private:
    grantmint_wait_options_t raw_ = GRANTMINT_WAIT_OPTIONS_INIT;
};

/// The times and limits of a cache. Times that are not set scale with the lifetime of each grant.
class cache_policy {
   public:
    /// Fixes every random number to this one, 0 to 1: for tests.
    cache_policy& jitter(double fixed) {
        jitter_ = fixed;
        return *this;
    }

    /// How many keys the cache holds before a new one evicts one that is among the least recently
    /// used: 1 to 1,000,000, by default 10,000.
    cache_policy& max_keys(std::size_t keys) {
        raw_.max_keys = keys == 0 ? std::numeric_limits<std::size_t>::max() : keys;
        return *this;
    }

    /// If a grant has less time left than this, callers wait for the refresh in flight: by default
    /// 20 s for grants of 60 s, 5 s for 15 s.
    cache_policy& wait_below(whole_milliseconds time) {
        raw_.wait_below_ms = detail::set_ms(time);
        return *this;
    }

    /// When a grant has this time left, a refresh is due, or a little earlier, drawn at random: by
    /// default 30 s for grants of 60 s, 8 s for 15 s.
    cache_policy& soft_point(whole_milliseconds time) {
        raw_.soft_point_ms = detail::set_ms(time);
        return *this;
    }

    /// The safety margin: taken off every lifetime, for inexact clocks and the time on the network.
    /// By default 2 s for grants of 60 s, 1 s for 15 s.
    cache_policy& safety_margin(whole_milliseconds time) {
        raw_.safety_margin_ms = detail::set_ms(time);
        return *this;
    }

    /// How long one fetch may take: by default 4 s for grants of 60 s, 3 s for 15 s.
    cache_policy& fetch_timeout(whole_milliseconds time) {
        raw_.fetch_timeout_ms = detail::set_ms(time);
        return *this;
    }

    /// @private
    [[nodiscard]] grantmint_cache_policy_t capi() const noexcept {
        grantmint_cache_policy_t raw = raw_;
        raw.jitter = jitter_ ? &*jitter_ : nullptr;
        return raw;
    }

   private:
    grantmint_cache_policy_t raw_ = GRANTMINT_CACHE_POLICY_INIT;
    std::optional<double> jitter_;
};

/// Whether a request may be sent.
struct start_answer {
    /// True: send it now. False: not yet, because of the account's rate limit or since another process
    /// of the fleet is fetching the grant; or never, if `served`.
    bool go = false;
    /// If true, how long the fetch may take. If false, after how long to ask again.
    std::chrono::milliseconds time{0};
    /// The request is not needed: the fetch has ended with a grant that another process of the fleet has
    /// fetched.
    bool served = false;
};

/// The right and the task to run one fetch, for all its waiters. End it with `complete` or `fail`, now or later,
/// from any thread. If the ticket is destroyed instead, its fetch is abandoned. If nobody ends it,
/// the fetch ends by itself when it times out.
class ticket : public detail::object<grantmint_ticket_t, grantmint_ticket_free> {
   public:
    /// Asks whether the request may be sent. Call it right before sending: the grant's lifetime
    /// counts from here. A cache with a fleet shares only what was fetched after `go`. For the tickets
    /// of a playback_minter's source this was done already.
    ///
    /// @throws error why the request may not be sent: throttled, overloaded, or the error that
    ///     ended this fetch already. The fetch is then over.
    returns<start_answer> start() {
        grantmint_start_t start = GRANTMINT_START_REFUSED;
        std::uint32_t ms = 0;
        auto done = detail::run(
            [&](auto** error) { return grantmint_ticket_start(raw_.get(), &start, &ms, error); });
        if (!done) {
            return detail::give(result<start_answer>{std::move(done).error()});
        }
        return detail::give(result<start_answer>{
            start_answer{start == GRANTMINT_START_GO, std::chrono::milliseconds{ms},
                         start == GRANTMINT_START_SERVED}});
    }

    /// Whether this fetch refreshes a grant that has not expired.
    [[nodiscard]] bool is_refresh() const noexcept { return grantmint_ticket_is_refresh(capi()); }

    /// The cache key whose grant to fetch. Empty for a ticket of a playback_minter's source, which
    /// has a grant_request instead.
    [[nodiscard]] std::string key() const { return detail::string(grantmint_ticket_key(capi())); }

    /// Whether this ticket can still end its fetch.
    [[nodiscard]] bool pending() const noexcept { return raw_ != nullptr; }

    /// Ends the fetch with a grant, for all waiters. `grant`: is copied. For a playback_minter it
    /// is a JSON object, which goes into tokens byte for byte. `lifetime`: the grant's lifetime from
    /// when the request was sent, and no more than was requested. By default the lifetime that was
    /// requested.
    ///
    /// @throws error invalid_utf8, upstream_not_json, upstream_no_grant, upstream_too_large for a
    ///     grant that cannot be used: the fetch then ends with that error; invalid_ttl for a
    ///     lifetime over what was requested: the fetch then ends as source_failed.
    returns<void> complete(std::string_view grant,
                           std::optional<whole_milliseconds> lifetime = std::nullopt) {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_ticket_complete(raw_.release(), detail::str(grant),
                                             detail::optional_ms(lifetime), error);
        }));
    }

    /// Ends the fetch with an error, for all waiters. errc::throttled pauses the requests of the
    /// whole account. `message`: for people. It must not contain a secret, token, grant or
    /// identity.
    ///
    /// @throws error invalid_argument for an unknown code: the fetch then ends with that error.
    returns<void> fail(errc code, std::string_view message,
                       std::optional<whole_milliseconds> retry_after = std::nullopt) {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_ticket_fail(raw_.release(), static_cast<std::int32_t>(code),
                                         detail::str(message), detail::optional_ms(retry_after),
                                         error);
        }));
    }

    /// As above.
    returns<void> fail(const error& error) {
        return fail(error.code(), error.what(), error.retry_after());
    }

   private:
    friend detail::access;
    using object::object;
};

/// A grant, and its state when it was handed out.
struct hit {
    /// The grant, byte for byte as it was fetched. It is a secret: treat it as one.
    std::string grant;
    /// The time that it had left, less the safety margin.
    std::chrono::milliseconds remaining{0};
    /// How fresh it is.
    grantmint::freshness freshness = grantmint::freshness::fresh;
    /// If it is degraded, why, and after how long the next refresh is tried.
    std::optional<error> reason;
    /// The number of the grant within its cache. A later grant has a higher number.
    std::uint64_t generation = 0;
};

/// A viewer's token, and the state of the grant in it when it was made.
struct playback_token {
    /// The Access Token. Whoever has it can watch.
    std::string jwt;
    /// The time that the grant in the token has left, less the safety margin.
    std::chrono::milliseconds grant_remaining{0};
    /// How fresh the grant in the token is.
    grantmint::freshness freshness = grantmint::freshness::fresh;
    /// If the grant is degraded, why.
    std::optional<error> reason;
    /// If the grant is degraded, after how long the next refresh is tried.
    std::optional<std::chrono::milliseconds> retry_after;
    /// The number of the grant within its cache, for playback_minter::invalidate_if.
    std::uint64_t generation = 0;
};

namespace detail {

using owned_hit = owned<grantmint_hit_t, grantmint_hit_free>;
using owned_playback_token = owned<grantmint_playback_token_t, grantmint_playback_token_free>;

inline std::optional<error> take_reason(grantmint_error_t* raw) {
    if (raw == nullptr) {
        return std::nullopt;
    }
    return take_error(grantmint_error_status(raw), raw);
}

inline hit read(const owned_hit& raw) {
    hit hit;
    hit.grant = string(grantmint_hit_grant(raw.get()));
    hit.remaining = std::chrono::milliseconds{grantmint_hit_remaining_ms(raw.get())};
    hit.freshness = static_cast<freshness>(grantmint_hit_freshness(raw.get()));
    hit.reason = take_reason(grantmint_hit_reason(raw.get()));
    hit.generation = grantmint_hit_generation(raw.get());
    return hit;
}

inline playback_token read(const owned_playback_token& raw) {
    playback_token token;
    token.jwt = string(grantmint_playback_token_jwt(raw.get()));
    token.grant_remaining =
        std::chrono::milliseconds{grantmint_playback_token_grant_remaining_ms(raw.get())};
    token.freshness = static_cast<freshness>(grantmint_playback_token_freshness(raw.get()));
    token.reason = take_reason(grantmint_playback_token_reason(raw.get()));
    token.retry_after = known_ms(grantmint_playback_token_retry_after_ms(raw.get()));
    token.generation = grantmint_playback_token_generation(raw.get());
    return token;
}

/// Calls a function of C that makes an object, and reads that.
template <class Owned, class Call>
auto make_read(Call&& call) -> result<decltype(read(std::declval<const Owned&>()))> {
    auto made = make<Owned>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    return read(*made);
}

/// As make_read, for an object that may not be there.
template <class Owned, class Call>
auto make_optional_read(Call&& call)
    -> result<std::optional<decltype(read(std::declval<const Owned&>()))>> {
    using Value = decltype(read(std::declval<const Owned&>()));
    auto made = make<Owned>(std::forward<Call>(call));
    if (!made) {
        return std::move(made).error();
    }
    return *made == nullptr ? std::optional<Value>{} : std::optional<Value>{read(*made)};
}

/// A callback that is told how a call ended, on its way through C as a `void *`.
template <class Owned, class Callback>
struct answer {
    using value = decltype(read(std::declval<const Owned&>()));
    static_assert(std::is_invocable_v<Callback&, result<value>>,
                  "the callback takes a grantmint::result of what was asked for");

    Callback callback;

    /// What C calls, once.
    static void call(void* self, grantmint_status_t status, typename Owned::pointer raw,
                     grantmint_error_t* error) noexcept {
        swallow([&] {
            const Owned given{raw};
            const std::unique_ptr<answer> owner{static_cast<answer*>(self)};
            if (status == GRANTMINT_OK) {
                owner->callback(result<value>{read(given)});
            } else {
                owner->callback(result<value>{take_error(status, error)});
            }
        });
    }
};

/// Calls a function of C that takes a callback, which it does not call if it fails.
template <class Owned, class Callback, class Call>
result<void> run_with_answer(Callback&& callback, Call&& call) {
    using box = answer<Owned, std::decay_t<Callback>>;
    std::unique_ptr<box> owner{new box{std::forward<Callback>(callback)}};
    auto done = run([&](auto** error) { return call(&box::call, owner.get(), error); });
    if (done) {
        owner.release();
    }
    return done;
}

/// A future of what a function with a callback is told; of its own failure too.
template <class Value, class Call>
std::future<returns<Value>> future_of(Call&& call) {
    const auto promise = std::make_shared<std::promise<returns<Value>>>();
    std::future<returns<Value>> future = promise->get_future();
    const auto keep = [promise](result<Value> outcome) {
#ifdef GRANTMINT_NO_EXCEPTIONS
        promise->set_value(std::move(outcome));
#else
        if (outcome) {
            promise->set_value(*std::move(outcome));
        } else {
            promise->set_exception(std::make_exception_ptr(std::move(outcome).error()));
        }
#endif
    };
    auto done = call(keep);
    if (!done) {
        keep(std::move(done).error());
    }
    return future;
}

/// Hands a ticket to a user's function: as `ticket&`, which it may move from, or by value. What it
/// throws ends the fetch, if the ticket is still there, and is given back.
template <class Call>
std::exception_ptr with_ticket(ticket& ticket, [[maybe_unused]] Call&& call) noexcept {
#if GRANTMINT_CAN_CATCH_
    std::exception_ptr thrown;
    try {
        call(ticket);
    } catch (const error& error) {
        thrown = std::current_exception();
        swallow([&] {
            if (ticket.pending()) {
                static_cast<void>(ticket.fail(error));
            }
        });
    } catch (...) {
        thrown = std::current_exception();
        swallow([&] {
            if (ticket.pending()) {
                static_cast<void>(
                    ticket.fail(errc::source_failed, "the source threw an exception"));
            }
        });
    }
    return thrown;
#else
    call(ticket);
    return nullptr;
#endif
}

}  // namespace detail

// ------------------------------------------------------------------------------------------------
// Sources of grants

/// The grant that a source has to fetch.
struct grant_request {
    /// The stream, `VJ…`.
    std::string streamer;
    /// The lifetime to request.
    std::chrono::seconds ttl{0};
    /// The web origin to allow. If not set, any.
    std::optional<std::string> origin;
    /// How long the fetch may take. A second later its waiters get a time-out error.
    std::chrono::milliseconds timeout{0};
};

/// What a source has fetched.
struct fetched {
    /// The grant: a JSON object, which goes into tokens byte for byte.
    std::string grant;
    /// Its lifetime, which must be no longer than was requested. By default the one that was
    /// requested.
    std::optional<std::chrono::milliseconds> lifetime;
};

/// A function that fetches playback grants from another service than the PlaybackGrant endpoint.
/// Any number of minters may use it; they keep it alive. Copies share the function.
///
/// The library calls it on its own threads, on up to four at the same time for one cache. So state
/// that its calls share needs a lock. It has one of these forms:
///
/// - `fetched (const grant_request&)`, or `result<fetched>`: returns the grant.
/// - `void (const grant_request&, ticket)`: ends the ticket now or later, from any thread.
///
/// If it throws a grantmint::error, the waiters get that error. errc::throttled pauses the requests
/// of the whole account. If it throws anything else, the waiters get errc::source_failed without
/// the text of the exception, which might contain a secret. What it throws after it has moved its
/// ticket away is dropped.
class source {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A source that calls `fetch`. The last minter that uses the source destroys `fetch`, on any
    /// thread.
    template <class Fetch, class = std::enable_if_t<!std::is_same_v<std::decay_t<Fetch>, source>>>
    explicit source(Fetch&& fetch) : source(create(std::forward<Fetch>(fetch))) {}
#endif

    /// As the constructor.
    template <class Fetch>
    static returns<source> create(Fetch&& fetch) {
        using function = std::decay_t<Fetch>;
        auto owner = std::make_unique<function>(std::forward<Fetch>(fetch));
        auto made = detail::make<owned>([&](auto** out, auto** error) {
            return grantmint_source_new(&call<function>, owner.get(), &destroy<function>, out,
                                        error);
        });
        if (!made) {
            return detail::give(result<source>{std::move(made).error()});
        }
        owner.release();
        return detail::give(result<source>{source{*std::move(made)}});
    }

    /// The object of C, for calls of grantmint.h; it stays the owner.
    [[nodiscard]] const grantmint_source_t* capi() const noexcept { return raw_.get(); }

   private:
    using owned = detail::owned<grantmint_source_t, grantmint_source_free>;

    explicit source(owned raw) : raw_(std::move(raw)) {}

    template <class Fetch>
    static void call(void* self, const grantmint_grant_request_t* raw,
                     grantmint_ticket_t* raw_ticket) noexcept {
        auto given = detail::access::adopt<grantmint::ticket>(raw_ticket);
        detail::with_ticket(given, [&](grantmint::ticket& ticket) {
            grant_request request;
            request.streamer = detail::string(grantmint_grant_request_streamer(raw));
            request.ttl = std::chrono::seconds{grantmint_grant_request_ttl(raw)};
            request.origin = detail::optional_string(grantmint_grant_request_origin(raw));
            request.timeout = std::chrono::milliseconds{grantmint_grant_request_timeout_ms(raw)};
            fetch(*static_cast<Fetch*>(self), request, ticket);
        });
    }

    template <class Fetch>
    static void fetch(Fetch& fetch, const grant_request& request, ticket& ticket) {
        if constexpr (std::is_invocable_v<Fetch&, const grant_request&, grantmint::ticket&>) {
            fetch(request, ticket);
        } else if constexpr (std::is_invocable_v<Fetch&, const grant_request&, grantmint::ticket>) {
            fetch(request, std::move(ticket));
        } else {
            static_assert(std::is_invocable_r_v<result<fetched>, Fetch&, const grant_request&>,
                          "a source takes a grant_request, or a grant_request and a ticket");
            result<fetched> outcome = fetch(request);
            // A grant that cannot be used has ended the fetch with the error that says so.
            if (outcome) {
                static_cast<void>(ticket.complete(outcome->grant, outcome->lifetime));
            } else {
                static_cast<void>(ticket.fail(outcome.error()));
            }
        }
    }

    template <class Fetch>
    static void destroy(void* self) noexcept {
        delete static_cast<Fetch*>(self);
    }

    std::shared_ptr<grantmint_source_t> raw_;
};

// ------------------------------------------------------------------------------------------------
// The cache of grants

class registration;

/// Waits for one fetch. Each waiter checks the new grant against its own `min_remaining`. If the
/// fetch fails, the waiter gets the cached grant instead, as long as that has `min_remaining` left.
/// To give up waiting, destroy the waiter: the fetch goes on for the others.
class waiter : public detail::object<grantmint_waiter_t, grantmint_waiter_free> {
   public:
    /// Blocks until the fetch ends or the timeout that was given to `begin` is over. The waiter
    /// cannot be used again.
    ///
    /// @throws error the error of the fetch; deadline_exceeded if the caller's timeout is over
    ///     first; grant_too_short if the new grant has less than the caller's `min_remaining` left;
    ///     abandoned if the ticket was dropped: call `begin` again.
    returns<hit> wait() {
        return detail::give(detail::make_read<detail::owned_hit>([&](auto** out, auto** error) {
            return grantmint_waiter_wait(raw_.release(), out, error);
        }));
    }

    /// Checks, without blocking, whether the fetch or the caller's timeout is over. Returns nothing
    /// while neither is.
    ///
    /// @throws error as `wait`.
    returns<std::optional<hit>> poll() const {
        return detail::give(detail::make_optional_read<detail::owned_hit>(
            [&](auto** out, auto** error) { return grantmint_waiter_poll(capi(), out, error); }));
    }

    /// The cached grant, if it has this caller's `min_remaining` left. Never blocks.
    returns<std::optional<hit>> fallback() const {
        return detail::give(
            detail::make_optional_read<detail::owned_hit>([&](auto** out, auto** error) {
                return grantmint_waiter_fallback(capi(), out, error);
            }));
    }

    /// Calls back once with a `result<hit>` when the fetch is over: on the thread that ends it, or,
    /// if it has ended already, before this returns. A fetch always ends, but nothing ends the wait
    /// at the caller's timeout. If you need that, use grant_cache::get_async. The waiter cannot be
    /// used again. Keep the returned registration only if you may want to cancel the callback.
    template <class Callback>
    returns<registration> on_ready(Callback&& callback);

   private:
    friend detail::access;
    using object::object;
};

/// A callback that waits to be called, and can be cancelled. Destroying the registration does not
/// cancel the callback.
class registration {
   public:
    /// The other registration has nothing to cancel afterwards.
    registration(registration&&) noexcept = default;
    registration& operator=(registration&&) noexcept = default;

    /// Cancels the callback and destroys it. True if it will not be called. False if it was called,
    /// is being called at this moment, or was cancelled before.
    bool cancel() noexcept {
        if (raw_ == nullptr || !grantmint_registration_cancel(raw_.release())) {
            return false;
        }
        destroy_(callback_);
        return true;
    }

   private:
    friend class waiter;
    using owned = detail::owned<grantmint_registration_t, grantmint_registration_free>;

    registration(owned raw, void* callback, void (*destroy)(void*)) noexcept
        : raw_(std::move(raw)), callback_(callback), destroy_(destroy) {}

    owned raw_;
    // The side that cancels the callback, or else the side that calls it, destroys it.
    void* callback_;
    void (*destroy_)(void*);
};

// Down here, where a registration is known.
template <class Callback>
returns<registration> waiter::on_ready(Callback&& callback) {
    using box = detail::answer<detail::owned_hit, std::decay_t<Callback>>;
    std::unique_ptr<box> owner{new box{std::forward<Callback>(callback)}};
    auto made = detail::make<registration::owned>([&](auto** out, auto** error) {
        return grantmint_waiter_on_ready(raw_.release(), &box::call, owner.get(), out, error);
    });
    if (!made) {
        return detail::give(result<registration>{std::move(made).error()});
    }
    const auto destroy = [](void* self) { delete static_cast<box*>(self); };
    return detail::give(
        result<registration>{registration{*std::move(made), owner.release(), destroy}});
}

/// What a caller of grant_cache::begin has to do.
enum class begin_outcome : std::int32_t {
    /// Use `hit`.
    hit = GRANTMINT_HIT,
    /// Use `hit`, and run the refresh for `ticket`.
    hit_and_fetch = GRANTMINT_HIT_AND_FETCH,
    /// Run the fetch for `ticket`, and wait with `waiter`.
    fetch = GRANTMINT_FETCH,
    /// Wait with `waiter` for the fetch in flight.
    wait = GRANTMINT_WAIT,
};

/// What grant_cache::begin returns.
struct begun {
    /// What to do.
    begin_outcome outcome = begin_outcome::wait;
    /// A grant, if there is one to use.
    std::optional<grantmint::hit> hit;
    /// The ticket, if this caller has to run the fetch.
    std::optional<grantmint::ticket> ticket;
    /// The waiter, if there is a fetch to wait for.
    std::optional<grantmint::waiter> waiter;
};

namespace detail {

template <class Call>
result<begun> make_begun(Call&& call) {
    grantmint_begin_t raw = {GRANTMINT_NOTHING, nullptr, nullptr, nullptr};
    auto done = run([&](auto** error) { return call(&raw, error); });
    if (!done) {
        return std::move(done).error();
    }
    const owned_hit raw_hit{raw.hit};
    begun begun;
    begun.outcome = static_cast<begin_outcome>(raw.outcome);
    if (raw.ticket != nullptr) {
        begun.ticket = access::adopt<ticket>(raw.ticket);
    }
    if (raw.waiter != nullptr) {
        begun.waiter = access::adopt<waiter>(raw.waiter);
    }
    if (raw_hit != nullptr) {
        begun.hit = read(raw_hit);
    }
    return begun;
}

/// A user's `fetch` on its way through C as a `void *`, for the length of one call.
template <class Fetch>
struct fetch_of_call {
    static_assert(std::is_invocable_v<Fetch&, ticket&> || std::is_invocable_v<Fetch&, ticket>,
                  "a fetch takes a grantmint::ticket");

    Fetch& fetch;
    /// What it threw first.
    std::exception_ptr thrown;

    static std::exception_ptr hand(Fetch& fetch, grantmint_ticket_t* raw) noexcept {
        auto given = access::adopt<ticket>(raw);
        return with_ticket(given, [&](ticket& ticket) {
            if constexpr (std::is_invocable_v<Fetch&, grantmint::ticket&>) {
                fetch(ticket);
            } else {
                fetch(std::move(ticket));
            }
        });
    }

    static void call(void* self, grantmint_ticket_t* raw) noexcept {
        auto* of_call = static_cast<fetch_of_call*>(self);
        std::exception_ptr thrown = hand(of_call->fetch, raw);
        if (of_call->thrown == nullptr) {
            of_call->thrown = std::move(thrown);
        }
    }

    /// Throws what the caller's own function threw.
    void rethrow() const {
#ifndef GRANTMINT_NO_EXCEPTIONS
        if (thrown != nullptr) {
            std::rethrow_exception(thrown);
        }
#endif
    }
};

/// A user's `fetch` and callback on their way through C as one `void *`, until the callback is
/// called.
template <class Fetch, class Callback>
struct fetch_and_answer {
    using box = answer<owned_hit, Callback>;

    Fetch fetch;
    std::unique_ptr<box> answer_box;

    static void call_fetch(void* self, grantmint_ticket_t* raw) noexcept {
        fetch_of_call<Fetch>::hand(static_cast<fetch_and_answer*>(self)->fetch, raw);
    }

    static void call_answer(void* self, grantmint_status_t status, grantmint_hit_t* hit,
                            grantmint_error_t* error) noexcept {
        const std::unique_ptr<fetch_and_answer> owner{static_cast<fetch_and_answer*>(self)};
        box::call(owner->answer_box.release(), status, hit, error);
    }
};

}  // namespace detail

/// One key of a cache. It saves the look-up of the key in each call, for hot paths. Keeps its cache
/// alive.
class grant_handle : public detail::object<grantmint_grant_handle_t, grantmint_grant_handle_free> {
   public:
    /// As grant_cache::begin, for this key.
    [[nodiscard]] returns<begun> begin(const wait_options& options = {}) const {
        return detail::give(detail::make_begun([&](auto* out, auto** error) {
            return grantmint_grant_handle_begin(capi(), options.capi(), out, error);
        }));
    }

   private:
    friend detail::access;
    using object::object;
};

/// Options of a grant_cache. Each has a default.
class grant_cache_options {
   public:
    /// The times and limits of the cache.
    grant_cache_options& policy(const cache_policy& policy) {
        policy_ = policy;
        return *this;
    }

    /// Another clock, for tests. It must exist until the cache is made.
    grant_cache_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

    /// Whether the cache has a rate limit and a cool-down of its own, like those of an account. Off
    /// by default, and on if one of the three limits below is set.
    grant_cache_options& rate_limited(bool rate_limited) {
        rate_limited_ = rate_limited;
        return *this;
    }

    /// As playback_minter_options::calls_per_second, for this cache. Not with rate_limited(false).
    grant_cache_options& calls_per_second(double calls) {
        calls_per_second_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::burst, for this cache. Not with rate_limited(false).
    grant_cache_options& burst(std::uint32_t calls) {
        burst_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::max_fetches, for this cache. Not with rate_limited(false). A fetch
    /// of your own function does not count.
    grant_cache_options& max_fetches(std::uint32_t fetches) {
        max_fetches_ = detail::set_limit(fetches);
        return *this;
    }

    /// Shares grants with the caches of other processes that name the same fleet and namespace: of all
    /// of them one fetches each grant. `fleet_namespace`: what the keys are for, 1 to 128 bytes. The
    /// fleet needs a secret, and must exist until the cache is made. A cache with `clock` shares nothing.
    grant_cache_options& fleet(const grantmint::fleet& fleet, std::string_view fleet_namespace) {
        fleet_.set(fleet.capi());
        fleet_namespace_ = fleet_namespace;
        return *this;
    }

   private:
    friend class grant_cache;
    std::optional<cache_policy> policy_;
    detail::reference<grantmint_manual_clock_t> clock_;
    detail::reference<grantmint_fleet_t> fleet_;
    std::string fleet_namespace_;
    std::optional<bool> rate_limited_;
    double calls_per_second_ = 0;
    std::uint32_t burst_ = 0, max_fetches_ = 0;
};

/// A cache of short-lived grants. A key is a text of 1 to 512 bytes, and the lifetime that is
/// requested for its grants, 1 ms to 48 h. Any number of threads may share a cache. It fetches
/// nothing by itself: it hands a ticket to a caller, and that caller runs the fetch.
///
/// A `fetch` is a function of yours that runs a fetch. It takes a `ticket`, or a `ticket&` from
/// which it may move to keep the ticket. If it throws a grantmint::error, the fetch ends with that
/// error. If it throws anything else, the fetch ends with errc::source_failed, without the text of
/// the exception. The caller whose own `fetch` threw gets the exception itself, unless there is a
/// cached grant for it, or calls return results.
///
/// In a fleet, `fetch` is called only if this process has to fetch: if another process has the grant or
/// is fetching it, the callers of `get`, `get_async` and `get_future` wait for that. `fetch` still calls
/// ticket::start right before it sends its request. A refresh, and what `begin`, `try_get`, `prefetch` and
/// `poll` hand out, does not wait: there start() says when to ask again, or that the grant has come.
class grant_cache : public detail::object<grantmint_grant_cache_t, grantmint_grant_cache_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// An empty cache.
    ///
    /// @throws error invalid_argument for a policy or a limit out of range, and a fleet without a secret;
    ///     unsupported for a fleet where there are none.
    explicit grant_cache(const grant_cache_options& options = {}) : grant_cache(create(options)) {}
#endif

    /// As the constructor.
    static returns<grant_cache> create(const grant_cache_options& options = {}) {
        if (options.clock_.moved_from()) {
            return detail::give(result<grant_cache>{detail::moved_away("clock")});
        }
        if (options.fleet_.moved_from()) {
            return detail::give(result<grant_cache>{detail::moved_away("fleet")});
        }
        grantmint_grant_cache_options_t raw = GRANTMINT_GRANT_CACHE_OPTIONS_INIT;
        grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
        if (options.policy_) {
            policy = options.policy_->capi();
            raw.policy = &policy;
        }
        raw.clock = options.clock_.get();
        raw.rate_limited = detail::on_or_off(options.rate_limited_);
        raw.calls_per_second = options.calls_per_second_;
        raw.burst = options.burst_;
        raw.max_fetches = options.max_fetches_;
        raw.fleet = options.fleet_.get();
        raw.fleet_namespace = detail::str(options.fleet_namespace_);
        return detail::give(detail::construct<grant_cache>(
            [&](auto** out, auto** error) { return grantmint_grant_cache_new(&raw, out, error); }));
    }

    /// Looks for a grant, and says what the caller has to do. Never blocks; a hit takes no lock.
    /// `get` does all of it for you.
    ///
    /// @throws error the cached error of the last fetch, with the time to wait, while no request
    ///     may be sent; overloaded if the fetch could not start within the caller's timeout;
    ///     limit_exceeded and invalid_ttl for the key, invalid_argument for the options.
    [[nodiscard]] returns<begun> begin(std::string_view key, whole_milliseconds ttl,
                                       const wait_options& options = {}) const {
        return detail::give(detail::make_begun([&](auto* out, auto** error) {
            return grantmint_grant_cache_begin(capi(), detail::str(key), detail::span_ms(ttl),
                                               options.capi(), out, error);
        }));
    }

    /// A grant; waits for it if there is none yet. If this call has to run the fetch, `fetch` is
    /// called on this thread, up to three times. If ticket::is_refresh is true, there is a cached
    /// grant: `fetch` should then pass the ticket to another thread, so that the caller need not wait
    /// for the fetch.
    ///
    /// @throws error as `begin` and waiter::wait.
    template <class Fetch>
    [[nodiscard]] returns<hit> get(std::string_view key, whole_milliseconds ttl, Fetch&& fetch,
                                   const wait_options& options = {}) const {
        detail::fetch_of_call<std::remove_reference_t<Fetch>> own{fetch, nullptr};
        auto made = detail::make_read<detail::owned_hit>([&](auto** out, auto** error) {
            return grantmint_grant_cache_get(capi(), detail::str(key), detail::span_ms(ttl),
                                             options.capi(), &own.call, &own, out, error);
        });
        if (!made) {
            own.rethrow();
        }
        return detail::give(std::move(made));
    }

    /// As `get`, with a callback. It is called once with a `result<hit>`. If the grant is cached,
    /// that happens before this returns. Otherwise it happens on the thread that ends the fetch,
    /// or, when the caller's timeout is over, on one of the library's threads. The callback must
    /// not block that thread. Until then `fetch` may be called on those threads, too.
    ///
    /// @throws error only for the arguments. The callback is then not called.
    template <class Fetch, class Callback>
    returns<void> get_async(std::string_view key, whole_milliseconds ttl, Fetch&& fetch,
                            Callback&& callback, const wait_options& options = {}) const {
        return detail::give(
            start(key, ttl, std::forward<Fetch>(fetch), std::forward<Callback>(callback), options));
    }

    /// As `get_async`, but returns a future, which holds every error.
    template <class Fetch>
    [[nodiscard]] std::future<returns<hit>> get_future(std::string_view key, whole_milliseconds ttl,
                                                       Fetch&& fetch,
                                                       const wait_options& options = {}) const {
        return detail::future_of<hit>([&](auto callback) {
            return start(key, ttl, std::forward<Fetch>(fetch), std::move(callback), options);
        });
    }

    /// The cached grant, if it has `min_remaining` left. Never waits, and never fails with an error
    /// of upstream. If a fetch is due, `fetch` is called on this thread.
    ///
    /// @throws error only for the arguments.
    template <class Fetch>
    [[nodiscard]] returns<std::optional<hit>> try_get(std::string_view key, whole_milliseconds ttl,
                                                      Fetch&& fetch,
                                                      const wait_options& options = {}) const {
        detail::fetch_of_call<std::remove_reference_t<Fetch>> own{fetch, nullptr};
        auto made = detail::make_optional_read<detail::owned_hit>([&](auto** out, auto** error) {
            return grantmint_grant_cache_try_get(capi(), detail::str(key), detail::span_ms(ttl),
                                                 options.capi(), &own.call, &own, out, error);
        });
        if (!made || !*made) {
            own.rethrow();
        }
        return detail::give(std::move(made));
    }

    /// A handle for one key, which saves the look-up in each call.
    ///
    /// @throws error as `begin` for a new key.
    [[nodiscard]] returns<grant_handle> handle(std::string_view key, whole_milliseconds ttl) const {
        return detail::give(detail::construct<grant_handle>([&](auto** out, auto** error) {
            return grantmint_grant_cache_handle(capi(), detail::str(key), detail::span_ms(ttl), out,
                                                error);
        }));
    }

    /// A ticket to fetch a key's grant before a caller needs it. Nothing if the grant is cached and
    /// no refresh is due, if a fetch is in flight, or if no request may be sent now.
    ///
    /// @throws error as `begin` for a new key.
    [[nodiscard]] returns<std::optional<ticket>> prefetch(std::string_view key,
                                                          whole_milliseconds ttl) const {
        using owned = detail::owned<grantmint_ticket_t, grantmint_ticket_free>;
        using ticket_or_error = result<std::optional<ticket>>;
        auto made = detail::make<owned>([&](auto** out, auto** error) {
            return grantmint_grant_cache_prefetch(capi(), detail::str(key), detail::span_ms(ttl),
                                                  out, error);
        });
        if (!made) {
            return detail::give(ticket_or_error{std::move(made).error()});
        }
        std::optional<ticket> due;
        if (*made != nullptr) {
            due = detail::access::adopt<ticket>(made->release());
        }
        return detail::give(ticket_or_error{std::move(due)});
    }

    /// Keeps a key's grant fresh without callers, for at most 48 h. Zero ends it. `poll` hands out
    /// the tickets for these refreshes.
    ///
    /// @throws error as `begin` for a new key.
    returns<void> keep_warm(std::string_view key, whole_milliseconds ttl,
                            whole_milliseconds time) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_grant_cache_keep_warm(capi(), detail::str(key), detail::span_ms(ttl),
                                                   detail::span_ms(time), error);
        }));
    }

    /// After how long to call `poll` again. Nothing if nothing is to come.
    [[nodiscard]] std::optional<std::chrono::milliseconds> next_wakeup() const noexcept {
        std::uint32_t ms = 0;
        if (!grantmint_grant_cache_next_wakeup(capi(), &ms)) {
            return std::nullopt;
        }
        return std::chrono::milliseconds{ms};
    }

    /// Ends the fetches that have timed out. For each key that is kept warm and due for a refresh,
    /// it calls `fetch` with a ticket, on this thread.
    template <class Fetch>
    returns<void> poll(Fetch&& fetch) const {
        detail::fetch_of_call<std::remove_reference_t<Fetch>> own{fetch, nullptr};
        auto done = detail::run([&](auto** error) {
            return grantmint_grant_cache_poll(capi(), &own.call, &own, error);
        });
        own.rethrow();
        return detail::give(std::move(done));
    }

    /// Empties one entry, and returns whether there was such an entry, with or without a grant. A
    /// fetch in flight still serves its waiters, but its grant is not stored.
    returns<bool> invalidate(std::string_view key, whole_milliseconds ttl) const {
        return detail::give(detail::make_bool([&](bool* emptied, auto** error) {
            return grantmint_grant_cache_invalidate(capi(), detail::str(key), detail::span_ms(ttl),
                                                    emptied, error);
        }));
    }

    /// Empties one entry if it holds the grant of this generation, and returns whether it did. If
    /// many callers find that a grant is bad, only the first of them causes a new fetch.
    returns<bool> invalidate_if(std::string_view key, whole_milliseconds ttl,
                                std::uint64_t generation) const {
        return detail::give(detail::make_bool([&](bool* emptied, auto** error) {
            return grantmint_grant_cache_invalidate_if(
                capi(), detail::str(key), detail::span_ms(ttl), generation, emptied, error);
        }));
    }

    /// Empties every entry, for everybody who shares this cache.
    returns<void> purge() const {
        return detail::give(
            detail::run([&](auto** error) { return grantmint_grant_cache_purge(capi(), error); }));
    }

    /// Tells the cache that the key was rotated. Cached grants stay, cached errors are dropped.
    /// Fetches in flight still serve their waiters, but their results are not stored.
    returns<void> rotate() const {
        return detail::give(
            detail::run([&](auto** error) { return grantmint_grant_cache_rotate(capi(), error); }));
    }

    /// The statistics of the cache.
    [[nodiscard]] returns<grantmint::stats> stats() const {
        return detail::give(detail::construct<grantmint::stats>([&](auto** out, auto** error) {
            return grantmint_grant_cache_stats(capi(), out, error);
        }));
    }

    /// The events since the last call, oldest first; the newest 1,024 at most.
    [[nodiscard]] returns<std::vector<event>> drain_events() const {
        return detail::give(detail::make_events([&](auto** out, auto** error) {
            return grantmint_grant_cache_drain_events(capi(), out, error);
        }));
    }

   private:
    friend detail::access;
    using object::object;

    template <class Fetch, class Callback>
    result<void> start(std::string_view key, whole_milliseconds ttl, Fetch&& fetch,
                       Callback&& callback, const wait_options& options) const {
        using both = detail::fetch_and_answer<std::decay_t<Fetch>, std::decay_t<Callback>>;
        using box = typename both::box;
        std::unique_ptr<box> answer{new box{std::forward<Callback>(callback)}};
        std::unique_ptr<both> owner{new both{std::forward<Fetch>(fetch), std::move(answer)}};
        auto done = detail::run([&](auto** error) {
            return grantmint_grant_cache_get_then(capi(), detail::str(key), detail::span_ms(ttl),
                                                  options.capi(), &both::call_fetch,
                                                  &both::call_answer, owner.get(), error);
        });
        if (done) {
            owner.release();
        }
        return done;
    }
};

// ------------------------------------------------------------------------------------------------
// Playback tokens

/// Options of a playback_minter. Each has a default.
class playback_minter_options {
   public:
    /// The only web origin that may play the streams, such as `https://www.example.com`, or `*`;
    /// any by default.
    playback_minter_options& allow_origin(std::string_view origin) {
        allow_origin_ = origin;
        return *this;
    }

    /// One more grant in each token, besides the playback grant.
    playback_minter_options& grant(any_grant grant) {
        grants_.push_back(std::move(grant));
        return *this;
    }

    /// The lifetime of each token: 1 s to 24 h, an hour by default.
    playback_minter_options& ttl(whole_seconds time) {
        ttl_ = detail::refused_if_zero<std::uint64_t>(time);
        return *this;
    }

    /// The lifetime to request for grants: 1 s to 60 s, by default 60 s.
    playback_minter_options& grant_ttl(whole_seconds time) {
        grant_ttl_ = detail::refused_if_zero<std::uint32_t>(time);
        return *this;
    }

    /// The least time that the grant in a token must have left, after the safety margin is taken
    /// off. By default 5 s for grants of 60 s and 2 s for 15 s. At most half of `grant_ttl`.
    playback_minter_options& min_remaining(whole_milliseconds time) {
        min_remaining_ms_ = detail::set_ms(time);
        return *this;
    }

    /// How long a call waits for a grant, 5 s by default.
    playback_minter_options& timeout(whole_milliseconds time) {
        timeout_ms_ = detail::set_ms(time);
        return *this;
    }

    /// Whether each token has a unique `jti`, as is the default. Otherwise it has that of Twilio's
    /// libraries, which is the same for all tokens of one key and second.
    playback_minter_options& unique(bool unique) {
        unique_ = unique;
        return *this;
    }

    /// Fetches grants with this source instead of the PlaybackGrant endpoint. The minter then has a
    /// cache of its own, unless `share` or `cache` is set.
    playback_minter_options& source(grantmint::source source) {
        source_ = std::move(source);
        return *this;
    }

    /// The cache to use. It must exist until the minter is made. Not together with `share`,
    /// `isolated` or `policy`.
    playback_minter_options& cache(const grant_cache& cache) {
        cache_.set(cache.capi());
        return *this;
    }

    /// Shares the cache with all minters of the account that set the same name, of 1 to 128 bytes.
    playback_minter_options& share(std::string_view name) {
        share_ = name;
        return *this;
    }

    /// Whether the minter has a cache of its own; off by default. The account's cool-down and rate
    /// limit are shared nevertheless.
    playback_minter_options& isolated(bool isolated) {
        isolated_ = isolated;
        return *this;
    }

    /// Scheme, host and port of upstream. By default `https://media.twilio.com`, where Twilio
    /// closed the endpoint in November 2023. Plain http is allowed on loopback only.
    playback_minter_options& base_url(std::string_view url) {
        base_url_ = url;
        return *this;
    }

    /// The URL of an HTTP proxy. The environment's proxy variables are not read.
    playback_minter_options& proxy(std::string_view url) {
        proxy_ = url;
        return *this;
    }

    /// The path of a PEM file with the certificate authorities to trust instead of the built-in
    /// ones.
    playback_minter_options& ca_file(std::string_view path) {
        ca_file_ = path;
        return *this;
    }

    /// How many requests per second the account has, above 0 and at most 2,000, if you know. The
    /// library starts with 10 per second; it goes up to this number, or to 2,000, while more are
    /// needed and upstream refuses none. The limits belong to the account: of all its minters in
    /// the process the lowest number holds, and event_kind::limits_differ tells of a difference.
    playback_minter_options& calls_per_second(double calls) {
        calls_per_second_ = detail::set_limit(calls);
        return *this;
    }

    /// How many requests may be sent simultaneously after a quiet time: 1 to 1,000, 20 by default.
    playback_minter_options& burst(std::uint32_t calls) {
        burst_ = detail::set_limit(calls);
        return *this;
    }

    /// How many fetches the library makes for the account at the same time: 1 to 1,024, 64 by
    /// default. One of a source counts until the source ends it.
    playback_minter_options& max_fetches(std::uint32_t fetches) {
        max_fetches_ = detail::set_limit(fetches);
        return *this;
    }

    /// The times and limits of the cache.
    playback_minter_options& policy(const cache_policy& policy) {
        policy_ = policy;
        return *this;
    }

    /// Shares grants with the minters of other processes that name the same fleet: of all of them one
    /// fetches each grant, and after a 429 all wait. It must exist until the minter is made. Not together
    /// with `cache` or `clock`. With `source`, `share` says what that fetches.
    playback_minter_options& fleet(const grantmint::fleet& fleet) {
        fleet_.set(fleet.capi());
        return *this;
    }

    /// Another clock, for tests. It must exist until the minter is made. The minter then shares
    /// nothing with others.
    playback_minter_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

   private:
    friend class playback_minter;

    // What C would take for a default although it was set.
    [[nodiscard]] std::optional<error> wrong() const {
        if (clock_.moved_from()) {
            return detail::moved_away("clock");
        }
        if (cache_.moved_from()) {
            return detail::moved_away("cache");
        }
        if (fleet_.moved_from()) {
            return detail::moved_away("fleet");
        }
        if (source_ && source_->capi() == nullptr) {
            return detail::moved_away("source");
        }
        const struct {
            const std::optional<std::string>& text;
            const char* name;
            errc code;
        } texts[] = {{allow_origin_, "allow_origin", errc::invalid_origin},
                     {base_url_, "base_url", errc::invalid_url},
                     {proxy_, "proxy", errc::invalid_url},
                     {share_, "share", errc::invalid_argument},
                     {ca_file_, "ca_file", errc::invalid_argument}};
        for (const auto& each : texts) {
            if (each.text && each.text->empty()) {
                return detail::about(each.code, each.name, "is empty: leave it out for the default");
            }
        }
        return std::nullopt;
    }

    std::optional<std::string> allow_origin_, share_, base_url_, proxy_, ca_file_;
    std::vector<any_grant> grants_;
    std::optional<grantmint::source> source_;
    std::optional<cache_policy> policy_;
    detail::reference<grantmint_grant_cache_t> cache_;
    detail::reference<grantmint_manual_clock_t> clock_;
    detail::reference<grantmint_fleet_t> fleet_;
    std::uint64_t ttl_ = 0;
    std::uint32_t grant_ttl_ = 0, min_remaining_ms_ = 0, timeout_ms_ = 0;
    double calls_per_second_ = 0;
    std::uint32_t burst_ = 0, max_fetches_ = 0;
    std::optional<bool> unique_, isolated_;
};

/// One stream of a playback_minter. Get it once, keep it for as long as the stream is live, and
/// share it between all threads. It keeps its minter alive.
class stream_minter
    : public detail::object<grantmint_stream_minter_t, grantmint_stream_minter_free> {
   public:
    /// As playback_minter::token, for this stream.
    [[nodiscard]] returns<playback_token> token(std::string_view identity,
                                                const wait_options& options = {}) const {
        return detail::give(
            detail::make_read<detail::owned_playback_token>([&](auto** out, auto** error) {
                return grantmint_stream_minter_token(capi(), detail::str(identity), options.capi(),
                                                     out, error);
            }));
    }

    /// As playback_minter::token_async, for this stream.
    template <class Callback>
    returns<void> token_async(std::string_view identity, Callback&& callback,
                              const wait_options& options = {}) const {
        return detail::give(start(identity, std::forward<Callback>(callback), options));
    }

    /// As playback_minter::token_future, for this stream.
    [[nodiscard]] std::future<returns<playback_token>> token_future(
        std::string_view identity, const wait_options& options = {}) const {
        return detail::future_of<playback_token>(
            [&](auto callback) { return start(identity, std::move(callback), options); });
    }

    /// As playback_minter::try_token, for this stream.
    [[nodiscard]] returns<std::optional<std::string>> try_token(std::string_view identity) const {
        return detail::give(detail::make_optional_string([&](auto** out, auto** error) {
            return grantmint_stream_minter_try_token(capi(), detail::str(identity), out, error);
        }));
    }

   private:
    friend detail::access;
    using object::object;

    template <class Callback>
    result<void> start(std::string_view identity, Callback&& callback,
                       const wait_options& options) const {
        return detail::run_with_answer<detail::owned_playback_token>(
            std::forward<Callback>(callback), [&](auto answer, void* userdata, auto** error) {
                return grantmint_stream_minter_token_then(capi(), detail::str(identity),
                                                          options.capi(), answer, userdata, error);
            });
    }
};

/// Mints playback tokens. Each viewer gets a token of their own, and all viewers of a stream share
/// the grant in it. The grant is fetched once per stream, about every 25 seconds. Share one minter
/// between all threads. Minters of one key share one cache within the process, unless told
/// otherwise.
class playback_minter
    : public detail::object<grantmint_playback_minter_t, grantmint_playback_minter_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// A minter that signs with `key`, and by default also fetches with it. This sends no request
    /// and starts no thread. The minter keeps what it needs of `key` and `options`.
    ///
    /// @throws error 1xx for options that are out of range or cannot be combined; unsupported if
    ///     the library has no HTTP client and there is no source.
    explicit playback_minter(const api_key& key, const playback_minter_options& options = {})
        : playback_minter(create(key, options)) {}
#endif

    /// As the constructor.
    static returns<playback_minter> create(const api_key& key,
                                           const playback_minter_options& options = {}) {
        auto grants = detail::grant_array::of(options.grants_);
        if (!grants) {
            return detail::give(result<playback_minter>{std::move(grants).error()});
        }
        if (auto wrong = options.wrong()) {
            return detail::give(result<playback_minter>{*std::move(wrong)});
        }
        grantmint_playback_minter_options_t raw = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
        grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
        if (options.policy_) {
            policy = options.policy_->capi();
            raw.policy = &policy;
        }
        grants->put_into(raw);
        raw.allow_origin =
            detail::str(options.allow_origin_ ? *options.allow_origin_ : std::string_view{});
        raw.share = detail::str(options.share_ ? *options.share_ : std::string_view{});
        raw.base_url = detail::str(options.base_url_ ? *options.base_url_ : std::string_view{});
        raw.proxy = detail::str(options.proxy_ ? *options.proxy_ : std::string_view{});
        raw.ca_file = detail::str(options.ca_file_ ? *options.ca_file_ : std::string_view{});
        raw.ttl = options.ttl_;
        raw.source = options.source_ ? options.source_->capi() : nullptr;
        raw.cache = options.cache_.get();
        raw.clock = options.clock_.get();
        raw.timeout_ms = options.timeout_ms_;
        raw.min_remaining_ms = options.min_remaining_ms_;
        raw.grant_ttl = options.grant_ttl_;
        raw.unique = detail::on_or_off(options.unique_);
        raw.isolated = detail::on_or_off(options.isolated_);
        raw.calls_per_second = options.calls_per_second_;
        raw.burst = options.burst_;
        raw.max_fetches = options.max_fetches_;
        raw.fleet = options.fleet_.get();
        return detail::give(detail::construct<playback_minter>([&](auto** out, auto** error) {
            return grantmint_playback_minter_new(key.capi(), &raw, out, error);
        }));
    }

    /// A token for one viewer of a stream (`VJ…`). Waits for a grant if none is cached. A hit takes
    /// no lock and sends no request. `identity`: 1 to 512 bytes, and with a video grant at most 128
    /// characters.
    ///
    /// @throws error 1xx for the arguments; 3xx from the fetch, the same for all its waiters;
    ///     deadline_exceeded if no grant came in time; overloaded if the account's rate limit is
    ///     reached; closed after `close`.
    [[nodiscard]] returns<playback_token> token(std::string_view streamer,
                                                std::string_view identity,
                                                const wait_options& options = {}) const {
        return detail::give(detail::make_read<detail::owned_playback_token>([&](auto** out,
                                                                                auto** error) {
            return grantmint_playback_minter_token(
                capi(), detail::str(streamer), detail::str(identity), options.capi(), out, error);
        }));
    }

    /// As `token`, with a callback. It is called once with a `result<playback_token>`. If the grant
    /// is cached, that happens before this returns. Otherwise it happens on the thread that ends
    /// the fetch, or, when the caller's timeout is over, on one of the library's threads. The
    /// callback must not block that thread. It may be move-only. The minter may be destroyed before
    /// it is called.
    ///
    /// @throws error invalid_utf8, invalid_argument and null_pointer, only for the arguments; the
    ///     callback is then not called. The callback gets every other error.
    template <class Callback>
    returns<void> token_async(std::string_view streamer, std::string_view identity,
                              Callback&& callback, const wait_options& options = {}) const {
        return detail::give(start(streamer, identity, std::forward<Callback>(callback), options));
    }

    /// As `token_async`, but returns a future, which holds every error. The token is minted when its
    /// grant comes: take it soon, its `grant_remaining()` is of that moment. Unlike the futures of
    /// `std::async`, it does not block when it is destroyed. Do not wait for it in a callback.
    [[nodiscard]] std::future<returns<playback_token>> token_future(
        std::string_view streamer, std::string_view identity,
        const wait_options& options = {}) const {
        return detail::future_of<playback_token>(
            [&](auto callback) { return start(streamer, identity, std::move(callback), options); });
    }

    /// The bare token, if the grant for it is cached. Never waits. Starts a fetch if one is due.
    ///
    /// @throws error 1xx for the arguments, closed; never an error of upstream or of a source.
    [[nodiscard]] returns<std::optional<std::string>> try_token(std::string_view streamer,
                                                                std::string_view identity) const {
        return detail::give(detail::make_optional_string([&](auto** out, auto** error) {
            return grantmint_playback_minter_try_token(capi(), detail::str(streamer),
                                                       detail::str(identity), out, error);
        }));
    }

    /// One stream, which saves the look-up of the stream in each call: for hot paths.
    ///
    /// @throws error invalid_sid, closed; throttled or overloaded for a new stream while no request
    ///     may be sent.
    [[nodiscard]] returns<stream_minter> stream(std::string_view streamer) const {
        return detail::give(detail::construct<stream_minter>([&](auto** out, auto** error) {
            return grantmint_playback_minter_stream(capi(), detail::str(streamer), out, error);
        }));
    }

    /// Fetches a stream's grant before the first viewer needs it. Does not wait.
    ///
    /// @throws error as `stream`.
    returns<void> prefetch(std::string_view streamer) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_playback_minter_prefetch(capi(), detail::str(streamer), error);
        }));
    }

    /// Keeps a stream's grant fresh without viewers, for at most 48 h. Zero ends it.
    ///
    /// @throws error as `stream`.
    returns<void> keep_warm(std::string_view streamer, whole_milliseconds time) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_playback_minter_keep_warm(capi(), detail::str(streamer),
                                                       detail::span_ms(time), error);
        }));
    }

    /// Drops a stream's grant, and returns whether the cache knew the stream, with or without a
    /// grant. A fetch in flight still serves its waiters, but its grant is not stored.
    ///
    /// @throws error invalid_sid, closed.
    returns<bool> invalidate(std::string_view streamer) const {
        return detail::give(detail::make_bool([&](bool* dropped, auto** error) {
            return grantmint_playback_minter_invalidate(capi(), detail::str(streamer), dropped,
                                                        error);
        }));
    }

    /// Drops a stream's grant if it is the one of this generation, and returns whether it was. If
    /// many viewers report a bad grant, only the first report causes a new fetch.
    ///
    /// @throws error invalid_sid, closed.
    returns<bool> invalidate_if(std::string_view streamer, std::uint64_t generation) const {
        return detail::give(detail::make_bool([&](bool* dropped, auto** error) {
            return grantmint_playback_minter_invalidate_if(capi(), detail::str(streamer),
                                                           generation, dropped, error);
        }));
    }

    /// From now on signs and fetches with another key of the same account. Cached grants stay,
    /// cached errors are dropped. Fetches in flight still serve their waiters, but their results
    /// are not stored.
    ///
    /// @throws error invalid_credentials for a key of another account, closed.
    returns<void> rotate(const api_key& key) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_playback_minter_rotate(capi(), key.capi(), error);
        }));
    }

    /// The statistics of the cache, for everybody who shares it.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<grantmint::stats> stats() const {
        return detail::give(detail::construct<grantmint::stats>([&](auto** out, auto** error) {
            return grantmint_playback_minter_stats(capi(), out, error);
        }));
    }

    /// The cache's events since the last call, oldest first; the newest 1,024 at most.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<std::vector<event>> drain_events() const {
        return detail::give(detail::make_events([&](auto** out, auto** error) {
            return grantmint_playback_minter_drain_events(capi(), out, error);
        }));
    }

    /// Empties the cache for everybody who shares it, and wipes what this minter has prepared with its
    /// grants.
    ///
    /// @throws error closed.
    returns<void> purge() const {
        return detail::give(detail::run(
            [&](auto** error) { return grantmint_playback_minter_purge(capi(), error); }));
    }

    /// The cache. It may be used after the minter is destroyed.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<grant_cache> cache() const {
        return detail::give(detail::construct<grant_cache>([&](auto** out, auto** error) {
            return grantmint_playback_minter_cache(capi(), out, error);
        }));
    }

    /// Closes the minter and its streams. Later calls fail with errc::closed; calls that wait
    /// already still get their result. Its `keep_warm` ends. Others who share the cache go on, and
    /// minters to come find it for a while: purge() first empties it. Do not call it in a callback.
    void close() const noexcept { grantmint_playback_minter_close(capi()); }

   private:
    friend detail::access;
    using object::object;

    template <class Callback>
    result<void> start(std::string_view streamer, std::string_view identity, Callback&& callback,
                       const wait_options& options) const {
        return detail::run_with_answer<detail::owned_playback_token>(
            std::forward<Callback>(callback), [&](auto answer, void* userdata, auto** error) {
                return grantmint_playback_minter_token_then(capi(), detail::str(streamer),
                                                            detail::str(identity), options.capi(),
                                                            answer, userdata, error);
            });
    }
};

// ------------------------------------------------------------------------------------------------
// Credentials of other services

/// A REST endpoint that hands out short-lived credentials, described and not programmed: for credential
/// and ice_servers::rest. Nothing is checked or sent before one of these is made.
///
/// @code
/// grantmint::credential speech{grantmint::rest_source{R"({
///     "url": "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issueToken",
///     "headers": {"Ocp-Apim-Subscription-Key": "{resource_key}"},
///     "answer": "text", "lifetime": [{"constant": 600}]
/// })"}.secret("resource_key", "the secret of the resource")};
/// std::string token = speech.get().value;
/// @endcode
class rest_source {
   public:
    /// A source that is described by a JSON object, as grantmint_rest_source_new takes it. Secrets stay out
    /// of it.
    explicit rest_source(std::string_view json) { texts_.emplace_back(json); }

    /// The source of OAuth 2 access tokens for a client, by its credentials (RFC 6749, section 4.4). `form`:
    /// further fields, such as `{{"scope", "read"}}`. A token whose lifetime is not said counts as one of
    /// five minutes.
    static rest_source oauth2(
        std::string_view url, std::string_view client_id, std::string_view client_secret,
        std::initializer_list<std::pair<std::string_view, std::string_view>> form = {}) {
        rest_source source{url};
        source.texts_.emplace_back(client_id);
        source.texts_.emplace_back(client_secret);
        for (const auto& field : form) {
            source.named_.emplace_back(std::string{field.first}, field.second);
        }
        return source;
    }

    /// The text of a slot that the description has. It is never shown.
    rest_source& secret(std::string_view name, std::string_view text) {
        (texts_.size() == 1 ? named_ : misplaced_).emplace_back(std::string{name}, text);
        return *this;
    }

    /// @private
    [[nodiscard]] result<detail::owned<grantmint_rest_source_t, grantmint_rest_source_free>> make()
        const {
        using owned = detail::owned<grantmint_rest_source_t, grantmint_rest_source_free>;
        if (!misplaced_.empty()) {
            return detail::about(errc::invalid_argument, "secret", "has no effect with oauth2");
        }
        std::vector<grantmint_named_text_t> named;
        for (const auto& each : named_) {
            named.push_back({detail::str(each.first), each.second.capi()});
        }
        return detail::make<owned>([&](auto** out, auto** error) {
            if (texts_.size() == 1) {
                return grantmint_rest_source_new(texts_[0].capi(), named.data(), named.size(), out,
                                                 error);
            }
            return grantmint_rest_source_oauth2(texts_[0].capi(), texts_[1].capi(),
                                                texts_[2].capi(), named.data(), named.size(), out,
                                                error);
        });
    }

   private:
    std::vector<detail::secret_text> texts_;
    std::vector<std::pair<std::string, detail::secret_text>> named_, misplaced_;
};

/// A credential, and its state when it was handed out.
struct issued {
    /// The credential: a text, or JSON. It is a secret: treat it as one.
    std::string value;
    /// Whether it is JSON: an object, an array or a number.
    bool is_json = false;
    /// The time that it had left, less the safety margin.
    std::chrono::milliseconds remaining{0};
    /// How fresh it is.
    grantmint::freshness freshness = grantmint::freshness::fresh;
    /// If it is degraded, why, and after how long the next refresh is tried.
    std::optional<error> reason;
    /// Its number within its cache, for credential::invalidate_if. A later one is higher.
    std::uint64_t generation = 0;
};

/// ICE servers with credentials, and their state when they were handed out.
struct ice_credentials {
    /// The list of servers as JSON: the value of `iceServers` that RTCPeerConnection takes. It is a secret.
    std::string servers;
    /// `{"iceServers": …, "expiresIn": …}` as JSON, for an answer to a browser. It is a secret.
    std::string json;
    /// The time that they had left, less the safety margin. A connection that goes on for longer may end
    /// then.
    std::chrono::milliseconds remaining{0};
    /// How fresh they are.
    grantmint::freshness freshness = grantmint::freshness::fresh;
    /// If they are degraded, why, and after how long the next refresh is tried.
    std::optional<error> reason;
    /// Their number within their cache, for ice_servers::invalidate_if; 0 for what is signed here.
    std::uint64_t generation = 0;
};

namespace detail {

using owned_issued = owned<grantmint_issued_t, grantmint_issued_free>;
using owned_ice_credentials = owned<grantmint_ice_credentials_t, grantmint_ice_credentials_free>;

inline issued read(const owned_issued& raw) {
    issued issued;
    issued.value = string(grantmint_issued_value(raw.get()));
    issued.is_json = grantmint_issued_is_json(raw.get());
    issued.remaining = std::chrono::milliseconds{grantmint_issued_remaining_ms(raw.get())};
    issued.freshness = static_cast<freshness>(grantmint_issued_freshness(raw.get()));
    issued.reason = take_reason(grantmint_issued_reason(raw.get()));
    issued.generation = grantmint_issued_generation(raw.get());
    return issued;
}

inline ice_credentials read(const owned_ice_credentials& raw) {
    ice_credentials servers;
    servers.servers = string(grantmint_ice_credentials_ice_servers(raw.get()));
    auto json = make_string([&](auto** out, auto** error) {
        return grantmint_ice_credentials_to_json(raw.get(), out, error);
    });
    servers.json = json ? *std::move(json) : std::string{};
    servers.remaining =
        std::chrono::milliseconds{grantmint_ice_credentials_remaining_ms(raw.get())};
    servers.freshness = static_cast<freshness>(grantmint_ice_credentials_freshness(raw.get()));
    servers.reason = take_reason(grantmint_ice_credentials_reason(raw.get()));
    servers.generation = grantmint_ice_credentials_generation(raw.get());
    return servers;
}

/// Puts what options of a cache were set into those of C. `policy` is to live as long as `raw`.
template <class Options, class Raw>
std::optional<error> put_shared(const Options& options, Raw& raw,
                                grantmint_cache_policy_t& policy) {
    if (options.clock_.moved_from()) {
        return moved_away("clock");
    }
    if (options.cache_.moved_from()) {
        return moved_away("cache");
    }
    if (options.fleet_.moved_from()) {
        return moved_away("fleet");
    }
    if (options.share_ && options.share_->empty()) {
        return about(errc::invalid_argument, "share", "is empty: leave it out for the default");
    }
    if (options.policy_) {
        policy = options.policy_->capi();
        raw.policy = &policy;
    }
    raw.share = given(options.share_);
    raw.cache = options.cache_.get();
    raw.clock = options.clock_.get();
    raw.fleet = options.fleet_.get();
    raw.calls_per_second = options.calls_per_second_;
    raw.burst = options.burst_;
    raw.max_fetches = options.max_fetches_;
    raw.timeout_ms = options.timeout_ms_;
    raw.min_remaining_ms = options.min_remaining_ms_;
    raw.isolated = on_or_off(options.isolated_);
    return std::nullopt;
}

}  // namespace detail

/// Options of a credential. Each has a default.
class credential_options {
   public:
    /// What is handed out is used for a session, such as a call, of this length; half of a lifetime if it is
    /// not given. By default it is used for one request, immediately.
    credential_options& session(std::optional<whole_milliseconds> time = std::nullopt) {
        session_ = true;
        session_ms_ = detail::optional_ms(time);
        return *this;
    }

    /// Shares the cache, within this process, with those of the same secrets at the same origin that set the
    /// same name, of 1 to 128 bytes.
    credential_options& share(std::string_view name) {
        share_ = name;
        return *this;
    }

    /// The cache to use. It must exist until the object is made. Not together with `share`, `isolated` or
    /// `policy`.
    credential_options& cache(const grant_cache& cache) {
        cache_.set(cache.capi());
        return *this;
    }

    /// Whether there is a cache of its own; off by default.
    credential_options& isolated(bool isolated) {
        isolated_ = isolated;
        return *this;
    }

    /// The times and limits of the cache.
    credential_options& policy(const cache_policy& policy) {
        policy_ = policy;
        return *this;
    }

    /// Another clock, for tests. It must exist until the object is made. Nothing is then shared with others.
    credential_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

    /// Shares what is fetched with the other processes that name the same fleet: of all of them one fetches.
    /// It must exist until the object is made. Not together with `cache` or `clock`.
    credential_options& fleet(const grantmint::fleet& fleet) {
        fleet_.set(fleet.capi());
        return *this;
    }

    /// How long a call waits, 5 s by default.
    credential_options& timeout(whole_milliseconds time) {
        timeout_ms_ = detail::set_ms(time);
        return *this;
    }

    /// The least time that what is handed out must have left, after the safety margin is taken off: at most
    /// half of the lifetime. By default a twelfth of it, and 30 s at most unless for a session.
    credential_options& min_remaining(whole_milliseconds time) {
        min_remaining_ms_ = detail::set_ms(time);
        return *this;
    }

    /// As playback_minter_options::calls_per_second, for all that have the same secrets at one origin.
    credential_options& calls_per_second(double calls) {
        calls_per_second_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::burst, for the same.
    credential_options& burst(std::uint32_t calls) {
        burst_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::max_fetches, for the same.
    credential_options& max_fetches(std::uint32_t fetches) {
        max_fetches_ = detail::set_limit(fetches);
        return *this;
    }

   private:
    friend class credential;
    template <class Options, class Raw>
    friend std::optional<error> detail::put_shared(const Options&, Raw&, grantmint_cache_policy_t&);

    std::optional<std::string> share_;
    detail::reference<grantmint_grant_cache_t> cache_;
    std::optional<cache_policy> policy_;
    detail::reference<grantmint_manual_clock_t> clock_;
    detail::reference<grantmint_fleet_t> fleet_;
    double calls_per_second_ = 0;
    std::uint32_t burst_ = 0, max_fetches_ = 0, timeout_ms_ = 0, min_remaining_ms_ = 0, session_ms_ = 0;
    std::optional<bool> isolated_;
    bool session_ = false;
};

/// A short-lived credential of a service, fetched once and shared by all who need one: refreshed ahead, with
/// one request for any number of callers. Share one between all threads. Those of one source and the same
/// secrets share one cache within the process, unless told otherwise.
class credential : public detail::object<grantmint_credential_t, grantmint_credential_free> {
   public:
#ifndef GRANTMINT_NO_EXCEPTIONS
    /// The credential of what a source brings. Sends no request and starts no thread.
    ///
    /// @throws error 1xx for the description, and for options that are out of range or do not go together.
    explicit credential(const rest_source& source, const credential_options& options = {})
        : credential(create(source, options)) {}
#endif

    /// As the constructor.
    static returns<credential> create(const rest_source& source,
                                      const credential_options& options = {}) {
        auto made = source.make();
        if (!made) {
            return detail::give(result<credential>{std::move(made).error()});
        }
        grantmint_credential_options_t raw = GRANTMINT_CREDENTIAL_OPTIONS_INIT;
        grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
        if (auto wrong = detail::put_shared(options, raw, policy)) {
            return detail::give(result<credential>{*std::move(wrong)});
        }
        raw.session = options.session_ ? GRANTMINT_ON : GRANTMINT_DEFAULT;
        raw.session_ms = options.session_ms_;
        return detail::give(detail::construct<credential>([&](auto** out, auto** error) {
            return grantmint_credential_new(made->get(), &raw, out, error);
        }));
    }

    /// The credential. Waits for it if need be. `key`: whose, for a source that is `key`; nobody's if not given.
    ///
    /// @throws error invalid_argument for the key; 3xx of the fetch, the same for all its waiters;
    ///     deadline_exceeded if none came in time; overloaded if the rate limit is reached; closed after
    ///     `close`.
    [[nodiscard]] returns<issued> get(std::optional<std::string_view> key = std::nullopt,
                                        const wait_options& options = {}) const {
        return detail::give(detail::make_read<detail::owned_issued>([&](auto** out, auto** error) {
            return grantmint_credential_get(capi(), detail::given(key), options.capi(), out, error);
        }));
    }

    /// As `get`, with a callback. It is called once with a `result<issued>`: before this returns if it
    /// is cached, else on the thread that ends the fetch or, when the caller's timeout is over, on one of
    /// the library's threads. The callback must not block that thread. It may be move-only.
    ///
    /// @throws error invalid_utf8, invalid_argument and null_pointer, only for the arguments; the callback
    ///     is then not called. The callback gets every other error.
    template <class Callback>
    returns<void> get_async(std::optional<std::string_view> key, Callback&& callback,
                            const wait_options& options = {}) const {
        return detail::give(start(key, std::forward<Callback>(callback), options));
    }

    /// As `get_async`, but returns a future, which holds every error. Unlike the futures of `std::async`, it
    /// does not block when it is destroyed. Do not wait for it in a callback.
    [[nodiscard]] std::future<returns<issued>> get_future(
        std::optional<std::string_view> key = std::nullopt, const wait_options& options = {}) const {
        return detail::future_of<issued>(
            [&](auto callback) { return start(key, std::move(callback), options); });
    }

    /// The credential, if it is cached. Never waits. Starts a fetch if one is due.
    ///
    /// @throws error 1xx for the arguments, closed, unsupported for a source that is `call`; never an error
    ///     of upstream.
    [[nodiscard]] returns<std::optional<issued>> try_get(
        std::optional<std::string_view> key = std::nullopt, const wait_options& options = {}) const {
        return detail::give(
            detail::make_optional_read<detail::owned_issued>([&](auto** out, auto** error) {
                return grantmint_credential_try_get(capi(), detail::given(key), options.capi(), out, error);
            }));
    }

    /// Fetches the credential before anybody needs it. Does not wait.
    ///
    /// @throws error as `try_get`; that of the last fetch while no request may be sent.
    returns<void> prefetch(std::optional<std::string_view> key = std::nullopt) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_credential_prefetch(capi(), detail::given(key), error);
        }));
    }

    /// Keeps it fresh without callers, for at most 48 h. Zero ends it.
    ///
    /// @throws error as `try_get`; that of the last fetch while no request may be sent.
    returns<void> keep_warm(whole_milliseconds time, std::optional<std::string_view> key = std::nullopt) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_credential_keep_warm(capi(), detail::given(key), detail::span_ms(time), error);
        }));
    }

    /// Drops the credential, and returns whether there was an entry. A fetch in flight still serves its
    /// waiters, but what it brings is not stored.
    ///
    /// @throws error as `try_get`.
    returns<bool> invalidate(std::optional<std::string_view> key = std::nullopt) const {
        return detail::give(detail::make_bool([&](bool* dropped, auto** error) {
            return grantmint_credential_invalidate(capi(), detail::given(key), dropped, error);
        }));
    }

    /// Drops it if of this generation, and returns whether it was: of many callers whom a service has
    /// refused, only the first causes a new fetch.
    ///
    /// @throws error as `try_get`.
    returns<bool> invalidate_if(std::uint64_t generation, std::optional<std::string_view> key = std::nullopt) const {
        return detail::give(detail::make_bool([&](bool* dropped, auto** error) {
            return grantmint_credential_invalidate_if(capi(), detail::given(key), generation, dropped, error);
        }));
    }

    /// Drops all credentials and cached errors of the source in the cache, for everybody who shares them.
    ///
    /// @throws error closed.
    returns<void> purge() const {
        return detail::give(
            detail::run([&](auto** error) { return grantmint_credential_purge(capi(), error); }));
    }

    /// The statistics of the cache, for everybody who shares it.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<grantmint::stats> stats() const {
        return detail::give(detail::construct<grantmint::stats>([&](auto** out, auto** error) {
            return grantmint_credential_stats(capi(), out, error);
        }));
    }

    /// The cache's events since the last call, oldest first; the newest 1,024 at most.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<std::vector<event>> drain_events() const {
        return detail::give(detail::make_events([&](auto** out, auto** error) {
            return grantmint_credential_drain_events(capi(), out, error);
        }));
    }

    /// The cache. It may be used after the credential is destroyed.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<grant_cache> cache() const {
        return detail::give(detail::construct<grant_cache>([&](auto** out, auto** error) {
            return grantmint_credential_cache(capi(), out, error);
        }));
    }

    /// Closes it. Later calls fail with errc::closed, calls that wait are answered, and `keep_warm` ends.
    /// Others who share the cache go on. Do not call it in a callback.
    void close() const noexcept { grantmint_credential_close(capi()); }

   private:
    friend detail::access;
    using object::object;

    template <class Callback>
    result<void> start(std::optional<std::string_view> key, Callback&& callback,
                       const wait_options& options) const {
        return detail::run_with_answer<detail::owned_issued>(
            std::forward<Callback>(callback), [&](auto answer, void* userdata, auto** error) {
                return grantmint_credential_get_then(capi(), detail::given(key), options.capi(), answer, userdata,
                                   error);
            });
    }
};

/// Options of ice_servers. Each has a default. For a coturn server there are `ttl` and `clock` alone, as
/// there is nothing to fetch.
class ice_servers_options {
   public:
    /// The lifetime to ask for: 1 s to 48 h, by default a day. A source of your own has its own.
    ice_servers_options& ttl(whole_seconds time) {
        ttl_ = detail::refused_if_zero<std::uint32_t>(time);
        return *this;
    }

    /// How long connections last that are made with what is handed out; half of the lifetime by default.
    ice_servers_options& session(whole_milliseconds time) {
        session_ms_ = detail::set_ms(time);
        return *this;
    }

    /// Scheme, host and port of Twilio or Cloudflare, for an emulator. Plain http is allowed on loopback
    /// only.
    ice_servers_options& base_url(std::string_view url) {
        base_url_ = url;
        return *this;
    }

    /// The URL of an HTTP proxy. The environment's proxy variables are not read.
    ice_servers_options& proxy(std::string_view url) {
        proxy_ = url;
        return *this;
    }

    /// The path of a PEM file with the certificate authorities to trust instead of the built-in ones.
    ice_servers_options& ca_file(std::string_view path) {
        ca_file_ = path;
        return *this;
    }

    /// As credential_options::share.
    ice_servers_options& share(std::string_view name) {
        share_ = name;
        return *this;
    }

    /// The cache to use. It must exist until the object is made. Not together with `share`, `isolated` or
    /// `policy`.
    ice_servers_options& cache(const grant_cache& cache) {
        cache_.set(cache.capi());
        return *this;
    }

    /// Whether there is a cache of its own; off by default.
    ice_servers_options& isolated(bool isolated) {
        isolated_ = isolated;
        return *this;
    }

    /// The times and limits of the cache.
    ice_servers_options& policy(const cache_policy& policy) {
        policy_ = policy;
        return *this;
    }

    /// Another clock, for tests. It must exist until the object is made. Nothing is then shared with others.
    ice_servers_options& clock(const manual_clock& clock) {
        clock_.set(clock.capi());
        return *this;
    }

    /// Shares what is fetched with the other processes that name the same fleet: of all of them one fetches.
    /// It must exist until the object is made. Not together with `cache` or `clock`.
    ice_servers_options& fleet(const grantmint::fleet& fleet) {
        fleet_.set(fleet.capi());
        return *this;
    }

    /// How long a call waits, 5 s by default.
    ice_servers_options& timeout(whole_milliseconds time) {
        timeout_ms_ = detail::set_ms(time);
        return *this;
    }

    /// The least time that what is handed out must have left, after the safety margin is taken off: at most
    /// half of the lifetime. By default a twelfth of it.
    ice_servers_options& min_remaining(whole_milliseconds time) {
        min_remaining_ms_ = detail::set_ms(time);
        return *this;
    }

    /// As playback_minter_options::calls_per_second, for all that have the same secrets at one origin.
    ice_servers_options& calls_per_second(double calls) {
        calls_per_second_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::burst, for the same.
    ice_servers_options& burst(std::uint32_t calls) {
        burst_ = detail::set_limit(calls);
        return *this;
    }

    /// As playback_minter_options::max_fetches, for the same.
    ice_servers_options& max_fetches(std::uint32_t fetches) {
        max_fetches_ = detail::set_limit(fetches);
        return *this;
    }

   private:
    friend class ice_servers;
    template <class Options, class Raw>
    friend std::optional<error> detail::put_shared(const Options&, Raw&, grantmint_cache_policy_t&);

    std::optional<std::string> share_, base_url_, proxy_, ca_file_;
    detail::reference<grantmint_grant_cache_t> cache_;
    std::optional<cache_policy> policy_;
    detail::reference<grantmint_manual_clock_t> clock_;
    detail::reference<grantmint_fleet_t> fleet_;
    double calls_per_second_ = 0;
    std::uint32_t burst_ = 0, max_fetches_ = 0, timeout_ms_ = 0, min_remaining_ms_ = 0, ttl_ = 0, session_ms_ = 0;
    std::optional<bool> isolated_;
};

/// ICE servers for browsers, with short-lived credentials that all callers share, or that each user has: of
/// Twilio, Cloudflare, any other service, or a coturn server of your own. Share one between all threads.
///
/// Hand them out to users who have signed in: whoever has a credential can relay through the servers until
/// it ends.
///
/// @code
/// auto servers = grantmint::ice_servers::coturn(secret, {"turn:turn.example:3478?transport=udp"});
/// std::string answer = servers.get("alice").json;
/// @endcode
class ice_servers : public detail::object<grantmint_ice_servers_t, grantmint_ice_servers_free> {
   public:
    /// Twilio's, with an API key. Like the others below, this sends no request and starts no thread.
    ///
    /// @throws error 1xx for options that are out of range or have no effect.
    static returns<ice_servers> twilio(const api_key& key,
                                       const ice_servers_options& options = {}) {
        return create(options, [&](const auto* raw, auto** out, auto** error) {
            return grantmint_ice_servers_twilio(key.capi(), raw, out, error);
        });
    }

    /// Twilio's, with an account's SID and its auth token.
    ///
    /// @throws error invalid_sid; else as `twilio`.
    static returns<ice_servers> twilio_account(std::string_view account_sid,
                                               std::string_view auth_token,
                                               const ice_servers_options& options = {}) {
        return create(options, [&](const auto* raw, auto** out, auto** error) {
            return grantmint_ice_servers_twilio_account(
                detail::str(account_sid), detail::str(auth_token), raw, out, error);
        });
    }

    /// Cloudflare's, with a TURN key and its API token.
    ///
    /// @throws error as `twilio`.
    static returns<ice_servers> cloudflare(std::string_view key_id, std::string_view api_token,
                                           const ice_servers_options& options = {}) {
        return create(options, [&](const auto* raw, auto** out, auto** error) {
            return grantmint_ice_servers_cloudflare(detail::str(key_id), detail::str(api_token),
                                                    raw, out, error);
        });
    }

    /// A coturn server with `use-auth-secret` and this `static-auth-secret`, at URLs such as
    /// `turn:turn.example:3478?transport=udp`. What is handed out is signed here, without a request.
    ///
    /// @throws error 1xx for the arguments; invalid_argument for an option of a cache, as there is none.
    static returns<ice_servers> coturn(std::string_view secret,
                                       const std::vector<std::string>& urls,
                                       const ice_servers_options& options = {}) {
        std::vector<grantmint_str_t> raw_urls;
        for (const std::string& url : urls) {
            raw_urls.push_back(detail::str(url));
        }
        return create(options, [&](const auto* raw, auto** out, auto** error) {
            return grantmint_ice_servers_coturn(detail::str(secret), raw_urls.data(),
                                                raw_urls.size(), raw, out, error);
        });
    }

    /// Those of any other service: its source brings a list of servers, one server, or an object that holds
    /// either as `iceServers`.
    ///
    /// @throws error as `credential`.
    static returns<ice_servers> rest(const rest_source& source,
                                     const ice_servers_options& options = {}) {
        auto made = source.make();
        if (!made) {
            return detail::give(result<ice_servers>{std::move(made).error()});
        }
        return create(options, [&](const auto* raw, auto** out, auto** error) {
            return grantmint_ice_servers_rest(made->get(), raw, out, error);
        });
    }

    /// The servers. Waits for them if need be. `identity`: users who are named have credentials of their own, all others share
    /// one.
    ///
    /// @throws error invalid_argument for the identity; 3xx of the fetch, the same for all its waiters;
    ///     deadline_exceeded if none came in time; overloaded if the rate limit is reached; closed after
    ///     `close`.
    [[nodiscard]] returns<ice_credentials> get(std::optional<std::string_view> identity = std::nullopt,
                                        const wait_options& options = {}) const {
        return detail::give(detail::make_read<detail::owned_ice_credentials>([&](auto** out, auto** error) {
            return grantmint_ice_servers_get(capi(), detail::given(identity), options.capi(), out, error);
        }));
    }

    /// As `get`, with a callback. It is called once with a `result<ice_credentials>`: before this returns if it
    /// is cached, else on the thread that ends the fetch or, when the caller's timeout is over, on one of
    /// the library's threads. The callback must not block that thread. It may be move-only.
    ///
    /// @throws error invalid_utf8, invalid_argument and null_pointer, only for the arguments; the callback
    ///     is then not called. The callback gets every other error.
    template <class Callback>
    returns<void> get_async(std::optional<std::string_view> identity, Callback&& callback,
                            const wait_options& options = {}) const {
        return detail::give(start(identity, std::forward<Callback>(callback), options));
    }

    /// As `get_async`, but returns a future, which holds every error. Unlike the futures of `std::async`, it
    /// does not block when it is destroyed. Do not wait for it in a callback.
    [[nodiscard]] std::future<returns<ice_credentials>> get_future(
        std::optional<std::string_view> identity = std::nullopt, const wait_options& options = {}) const {
        return detail::future_of<ice_credentials>(
            [&](auto callback) { return start(identity, std::move(callback), options); });
    }

    /// The servers, if they are cached. Never waits. Starts a fetch if one is due.
    ///
    /// @throws error 1xx for the arguments, closed, unsupported for a source that is `call`; never an error
    ///     of upstream.
    [[nodiscard]] returns<std::optional<ice_credentials>> try_get(
        std::optional<std::string_view> identity = std::nullopt, const wait_options& options = {}) const {
        return detail::give(
            detail::make_optional_read<detail::owned_ice_credentials>([&](auto** out, auto** error) {
                return grantmint_ice_servers_try_get(capi(), detail::given(identity), options.capi(), out, error);
            }));
    }

    /// Keeps them fresh without callers, for at most 48 h. Zero ends it.
    ///
    /// @throws error as `try_get`; that of the last fetch while no request may be sent.
    returns<void> keep_warm(whole_milliseconds time, std::optional<std::string_view> identity = std::nullopt) const {
        return detail::give(detail::run([&](auto** error) {
            return grantmint_ice_servers_keep_warm(capi(), detail::given(identity), detail::span_ms(time), error);
        }));
    }

    /// Drops them if of this generation, and returns whether it was: of many callers whom a service has
    /// refused, only the first causes a new fetch.
    ///
    /// @throws error as `try_get`.
    returns<bool> invalidate_if(std::uint64_t generation, std::optional<std::string_view> identity = std::nullopt) const {
        return detail::give(detail::make_bool([&](bool* dropped, auto** error) {
            return grantmint_ice_servers_invalidate_if(capi(), detail::given(identity), generation, dropped, error);
        }));
    }

    /// The statistics of the cache, for everybody who shares it. None for a coturn server, which has no
    /// cache.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<std::optional<grantmint::stats>> stats() const {
        grantmint_stats_t* raw = nullptr;
        auto done = detail::run(
            [&](auto** error) { return grantmint_ice_servers_stats(capi(), &raw, error); });
        using stats_or_error = result<std::optional<grantmint::stats>>;
        if (!done) {
            return detail::give(stats_or_error{std::move(done).error()});
        }
        std::optional<grantmint::stats> stats;
        if (raw != nullptr) {
            stats = detail::access::adopt<grantmint::stats>(raw);
        }
        return detail::give(stats_or_error{std::move(stats)});
    }

    /// The cache's events since the last call, oldest first; the newest 1,024 at most.
    ///
    /// @throws error closed.
    [[nodiscard]] returns<std::vector<event>> drain_events() const {
        return detail::give(detail::make_events([&](auto** out, auto** error) {
            return grantmint_ice_servers_drain_events(capi(), out, error);
        }));
    }

    /// Closes them. Later calls fail with errc::closed, calls that wait are answered, and `keep_warm` ends.
    /// Others who share the cache go on. Does nothing for a coturn server. Do not call it in a callback.
    void close() const noexcept { grantmint_ice_servers_close(capi()); }

   private:
    friend detail::access;
    using object::object;

    template <class Callback>
    result<void> start(std::optional<std::string_view> identity, Callback&& callback,
                       const wait_options& options) const {
        return detail::run_with_answer<detail::owned_ice_credentials>(
            std::forward<Callback>(callback), [&](auto answer, void* userdata, auto** error) {
                return grantmint_ice_servers_get_then(capi(), detail::given(identity), options.capi(), answer, userdata,
                                   error);
            });
    }

    template <class Call>
    static returns<ice_servers> create(const ice_servers_options& options, Call&& call) {
        grantmint_ice_servers_options_t raw = GRANTMINT_ICE_SERVERS_OPTIONS_INIT;
        grantmint_cache_policy_t policy = GRANTMINT_CACHE_POLICY_INIT;
        if (auto wrong = detail::put_shared(options, raw, policy)) {
            return detail::give(result<ice_servers>{*std::move(wrong)});
        }
        const struct {
            const std::optional<std::string>& text;
            grantmint_str_t& place;
            const char* name;
            errc code;
        } texts[] = {{options.base_url_, raw.base_url, "base_url", errc::invalid_url},
                     {options.proxy_, raw.proxy, "proxy", errc::invalid_url},
                     {options.ca_file_, raw.ca_file, "ca_file", errc::invalid_argument}};
        for (const auto& each : texts) {
            if (each.text && each.text->empty()) {
                return detail::give(result<ice_servers>{
                    detail::about(each.code, each.name, "is empty: leave it out for the default")});
            }
            each.place = detail::given(each.text);
        }
        raw.ttl = options.ttl_;
        raw.session_ms = options.session_ms_;
        return detail::give(detail::construct<ice_servers>(
            [&](auto** out, auto** error) { return call(&raw, out, error); }));
    }
};

// ------------------------------------------------------------------------------------------------
// Test helpers

namespace testing {

/// Makes a cache behave as in a forked child from now on: it keeps only the grants that have not
/// expired.
inline returns<void> simulate_fork(const grant_cache& cache) {
    return detail::give(detail::run(
        [&](auto** error) { return grantmint_testing_simulate_fork(cache.capi(), error); }));
}

}  // namespace testing
}  // inline namespace
}  // namespace grantmint

#undef GRANTMINT_CAN_CATCH_
#undef GRANTMINT_ONE_TYPE_

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#endif  // C++17
#endif  // GRANTMINT_HPP
