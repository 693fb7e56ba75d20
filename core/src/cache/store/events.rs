//! What happened lately: a ring of events that drops the oldest, and a line of each for `tracing`.

use std::collections::VecDeque;

use crate::cache::decide::Key;
use crate::clock::Now;
use crate::error::ErrorKind;
use crate::sync::Mutex;
use crate::trace::{self, Level, Line};

/// How many events are kept until they are drained.
const RING: usize = 1024;

/// Something that happened in a cache.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// When, on both clocks.
    pub at: Now,
    /// What.
    pub kind: EventKind,
    /// To which key; none for events of the whole cache, of a credential that all callers share, and of ICE servers,
    /// whose keys are identities.
    pub key: Option<Key>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A fetch was sent upstream.
    FetchSent,
    /// A fetch brought a grant of this generation.
    FetchSucceeded {
        /// The number of the grant.
        generation: u64,
    },
    /// A fetch failed.
    FetchFailed(ErrorKind),
    /// A fetch ended without an outcome.
    FetchAbandoned,
    /// The entry made space for another.
    Evicted,
    /// The entry was emptied by the host.
    Invalidated,
    /// The cache was emptied by the host.
    Purged,
    /// The credentials were exchanged.
    Rotated,
    /// The cache starts anew in a forked child.
    Forked,
    /// A key was refused, for the first time within a minute, because the account's rate leaves no room for
    /// its request.
    NoRoom,
    /// Upstream answered 429, and the account is called less often from now on.
    RateCut,
    /// Another minter of the account has given other limits; the lower ones hold.
    LimitsDiffer,
    /// A grant of this generation came from another process, which had fetched it.
    FleetValue {
        /// The number of the grant.
        generation: u64,
    },
    /// What processes share is not asked for some seconds, because it failed: the statistics say how.
    FleetBroken,
    /// What processes share can be used again, or written to again.
    FleetBack,
    /// What processes share takes no writes, so that nobody can get the right to fetch for all.
    FleetReadOnly,
    /// The server that processes share cannot do what a fleet needs, such as to run scripts or tell the time.
    FleetUnsupported,
    /// A grant came from another process that ends more than two seconds sooner by this machine's clock than by the
    /// store's: one of them is wrong.
    FleetSkewed,
    /// A credential that came lives longer than its source lets it; its lifetime was cut.
    LifetimeCut,
}

impl EventKind {
    /// The name that all languages show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FetchSent => "fetch_sent",
            Self::FetchSucceeded { .. } => "fetch_succeeded",
            Self::FetchFailed(_) => "fetch_failed",
            Self::FetchAbandoned => "fetch_abandoned",
            Self::Evicted => "evicted",
            Self::Invalidated => "invalidated",
            Self::Purged => "purged",
            Self::Rotated => "rotated",
            Self::Forked => "forked",
            Self::NoRoom => "no_room",
            Self::RateCut => "rate_cut",
            Self::LimitsDiffer => "limits_differ",
            Self::FleetValue { .. } => "fleet_value",
            Self::FleetBroken => "fleet_broken",
            Self::FleetBack => "fleet_back",
            Self::FleetReadOnly => "fleet_read_only",
            Self::FleetUnsupported => "fleet_unsupported",
            Self::FleetSkewed => "fleet_skewed",
            Self::LifetimeCut => "lifetime_cut",
        }
    }
}

impl EventKind {
    fn line<'a>(self, key: Option<&'a Key>) -> Line<'a> {
        let line =
            Line { key: key.and_then(Key::shown_text), ..Line::new(Level::Debug, self.as_str()) };
        match self {
            Self::FetchFailed(error) => {
                Line { level: Level::Warn, error: Some(error.code()), ..line }
            }
            Self::FetchSucceeded { generation } | Self::FleetValue { generation } => {
                Line { generation: Some(generation), ..line }
            }
            Self::FetchAbandoned
            | Self::NoRoom
            | Self::RateCut
            | Self::LimitsDiffer
            | Self::FleetBroken
            | Self::FleetReadOnly
            | Self::FleetUnsupported
            | Self::FleetSkewed => Line { level: Level::Warn, ..line },
            _ => line,
        }
    }
}

#[derive(Default)]
pub(crate) struct Ring(Mutex<VecDeque<Event>>);

impl Ring {
    pub(crate) fn push(&self, at: Now, kind: EventKind, key: Option<&Key>) {
        trace::line(&kind.line(key));
        let event = Event { at, kind, key: key.and_then(Key::shown) };
        let mut ring = self.0.lock();
        let oldest = if ring.len() == RING { ring.pop_front() } else { None };
        ring.push_back(event);
        drop(ring);
        drop(oldest);
    }

    pub(crate) fn drain(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let ring = Ring::default();
        for generation in 0..=RING as u64 {
            ring.push(Now::default(), EventKind::FetchSucceeded { generation }, None);
        }
        let events = ring.drain();
        assert_eq!(events.len(), RING);
        assert_eq!(events[0].kind, EventKind::FetchSucceeded { generation: 1 });
        assert!(ring.drain().is_empty());
    }
}
