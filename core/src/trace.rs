//! Tells `tracing` what happens, if the feature is on. Says which key and what became of it; never a
//! grant, a token, a secret or an identity.

use std::time::Duration;

use crate::cache::{EventKind, Key};

#[cfg(feature = "tracing")]
mod on {
    use super::{Duration, EventKind, Key};

    /// Something that happened in a cache.
    pub(crate) fn event(kind: EventKind, key: Option<&Key>) {
        let (event, key) = (kind.as_str(), key.map(Key::text));
        match kind {
            EventKind::FetchFailed(error) => {
                tracing::warn!(target: "grantmint", event, key, error = error.code());
            }
            EventKind::FetchSucceeded { generation } => {
                tracing::debug!(target: "grantmint", event, key, generation);
            }
            EventKind::FetchAbandoned => tracing::warn!(target: "grantmint", event, key),
            _ => tracing::debug!(target: "grantmint", event, key),
        }
    }

    /// An account is left alone for a time.
    pub(crate) fn cool_down(time: Duration) {
        let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(target: "grantmint", event = "cool_down", time_ms);
    }

    /// Runs the fetch of a key's grant within a span of its own.
    pub(crate) fn in_fetch<R>(key: &Key, refresh: bool, run: impl FnOnce() -> R) -> R {
        tracing::info_span!(target: "grantmint", "fetch", key = key.text(), refresh).in_scope(run)
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Duration, EventKind, Key};

    #[inline]
    pub(crate) fn event(_kind: EventKind, _key: Option<&Key>) {}

    #[inline]
    pub(crate) fn cool_down(_time: Duration) {}

    #[inline]
    pub(crate) fn in_fetch<R>(_key: &Key, _refresh: bool, run: impl FnOnce() -> R) -> R {
        run()
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{cool_down, event, in_fetch};
#[cfg(feature = "tracing")]
pub(crate) use on::{cool_down, event, in_fetch};
