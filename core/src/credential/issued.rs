//! What a caller is handed.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use crate::cache::{Freshness, Hit};
use crate::error::Error;
use crate::json_string::unescaped;
use crate::wiped::WipedString;

/// A credential, with what was known of it when it was handed out. Its text is never shown, and wiped when dropped.
pub struct Issued {
    text: WipedString,
    is_json: bool,
    remaining: Duration,
    freshness: Freshness,
    reason: Option<Error>,
    generation: u64,
}

impl Issued {
    pub(super) fn new(hit: &Hit) -> Self {
        let json = hit.as_str();
        let text = unescaped(json);
        Self {
            is_json: text.is_none(),
            text: text.unwrap_or_else(|| WipedString::from(json.to_owned())),
            remaining: hit.remaining(),
            freshness: hit.freshness(),
            reason: hit.reason().cloned(),
            generation: hit.generation(),
        }
    }

    /// What is signed here and not fetched, as JSON: nothing is kept of it.
    pub(crate) fn signed(json: WipedString, remaining: Duration) -> Self {
        Self {
            text: json,
            is_json: true,
            remaining,
            freshness: Freshness::Fresh,
            reason: None,
            generation: 0,
        }
    }

    /// The credential: a text, or what is no text as JSON. Treat it as the secret it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is JSON: an object, an array or a number.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// How long it is still good, net of the safety margin.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.remaining
    }

    /// How good it is.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Why it is degraded, if it is: the error of the last refresh, with the time after which the next is tried.
    #[must_use]
    pub fn reason(&self) -> Option<&Error> {
        self.reason.as_ref()
    }

    /// Tells credentials of one cache apart, for [`Credential::invalidate_if`](crate::Credential::invalidate_if).
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl Deref for Issued {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("remaining", &self.remaining)
            .field("freshness", &self.freshness)
            .field("reason", &self.reason)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
