//! The one table of everything that can go wrong, and the error that carries a row of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error of a fetch tells of, and so who has to wait because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The stream: it is not tried again soon, by no caller.
    Stream,
    /// The credential that the fetch was made with: nobody else's requests have to wait.
    Credential,
    /// The account: all its streams wait, in all caches.
    Account,
    /// Upstream, or the way there: the stream is tried again after a back-off that grows.
    Upstream,
    /// Whoever called: a fetch that ends so is tried again as after an error of upstream.
    Caller,
    /// Nobody: there was no attempt worth the name.
    Nobody,
}

/// Writes [`ErrorKind`] and its look-ups from one table, so that they cannot disagree.
macro_rules! error_kinds {
    ($($name:ident = $number:literal, $code:literal, $retryable:literal, $scope:ident, $meaning:literal;)*) => {
        /// What went wrong. Numbers and codes are stable for ever; kinds may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorKind {
            $(#[doc = $meaning] $name = $number,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name that Python shows as `.code`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether the same call may succeed later without any change to its arguments.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* }
            }

            /// What a fetch that failed so tells of, and so who has to wait because of it.
            pub(crate) const fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)* }
            }

            /// Whether upstream itself has said so: whoever else asks is told the same.
            pub(crate) const fn is_of_upstream(self) -> bool {
                matches!(
                    self,
                    Self::UpstreamBadRequest
                        | Self::UpstreamUnauthorized
                        | Self::UpstreamForbidden
                        | Self::UpstreamNotFound
                        | Self::Throttled
                        | Self::UpstreamUnavailable
                        | Self::UpstreamStatus
                        | Self::UpstreamNotJson
                        | Self::UpstreamNoGrant
                        | Self::UpstreamTooLarge
                        | Self::GrantTooShort
                        | Self::UpstreamBadLifetime
                )
            }

            /// One line that says what the kind means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// Where the documentation says what the kind means, what the usual cause is and what to
            /// do: a path in the project, with an anchor.
            #[must_use]
            pub const fn doc_url(self) -> &'static str {
                match self { $(Self::$name => concat!("docs/errors.md#", $code),)* }
            }
        }
    };
}

error_kinds! {
    InvalidArgument = 100, "invalid_argument", false, Caller, "an argument is out of its documented range";
    InvalidSid = 101, "invalid_sid", false, Caller, "a SID does not have its prefix and 32 hexadecimal digits";
    InvalidCredentials = 102, "invalid_credentials", false, Caller, "credentials are missing, empty or swapped";
    InvalidIdentity = 103, "invalid_identity", false, Caller, "the identity is empty or too long";
    InvalidTtl = 104, "invalid_ttl", false, Caller, "a time to live is out of its range";
    InvalidGrant = 105, "invalid_grant", false, Caller, "a grant is malformed, too large or given twice";
    InvalidOrigin = 106, "invalid_origin", false, Caller, "the allowed origin is not a full origin";
    InvalidUrl = 107, "invalid_url", false, Caller, "a URL is malformed or not allowed";
    LimitExceeded = 108, "limit_exceeded", false, Caller, "a count or size is over its documented limit";

    TokenMalformed = 200, "token_malformed", false, Caller, "the token is not a well-formed JSON Web Token";
    TokenAlgorithm = 201, "token_algorithm", false, Caller, "the token is signed with an algorithm that is not allowed";
    TokenSignature = 202, "token_signature", false, Caller, "the signature does not match";
    TokenExpired = 203, "token_expired", false, Caller, "the token has expired";
    TokenNotYetValid = 204, "token_not_yet_valid", false, Caller, "the token is not valid yet";
    TokenIssuer = 205, "token_issuer", false, Caller, "the token was issued by another key or for another account";
    TokenClaims = 206, "token_claims", false, Caller, "a claim is missing or of the wrong type";

    UpstreamBadRequest = 300, "upstream_bad_request", false, Stream, "upstream refused the request (400)";
    UpstreamUnauthorized = 301, "upstream_unauthorized", false, Credential, "upstream refused the credentials (401)";
    UpstreamForbidden = 302, "upstream_forbidden", false, Credential, "the key may not do this (403)";
    UpstreamNotFound = 303, "upstream_not_found", false, Stream, "upstream does not know the streamer (404)";
    Throttled = 304, "throttled", true, Account, "upstream limits the account's requests (429), or such a cool-down is on";
    UpstreamUnavailable = 305, "upstream_unavailable", true, Upstream, "upstream failed (5xx)";
    UpstreamTimeout = 306, "upstream_timeout", true, Upstream, "upstream did not answer in time";
    UpstreamConnect = 307, "upstream_connect", true, Upstream, "no connection to upstream, or it broke";
    UpstreamTls = 308, "upstream_tls", false, Upstream, "the TLS connection to upstream cannot be trusted";
    UpstreamStatus = 309, "upstream_status", false, Upstream, "upstream answered with an unexpected status, such as a redirect";
    UpstreamNotJson = 310, "upstream_not_json", false, Upstream, "the answer of upstream is not JSON";
    UpstreamNoGrant = 311, "upstream_no_grant", false, Upstream, "the answer of upstream holds no grant object";
    UpstreamTooLarge = 312, "upstream_too_large", false, Upstream, "the answer of upstream is over the size limit";
    GrantTooShort = 313, "grant_too_short", false, Upstream, "the new grant does not live as long as asked for";
    SourceFailed = 314, "source_failed", false, Upstream, "the custom source of grants failed";
    ProxyRefused = 315, "proxy_refused", false, Upstream, "the proxy refused the way to upstream";
    UpstreamBadLifetime = 316, "upstream_bad_lifetime", false, Upstream, "the answer of upstream does not say how long its credential lives";

    DeadlineExceeded = 400, "deadline_exceeded", true, Caller, "no grant came within the caller's time";
    Cancelled = 401, "cancelled", false, Caller, "the caller cancelled the call";
    Abandoned = 402, "abandoned", true, Nobody, "the fetch ended without an outcome";
    Overloaded = 403, "overloaded", true, Nobody, "the account's rate limit is used up";
    Closed = 404, "closed", false, Caller, "the object has been closed";
    Unsupported = 405, "unsupported", false, Caller, "not supported here";

    Panic = 900, "panic", false, Caller, "a fault inside grantmint was caught at the FFI boundary";
    NullPointer = 901, "null_pointer", false, Caller, "a pointer that must not be null is null";
    InvalidUtf8 = 902, "invalid_utf8", false, Caller, "text is not valid UTF-8";
    BufferTooSmall = 903, "buffer_too_small", false, Caller, "the caller's buffer is too small";
    StructSize = 904, "struct_size", false, Caller, "a struct is of a size that this version does not know";
}

