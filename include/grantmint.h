/*
 * grantmint: mints Twilio Access Tokens and keeps one in-process cache of playback grants.
 *
 * This file is written from ffi/src: change it there.
 *
 * Conventions
 *
 *   Errors: calls that can fail return a grantmint_status_t. Their last argument is a
 *   grantmint_error_t **, which may be NULL. After a failure it is set to an error object, to free
 *   with grantmint_error_free; after a success it is set to NULL. There is no errno, and no last
 *   error of a thread. Comments name statuses without GRANTMINT_ERR_ and in small letters. Beside
 *   those that they name, any function may return GRANTMINT_ERR_PANIC (a fault inside the library
 *   was caught: please report it), and for its arguments GRANTMINT_ERR_NULL_POINTER,
 *   GRANTMINT_ERR_INVALID_UTF8 and, for a pointer to the wrong thing,
 *   GRANTMINT_ERR_INVALID_ARGUMENT.
 *
 *   Ownership: after a success the caller owns what `*out` points to, and frees it with the ..._free
 *   function of its type. After a failure `*out` is NULL. Every ..._free function does nothing for
 *   NULL. Never give to free() what came from here, or to a function of this library what came from
 *   malloc(). An argument that is "consumed" belongs to the library from then on: do not use it or
 *   free it again. What "belongs to" an object lives as long as that object.
 *
 *   Times of tokens and grants (ttl, nbf, valid_until, leeway) are in seconds. Times to wait and
 *   times that remain are in milliseconds and end in _ms.
 *
 *   Threads: a `const T *` may be used by any number of threads at once. A `T *` must not be in use
 *   anywhere else. Objects may be freed on another thread than the one that made them.
 *
 *   fork(): a child may go on using every object. It takes over grants that are still good, but not
 *   the fetches that are running. Callbacks that wait for such a fetch are not called in the child.
 *
 *   Examples: in each, `key` is a `const grantmint_api_key_t *`, and `error` a
 *   `grantmint_error_t *` that is NULL.
 *
 * The rules that "Safety" sections name
 *
 *   [handles]    A pointer to an object is NULL or came from this library, is of its type, and the
 *                object was not freed or consumed since. NULL is refused unless allowed. The library
 *                detects most pointers to other or freed objects, but cannot detect all.
 *   [strings]    A grantmint_str_t points to `len` bytes that can be read during the call. It need
 *                not be terminated; a zero byte in it is data. NULL with a `len` of 0 is empty.
 *   [arrays]     A pointer with a count points to that many elements that can be read during the
 *                call. NULL with a count of 0 is empty.
 *   [structs]    A struct with a `struct_size` is NULL or has that many bytes. Initialise it with
 *                its ..._INIT macro or grantmint_options_init, then set members. For a smaller
 *                struct, of an older header, the missing members have their defaults. A larger one,
 *                of a newer header, is refused with GRANTMINT_ERR_STRUCT_SIZE if it sets a member
 *                that this library does not know.
 *   [outputs]    A pointer to an output has room for it; `error` may be NULL, `out` where it says so.
 *   [buffers]    `buffer` has room for `capacity` elements, and `len` for a size_t. If the result
 *                does not fit, nothing but `*len` is written, which says how much room it needs. To
 *                ask for that alone, pass NULL and 0.
 *   [callbacks]  A callback can be called on any thread: the caller's before the call returns, a
 *                thread of the library (2 MiB of stack; all signals but those of a crash are
 *                blocked there), the thread that ends the fetch, or the thread of another
 *                caller that finds the fetch past its time. No lock is held. It may call anything
 *                but the ..._free and ..._close of the object it was given to. It must not block
 *                for long, throw, longjmp or end its thread. Its `userdata` lives until it will not
 *                be called again.
 */


#ifndef GRANTMINT_H
#define GRANTMINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Set GRANTMINT_API to say how the functions are imported; on Windows, define GRANTMINT_SHARED to
 * link with the DLL. */
#ifndef GRANTMINT_API
#if defined(_WIN32) && defined(GRANTMINT_SHARED)
#define GRANTMINT_API __declspec(dllimport)
#else
#define GRANTMINT_API
#endif
#endif

/* Warns where a result is thrown away. */
#ifndef GRANTMINT_NODISCARD
#if defined(__cplusplus) && __cplusplus >= 201703L
#define GRANTMINT_NODISCARD [[nodiscard]]
#elif defined(__GNUC__)
#define GRANTMINT_NODISCARD __attribute__((warn_unused_result))
#else
#define GRANTMINT_NODISCARD
#endif
#endif

/* The version of this header; grantmint_version() is that of the library. */
#define GRANTMINT_VERSION_MAJOR 0
#define GRANTMINT_VERSION_MINOR 1
#define GRANTMINT_VERSION_PATCH 0
#define GRANTMINT_VERSION "0.1.0"
#define GRANTMINT_VERSION_NUMBER \
    (GRANTMINT_VERSION_MAJOR * 1000000 + GRANTMINT_VERSION_MINOR * 1000 + GRANTMINT_VERSION_PATCH)

/**
 * A time of 0 ms, for members and arguments where a zero means the default.
 */
#define GRANTMINT_ZERO_MS UINT32_MAX

/**
 * The longest token that is signed, decoded or verified, in bytes.
 */
#define GRANTMINT_TOKEN_MAX_BYTES 131072

/**
 * For `backdate`, where a zero means the default: no seconds at all.
 */
#define GRANTMINT_ZERO_S UINT32_MAX

/**
 * In `clock_offset_ms`: no answer of upstream has shown its clock yet.
 */
#define GRANTMINT_CLOCK_OFFSET_UNKNOWN INT64_MIN

/**
 * How a call ended. Numbers never change their meaning; there may be new ones.
 *
 * 1xx: the arguments. 2xx: a token to decode or verify. 3xx: upstream. 4xx: waiting and lifetime
 * cycle. 9xx: the C interface itself.
 */
enum grantmint_status_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It did what was asked.
     */
    GRANTMINT_OK = 0,
    /**
     * An argument is out of its documented range.
     */
    GRANTMINT_ERR_INVALID_ARGUMENT = 100,
    /**
     * A SID does not have its prefix and 32 hexadecimal digits.
     */
    GRANTMINT_ERR_INVALID_SID = 101,
    /**
     * Credentials are missing, empty or swapped.
     */
    GRANTMINT_ERR_INVALID_CREDENTIALS = 102,
    /**
     * The identity is empty or too long.
     */
    GRANTMINT_ERR_INVALID_IDENTITY = 103,
    /**
     * A time to live is out of its range.
     */
    GRANTMINT_ERR_INVALID_TTL = 104,
    /**
     * A grant is malformed, too large or given twice.
     */
    GRANTMINT_ERR_INVALID_GRANT = 105,
    /**
     * The allowed origin is not a full origin.
     */
    GRANTMINT_ERR_INVALID_ORIGIN = 106,
    /**
     * A URL is malformed or not allowed.
     */
    GRANTMINT_ERR_INVALID_URL = 107,
    /**
     * A count or size is over its documented limit.
     */
    GRANTMINT_ERR_LIMIT_EXCEEDED = 108,
    /**
     * The token is not a well-formed JSON Web Token.
     */
    GRANTMINT_ERR_TOKEN_MALFORMED = 200,
    /**
     * The token is signed with an algorithm that is not allowed.
     */
    GRANTMINT_ERR_TOKEN_ALGORITHM = 201,
    /**
     * The signature does not match.
     */
    GRANTMINT_ERR_TOKEN_SIGNATURE = 202,
    /**
     * The token has expired.
     */
    GRANTMINT_ERR_TOKEN_EXPIRED = 203,
    /**
     * The token is not valid yet.
     */
    GRANTMINT_ERR_TOKEN_NOT_YET_VALID = 204,
    /**
     * The token was issued by another key or for another account.
     */
    GRANTMINT_ERR_TOKEN_ISSUER = 205,
    /**
     * A claim is missing or of the wrong type.
     */
    GRANTMINT_ERR_TOKEN_CLAIMS = 206,
    /**
     * Upstream refused the request (400).
     */
    GRANTMINT_ERR_UPSTREAM_BAD_REQUEST = 300,
    /**
     * Upstream refused the credentials (401).
     */
    GRANTMINT_ERR_UPSTREAM_UNAUTHORIZED = 301,
    /**
     * The key may not do this (403).
     */
    GRANTMINT_ERR_UPSTREAM_FORBIDDEN = 302,
    /**
     * Upstream does not know the streamer (404).
     */
    GRANTMINT_ERR_UPSTREAM_NOT_FOUND = 303,
    /**
     * Upstream limits the account's requests (429), or the cool-down after a 429 is not over yet.
     */
    GRANTMINT_ERR_THROTTLED = 304,
    /**
     * Upstream failed (5xx).
     */
    GRANTMINT_ERR_UPSTREAM_UNAVAILABLE = 305,
    /**
     * Upstream did not answer in time.
     */
    GRANTMINT_ERR_UPSTREAM_TIMEOUT = 306,
    /**
     * No connection to upstream, or it broke.
     */
    GRANTMINT_ERR_UPSTREAM_CONNECT = 307,
    /**
     * The TLS connection to upstream cannot be trusted.
     */
    GRANTMINT_ERR_UPSTREAM_TLS = 308,
    /**
     * Upstream answered with an unexpected status, such as a redirect.
     */
    GRANTMINT_ERR_UPSTREAM_STATUS = 309,
    /**
     * The answer of upstream is not JSON.
     */
    GRANTMINT_ERR_UPSTREAM_NOT_JSON = 310,
    /**
     * The answer of upstream holds no grant object.
     */
    GRANTMINT_ERR_UPSTREAM_NO_GRANT = 311,
    /**
     * The answer of upstream is over the size limit.
     */
    GRANTMINT_ERR_UPSTREAM_TOO_LARGE = 312,
    /**
     * The new grant does not live as long as asked for.
     */
    GRANTMINT_ERR_GRANT_TOO_SHORT = 313,
    /**
     * The custom source of grants failed.
     */
    GRANTMINT_ERR_SOURCE_FAILED = 314,
    /**
     * The proxy refused the way to upstream.
     */
    GRANTMINT_ERR_PROXY_REFUSED = 315,
    /**
     * The answer of upstream does not say how long its credential lives.
     */
    GRANTMINT_ERR_UPSTREAM_BAD_LIFETIME = 316,
    /**
     * No grant came within the caller's time.
     */
    GRANTMINT_ERR_DEADLINE_EXCEEDED = 400,
    /**
     * The caller cancelled the call.
     */
    GRANTMINT_ERR_CANCELLED = 401,
    /**
     * The fetch was given up before it had a grant or an error.
     */
    GRANTMINT_ERR_ABANDONED = 402,
    /**
     * The account's rate limit is used up.
     */
    GRANTMINT_ERR_OVERLOADED = 403,
    /**
     * The object has been closed.
     */
    GRANTMINT_ERR_CLOSED = 404,
    /**
     * Not supported here.
     */
    GRANTMINT_ERR_UNSUPPORTED = 405,
    /**
     * A fault inside grantmint was caught: please report it.
     */
    GRANTMINT_ERR_PANIC = 900,
    /**
     * A pointer that must not be null is null.
     */
    GRANTMINT_ERR_NULL_POINTER = 901,
    /**
     * Text is not valid UTF-8.
     */
    GRANTMINT_ERR_INVALID_UTF8 = 902,
    /**
     * The caller's buffer is too small.
     */
    GRANTMINT_ERR_BUFFER_TOO_SMALL = 903,
    /**
     * A struct is of a size that this version does not know.
     */
    GRANTMINT_ERR_STRUCT_SIZE = 904,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_status_t grantmint_status_t;
#else
typedef int32_t grantmint_status_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How good a grant is that a caller got.
 */
enum grantmint_freshness_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no grant.
     */
    GRANTMINT_NO_GRANT = 0,
    /**
     * No refresh is due.
     */
    GRANTMINT_FRESH = 1,
    /**
     * A refresh is due or running; no caller has to wait for it.
     */
    GRANTMINT_REFRESHING = 2,
    /**
     * The last refresh failed or may not be tried yet. The grant still has the `min_remaining_ms`
     * of the call.
     */
    GRANTMINT_DEGRADED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_freshness_t grantmint_freshness_t;
#else
typedef int32_t grantmint_freshness_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whether the request of a ticket may be sent.
 */
enum grantmint_start_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No: the fetch has ended with the status that the call returned.
     */
    GRANTMINT_START_REFUSED = 0,
    /**
     * Yes, now.
     */
    GRANTMINT_START_GO = 1,
    /**
     * Not yet: the account's rate limit is used up, or another process of the fleet is fetching the
     * grant. Ask again later.
     */
    GRANTMINT_START_LATER = 2,
    /**
     * No, it is not needed: the fetch has ended with a grant that another process of the fleet has
     * fetched.
     */
    GRANTMINT_START_SERVED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_start_t grantmint_start_t;
#else
typedef int32_t grantmint_start_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What the caller of `grantmint_grant_cache_begin` has to do.
 */
enum grantmint_outcome_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: the call failed.
     */
    GRANTMINT_NOTHING = 0,
    /**
     * Use `hit`.
     */
    GRANTMINT_HIT = 1,
    /**
     * Use `hit`, and do the fetch of `ticket`, which refreshes the grant.
     */
    GRANTMINT_HIT_AND_FETCH = 2,
    /**
     * Do the fetch of `ticket`, and wait for it with `waiter`.
     */
    GRANTMINT_FETCH = 3,
    /**
     * Wait with `waiter` for the fetch that another caller is doing.
     */
    GRANTMINT_WAIT = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_outcome_t grantmint_outcome_t;
#else
typedef int32_t grantmint_outcome_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A signature algorithm. Twilio accepts HS256.
 */
enum grantmint_algorithm_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * HMAC with SHA-256.
     */
    GRANTMINT_HS256 = 256,
    /**
     * HMAC with SHA-384.
     */
    GRANTMINT_HS384 = 384,
    /**
     * HMAC with SHA-512.
     */
    GRANTMINT_HS512 = 512,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_algorithm_t grantmint_algorithm_t;
#else
typedef int32_t grantmint_algorithm_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happened. Later versions may add kinds.
 */
enum grantmint_event_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Something that this version has no kind for.
     */
    GRANTMINT_EVENT_OTHER = 0,
    /**
     * A fetch was sent upstream.
     */
    GRANTMINT_EVENT_FETCH_SENT = 1,
    /**
     * A fetch brought the grant of `generation`.
     */
    GRANTMINT_EVENT_FETCH_SUCCEEDED = 2,
    /**
     * A fetch failed with `status`.
     */
    GRANTMINT_EVENT_FETCH_FAILED = 3,
    /**
     * A fetch was given up before it had a grant or an error.
     */
    GRANTMINT_EVENT_FETCH_ABANDONED = 4,
    /**
     * The key was dropped to make space for another.
     */
    GRANTMINT_EVENT_EVICTED = 5,
    /**
     * The host invalidated the key.
     */
    GRANTMINT_EVENT_INVALIDATED = 6,
    /**
     * The host emptied the cache.
     */
    GRANTMINT_EVENT_PURGED = 7,
    /**
     * The host changed the credentials.
     */
    GRANTMINT_EVENT_ROTATED = 8,
    /**
     * The cache starts anew in a forked child, with the grants that are still good.
     */
    GRANTMINT_EVENT_FORKED = 9,
    /**
     * The key was refused, for the first time within a minute, as the account's rate leaves no room
     * for its fetch.
     */
    GRANTMINT_EVENT_NO_ROOM = 10,
    /**
     * After a 429 the account is called less often.
     */
    GRANTMINT_EVENT_RATE_CUT = 11,
    /**
     * Another minter of the account has set other limits; of each the lower holds.
     */
    GRANTMINT_EVENT_LIMITS_DIFFER = 12,
    /**
     * The grant of `generation` came from another process of the fleet, which had fetched it.
     */
    GRANTMINT_EVENT_FLEET_VALUE = 13,
    /**
     * What the fleet shares by has failed: it is not used for some seconds, and this process fetches
     * for itself. `grantmint_stats_fleet_trouble` says what is wrong.
     */
    GRANTMINT_EVENT_FLEET_BROKEN = 14,
    /**
     * What the fleet shares by works again.
     */
    GRANTMINT_EVENT_FLEET_BACK = 15,
    /**
     * A credential that came lives longer than may be; its lifetime was cut.
     */
    GRANTMINT_EVENT_LIFETIME_CUT = 16,
    /**
     * What the fleet shares by takes no writes, so that no process can get the right to fetch for all.
     */
    GRANTMINT_EVENT_FLEET_READ_ONLY = 17,
    /**
     * The fleet's server cannot do what a fleet needs, such as to run scripts or tell the time.
     */
    GRANTMINT_EVENT_FLEET_UNSUPPORTED = 18,
    /**
     * A grant came from another process that ends more than two seconds sooner by this machine's clock
     * than by that of what the fleet shares by.
     */
    GRANTMINT_EVENT_FLEET_SKEWED = 19,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_event_kind_t grantmint_event_kind_t;
#else
typedef int32_t grantmint_event_kind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a service counts when it measures a text.
 */
enum grantmint_length_unit_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Bytes of UTF-8.
     */
    GRANTMINT_BYTES = 0,
    /**
     * Unicode code points.
     */
    GRANTMINT_CHARS = 1,
    /**
     * UTF-16 code units, as JavaScript and Java count.
     */
    GRANTMINT_UTF16 = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_length_unit_t grantmint_length_unit_t;
#else
typedef int32_t grantmint_length_unit_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a slot takes, and what a value is.
 */
enum grantmint_slot_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A text.
     */
    GRANTMINT_SLOT_TEXT = 1,
    /**
     * A whole number of at most 2^53 - 1 either way: what lies beyond, many readers change.
     */
    GRANTMINT_SLOT_INTEGER = 2,
    /**
     * True or false.
     */
    GRANTMINT_SLOT_BOOL = 3,
    /**
     * Any JSON value.
     */
    GRANTMINT_SLOT_JSON = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_slot_kind_t grantmint_slot_kind_t;
#else
typedef int32_t grantmint_slot_kind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A setting that is on, off, or left to its default.
 */
enum grantmint_switch_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The default.
     */
    GRANTMINT_DEFAULT = 0,
    /**
     * Yes.
     */
    GRANTMINT_ON = 1,
    /**
     * No.
     */
    GRANTMINT_OFF = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum grantmint_switch_t grantmint_switch_t;
