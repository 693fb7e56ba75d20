//! The status: how a call ended, as a number.

use grantmint_core::{Error, ErrorKind, Result};

use crate::str::grantmint_str_t;

/// How a call ended. Numbers never change their meaning; there may be new ones.
///
/// 1xx: the arguments. 2xx: a token to decode or verify. 3xx: upstream. 4xx: waiting and lifetime
/// cycle. 9xx: the C interface itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_status_t {
    /// It did what was asked.
    GRANTMINT_OK = 0,
    /// An argument is out of its documented range.
    GRANTMINT_ERR_INVALID_ARGUMENT = 100,
    /// A SID does not have its prefix and 32 hexadecimal digits.
    GRANTMINT_ERR_INVALID_SID = 101,
    /// Credentials are missing, empty or swapped.
    GRANTMINT_ERR_INVALID_CREDENTIALS = 102,
    /// The identity is empty or too long.
    GRANTMINT_ERR_INVALID_IDENTITY = 103,
    /// A time to live is out of its range.
    GRANTMINT_ERR_INVALID_TTL = 104,
    /// A grant is malformed, too large or given twice.
    GRANTMINT_ERR_INVALID_GRANT = 105,
    /// The allowed origin is not a full origin.
    GRANTMINT_ERR_INVALID_ORIGIN = 106,
    /// A URL is malformed or not allowed.
    GRANTMINT_ERR_INVALID_URL = 107,
    /// A count or size is over its documented limit.
    GRANTMINT_ERR_LIMIT_EXCEEDED = 108,
    /// The token is not a well-formed JSON Web Token.
    GRANTMINT_ERR_TOKEN_MALFORMED = 200,
    /// The token is signed with an algorithm that is not allowed.
    GRANTMINT_ERR_TOKEN_ALGORITHM = 201,
    /// The signature does not match.
    GRANTMINT_ERR_TOKEN_SIGNATURE = 202,
    /// The token has expired.
    GRANTMINT_ERR_TOKEN_EXPIRED = 203,
    /// The token is not valid yet.
    GRANTMINT_ERR_TOKEN_NOT_YET_VALID = 204,
    /// The token was issued by another key or for another account.
    GRANTMINT_ERR_TOKEN_ISSUER = 205,
    /// A claim is missing or of the wrong type.
    GRANTMINT_ERR_TOKEN_CLAIMS = 206,
    /// Upstream refused the request (400).
    GRANTMINT_ERR_UPSTREAM_BAD_REQUEST = 300,
    /// Upstream refused the credentials (401).
    GRANTMINT_ERR_UPSTREAM_UNAUTHORIZED = 301,
    /// The key may not do this (403).
    GRANTMINT_ERR_UPSTREAM_FORBIDDEN = 302,
    /// Upstream does not know the streamer (404).
    GRANTMINT_ERR_UPSTREAM_NOT_FOUND = 303,
    /// Upstream limits the account's requests (429), or the cool-down after a 429 is not over yet.
    GRANTMINT_ERR_THROTTLED = 304,
    /// Upstream failed (5xx).
    GRANTMINT_ERR_UPSTREAM_UNAVAILABLE = 305,
    /// Upstream did not answer in time.
    GRANTMINT_ERR_UPSTREAM_TIMEOUT = 306,
    /// No connection to upstream, or it broke.
    GRANTMINT_ERR_UPSTREAM_CONNECT = 307,
    /// The TLS connection to upstream cannot be trusted.
    GRANTMINT_ERR_UPSTREAM_TLS = 308,
    /// Upstream answered with an unexpected status, such as a redirect.
    GRANTMINT_ERR_UPSTREAM_STATUS = 309,
    /// The answer of upstream is not JSON.
    GRANTMINT_ERR_UPSTREAM_NOT_JSON = 310,
    /// The answer of upstream holds no grant object.
    GRANTMINT_ERR_UPSTREAM_NO_GRANT = 311,
    /// The answer of upstream is over the size limit.
    GRANTMINT_ERR_UPSTREAM_TOO_LARGE = 312,
    /// The new grant does not live as long as asked for.
    GRANTMINT_ERR_GRANT_TOO_SHORT = 313,
    /// The custom source of grants failed.
    GRANTMINT_ERR_SOURCE_FAILED = 314,
    /// The proxy refused the way to upstream.
    GRANTMINT_ERR_PROXY_REFUSED = 315,
    /// The answer of upstream does not say how long its credential lives.
    GRANTMINT_ERR_UPSTREAM_BAD_LIFETIME = 316,
    /// No grant came within the caller's time.
    GRANTMINT_ERR_DEADLINE_EXCEEDED = 400,
    /// The caller cancelled the call.
    GRANTMINT_ERR_CANCELLED = 401,
    /// The fetch was given up before it had a grant or an error.
    GRANTMINT_ERR_ABANDONED = 402,
    /// The account's rate limit is used up.
    GRANTMINT_ERR_OVERLOADED = 403,
    /// The object has been closed.
    GRANTMINT_ERR_CLOSED = 404,
    /// Not supported here.
    GRANTMINT_ERR_UNSUPPORTED = 405,
    /// A fault inside grantmint was caught: please report it.
    GRANTMINT_ERR_PANIC = 900,
    /// A pointer that must not be null is null.
    GRANTMINT_ERR_NULL_POINTER = 901,
    /// Text is not valid UTF-8.
    GRANTMINT_ERR_INVALID_UTF8 = 902,
    /// The caller's buffer is too small.
    GRANTMINT_ERR_BUFFER_TOO_SMALL = 903,
    /// A struct is of a size that this version does not know.
    GRANTMINT_ERR_STRUCT_SIZE = 904,
}