impl ErrorKind {
    /// The stable number that C sees as `GRANTMINT_ERR_…`.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The kind of a number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.number() == number)
    }

    /// The kind of a code string, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// What went wrong, in words that say what to do. Never holds a secret, a token, a grant or an
/// identity. Cheap to clone: one outcome is shared by all who waited for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Arc<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    /// The argument at fault, with which the message then begins.
    argument: Option<Box<str>>,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
    /// Another caller has earned it, and this one should try for itself.
    of_another: bool,
    /// The host's own number for it.
    mark: Option<u64>,
    source: Option<Source>,
}

/// What an error of the host was made from.
#[derive(Clone)]
struct Source(Arc<dyn std::error::Error + Send + Sync>);

/// Two errors are equal by what they say themselves.
impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

impl Inner {
    fn new(kind: ErrorKind, argument: Option<Box<str>>, message: Cow<'static, str>) -> Self {
        Self {
            kind,
            argument,
            message,
            retry_after: None,
            of_another: false,
            mark: None,
            source: None,
        }
    }
}

impl Error {
    /// An error of a kind, with a message that must not hold user data.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner::new(kind, None, message.into())))
    }

    /// An error of a kind about an argument: `what` says what is wrong with it and what to give, such
    /// as `must be 1 to 60 seconds`. Neither may hold user data.
    #[must_use]
    pub fn of_argument(kind: ErrorKind, argument: &str, what: impl fmt::Display) -> Self {
        let message = Cow::Owned(format!("{argument} {what}"));
        Self(Arc::new(Inner::new(kind, Some(argument.into()), message)))
    }

    /// The same error with the time after which a further try makes sense.
    #[must_use]
    pub fn with_retry_after(&self, retry_after: Duration) -> Self {
        let inner = Inner { retry_after: Some(retry_after), ..Inner::clone(&self.0) };
        Self(Arc::new(inner))
    }

    /// The same error about an argument by the name that the caller knows it by, such as
    /// `identities[2]` for an `identity`.
    #[must_use]
    pub fn with_argument(&self, argument: &str) -> Self {
        let named = self.0.argument.as_deref().and_then(|old| self.0.message.strip_prefix(old));
        let what = named.map_or_else(|| format!(": {}", self.0.message), str::to_owned);
        let message = Cow::Owned(format!("{argument}{what}"));
        Self(Arc::new(Inner { argument: Some(argument.into()), message, ..Inner::clone(&self.0) }))
    }

    /// The same error with a sentence behind its message.
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn with_hint(&self, hint: &str) -> Self {
        let message = Cow::Owned(format!("{}; {hint}", self.0.message));
        Self(Arc::new(Inner { message, ..Inner::clone(&self.0) }))
    }

    /// The same error, whose message names an option as its caller knows it.
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn naming(&self, option: &str, known_as: &str) -> Self {
        let message = Cow::Owned(self.0.message.replace(option, known_as));
        Self(Arc::new(Inner { message, ..Inner::clone(&self.0) }))
    }

    /// The same error with a number by which the host program finds what it alone knows of it. It goes to
    /// all who get the error.
    #[must_use]
    pub fn with_mark(&self, mark: u64) -> Self {
        Self(Arc::new(Inner { mark: Some(mark), ..Inner::clone(&self.0) }))
    }

    /// The number of [`Error::with_mark`].
    #[must_use]
    pub fn mark(&self) -> Option<u64> {
        self.0.mark
    }

    /// The same error with the one that it was made from, for [`std::error::Error::source`]. All who
    /// get this error can read that one, and so can whatever reports errors with their sources. Our own
    /// texts never hold it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::error::Error as _;
    /// use grantmint_core::{Error, ErrorKind};
    ///
    /// let cause = std::io::Error::other("the database is down");
    /// let error = Error::new(ErrorKind::SourceFailed, "no grant from our database").with_source(cause);
    /// assert_eq!(error.source().unwrap().to_string(), "the database is down");
    /// assert_eq!(error.to_string(), "source_failed: no grant from our database");
    /// ```
    #[must_use]
    pub fn with_source(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source = Some(Source(source.into().into()));
        Self(Arc::new(Inner { source, ..Inner::clone(&self.0) }))
    }

    /// The same error as one that another caller has earned.
    pub(crate) fn of_another(&self) -> Self {
        Self(Arc::new(Inner { of_another: true, ..Inner::clone(&self.0) }))
    }

    pub(crate) fn is_of_another(&self) -> bool {
        self.0.of_another
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable name of the kind: [`ErrorKind::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The argument at fault, if it is one: `grant_ttl`, `identities[2]`, `video.room`. The message
    /// begins with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use grantmint_core::ApiKey;
    ///
    /// let error = ApiKey::new("AC1", "SK1", "secret").unwrap_err();
    /// assert_eq!(error.argument(), Some("account_sid"));
    /// ```
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        self.0.argument.as_deref()
    }

    /// Where the documentation explains the error: [`ErrorKind::doc_url`].
    #[must_use]
    pub fn doc_url(&self) -> &'static str {
        self.0.kind.doc_url()
    }

    /// The message without the code.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How long to wait before a further try makes sense; always there when throttled or overloaded.
    /// Send it on to your own client as `Retry-After`. [`Error::is_retryable`] says with which status:
    /// 503 if it is true, else 502.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use grantmint_core::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::Throttled, "one request at a time");
    /// let error = error.with_retry_after(Duration::from_secs(3));
    /// assert!(error.is_retryable());
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later without any change to its arguments.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.kind.is_retryable()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("argument", &self.0.argument)
            .field("message", &self.0.message)
            .field("retry_after", &self.0.retry_after)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &*source.0 as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_unique_and_found_again() {
        for kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::from_number(kind.number()), Some(*kind));
            assert_eq!(ErrorKind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(ErrorKind::from_number(0), None);
        assert_eq!(ErrorKind::from_code("ok"), None);
    }

    #[test]
    fn retryable_kinds_are_those_that_time_can_mend() {
        let retryable: Vec<i32> =
            ErrorKind::ALL.iter().filter(|k| k.is_retryable()).map(|k| k.number()).collect();
        assert_eq!(retryable, [304, 305, 306, 307, 400, 402, 403]);
    }

    #[test]
    fn an_error_shows_its_code_and_message() {
        let error =
            Error::new(ErrorKind::Throttled, "try later").with_retry_after(Duration::from_secs(3));
        assert_eq!(error.to_string(), "throttled: try later");
        assert_eq!(error.with_argument("identities[2]").message(), "identities[2]: try later");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    }

    #[test]
    fn a_mark_goes_wherever_the_error_goes() {
        let error = Error::new(ErrorKind::SourceFailed, "on purpose");
        assert_eq!(error.mark(), None);
        let error = error.with_mark(7).with_retry_after(Duration::ZERO).with_argument("a");
        assert_eq!(error.of_another().mark(), Some(7));
    }
}
