//! Tells `tracing` what happens, if the feature is on. Says which key and what became of it; never a
//! grant, a token, a secret or an identity.

use std::time::Duration;

/// Something that happened, as one line.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "nobody reads it then"))]
pub(crate) struct Line<'a> {
    pub(crate) level: Level,
    pub(crate) event: &'static str,
    pub(crate) key: Option<&'a str>,
    /// The code of the error.
    pub(crate) error: Option<&'static str>,
    /// The number of the grant.
    pub(crate) generation: Option<u64>,
}

pub(crate) enum Level {
    Warn,
    Debug,
}

impl Line<'_> {
    pub(crate) fn new(level: Level, event: &'static str) -> Self {
        Self { level, event, key: None, error: None, generation: None }
    }
}

#[cfg(feature = "tracing")]
mod on {
    use super::{Duration, Level, Line};

    /// Writes a line.
    pub(crate) fn line(line: &Line<'_>) {
        let Line { event, key, error, generation, .. } = *line;
        match line.level {
            Level::Warn => tracing::warn!(target: "grantmint", event, key, error, generation),
            Level::Debug => tracing::debug!(target: "grantmint", event, key, error, generation),
        }
    }

    /// An account's cool-down begins.
    pub(crate) fn cool_down(time: Duration) {
        let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(target: "grantmint", event = "cool_down", time_ms);
    }

    /// Runs the fetch of a key's grant within a span of its own.
    pub(crate) fn in_fetch<R>(key: Option<&str>, refresh: bool, run: impl FnOnce() -> R) -> R {
        tracing::info_span!(target: "grantmint", "fetch", key, refresh).in_scope(run)
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Duration, Line};

    #[inline]
    pub(crate) fn line(_line: &Line<'_>) {}

    #[inline]
    pub(crate) fn cool_down(_time: Duration) {}

    #[inline]
    pub(crate) fn in_fetch<R>(_key: Option<&str>, _refresh: bool, run: impl FnOnce() -> R) -> R {
        run()
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{cool_down, in_fetch, line};
#[cfg(feature = "tracing")]
pub(crate) use on::{cool_down, in_fetch, line};
