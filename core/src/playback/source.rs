//! What fetches grants: the built-in client, or the host's own.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use super::origin::Origin;
use crate::cache::{Grant, Key, Ticket};
use crate::error::{Error, ErrorKind, Result};
use crate::sid::{Sid, SidKind};
use crate::token::Json;
use crate::watch;

/// The longest life that may be asked for, in seconds: the vendor's limit.
pub const GRANT_TTL_MAX: u32 = 60;
/// A larger grant would make tokens that no player accepts.
pub(crate) const GRANT_MAX_BYTES: usize = 64 * 1024;

/// The number of characters in a SID, which comes first in the text of a key.
const SID_LEN: usize = 34;

/// Fetches playback grants: the seam for other services and for tests. Called on one of the
/// library's own fetcher threads, up to four times at once for one cache.
///
/// # Example: grants from somewhere else
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::{Fetched, GrantRequest, GrantSource, Result};
///
/// struct Fixed;
///
/// impl GrantSource for Fixed {
///     fn fetch(&self, request: &GrantRequest, _timeout: Duration) -> Result<Fetched> {
///         let streamer = request.streamer();
///         Fetched::new(format!(r#"{{"playerStreamerSid":"{streamer}"}}"#))
///     }
/// }
/// ```
pub trait GrantSource: Send + Sync {
    /// Fetches one grant within `timeout`. A later result may still be of use, an endless fetch
    /// keeps a fetcher thread.
    ///
    /// # Errors
    ///
    /// Any; all callers who wait for this fetch receive it.
    /// [`ErrorKind::Throttled`] with `retry_after` keeps the whole account off upstream for that
    /// time; beside another error that a retry can help it keeps the stream off, 5 minutes at most.
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched>;
}

/// Fetches playback grants without keeping a thread meanwhile: it is handed a ticket, and brings it
/// to an end at once or later, from any thread. Every [`GrantSource`] is one that does so at once.
///
/// How many of its fetches may be in the air together is up to it; the account's budget bounds how
/// many are begun.
///
/// # Example: fetch on a thread of one's own
///
/// ```
/// use grantmint_core::{AsyncGrantSource, Fetched, GrantRequest, SourceTicket};
///
/// struct Elsewhere;
///
/// impl AsyncGrantSource for Elsewhere {
///     fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
///         let grant = format!(r#"{{"playerStreamerSid":"{}"}}"#, request.streamer());
///         std::thread::spawn(move || match Fetched::new(grant) {
///             Ok(fetched) => ticket.complete(fetched),
///             Err(error) => ticket.fail(error),
///         });
///     }
/// }
/// ```
pub trait AsyncGrantSource: Send + Sync {
    /// Begins to fetch one grant. Called on one of the library's own fetcher threads, which it
    /// should not keep.
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket);
}

impl<S: GrantSource> AsyncGrantSource for S {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        match self.fetch(request, ticket.timeout()) {
            Ok(fetched) => ticket.complete(fetched),
            Err(error) => ticket.fail(error),
        }
    }
}

/// The duty to fetch one playback grant, for all who wait for it. One that is dropped ends the
/// fetch as [`ErrorKind::Abandoned`], or as [`ErrorKind::SourceFailed`] if a panic dropped it.
#[must_use = "a dropped ticket ends its fetch without an outcome"]
pub struct SourceTicket {
    /// Taken when it is brought to an end.
    ticket: Option<Ticket>,
    timeout: Duration,
}

impl SourceTicket {
    /// For a flight whose request may be sent now and has this long.
    pub(super) fn new(ticket: Ticket, timeout: Duration) -> Self {
        Self { ticket: Some(ticket), timeout }
    }

    /// How long the fetch has. A little later its waiters are told that it timed out; a grant that
    /// comes even then may still be stored.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether a grant that is still good is being replaced.
    #[must_use]
    pub fn is_refresh(&self) -> bool {
        self.ticket.as_ref().is_some_and(Ticket::is_refresh)
    }

    /// Ends the fetch with a grant. Its life counts from when this ticket was handed out.
    pub fn complete(mut self, fetched: Fetched) {
        let Some(ticket) = self.ticket.take() else { return };
        if let Some(ms) = fetched.clock_offset_ms {
            ticket.note_clock_offset(ms);
        }
        let asked = ticket.key().ttl();
        ticket.complete(fetched.grant, fetched.ttl.unwrap_or(asked));
    }

    /// Ends the fetch with an error for all who wait.
    pub fn fail(mut self, error: Error) {
        if let Some(ticket) = self.ticket.take() {
            ticket.fail(error);
        }
    }
}

impl Drop for SourceTicket {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take()
            && std::thread::panicking()
        {
            ticket.fail(Error::new(ErrorKind::SourceFailed, "the source of grants panicked"));
        }
        // The refresh of what it brought, if that is kept warm, is to come.
        watch::look_again();
    }
}

impl fmt::Debug for SourceTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceTicket").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Which grant is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRequest {
    streamer: Sid,
    ttl: u32,
    origin: Option<Origin>,
}

impl GrantRequest {
    /// A request for a grant of a stream (`VJ…`) that lives for `ttl` seconds and allows an origin,
    /// or any.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`], or [`ErrorKind::InvalidTtl`] outside `1..=60`.
    pub fn new(streamer: &str, ttl: u32, origin: Option<Origin>) -> Result<Self> {
        check_ttl(ttl)?;
        let streamer = Sid::parse(SidKind::PlayerStreamer, "streamer", streamer)?;
        Ok(Self { streamer, ttl, origin })
    }

