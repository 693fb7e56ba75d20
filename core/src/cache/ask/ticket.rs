//! The right to run one fetch, and what the fetching caller does with it.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::options::DEFAULT_TIMEOUT;
use crate::cache::decide::{Fetch, Grant, Key, Purpose, abandoned, check_answer, not_sent_in_time};
use crate::cache::store::{Admission, Ended, Entry, EventKind, Inner, Need, Permit};
use crate::clock::{Now, nanos};
use crate::error::Error;
use crate::fork::Reborn as _;

/// How long a ticket is waited for whose task is woken when its turn comes: as long as any refresh waits.
const WOKEN: Duration = Duration::from_secs(60);
/// Whoever is told that a request was not sent in its time may come back after this.
const PAUSE: Duration = Duration::from_secs(1);

/// The right to run one fetch, for its caller and all waiters. End the fetch with
/// [`Ticket::complete`] or [`Ticket::fail`], from any thread. A ticket that is dropped ends it as
/// [`ErrorKind::Abandoned`](crate::ErrorKind::Abandoned), so that nobody waits in vain.
#[must_use = "a dropped ticket ends its fetch without an outcome"]
pub struct Ticket {
    pub(super) inner: Arc<Inner>,
    pub(super) entry: Arc<Entry>,
    pub(super) fetch: Arc<Fetch>,
    /// What it is needed for, until it is clear that no other process has it.
    pub(super) claims_for: Option<Need>,
    permit: Option<Permit>,
    pub(super) sent: Option<Now>,
    is_over: bool,
}

/// Whether the request may be sent.
#[derive(Clone, Debug)]
pub enum Start {
    /// Send it now; it has this long.
    Go(Duration),
    /// The account's rate limit is used up: ask again after this time.
    Later(Duration),
    /// It may not be sent. The fetch has ended with this error.
    Refused(Error),
    /// It is not needed: the fetch has ended with a grant that another process of the fleet has fetched.
    Served,
}

impl Ticket {
    pub(super) fn new(inner: Arc<Inner>, entry: Arc<Entry>, fetch: Arc<Fetch>, need: Need) -> Self {
        let claims_for = fetch.shared.is_some().then_some(need);
        Self { inner, entry, fetch, claims_for, permit: None, sent: None, is_over: false }
    }

