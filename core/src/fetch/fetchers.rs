//! The library's own threads that call the sources: as many as there are fetches whose request may be sent,
//! started when one has no thread and gone after a minute without work. A fetch that waits for its turn takes
//! no thread. They start anew in a forked child.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::lanes::{Lane, Lanes};
use super::source::Source;
use crate::cache::{Start, Ticket};
use crate::error::{Error, ErrorKind};
use crate::fork::{self, Generation, LazyForkCell, Reborn};
use crate::progress::Progress;
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::thread::{IDLE, boot_nanos, contained, start_thread};
use crate::trace;
use crate::watch;

/// Fetches at once in a process. An account has its own limit, which is lower.
const THREADS_MAX: usize = 1024;

/// One fetch and the source to ask.
pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) source: Arc<dyn Source>,
}

impl Job {
    /// Runs the fetch on this thread, which waits until the request may be sent.
    pub(super) fn run_here(mut self) {
        loop {
            match self.ticket.start() {
                Start::Go(timeout) => return self.go(timeout),
                Start::Later(after) => std::thread::sleep(after),
                Start::Refused(_) | Start::Served => return,
            }
        }
    }

    /// Ends the fetch, since there is no thread for it.
    pub(super) fn refuse(self) {
        let error = Error::new(ErrorKind::Overloaded, "no thread to fetch the grant could start")
            .with_retry_after(Duration::from_secs(1));
        self.ticket.fail(error);
    }

    /// Hands the fetch on to who starts it.
    fn hand_on(mut self) {
        let timeout = self.ticket.hand_on();
        self.go(timeout);
    }

    fn go(self, timeout: Duration) {
        // Its time counts from here, and has to be watched.
        watch::look_again();
        let (key, refresh) = (self.ticket.key().clone(), self.ticket.is_refresh());
        trace::in_fetch(key.shown_text(), refresh, || {
            self.source.begin_fetch(self.ticket, timeout)
        });
    }
}

/// Has a fetch run when its turn comes, by one of the threads, or by whoever notices that if its source only
/// hands it on. Gives it back if there is no thread and none can be started.
pub(super) fn submit(lane: Lane, job: Job) -> Result<(), Job> {
    if !job.source.hands_on() && !pool().has_thread() {
        return Err(job);
    }
    Parked::wait(lane, job);
    Ok(())
}

fn pool() -> Arc<Pool> {
    static POOL: LazyForkCell<Pool> = LazyForkCell::new();
    POOL.get(|| Pool::new(IDLE))
}

/// A fetch that waits for its turn.
struct Parked {
    lane: Lane,
    progress: Mutex<Progress<Job>>,
}

impl Parked {
    fn wait(lane: Lane, job: Job) {
        Arc::new(Self { lane, progress: Mutex::new(Progress::Waiting(job)) }).go_on();
    }

    /// Asks whether its turn has come, and if not, to be woken then.
    fn go_on(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        let mut context = Context::from_waker(&waker);
        let Some(mut job) = self.progress.lock().take() else { return };
        loop {
            if let Poll::Ready(start) = job.ticket.poll_turn(&mut context) {
                *self.progress.lock() = Progress::Over;
                return self.run(job, start);
            }
            match self.progress.lock().put_back(job) {
                Some(woken) => job = woken,
                None => return,
            }
        }
    }

    fn run(&self, job: Job, start: Start) {
        match start {
            Start::Go(_) if job.source.hands_on() => contained(|| job.hand_on()),
            Start::Go(_) => {
                if let Err(job) = pool().enqueue(self.lane, job) {
                    job.refuse();
                }
            }
            // A thread that could not start may be able to now.
            Start::Later(_) | Start::Refused(_) | Start::Served => watch::look_again(),
        }
    }
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.go_on();
    }
}

/// This process's threads and their work.
struct Pool {
    born: Generation,
    /// How long a thread stays without work.
    idle: Duration,
    work: Mutex<Work>,
    changed: Condvar,
}

struct Work {
    lanes: Lanes<Job>,
    threads: usize,
    idle: usize,
    /// Idle threads that have been told to wake and have not yet.
    woken: usize,
    /// Threads that have not looked for work yet.
    starting: usize,
    /// All that were ever started: the next one's number.
    started: usize,
}

impl Reborn for Pool {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// The parent's fetches are the parent's.
    fn reborn(&self) -> Self {
        Self::new(self.idle)
    }
}

impl Pool {
    fn new(idle: Duration) -> Self {
        let lanes = Lanes::new(THREADS_MAX);
        let work = Work { lanes, threads: 0, idle: 0, woken: 0, starting: 0, started: 0 };
        Self { born: fork::generation(), idle, work: Mutex::new(work), changed: Condvar::default() }
    }

    /// Whether there is a thread, or one could be started.
    fn has_thread(self: &Arc<Self>) -> bool {
        let mut work = self.work.lock();
        work.threads > 0 || self.start_one(&mut work)
    }

    fn enqueue(self: &Arc<Self>, lane: Lane, job: Job) -> Result<(), Job> {
        let mut work = self.work.lock();
        if work.threads == 0 && !self.start_one(&mut work) {
            return Err(job);
        }
        work.lanes.push(lane, job);
        self.staff(work);
        Ok(())
    }

