//! What a caller asks for: how good a grant, and how long to wait for it.

use std::time::Duration;

use crate::cache::decide::{CachePolicy, Key, Promise};
use crate::clock::{Now, nanos};
use crate::error::{Error, ErrorKind, Result};

/// How long a caller waits unless it says otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_nanos(DEFAULT_TIMEOUT_NANOS);
const DEFAULT_TIMEOUT_NANOS: u64 = 5_000_000_000;
/// No caller waits longer, and no key is kept warm longer at a time.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(86_400);
/// Nothing is kept warm for longer: the longest lifetime there is.
pub(crate) const WARM_MAX: Duration = Duration::from_secs(172_800);

/// What a caller asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BeginOptions {
    /// The least remaining lifetime that the grant must have, net of the safety margin; by default 5 s
    /// for grants of 60 s and 2 s for grants of 15 s. A promise: less is never handed out.
    pub min_remaining: Option<Duration>,
    /// How long the caller waits; 5 s by default.
    pub timeout: Option<Duration>,
    /// The caller polls its future again by itself, so that nobody has to watch its time.
    pub(crate) looks_again: bool,
}

/// What a caller asks for, in the cache's units.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    /// The least remaining lifetime.
    pub(crate) promise: Promise,
    /// When it asked, in nanoseconds since boot.
    pub(crate) asked: u64,
    /// Until when the caller waits, in nanoseconds since boot.
    pub(crate) deadline: u64,
}

impl BeginOptions {
    /// What callers get who ask for nothing of their own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`BeginOptions::min_remaining`]; `None` is the default.
    #[must_use]
    pub fn min_remaining(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.min_remaining = time.into();
        self
    }

    /// Sets [`BeginOptions::timeout`]; `None` is the default.
    #[must_use]
    pub fn timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.timeout = time.into();
        self
    }

    /// Whether a caller may ask for this of a key.
    pub(crate) fn check(self, key: &Key) -> Result<()> {
        self.promise_or(Promise::ANY, key).map(drop)
    }

    #[inline]
    pub(crate) fn wish(self, key: &Key, policy: &CachePolicy, now: Now) -> Result<Wish> {
        self.wish_or(usual_promise(key, policy), key, now)
    }

    /// As [`BeginOptions::wish`], with the usual promise of the key at hand.
    #[inline]
    pub(crate) fn wish_or(self, usual: Promise, key: &Key, now: Now) -> Result<Wish> {
        let promise = self.promise_or(usual, key)?;
        let timeout = self.timeout.map_or(DEFAULT_TIMEOUT_NANOS, |time| nanos(time.min(TIME_MAX)));
        let asked = now.boot_nanos();
        Ok(Wish { promise, asked, deadline: asked.saturating_add(timeout) })
    }

    /// The promise alone.
    #[inline]
    pub(crate) fn promise_or(self, usual: Promise, key: &Key) -> Result<Promise> {
        let Some(asked) = self.min_remaining else { return Ok(usual) };
        check_min_remaining(asked, key.ttl())?;
        Ok(Promise::asked(nanos(asked)))
    }
}

/// What is promised for a key to callers who do not say.
pub(crate) fn usual_promise(key: &Key, policy: &CachePolicy) -> Promise {
    Promise::usual(nanos(policy.min_remaining(key.ttl())))
}

/// Checks a promise against the lifetime that grants are asked for with: one that is hard to keep would
/// have every caller wait.
#[inline]
pub(crate) fn check_min_remaining(asked: Duration, ttl: Duration) -> Result<()> {
    if asked <= ttl / 2 { Ok(()) } else { Err(too_much_asked(asked, ttl)) }
}

#[cold]
fn too_much_asked(asked: Duration, ttl: Duration) -> Error {
    let most = ttl / 2;
    let what = format!("must be at most {most:?}, half of the lifetime of grants, not {asked:?}");
    Error::of_argument(ErrorKind::InvalidArgument, "min_remaining", what)
}
