//! Waiting for a fetch: by blocking, by a callback or as a future. A waiter that gives up changes
//! nothing and leaves nothing behind.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::options::Wish;
use crate::cache::decide::{
    Fetch, Freshness, Outcome, StoredGrant, abandoned, grant_too_short, looked_too_late,
};
use crate::cache::store::{Entry, Hit, Inner, Requester};
use crate::clock::Now;
use crate::completion::{Subscription, Wake};
use crate::error::{Error, ErrorKind, Result, Scope};
use crate::fork::Reborn as _;

/// On a clock that a test moves, how often a waiter looks at it, in real time.
const MANUAL_SLICE: Duration = Duration::from_millis(1);

/// A grant to fall back on is handed out this long before it would break the promise.
const LAST_CALL: u64 = 100_000_000;

/// Waits for the outcome of one fetch. Each waiter applies its own `min_remaining` to the outcome; if
/// that is an error, it falls back on the stored grant as long as that keeps the promise.
#[must_use = "a waiter that is dropped has given up"]
pub struct Waiter {
    inner: Arc<Inner>,
    entry: Arc<Entry>,
    fetch: Arc<Fetch>,
    wish: Wish,
    who: Arc<Requester>,
    /// Whether the fetch was made with the credential that this waiter had when it began to wait.
    was_own: bool,
    /// Of this waiter's task, once it has been polled as a future.
    subscription: Option<Subscription>,
}

impl Waiter {
    pub(super) fn new(
        inner: Arc<Inner>,
        entry: Arc<Entry>,
        fetch: Arc<Fetch>,
        wish: Wish,
        who: Arc<Requester>,
    ) -> Self {
        let was_own = Arc::ptr_eq(&fetch.credential, &who.credential());
        Self { inner, entry, fetch, wish, who, was_own, subscription: None }
    }

    /// The outcome, if the fetch or the caller's time is over; does not block.
    #[must_use]
    pub fn try_result(&self) -> Option<Result<Hit>> {
        if self.inner.is_foreign() {
            return Some(Err(abandoned()));
        }
        let now = self.inner.clock.now();
        if let Some(outcome) = self.fetch.outcome() {
            return Some(self.resolve(outcome, now));
        }
        if self.fetch.is_overdue(now) {
            self.inner.time_out(&self.entry, &self.fetch, now);
            return self.fetch.outcome().map(|outcome| self.resolve(outcome, now));
        }
        (now.boot_nanos() >= self.patience(now)).then(|| self.give_up(now))
    }

    /// Until when to wait, in nanoseconds since boot: for the caller's time, but no longer than
    /// there is a grant to fall back on. To wait for a better one is a wish, which must not cost
    /// the promise.
    fn patience(&self, now: Now) -> u64 {
        let promise = self.wish.promise;
        let state = self.entry.state();
        let last_call = state.keeping(promise, now).map_or(u64::MAX, |value| {
            let spare = value.remaining(now).saturating_sub(promise.of(value));
            let end = now.boot_nanos().saturating_add(spare.saturating_sub(LAST_CALL));
            end.min(self.wish.asked.saturating_add(value.patience()))
        });
        self.wish.deadline.min(last_call)
    }

    /// Blocks until the fetch or the caller's time is over.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{Begin, ErrorKind};
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// if let Begin::Fetch(ticket, waiter) = cache.begin(&key, BeginOptions::default())? {
    ///     drop(ticket); // the fetch ends without an outcome
    ///     assert_eq!(waiter.wait().unwrap_err().kind(), ErrorKind::Abandoned);
    /// }
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// That of the fetch; [`ErrorKind::DeadlineExceeded`] when the caller's time is over first;
    /// [`ErrorKind::GrantTooShort`] when the new grant does not keep the caller's promise;
    /// [`ErrorKind::Abandoned`] when the fetch was dropped, or its grant was looked at so late that it
    /// no longer keeps the promise: begin again.
    pub fn wait(self) -> Result<Hit> {
        loop {
            if let Some(result) = self.try_result() {
                return result;
            }
            self.fetch.completion.wait(self.time_left());
        }
    }

    /// What there is for a caller who does not wait: what the fetch has brought, if another process had it, else what
    /// the store has.
    pub(super) fn at_once(&self) -> Option<Hit> {
        let outcome = self.fetch.outcome();
        let brought =
            outcome.and_then(|outcome| self.resolve(outcome, self.inner.clock.now()).ok());
        brought.or_else(|| self.fallback())
    }

    /// What the store has for this caller now, if it keeps the promise; for those who do not wait.
    #[must_use]
    pub fn fallback(&self) -> Option<Hit> {
        let now = self.inner.clock.now();
        let state = self.entry.state();
        let value = state.keeping(self.wish.promise, now)?;
        Some(Hit::of(Arc::clone(value), now, Freshness::Refreshing, None))
    }