    /// The stream.
    #[must_use]
    pub fn streamer(&self) -> &Sid {
        &self.streamer
    }

    /// The life to ask for, in seconds.
    #[must_use]
    pub fn ttl(&self) -> u32 {
        self.ttl
    }

    /// The origin to allow; any if none.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The key that grants for this request are cached under.
    pub(crate) fn key(&self) -> Key {
        let text = match &self.origin {
            Some(origin) => format!("{} {origin}", self.streamer),
            None => self.streamer.to_string(),
        };
        Key::new(&text, Duration::from_secs(self.ttl.into()))
            .expect("a streamer, an origin and a checked ttl are within the limits of a key")
    }

    /// The request that a key was made from; none for a key of another kind.
    pub(crate) fn of_key(key: &Key) -> Result<Self> {
        let text = key.text();
        let origin = match text.get(SID_LEN..) {
            Some("") | None => None,
            Some(rest) => Some(Origin::parse(rest.strip_prefix(' ').unwrap_or(rest))?),
        };
        let ttl = u32::try_from(key.ttl().as_secs()).unwrap_or(u32::MAX);
        Self::new(text.get(..SID_LEN).unwrap_or(text), ttl, origin)
    }
}

pub(crate) fn check_ttl(ttl: u32) -> Result<()> {
    if (1..=GRANT_TTL_MAX).contains(&ttl) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidTtl, "grant_ttl must be 1 to 60 seconds"))
}

/// A grant that a source has fetched.
pub struct Fetched {
    pub(crate) grant: Grant,
    pub(crate) ttl: Option<Duration>,
    pub(crate) clock_offset_ms: Option<i64>,
}

impl Fetched {
    /// A grant: the JSON text of an object, kept byte for byte. It lives for as long as was asked
    /// for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UpstreamNotJson`] for text that is not JSON or nests over 64 levels,
    /// [`ErrorKind::UpstreamNoGrant`] for JSON that is no object (the player refuses a grant that is
    /// wrapped into a string), [`ErrorKind::UpstreamTooLarge`] over 64 KiB.
    pub fn new(grant: impl Into<String>) -> Result<Self> {
        let grant = grant.into();
        if grant.len() > GRANT_MAX_BYTES {
            return Err(too_large());
        }
        let grant = Zeroizing::new(grant);
        // By the rules of what goes into a token: what is stored can be minted.
        let json = Json::parse(grant.trim_ascii())
            .map_err(|_| Error::new(ErrorKind::UpstreamNotJson, "the grant is not JSON"))?;
        if !json.is_object() {
            return Err(Error::new(
                ErrorKind::UpstreamNoGrant,
                "the grant must be a JSON object, not wrapped into a string or anything else",
            ));
        }
        Ok(Self { grant: Grant::new(json.as_str()), ttl: None, clock_offset_ms: None })
    }

    /// The same grant with the life that it really has, if that is not what was asked for.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The grant's JSON text. Treat it as the secret it is.
    #[must_use]
    pub fn grant_json(&self) -> &str {
        self.grant.as_str()
    }

    /// Notes how far the clock of upstream is ahead of the local one.
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn with_clock_offset(mut self, ms: Option<i64>) -> Self {
        self.clock_offset_ms = ms;
        self
    }
}

pub(crate) fn too_large() -> Error {
    Error::new(ErrorKind::UpstreamTooLarge, "the answer of upstream is over 64 KiB")
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMER: &str = "VJ0123456789abcdef0123456789abcdef";

    #[test]
    fn a_request_comes_back_from_its_key() {
        for origin in [None, Some("https://example.com:8443"), Some("*")] {
            let origin = origin.map(|text| Origin::parse(text).unwrap());
            let request = GrantRequest::new(STREAMER, 45, origin).unwrap();
            assert_eq!(GrantRequest::of_key(&request.key()).unwrap(), request);
        }
        let foreign = Key::new("something else", Duration::from_secs(60)).unwrap();
        assert_eq!(GrantRequest::of_key(&foreign).unwrap_err().kind(), ErrorKind::InvalidSid);
    }

    #[test]
    fn ttls_out_of_range_are_refused() {
        for ttl in [0, 61, u32::MAX] {
            let refused = GrantRequest::new(STREAMER, ttl, None).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidTtl);
        }
    }

    #[test]
    fn only_objects_are_grants() {
        let kind = |text: &str| Fetched::new(text).unwrap_err().kind();
        assert_eq!(kind("{"), ErrorKind::UpstreamNotJson);
        assert_eq!(kind("{} x"), ErrorKind::UpstreamNotJson);
        // No token could carry these.
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
        for text in [r#"{"a":"\ud800"}"#, r#"{"a":1e999}"#, &deep] {
            assert_eq!(kind(text), ErrorKind::UpstreamNotJson, "{text}");
        }
        for text in ["\"{}\"", "[]", "null", "1"] {
            assert_eq!(kind(text), ErrorKind::UpstreamNoGrant);
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(GRANT_MAX_BYTES));
        assert_eq!(kind(&large), ErrorKind::UpstreamTooLarge);
        let exact = "{ \"a\" : 1.50,\"a\":2 }";
        assert_eq!(Fetched::new(exact).unwrap().grant.as_str(), exact);
        assert!(!format!("{:?}", Fetched::new("{\"s\":1}").unwrap()).contains("\"s\""));
    }
}
