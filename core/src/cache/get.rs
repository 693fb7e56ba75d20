//! From asking to having: begin, hand on the duty to fetch, wait, and begin again after a fetch that
//! was dropped. Every way to get a grant goes through here, so the rules of waiting stand in one
//! place.

use std::sync::Arc;

use super::grant::Hit;
use super::grant_cache::{Begin, BeginOptions, GrantCache};
use super::handle::Handle;
use super::key::Key;
use super::rounds::Rounds;
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::clock::Clock;
use crate::error::Result;

/// What a grant can be asked of: a key of a cache, or its handle.
pub(crate) trait Beginner {
    fn begin(&self, wish: BeginOptions) -> Result<Begin>;

    /// A hit that leaves nothing to do, if that can be told faster than by [`Beginner::begin`].
    #[inline]
    fn hit_at_once(&self, _wish: BeginOptions) -> Result<Option<Hit>> {
        Ok(None)
    }

    /// The clock that the caller's time is measured by.
    fn clock(&self) -> Clock;
}

/// A grant, waiting for it if need be. `lead` is handed the duty to fetch, and should not wait for
/// the fetch itself when a grant that is still good is only being refreshed.
#[inline]
pub(crate) fn get(from: &impl Beginner, wish: BeginOptions, lead: impl Fn(Ticket)) -> Result<Hit> {
    if let Some(hit) = from.hit_at_once(wish)? {
        return Ok(hit);
    }
    match begin(from, wish, &lead)? {
        Begun::Now(hit) => Ok(hit),
        Begun::Later(waiter) => wait(waiter, from, wish, &lead),
    }
}

/// A grant that is there now and keeps the promise, or none. Never waits, and tells of no error but
/// the caller's own; sets off the fetch that is due.
#[inline]
pub(crate) fn try_get(
    from: &impl Beginner,
    wish: BeginOptions,
    lead: impl Fn(Ticket),
) -> Result<Option<Hit>> {
    if let Some(hit) = from.hit_at_once(wish)? {
        return Ok(Some(hit));
    }
    match begin(from, wish, &lead) {
        Ok(Begun::Now(hit)) => Ok(Some(hit)),
        Ok(Begun::Later(waiter)) => Ok(waiter.fallback()),
        Err(error) if error.kind().is_of_upstream() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a caller got at once.
pub(crate) enum Begun {
    Now(Hit),
    Later(Waiter),
}

/// Begins, and hands on the duty to fetch if there is one.
#[inline]
pub(crate) fn begin(
    from: &impl Beginner,
    wish: BeginOptions,
    lead: &impl Fn(Ticket),
) -> Result<Begun> {
    Ok(match from.begin(wish)? {
        Begin::Hit(hit) => Begun::Now(hit),
        Begin::HitAndLead(hit, ticket) => {
            lead(ticket);
            Begun::Now(hit)
        }
        Begin::Lead(ticket, waiter) => {
            lead(ticket);
            Begun::Later(waiter)
        }
        Begin::Wait(waiter) => Begun::Later(waiter),
    })
}

fn wait(
    mut waiter: Waiter,
    from: &impl Beginner,
    wish: BeginOptions,
    lead: &impl Fn(Ticket),
) -> Result<Hit> {
    let mut rounds = Rounds::new(from, wish);
    loop {
        match waiter.wait() {
            Err(error) if rounds.goes_on(error.kind()) => {}
            result => return result,
        }
        match begin(from, rounds.wish(from), lead)? {
            Begun::Now(hit) => return Ok(hit),
            Begun::Later(next) => waiter = next,
        }
    }
}

impl GrantCache {
    /// A grant, waiting for it if need be. `lead` is called on this thread with the duty to fetch,
    /// if that falls to this caller; when a grant that is still good is only being refreshed, it
    /// should hand the ticket on rather than fetch at once.
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] and [`Waiter::wait`]; a fetch that was dropped is begun again, at
    /// most twice, before the caller is told
    /// [`ErrorKind::Abandoned`](crate::ErrorKind::Abandoned).
    pub fn get(&self, key: &Key, options: BeginOptions, lead: impl Fn(Ticket)) -> Result<Hit> {
        get(&(self, key), options, lead)
    }

    /// A grant that is there now and keeps the promise, or none. Never waits; `lead` is called as in
    /// [`GrantCache::get`].
    ///
    /// # Errors
    ///
    /// 1xx for the options; never an error of upstream.
    pub fn try_get(
        &self,
        key: &Key,
        options: BeginOptions,
        lead: impl Fn(Ticket),
    ) -> Result<Option<Hit>> {
        try_get(&(self, key), options, lead)
    }
}

impl Beginner for (&GrantCache, &Key) {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        self.0.begin(self.1, wish)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}

impl Beginner for (GrantCache, Key) {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        self.0.begin(&self.1, wish)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}

impl Beginner for Handle {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        Handle::begin(self, wish)
    }

    #[inline]
    fn hit_at_once(&self, wish: BeginOptions) -> Result<Option<Hit>> {
        Handle::hit_at_once(self, wish)
    }

    fn clock(&self) -> Clock {
        self.cache().clock()
    }
}

impl Beginner for Arc<Handle> {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        Handle::begin(self, wish)
    }

    #[inline]
    fn hit_at_once(&self, wish: BeginOptions) -> Result<Option<Hit>> {
        Handle::hit_at_once(self, wish)
    }

    fn clock(&self) -> Clock {
        self.cache().clock()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::cache::Grant;
    use crate::clock::ManualClock;
    use crate::error::{Error, ErrorKind};

    const LIFE: Duration = Duration::from_secs(60);

    fn cache() -> (GrantCache, Key) {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache = GrantCache::builder().clock(&clock).build();
        (cache, Key::new("stream-1", LIFE).unwrap())
    }

    fn fetch(ticket: Ticket) {
        ticket.complete(Grant::new("a grant"), LIFE);
    }

    #[test]
    fn one_call_leads_fetches_and_gets_and_the_next_has_it_at_once() {
        let (cache, key) = cache();
        let options = BeginOptions::default();
        assert_eq!(cache.get(&key, options, fetch).unwrap().as_str(), "a grant");
        let hit = cache.try_get(&key, options, |_| panic!("nothing is due"));
        assert_eq!(hit.unwrap().unwrap().as_str(), "a grant");
    }

    #[test]
    fn a_look_tells_of_the_callers_mistakes_and_of_nothing_else() {
        let (cache, key) = cache();
        let fail =
            |ticket: Ticket| ticket.fail(Error::new(ErrorKind::UpstreamConnect, "on purpose"));
        for _ in 0..2 {
            assert!(cache.try_get(&key, BeginOptions::default(), fail).unwrap().is_none());
        }
        let options = BeginOptions { min_remaining: Some(2 * LIFE), ..Default::default() };
        let error = cache.try_get(&key, options, fail).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_fetch_that_is_always_dropped_is_begun_three_times() {
        let (cache, key) = cache();
        let begun = AtomicUsize::new(0);
        let drop_it = |ticket| {
            begun.fetch_add(1, Ordering::Relaxed);
            drop(ticket);
        };
        let error = cache.get(&key, BeginOptions::default(), drop_it).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abandoned);
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