#else
typedef int32_t grantmint_switch_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * One Access Token: for whom, with what grants, for how long. To mint for many identities, use a
 * `grantmint_token_minter_t`: the same bytes, several times as fast.
 *
 * ```c
 * grantmint_access_token_t *token = NULL;
 * grantmint_string_t *jwt = NULL;
 * if (grantmint_access_token_new(key, GRANTMINT_STR("alice"), NULL, &token, &error) == GRANTMINT_OK &&
 *     grantmint_access_token_to_jwt(token, &jwt, &error) == GRANTMINT_OK) {
 *     grantmint_str_t text = grantmint_string_get(jwt);
 *     printf("%.*s\n", (int)text.len, text.data);
 * }
 * grantmint_string_free(jwt);
 * grantmint_access_token_free(token);
 * ```
 */
typedef struct grantmint_access_token_t grantmint_access_token_t;

/**
 * A validated API key. Minters keep what they need of it: it may be freed right after they are
 * made. The secret, of at most 4,096 bytes, is never shown, and is wiped from memory when no key and
 * no minter needs it any more.
 *
 * ```c
 * grantmint_api_key_t *own = NULL;
 * if (grantmint_api_key_from_env(&own, &error) != GRANTMINT_OK) {
 *     grantmint_str_t why = grantmint_error_message(error);
 *     fprintf(stderr, "%.*s\n", (int)why.len, why.data);
 *     grantmint_error_free(error);
 * }
 * grantmint_api_key_free(own);
 * ```
 */
typedef struct grantmint_api_key_t grantmint_api_key_t;

/**
 * A short-lived credential of a service, fetched once and shared by all who need one: refreshed ahead, with
 * one request for any number of callers. Use one on all threads. Those of one source and the same secrets
 * share one cache within the process unless their options say otherwise.
 *
 * ```c,no_run
 * grantmint_rest_source_t *source = NULL;
 * grantmint_credential_t *token = NULL;
 * grantmint_issued_t *issued = NULL;
 * if (grantmint_rest_source_oauth2(GRANTMINT_STR("https://idp.example/oauth/token"),
 *                                  GRANTMINT_STR("my app"), GRANTMINT_STR("its secret"), NULL, 0,
 *                                  &source, &error) == GRANTMINT_OK &&
 *     grantmint_credential_new(source, NULL, &token, &error) == GRANTMINT_OK &&
 *     grantmint_credential_get(token, grantmint_str(NULL), NULL, &issued, &error) == GRANTMINT_OK) {
 *     grantmint_str_t value = grantmint_issued_value(issued);
 *     printf("Authorization: Bearer %.*s\n", (int)value.len, value.data);
 * }
 * grantmint_error_free(error);
 * grantmint_issued_free(issued);
 * grantmint_credential_free(token);
 * grantmint_rest_source_free(source);
 * ```
 */
typedef struct grantmint_credential_t grantmint_credential_t;

/**
 * The content of a token: its header and claims.
 */
typedef struct grantmint_decoded_t grantmint_decoded_t;

/**
 * What went wrong: a status, a message that says what to do, and when to try again. Holds no
 * secret, token, grant or identity, so it can be logged. Belongs to the caller that received it.
 *
 * ```c
 * grantmint_api_key_t *swapped = NULL;
 * grantmint_status_t status = grantmint_api_key_new(
 *     GRANTMINT_STR("SK00000000000000000000000000000002"),
 *     GRANTMINT_STR("AC00000000000000000000000000000001"), GRANTMINT_STR("secret"), &swapped, &error);
 * if (status == GRANTMINT_ERR_INVALID_CREDENTIALS) {
 *     grantmint_str_t argument = grantmint_error_argument(error); // account_sid
 *     fprintf(stderr, "look at %.*s\n", (int)argument.len, argument.data);
 * }
 * grantmint_error_free(error);
 * ```
 */
typedef struct grantmint_error_t grantmint_error_t;

/**
 * Events of a cache, oldest first.
 */
typedef struct grantmint_events_t grantmint_events_t;

/**
 * The processes that share grants, each in front of its own cache: those of one user on one machine,
 * by a private folder with files and locks, or those of many machines, by a server of Redis or Valkey.
 * Of all of them one fetches each grant, and the others take over what it brings; after a 429 all of
 * them wait. Grants lie there sealed, with a key made from the secret of the API key or of the fleet. A
 * folder or server that cannot be used is no error of a call: each process then fetches for itself, and
 * `grantmint_stats_t` tells of it. Linux only so far. Minters and caches keep what they need of it: it
 * may be freed right after they are made.
 *
 * ```c
 * grantmint_fleet_t *fleet = NULL;
 * grantmint_playback_minter_t *live = NULL;
 * grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
 * if (grantmint_fleet_parse(GRANTMINT_STR("host"), &fleet, &error) == GRANTMINT_OK) {
 *     options.fleet = fleet;
 *     if (grantmint_playback_minter_new(key, &options, &live, &error) == GRANTMINT_OK) {
 *         printf("one of a fleet\n");
 *     }
 * }
 * grantmint_playback_minter_free(live);
 * grantmint_fleet_free(fleet);
 * ```
 */
typedef struct grantmint_fleet_t grantmint_fleet_t;

/**
 * A cache of short-lived grants. A key is a text of 1 to 512 bytes together with the lifetime to ask
 * for its grants with: `ttl_ms`, 1 ms to 48 h in milliseconds. Any number of threads may share a
 * cache. It fetches nothing by itself: it gives a ticket to one of the callers, which does the
 * fetch.
 *
 * ```c
 * grantmint_grant_cache_t *cache = NULL;
 * grantmint_begin_t begun = {0};
 * grantmint_hit_t *hit = NULL;
 * grantmint_start_t start;
 * uint32_t ms;
 * if (grantmint_grant_cache_new(NULL, &cache, &error) == GRANTMINT_OK &&
 *     grantmint_grant_cache_begin(cache, GRANTMINT_STR("service"), 60000, NULL, &begun, &error) ==
 *         GRANTMINT_OK &&
 *     begun.outcome == GRANTMINT_FETCH &&
 *     grantmint_ticket_start(begun.ticket, &start, &ms, &error) == GRANTMINT_OK &&
 *     start == GRANTMINT_START_GO &&
 *     // Here the grant is fetched, within so many milliseconds.
 *     grantmint_ticket_complete(begun.ticket, GRANTMINT_STR("a grant"), 0, &error) == GRANTMINT_OK &&
 *     grantmint_waiter_wait(begun.waiter, &hit, &error) == GRANTMINT_OK) {
 *     grantmint_str_t grant = grantmint_hit_grant(hit);
 *     printf("%.*s\n", (int)grant.len, grant.data);
 * }
 * grantmint_hit_free(hit);
 * grantmint_grant_cache_free(cache);
 * ```
 */
typedef struct grantmint_grant_cache_t grantmint_grant_cache_t;

/**
 * One key of a cache, looked up once, for hot paths. It keeps its cache alive.
 */
typedef struct grantmint_grant_handle_t grantmint_grant_handle_t;

/**
 * Which grant a source has to fetch.
 */
typedef struct grantmint_grant_request_t grantmint_grant_request_t;

/**
 * A grant: something that a token lets its holder do. Tokens and minters copy it: it may be freed
 * right after they are made. Its fields are checked then, or by `grantmint_grant_to_json`.
 */
typedef struct grantmint_grant_t grantmint_grant_t;

/**
 * A grant that a caller got, with what was known of it at that moment. It is wiped from memory
 * when neither the cache nor a hit has it any more.
 */
typedef struct grantmint_hit_t grantmint_hit_t;

/**
 * ICE servers with credentials that a caller got, with what was known of them at that moment.
 */
typedef struct grantmint_ice_credentials_t grantmint_ice_credentials_t;

/**
 * ICE servers for browsers, with short-lived credentials that all callers share, or that each user has: of
 * Twilio, Cloudflare, any other service, or a coturn server of your own. Use one on all threads.
 *
 * Hand them out to users who have signed in: whoever has a credential can relay through the servers until
 * it ends.
 *
 * ```c
 * grantmint_str_t urls[] = {GRANTMINT_STR("turn:turn.example:3478?transport=udp")};
 * grantmint_ice_servers_t *servers = NULL;
 * grantmint_ice_credentials_t *credentials = NULL;
 * grantmint_string_t *json = NULL;
 * if (grantmint_ice_servers_coturn(GRANTMINT_STR("static-auth-secret"), urls, 1, NULL, &servers,
 *                                  &error) == GRANTMINT_OK &&
 *     grantmint_ice_servers_get(servers, GRANTMINT_STR("alice"), NULL, &credentials, &error) ==
 *         GRANTMINT_OK &&
 *     grantmint_ice_credentials_to_json(credentials, &json, &error) == GRANTMINT_OK) {
 *     grantmint_str_t answer = grantmint_string_get(json);
 *     printf("%.*s\n", (int)answer.len, answer.data);
 * }
 * grantmint_string_free(json);
 * grantmint_ice_credentials_free(credentials);
 * grantmint_ice_servers_free(servers);
 * ```
 */
typedef struct grantmint_ice_servers_t grantmint_ice_servers_t;

/**
 * A credential that a caller got, with what was known of it at that moment.
 */
typedef struct grantmint_issued_t grantmint_issued_t;

/**
 * Mints JSON Web Tokens of one kind for any service that takes HS256, HS384 or HS512: fixed claims, and
 * slots for what differs between users. All but the slots is checked, encoded and hashed once a second,
 * not once a token. Use one on all threads: they take no lock.
 *
 * ```c
 * grantmint_jwt_minter_t *rooms = NULL;
 * grantmint_string_t *jwt = NULL;
 * grantmint_slot_value_t values[] = {grantmint_slot_text(GRANTMINT_STR("room"), GRANTMINT_STR("standup")),
 *                                    grantmint_slot_bool(GRANTMINT_STR("moderator"), true)};
 * grantmint_str_t secret = GRANTMINT_STR("a secret of at least thirty-two bytes");
 * if (grantmint_jwt_minter_jitsi(GRANTMINT_STR("my_client"), secret, GRANTMINT_STR("jitsi"),
 *                                GRANTMINT_STR("meet.example.com"), NULL, &rooms, &error) ==
 *         GRANTMINT_OK &&
 *     grantmint_jwt_minter_mint(rooms, GRANTMINT_STR("alice"), values, 2, &jwt, &error) ==
 *         GRANTMINT_OK) {
 *     grantmint_str_t text = grantmint_string_get(jwt);
 *     printf("%.*s\n", (int)text.len, text.data);
 * }
 * grantmint_string_free(jwt);
 * grantmint_jwt_minter_free(rooms);
 * ```
 */
typedef struct grantmint_jwt_minter_t grantmint_jwt_minter_t;

/**
 * A clock that moves only when told to, for tests. Minters and caches made with it go by its time,
 * share nothing with any others, and keep the clock alive.
 */
typedef struct grantmint_manual_clock_t grantmint_manual_clock_t;

/**
 * Mints playback tokens: each viewer gets a token of their own, with a grant that is fetched only
 * about every 25 seconds per stream. Use one minter on all threads. Minters of one key share
 * one cache within the process unless their options say otherwise.
 *
 * Twilio closed the PlaybackGrant endpoint, which is the default, in 2023: set `source`, or
 * `base_url` to a server that answers as it did.
 *
 * ```c,no_run
 * grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
 * options.base_url = GRANTMINT_STR("http://127.0.0.1:8080");
 * grantmint_playback_minter_t *live = NULL;
 * grantmint_playback_token_t *token = NULL;
 * if (grantmint_playback_minter_new(key, &options, &live, &error) == GRANTMINT_OK &&
 *     grantmint_playback_minter_token(live, GRANTMINT_STR("VJ00000000000000000000000000000003"),
 *                                     GRANTMINT_STR("alice"), NULL, &token, &error) == GRANTMINT_OK) {
 *     grantmint_str_t jwt = grantmint_playback_token_jwt(token);
 *     printf("%.*s\n", (int)jwt.len, jwt.data);
 * } else if (grantmint_error_is_retryable(error)) {
 *     printf("again in %u ms\n", (unsigned)grantmint_error_retry_after_ms(error));
 * }
 * grantmint_error_free(error);
 * grantmint_playback_token_free(token);
 * grantmint_playback_minter_free(live);
 * ```
 */
typedef struct grantmint_playback_minter_t grantmint_playback_minter_t;

/**
 * The token of one viewer, with what was known of its grant when it was minted.
 */
typedef struct grantmint_playback_token_t grantmint_playback_token_t;

/**
 * A registered callback, which can be taken back.
 */
typedef struct grantmint_registration_t grantmint_registration_t;

/**
 * A REST endpoint that hands out short-lived credentials, described and not programmed. One request for
 * each credential: no retry, no redirect, a body of 64 KiB at most. What it is described with is never
 * shown. Credentials and ICE servers keep what they need of it: it may be freed right after they are
 * made.
 *
 * ```c
 * grantmint_rest_source_t *source = NULL;
 * grantmint_named_text_t secret = {GRANTMINT_STR("api_key"), GRANTMINT_STR("the secret")};
 * grantmint_str_t described = GRANTMINT_STR(
 *     "{\"url\": \"https://api.deepgram.com/v1/auth/grant\","
 *     " \"headers\": {\"Authorization\": \"Token {api_key}\"},"
 *     " \"json\": {\"ttl_seconds\": \"{ttl:int}\"}, \"ttl\": 30,"
 *     " \"value\": \"/access_token\", \"lifetime\": [{\"seconds\": \"/expires_in\"}]}");
 * if (grantmint_rest_source_new(described, &secret, 1, &source, &error) == GRANTMINT_OK) {
 *     printf("for grantmint_credential_new\n");
 * }
 * grantmint_rest_source_free(source);
 * ```
 */
typedef struct grantmint_rest_source_t grantmint_rest_source_t;

/**
 * A function of the host that fetches playback grants from somewhere else than the PlaybackGrant
 * endpoint, for any number of minters. They keep it alive: it may be freed right after they are
 * made.
 */
typedef struct grantmint_source_t grantmint_source_t;

/**
 * A snapshot of the statistics of a cache, counted since it was made or since the process forked.
 */
typedef struct grantmint_stats_t grantmint_stats_t;

/**
 * One stream of a playback minter. Get it once and keep it for as long as the stream is live. Use
 * it on all threads.
 */
typedef struct grantmint_stream_minter_t grantmint_stream_minter_t;

/**
 * Text that the caller owns: a token, or JSON. Wiped from memory when freed.
 */
typedef struct grantmint_string_t grantmint_string_t;

/**
 * Several texts that the caller owns. Wiped from memory when freed.
 */
typedef struct grantmint_strings_t grantmint_strings_t;

/**
 * The task of fetching one grant, for all callers that wait for it. Whoever has the ticket does
 * the fetch and ends it with `grantmint_ticket_complete` or `grantmint_ticket_fail`, at once or
 * later, from any thread. If the ticket is freed instead, the fetch ends as `abandoned`. If
 * nothing is done with it, the fetch ends by itself when its time is over.
 */
typedef struct grantmint_ticket_t grantmint_ticket_t;

/**
 * Mints Access Tokens of one kind: with the same key, grants and ttl, each for its own identity.
 * Everything but the identity is checked, encoded and hashed once a second. Any number of threads
 * may share one minter; they take no lock. For another room or lifetime, make another minter, or an
 * access token.
 *
 * ```c
 * grantmint_video_grant_t room = GRANTMINT_VIDEO_GRANT_INIT;
 * room.room = GRANTMINT_STR("DailyStandup");
 * grantmint_grant_t *grant = NULL;
 * grantmint_token_minter_t *rooms = NULL;
 * grantmint_string_t *token = NULL;
 * grantmint_status_t status = grantmint_grant_new_video(&room, &grant, &error);
 * if (status == GRANTMINT_OK) {
 *     const grantmint_grant_t *grants[] = {grant};
 *     grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
 *     options.grants = grants;
 *     options.grants_len = 1;
 *     options.ttl = 14400;
 *     status = grantmint_token_minter_new(key, &options, &rooms, &error);
 * }
 * if (status == GRANTMINT_OK)
 *     status = grantmint_token_minter_mint(rooms, GRANTMINT_STR("alice"), &token, &error);
 * grantmint_string_free(token);
 * grantmint_token_minter_free(rooms);
 * grantmint_grant_free(grant);
 * ```
 */
typedef struct grantmint_token_minter_t grantmint_token_minter_t;

/**
 * One caller that waits for a running fetch. It gets the fetch's grant if that has the
 * `min_remaining_ms` of the call. If the fetch fails, it gets the stored grant as long as that has
 * it.
 */
typedef struct grantmint_waiter_t grantmint_waiter_t;

/**
 * Text as a pointer and a length. It need not be terminated, and may contain zero bytes. Make one
 * from a literal with `GRANTMINT_STR("…")`, from a terminated string with `grantmint_str()`.
 *
 * As an argument: UTF-8 unless said otherwise, read only during the call. A null `data` with a
 * `len` of 0 is the empty text; a null `data` with any other `len` is refused. As a result: it
 * belongs to the object that was asked and lives as long as that; if there is no text, `data` is
 * null.
 */
typedef struct {
    /**
     * The first byte.
     */
    const char *data;
    /**
     * How many bytes.
     */
    size_t len;
} grantmint_str_t;

/**
 * The options of a fleet that shares through a server. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_REDIS_FLEET_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * The folder through which the processes of each machine share first, as of `grantmint_fleet_host`;
     * not with `host` off.
     */
    grantmint_str_t host_path;
    /**
     * What the names of all keys begin with after `grantmint`: up to 64 letters, digits, dots, dashes
     * and underscores. Processes share only with those of the same prefix.
     */
    grantmint_str_t prefix;
    /**
     * As of `grantmint_fleet_with_secret`; none by default.
     */
    grantmint_str_t secret;
    /**
     * The path of a PEM file with the certificate authorities to trust instead of the built-in ones. It
     * is read when a minter or cache is made.
     */
    grantmint_str_t ca_file;
    /**
     * How many milliseconds an answer of the server is waited for: 10 to 2,000, 250 by default.
     */
    uint32_t timeout_ms;
    /**
     * Whether the processes of each machine share through a folder first, so that one of them talks to
     * the server for all: a `grantmint_switch_t`, on by default.
     */
    int32_t host;
    /**
     * Whether `redis://` may name another machine: a `grantmint_switch_t`, off by default. Who listens
     * on the way learns the password, when grants end and how often they are fetched, and no grant.
     */
    int32_t insecure;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_redis_fleet_options_t;

/**
 * The fields of a video grant. A text that is empty is left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The only room to join, by its unique name or SID; any room if empty.
     */
    grantmint_str_t room;
} grantmint_video_grant_t;

