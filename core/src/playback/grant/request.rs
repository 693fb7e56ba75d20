//! Which grant is wanted, and the cache key that it becomes.

use std::time::Duration;

use super::origin::Origin;
use crate::cache::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::sid::{Sid, SidKind};

/// The longest lifetime that may be asked for, in seconds: Twilio's limit.
pub const GRANT_TTL_MAX: u32 = 60;
/// The number of characters in a SID, which comes first in the text of a key.
const SID_LEN: usize = 34;

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

    /// The lifetime to ask for, in seconds.
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
        Self::new(streamer_of(key), ttl, origin)
    }
}

/// The SID of the stream that a key was made for, in its one spelling.
#[inline]
pub(crate) fn streamer_of(key: &Key) -> &str {
    key.text().get(..SID_LEN).unwrap_or(key.text())
}

pub(crate) fn check_ttl(ttl: u32) -> Result<()> {
    if (1..=GRANT_TTL_MAX).contains(&ttl) {
        return Ok(());
    }
    let what = format!("must be 1 to 60 seconds, not {ttl}");
    Err(Error::of_argument(ErrorKind::InvalidTtl, "grant_ttl", what))
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
}