use grantmint_status_t::*;

impl From<ErrorKind> for grantmint_status_t {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidArgument => GRANTMINT_ERR_INVALID_ARGUMENT,
            ErrorKind::InvalidSid => GRANTMINT_ERR_INVALID_SID,
            ErrorKind::InvalidCredentials => GRANTMINT_ERR_INVALID_CREDENTIALS,
            ErrorKind::InvalidIdentity => GRANTMINT_ERR_INVALID_IDENTITY,
            ErrorKind::InvalidTtl => GRANTMINT_ERR_INVALID_TTL,
            ErrorKind::InvalidGrant => GRANTMINT_ERR_INVALID_GRANT,
            ErrorKind::InvalidOrigin => GRANTMINT_ERR_INVALID_ORIGIN,
            ErrorKind::InvalidUrl => GRANTMINT_ERR_INVALID_URL,
            ErrorKind::LimitExceeded => GRANTMINT_ERR_LIMIT_EXCEEDED,
            ErrorKind::TokenMalformed => GRANTMINT_ERR_TOKEN_MALFORMED,
            ErrorKind::TokenAlgorithm => GRANTMINT_ERR_TOKEN_ALGORITHM,
            ErrorKind::TokenSignature => GRANTMINT_ERR_TOKEN_SIGNATURE,
            ErrorKind::TokenExpired => GRANTMINT_ERR_TOKEN_EXPIRED,
            ErrorKind::TokenNotYetValid => GRANTMINT_ERR_TOKEN_NOT_YET_VALID,
            ErrorKind::TokenIssuer => GRANTMINT_ERR_TOKEN_ISSUER,
            ErrorKind::TokenClaims => GRANTMINT_ERR_TOKEN_CLAIMS,
            ErrorKind::UpstreamBadRequest => GRANTMINT_ERR_UPSTREAM_BAD_REQUEST,
            ErrorKind::UpstreamUnauthorized => GRANTMINT_ERR_UPSTREAM_UNAUTHORIZED,
            ErrorKind::UpstreamForbidden => GRANTMINT_ERR_UPSTREAM_FORBIDDEN,
            ErrorKind::UpstreamNotFound => GRANTMINT_ERR_UPSTREAM_NOT_FOUND,
            ErrorKind::Throttled => GRANTMINT_ERR_THROTTLED,
            ErrorKind::UpstreamUnavailable => GRANTMINT_ERR_UPSTREAM_UNAVAILABLE,
            ErrorKind::UpstreamTimeout => GRANTMINT_ERR_UPSTREAM_TIMEOUT,
            ErrorKind::UpstreamConnect => GRANTMINT_ERR_UPSTREAM_CONNECT,
            ErrorKind::UpstreamTls => GRANTMINT_ERR_UPSTREAM_TLS,
            ErrorKind::UpstreamStatus => GRANTMINT_ERR_UPSTREAM_STATUS,
            ErrorKind::UpstreamNotJson => GRANTMINT_ERR_UPSTREAM_NOT_JSON,
            ErrorKind::UpstreamNoGrant => GRANTMINT_ERR_UPSTREAM_NO_GRANT,
            ErrorKind::UpstreamTooLarge => GRANTMINT_ERR_UPSTREAM_TOO_LARGE,
            ErrorKind::GrantTooShort => GRANTMINT_ERR_GRANT_TOO_SHORT,
            ErrorKind::SourceFailed => GRANTMINT_ERR_SOURCE_FAILED,
            ErrorKind::ProxyRefused => GRANTMINT_ERR_PROXY_REFUSED,
            ErrorKind::UpstreamBadLifetime => GRANTMINT_ERR_UPSTREAM_BAD_LIFETIME,
            ErrorKind::DeadlineExceeded => GRANTMINT_ERR_DEADLINE_EXCEEDED,
            ErrorKind::Cancelled => GRANTMINT_ERR_CANCELLED,
            ErrorKind::Abandoned => GRANTMINT_ERR_ABANDONED,
            ErrorKind::Overloaded => GRANTMINT_ERR_OVERLOADED,
            ErrorKind::Closed => GRANTMINT_ERR_CLOSED,
            ErrorKind::Unsupported => GRANTMINT_ERR_UNSUPPORTED,
            ErrorKind::Panic => GRANTMINT_ERR_PANIC,
            ErrorKind::NullPointer => GRANTMINT_ERR_NULL_POINTER,
            ErrorKind::InvalidUtf8 => GRANTMINT_ERR_INVALID_UTF8,
            ErrorKind::BufferTooSmall => GRANTMINT_ERR_BUFFER_TOO_SMALL,
            ErrorKind::StructSize => GRANTMINT_ERR_STRUCT_SIZE,
            // A kind that was added to the core but not here: the test below fails.
            _ => GRANTMINT_ERR_PANIC,
        }
    }
}