/**
 * The fields of a voice grant. A text that is empty is left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The TwiML application that outgoing calls go through, `AP…`.
     */
    grantmint_str_t outgoing_application_sid;
    /**
     * The parameters that the application gets with each outgoing call: JSON.
     */
    grantmint_str_t outgoing_application_params;
    /**
     * The push credential for announcing calls, `CR…`.
     */
    grantmint_str_t push_credential_sid;
    /**
     * A name for the device.
     */
    grantmint_str_t endpoint_id;
    /**
     * Whether the holder may take calls: a `grantmint_switch_t`, off by default.
     */
    int32_t incoming_allow;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_voice_grant_t;

/**
 * The fields of a chat grant, or of one for its predecessor IP Messaging. A text that is empty is
 * left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The service, `IS…`.
     */
    grantmint_str_t service_sid;
    /**
     * A name for the device and user.
     */
    grantmint_str_t endpoint_id;
    /**
     * The role in the deployment, `RL…`.
     */
    grantmint_str_t deployment_role_sid;
    /**
     * The push credential for notifications, `CR…`.
     */
    grantmint_str_t push_credential_sid;
} grantmint_chat_grant_t;

/**
 * The fields of a sync grant. A text that is empty is left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The service, `IS…`.
     */
    grantmint_str_t service_sid;
    /**
     * A name for the device and user.
     */
    grantmint_str_t endpoint_id;
} grantmint_sync_grant_t;

/**
 * The fields of a task router grant. A text that is empty is left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The workspace, `WS…`.
     */
    grantmint_str_t workspace_sid;
    /**
     * The worker, `WK…`.
     */
    grantmint_str_t worker_sid;
    /**
     * The role, such as `worker`.
     */
    grantmint_str_t role;
} grantmint_task_router_grant_t;

/**
 * The fields of a grant for conversations, the predecessor of video rooms. A text that is empty is
 * left out of the token.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by its `_INIT` macro.
     */
    size_t struct_size;
    /**
     * The profile, `CP…`.
     */
    grantmint_str_t configuration_profile_sid;
} grantmint_rtc_grant_t;

/**
 * The options of an Access Token. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * The grants, which are copied.
     */
    const grantmint_grant_t *const *grants;
    /**
     * How many grants.
     */
    size_t grants_len;
    /**
     * How many seconds the token lives: 1 to 86,400, 3,600 by default.
     */
    uint64_t ttl;
    /**
     * The Unix second at which the token ends, in place of `ttl`; not both.
     */
    uint64_t valid_until;
    /**
     * The Unix second before which the token is not valid, earlier than its end; left out by
     * default, as clocks differ.
     */
    uint64_t nbf;
    /**
     * Another clock, for tests.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * Whether the token has a unique `jti` in place of Twilio's: a `grantmint_switch_t`, off
     * by default.
     */
    int32_t unique;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_access_token_options_t;

/**
 * A warning about a token, which is minted all the same. Both texts are static.
 */
typedef struct {
    /**
     * A stable name: `voice_identity`, `voice_identity_length`, `voice_ttl`, `voice_params`,
     * `video_region`, `short_secret`, `token_long`, `zoom_ttl`, `zoom_topic_long` or `jitsi_room_case`.
     */
    grantmint_str_t code;
    /**
     * What to do about it.
     */
    grantmint_str_t message;
} grantmint_warning_t;

/**
 * The options of a token minter. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_TOKEN_MINTER_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * The grants, which are copied.
     */
    const grantmint_grant_t *const *grants;
    /**
     * How many grants.
     */
    size_t grants_len;
    /**
     * How many seconds each token lives: 1 to 86,400, 3,600 by default.
     */
    uint64_t ttl;
    /**
     * A fixed Unix second before which no token is valid, earlier than the end of each; left out by
     * default, as clocks differ.
     */
    uint64_t nbf;
    /**
     * Another clock, for tests.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * Whether each token has a unique `jti` in place of Twilio's: a `grantmint_switch_t`, off
     * by default.
     */
    int32_t unique;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_token_minter_options_t;

/**
 * The options of verifying a token. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_VERIFY_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * The current time as a Unix second; by default the time of the machine.
     */
    uint64_t now;
    /**
     * How many seconds `exp` and `nbf` may be off: 0 to 300, 0 by default.
     */
    uint32_t leeway;
    /**
     * The only algorithm to accept, a `grantmint_algorithm_t`: HS256 by default, whatever the
     * token says.
     */
    int32_t algorithm;
    /**
     * Whether `grantmint_verify_jwt` refuses a token that never expires: a `grantmint_switch_t`, on by
     * default.
     */
    int32_t require_exp;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_verify_options_t;

/**
 * The value of a slot or a claim, with its name. Make one with `grantmint_slot_text`,
 * `grantmint_slot_integer`, `grantmint_slot_bool` or `grantmint_slot_json`.
 */
typedef struct {
    /**
     * The name of the slot, or where the claim stands: its name, or from a `/` on a JSON pointer.
     */
    grantmint_str_t name;
    /**
     * The value, if it is a text or JSON.
     */
    grantmint_str_t text;
    /**
     * The value, if it is a number; 1 for true and 0 for false.
     */
    int64_t number;
    /**
     * What the value is: a `grantmint_slot_kind_t`.
     */
    int32_t kind;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_slot_value_t;

/**
 * A claim that each token has its own value of, and what is allowed there. A member that is zero is left
 * to its default.
 */
typedef struct {
    /**
     * The name by which a mint gives its value: 1 to 64 bytes; for an identity any.
     */
    grantmint_str_t name;
    /**
     * Where its claim stands: its name, or from a `/` on a JSON pointer (RFC 6901) such as `/video/room`.
     * By default at the top, under the name of the slot.
     */
    grantmint_str_t path;
    /**
     * The only texts that are allowed; any by default.
     */
    const grantmint_str_t *one_of;
    /**
     * How many of them.
     */
    size_t one_of_len;
    /**
     * The longest text or JSON in `unit`: 65,536 by default, and 512 for an identity.
     */
    size_t max_length;
    /**
     * The least number that is allowed; any by default.
     */
    const int64_t *from;
    /**
     * The greatest number that is allowed; any by default.
     */
    const int64_t *to;
    /**
     * Null.
     */
    const void *reserved;
    /**
     * What it takes: a `grantmint_slot_kind_t`, a text by default.
     */
    int32_t kind;
    /**
     * In what `max_length` is: a `grantmint_length_unit_t`.
     */
    int32_t unit;
    /**
     * Whether each token must have a value for it, and a text must not be empty: a `grantmint_switch_t`,
     * off by default.
     */
    int32_t required;
    /**
     * Zero.
     */
    uint32_t more;
} grantmint_slot_t;

/**
 * The options of a JWT minter. A member that is zero is left to its default, which for a service is the
 * service's. All of them are copied.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_JWT_MINTER_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * Claims that all tokens have, as a JSON object.
     */
    grantmint_str_t claims_json;
    /**
     * Further claims that all tokens have: their names are where they stand.
     */
    const grantmint_slot_value_t *claims;
    /**
     * How many.
     */
    size_t claims_len;
    /**
     * Claims that each token has its own value of.
     */
    const grantmint_slot_t *slots;
    /**
     * How many: 64 at most, with the identity.
     */
    size_t slots_len;
    /**
     * Values of slots that all tokens share.
     */
    const grantmint_slot_value_t *values;
    /**
     * How many.
     */
    size_t values_len;
    /**
     * Members of the header, such as `kid`.
     */
    const grantmint_slot_value_t *header;
    /**
     * How many.
     */
    size_t header_len;
    /**
     * Where the identity stands, and what is allowed there: `sub` by default, which must be given.
     */
    const grantmint_slot_t *identity;
    /**
     * Another clock, for tests.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * `typ` of the header: `JWT` by default; left out if it is empty and `data` is not null.
     */
    grantmint_str_t typ;
    /**
     * How many seconds each token lives: 1 to `max_ttl`, 3,600 by default.
     */
    uint64_t ttl;
    /**
     * The longest lifetime to allow, in seconds: 86,400 by default, 31,536,000 at most.
     */
    uint64_t max_ttl;
    /**
     * A fixed Unix second before which no token is valid. Turns `has_nbf` on.
     */
    uint64_t nbf;
    /**
     * How many seconds `iat` and `nbf` are set back, for services whose clocks are behind: 300 at most, 0
     * by default. `GRANTMINT_ZERO_S` for 0 where a service has another default.
     */
    uint32_t backdate;
    /**
     * The signature: a `grantmint_algorithm_t`, HS256 by default.
     */
    int32_t algorithm;
    /**
     * Whether tokens say when they were issued: a `grantmint_switch_t`, on by default.
     */
    int32_t iat;
    /**
     * Whether tokens say that they are valid from their minting on: a `grantmint_switch_t`, off by default.
     */
    int32_t has_nbf;
    /**
     * Whether tokens name whom they are for: a `grantmint_switch_t`, on by default.
     */
    int32_t has_identity;
    /**
     * Whether each token has a `jti` of its own: a `grantmint_switch_t`, off by default.
     */
    int32_t unique;
} grantmint_jwt_minter_options_t;

/**
 * One user of `grantmint_jwt_minter_mint_many`.
 */
typedef struct {
    /**
     * Whom the token is for; null as `data` if tokens of this kind need not say so.
     */
    grantmint_str_t identity;
    /**
     * The values of the slots.
     */
    const grantmint_slot_value_t *values;
    /**
     * How many.
     */
    size_t values_len;
} grantmint_jwt_user_t;

/**
 * When a cache refreshes and waits, and how much it holds. A time that is zero is left to its
 * default, which depends on the lifetime of each grant.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_CACHE_POLICY_INIT`.
     */
    size_t struct_size;
    /**
     * For tests: points to a number from 0 to 1, which replaces every random number. Read only
     * during the call; null by default.
     */
    const double *jitter;
    /**
     * How many keys the cache holds before it drops the one that was not used for longest: 1 to
     * 1,000,000, 10,000 by default.
     */
    size_t max_keys;
    /**
     * Below this remaining lifetime, in milliseconds, callers wait for the running fetch: by default
     * 20,000 for a lifetime of 60 s, 5,000 for 15 s.
     */
    uint32_t wait_below_ms;
    /**
     * At this remaining lifetime, in milliseconds, a refresh is due: by default 30,000 for a lifetime of
     * 60 s, 8,000 for 15 s.
     */
    uint32_t soft_point_ms;
    /**
     * Subtracted from every lifetime, for clocks that differ and time in transit, in milliseconds: by
     * default 2,000 for a lifetime of 60 s, 1,000 for 15 s.
     */
    uint32_t safety_margin_ms;
    /**
     * How many milliseconds one fetch may take: by default 4,000 for a lifetime of 60 s, 3,000 for 15
     * s.
     */
    uint32_t fetch_timeout_ms;
} grantmint_cache_policy_t;

/**
 * The options of a playback minter. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * The only web origin that may play the streams, such as `https://www.example.com`, or `*`;
     * any by default.
     */
    grantmint_str_t allow_origin;
    /**
     * Further grants in each token, beside the playback grant; copied.
     */
    const grantmint_grant_t *const *grants;
    /**
     * How many further grants.
     */
    size_t grants_len;
    /**
     * How many seconds each token lives: 1 to 86,400, 3,600 by default.
     */
    uint64_t ttl;
    /**
     * Where to fetch grants from instead of the PlaybackGrant endpoint. The cache is then not
     * shared, except with `share` or `cache`.
     */
    const grantmint_source_t *source;
    /**
     * The cache to use; not with `share`, `isolated` or `policy`.
     */
    const grantmint_grant_cache_t *cache;
    /**
     * Shares the cache with all minters of the account that have this name here: 1 to 128 bytes.
     */
    grantmint_str_t share;
    /**
     * Scheme, host and port of upstream, `https://media.twilio.com` by default. Plain http is
     * allowed on loopback only.
     */
    grantmint_str_t base_url;
    /**
     * The URL of an HTTP proxy; none by default. The environment's is not read.
     */
    grantmint_str_t proxy;
    /**
     * The path of a PEM file with the certificate authorities to trust instead of the built-in
     * ones.
     */
    grantmint_str_t ca_file;
    /**
     * When the cache refreshes and waits, and how much it holds; read only during the call.
     */
    const grantmint_cache_policy_t *policy;
    /**
     * Another clock, for tests. The minter then shares nothing with others.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * How many milliseconds a call waits for a grant, 5,000 by default.
     */
    uint32_t timeout_ms;
    /**
     * The least remaining lifetime of the grant in a token, in milliseconds and after the safety
     * margin: by default 5,000 for grants of 60 s and 2,000 for 15 s; at most half of `grant_ttl`.
     */
    uint32_t min_remaining_ms;
    /**
     * The lifetime to ask for grants with, in seconds: 1 to 60, 60 by default.
     */
    uint32_t grant_ttl;
    /**
     * Whether each token has a unique `jti` in place of Twilio's: a `grantmint_switch_t`, on
     * by default.
     */
    int32_t unique;
    /**
     * Whether the minter has a cache of its own: a `grantmint_switch_t`, off by default. The
     * account's cool-down and rate limit are shared all the same.
     */
    int32_t isolated;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * How many requests per second the account has, above 0 and at most 2,000, if you know. The
     * library starts with 10 per second; it goes up to this number, or to 2,000, while more are
     * needed and upstream refuses none. The limits belong to the account: of all its minters in the
     * process the lowest number holds, and `GRANTMINT_EVENT_LIMITS_DIFFER` tells of a difference.
     */
    double calls_per_second;
    /**
     * How many requests may be sent simultaneously after a quiet time: 1 to 1,000, 20 by default.
     */
    uint32_t burst;
    /**
     * How many fetches the library makes for the account at the same time: 1 to 1,024, 64 by default.
     * One of a source counts until the source ends it.
     */
    uint32_t max_fetches;
    /**
     * Shares grants with the minters of other processes that name the same fleet: of all of them one
     * fetches each grant, and after a 429 all wait. Not with `cache` or `clock`. With `source`, `share`
     * says what that fetches.
     */
    const grantmint_fleet_t *fleet;
} grantmint_playback_minter_options_t;

/**
 * The options of one call. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_WAIT_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * How many milliseconds the call waits for a grant: by default what its minter was given, else
     * 5,000. For not waiting at all, use the `try` form of the call, or `GRANTMINT_ZERO_MS`.
     */
    uint32_t timeout_ms;
    /**
     * The least remaining lifetime of the grant in milliseconds, after the safety margin: the call
     * never returns a grant with less. By default what its minter was given, else 5,000 for grants
     * of 60 s and 2,000 for grants of 15 s; at most half of the lifetime that grants are asked for
     * with.
     */
    uint32_t min_remaining_ms;
} grantmint_wait_options_t;

/**
 * Gets the result of a call for a token: `token` with `GRANTMINT_OK`, else `error`; the other is
 * null. The callee owns it and frees it.
 */
typedef void (*grantmint_token_callback_t)(void *userdata,
                                           grantmint_status_t status,
                                           grantmint_playback_token_t *token,
                                           grantmint_error_t *error);

/**
 * Fetches one playback grant. Called on one of the library's fetcher threads. `request` is valid
 * only during the call. `ticket` is the callee's: complete, fail or free it now or later, on any
 * thread.
 */
typedef void (*grantmint_fetch_t)(void *userdata,
                                  const grantmint_grant_request_t *request,
                                  grantmint_ticket_t *ticket);

/**
 * Frees the `userdata` of a callback. Called once, on any thread, after the last call of the
 * callback.
 */
typedef void (*grantmint_userdata_free_t)(void *userdata);

/**
 * A text with a name.
 */
typedef struct {
    /**
     * The name.
     */
    grantmint_str_t name;
    /**
     * The text.
     */
    grantmint_str_t text;
} grantmint_named_text_t;

/**
 * The options of a credential. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_CREDENTIAL_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * Shares the cache, within this process, with the credentials of the same secrets at the same origin
     * that have this name here: 1 to 128 bytes.
     */
    grantmint_str_t share;
    /**
     * The cache to use; not with `share`, `isolated` or `policy`.
     */
    const grantmint_grant_cache_t *cache;
    /**
     * When the cache refreshes and waits, and how much it holds; read only during the call.
     */
    const grantmint_cache_policy_t *policy;
    /**
     * Another clock, for tests. The credential then shares nothing with others.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * Shares what is fetched with the other processes that name the same fleet: of all of them one
     * fetches. Not with `cache` or `clock`.
     */
    const grantmint_fleet_t *fleet;
    /**
     * As that of `grantmint_playback_minter_options_t`, for all that have the same secrets at one origin.
     */
    double calls_per_second;
    /**
     * As that of `grantmint_playback_minter_options_t`, for the same.
     */
    uint32_t burst;
    /**
     * As that of `grantmint_playback_minter_options_t`, for the same.
     */
    uint32_t max_fetches;
    /**
     * How many milliseconds a call waits, 5,000 by default.
     */
    uint32_t timeout_ms;
    /**
     * The least remaining lifetime of what is handed out, in milliseconds and after the safety margin: at
     * most half of the lifetime. By default a twelfth of it, and 30,000 at most unless for a session.
     */
    uint32_t min_remaining_ms;
    /**
     * How many milliseconds clients go on with what is handed out, such as the length of a call; half of
     * a lifetime by default. Turns `session` on.
     */
    uint32_t session_ms;
    /**
     * Whether what is handed out is used for a session rather than for one request: a
     * `grantmint_switch_t`, off by default.
     */
    int32_t session;
    /**
     * Whether the credential has a cache of its own: a `grantmint_switch_t`, off by default.
     */
    int32_t isolated;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_credential_options_t;

/**
 * Gets the result of a call for a credential: `issued` with `GRANTMINT_OK`, else `error`; the other is null.
 * The callee owns it and frees it.
 */
typedef void (*grantmint_issued_callback_t)(void *userdata,
                                            grantmint_status_t status,
                                            grantmint_issued_t *issued,
                                            grantmint_error_t *error);

/**
 * The options of ICE servers. A member that is zero is left to its default. For a coturn server there are
 * `ttl` and `clock` alone, as there is nothing to fetch.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_ICE_SERVERS_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * Scheme, host and port of Twilio or Cloudflare, for an emulator. Plain http is allowed on loopback
     * only.
     */
    grantmint_str_t base_url;
    /**
     * The URL of an HTTP proxy; none by default. The environment's is not read.
     */
    grantmint_str_t proxy;
    /**
     * The path of a PEM file with the certificate authorities to trust instead of the built-in ones.
     */
    grantmint_str_t ca_file;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    grantmint_str_t share;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    const grantmint_grant_cache_t *cache;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    const grantmint_cache_policy_t *policy;
    /**
     * Another clock, for tests.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    const grantmint_fleet_t *fleet;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    double calls_per_second;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    uint32_t burst;
    /**
     * As that of `grantmint_credential_options_t`.
     */
    uint32_t max_fetches;
    /**
     * How many milliseconds a call waits, 5,000 by default.
     */
    uint32_t timeout_ms;
    /**
     * The least remaining lifetime of what is handed out, in milliseconds and after the safety margin: at
     * most half of the lifetime, a twelfth of it by default.
     */
    uint32_t min_remaining_ms;
    /**
     * The lifetime to ask for in seconds: 1 to 172,800, 86,400 by default. A source of your own has its
     * own.
     */
    uint32_t ttl;
    /**
     * How many milliseconds connections last that are made with what is handed out; half of the lifetime
     * by default.
     */
    uint32_t session_ms;
    /**
     * Whether the servers have a cache of their own: a `grantmint_switch_t`, off by default.
     */
    int32_t isolated;
    /**
     * Zero.
     */
    uint32_t reserved;
} grantmint_ice_servers_options_t;