    /// The key whose grant is wanted.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.entry.key
    }

    /// Whether a grant that has not expired is being replaced.
    #[must_use]
    pub fn is_refresh(&self) -> bool {
        self.fetch.purpose == Purpose::Refresh
    }

    /// Asks whether the request may be sent. Call it right before sending: the grant's lifetime counts from
    /// here.
    pub fn start(&mut self) -> Start {
        self.ask(None, true)
    }

    /// As [`Ticket::start`], and has the task woken when the answer may be another: none of these is
    /// [`Start::Later`].
    pub fn poll_start(&mut self, context: &mut Context<'_>) -> Poll<Start> {
        unless_later(self.ask(Some(context.waker()), true))
    }

    /// As [`Ticket::poll_start`], but its request does not count as sent when its turn has come: whoever runs it
    /// starts it.
    pub(crate) fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Start> {
        unless_later(self.ask(Some(context.waker()), false))
    }

    /// The request counts as sent when its turn has come if it `sends`.
    pub(super) fn ask(&mut self, waker: Option<&Waker>, sends: bool) -> Start {
        if self.is_over || self.inner.is_foreign() {
            return Start::Refused(abandoned());
        }
        let now = self.inner.clock.now();
        let time = now.boot_nanos();
        if self.sent.is_some() {
            // Asked again after it was sent: what is left of its time.
            let deadline = self.fetch.deadline();
            return Start::Go(Duration::from_nanos(deadline.saturating_sub(time)));
        }
        if let Some(error) = self.too_late(now) {
            return Start::Refused(error);
        }
        if let Some(start) = self.claim(waker, now) {
            return start;
        }
        // All of a fleet are asked before the request counts as sent.
        let is_asked_of_all = self.fetch.shared.is_some();
        match self.inner.admit(
            &self.entry.realm,
            &self.fetch,
            waker,
            sends && !is_asked_of_all,
            now,
        ) {
            Admission::Go(_) if is_asked_of_all => match self.pass_account(waker, now) {
                Some(start) => start,
                None => self.go_with_all(sends, now),
            },
            Admission::Go(permit) if sends => Start::Go(self.go(permit, now)),
            Admission::Go(_) => Start::Go(Duration::from_nanos(self.fetch_timeout())),
            Admission::Later(at) => self.waits_until(at, waker.is_some()),
            Admission::TooLate => self.refused(not_sent_in_time(PAUSE)),
            Admission::Blocked(block) => self.refused(block.refusal(now)),
        }
    }

    /// The request may be sent as far as other processes are concerned.
    fn go_with_all(&mut self, sends: bool, now: Now) -> Start {
        if !sends {
            return Start::Go(Duration::from_nanos(self.fetch_timeout()));
        }
        match self.inner.admit(&self.entry.realm, &self.fetch, None, true, now) {
            Admission::Go(permit) => Start::Go(self.go(permit, now)),
            _ => self.refused(not_sent_in_time(PAUSE)),
        }
    }

    /// It waits for its turn; if nobody wakes it, it asks again at this time, in nanoseconds since boot.
    pub(super) fn waits_until(&self, at: u64, is_woken: bool) -> Start {
        // Whoever is woken has no need to ask in time.
        let patience = if is_woken { WOKEN } else { DEFAULT_TIMEOUT };
        self.inner.fetches.waits(&self.fetch, at.saturating_add(nanos(patience)));
        let time = self.inner.clock.now().boot_nanos();
        Start::Later(Duration::from_nanos(at.saturating_sub(time)))
    }

    fn go(&mut self, permit: Permit, now: Now) -> Duration {
        let timeout = self.fetch_timeout();
        self.permit = Some(permit);
        self.inner.sent(&self.fetch, now.boot_nanos().saturating_add(timeout));
        self.inner.counters.fetch(self.is_refresh());
        self.inner.note(now, EventKind::FetchSent, Some(&self.entry.key));
        self.sent = Some(now);
        Duration::from_nanos(timeout)
    }

    /// In nanoseconds.
    pub(super) fn fetch_timeout(&self) -> u64 {
        self.inner.windows(&self.entry).fetch_timeout
    }

    /// Ends the fetch with a grant that lives for `lifetime` from when the request was sent (from now,
    /// if [`Ticket::start`] was never asked). Empty text and `null` are no credential, and end it with an
    /// error. So does a lifetime above the key's: what [`answer_ttl`](crate::answer_ttl) says of it.
    pub fn complete(mut self, grant: Grant, lifetime: Duration) {
        let Some(inner) = self.end() else { return };
        match check_answer(grant.as_str(), lifetime, self.key().ttl()) {
            Ok(lifetime) => inner.succeeded(&self.ended(), grant, lifetime),
            Err(error) => inner.failed(&self.ended(), error),
        }
    }

    /// Ends the fetch with an error, which all waiters get.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{Error, ErrorKind};
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// let refused = |mut ticket: Ticket| {
    ///     ticket.start();
    ///     ticket.fail(Error::new(ErrorKind::SourceFailed, "the service is down"));
    /// };
    /// let error = cache.get(&key, BeginOptions::default(), refused).unwrap_err();
    /// assert_eq!(error.message(), "the service is down");
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn fail(mut self, error: Error) {
        if let Some(inner) = self.end() {
            inner.failed(&self.ended(), error);
        }
    }

    /// Notes that what the source has brought lives longer than may be.
    #[cfg(feature = "http")]
    pub(crate) fn note_cut(&self) {
        self.inner.note(self.inner.clock.now(), EventKind::LifetimeCut, Some(&self.entry.key));
    }

    /// Notes how far the clock of upstream is ahead of the local one, and whether the answer came with
    /// the date of another clock.
    pub(crate) fn note_clock(&self, offset_ms: Option<i64>, has_implausible_date: bool) {
        self.inner.counters.clock(offset_ms, has_implausible_date);
    }

    pub(super) fn fetch(&self) -> &Arc<Fetch> {
        &self.fetch
    }

    /// The error that the waiters got, if the fetch is over before its request was sent: the request
    /// would serve nobody.
    fn too_late(&mut self, now: Now) -> Option<Error> {
        if self.fetch.is_overdue(now) {
            self.inner.time_out(&self.entry, &self.fetch, now);
        }
        let outcome = self.fetch.outcome()?;
        self.is_over = true;
        Some(outcome.err().unwrap_or_else(abandoned))
    }

    /// Ends the fetch without a request having been sent: no failure of upstream is noted.
    pub(super) fn refused(&mut self, error: Error) -> Start {
        if let Some(inner) = self.end() {
            inner.not_sent(&self.entry, &self.fetch, error.clone(), None);
        }
        Start::Refused(error)
    }

    /// The first end only, and only in the process that the ticket belongs to.
    pub(super) fn end(&mut self) -> Option<Arc<Inner>> {
        let first = !std::mem::replace(&mut self.is_over, true);
        (first && !self.inner.is_foreign()).then(|| Arc::clone(&self.inner))
    }

    pub(super) fn ended(&self) -> Ended<'_> {
        Ended { entry: &self.entry, fetch: &self.fetch, permit: self.permit, sent: self.sent }
    }
}

fn unless_later(start: Start) -> Poll<Start> {
    match start {
        Start::Later(_) => Poll::Pending,
        start => Poll::Ready(start),
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(inner) = self.end() {
            inner.dropped(&self.ended());
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("key", self.key()).finish_non_exhaustive()
    }
}
