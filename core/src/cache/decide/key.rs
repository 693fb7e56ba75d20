//! What an entry of the cache is stored under.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// Longer than any streamer with its origin.
const TEXT_MAX_BYTES: usize = 512;
/// A credential that lives longer than this is not short-lived.
pub(super) const TTL_MAX: Duration = Duration::from_secs(172_800);

/// A cache key: any text, and the lifetime its grants are asked for with. Grants of another lifetime are
/// other entries. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    text: Arc<str>,
    ttl_ms: u32,
    /// How many bytes at the front of the text events and logs do not show.
    unshown: u16,
    /// Whose key it is: an account's; none for the host program's own.
    realm: Option<Arc<str>>,
}

impl Key {
    /// A key from text of 1 to 512 bytes and a lifetime of 1 ms to 48 h.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LimitExceeded`] for the text, [`ErrorKind::InvalidTtl`] for the lifetime.
    pub fn new(text: &str, ttl: Duration) -> Result<Self> {
        if text.is_empty() || text.len() > TEXT_MAX_BYTES {
            let what = format!("must have 1 to 512 bytes, not {}", text.len());
            return Err(Error::of_argument(ErrorKind::LimitExceeded, "key", what));
        }
        let ttl_ms = u32::try_from(ttl.as_millis()).unwrap_or(u32::MAX);
        if ttl_ms == 0 || ttl > TTL_MAX {
            let hint = if ttl > TTL_MAX { ": is it in milliseconds?" } else { "" };
            let what = format!("must be 1 ms to 48 h (172,800 s), not {ttl:?}{hint}");
            return Err(Error::of_argument(ErrorKind::InvalidTtl, "ttl", what));
        }
        Ok(Self { text: text.into(), ttl_ms, unshown: 0, realm: None })
    }

    /// The same key, of which events and logs show what stands behind so many bytes: nothing, if that is all.
    #[cfg(any(feature = "http", test))]
    pub(crate) fn shown_from(self, bytes: usize) -> Self {
        Self { unshown: u16::try_from(bytes).unwrap_or(u16::MAX), ..self }
    }

    /// What of the text events and logs show, if anything.
    pub(crate) fn shown_text(&self) -> Option<&str> {
        self.text.get(usize::from(self.unshown)..).filter(|text| !text.is_empty())
    }

    /// The key as events tell of it: without its realm, as a host program that asks for it means one of its own.
    pub(crate) fn shown(&self) -> Option<Self> {
        let text = match self.unshown {
            0 => Arc::clone(&self.text),
            _ => self.shown_text()?.into(),
        };
        Some(Self { text, unshown: 0, realm: None, ..*self })
    }

    /// The same key of an account, or of the host program.
    pub(crate) fn in_realm(&self, realm: Option<&Arc<str>>) -> Self {
        Self { realm: realm.cloned(), ..self.clone() }
    }

    /// The text of the key.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lifetime that grants under this key are asked for with.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        Duration::from_millis(self.ttl_ms.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?}, {:?})", self.shown_text().unwrap_or_default(), self.ttl())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_what_it_is_to_show() {
        let key = |shown_from| {
            let key = Key::new("- alice", Duration::from_secs(60)).unwrap();
            key.in_realm(Some(&"realm".into())).shown_from(shown_from)
        };
        for (from, text) in [(0, Some("- alice")), (2, Some("alice")), (7, None), (999, None)] {
            let shown = key(from).shown();
            let own = text.map(|text| Key::new(text, Duration::from_secs(60)).unwrap());
            assert_eq!(shown, own);
            let debug = format!("{:?}", key(from));
            assert_eq!(debug, format!("Key({:?}, 60s)", text.unwrap_or_default()));
        }
        assert_eq!(key(7).text(), "- alice");
    }
}