/**
 * Gets the result of a call for ICE servers: `credentials` with `GRANTMINT_OK`, else `error`; the other is null.
 * The callee owns it and frees it.
 */
typedef void (*grantmint_ice_credentials_callback_t)(void *userdata,
                                                     grantmint_status_t status,
                                                     grantmint_ice_credentials_t *credentials,
                                                     grantmint_error_t *error);

/**
 * The options of a grant cache. A member that is zero is left to its default.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_GRANT_CACHE_OPTIONS_INIT`.
     */
    size_t struct_size;
    /**
     * When to refresh and wait, and how much to hold; read only during the call.
     */
    const grantmint_cache_policy_t *policy;
    /**
     * Another clock, for tests.
     */
    const grantmint_manual_clock_t *clock;
    /**
     * Whether the cache limits its fetches by a rate limit of its own, like that of an account: a
     * `grantmint_switch_t`, off by default, and on if one of the three limits below is set.
     */
    int32_t rate_limited;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * As that of `grantmint_playback_minter_options_t`, for this cache.
     */
    double calls_per_second;
    /**
     * As that of `grantmint_playback_minter_options_t`, for this cache.
     */
    uint32_t burst;
    /**
     * As that of `grantmint_playback_minter_options_t`, for this cache. A fetch of the host program does
     * not count.
     */
    uint32_t max_fetches;
    /**
     * Shares grants with the caches of other processes that name the same fleet and `fleet_namespace`:
     * of all of them one fetches each grant. The fleet needs a `secret`. A cache with `clock` shares
     * nothing.
     */
    const grantmint_fleet_t *fleet;
    /**
     * What the keys are for, as all processes of the fleet say it: 1 to 128 bytes; only with `fleet`.
     */
    grantmint_str_t fleet_namespace;
} grantmint_grant_cache_options_t;

/**
 * What the caller of `grantmint_grant_cache_begin` gets. It owns what is not null: the ticket is
 * to be completed, failed or freed, the others are to be used and freed.
 */
typedef struct {
    /**
     * What to do.
     */
    grantmint_outcome_t outcome;
    /**
     * The grant, or null.
     */
    grantmint_hit_t *hit;
    /**
     * The ticket of the fetch that the caller has to do, or null.
     */
    grantmint_ticket_t *ticket;
    /**
     * For waiting until the fetch ends, or null.
     */
    grantmint_waiter_t *waiter;
} grantmint_begin_t;

/**
 * Gets the ticket of a fetch that is due. The ticket is the callee's: complete, fail or free it,
 * now or later, on any thread.
 */
typedef void (*grantmint_ticket_callback_t)(void *userdata, grantmint_ticket_t *ticket);

/**
 * Gets the result of a call for a grant: `hit` with `GRANTMINT_OK`, else `error`; the other is
 * null. The callee owns it and frees it.
 */
typedef void (*grantmint_hit_callback_t)(void *userdata,
                                         grantmint_status_t status,
                                         grantmint_hit_t *hit,
                                         grantmint_error_t *error);

/**
 * One event. Its texts belong to the `grantmint_events_t` that it came from.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_EVENT_INIT`.
     */
    size_t struct_size;
    /**
     * What happened, by the name that is the same in all languages, such as `fetch_sent`.
     */
    grantmint_str_t name;
    /**
     * The text of the key; none for events of the whole cache, of a credential that all callers share, and
     * of ICE servers, whose keys are identities.
     */
    grantmint_str_t key;
    /**
     * When it happened, in nanoseconds since boot.
     */
    uint64_t boot_ns;
    /**
     * When it happened, in nanoseconds since 1970.
     */
    uint64_t unix_ns;
    /**
     * The generation of the grant that a fetch or another process brought, or 0.
     */
    uint64_t generation;
    /**
     * What happened: a `grantmint_event_kind_t`.
     */
    int32_t kind;
    /**
     * Why a fetch failed: a `grantmint_status_t`; 0 for other events.
     */
    int32_t status;
} grantmint_event_t;

/**
 * The numbers of a snapshot. From snapshot to snapshot counts only rise.
 */
typedef struct {
    /**
     * `sizeof` this struct; set by `GRANTMINT_COUNTERS_INIT`.
     */
    size_t struct_size;
    /**
     * Calls that got a grant at once, with no refresh due.
     */
    uint64_t hits_fresh;
    /**
     * Calls that got a grant at once, with a refresh due or running.
     */
    uint64_t hits_refreshing;
    /**
     * Calls that got a degraded grant, as no better one could be had.
     */
    uint64_t hits_degraded;
    /**
     * Calls that had to wait for a fetch, including the one that was told to do it.
     */
    uint64_t waits;
    /**
     * Calls refused at once with a cached error.
     */
    uint64_t refusals;
    /**
     * Fetches sent upstream.
     */
    uint64_t fetches;
    /**
     * Those fetches that refreshed a grant which was still good.
     */
    uint64_t refreshes;
    /**
     * Fetches answered with a 429.
     */
    uint64_t throttled;
    /**
     * Keys that were dropped to make space for others.
     */
    uint64_t evictions;
    /**
     * Keys now in the cache.
     */
    uint64_t keys;
    /**
     * Fetches running now.
     */
    uint64_t in_flight;
    /**
     * How many milliseconds are left of the account's cool-down.
     */
    uint64_t cooldown_left_ms;
    /**
     * How many milliseconds the clock of upstream is ahead of the local one, as the last answer
     * showed; `GRANTMINT_CLOCK_OFFSET_UNKNOWN` if no answer has shown it yet.
     */
    int64_t clock_offset_ms;
    /**
     * Grants that came with a `Date` of another clock than upstream's, such as a proxy's. It was
     * left out of account.
     */
    uint64_t implausible_dates;
    /**
     * Those refusals for which the account's rate leaves no room.
     */
    uint64_t no_room;
    /**
     * Fetches that wait for their turn now, because of the account's rate.
     */
    uint64_t waiting;
    /**
     * Keys that were refused for want of room within the last minute, approximately.
     */
    uint64_t keys_refused;
    /**
     * How many calls per second the account may make now, which changes with need and with what
     * upstream refuses; 0 without a rate limit. Of several accounts the lowest.
     */
    double calls_per_second;
    /**
     * Grants that another process of the fleet had fetched. This number and those below are 0 without
     * a fleet.
     */
    uint64_t fleet_values;
    /**
     * Times that this process took it upon itself to fetch for the fleet.
     */
    uint64_t fleet_leases;
    /**
     * Fetches that waited for another process's.
     */
    uint64_t fleet_waits;
    /**
     * Fetches that were not sent because upstream had refused another process's.
     */
    uint64_t fleet_pauses;
    /**
     * Fetches that were sent although another process had the right to, or nobody could get it: what
     * the fleet shares by was in trouble, or the other process took too long.
     */
    uint64_t fleet_alone;
    /**
     * Shared contents that were not handed out: torn, moved, changed, or sealed with another key.
     */
    uint64_t fleet_rejected;
    /**
     * Times that what the fleet shares by failed; `grantmint_stats_fleet_trouble` says how.
     */
    uint64_t fleet_errors;
    /**
     * 1 if the cache shares with a fleet, else 0.
     */
    uint32_t has_fleet;
    /**
     * 1 while what the fleet shares by is not used for some seconds because it failed, else 0.
     */
    uint32_t fleet_is_broken;
    /**
     * Those of `fleet_alone` that were sent because what the fleet shares by failed, or had failed before.
     */
    uint64_t fleet_alone_failed;
    /**
     * Those of `fleet_alone` that were sent because what the fleet shares by takes no writes.
     */
    uint64_t fleet_alone_nolease;
    /**
     * Those of `fleet_alone` that were sent because the other process took too long.
     */
    uint64_t fleet_alone_late;
    /**
     * Those of `fleet_alone` that were sent because what was shared could not be used, time after time.
     */
    uint64_t fleet_alone_rejected;
    /**
     * Grants that end more than two seconds sooner by this machine's clock than by that of what the fleet
     * shares by.
     */
    uint64_t fleet_skewed;
    /**
     * Answers to whether another process has a grant or fetches it.
     */
    uint64_t fleet_answers;
    /**
     * How many microseconds all of these took together.
     */
    uint64_t fleet_answer_time_us;
    /**
     * How many milliseconds are left of the account's cool-down, as the fleet has told this process.
     */
    uint64_t fleet_cooldown_left_ms;
    /**
     * How many calls per second all processes together may make, when a fetch of this one was last let
     * through; 0 before, and without a rate limit.
     */
    double fleet_calls_per_second;
    /**
     * 1 while there is a connection to the fleet's server, else 0. Always 0 with a folder alone.
     */
    uint32_t fleet_is_connected;
    /**
     * 1 if the fleet's server cannot do what a fleet needs, such as to run scripts or tell the time, else 0.
     */
    uint32_t fleet_is_unsupported;
} grantmint_counters_t;

/**
 * How many fetches failed with one status.
 */
typedef struct {
    /**
     * A `grantmint_status_t`.
     */
    int32_t status;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * How many fetches.
     */
    uint64_t count;
} grantmint_error_count_t;

/**
 * How many fetches took no longer than a time. Each bucket includes those before it.
 */
typedef struct {
    /**
     * The time in milliseconds; `UINT32_MAX` in the last bucket, which counts all.
     */
    uint32_t up_to_ms;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * How many fetches.
     */
    uint64_t count;
} grantmint_latency_bucket_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The stable name of a status, such as `invalid_sid`, which is the same in all languages: `ok` for
 * `GRANTMINT_OK`, none for a number that is not a status. The text is static.
 */
GRANTMINT_API GRANTMINT_NODISCARD grantmint_str_t grantmint_status_code(int32_t status);

/**
 * What a status means, in one line; none for a number that is not an error. The text is static.
 */
GRANTMINT_API GRANTMINT_NODISCARD grantmint_str_t grantmint_status_meaning(int32_t status);

/**
 * Where the documentation explains a status: a path in the project, with an anchor; none for a number
 * that is not an error. The text is static.
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_status_doc_url(int32_t status);

/**
 * Whether the same call may succeed later without any change to its arguments.
 */
GRANTMINT_API GRANTMINT_NODISCARD bool grantmint_status_is_retryable(int32_t status);

/**
 * The status of an error; `GRANTMINT_OK` for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_error_status(const grantmint_error_t *error);

/**
 * The stable name of an error, as of `grantmint_status_code`. Static; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_error_code(const grantmint_error_t *error);

/**
 * What went wrong, for people to read. The wording may change with any version. Belongs to the
 * error; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_error_message(const grantmint_error_t *error);

/**
 * The argument at fault, with which the message then begins, such as `grant_ttl` or `identities[2]`.
 * Belongs to the error; none if the error is not about an argument, and for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_error_argument(const grantmint_error_t *error);

/**
 * After how many milliseconds another try makes sense: always more than 0 for `throttled` and
 * `overloaded`; 0 if unknown, and for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_error_retry_after_ms(const grantmint_error_t *error);

/**
 * Whether the same call may succeed later without any change to its arguments; false for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD bool grantmint_error_is_retryable(const grantmint_error_t *error);

/**
 * Frees an error; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_error_free(grantmint_error_t *error);

/**
 * Sets every member of a struct with a `struct_size` to its default. Does the same as the struct's
 * `…_INIT` macro, for a struct that cannot be initialised where it is declared.
 *
 * `options`: any such struct. `size`: its `sizeof`.
 *
 * Statuses: `null_pointer`, `struct_size`.
 *
 * # Safety
 *
 * [structs] with room for `size` bytes, [outputs].
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_options_init(void *options,
                                          size_t size,
                                          grantmint_error_t **error);

/**
 * The text of a string, not terminated. Belongs to the string; empty for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_string_get(const grantmint_string_t *string);

/**
 * Wipes and frees a string; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_string_free(grantmint_string_t *string);

/**
 * How many texts there are; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD size_t grantmint_strings_len(const grantmint_strings_t *strings);

/**
 * One of the texts, counted from 0; none beyond the last. Belongs to `strings`.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_strings_get(const grantmint_strings_t *strings,
                                      size_t index);

/**
 * Wipes and frees all the texts; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_strings_free(grantmint_strings_t *strings);

/**
 * The version of the library that the program runs with, such as `0.1.0`. The header that it was
 * compiled with has `GRANTMINT_VERSION`. The text is static.
 */
GRANTMINT_API GRANTMINT_NODISCARD grantmint_str_t grantmint_version(void);

/**
 * That version as a number: major × 1,000,000 + minor × 1,000 + patch, as
 * `GRANTMINT_VERSION_NUMBER`.
 */
GRANTMINT_API GRANTMINT_NODISCARD uint32_t grantmint_version_number(void);

