//! The table of decisions: what a caller gets from an entry, by the remaining lifetime of its grant and
//! by what upstream is doing.

use std::time::Duration;

use super::block::Block;
use super::grant::Freshness;
use super::promise::Promise;
use super::state::EntryState;
use crate::clock::Now;
use crate::error::{Error, ErrorKind};

/// What a caller gets.
#[derive(Clone, Debug)]
pub(crate) enum Decision {
    /// The grant at once.
    Hit(Freshness, Option<Error>),
    /// The grant at once, and a refresh that this caller has to see to.
    HitAndFetch(Freshness, Option<Error>),
    /// A fetch that this caller has to see to, then its outcome.
    Fetch,
    /// The outcome of the fetch in flight.
    Wait,
    /// The outcome of the fetch that waits for its turn, if that will come in the caller's time.
    Join,
    /// The grant at once; the fetch that waits for its turn has a caller now.
    HitAndJoin(Freshness, Option<Error>),
    /// An error at once.
    Refuse(Error),
}

/// What goes on upstream for an entry.
enum Upstream {
    Idle,
    /// A request has been sent, or may be.
    InFlight,
    /// A fetch waits for its turn, or for whoever starts it; whether anybody asked for it.
    Queued {
        is_wanted: bool,
    },
    /// No fetch yet: the error that callers get and how long they get it, in nanoseconds.
    Paused(Error, u64),
}

impl EntryState {
    /// Decides what a caller gets who needs a grant that keeps `promise`.
    /// `block` tells what holds back the whole cache or account, and is asked only when no fresh
    /// grant is at hand.
    #[inline]
    pub(crate) fn decide(
        &self,
        promise: Promise,
        now: Now,
        block: impl FnOnce() -> Option<Block>,
    ) -> Decision {
        let Some(value) = &self.value else {
            return self.decide_without(now, block());
        };
        let (remaining, promise) = (value.remaining(now), promise.of(value));
        if remaining >= value.soft && remaining >= promise {
            return Decision::Hit(Freshness::Fresh, None);
        }
        if remaining < promise {
            return self.decide_without(now, block());
        }
        self.decide_ageing(remaining < value.wait_below.max(promise), now, block())
    }

    /// No grant, or none that keeps the promise.
    fn decide_without(&self, now: Now, block: Option<Block>) -> Decision {
        match self.upstream(now, block) {
            Upstream::Idle => Decision::Fetch,
            Upstream::InFlight => Decision::Wait,
            Upstream::Queued { .. } => Decision::Join,
            Upstream::Paused(error, wait) => {
                Decision::Refuse(error.with_retry_after(Duration::from_nanos(wait)))
            }
        }
    }

    /// A grant that keeps the promise but is due for a refresh; `old` if callers should rather wait
    /// for the next one.
    fn decide_ageing(&self, old: bool, now: Now, block: Option<Block>) -> Decision {
        let degraded = |error: Error, wait: u64| {
            let reason = error.with_retry_after(Duration::from_nanos(wait));
            (Freshness::Degraded, Some(reason))
        };
        match (self.upstream(now, block), &self.past.error) {
            // The last fetch brought this grant a moment ago; the next is only a moment away.
            (Upstream::Paused(error, _), None)
                if !old && error.kind() == ErrorKind::GrantTooShort =>
            {
                Decision::Hit(Freshness::Refreshing, None)
            }
            (Upstream::Paused(error, wait), _) => {
                let (freshness, reason) = degraded(error, wait);
                Decision::Hit(freshness, reason)
            }
            (Upstream::Idle, Some(error)) if old => {
                Decision::HitAndFetch(Freshness::Degraded, Some(tried_now(error)))
            }
            (Upstream::InFlight, Some(error)) if old => {
                Decision::Hit(Freshness::Degraded, Some(tried_now(error)))
            }
            (Upstream::Idle, None) if old => Decision::Fetch,
            (Upstream::InFlight, None) if old => Decision::Wait,
            // To wait for a call that has not even been sent takes long, and the grant is good.
            (Upstream::Queued { is_wanted }, error) => {
                let tried = error.as_ref().filter(|_| old).map(tried_now);
                let freshness =
                    if tried.is_some() { Freshness::Degraded } else { Freshness::Refreshing };
                match is_wanted {
                    true => Decision::Hit(freshness, tried),
                    false => Decision::HitAndJoin(freshness, tried),
                }
            }
            (Upstream::Idle, _) => Decision::HitAndFetch(Freshness::Refreshing, None),
            (Upstream::InFlight, _) => Decision::Hit(Freshness::Refreshing, None),
        }
    }

