//! The library's own threads, which call the sources: at most eight in a process and four for one
//! cache, started on the first miss and gone after a minute without work. They block all signals,
//! are never joined, and start anew in a forked child.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::Duration;

use super::feed::{Feed, Watched};
use super::source::{Fetched, GrantRequest, GrantSource};
use crate::cache::{Start, Ticket};
use crate::clock::{Clock, nanos};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, ForkCell, Generation, Reborn, with_signals_blocked};
use crate::sync::{Condvar, Mutex, MutexGuard};

/// Fetches at once in a process.
const THREADS_MAX: usize = 8;
/// Fetches at once for one cache.
const LANE_MAX: usize = 4;
/// A thread without work ends after this time.
const IDLE: Duration = Duration::from_secs(60);
/// The stack of a fetcher thread: TLS and JSON need far less.
const STACK_BYTES: usize = 512 * 1024;

/// A cache among others: fetches of one lane wait for each other, not for those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane(pub(super) usize);

/// One flight and the source to ask.
pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) source: Arc<dyn GrantSource>,
}

/// Has a flight driven by one of the threads, and watched in case it never ends.
pub(super) fn submit(feed: &Arc<Feed>, lane: Lane, job: Job) {
    let pool = Arc::clone(&pool().get());
    let mut work = pool.work.lock();
    work.watch(feed);
    work.queue(lane, job);
    pool.staff(work);
}

/// Has a thread look after what falls due in a cache without a caller.
pub(super) fn watch(feed: &Arc<Feed>) {
    let pool = Arc::clone(&pool().get());
    let mut work = pool.work.lock();
    work.watch(feed);
    pool.staff(work);
}

fn pool() -> &'static ForkCell<Pool> {
    static POOL: OnceLock<ForkCell<Pool>> = OnceLock::new();
    POOL.get_or_init(|| ForkCell::new(Pool::new()))
}

/// This process's threads and their work.
struct Pool {
    born: Generation,
    work: Mutex<Work>,
    changed: Condvar,
}

#[derive(Default)]
struct Work {
    /// Lanes with work, in the order in which their turn comes.
    lanes: VecDeque<Queue>,
    /// Jobs that may not start yet: when, in nanoseconds since boot.
    delayed: Vec<(u64, Lane, Job)>,
    watched: Vec<Weak<Feed>>,
    /// Raised by all new work, so that a thread notices what came while it looked elsewhere.
    changes: u64,
    threads: usize,
    idle: usize,
    /// Idle threads that have been told to wake and have not yet.
    woken: usize,
    started: usize,
}

struct Queue {
    lane: Lane,
    jobs: VecDeque<Job>,
    running: usize,
}

/// What the watched caches have to come.
struct Outlook {
    /// Those with something to do now.
    due: Vec<Arc<Feed>>,
    /// When the next of the others falls due, in nanoseconds since boot.
    next: Option<u64>,
    /// Those that need not be watched any more.
    done: Vec<Weak<Feed>>,
}

impl Reborn for Pool {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// The parent's flights are the parent's; only the caches are watched again, by whoever uses
    /// them.
    fn reborn(&self) -> Self {
        Self::new()
    }
}

impl Pool {
    fn new() -> Self {
        Self { born: fork::generation(), work: Mutex::default(), changed: Condvar::default() }
    }

    /// Wakes an idle thread, or starts one if all are busy and there may be more.
    fn staff(self: &Arc<Self>, mut work: MutexGuard<'_, Work>) {
        if work.idle > work.woken {
            work.woken += 1;
            drop(work);
            self.changed.notify_one();
            return;
        }
        if work.threads >= THREADS_MAX {
            return;
        }
        work.threads += 1;
        work.started += 1;
        let name = format!("grantmint-{}", work.started);
        drop(work);
        let pool = Arc::clone(self);
        let builder = thread::Builder::new().name(name).stack_size(STACK_BYTES);
        if with_signals_blocked(|| builder.spawn(move || pool.serve())).is_err() {
            self.give_up();
        }
    }

    /// No thread could be started. If there is none at all, nobody may be left waiting.
    fn give_up(&self) {
        let mut work = self.work.lock();
        work.threads -= 1;
        if work.threads > 0 {
            return;
        }
        let jobs = work.take_all();
        drop(work);
        for job in jobs {
            job.ticket.fail(
                Error::new(ErrorKind::Overloaded, "no thread to fetch the grant could be started")
                    .with_retry_after(Duration::from_secs(1)),
            );
        }
    }

    /// A thread's life.
    fn serve(self: Arc<Self>) {
        let mut rested = Duration::ZERO;
        loop {
            let mut work = self.work.lock();
            work.revive(boot_nanos());
            if let Some((lane, job)) = work.take_turn() {
                drop(work);
                let later = drive(job);
                self.work.lock().ran(lane, later);
                rested = Duration::ZERO;
                continue;
            }
            // The caches are asked without the lock: they have locks of their own, and the last
            // user of one may be gone, so that it is dropped here.
            let (watched, seen) = (work.watched.clone(), work.changes);
            drop(work);
            let outlook = Outlook::of(&watched);
            for feed in &outlook.due {
                Arc::clone(feed).poll();
                rested = Duration::ZERO;
            }
            if !outlook.due.is_empty() {
                continue;
            }
            let mut work = self.work.lock();
            if work.changes != seen {
                continue;
            }
            work.watched.retain(|feed| !outlook.done.iter().any(|done| done.ptr_eq(feed)));
            let Some(time) = work.rest(rested, outlook.next) else {
                work.threads -= 1;
                return;
            };
            work.idle += 1;
            let before = boot_nanos();
            let mut work = self.changed.wait_for(work, time);
            work.idle -= 1;
            work.woken = work.woken.saturating_sub(1);
            rested += Duration::from_nanos(boot_nanos().saturating_sub(before));
        }
    }
}