/**
 * A key from the account's SID (`AC…`), the key's SID (`SK…`) and its secret.
 *
 * `*out`: the key, to free with `grantmint_api_key_free`.
 *
 * Statuses: `invalid_sid`, `invalid_credentials` for swapped SIDs or an empty secret.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_api_key_new(grantmint_str_t account_sid,
                                         grantmint_str_t key_sid,
                                         grantmint_str_t secret,
                                         grantmint_api_key_t **out,
                                         grantmint_error_t **error);

/**
 * A key from the environment variables `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY` and
 * `TWILIO_API_SECRET`. No other thread may change the environment during the call.
 *
 * `*out`: the key, to free with `grantmint_api_key_free`.
 *
 * Statuses: as `grantmint_api_key_new`; `invalid_credentials` also for a missing variable, which
 * the message names.
 *
 * # Safety
 *
 * [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_api_key_from_env(grantmint_api_key_t **out,
                                              grantmint_error_t **error);

/**
 * The same key for another region of Twilio, such as `ie1`. Tokens signed with it name the region
 * in their header.
 *
 * `*out`: a new key, to free with `grantmint_api_key_free`.
 *
 * Statuses: `invalid_argument` for a text that is not the name of a region.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_api_key_with_region(const grantmint_api_key_t *key,
                                                 grantmint_str_t region,
                                                 grantmint_api_key_t **out,
                                                 grantmint_error_t **error);

/**
 * The SID of the account, `AC…`. Belongs to the key; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_api_key_account_sid(const grantmint_api_key_t *key);

/**
 * The SID of the key, `SK…`. Belongs to the key; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_api_key_key_sid(const grantmint_api_key_t *key);

/**
 * The region that tokens name in their header; none if there is none, and for null. Belongs to the
 * key.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_api_key_region(const grantmint_api_key_t *key);

/**
 * Frees a key; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_api_key_free(grantmint_api_key_t *key);

/**
 * The processes of this user on this machine.
 *
 * `path`: the absolute path of a folder that all of them name, 4,000 bytes at most, which is made if
 * it is not there; it has to lie on a local file system and to belong to this user alone. With null as
 * `data` they share by one that is found by itself: `grantmint` in `$XDG_RUNTIME_DIR`, else
 * `/dev/shm/grantmint-` and the number of the user, else the same in the folder for temporary files.
 * `*out`: the fleet, to free with `grantmint_fleet_free`.
 *
 * Statuses: `invalid_argument` for a path that is empty, relative or too long.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_fleet_host(grantmint_str_t path,
                                        grantmint_fleet_t **out,
                                        grantmint_error_t **error);

/**
 * The processes of any number of machines that name this server: Redis 6 or later, or Valkey. It is
 * connected to when it is first needed, on a thread of the library; while it is away, each machine goes
 * on by itself.
 *
 * `url`: `rediss://user:password@host:port`; `redis://` for this machine, or with `insecure`;
 * `redis+unix:///path` for a socket of this machine; `redis+cluster://host1,host2` and
 * `rediss+cluster://` for servers of a cluster. In user and password a `%` and two hexadecimal digits
 * stand for a byte. `options`: null for all defaults. `*out`: the fleet, to free with
 * `grantmint_fleet_free`.
 *
 * ```c
 * grantmint_fleet_t *fleet = NULL;
 * grantmint_redis_fleet_options_t options = GRANTMINT_REDIS_FLEET_OPTIONS_INIT;
 * options.prefix = GRANTMINT_STR("live");
 * grantmint_str_t url = GRANTMINT_STR("rediss://app:hunter2@redis.example.com");
 * if (grantmint_fleet_redis(url, &options, &fleet, &error) == GRANTMINT_OK) {
 *     printf("for minters and caches\n");
 * }
 * grantmint_fleet_free(fleet);
 * ```
 *
 * Statuses: `invalid_url`; `invalid_argument` for the options; `unsupported` where there are none.
 *
 * # Safety
 *
 * [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_fleet_redis(grantmint_str_t url,
                                         const grantmint_redis_fleet_options_t *options,
                                         grantmint_fleet_t **out,
                                         grantmint_error_t **error);

/**
 * A fleet as a text says it, for settings: `host`, `host:` and the path of a folder, or the URL of a
 * server as of `grantmint_fleet_redis`.
 *
 * `text`: the text. `*out`: the fleet, to free with `grantmint_fleet_free`.
 *
 * Statuses: `invalid_url` for another text; else as `grantmint_fleet_host` and `grantmint_fleet_redis`.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_fleet_parse(grantmint_str_t text,
                                         grantmint_fleet_t **out,
                                         grantmint_error_t **error);

/**
 * The same fleet with what it shares sealed by this secret in place of the API key's: then all keys of
 * the account share grants. A grant cache, which has no API key, needs one.
 *
 * `secret`: 32 to 1,024 random bytes that all its processes have. `*out`: a new fleet, to free with
 * `grantmint_fleet_free`.
 *
 * Statuses: `invalid_argument` for a secret of another length.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_fleet_with_secret(const grantmint_fleet_t *fleet,
                                               grantmint_str_t secret,
                                               grantmint_fleet_t **out,
                                               grantmint_error_t **error);

/**
 * Frees a fleet; does nothing for null. Who shares with it goes on.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_fleet_free(grantmint_fleet_t *fleet);

/**
 * Makes a grant whose holder joins rooms of Programmable Video.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_video(const grantmint_video_grant_t *fields,
                                             grantmint_grant_t **out,
                                             grantmint_error_t **error);

/**
 * Makes a grant whose holder makes and takes calls.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`, `invalid_grant` for parameters that are not JSON.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_voice(const grantmint_voice_grant_t *fields,
                                             grantmint_grant_t **out,
                                             grantmint_error_t **error);

/**
 * Makes a grant whose holder chats, today with the Conversations SDK.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_chat(const grantmint_chat_grant_t *fields,
                                            grantmint_grant_t **out,
                                            grantmint_error_t **error);

/**
 * Makes a grant whose holder chats with IP Messaging, the predecessor of chat: legacy.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_ip_messaging(const grantmint_chat_grant_t *fields,
                                                    grantmint_grant_t **out,
                                                    grantmint_error_t **error);

/**
 * Makes a grant whose holder reads and writes the state of a Sync service.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_sync(const grantmint_sync_grant_t *fields,
                                            grantmint_grant_t **out,
                                            grantmint_error_t **error);

/**
 * Makes a grant whose holder acts as a worker of TaskRouter or Flex.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_task_router(const grantmint_task_router_grant_t *fields,
                                                   grantmint_grant_t **out,
                                                   grantmint_error_t **error);

/**
 * Makes a grant whose holder takes part in conversations, the predecessor of video rooms: legacy.
 *
 * `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `struct_size`, `invalid_utf8`.
 *
 * # Safety
 *
 * [structs], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_rtc(const grantmint_rtc_grant_t *fields,
                                           grantmint_grant_t **out,
                                           grantmint_error_t **error);

/**
 * Makes a grant whose holder watches one live stream. A playback minter fetches and adds it by
 * itself.
 *
 * `json`: the object that the PlaybackGrant endpoint returns, which goes into the token byte for
 * byte. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `invalid_grant` for anything but a JSON object of at most 64 KiB.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_playback(grantmint_str_t json,
                                                grantmint_grant_t **out,
                                                grantmint_error_t **error);

/**
 * Makes a grant that this library does not know: any JSON under a key of the caller's choice.
 *
 * `key`: 1 to 64 bytes, not `identity`. `json`: at most 64 KiB and 64 levels, which goes into the
 * token byte for byte. `*out`: the grant, to free with `grantmint_grant_free`.
 *
 * Statuses: `invalid_grant`.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_new_custom(grantmint_str_t key,
                                              grantmint_str_t json,
                                              grantmint_grant_t **out,
                                              grantmint_error_t **error);

/**
 * The name that the grant has in a token. Belongs to the grant; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_grant_key(const grantmint_grant_t *grant);

/**
 * The JSON that a token has under `grantmint_grant_key`.
 *
 * `*out`: the text, to free with `grantmint_string_free`.
 *
 * Statuses: `invalid_sid` for a malformed SID, `invalid_grant` for a room name that is too long.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_to_json(const grantmint_grant_t *grant,
                                           grantmint_string_t **out,
                                           grantmint_error_t **error);

/**
 * Frees a grant; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_grant_free(grantmint_grant_t *grant);

/**
 * Makes a token for one identity.
 *
 * `identity`: 1 to 512 bytes, with a video grant at most 128 characters. `options`: null for all
 * defaults. `*out`: the token, to free with `grantmint_access_token_free`; it keeps what it needs
 * of `key`.
 *
 * Statuses: `invalid_identity`, `invalid_ttl`, `invalid_sid`, `invalid_grant`, `invalid_argument`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_access_token_new(const grantmint_api_key_t *key,
                                              grantmint_str_t identity,
                                              const grantmint_access_token_options_t *options,
                                              grantmint_access_token_t **out,
                                              grantmint_error_t **error);

/**
 * Signs the token, issued now.
 *
 * `*out`: the signed token, to free with `grantmint_string_free`.
 *
 * Statuses: `invalid_ttl` if `valid_until` is not 1 to 86,400 seconds away, `invalid_argument` if
 * the token would end before its `nbf`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_access_token_to_jwt(const grantmint_access_token_t *token,
                                                 grantmint_string_t **out,
                                                 grantmint_error_t **error);

/**
 * Reads the warnings about this token. Most tokens have none.
 *
 * `buffer`: an array with room for `capacity` warnings. `*len`: how many there are.
 *
 * Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
 *
 * # Safety
 *
 * [handles], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_access_token_warnings(const grantmint_access_token_t *token,
                                                   grantmint_warning_t *buffer,
                                                   size_t capacity,
                                                   size_t *len,
                                                   grantmint_error_t **error);

/**
 * Frees a token; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_access_token_free(grantmint_access_token_t *token);

/**
 * Makes a minter.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with
 * `grantmint_token_minter_free`; it keeps what it needs of `key` and `options`.
 *
 * Statuses: `invalid_ttl`, `invalid_sid` for a malformed SID in a grant, `invalid_grant` for
 * grants that are too many, too large or given twice, `invalid_argument`.
 *
 * # Safety
 *
 * [handles], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_new(const grantmint_api_key_t *key,
                                              const grantmint_token_minter_options_t *options,
                                              grantmint_token_minter_t **out,
                                              grantmint_error_t **error);

/**
 * Mints the token of one identity, issued now.
 *
 * `identity`: 1 to 512 bytes, with a video grant at most 128 characters. `*out`: the token, to
 * free with `grantmint_string_free`.
 *
 * Statuses: `invalid_identity`; `invalid_argument` while a token would end before its `nbf`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_mint(const grantmint_token_minter_t *minter,
                                               grantmint_str_t identity,
                                               grantmint_string_t **out,
                                               grantmint_error_t **error);

/**
 * As `grantmint_token_minter_mint`, into a buffer of the caller's. This is the fastest way: it
 * allocates nothing. The token is not terminated.
 *
 * `buffer`: room for `capacity` bytes. `*len`: the length of the token. All tokens of one minter
 * are of nearly one length; none is over `GRANTMINT_TOKEN_MAX_BYTES`.
 *
 * Statuses: `buffer_too_small` if `*len` is over `capacity`: nothing else is written;
 * `invalid_identity`.
 *
 * # Safety
 *
 * [handles], [strings], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_mint_into(const grantmint_token_minter_t *minter,
                                                    grantmint_str_t identity,
                                                    char *buffer,
                                                    size_t capacity,
                                                    size_t *len,
                                                    grantmint_error_t **error);

/**
 * Mints the token of one identity, issued at a Unix second of the caller's choice. Slower than
 * `grantmint_token_minter_mint` unless that is the current second.
 *
 * `unix_seconds`: that second. `*out`: the token, to free with `grantmint_string_free`.
 *
 * Statuses: `invalid_identity`, `invalid_argument` for a second after the year 9999.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_mint_at(const grantmint_token_minter_t *minter,
                                                  grantmint_str_t identity,
                                                  uint64_t unix_seconds,
                                                  grantmint_string_t **out,
                                                  grantmint_error_t **error);

/**
 * Mints one token for each identity, all issued in the same second. If one fails, there are none.
 *
 * `identities`: an array of `count`. `*out`: the tokens in the same order, to free with
 * `grantmint_strings_free`.
 *
 * Statuses: `invalid_identity`, with the index in the message.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_mint_many(const grantmint_token_minter_t *minter,
                                                    const grantmint_str_t *identities,
                                                    size_t count,
                                                    grantmint_strings_t **out,
                                                    grantmint_error_t **error);

/**
 * Reads the warnings about tokens of this kind. Most have none.
 *
 * `buffer`: an array with room for `capacity` warnings. `*len`: how many there are.
 *
 * Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
 *
 * # Safety
 *
 * [handles], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_token_minter_warnings(const grantmint_token_minter_t *minter,
                                                   grantmint_warning_t *buffer,
                                                   size_t capacity,
                                                   size_t *len,
                                                   grantmint_error_t **error);

/**
 * Frees a minter; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_token_minter_free(grantmint_token_minter_t *minter);

/**
 * Signs a JSON Web Token with any header and claims, which go into it byte for byte.
 *
 * `algorithm`: a `grantmint_algorithm_t`, the one that the header names. `header`, `claims`: JSON
 * objects. `secret`: any bytes, at least one. `*out`: the token, to free with
 * `grantmint_string_free`.
 *
 * ```c
 * grantmint_string_t *jwt = NULL;
 * grantmint_status_t status = grantmint_sign(
 *     GRANTMINT_HS256, GRANTMINT_STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
 *     GRANTMINT_STR("{\"sub\":\"alice\"}"), GRANTMINT_STR("another service's secret"), &jwt, &error);
 * if (status == GRANTMINT_OK)
 *     grantmint_string_free(jwt);
 * ```
 *
 * Statuses: `invalid_argument` for an unknown algorithm and for what is not a JSON object,
 * `invalid_credentials` for an empty secret, `limit_exceeded` for a token over 128 KiB.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_sign(int32_t algorithm,
                                  grantmint_str_t header,
                                  grantmint_str_t claims,
                                  grantmint_str_t secret,
                                  grantmint_string_t **out,
                                  grantmint_error_t **error);

/**
 * Verifies that an Access Token was signed with this key, for its account, and is valid now.
 *
 * It takes one key: after a rotation, verify tokens of the old key with the old key until they have
 * expired.
 *
 * `options`: null for all defaults, as for a leeway of 0. `*out`: its content, to free with
 * `grantmint_decoded_free`.
 *
 * ```c
 * grantmint_decoded_t *content = NULL;
 * grantmint_status_t status =
 *     grantmint_verify(GRANTMINT_STR("the token"), key, NULL, &content, &error);
 * if (status == GRANTMINT_ERR_TOKEN_MALFORMED)
 *     grantmint_error_free(error);
 * grantmint_decoded_free(content);
 * ```
 *
 * Statuses: `token_malformed`, `token_algorithm`, `token_signature`, `token_issuer` for another
 * key or account, `token_expired`, `token_not_yet_valid`, `token_claims`; `invalid_argument` for
 * the options.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_verify(grantmint_str_t token,
                                    const grantmint_api_key_t *key,
                                    const grantmint_verify_options_t *options,
                                    grantmint_decoded_t **out,
                                    grantmint_error_t **error);

/**
 * Verifies that another service's token was signed with this secret and is valid now. Its issuer,
 * subject and type may be any.
 *
 * `secret`: any bytes, at least one. `options`: null for all defaults. `*out`: its content, to
 * free with `grantmint_decoded_free`.
 *
 * Statuses: as `grantmint_verify` except `token_issuer`; `invalid_credentials` for an empty
 * secret.
 *
 * # Safety
 *
 * [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_verify_jwt(grantmint_str_t token,
                                        grantmint_str_t secret,
                                        const grantmint_verify_options_t *options,
                                        grantmint_decoded_t **out,
                                        grantmint_error_t **error);

/**
 * Decodes a token without checking its signature or its times. This is for tools: before acting on
 * a token, verify it.
 *
 * `*out`: its content, to free with `grantmint_decoded_free`.
 *
 * Statuses: `token_malformed`.
 *
 * # Safety
 *
 * [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_decode(grantmint_str_t token,
                                    grantmint_decoded_t **out,
                                    grantmint_error_t **error);

/**
 * The header, byte for byte. Belongs to `decoded`; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_header_json(const grantmint_decoded_t *decoded);

/**
 * The claims, byte for byte. Belongs to `decoded`; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_claims_json(const grantmint_decoded_t *decoded);

/**
 * The identity: whom the token is for. Belongs to `decoded`; none for null, or if the token has
 * none.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_identity(const grantmint_decoded_t *decoded);

/**
 * `iss`: the SID of the key that signed, in an Access Token. Belongs to `decoded`; none for null,
 * or if the token has none.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_issuer(const grantmint_decoded_t *decoded);

/**
 * `sub`: the SID of the account, in an Access Token. Belongs to `decoded`; none for null, or if
 * the token has none.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_subject(const grantmint_decoded_t *decoded);

/**
 * `jti`: the token's own identifier. Belongs to `decoded`; none for null, or if the token has
 * none.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_jti(const grantmint_decoded_t *decoded);

/**
 * `twr` of the header: the region. Belongs to `decoded`; none for null, or if the token has none.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_decoded_region(const grantmint_decoded_t *decoded);

/**
 * `iat`: when the token was issued, in Unix seconds. Returns false, and `*unix_seconds` is 0, if
 * the token does not say.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
bool grantmint_decoded_issued_at(const grantmint_decoded_t *decoded,
                                 uint64_t *unix_seconds);

/**
 * `nbf`: from when on the token is valid, in Unix seconds, a fraction rounded up. Returns false,
 * and `*unix_seconds` is 0, if the token does not say.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
bool grantmint_decoded_not_before(const grantmint_decoded_t *decoded,
                                  uint64_t *unix_seconds);

/**
 * `exp`: when the token expires, in Unix seconds, a fraction dropped. Returns false, and
 * `*unix_seconds` is 0, if the token does not say.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
bool grantmint_decoded_expires_at(const grantmint_decoded_t *decoded,
                                  uint64_t *unix_seconds);

/**
 * Frees the content of a token; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_decoded_free(grantmint_decoded_t *decoded);

/**
 * Makes a minter.
 *
 * `secret`: any bytes, at least one. `options`: null for all defaults: a required identity as `sub`, `iat`
 * and `exp`, an hour and HS256. `*out`: the minter, to free with `grantmint_jwt_minter_free`; it keeps what
 * it needs of both.
 *
 * Statuses: `invalid_credentials` for an empty secret; `invalid_ttl`; `invalid_argument` for a claim that
 * is given twice, is one of the minter's own or is not valid JSON, and for a slot that is not well-formed
 * or stands in the way of another claim; `limit_exceeded` for over 64 slots.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_new(grantmint_str_t secret,
                                            const grantmint_jwt_minter_options_t *options,
                                            grantmint_jwt_minter_t **out,
                                            grantmint_error_t **error);

/**
 * Mints the token of one user, issued now.
 *
 * `identity`: whom it is for; null as `data` if tokens of this kind need not say so. `values`: an array of
 * `count`, by the names of their slots; those in the order of the slots are found fastest. `*out`: the
 * token, to free with `grantmint_string_free`.
 *
 * Statuses: `invalid_identity` for one that is missing, empty or too long; `invalid_argument` for a value of
 * the wrong kind, too long or not allowed, for a slot that is missing, unknown or given twice, and while a
 * token would end before its `nbf`; `limit_exceeded` for a token over 128 KiB.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_mint(const grantmint_jwt_minter_t *minter,
                                             grantmint_str_t identity,
                                             const grantmint_slot_value_t *values,
                                             size_t count,
                                             grantmint_string_t **out,
                                             grantmint_error_t **error);

/**
 * As `grantmint_jwt_minter_mint`, into a buffer of the caller's. This is the fastest way: for 16 short
 * values and fewer it allocates nothing. The token is not terminated.
 *
 * `buffer`: room for `capacity` bytes. `*len`: the length of the token; none is over 128 KiB.
 *
 * Statuses: `buffer_too_small` if `*len` is over `capacity`: nothing else is written; else as
 * `grantmint_jwt_minter_mint`.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_mint_into(const grantmint_jwt_minter_t *minter,
                                                  grantmint_str_t identity,
                                                  const grantmint_slot_value_t *values,
                                                  size_t count,
                                                  char *buffer,
                                                  size_t capacity,
                                                  size_t *len,
                                                  grantmint_error_t **error);

/**
 * Mints the token of one user, issued at a Unix second of the caller's choice. Slower than
 * `grantmint_jwt_minter_mint` unless that is the current second.
 *
 * `unix_seconds`: that second. The rest as of `grantmint_jwt_minter_mint`.
 *
 * Statuses: as `grantmint_jwt_minter_mint`; `invalid_argument` for a second after the year 9999.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_mint_at(const grantmint_jwt_minter_t *minter,
                                                grantmint_str_t identity,
                                                const grantmint_slot_value_t *values,
                                                size_t count,
                                                uint64_t unix_seconds,
                                                grantmint_string_t **out,
                                                grantmint_error_t **error);

/**
 * Mints one token for each user, all issued in the same second. If one fails, there are none.
 *
 * `users`: an array of `count`. `*out`: the tokens in the same order, to free with
 * `grantmint_strings_free`.
 *
 * Statuses: as `grantmint_jwt_minter_mint`, with the index in the message.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_mint_many(const grantmint_jwt_minter_t *minter,
                                                  const grantmint_jwt_user_t *users,
                                                  size_t count,
                                                  grantmint_strings_t **out,
                                                  grantmint_error_t **error);

/**
 * Makes a minter whose slots of these names have their values already, prepared as fixed claims are: for
 * all the users of one room.
 *
 * `values`: an array of `count`. `*out`: a new minter, to free with `grantmint_jwt_minter_free`.
 *
 * Statuses: as `grantmint_jwt_minter_mint`.
 *
 * # Safety
 *
 * [handles], [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_bind(const grantmint_jwt_minter_t *minter,
                                             const grantmint_slot_value_t *values,
                                             size_t count,
                                             grantmint_jwt_minter_t **out,
                                             grantmint_error_t **error);

/**
 * Reads the warnings about tokens of this kind. Most have none.
 *
 * `buffer`: an array with room for `capacity` warnings. `*len`: how many there are.
 *
 * Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
 *
 * # Safety
 *
 * [handles], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_warnings(const grantmint_jwt_minter_t *minter,
                                                 grantmint_warning_t *buffer,
                                                 size_t capacity,
                                                 size_t *len,
                                                 grantmint_error_t **error);

/**
 * Frees a minter; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_jwt_minter_free(grantmint_jwt_minter_t *minter);

/**
 * Makes a minter of LiveKit's tokens. The slots have the names of its Python library's grants: `name`,
 * `metadata`, `attributes`, `room_join`, `room`, `can_publish` and so on. Tokens are valid for six hours
 * and from 10 seconds before their minting on. Who joins a room needs a `room` and an identity.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
 *
 * Statuses: as `grantmint_jwt_minter_new`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_livekit(grantmint_str_t api_key,
                                                grantmint_str_t api_secret,
                                                const grantmint_jwt_minter_options_t *options,
                                                grantmint_jwt_minter_t **out,
                                                grantmint_error_t **error);

/**
 * As `grantmint_jwt_minter_livekit`, with the key of the environment variables `LIVEKIT_API_KEY` and
 * `LIVEKIT_API_SECRET`. Do not call it while another thread changes the environment.
 *
 * Statuses: `invalid_credentials` names a variable that is missing; else as `grantmint_jwt_minter_new`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_livekit_from_env(const grantmint_jwt_minter_options_t *options,
                                                         grantmint_jwt_minter_t **out,
                                                         grantmint_error_t **error);

/**
 * Makes a minter of the tokens of Zoom's Video SDK. The slots have the names of its claims: `tpc`, the
 * session's name, and `role_type`, 1 for a host and 0 for a participant, are required. The identity is
 * `user_identity`; a `user_key` may stand in its place. Tokens are valid for two hours by default, 1,800
 * to 172,800 seconds.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
 *
 * Statuses: as `grantmint_jwt_minter_new`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_zoom_video_sdk(grantmint_str_t sdk_key,
                                                       grantmint_str_t sdk_secret,
                                                       const grantmint_jwt_minter_options_t *options,
                                                       grantmint_jwt_minter_t **out,
                                                       grantmint_error_t **error);

/**
 * Makes a minter of the tokens of a Jitsi Meet of your own. `aud` and `sub` are what it is configured with:
 * the audience that it accepts, `jitsi` for most, and its domain or tenant in lower case. The slots are
 * `room`, which is required and may be `*`, and of the user the identity, `name`, `email`, `avatar`,
 * `moderator` and `affiliation`; beside it `group` and `features`. Tokens are valid from 10 seconds before
 * their minting on.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
 *
 * Statuses: as `grantmint_jwt_minter_new`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_jitsi(grantmint_str_t app_id,
                                              grantmint_str_t app_secret,
                                              grantmint_str_t aud,
                                              grantmint_str_t sub,
                                              const grantmint_jwt_minter_options_t *options,
                                              grantmint_jwt_minter_t **out,
                                              grantmint_error_t **error);

/**
 * Makes a minter of the self-signed meeting tokens of Daily, signed with the API key. The slots have the
 * names of its REST API, and become the short names of the token: `room_name` is required, as a token
 * without it opens every room; the identity is `user_id`.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
 *
 * Statuses: as `grantmint_jwt_minter_new`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_jwt_minter_daily(grantmint_str_t domain_id,
                                              grantmint_str_t api_key,
                                              const grantmint_jwt_minter_options_t *options,
                                              grantmint_jwt_minter_t **out,
                                              grantmint_error_t **error);

/**
 * Makes a minter that signs with a key, and by default fetches grants with it. Sends no request
 * and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the minter, to free with
 * `grantmint_playback_minter_free`; it keeps what it needs of `key` and `options`.
 *
 * Statuses: 1xx for options that are out of range or exclude each other; `unsupported` if the
 * library was built without its HTTP client and there is no source.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_new(const grantmint_api_key_t *key,
                                                 const grantmint_playback_minter_options_t *options,
                                                 grantmint_playback_minter_t **out,
                                                 grantmint_error_t **error);

/**
 * Mints a token for one viewer of a stream (`VJ…`). Waits for a grant if there is none. If there
 * is one, takes no lock and sends no request.
 *
 * `identity`: 1 to 512 bytes, beside a video grant at most 128 characters. `options`: null for
 * those of the minter. `*out`: the token, to free with `grantmint_playback_token_free`.
 *
 * Statuses: 1xx for the arguments; 3xx of the fetch, the same for all calls that waited for it;
 * `deadline_exceeded` when no grant came in time, `overloaded` when the account's rate limit
 * is used up, `closed` after `grantmint_playback_minter_close`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_token(const grantmint_playback_minter_t *minter,
                                                   grantmint_str_t streamer,
                                                   grantmint_str_t identity,
                                                   const grantmint_wait_options_t *options,
                                                   grantmint_playback_token_t **out,
                                                   grantmint_error_t **error);

/**
 * As `grantmint_playback_minter_token`, but never blocks: the result goes to a callback, which is
 * called once. If the grant is there, that is before this call returns; else on the thread that
 * ends the fetch or, when the caller's time is over, on a thread of the library, which it must not
 * block.
 *
 * `callback`: gets every error except those of the pointers and texts given here; not called
 * unless the status is `GRANTMINT_OK`. `userdata`: its first argument.
 *
 * Statuses: 9xx and `invalid_argument` for the arguments alone.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_token_then(const grantmint_playback_minter_t *minter,
                                                        grantmint_str_t streamer,
                                                        grantmint_str_t identity,
                                                        const grantmint_wait_options_t *options,
                                                        grantmint_token_callback_t callback,
                                                        void *userdata,
                                                        grantmint_error_t **error);

/**
 * Mints a token if the grant for it is there. Never waits; starts the fetch that is due.
 *
 * `*out`: the bare token, to free with `grantmint_string_free`, or null.
 *
 * Statuses: 1xx for the arguments, `closed`; never an error of upstream or of a source.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_try_token(const grantmint_playback_minter_t *minter,
                                                       grantmint_str_t streamer,
                                                       grantmint_str_t identity,
                                                       grantmint_string_t **out,
                                                       grantmint_error_t **error);

/**
 * Gets one stream, for hot paths.
 *
 * `*out`: the stream, to free with `grantmint_stream_minter_free`; it keeps the minter alive.
 *
 * Statuses: `invalid_sid`, `closed`; `throttled` or `overloaded` for a new stream while no request
 * may be sent.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_stream(const grantmint_playback_minter_t *minter,
                                                    grantmint_str_t streamer,
                                                    grantmint_stream_minter_t **out,
                                                    grantmint_error_t **error);

/**
 * Starts to fetch a stream's grant before a caller asks for it. Does not wait.
 *
 * Statuses: as `grantmint_playback_minter_stream`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_playback_minter_prefetch(const grantmint_playback_minter_t *minter,
                                                      grantmint_str_t streamer,
                                                      grantmint_error_t **error);

/**
 * Has a stream's grant refreshed for a time even if no caller asks for it.
 *
 * `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
 *
 * Statuses: as `grantmint_playback_minter_stream`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_playback_minter_keep_warm(const grantmint_playback_minter_t *minter,
                                                       grantmint_str_t streamer,
                                                       uint32_t time_ms,
                                                       grantmint_error_t **error);

/**
 * Drops the grant and the cached error of a stream. If a fetch is running, its result still goes
 * to the callers that wait for it, but is not stored.
 *
 * `*out`: whether the cache knew the stream; `out` may be null.
 *
 * Statuses: `invalid_sid`, `closed`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_playback_minter_invalidate(const grantmint_playback_minter_t *minter,
                                                        grantmint_str_t streamer,
                                                        bool *out,
                                                        grantmint_error_t **error);

/**
 * As `grantmint_playback_minter_invalidate`, if the grant is the one of this generation. Of many
 * callers that found a grant to be bad, only the first then has it fetched anew.
 *
 * `*out`: whether it was dropped; `out` may be null.
 *
 * Statuses: `invalid_sid`, `closed`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_playback_minter_invalidate_if(const grantmint_playback_minter_t *minter,
                                                           grantmint_str_t streamer,
                                                           uint64_t generation,
                                                           bool *out,
                                                           grantmint_error_t **error);

/**
 * Signs and fetches with another key of the same account from now on. Grants stay, cached errors
 * are dropped. The results of running fetches still go to the callers that wait for them, but are
 * not stored.
 *
 * Statuses: `invalid_credentials` for a key of another account, `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_rotate(const grantmint_playback_minter_t *minter,
                                                    const grantmint_api_key_t *key,
                                                    grantmint_error_t **error);

/**
 * Reads the statistics of the minter's cache, for all who share it.
 *
 * `*out`: a snapshot, to free with `grantmint_stats_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_stats(const grantmint_playback_minter_t *minter,
                                                   grantmint_stats_t **out,
                                                   grantmint_error_t **error);

/**
 * Takes the events since the last call out of the minter's cache: the last 1,024 at most, oldest
 * first.
 *
 * `*out`: the events, to free with `grantmint_events_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_drain_events(const grantmint_playback_minter_t *minter,
                                                          grantmint_events_t **out,
                                                          grantmint_error_t **error);

/**
 * Drops all grants and cached errors of the minter's cache, for all who share it, and wipes what the
 * minter has prepared with those grants.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_playback_minter_purge(const grantmint_playback_minter_t *minter,
                                                   grantmint_error_t **error);

/**
 * Gets the minter's cache.
 *
 * `*out`: the cache, to free with `grantmint_grant_cache_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_playback_minter_cache(const grantmint_playback_minter_t *minter,
                                                   grantmint_grant_cache_t **out,
                                                   grantmint_error_t **error);

/**
 * Closes the minter and its streams: later calls fail with `closed`, calls that wait still get
 * their result, and it keeps no grant warm any more. Others who share the cache go on, and minters
 * to come find it for a while: `grantmint_playback_minter_purge` first empties it. Does nothing
 * for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_playback_minter_close(const grantmint_playback_minter_t *minter);

/**
 * Frees a minter; does nothing for null. Its streams and its running fetches go on.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_playback_minter_free(grantmint_playback_minter_t *minter);

/**
 * The Access Token. It is a secret: whoever has it can watch. Belongs to `token`; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_playback_token_jwt(const grantmint_playback_token_t *token);

/**
 * How many milliseconds the grant was still good for when the token was minted, after the safety
 * margin; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_playback_token_grant_remaining_ms(const grantmint_playback_token_t *token);

/**
 * How good the grant in the token is.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_freshness_t grantmint_playback_token_freshness(const grantmint_playback_token_t *token);

/**
 * Why the grant is degraded, with the time after which the next refresh is tried: an error to free
 * with `grantmint_error_free`. Null if it is not degraded.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_error_t *grantmint_playback_token_reason(const grantmint_playback_token_t *token);

/**
 * After how many milliseconds the next refresh is tried, if the grant is degraded; else 0.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_playback_token_retry_after_ms(const grantmint_playback_token_t *token);

/**
 * The number of the grant within its cache, for `grantmint_playback_minter_invalidate_if`; 0 for
 * null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint64_t grantmint_playback_token_generation(const grantmint_playback_token_t *token);

/**
 * Wipes and frees a token; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_playback_token_free(grantmint_playback_token_t *token);

/**
 * Makes a source of grants.
 *
 * `fetch`: called for each grant that is needed, by up to four fetcher threads of one cache at
 * once, which it should not block. It decides how many of its fetches run at a time; the account's
 * rate limit bounds how many are started. `userdata`: its first argument. `userdata_free`: may be
 * null; called once when the source is freed and the last minter that fetches with it is gone; not
 * called unless the status is `GRANTMINT_OK`. `*out`: the source, to free with
 * `grantmint_source_free`.
 *
 * Statuses: `null_pointer` for no `fetch`.
 *
 * # Safety
 *
 * [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_source_new(grantmint_fetch_t fetch,
                                        void *userdata,
                                        grantmint_userdata_free_t userdata_free,
                                        grantmint_source_t **out,
                                        grantmint_error_t **error);

/**
 * Frees a source; does nothing for null. Minters that fetch with it go on.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_source_free(grantmint_source_t *source);

/**
 * Wipes everything that is kept for minters to come and that nobody uses now: caches with their grants
 * and cached errors, the cool-downs and rate limits of accounts, idle connections.
 *
 * A cache that minters share is kept after its last minter until its last grant and cached error have
 * ended, at most 62 s. So a minter for each request does not cost a request to Twilio each time. Minters
 * that exist, and what they use, are not touched.
 */