/// The kind of a status number that C passed.
pub(crate) fn kind_of(status: i32) -> Result<ErrorKind> {
    ErrorKind::from_number(status).ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, "status is not the number of an error")
    })
}

/// The stable name of a status, such as `invalid_sid`, which is the same in all languages: `ok` for
/// `GRANTMINT_OK`, none for a number that is not a status. The text is static.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_status_code(status: i32) -> grantmint_str_t {
    if status == GRANTMINT_OK as i32 {
        return grantmint_str_t::of("ok");
    }
    grantmint_str_t::of_optional(ErrorKind::from_number(status).map(ErrorKind::code))
}

/// What a status means, in one line; none for a number that is not an error. The text is static.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_status_meaning(status: i32) -> grantmint_str_t {
    grantmint_str_t::of_optional(ErrorKind::from_number(status).map(ErrorKind::meaning))
}

/// Where the documentation explains a status: a path in the project, with an anchor; none for a number
/// that is not an error. The text is static.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_status_doc_url(status: i32) -> grantmint_str_t {
    grantmint_str_t::of_optional(ErrorKind::from_number(status).map(ErrorKind::doc_url))
}

/// Whether the same call may succeed later without any change to its arguments.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_status_is_retryable(status: i32) -> bool {
    ErrorKind::from_number(status).is_some_and(ErrorKind::is_retryable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_status_of_its_number() {
        for kind in ErrorKind::ALL {
            assert_eq!(grantmint_status_t::from(*kind) as i32, kind.number());
            assert_eq!(kind_of(kind.number()).unwrap(), *kind);
        }
        for number in [0, 1, -1, 99, 905, i32::MIN, i32::MAX] {
            assert_eq!(kind_of(number).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    }
}