    /// Calls back when the fetch is over: on the thread that ends it, or at once on this one if it
    /// has ended. No lock is held. A fetch always ends, but the caller's time is not watched: for
    /// that, ask with [`GrantCache::get_then`](crate::GrantCache::get_then).
    pub fn on_ready(self, callback: impl FnOnce(Result<Hit>) + Send + 'static) -> Registration {
        let (inner, fetch) = (Arc::clone(&self.inner), Arc::clone(&self.fetch));
        if inner.is_foreign() {
            // The parent's locks may be held by threads that are not there.
            callback(Err(abandoned()));
            return Registration { inner, fetch, subscription: None };
        }
        let call = move || callback(self.outcome_now());
        match fetch.completion.subscribe(Wake::Callback(Box::new(call))) {
            Ok(subscription) => Registration { inner, fetch, subscription: Some(subscription) },
            Err(wake) => {
                if let Wake::Callback(callback) = wake {
                    callback();
                }
                Registration { inner, fetch, subscription: None }
            }
        }
    }

    /// After which time [`Waiter::try_result`] has a result even if the fetch goes on.
    pub(crate) fn time_left(&self) -> Duration {
        if self.inner.is_foreign() {
            return Duration::ZERO;
        }
        let now = self.inner.clock.now();
        let end = self.patience(now).min(self.fetch.overdue_at());
        let left = Duration::from_nanos(end.saturating_sub(now.boot_nanos()));
        if self.inner.clock.is_manual() { left.min(MANUAL_SLICE) } else { left }
    }

    /// The outcome of a fetch that has ended.
    fn outcome_now(&self) -> Result<Hit> {
        self.try_result().unwrap_or_else(|| Err(abandoned()))
    }

    fn resolve(&self, outcome: Outcome, now: Now) -> Result<Hit> {
        let promise = self.wish.promise;
        let error = match outcome {
            Ok(grant) if grant.remaining(now) >= promise.of(&grant) => return Ok(hit(grant, now)),
            Ok(grant) if grant.has_kept(promise.of(&grant)) => {
                // The caller was stopped or held up meanwhile. The cache may have a later grant by now.
                let state = self.entry.state();
                let later = state.keeping(promise, now).cloned();
                return later.map(|grant| hit(grant, now)).ok_or_else(looked_too_late);
            }
            Ok(_) => grant_too_short(),
            // What another's credential has earned is nothing to tell this caller, who has one to try.
            Err(error) if error.kind().scope() == Scope::Credential => {
                match (self.was_own, self.is_own()) {
                    (true, true) => error,
                    (true, false) => error.of_another(),
                    (false, _) => return Err(error.of_another()),
                }
            }
            Err(error) => error,
        };
        self.fall_back(error, now)
    }

    /// Whether the fetch is made with the credential that this waiter has now.
    fn is_own(&self) -> bool {
        Arc::ptr_eq(&self.fetch.credential, &self.who.credential())
    }

    fn give_up(&self, now: Now) -> Result<Hit> {
        let error = Error::new(
            ErrorKind::DeadlineExceeded,
            "no grant came within the caller's time; the fetch goes on",
        );
        self.fall_back(error, now)
    }

    fn fall_back(&self, error: Error, now: Now) -> Result<Hit> {
        let state = self.entry.state();
        match state.keeping(self.wish.promise, now) {
            Some(value) => Ok(Hit::of(Arc::clone(value), now, Freshness::Degraded, Some(error))),
            None => Err(error),
        }
    }

    /// What a caller gets whose time nobody can watch: what it would fall back on. To wait could be for ever,
    /// if the fetch does not end and nobody else comes.
    pub(super) fn unwatched(&self) -> Result<Hit> {
        let now = self.inner.clock.now();
        let error = Error::new(ErrorKind::Overloaded, "no thread to watch the time could start")
            .with_retry_after(Duration::from_secs(1));
        self.fall_back(error, now)
    }

    fn unsubscribe(&mut self) {
        if let Some(subscription) = self.subscription.take()
            && !self.inner.is_foreign()
        {
            self.fetch.completion.unsubscribe(subscription);
        }
    }
}

/// A grant that nothing is known against.
fn hit(grant: Arc<StoredGrant>, now: Now) -> Hit {
    let is_due = grant.remaining(now) < grant.soft;
    let freshness = if is_due { Freshness::Refreshing } else { Freshness::Fresh };
    Hit::of(grant, now, freshness, None)
}

/// Resolves when the fetch is over. The caller's time is not watched: wrap it in the runtime's own
/// time-out.
impl Future for Waiter {
    type Output = Result<Hit>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(result) = self.try_result() {
            return Poll::Ready(result);
        }
        let waker = context.waker();
        if let Some(subscription) = self.subscription
            && self.fetch.completion.set_waker(subscription, waker)
        {
            return Poll::Pending;
        }
        match self.fetch.completion.subscribe(Wake::Task(waker.clone())) {
            Ok(subscription) => {
                self.subscription = Some(subscription);
                Poll::Pending
            }
            // The fetch ended between the two looks.
            Err(_) => Poll::Ready(self.outcome_now()),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.unsubscribe();
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("key", &self.entry.key).finish_non_exhaustive()
    }
}

/// A callback that has been registered. Dropping this leaves it in place.
pub struct Registration {
    inner: Arc<Inner>,
    fetch: Arc<Fetch>,
    subscription: Option<Subscription>,
}

impl Registration {
    /// Takes the callback back. True if it will not be called; false if it was or is being called.
    pub fn cancel(mut self) -> bool {
        let subscription = self.subscription.take().filter(|_| !self.inner.is_foreign());
        subscription.is_some_and(|subscription| self.fetch.completion.unsubscribe(subscription))
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").finish_non_exhaustive()
    }
}
