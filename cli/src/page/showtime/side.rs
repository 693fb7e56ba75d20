//! One way through a show: its own upstream, and who was let in by it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use grantmint_core::{ApiKey, EventKind, Freshness, Result};
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use super::faults;
use super::show::{Show, Way};
use super::timeline::{Counts, Tone};
use super::way::{Desk, ORIGIN};
use crate::exit::Failure;

/// A way, the upstream that only it calls, and what is counted on it.
pub(super) struct Side {
    pub(super) way: Way,
    emulator: Emulator,
    desk: Desk,
    asked: AtomicU64,
    let_in: AtomicU64,
    refused: AtomicU64,
    grant: Mutex<Option<LastGrant>>,
}

/// The grant that was handed out last.
#[derive(Clone, Copy)]
struct LastGrant {
    ends: Instant,
    freshness: Freshness,
}

impl Side {
    /// With an upstream that is as any account finds it: 50 calls, then 50 a second.
    pub(super) fn new(way: Way) -> Result<Self, Failure> {
        let emulator = Emulator::start(Config::default())
            .map_err(|error| Failure::failed(format!("the emulator does not start: {error}")))?;
        let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
        let desk = match way {
            Way::Grantmint => Desk::grantmint(&key, emulator.base_url())?,
            Way::CallEach => Desk::call_each(&key, emulator.base_url())?,
        };
        let (asked, let_in, refused) = Default::default();
        Ok(Self { way, emulator, desk, asked, let_in, refused, grant: Mutex::default() })
    }

    pub(super) fn set_faults(&self, names: &[String]) {
        let faults = names.iter().filter_map(|name| faults::named(name)).collect();
        // Those of the table make sense, so they are taken.
        let _ = self.emulator.set_faults(faults);
    }

    /// A desk for one thread.
    pub(super) fn desk(&self) -> Result<Desk> {
        self.desk.again(self.emulator.base_url())
    }

    /// The next viewer who has not come yet.
    pub(super) fn next(&self, show: &Show) -> Option<u32> {
        let next = self.asked.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |asked| {
            (asked < show.viewers.into()).then_some(asked + 1)
        });
        u32::try_from(next.ok()?).ok()
    }

    /// Gets a viewer their token, and shows it to the player.
    pub(super) fn let_in(&self, desk: &Desk, show: &Show, viewer: u32) {
        let token = desk.token(&show.streamer(viewer), &format!("viewer-{viewer}"));
        let is_in = token.is_ok_and(|token| {
            if let Some((remaining, freshness)) = token.remaining {
                self.handed_out(LastGrant { ends: Instant::now() + remaining, freshness });
            }
            self.emulator.play(&token.jwt, Some(ORIGIN)).is_ok()
        });
        let count = if is_in { &self.let_in } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn handed_out(&self, grant: LastGrant) {
        *self.grant.lock().unwrap_or_else(PoisonError::into_inner) = Some(grant);
    }

    /// Whether everybody who came has an answer.
    pub(super) fn is_done(&self, show: &Show) -> bool {
        let answered = self.let_in.load(Ordering::Relaxed) + self.refused.load(Ordering::Relaxed);
        answered >= show.viewers.into()
    }

    pub(super) fn counts(&self) -> Counts {
        let upstream = self.emulator.counters();
        let grant = *self.grant.lock().unwrap_or_else(PoisonError::into_inner);
        let remaining = grant.map(|grant| grant.ends.saturating_duration_since(Instant::now()));
        Counts {
            asked: self.asked.load(Ordering::Relaxed),
            let_in: self.let_in.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            calls: upstream.requests,
            throttled: upstream.throttled,
            degraded: self.desk.stats().map_or(0, |stats| stats.hits_degraded),
            remaining_ms: remaining.and_then(|time| u64::try_from(time.as_millis()).ok()),
        }
    }

    pub(super) fn freshness(&self) -> Option<Freshness> {
        self.grant.lock().unwrap_or_else(PoisonError::into_inner).map(|grant| grant.freshness)
    }

    /// What the library did since it was asked last, as lines.
    pub(super) fn news(&self) -> Vec<(Tone, String)> {
        self.desk.events().iter().filter_map(|event| line(event.kind)).collect()
    }
}

fn line(kind: EventKind) -> Option<(Tone, String)> {
    match kind {
        EventKind::FetchSent => Some((Tone::Plain, "grantmint calls upstream".to_owned())),
        EventKind::FetchSucceeded { .. } => Some((Tone::Good, "a grant for everybody".to_owned())),
        EventKind::FetchFailed(kind) => {
            Some((Tone::Warn, format!("the call failed: {}", kind.code())))
        }
        EventKind::RateCut => {
            Some((Tone::Warn, "429: the account is called less often".to_owned()))
        }
        _ => None,
    }
}
