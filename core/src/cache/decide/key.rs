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
        Ok(Self { text: text.into(), ttl_ms, realm: None })
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
        write!(f, "Key({:?}, {:?})", self.text, self.ttl())
    }
}