    fn upstream(&self, now: Now, block: Option<Block>) -> Upstream {
        let time = now.boot_nanos();
        if let Some(fetch) = self.live_fetch(now) {
            let is_wanted = !fetch.turn.is_idle();
            return match block {
                _ if fetch.turn.is_come() && !fetch.awaits_start() => Upstream::InFlight,
                Some(block) if block.until > time => {
                    Upstream::Paused(block.error, block.until - time)
                }
                _ => Upstream::Queued { is_wanted },
            };
        }
        let own = (self.past.next > time)
            .then(|| Block { until: self.past.next, error: self.past.reason() });
        // Of two reasons the one that lasts longer: its `retry_after` is the honest one.
        let last = [own, block].into_iter().flatten().max_by_key(|block| block.until);
        match last {
            Some(block) if block.until > time => Upstream::Paused(block.error, block.until - time),
            _ => Upstream::Idle,
        }
    }
}

/// The last error while the next fetch is being made: the time it asked for has passed.
fn tried_now(error: &Error) -> Error {
    match error.retry_after() {
        Some(_) => error.with_retry_after(Duration::ZERO),
        None => error.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::decide::{Credential, Fetch, Lane, Purpose, Turn};

    const SECOND: u64 = 1_000_000_000;

    fn now() -> Now {
        Now::new(Duration::from_secs(3600), Duration::from_secs(1_700_000_000))
    }

    fn fetch() -> Fetch {
        let (time, lane) = (now().boot_nanos(), Lane { number: 0, takes_threads: true });
        let turn = Arc::new(Turn::new(lane, 0, 0, 0));
        let credential = Arc::new(Credential::default());
        Fetch::new(credential, 0, Purpose::Cold, time, turn, None, time + 10 * SECOND)
    }

    /// What a caller without a grant gets while upstream lets nothing through for so long.
    fn decided(fetch: &Arc<Fetch>, blocked: Option<u64>) -> Decision {
        let state = EntryState::default().fetching(Arc::clone(fetch));
        let until = blocked.map(|nanos| now().boot_nanos() + nanos);
        let error = Error::new(ErrorKind::Throttled, "");
        state.decide(Promise::ANY, now(), || until.map(|until| Block { until, error }))
    }

    #[test]
    fn who_needs_a_fetch_that_waits_for_its_turn_is_told_of_a_cool_down_and_how_long_it_lasts() {
        let fetch = Arc::new(fetch());
        assert!(matches!(decided(&fetch, None), Decision::Join));
        let refused = decided(&fetch, Some(5 * SECOND));
        let Decision::Refuse(error) = refused else { panic!("{refused:?}") };
        assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
        assert!(matches!(decided(&fetch, Some(0)), Decision::Join), "it is over");
    }

    #[test]
    fn one_that_is_called_is_waited_for_unless_whoever_sends_it_has_yet_to_begin() {
        let fetch = Arc::new(fetch());
        fetch.turn.has_come();
        assert!(matches!(decided(&fetch, Some(5 * SECOND)), Decision::Wait));
        fetch.handed_on_until(now().boot_nanos() + SECOND);
        assert!(matches!(decided(&fetch, None), Decision::Join));
        assert!(matches!(decided(&fetch, Some(5 * SECOND)), Decision::Refuse(_)));
        fetch.sent_until(now().boot_nanos() + SECOND);
        assert!(matches!(decided(&fetch, Some(5 * SECOND)), Decision::Wait));
    }
}