    /// Wakes an idle thread, or starts one if all are busy and there may be more. No more of them
    /// than there are jobs that could start.
    fn staff(self: &Arc<Self>, mut work: MutexGuard<'_, Work>) {
        if work.lanes.ready() <= work.woken + work.starting {
            return;
        }
        if work.idle > work.woken {
            work.woken += 1;
            drop(work);
            self.changed.notify_one();
            return;
        }
        if work.threads < THREADS_MAX {
            self.start_one(&mut work);
        }
    }

    /// Starts a thread; returns whether it could be. The lock is held meanwhile, so that nobody counts
    /// on one that does not come.
    fn start_one(self: &Arc<Self>, work: &mut Work) -> bool {
        let name = format!("grantmint-{}", work.started + 1);
        let pool = Arc::clone(self);
        if !start_thread(name, move || pool.serve()) {
            return false;
        }
        work.threads += 1;
        work.started += 1;
        work.starting += 1;
        true
    }

    /// A thread's lifetime.
    fn serve(self: Arc<Self>) {
        let mut work = self.work.lock();
        work.starting -= 1;
        loop {
            if let Some((lane, job)) = work.lanes.take_turn() {
                drop(work);
                contained(|| drive(lane, job));
                if self.is_foreign() {
                    // The source forked, and this is the child.
                    return;
                }
                work = self.work.lock();
                work.lanes.done(lane);
                continue;
            }
            work.idle += 1;
            let before = boot_nanos();
            work = self.changed.wait_for(work, self.idle);
            work.idle -= 1;
            work.woken = work.woken.saturating_sub(1);
            let rested = Duration::from_nanos(boot_nanos().saturating_sub(before));
            if rested >= self.idle && work.lanes.ready() == 0 {
                work.threads -= 1;
                return;
            }
        }
    }
}

/// Hands one fetch to its source. Its request counts as sent only now, however long it waited for a thread.
fn drive(lane: Lane, mut job: Job) {
    match job.ticket.start() {
        Start::Go(timeout) => job.go(timeout),
        // A 429 came after its turn had: it waits for another.
        Start::Later(_) => Parked::wait(lane, job),
        // It was overdue before a thread was free.
        Start::Refused(_) | Start::Served => watch::look_again(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Begin, BeginOptions, Grant, GrantCache, Key, Waiter};

    const LIFETIME: Duration = Duration::from_secs(60);

    /// Brings an empty grant right there.
    struct Fixed;

    impl Source for Fixed {
        fn begin_fetch(&self, ticket: Ticket, _: Duration) {
            ticket.complete(Grant::new("{}"), LIFETIME);
        }
    }

    struct Explosive;

    impl Source for Explosive {
        fn begin_fetch(&self, ticket: Ticket, timeout: Duration) {
            Fixed.begin_fetch(ticket, timeout);
        }
    }

    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("in a source's destructor, on purpose");
        }
    }

    fn job(cache: &GrantCache, number: usize, source: &Arc<dyn Source>) -> (Job, Waiter) {
        let key = Key::new(&format!("stream-{number}"), LIFETIME).unwrap();
        match cache.begin(&key, BeginOptions::default()).unwrap() {
            Begin::Fetch(ticket, waiter) => (Job { ticket, source: Arc::clone(source) }, waiter),
            other => panic!("a cold key is led, not {other:?}"),
        }
    }

    fn threads(pool: &Pool) -> usize {
        pool.work.lock().threads
    }

    fn until_gone(pool: &Pool) {
        let start = std::time::Instant::now();
        while threads(pool) > 0 {
            assert!(start.elapsed() < Duration::from_secs(10), "an idle thread stays");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_thread_ends_without_work_and_another_starts_with_it() {
        let pool = Arc::new(Pool::new(Duration::from_millis(20)));
        let cache = GrantCache::builder().build();
        let source: Arc<dyn Source> = Arc::new(Fixed);
        for number in 0..3 {
            let (job, waiter) = job(&cache, number, &source);
            assert!(pool.enqueue(Lane(1), job).is_ok());
            waiter.wait().unwrap();
            until_gone(&pool);
        }
        assert_eq!(pool.work.lock().started, 3);
    }

    #[test]
    fn a_source_that_panics_when_dropped_takes_no_thread_with_it() {
        let pool = Arc::new(Pool::new(Duration::from_secs(10)));
        let cache = GrantCache::builder().build();
        for number in 0..20 {
            let source: Arc<dyn Source> = Arc::new(Explosive);
            let (job, waiter) = job(&cache, number, &source);
            drop(source);
            assert!(pool.enqueue(Lane(1), job).is_ok());
            waiter.wait().unwrap();
        }
        // A thread that a panic took with it is counted still, and never idle.
        let start = std::time::Instant::now();
        let all_are_idle = || {
            let work = pool.work.lock();
            work.idle == work.threads
        };
        while !all_are_idle() {
            assert!(start.elapsed() < Duration::from_secs(5), "a thread is gone");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
