//! A cache and the oracle side by side.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Error, ErrorKind, Freshness, Grant, GrantCache, Hit, Key,
    ManualClock, Registration, Result, Start, Ticket, Waiter,
};

use super::oracle::{End, Oracle, PROMISE, SECOND, boot};
use super::{Op, Wait};

const FAILURES: [ErrorKind; 10] = [
    ErrorKind::UpstreamUnavailable,
    ErrorKind::UpstreamTimeout,
    ErrorKind::UpstreamConnect,
    ErrorKind::UpstreamBadRequest,
    ErrorKind::UpstreamUnauthorized,
    ErrorKind::UpstreamNotFound,
    ErrorKind::UpstreamNotJson,
    ErrorKind::SourceFailed,
    ErrorKind::Abandoned,
    ErrorKind::Throttled,
];

pub(crate) struct Bench {
    clock: ManualClock,
    cache: GrantCache,
    oracle: Oracle,
    tickets: Vec<(usize, Ticket)>,
    waiting: Vec<Waiting>,
    grants: usize,
}

/// Somebody that waits for a fetch.
struct Waiting {
    fetch: usize,
    promise: u64,
    deadline: u64,
    place: Place,
}

enum Place {
    Waiter(Waiter),
    Callback { registration: Registration, heard: Arc<Heard> },
    Future { waiter: Pin<Box<Waiter>>, bell: Arc<Bell> },
}

/// What a callback was called with.
type Heard = Mutex<Vec<Result<Hit>>>;

/// Counts how often a future was woken.
#[derive(Default)]
struct Bell(Mutex<u32>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() += 1;
    }
}

/// How long a fetch waits for its turn that nobody waits for.
const AHEAD: u64 = 60 * SECOND;

fn key(number: usize) -> Key {
    Key::new(&format!("key-{number}"), Duration::from_secs(60)).unwrap()
}

