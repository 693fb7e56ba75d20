//! How orders are tried, and what all tests do in them.

use std::env;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Error, ErrorKind, Grant, GrantCache, Hit, Key, ManualClock,
    Result, Ticket, Waiter,
};
use shuttle::rand::Rng as _;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::mpsc;
use shuttle::{Config, Runner};

/// Orders of each test by each of the two schedulers.
const ORDERS: usize = 1_500;
/// How often a thread is held back in favour of all others in one order of the second scheduler.
/// Few faults take more.
const CHANGES: usize = 3;
/// The lifetime of all grants.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60);

/// Runs a test in many orders: half of them drawn step by step, the other half mostly one thread
/// after the other, with a few changes at places drawn before. A failure prints its order;
/// `GRANTMINT_SCHEDULE` plays that one again.
pub(crate) fn explore(test: impl Fn() + Clone + Send + Sync + 'static) {
    if let Ok(schedule) = env::var("GRANTMINT_SCHEDULE") {
        return shuttle::replay(test, &schedule);
    }
    let long = env::var_os("GRANTMINT_LONG").is_some();
    let orders = if long { 20 * ORDERS } else { ORDERS };
    run(RandomScheduler::new(orders), test.clone());
    run(PctScheduler::new(CHANGES, orders), test);
}

fn run(scheduler: impl Scheduler + 'static, test: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    // Without optimisation some frames are large.
    config.stack_size = 256 * 1024;
    Runner::new(scheduler, config).run(test);
}

/// An empty cache whose clock and jitter stand still.
pub(crate) fn cache() -> (GrantCache, ManualClock) {
    cache_of(10_000)
}

/// The same for so many keys.
pub(crate) fn cache_of(keys: usize) -> (GrantCache, ManualClock) {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let policy = CachePolicy::builder().jitter(0.5).max_keys(keys).build().unwrap();
    (GrantCache::builder().clock(&clock).policy(policy).build(), clock)
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text, LIFETIME).unwrap()
}

pub(crate) fn begin(cache: &GrantCache, key: &Key) -> Result<Begin> {
    cache.begin(key, BeginOptions::default())
}

/// Runs the fetch of a cold key, as far as its request.
pub(crate) fn fetch(cache: &GrantCache, key: &Key) -> (Ticket, Waiter) {
    match begin(cache, key).unwrap() {
        Begin::Fetch(mut ticket, waiter) => {
            ticket.start();
            (ticket, waiter)
        }
        other => panic!("{other:?}"),
    }
}

/// Joins the fetch that is in flight.
pub(crate) fn join(cache: &GrantCache, key: &Key) -> Waiter {
    match begin(cache, key).unwrap() {
        Begin::Wait(waiter) => waiter,
        other => panic!("{other:?}"),
    }
}

/// Puts a grant under a key.
pub(crate) fn fill(cache: &GrantCache, key: &Key) {
    land(fetch(cache, key).0);
}

/// Ends a fetch with a grant that has the text of its key.
pub(crate) fn land(ticket: Ticket) {
    let text = ticket.key().text().to_owned();
    ticket.complete(Grant::new(text), LIFETIME);
}

/// A failure of upstream that says nothing of others.
pub(crate) fn outage() -> Error {
    Error::new(ErrorKind::UpstreamUnavailable, "out of order")
}

/// How a fetch ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Completed,
    Failed,
    Dropped,
}

impl End {
    /// Any of these, drawn so that a schedule that is played again has the same.
    pub(crate) fn one_of<const N: usize>(ends: [Self; N]) -> Self {
        ends[shuttle::rand::thread_rng().gen_range(0..N)]
    }

    pub(crate) fn any() -> Self {
        Self::one_of([Self::Completed, Self::Failed, Self::Dropped])
    }

    pub(crate) fn come(self, ticket: Ticket) {
        match self {
            Self::Completed => land(ticket),
            Self::Failed => ticket.fail(outage()),
            Self::Dropped => drop(ticket),
        }
    }

    /// What everybody has who waited.
    pub(crate) fn check(self, result: &Result<Hit>) {
        match (self, result.as_ref().map_err(Error::kind)) {
            (Self::Completed, Ok(_))
            | (Self::Failed, Err(ErrorKind::UpstreamUnavailable))
            | (Self::Dropped, Err(ErrorKind::Abandoned)) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Waits in one of four ways, chosen by a number.
pub(crate) fn wait_somehow(waiter: Waiter, way: usize) -> Result<Hit> {
    match way % 4 {
        0 => waiter.wait(),
        1 => shuttle::future::block_on(waiter),
        2 => shuttle::future::block_on(handed_over(waiter)),
        _ => {
            let (sender, receiver) = mpsc::channel();
            drop(waiter.on_ready(move |result| sender.send(result).unwrap()));
            receiver.recv().unwrap()
        }
    }
}

/// Waits in a task that takes the waiter over from another one, which has polled it already.
async fn handed_over(waiter: Waiter) -> Result<Hit> {
    let mut waiter = pin!(waiter);
    match waiter.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => waiter.await,
    }
}

/// Counts the fetches of one key that are in flight, as their drivers see it.
#[derive(Default)]
pub(crate) struct Airspace(AtomicUsize);

impl Airspace {
    /// Lets one fetch fly and land. There must be no other.
    pub(crate) fn fly(&self, mut ticket: Ticket) {
        assert_eq!(self.0.fetch_add(1, Ordering::Relaxed), 0, "two fetches for one key");
        ticket.start();
        self.0.fetch_sub(1, Ordering::Relaxed);
        land(ticket);
    }
}