impl Outlook {
    fn of(watched: &[Weak<Feed>]) -> Self {
        let now = boot_nanos();
        let mut outlook = Self { due: Vec::new(), next: None, done: Vec::new() };
        for weak in watched {
            let feed = weak.upgrade();
            match (feed.as_ref().and_then(|feed| feed.next_wakeup()), feed) {
                (Some(at), Some(feed)) if at <= now => outlook.due.push(feed),
                (Some(at), _) => outlook.next = Some(outlook.next.map_or(at, |next| next.min(at))),
                (None, _) => outlook.done.push(weak.clone()),
            }
        }
        outlook
    }
}

impl Work {
    fn queue(&mut self, lane: Lane, job: Job) {
        self.changes += 1;
        match self.lanes.iter_mut().find(|queue| queue.lane == lane) {
            Some(queue) => queue.jobs.push_back(job),
            None => self.lanes.push_back(Queue { lane, jobs: [job].into(), running: 0 }),
        }
    }

    /// How long a thread without work rests, or none if it ends. The last thread stays for as long
    /// as anything is to come.
    fn rest(&self, rested: Duration, next: Option<u64>) -> Option<Duration> {
        let delayed = self.delayed.iter().map(|(at, ..)| *at);
        let wakeup = delayed.chain(next).min();
        let wakeup = wakeup.map(|at| Duration::from_nanos(at.saturating_sub(boot_nanos())));
        let last = self.threads == 1;
        match wakeup {
            Some(after) if last => Some(after.min(IDLE)),
            Some(after) => IDLE.checked_sub(rested).map(|left| left.min(after)),
            None => IDLE.checked_sub(rested),
        }
        .filter(|time| !time.is_zero() || last && wakeup.is_some())
    }

    /// Queues the delayed jobs whose time has come.
    fn revive(&mut self, now: u64) {
        while let Some(index) = self.delayed.iter().position(|(at, ..)| *at <= now) {
            let (_, lane, job) = self.delayed.swap_remove(index);
            self.queue(lane, job);
        }
    }

    /// The next job, lane by lane in turn, so that one cache with many streams does not hold up
    /// another.
    fn take_turn(&mut self) -> Option<(Lane, Job)> {
        let ready = |queue: &Queue| !queue.jobs.is_empty() && queue.running < LANE_MAX;
        let index = self.lanes.iter().position(ready)?;
        let mut queue = self.lanes.remove(index)?;
        let job = queue.jobs.pop_front()?;
        queue.running += 1;
        let lane = queue.lane;
        self.lanes.push_back(queue);
        Some((lane, job))
    }

    /// A job is done, or has to come back at a time.
    fn ran(&mut self, lane: Lane, later: Option<(u64, Job)>) {
        if let Some((at, job)) = later {
            self.delayed.push((at, lane, job));
        }
        if let Some(queue) = self.lanes.iter_mut().find(|queue| queue.lane == lane) {
            queue.running -= 1;
        }
        self.lanes.retain(|queue| queue.running > 0 || !queue.jobs.is_empty());
    }

    fn watch(&mut self, feed: &Arc<Feed>) {
        self.changes += 1;
        let known = |other: &Weak<Feed>| std::ptr::eq(other.as_ptr(), Arc::as_ptr(feed));
        if !self.watched.iter().any(known) {
            self.watched.push(feed.downgrade());
        }
    }

    fn take_all(&mut self) -> Vec<Job> {
        let queued = self.lanes.drain(..).flat_map(|queue| queue.jobs);
        let mut jobs: Vec<Job> = queued.collect();
        jobs.extend(self.delayed.drain(..).map(|(_, _, job)| job));
        jobs
    }
}

/// Drives one flight to its end, unless its request may only be sent later.
fn drive(mut job: Job) -> Option<(u64, Job)> {
    match job.ticket.start() {
        Start::Go(timeout) => {
            match fetch(&job, timeout) {
                Ok(fetched) => land(job.ticket, fetched),
                Err(error) => job.ticket.fail(error),
            }
            None
        }
        Start::Later(after) => Some((boot_nanos().saturating_add(nanos(after)), job)),
        Start::Refused(_) => None,
    }
}

/// Asks the source. One that panics fails its flight, not the thread.
fn fetch(job: &Job, timeout: Duration) -> Result<Fetched> {
    let request = GrantRequest::of_key(job.ticket.key())?;
    let fetched = catch_unwind(AssertUnwindSafe(|| job.source.fetch(&request, timeout)));
    fetched.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::SourceFailed, "the source of grants panicked"))
    })
}

fn land(ticket: Ticket, fetched: Fetched) {
    if let Some(ms) = fetched.clock_offset_ms {
        ticket.note_clock_offset(ms);
    }
    let asked = ticket.key().ttl();
    ticket.complete(fetched.grant, fetched.ttl.unwrap_or(asked));
}

fn boot_nanos() -> u64 {
    Clock::system().now().boot_nanos()
}
