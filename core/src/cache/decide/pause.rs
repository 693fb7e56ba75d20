//! How long no request is sent after a failure: back-off, cached errors, cool-down.

use std::time::Duration;

use super::key::Key;
use super::policy::CachePolicy;
use super::state::EntryState;
use super::windows::{MINUTE, Windows, share};
use crate::clock::{Now, nanos};
use crate::error::{Error, ErrorKind, Scope};

const SECOND: u64 = 1_000_000_000;
const MILLI: u64 = 1_000_000;

/// The first step of the back-off after a failure that a retry can help.
const BACKOFF_BASE: u64 = 250 * MILLI;
/// No pause is longer, whatever upstream asks for: an hour while there is a grant to live on, else five minutes.
const ASKED_MAX: u64 = 3600 * SECOND;
const ASKED_MAX_WITHOUT: u64 = 300 * SECOND;
/// No pause of a credential that upstream refuses again and again is longer.
const REFUSED_MAX: u64 = 60 * SECOND;

/// What a pause after a failed fetch is reckoned from.
pub(crate) struct Failure<'a> {
    pub(crate) policy: &'a CachePolicy,
    pub(crate) key: &'a Key,
    pub(crate) state: &'a EntryState,
    /// How often the credential has been refused before.
    pub(crate) refusals: u32,
    pub(crate) now: Now,
}

impl Failure<'_> {
    /// How long the entry sends no request after this error, in nanoseconds.
    pub(crate) fn pause(&self, error: &Error) -> u64 {
        match error.kind().scope() {
            Scope::Account => error.retry_after().map_or(0, nanos),
            Scope::Credential if nanos(self.key.ttl()) > MINUTE => {
                refused_for(self.refusals, self.policy.random())
            }
            Scope::Credential | Scope::Stream => negative_ttl(error.kind(), self.policy.random()),
            Scope::Upstream | Scope::Caller => self.backoff().max(self.asked(error)),
            Scope::Nobody => 0,
        }
    }

    /// The same after a failure that a retry can help.
    pub(crate) fn backoff(&self) -> u64 {
        let failures = self.state.past.failures.saturating_add(1);
        transient_backoff(&self.windows(), failures, self.spare(), self.policy.random())
    }

    /// The time that upstream asked for beside an error of one key. While a grant is served it is
    /// cut short so that one more fetch can end before the grant's promise does.
    fn asked(&self, error: &Error) -> u64 {
        let Some(asked) = error.retry_after() else { return 0 };
        let asked = asked_for(nanos(asked).min(self.asked_max()), self.policy.random());
        let fetch = self.windows().fetch_timeout;
        match self.spare() {
            Some(spare) if spare > fetch => asked.min(spare - fetch),
            _ => asked,
        }
    }

    /// How long upstream may ask for a pause, in nanoseconds: not much longer than callers can be served.
    pub(crate) fn asked_max(&self) -> u64 {
        self.spare().unwrap_or(0).clamp(ASKED_MAX_WITHOUT, ASKED_MAX)
    }

    /// The lifetime that the stored grant has above its promise, if any.
    fn spare(&self) -> Option<u64> {
        let value = self.state.value.as_ref()?;
        let spare = value.remaining(self.now).saturating_sub(value.promise);
        (spare > 0).then_some(spare)
    }

    fn windows(&self) -> Windows {
        self.policy.windows(self.policy.nominal(self.key.ttl(), self.state.lifetime()))
    }
}

/// The cool-down after a 429, in nanoseconds: a little more than upstream asked for, or up to `step`.
pub(crate) fn cooldown(asked: Option<Duration>, step: Duration, random: f64) -> u64 {
    match asked {
        Some(asked) => asked_for(nanos(asked), random),
        None => {
            let step = nanos(step);
            step / 2 + share(step / 2, random)
        }
    }
}

/// Full jitter below a step that doubles. `spare` is the lifetime that the stored grant has above its
/// promise, if there is one: the less is left, the sooner the next fetch, so that one more fits in.
fn transient_backoff(windows: &Windows, failures: u32, spare: Option<u64>, random: f64) -> u64 {
    let step = doubled(BACKOFF_BASE, failures).min(windows.backoff_cap);
    share(spare.map_or(step, |spare| step.min(spare / 4)), random)
}

/// The pause after upstream asked for this one: never less, and a little more, so that many processes
/// do not return together.
fn asked_for(asked: u64, random: f64) -> u64 {
    let asked = asked.min(ASKED_MAX);
    asked + share((asked / 4).min(5 * SECOND), random)
}

/// How long a credential sends nothing that has been refused so often before: up to two seconds at first, up to a
/// minute in the end.
fn refused_for(refusals: u32, random: f64) -> u64 {
    let step = doubled(2 * SECOND, refusals.saturating_add(1)).min(REFUSED_MAX);
    step / 2 + share(step / 2, random)
}

/// How long an error is kept that no further try will better.
fn negative_ttl(kind: ErrorKind, random: f64) -> u64 {
    match kind {
        ErrorKind::UpstreamNotFound => 5 * SECOND + share(5 * SECOND, random),
        _ => SECOND + share(4 * SECOND, random),
    }
}

/// `base` doubled for every failure after the first.
fn doubled(base: u64, failures: u32) -> u64 {
    base.saturating_mul(1 << failures.saturating_sub(1).min(16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::decide::usage::Usage;

    fn windows() -> Windows {
        Windows::of(60 * SECOND, Usage::Request)
    }

    #[test]
    fn a_429_is_never_followed_sooner_than_asked() {
        let step = Duration::from_secs(1);
        for random in [0.0, 0.5, 0.999] {
            let pause = cooldown(Some(Duration::from_secs(10)), step, random);
            assert!((10 * SECOND..=125 * SECOND / 10).contains(&pause));
            assert!(cooldown(Some(Duration::MAX), step, random) <= ASKED_MAX + 5 * SECOND);
            assert!((SECOND / 2..=SECOND).contains(&cooldown(None, step, random)));
        }
    }

    #[test]
    fn a_credential_that_is_refused_again_and_again_is_tried_less_often() {
        let pauses: Vec<_> = (0..8).map(|before| refused_for(before, 0.0) / SECOND).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(refused_for(u32::MAX, 1.0), REFUSED_MAX);
    }

    #[test]
    fn an_error_that_no_try_will_better_is_kept_for_a_while() {
        let kept = |kind, random| negative_ttl(kind, random) / SECOND;
        let both = |kind| (kept(kind, 0.0), kept(kind, 1.0));
        assert_eq!(both(ErrorKind::UpstreamNotFound), (5, 10));
        assert_eq!(both(ErrorKind::UpstreamBadRequest), (1, 5));
    }

    #[test]
    fn back_off_grows_to_its_cap_and_yields_to_the_promise() {
        let w = windows();
        let steps: Vec<u64> =
            (1..=7).map(|n| transient_backoff(&w, n, None, 1.0) / MILLI).collect();
        assert_eq!(steps, [250, 500, 1000, 2000, 4000, 4000, 4000]);
        assert_eq!(transient_backoff(&w, 7, Some(SECOND), 1.0), SECOND / 4);
        assert_eq!(transient_backoff(&w, 7, None, 0.0), 0);
    }
}