GRANTMINT_API
void grantmint_forget(void);

/**
 * The stream, `VJ…`. Belongs to the request; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_grant_request_streamer(const grantmint_grant_request_t *request);

/**
 * The lifetime to ask for, in seconds; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_grant_request_ttl(const grantmint_grant_request_t *request);

/**
 * The web origin to allow; none if any is allowed, and for null. Belongs to the request.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_grant_request_origin(const grantmint_grant_request_t *request);

/**
 * How many milliseconds the fetch may take; 0 for null. A second later the callers that wait for
 * it get `upstream_timeout`.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_grant_request_timeout_ms(const grantmint_grant_request_t *request);

/**
 * As `grantmint_playback_minter_token`, for this stream.
 *
 * Statuses: as `grantmint_playback_minter_token`, but never `invalid_sid`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stream_minter_token(const grantmint_stream_minter_t *stream,
                                                 grantmint_str_t identity,
                                                 const grantmint_wait_options_t *options,
                                                 grantmint_playback_token_t **out,
                                                 grantmint_error_t **error);

/**
 * As `grantmint_playback_minter_token_then`, for this stream.
 *
 * Statuses: as `grantmint_playback_minter_token_then`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stream_minter_token_then(const grantmint_stream_minter_t *stream,
                                                      grantmint_str_t identity,
                                                      const grantmint_wait_options_t *options,
                                                      grantmint_token_callback_t callback,
                                                      void *userdata,
                                                      grantmint_error_t **error);

/**
 * As `grantmint_playback_minter_try_token`, for this stream.
 *
 * Statuses: `invalid_identity`, `closed`; never an error of upstream or of a source.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stream_minter_try_token(const grantmint_stream_minter_t *stream,
                                                     grantmint_str_t identity,
                                                     grantmint_string_t **out,
                                                     grantmint_error_t **error);

/**
 * Frees a stream; does nothing for null. Its minter goes on.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_stream_minter_free(grantmint_stream_minter_t *stream);

/**
 * Makes a source. Sends no request.
 *
 * `json`: the description, an object. Needed is `url`. `method`: GET, POST by default, or PUT. `auth`:
 * `{"basic": [user, password]}`, `{"basic_form": [user, password]}` as OAuth 2 has it,
 * `{"bearer": token}`, or `{"signed": options}` for a token that is signed for each request: with
 * `secret`, and of `claims`, `header`, `typ`, `algorithm`, `ttl`, `max_ttl`, `iat`, `nbf`, `backdate` and
 * `unique` what is needed, as grantmint_jwt_minter_t has them. `headers`, `query`, `form`, `vars`:
 * objects of texts. `json`: a body. `per`: `shared` by default, `key` for a credential for each key,
 * `call` for one that is used once;
 * `distinct`: true for those of each key that do not name it. `ttl`: the lifetime to ask for in seconds,
 * 1 to 172,800. `answer`: `json` or `text`. `value`: where the credential stands in the answer, a JSON
 * pointer. `lifetime`: a list, tried in order, of `{"seconds": pointer}`, or `minutes`, `milliseconds`,
 * `epoch`, `epoch_ms`, `iso8601`, `rfc2822`, `jwt` in its place, of `"asked"` and `{"constant": seconds}`.
 * `max_lifetime`: in seconds. `ok`: a list of statuses, 200 and 201 by default. `ok_when`: an object of
 * pointers and values. `error`: where an error's code stands; `errors`: what codes mean, one of
 * `bad_request`, `unauthorized`, `forbidden`, `not_found`, `throttled` and `unavailable`. `throttled`: a
 * list of statuses beside 429. `retry_after`: a header and its unit, `s`, `ms`, `epoch` or `epoch_ms`.
 * `exclusive`: true if a new credential ends the one before. `proxy`: a URL. `ca_file`: a path. Texts may
 * have slots in braces: `{ttl}`, `{ttl:int}`, `{key}`, `{now}`, `{now_ms}`, and the names of vars and
 * secrets.
 *
 * `secrets`: an array of `count`, by the names of their slots; copied, and wiped when freed. `*out`: the
 * source, to free with `grantmint_rest_source_free`.
 *
 * Statuses: `invalid_url`, `invalid_ttl`, `invalid_argument` for an option that is not known, given twice
 * or of another type, for a slot without a text and a text without a slot. The message names the option
 * and no value.
 *
 * # Safety
 *
 * [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_rest_source_new(grantmint_str_t json,
                                             const grantmint_named_text_t *secrets,
                                             size_t count,
                                             grantmint_rest_source_t **out,
                                             grantmint_error_t **error);

/**
 * Makes a source of OAuth 2 access tokens for a client, by its credentials (RFC 6749, section 4.4). Sends
 * no request. A token whose lifetime is not said counts as one of five minutes.
 *
 * `url`: the token endpoint. `form`: an array of `count` further fields, such as `scope` and `audience`;
 * copied. `*out`: the source, to free with `grantmint_rest_source_free`.
 *
 * ```c
 * grantmint_rest_source_t *source = NULL;
 * grantmint_credential_t *token = NULL;
 * grantmint_named_text_t scope = {GRANTMINT_STR("scope"), GRANTMINT_STR("read")};
 * if (grantmint_rest_source_oauth2(GRANTMINT_STR("https://idp.example/oauth/token"),
 *                                  GRANTMINT_STR("my app"), GRANTMINT_STR("its secret"), &scope, 1,
 *                                  &source, &error) == GRANTMINT_OK &&
 *     grantmint_credential_new(source, NULL, &token, &error) == GRANTMINT_OK) {
 *     printf("for grantmint_credential_get\n");
 * }
 * grantmint_credential_free(token);
 * grantmint_rest_source_free(source);
 * ```
 *
 * Statuses: as `grantmint_rest_source_new`.
 *
 * # Safety
 *
 * [strings], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_rest_source_oauth2(grantmint_str_t url,
                                                grantmint_str_t client_id,
                                                grantmint_str_t client_secret,
                                                const grantmint_named_text_t *form,
                                                size_t count,
                                                grantmint_rest_source_t **out,
                                                grantmint_error_t **error);

/**
 * Frees a source; does nothing for null. Who fetches with it goes on.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_rest_source_free(grantmint_rest_source_t *source);

/**
 * The credential, byte for byte: a text, or JSON if `grantmint_issued_is_json`. It is a secret. Belongs to
 * `issued`; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_issued_value(const grantmint_issued_t *issued);

/**
 * Whether the credential is JSON: an object, an array or a number. False for a text, and for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD bool grantmint_issued_is_json(const grantmint_issued_t *issued);

/**
 * How many milliseconds it was still good for when the caller got it, after the safety margin; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_issued_remaining_ms(const grantmint_issued_t *issued);

/**
 * How good it is.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_freshness_t grantmint_issued_freshness(const grantmint_issued_t *issued);

/**
 * Why it is degraded, with the time after which the next refresh is tried: an error to free with
 * `grantmint_error_free`. Null if it is not.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_error_t *grantmint_issued_reason(const grantmint_issued_t *issued);

/**
 * The number within its cache: a later one is higher. 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint64_t grantmint_issued_generation(const grantmint_issued_t *issued);

/**
 * Wipes and frees it; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_issued_free(grantmint_issued_t *issued);

/**
 * Makes a credential of what a source brings. Sends no request and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the credential, to free with `grantmint_credential_free`; it
 * keeps what it needs of `source` and `options`.
 *
 * Statuses: `invalid_argument` for what is out of its range or does not go together.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_new(const grantmint_rest_source_t *source,
                                            const grantmint_credential_options_t *options,
                                            grantmint_credential_t **out,
                                            grantmint_error_t **error);

/**
 * Gets the credential, and waits for it if necessary.
 *
 * `key`: whose credential, for a source that is `key`; with null as `data` nobody's. `options`: null for those of the credential. `*out`: the credential, to free with
 * `grantmint_issued_free`.
 *
 * Statuses: `invalid_argument` for the key and a `min_remaining_ms` over half of the lifetime; 3xx of the fetch, the
 * same for all calls that waited for it; `deadline_exceeded` when none came in time, `overloaded` when the
 * rate limit is used up, `closed` after `grantmint_credential_close`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_get(const grantmint_credential_t *credential,
                                            grantmint_str_t key,
                                            const grantmint_wait_options_t *options,
                                            grantmint_issued_t **out,
                                            grantmint_error_t **error);

/**
 * As `grantmint_credential_get`, but never blocks: the result goes to a callback, which is called once. If
 * the credential is there, that is before this call returns; else on the thread that ends the fetch or,
 * when the caller's time is over, on a thread of the library, which it must not block.
 *
 * `callback`: gets every error except those of the pointers and texts given here; not called unless the
 * status is `GRANTMINT_OK`. `userdata`: its first argument.
 *
 * Statuses: 9xx for the arguments alone.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_get_then(const grantmint_credential_t *credential,
                                                 grantmint_str_t key,
                                                 const grantmint_wait_options_t *options,
                                                 grantmint_issued_callback_t callback,
                                                 void *userdata,
                                                 grantmint_error_t **error);

/**
 * Gets the credential if it is there now, with the `min_remaining_ms` of the call. Never waits; starts the fetch
 * that is due.
 *
 * `key`, `options`: as of `grantmint_credential_get`. `*out`: the credential, to free with
 * `grantmint_issued_free`, or null.
 *
 * Statuses: 1xx for the arguments, `closed`, `unsupported` for a source that is `call`; never an error of
 * upstream.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_try_get(const grantmint_credential_t *credential,
                                                grantmint_str_t key,
                                                const grantmint_wait_options_t *options,
                                                grantmint_issued_t **out,
                                                grantmint_error_t **error);

/**
 * Starts to fetch the credential before a caller asks for it. Does not wait.
 *
 * `key`: as of `grantmint_credential_get`.
 *
 * Statuses: as `grantmint_credential_try_get`; that of the last fetch while no request may be sent.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_credential_prefetch(const grantmint_credential_t *credential,
                                                 grantmint_str_t key,
                                                 grantmint_error_t **error);

/**
 * Has the credential refreshed for a time even if no caller asks for it.
 *
 * `key`: as of `grantmint_credential_get`. `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
 *
 * Statuses: as `grantmint_credential_prefetch`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_credential_keep_warm(const grantmint_credential_t *credential,
                                                  grantmint_str_t key,
                                                  uint32_t time_ms,
                                                  grantmint_error_t **error);

/**
 * Drops the credential and the cached error. If a fetch is running, its result still goes to the callers that
 * wait for it, but is not stored.
 *
 * `key`: as of `grantmint_credential_get`. `*out`: whether there was such an entry; `out` may be null.
 *
 * Statuses: as `grantmint_credential_try_get`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_credential_invalidate(const grantmint_credential_t *credential,
                                                   grantmint_str_t key,
                                                   bool *out,
                                                   grantmint_error_t **error);

/**
 * As `grantmint_credential_invalidate`, if the credential is the one of this generation: of many callers whom a service
 * has refused it, only the first then has it fetched anew.
 *
 * `key`: as of `grantmint_credential_get`. `*out`: whether it was dropped; `out` may be null.
 *
 * Statuses: as `grantmint_credential_try_get`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_credential_invalidate_if(const grantmint_credential_t *credential,
                                                      grantmint_str_t key,
                                                      uint64_t generation,
                                                      bool *out,
                                                      grantmint_error_t **error);

/**
 * Drops all credentials and cached errors of the source in the cache, for all who share them.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_credential_purge(const grantmint_credential_t *credential,
                                              grantmint_error_t **error);

/**
 * Reads the statistics of the cache, for all who share it.
 *
 * `*out`: a snapshot, to free with `grantmint_stats_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_stats(const grantmint_credential_t *credential,
                                              grantmint_stats_t **out,
                                              grantmint_error_t **error);

/**
 * Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
 *
 * `*out`: the events, to free with `grantmint_events_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_drain_events(const grantmint_credential_t *credential,
                                                     grantmint_events_t **out,
                                                     grantmint_error_t **error);

/**
 * Gets the cache.
 *
 * `*out`: the cache, to free with `grantmint_grant_cache_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_credential_cache(const grantmint_credential_t *credential,
                                              grantmint_grant_cache_t **out,
                                              grantmint_error_t **error);

/**
 * Closes a credential: later calls fail with `closed`, those that wait are answered, and nothing is kept
 * warm for it. Others who share the cache go on. Does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
void grantmint_credential_close(const grantmint_credential_t *credential);

/**
 * Closes and frees a credential; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_credential_free(grantmint_credential_t *credential);

/**
 * The list of servers as JSON: the value of `iceServers` that RTCPeerConnection takes. It is a secret.
 * Belongs to `credentials`; none for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_ice_credentials_ice_servers(const grantmint_ice_credentials_t *credentials);

/**
 * `{"iceServers": …, "expiresIn": …}` as JSON, for an answer to a browser. `expiresIn` is in whole seconds.
 *
 * `*out`: the text, to free with `grantmint_string_free`.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_credentials_to_json(const grantmint_ice_credentials_t *credentials,
                                                     grantmint_string_t **out,
                                                     grantmint_error_t **error);

/**
 * How many milliseconds they were still good for when the caller got them, after the safety margin; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint32_t grantmint_ice_credentials_remaining_ms(const grantmint_ice_credentials_t *credentials);

/**
 * How good they are.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_freshness_t grantmint_ice_credentials_freshness(const grantmint_ice_credentials_t *credentials);

/**
 * Why they are degraded, with the time after which the next refresh is tried: an error to free with
 * `grantmint_error_free`. Null if they are not.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_error_t *grantmint_ice_credentials_reason(const grantmint_ice_credentials_t *credentials);

/**
 * The number within their cache: a later one is higher. 0 for what is signed here, and 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint64_t grantmint_ice_credentials_generation(const grantmint_ice_credentials_t *credentials);

/**
 * Wipes and frees them; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_ice_credentials_free(grantmint_ice_credentials_t *credentials);

/**
 * Twilio's servers, with an API key. Sends no request and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
 * keep what they need.
 *
 * Statuses: 1xx for options that are out of range or have no effect.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_twilio(const grantmint_api_key_t *key,
                                                const grantmint_ice_servers_options_t *options,
                                                grantmint_ice_servers_t **out,
                                                grantmint_error_t **error);

/**
 * Twilio's servers, with an account's SID and its auth token. Sends no request and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
 * keep what they need.
 *
 * Statuses: `invalid_sid`; 1xx for options that are out of range or have no effect.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_twilio_account(grantmint_str_t account_sid,
                                                        grantmint_str_t auth_token,
                                                        const grantmint_ice_servers_options_t *options,
                                                        grantmint_ice_servers_t **out,
                                                        grantmint_error_t **error);

/**
 * Cloudflare's servers, with a TURN key and its API token. Sends no request and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
 * keep what they need.
 *
 * Statuses: 1xx for the arguments, and for options that are out of range or have no effect.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_cloudflare(grantmint_str_t key_id,
                                                    grantmint_str_t api_token,
                                                    const grantmint_ice_servers_options_t *options,
                                                    grantmint_ice_servers_t **out,
                                                    grantmint_error_t **error);

/**
 * A coturn server with `use-auth-secret` and this `static-auth-secret`. What is handed out is signed here,
 * without a request.
 *
 * `urls`: an array of `count`, such as `turn:turn.example:3478?transport=udp`. `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
 * keep what they need.
 *
 * Statuses: 1xx for the arguments; `invalid_argument` for an option of a cache, as there is none.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [arrays], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_coturn(grantmint_str_t secret,
                                                const grantmint_str_t *urls,
                                                size_t count,
                                                const grantmint_ice_servers_options_t *options,
                                                grantmint_ice_servers_t **out,
                                                grantmint_error_t **error);

/**
 * The servers of any other service: its source brings a list of servers, one server, or an object that holds
 * either as `iceServers`. Sends no request and starts no thread.
 *
 * `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
 * keep what they need.
 *
 * Statuses: 1xx for options that are out of range or have no effect beside a source.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_rest(const grantmint_rest_source_t *source,
                                              const grantmint_ice_servers_options_t *options,
                                              grantmint_ice_servers_t **out,
                                              grantmint_error_t **error);

/**
 * Gets servers with credentials, and waits for them if necessary.
 *
 * `identity`: whose: users who are named have credentials of their own. With null as `data` nobody's: all of
 * them share one. `options`: null for those of the servers. `*out`: the servers, to free with
 * `grantmint_ice_credentials_free`.
 *
 * Statuses: `invalid_argument` for the identity; else as `grantmint_credential_get`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_get(const grantmint_ice_servers_t *servers,
                                             grantmint_str_t identity,
                                             const grantmint_wait_options_t *options,
                                             grantmint_ice_credentials_t **out,
                                             grantmint_error_t **error);

/**
 * As `grantmint_ice_servers_get`, but never blocks: the result goes to a callback, which is called once. If
 * the servers are there, that is before this call returns; else on the thread that ends the fetch or,
 * when the caller's time is over, on a thread of the library, which it must not block.
 *
 * `callback`: gets every error except those of the pointers and texts given here; not called unless the
 * status is `GRANTMINT_OK`. `userdata`: its first argument.
 *
 * Statuses: 9xx for the arguments alone.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_get_then(const grantmint_ice_servers_t *servers,
                                                  grantmint_str_t identity,
                                                  const grantmint_wait_options_t *options,
                                                  grantmint_ice_credentials_callback_t callback,
                                                  void *userdata,
                                                  grantmint_error_t **error);

/**
 * Gets the servers if they are there now, with the `min_remaining_ms` of the call. Never waits; starts the fetch
 * that is due.
 *
 * `identity`, `options`: as of `grantmint_ice_servers_get`. `*out`: the servers, to free with
 * `grantmint_ice_credentials_free`, or null.
 *
 * Statuses: 1xx for the arguments, `closed`, `unsupported` for a source that is `call`; never an error of
 * upstream.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_try_get(const grantmint_ice_servers_t *servers,
                                                 grantmint_str_t identity,
                                                 const grantmint_wait_options_t *options,
                                                 grantmint_ice_credentials_t **out,
                                                 grantmint_error_t **error);

/**
 * Has the servers refreshed for a time even if no caller asks for them.
 *
 * `identity`: as of `grantmint_ice_servers_get`. `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
 *
 * Statuses: as `grantmint_ice_servers_try_get`; that of the last fetch while no request may be sent.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_ice_servers_keep_warm(const grantmint_ice_servers_t *servers,
                                                   grantmint_str_t identity,
                                                   uint32_t time_ms,
                                                   grantmint_error_t **error);

/**
 * Drops the servers and the cached error, if the servers are those of this generation: of many callers whom a service
 * has refused them, only the first then has them fetched anew.
 *
 * `identity`: as of `grantmint_ice_servers_get`. `*out`: whether they were dropped; `out` may be null.
 *
 * Statuses: as `grantmint_ice_servers_try_get`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_ice_servers_invalidate_if(const grantmint_ice_servers_t *servers,
                                                       grantmint_str_t identity,
                                                       uint64_t generation,
                                                       bool *out,
                                                       grantmint_error_t **error);

/**
 * Reads the statistics of the cache, for all who share it.
 *
 * `*out`: a snapshot, to free with `grantmint_stats_free`; null for a coturn server, which has no cache.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_stats(const grantmint_ice_servers_t *servers,
                                               grantmint_stats_t **out,
                                               grantmint_error_t **error);

/**
 * Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
 *
 * `*out`: the events, to free with `grantmint_events_free`.
 *
 * Statuses: `closed`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ice_servers_drain_events(const grantmint_ice_servers_t *servers,
                                                      grantmint_events_t **out,
                                                      grantmint_error_t **error);

/**
 * Closes servers that are fetched: later calls fail with `closed`, those that wait are answered, and nothing is kept
 * warm for them. Others who share the cache go on. Does nothing for null, and for a coturn server.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
void grantmint_ice_servers_close(const grantmint_ice_servers_t *servers);

/**
 * Closes and frees ICE servers; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_ice_servers_free(grantmint_ice_servers_t *servers);

/**
 * Asks whether the request may be sent. Call it right before sending: the lifetime of the grant counts
 * from here. For a ticket of a playback minter's source the library has asked already.
 *
 * `*start`: the answer. `*ms`: how many milliseconds the fetch may take, or after how many to ask
 * again; else 0. The ticket stays the caller's, even if refused or served: free it. A cache with a
 * `fleet` shares only what was fetched after `GRANTMINT_START_GO`.
 *
 * Statuses: if refused, the reason: `throttled`, `overloaded`, or the cached error of the last
 * attempt.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_ticket_start(grantmint_ticket_t *ticket,
                                          grantmint_start_t *start,
                                          uint32_t *ms,
                                          grantmint_error_t **error);

/**
 * Whether the fetch refreshes a grant that is still good, so that no caller waits for it. False
 * for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
bool grantmint_ticket_is_refresh(const grantmint_ticket_t *ticket);

/**
 * The text of the cache key to fetch the grant for. Belongs to the ticket. None for a ticket of a
 * playback minter's source, which comes with a `grantmint_grant_request_t` instead.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_ticket_key(const grantmint_ticket_t *ticket);

/**
 * Ends the fetch with a grant, for all callers that wait for it.
 *
 * `ticket`: consumed, whatever the status. `grant`: the grant, copied; for a playback minter a
 * JSON object, which goes into tokens byte for byte. `lifetime_ms`: how many milliseconds it lives,
 * counted from when the request was sent, and no more than was asked for; 0 for as long as was
 * asked for.
 *
 * Statuses: `invalid_utf8`, `upstream_not_json`, `upstream_no_grant`, `upstream_too_large` for a
 * grant that cannot be used: the fetch then ends with that error. `invalid_ttl` for a lifetime over
 * what was asked for: the fetch then ends as `source_failed`.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_ticket_complete(grantmint_ticket_t *ticket,
                                             grantmint_str_t grant,
                                             uint32_t lifetime_ms,
                                             grantmint_error_t **error);

/**
 * Ends the fetch with an error, for all callers that wait for it.
 *
 * `ticket`: consumed, whatever the status. `status`: a `grantmint_status_t` other than
 * `GRANTMINT_OK`. With `GRANTMINT_ERR_THROTTLED` nothing is fetched for the whole account during
 * `retry_after_ms`; with another retryable status nothing is fetched for this key. `message`: for
 * people to read; must hold no secret, token, grant or identity. `retry_after_ms`: after how many
 * milliseconds another try makes sense; 0 if unknown, `GRANTMINT_ZERO_MS` for at once.
 *
 * Statuses: `invalid_argument` for a number that is not the status of an error, `invalid_utf8`:
 * the fetch then ends with that error.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_ticket_fail(grantmint_ticket_t *ticket,
                                         int32_t status,
                                         grantmint_str_t message,
                                         uint32_t retry_after_ms,
                                         grantmint_error_t **error);

/**
 * Frees a ticket and gives its fetch up, which ends as `abandoned`: waiters get that status, other
 * waiting calls begin again. Does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_ticket_free(grantmint_ticket_t *ticket);

/**
 * Makes an empty cache.
 *
 * `options`: null for all defaults. `*out`: the cache, to free with `grantmint_grant_cache_free`.
 *
 * Statuses: `invalid_argument` for a policy out of range, a `fleet` without a secret and a
 * `fleet_namespace` of another length; `unsupported` for a `fleet` where there are none.
 *
 * # Safety
 *
 * [structs], [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_new(const grantmint_grant_cache_options_t *options,
                                             grantmint_grant_cache_t **out,
                                             grantmint_error_t **error);

/**
 * Asks for a grant, and tells the caller what to do. Never blocks; a hit takes no lock. To have
 * all of that done in one call, use `grantmint_grant_cache_get`.
 *
 * `options`: null for all defaults. `*out`: what to do, and the objects for that.
 *
 * Statuses: during the pause after a failed fetch its cached error, with the time to wait;
 * `overloaded` when the fetch could not start within the caller's time; `limit_exceeded` and
 * `invalid_ttl` for the key, `invalid_argument` for the options.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_begin(const grantmint_grant_cache_t *cache,
                                               grantmint_str_t key,
                                               uint32_t ttl_ms,
                                               const grantmint_wait_options_t *options,
                                               grantmint_begin_t *out,
                                               grantmint_error_t **error);

/**
 * Gets a grant, and waits for it if necessary.
 *
 * `fetch`: called on this thread with a ticket if this call has to do the fetch; up to three times,
 * as a fetch that was abandoned is begun again; not called if another process of the cache's fleet
 * brings the grant, which this call then waits for. If `grantmint_ticket_is_refresh`, it should give
 * the ticket to another thread rather than fetch at once, as the call already has a grant.
 * `userdata`: its first argument. `options`: null for all defaults. `*out`: the grant, to free
 * with `grantmint_hit_free`.
 *
 * Statuses: as `grantmint_grant_cache_begin` and `grantmint_waiter_wait`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_get(const grantmint_grant_cache_t *cache,
                                             grantmint_str_t key,
                                             uint32_t ttl_ms,
                                             const grantmint_wait_options_t *options,
                                             grantmint_ticket_callback_t fetch,
                                             void *userdata,
                                             grantmint_hit_t **out,
                                             grantmint_error_t **error);

/**
 * As `grantmint_grant_cache_get`, but never blocks: the result goes to a callback, which is called
 * once. If the grant is there, that is before this call returns; else on the thread that ends the
 * fetch or, when the caller's time is over, on a thread of the library, which it must not block.
 *
 * `fetch`: as there; may be called on those threads too, until `callback` has been called.
 * `callback`: not called unless the status is `GRANTMINT_OK`. `userdata`: the first argument of
 * both.
 *
 * Statuses: `limit_exceeded` and `invalid_ttl` for the key, `null_pointer` for no `fetch` or
 * `callback`. Those of `grantmint_grant_cache_get` go to the callback.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_get_then(const grantmint_grant_cache_t *cache,
                                                  grantmint_str_t key,
                                                  uint32_t ttl_ms,
                                                  const grantmint_wait_options_t *options,
                                                  grantmint_ticket_callback_t fetch,
                                                  grantmint_hit_callback_t callback,
                                                  void *userdata,
                                                  grantmint_error_t **error);

/**
 * Gets the grant that is there now, if it has `min_remaining_ms` left. Never waits, and never
 * returns an error of upstream.
 *
 * `fetch`, `userdata`: as in `grantmint_grant_cache_get`, called if a fetch is due. `*out`: the
 * grant, to free with `grantmint_hit_free`, or null.
 *
 * Statuses: `limit_exceeded` and `invalid_ttl` for the key, `invalid_argument` for the options,
 * `null_pointer` for no `fetch`.
 *
 * # Safety
 *
 * [handles], [strings], [structs], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_try_get(const grantmint_grant_cache_t *cache,
                                                 grantmint_str_t key,
                                                 uint32_t ttl_ms,
                                                 const grantmint_wait_options_t *options,
                                                 grantmint_ticket_callback_t fetch,
                                                 void *userdata,
                                                 grantmint_hit_t **out,
                                                 grantmint_error_t **error);

/**
 * Looks a key up once, so that `grantmint_grant_handle_begin` need not.
 *
 * `*out`: the handle, to free with `grantmint_grant_handle_free`.
 *
 * Statuses: as `grantmint_grant_cache_begin` for a new key.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_handle(const grantmint_grant_cache_t *cache,
                                                grantmint_str_t key,
                                                uint32_t ttl_ms,
                                                grantmint_grant_handle_t **out,
                                                grantmint_error_t **error);

/**
 * Gets the ticket to fetch a key's grant before a caller asks for it.
 *
 * `*out`: the ticket; null if the grant is there and no refresh is due, if it is being fetched
 * already, or during the pause after a failed fetch.
 *
 * Statuses: as `grantmint_grant_cache_begin` for a new key.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_prefetch(const grantmint_grant_cache_t *cache,
                                                  grantmint_str_t key,
                                                  uint32_t ttl_ms,
                                                  grantmint_ticket_t **out,
                                                  grantmint_error_t **error);

/**
 * Has a key's grant refreshed for a time even if no caller asks for it. The tickets for that come
 * from `grantmint_grant_cache_poll`.
 *
 * `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
 *
 * Statuses: as `grantmint_grant_cache_begin` for a new key.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_keep_warm(const grantmint_grant_cache_t *cache,
                                                   grantmint_str_t key,
                                                   uint32_t ttl_ms,
                                                   uint32_t time_ms,
                                                   grantmint_error_t **error);

/**
 * Says when to call `grantmint_grant_cache_poll`.
 *
 * `*ms`: after how many milliseconds it has something to do. Returns false, and `*ms` is 0, if it
 * will have nothing to do.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
bool grantmint_grant_cache_next_wakeup(const grantmint_grant_cache_t *cache,
                                       uint32_t *ms);

/**
 * Ends the fetches that are past their time, and starts those that are due for keys kept warm.
 *
 * `fetch`: called on this thread with the ticket of each. `userdata`: its first argument.
 *
 * Statuses: `null_pointer` for no `fetch`.
 *
 * # Safety
 *
 * [handles], [callbacks], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_poll(const grantmint_grant_cache_t *cache,
                                              grantmint_ticket_callback_t fetch,
                                              void *userdata,
                                              grantmint_error_t **error);

/**
 * Drops the grant and the cached error of one key. If a fetch is running, its result still goes to
 * the callers that wait for it, but is not stored.
 *
 * `*out`: whether there was such an entry; `out` may be null.
 *
 * Statuses: `limit_exceeded` and `invalid_ttl` for the key.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_invalidate(const grantmint_grant_cache_t *cache,
                                                    grantmint_str_t key,
                                                    uint32_t ttl_ms,
                                                    bool *out,
                                                    grantmint_error_t **error);

/**
 * As `grantmint_grant_cache_invalidate`, if the grant is the one of this generation. Of many
 * callers that found a grant to be bad, only the first then has it fetched anew.
 *
 * `*out`: whether it was dropped; `out` may be null.
 *
 * Statuses: `limit_exceeded` and `invalid_ttl` for the key.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_invalidate_if(const grantmint_grant_cache_t *cache,
                                                       grantmint_str_t key,
                                                       uint32_t ttl_ms,
                                                       uint64_t generation,
                                                       bool *out,
                                                       grantmint_error_t **error);

/**
 * Drops all grants and cached errors, for all who share this cache.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_purge(const grantmint_grant_cache_t *cache,
                                               grantmint_error_t **error);

/**
 * Tells the cache that the host fetches with other credentials from now on. Grants stay, stored
 * errors are dropped. The results of running fetches still go to the callers that wait for them,
 * but are not stored.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_grant_cache_rotate(const grantmint_grant_cache_t *cache,
                                                grantmint_error_t **error);

/**
 * Reads the statistics of the cache.
 *
 * `*out`: a snapshot, to free with `grantmint_stats_free`.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_stats(const grantmint_grant_cache_t *cache,
                                               grantmint_stats_t **out,
                                               grantmint_error_t **error);

/**
 * Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
 *
 * `*out`: the events, to free with `grantmint_events_free`.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_cache_drain_events(const grantmint_grant_cache_t *cache,
                                                      grantmint_events_t **out,
                                                      grantmint_error_t **error);

/**
 * Frees a cache; does nothing for null. Minters and handles that use it go on. Its grants are
 * wiped from memory when the last of them is gone.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_grant_cache_free(grantmint_grant_cache_t *cache);

/**
 * As `grantmint_grant_cache_begin`, for the key of a handle.
 *
 * Statuses: as `grantmint_grant_cache_begin`, but none for the key.
 *
 * # Safety
 *
 * [handles], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_grant_handle_begin(const grantmint_grant_handle_t *handle,
                                                const grantmint_wait_options_t *options,
                                                grantmint_begin_t *out,
                                                grantmint_error_t **error);

/**
 * Frees a handle; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_grant_handle_free(grantmint_grant_handle_t *handle);

/**
 * The grant, byte for byte as it came. It is a secret. Belongs to the hit.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD grantmint_str_t grantmint_hit_grant(const grantmint_hit_t *hit);

/**
 * How many milliseconds the grant was still good for when the caller got it, after the safety
 * margin; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD uint32_t grantmint_hit_remaining_ms(const grantmint_hit_t *hit);

/**
 * How good the grant is.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_freshness_t grantmint_hit_freshness(const grantmint_hit_t *hit);

/**
 * The number of the grant within its cache: a later grant has a higher one. 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD uint64_t grantmint_hit_generation(const grantmint_hit_t *hit);

/**
 * Why the grant is degraded, with the time after which the next refresh is tried: an error to free
 * with `grantmint_error_free`. Null if it is not degraded.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_error_t *grantmint_hit_reason(const grantmint_hit_t *hit);

/**
 * Frees a hit; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_hit_free(grantmint_hit_t *hit);

/**
 * Blocks until the fetch ends or the `timeout_ms` given to `begin` is over.
 *
 * `waiter`: consumed, whatever the status. `*out`: the grant, to free with `grantmint_hit_free`.
 *
 * Statuses: that of the fetch; `deadline_exceeded` when the caller's time is over first,
 * `grant_too_short` when the new grant does not have the caller's `min_remaining_ms`, `abandoned`
 * when the fetch was given up: begin again.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_waiter_wait(grantmint_waiter_t *waiter,
                                         grantmint_hit_t **out,
                                         grantmint_error_t **error);

/**
 * Checks whether the fetch has ended or the caller's time is over. Never blocks.
 *
 * `*out`: the grant, to free with `grantmint_hit_free`; null with `GRANTMINT_OK` if neither is the
 * case yet. The waiter stays the caller's to free.
 *
 * Statuses: as `grantmint_waiter_wait`.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_waiter_poll(const grantmint_waiter_t *waiter,
                                         grantmint_hit_t **out,
                                         grantmint_error_t **error);

/**
 * Gets the stored grant if it has the caller's `min_remaining_ms` left. Never blocks.
 *
 * `*out`: the grant, to free with `grantmint_hit_free`, or null.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_waiter_fallback(const grantmint_waiter_t *waiter,
                                             grantmint_hit_t **out,
                                             grantmint_error_t **error);

/**
 * Registers a callback for the end of the fetch. It is called once: on the thread that ends the
 * fetch, or before this call returns if it has ended already. Every fetch ends, but the caller's
 * time is not watched: `grantmint_grant_cache_get_then` does that.
 *
 * `waiter`: consumed, whatever the status. `callback`: not called unless the status is
 * `GRANTMINT_OK`. `userdata`: its first argument. `*out`: for taking the callback back, to free
 * with `grantmint_registration_free`, which leaves the callback registered; `out` may be null.
 *
 * Statuses: `null_pointer` for no `callback`.
 *
 * # Safety
 *
 * [handles], [callbacks], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_waiter_on_ready(grantmint_waiter_t *waiter,
                                             grantmint_hit_callback_t callback,
                                             void *userdata,
                                             grantmint_registration_t **out,
                                             grantmint_error_t **error);

/**
 * Frees a waiter, which stops waiting; does nothing for null. The fetch goes on for the others.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_waiter_free(grantmint_waiter_t *waiter);

/**
 * Takes a callback back.
 *
 * `registration`: consumed. Returns true if the callback will not be called; false if it has been
 * called or is being called at this moment, and for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API bool grantmint_registration_cancel(grantmint_registration_t *registration);

/**
 * Frees a registration; does nothing for null. Its callback stays registered.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_registration_free(grantmint_registration_t *registration);

/**
 * How many events there are; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API GRANTMINT_NODISCARD size_t grantmint_events_len(const grantmint_events_t *events);

/**
 * Reads one of the events, counted from 0.
 *
 * `event`: filled in as far as its `struct_size` reaches.
 *
 * Statuses: `invalid_argument` for an index beyond the last, `struct_size`.
 *
 * # Safety
 *
 * [handles], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_events_get(const grantmint_events_t *events,
                                        size_t index,
                                        grantmint_event_t *event,
                                        grantmint_error_t **error);

/**
 * Frees events; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_events_free(grantmint_events_t *events);

/**
 * Reads the numbers of a snapshot.
 *
 * `counters`: filled in as far as its `struct_size` reaches.
 *
 * Statuses: `struct_size`.
 *
 * # Safety
 *
 * [handles], [structs], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stats_counters(const grantmint_stats_t *stats,
                                            grantmint_counters_t *counters,
                                            grantmint_error_t **error);

/**
 * What was wrong when what the fleet shares by failed last, for people to read; none if it never
 * failed, and without a fleet. Belongs to the snapshot.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_str_t grantmint_stats_fleet_trouble(const grantmint_stats_t *stats);

/**
 * Reads how many fetches failed, by status. Statuses that never occurred are left out.
 *
 * `buffer`: an array with room for `capacity` elements. `*len`: how many there are.
 *
 * Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
 *
 * # Safety
 *
 * [handles], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stats_errors(const grantmint_stats_t *stats,
                                          grantmint_error_count_t *buffer,
                                          size_t capacity,
                                          size_t *len,
                                          grantmint_error_t **error);

/**
 * Reads how long fetches took.
 *
 * `buffer`: an array with room for `capacity` buckets. `*len`: how many there are. `*sum_ms`: the
 * time of all fetches together, in milliseconds; `sum_ms` may be null.
 *
 * Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
 *
 * # Safety
 *
 * [handles], [buffers], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stats_latency(const grantmint_stats_t *stats,
                                           grantmint_latency_bucket_t *buffer,
                                           size_t capacity,
                                           size_t *len,
                                           uint64_t *sum_ms,
                                           grantmint_error_t **error);

/**
 * The snapshot as a page in the text format that Prometheus scrapes.
 *
 * `cache`: the value of the label `cache` in each series. `*out`: the page, to free with
 * `grantmint_string_free`.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [strings], [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_stats_to_prometheus(const grantmint_stats_t *stats,
                                                 grantmint_str_t cache,
                                                 grantmint_string_t **out,
                                                 grantmint_error_t **error);

/**
 * Frees a snapshot; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_stats_free(grantmint_stats_t *stats);

/**
 * A clock that stands still.
 *
 * `unix_ms`: the time that it shows, in milliseconds since 1970. `*out`: the clock, to free with
 * `grantmint_manual_clock_free`.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [outputs]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
grantmint_status_t grantmint_manual_clock_new(uint64_t unix_ms,
                                              grantmint_manual_clock_t **out,
                                              grantmint_error_t **error);

/**
 * Moves the clock forward by a number of milliseconds.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
void grantmint_manual_clock_advance(const grantmint_manual_clock_t *clock,
                                    uint64_t ms);

/**
 * Moves the clock forward as if the machine had slept for a number of milliseconds: no timer fired
 * meanwhile.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
void grantmint_manual_clock_suspend(const grantmint_manual_clock_t *clock,
                                    uint64_t ms);

/**
 * Sets the wall clock alone forward by a number of milliseconds, or back if it is negative.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
void grantmint_manual_clock_jump_wall(const grantmint_manual_clock_t *clock,
                                      int64_t ms);

/**
 * The time that the clock shows, in milliseconds since 1970; 0 for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API
GRANTMINT_NODISCARD
uint64_t grantmint_manual_clock_unix_ms(const grantmint_manual_clock_t *clock);

/**
 * Frees a clock; does nothing for null.
 *
 * # Safety
 *
 * [handles]
 */