impl Bench {
    pub(crate) fn new(jitter: f64) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let policy = CachePolicy::builder().jitter(jitter).safety_margin(Duration::from_secs(1));
        let policy = policy.build().unwrap();
        let cache = GrantCache::builder().policy(policy).clock(&clock).rate_limited().build();
        let oracle = Oracle::default();
        Self { clock, cache, oracle, tickets: Vec::new(), waiting: Vec::new(), grants: 0 }
    }

    pub(crate) fn play(&mut self, op: Op) {
        match op {
            Op::Get { key: number, min_remaining, timeout, wait } => {
                let options = BeginOptions::new()
                    .min_remaining(min_remaining.map(Duration::from_secs))
                    .timeout(timeout.map(Duration::from_secs));
                self.get(&key(number), options, Some(wait));
            }
            Op::Try { key: number } => self.get(&key(number), BeginOptions::default(), None),
            Op::Prefetch { key: number } => {
                if let Some(ticket) = self.cache.prefetch(&key(number)).ok().flatten() {
                    self.take_off(ticket, AHEAD);
                }
            }
            Op::KeepWarm { key: number, seconds } => {
                let _ = self.cache.keep_warm(&key(number), Duration::from_secs(seconds));
            }
            Op::Poll => self.poll(),
            Op::Start(index) => self.start(index),
            Op::Complete { ticket, lifetime_ms } => self.complete(ticket, lifetime_ms),
            Op::Fail { ticket, kind, retry_after } => self.fail(ticket, kind, retry_after),
            Op::Abandon(index) => {
                if let Some((id, ticket)) = self.take_ticket(index) {
                    self.oracle.abandoned(id, self.clock.now());
                    drop(ticket);
                }
            }
            Op::Look(index) => self.look(index),
            Op::Cancel(index) => self.cancel(index),
            Op::Advance { ms } => self.clock.advance(Duration::from_millis(ms)),
            Op::Suspend { seconds } => self.clock.suspend(Duration::from_secs(seconds)),
            Op::JumpWall { seconds } => self.clock.jump_wall(seconds.into()),
            Op::Invalidate { key: number } => {
                self.cache.invalidate(&key(number));
                self.oracle.invalidated(key(number).text());
            }
            Op::InvalidateIf { key: number, current } => self.invalidate_if(number, current),
            Op::Rotate => {
                self.cache.rotate();
                self.oracle.renewed(true);
            }
            Op::Purge => {
                self.cache.purge();
                self.oracle.renewed(false);
            }
            Op::Fork => {
                self.cache.simulate_fork();
                // The child adopts what is alive when it first asks for anything.
                let _ = self.cache.stats();
                self.oracle.forked(self.clock.now());
            }
        }
        self.hear();
    }

    /// Many keys at once, of which half are answered or refused.
    pub(crate) fn flood(&mut self, keys: usize, fails: bool) {
        for _ in 0..keys {
            self.grants += 1;
            self.get(&key(1000 + self.grants), BeginOptions::default(), None);
        }
        for index in 0..self.tickets.len() {
            self.start(index);
        }
        for index in 0..self.tickets.len() / 2 {
            if fails { self.fail(index, index % 9, None) } else { self.complete(index, 60_000) }
        }
        self.hear();
    }

    /// Drops all tickets: then nobody may wait any more.
    pub(crate) fn finish(&mut self) {
        while !self.tickets.is_empty() {
            self.play(Op::Abandon(0));
        }
        while !self.waiting.is_empty() {
            let before = self.waiting.len();
            self.look(0);
            assert!(self.waiting.len() < before, "somebody waits for ever");
        }
        assert_eq!(self.cache.stats().in_flight, 0);
    }

    fn get(&mut self, key: &Key, options: BeginOptions, wait: Option<Wait>) {
        let now = self.clock.now();
        let timeout = options.timeout.map_or(5 * SECOND, |time| time.as_secs() * SECOND);
        let promise = options.min_remaining.map_or(PROMISE, |time| time.as_secs() * SECOND).max(1);
        let (ticket, waiter) = match self.cache.begin(key, options) {
            Ok(Begin::Hit(hit)) => return self.check_stored(key, &hit, promise),
            Ok(Begin::HitAndFetch(hit, ticket)) => {
                self.check_stored(key, &hit, promise);
                drop(hit);
                return self.take_off(ticket, timeout);
            }
            Ok(Begin::Fetch(ticket, waiter)) => (Some(ticket), waiter),
            Ok(Begin::Wait(waiter)) => (None, waiter),
            Err(error) => {
                assert!(self.oracle.keeps(key.text(), promise, now).is_none(), "{error:?}");
                return check_error(&error);
            }
        };
        let fallback = waiter.fallback();
        let kept = self.oracle.keeps(key.text(), promise, now);
        assert_eq!(fallback.as_ref().map(|hit| hit.as_str()), kept.map(|kept| &*kept.text));
        if let Some(ticket) = ticket {
            self.take_off(ticket, timeout);
        }
        // Starting may have ended the fetch; it is the entry's last one all the same.
        let fetch = match self.oracle.fetches.iter().rposition(|f| f.key == key.text()) {
            Some(fetch) if self.oracle.is_over(fetch, now) => fetch,
            _ => self.oracle.waits(key.text(), now),
        };
        if let Some(wait) = wait {
            let place = Place::new(waiter, wait);
            let deadline = boot(now) + timeout;
            self.waiting.push(Waiting { fetch, promise, deadline, place });
        }
    }

    fn take_off(&mut self, ticket: Ticket, patience: u64) {
        let id = self.oracle.fetches(ticket.key().text(), patience, self.clock.now());
        self.tickets.push((id, ticket));
        // Some requests leave at once, some later.
        if !id.is_multiple_of(3) {
            self.start(self.tickets.len() - 1);
        }
    }

    fn poll(&mut self) {
        for ticket in self.cache.poll() {
            self.take_off(ticket, AHEAD);
        }
    }

    fn start(&mut self, index: usize) {
        let Some((id, mut ticket)) = self.take_ticket(index) else { return };
        let now = self.clock.now();
        let sent_before = self.cache.stats().fetches;
        match ticket.start() {
            Start::Go(_) => {
                if self.cache.stats().fetches > sent_before {
                    self.oracle.goes(id, now);
                }
                self.tickets.push((id, ticket));
            }
            Start::Later(after) => {
                assert!(!after.is_zero());
                self.oracle.waits_for_its_turn(id, after, now);
                self.tickets.push((id, ticket));
            }
            Start::Served => panic!("the cache shares with no other process"),
            Start::Refused(error) => {
                check_error(&error);
                self.oracle.refused(id, error.kind(), now);
            }
        }
    }

    fn complete(&mut self, index: usize, lifetime_ms: u64) {
        let Some((id, ticket)) = self.take_ticket(index) else { return };
        self.grants += 1;
        let text = format!("grant-{}", self.grants);
        self.oracle.completed(id, text.clone(), lifetime_ms * 1_000_000, self.clock.now());
        ticket.complete(Grant::new(text), Duration::from_millis(lifetime_ms));
    }

    fn fail(&mut self, index: usize, kind: usize, retry_after: Option<u64>) {
        let Some((id, ticket)) = self.take_ticket(index) else { return };
        let kind = FAILURES[kind % FAILURES.len()];
        let error = Error::new(kind, "by the test");
        let error = match retry_after.filter(|_| kind == ErrorKind::Throttled) {
            Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
            None => error,
        };
        self.oracle.failed(id, kind, retry_after.map(|s| s * SECOND), self.clock.now());
        ticket.fail(error);
    }

    fn take_ticket(&mut self, index: usize) -> Option<(usize, Ticket)> {
        let index = index.checked_rem(self.tickets.len())?;
        Some(self.tickets.swap_remove(index))
    }

    fn invalidate_if(&mut self, number: usize, current: bool) {
        let key = key(number);
        let Ok(Begin::Hit(hit)) = self.cache.begin(&key, BeginOptions::default()) else { return };
        let generation = if current { hit.generation() } else { hit.generation() + 1 };
        assert_eq!(self.cache.invalidate_if(&key, generation), current);
        if current {
            self.oracle.invalidated(key.text());
        }
    }

    /// Has a look whether somebody's wait is over.
    fn look(&mut self, index: usize) {
        let Some(index) = index.checked_rem(self.waiting.len()) else { return };
        let mut waiting = self.waiting.swap_remove(index);
        let now = self.clock.now();
        let over = self.oracle.is_over(waiting.fetch, now);
        let told = self.oracle.told(waiting.fetch, waiting.promise, waiting.deadline, now);
        let result = match &mut waiting.place {
            Place::Waiter(waiter) => waiter.try_result(),
            // A callback hears of its fetch's end only; that is checked when it does.
            Place::Callback { .. } => {
                if !over {
                    self.waiting.push(waiting);
                }
                return;
            }
            Place::Future { waiter, bell } => {
                let woken = *bell.0.lock().unwrap() > 0;
                let fetch = &self.oracle.fetches[waiting.fetch];
                assert!(woken || fetch.end.is_none() || fetch.foreign, "nobody woke it");
                let waker = Arc::clone(bell).into();
                match waiter.as_mut().poll(&mut Context::from_waker(&waker)) {
                    Poll::Ready(result) => Some(result),
                    Poll::Pending => None,
                }
            }
        };
        match (result, told) {
            (None, Some(true)) => panic!("left waiting"),
            (Some(result), Some(false)) => panic!("told too early: {result:?}"),
            (Some(result), _) => self.check_told(&waiting, &result),
            (None, _) => self.waiting.push(waiting),
        }
    }

    /// Gives up a wait: nothing of it may be left.
    fn cancel(&mut self, index: usize) {
        let Some(index) = index.checked_rem(self.waiting.len()) else { return };
        let waiting = self.waiting.swap_remove(index);
        let fetch = &self.oracle.fetches[waiting.fetch];
        match waiting.place {
            Place::Waiter(waiter) => drop(waiter),
            Place::Callback { registration, heard } => {
                let in_time = heard.lock().unwrap().is_empty();
                assert_eq!(registration.cancel(), in_time && !fetch.foreign);
                assert!(Arc::strong_count(&heard) == 1 || fetch.foreign);
            }
            Place::Future { waiter, bell } => {
                drop(waiter);
                assert!(Arc::strong_count(&bell) == 1 || fetch.foreign);
            }
        }
    }

    /// Callbacks are called once, when their fetch ends and not before.
    fn hear(&mut self) {
        let now = self.clock.now();
        let (mut told, mut still) = (Vec::new(), Vec::new());
        for waiting in self.waiting.drain(..) {
            let fetch = &self.oracle.fetches[waiting.fetch];
            let heard = match &waiting.place {
                Place::Callback { heard, .. } => std::mem::take(&mut *heard.lock().unwrap()),
                _ => Vec::new(),
            };
            assert!(heard.len() <= 1);
            let is_callback = matches!(waiting.place, Place::Callback { .. });
            assert!(!is_callback || fetch.foreign || fetch.end.is_none() || heard.len() == 1);
            match heard.into_iter().next() {
                Some(result) => told.push((waiting, result)),
                None => still.push(waiting),
            }
        }
        self.waiting = still;
        for (waiting, result) in told {
            assert!(self.oracle.is_over(waiting.fetch, now));
            self.check_told(&waiting, &result);
        }
    }

    /// Holds what somebody who waited was told against the end of the fetch.
    fn check_told(&mut self, waiting: &Waiting, result: &Result<Hit>) {
        let now = self.clock.now();
        let fetch = &self.oracle.fetches[waiting.fetch];
        let timeout = End::Error(self.oracle.timeout(waiting.fetch));
        let over = self.oracle.is_over(waiting.fetch, now);
        let ends = match (&fetch.end, over) {
            _ if fetch.foreign => vec![End::Error(ErrorKind::Abandoned)],
            (Some(End::GrantOrTimeout(grant)), _) => vec![End::Grant(grant.clone()), timeout],
            (Some(End::ErrorOrTimeout(kind)), _) => vec![End::Error(*kind), timeout],
            (Some(end), _) => vec![end.clone()],
            (None, true) => vec![timeout],
            (None, false) => vec![End::Error(ErrorKind::DeadlineExceeded)],
        };
        let kept = self.oracle.keeps(&fetch.key, waiting.promise, now);
        let kept = kept.filter(|_| !fetch.foreign);
        let fits = ends.iter().any(|end| match (end, result) {
            (End::Grant(grant), Ok(hit)) if grant.remaining(now) >= waiting.promise => {
                shows(hit, &grant.text, grant.remaining(now))
            }
            (End::Grant(grant), _) if grant.remaining(now) >= waiting.promise => false,
            // It kept the promise, and was looked at too late.
            (End::Grant(grant), Ok(hit)) if grant.has_kept(waiting.promise) => {
                kept.is_some_and(|kept| {
                    shows(hit, &kept.text, kept.remaining(now)) && hit.reason().is_none()
                })
            }
            (End::Grant(grant), Err(error)) if grant.has_kept(waiting.promise) => {
                kept.is_none() && error.kind() == ErrorKind::Abandoned
            }
            (_, Ok(hit)) => kept.is_some_and(|kept| {
                shows(hit, &kept.text, kept.remaining(now))
                    && hit.freshness() == Freshness::Degraded
            }),
            (End::Error(kind), Err(error)) => kept.is_none() && error.kind() == *kind,
            (_, Err(error)) => kept.is_none() && error.kind() == ErrorKind::GrantTooShort,
        });
        assert!(fits, "{result:?} from {ends:?}, kept {kept:?}, promise {}", waiting.promise);
        if fetch.end.is_none() && over && !fetch.foreign {
            let kind = self.oracle.timeout(waiting.fetch);
            self.oracle.refused(waiting.fetch, kind, now);
        }
    }

    /// A hit is what the oracle has in store, and good for long enough.
    fn check_stored(&self, key: &Key, hit: &Hit, promise: u64) {
        let now = self.clock.now();
        let kept = self.oracle.keeps(key.text(), promise, now);
        let kept = kept.unwrap_or_else(|| panic!("{hit:?} is too old for {promise}"));
        assert!(shows(hit, &kept.text, kept.remaining(now)), "{hit:?} instead of {kept:?}");
        assert_eq!(hit.freshness() == Freshness::Degraded, hit.reason().is_some());
    }
}

impl Place {
    fn new(waiter: Waiter, wait: Wait) -> Self {
        match wait {
            Wait::Look => Self::Waiter(waiter),
            Wait::Callback => {
                let heard = Arc::new(Heard::default());
                let theirs = Arc::clone(&heard);
                let registration =
                    waiter.on_ready(move |result| theirs.lock().unwrap().push(result));
                Self::Callback { registration, heard }
            }
            Wait::Future => {
                let (mut waiter, bell) = (Box::pin(waiter), Arc::new(Bell::default()));
                let waker = Arc::clone(&bell).into();
                // Ready at once only if the fetch could not even start; the next look shows it.
                if waiter.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                    *bell.0.lock().unwrap() += 1;
                }
                Self::Future { waiter, bell }
            }
        }
    }
}

fn shows(hit: &Hit, text: &str, remaining: u64) -> bool {
    hit.as_str() == text && hit.remaining() == Duration::from_nanos(remaining)
}

/// Whoever is sent away for want of calls is told for how long.
fn check_error(error: &Error) {
    if matches!(error.kind(), ErrorKind::Throttled | ErrorKind::Overloaded) {
        assert!(error.retry_after().is_some(), "{error:?}");
    }
}