GRANTMINT_API void grantmint_manual_clock_free(grantmint_manual_clock_t *clock);

/**
 * Has a cache behave from now on as in a forked child: only grants that are still good are taken
 * over. For tests.
 *
 * Statuses: none but those that any function may return.
 *
 * # Safety
 *
 * [handles], [outputs]
 */
GRANTMINT_API
grantmint_status_t grantmint_testing_simulate_fork(const grantmint_grant_cache_t *cache,
                                                   grantmint_error_t **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* GRANTMINT_H */

#ifndef GRANTMINT_HELPERS_H
#define GRANTMINT_HELPERS_H

/* A grantmint_str_t of a string literal. */
#ifdef __cplusplus
#define GRANTMINT_STR(literal) (grantmint_str_t{"" literal, sizeof(literal) - 1})
#else
#define GRANTMINT_STR(literal) ((grantmint_str_t){"" literal, sizeof(literal) - 1})
#endif

/* A grantmint_str_t of a terminated string; of NULL, the empty one. */
static inline grantmint_str_t grantmint_str(const char *text) {
    grantmint_str_t str = {text, text == NULL ? 0 : strlen(text)};
    return str;
}

/* Values of slots, each with the name of its slot. */
static inline grantmint_slot_value_t grantmint_slot_text(grantmint_str_t name,
                                                         grantmint_str_t text) {
    grantmint_slot_value_t value = {name, text, 0, GRANTMINT_SLOT_TEXT, 0};
    return value;
}

static inline grantmint_slot_value_t grantmint_slot_json(grantmint_str_t name,
                                                         grantmint_str_t json) {
    grantmint_slot_value_t value = {name, json, 0, GRANTMINT_SLOT_JSON, 0};
    return value;
}

static inline grantmint_slot_value_t grantmint_slot_integer(grantmint_str_t name, int64_t number) {
    grantmint_slot_value_t value = {name, {NULL, 0}, number, GRANTMINT_SLOT_INTEGER, 0};
    return value;
}

static inline grantmint_slot_value_t grantmint_slot_bool(grantmint_str_t name, bool yes) {
    grantmint_slot_value_t value = {name, {NULL, 0}, yes ? 1 : 0, GRANTMINT_SLOT_BOOL, 0};
    return value;
}

/* Options structs with all members left to their defaults. */
#define GRANTMINT_NO_STR_ {NULL, 0}
#define GRANTMINT_VIDEO_GRANT_INIT {sizeof(grantmint_video_grant_t), GRANTMINT_NO_STR_}
#define GRANTMINT_VOICE_GRANT_INIT \
    {sizeof(grantmint_voice_grant_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, \
     GRANTMINT_NO_STR_, 0, 0}
#define GRANTMINT_CHAT_GRANT_INIT \
    {sizeof(grantmint_chat_grant_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, \
     GRANTMINT_NO_STR_}
#define GRANTMINT_SYNC_GRANT_INIT \
    {sizeof(grantmint_sync_grant_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_}
#define GRANTMINT_TASK_ROUTER_GRANT_INIT \
    {sizeof(grantmint_task_router_grant_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, \
     GRANTMINT_NO_STR_}
#define GRANTMINT_RTC_GRANT_INIT {sizeof(grantmint_rtc_grant_t), GRANTMINT_NO_STR_}
#define GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT \
    {sizeof(grantmint_access_token_options_t), NULL, 0, 0, 0, 0, NULL, 0, 0}
#define GRANTMINT_TOKEN_MINTER_OPTIONS_INIT \
    {sizeof(grantmint_token_minter_options_t), NULL, 0, 0, 0, NULL, 0, 0}
#define GRANTMINT_SLOT_INIT \
    {GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, NULL, 0, 0, NULL, NULL, NULL, 0, 0, 0, 0}
#define GRANTMINT_JWT_MINTER_OPTIONS_INIT \
    {sizeof(grantmint_jwt_minter_options_t), GRANTMINT_NO_STR_, NULL, 0, NULL, 0, NULL, 0, NULL, 0, \
     NULL, NULL, GRANTMINT_NO_STR_, 0, 0, 0, 0, 0, 0, 0, 0, 0}
#define GRANTMINT_VERIFY_OPTIONS_INIT {sizeof(grantmint_verify_options_t), 0, 0, 0, 0, 0}
#define GRANTMINT_WAIT_OPTIONS_INIT {sizeof(grantmint_wait_options_t), 0, 0}
#define GRANTMINT_CACHE_POLICY_INIT {sizeof(grantmint_cache_policy_t), NULL, 0, 0, 0, 0, 0}
#define GRANTMINT_GRANT_CACHE_OPTIONS_INIT \
    {sizeof(grantmint_grant_cache_options_t), NULL, NULL, 0, 0, 0, 0, 0, NULL, GRANTMINT_NO_STR_}
#define GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT \
    {sizeof(grantmint_playback_minter_options_t), GRANTMINT_NO_STR_, NULL, 0, 0, NULL, NULL, \
     GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, NULL, NULL, \
     0, 0, 0, 0, 0, 0, 0, 0, 0, NULL}
#define GRANTMINT_CREDENTIAL_OPTIONS_INIT \
    {sizeof(grantmint_credential_options_t), GRANTMINT_NO_STR_, NULL, NULL, NULL, NULL, 0, 0, 0, 0, \
     0, 0, 0, 0, 0}
#define GRANTMINT_ICE_SERVERS_OPTIONS_INIT \
    {sizeof(grantmint_ice_servers_options_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, \
     GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0}
#define GRANTMINT_REDIS_FLEET_OPTIONS_INIT \
    {sizeof(grantmint_redis_fleet_options_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, \
     GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, 0, 0, 0, 0}
#define GRANTMINT_COUNTERS_INIT \
    {sizeof(grantmint_counters_t), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
#define GRANTMINT_EVENT_INIT \
    {sizeof(grantmint_event_t), GRANTMINT_NO_STR_, GRANTMINT_NO_STR_, 0, 0, 0, 0, 0}

#endif /* GRANTMINT_HELPERS_H */
