//! The one thread that watches the time: it runs what was put off, tells callers whose time is over,
//! keeps warm what is to be kept warm and ends the fetches that outlive their time. Started when
//! there is something to come, gone after a minute with nothing to come.
//!
//! With n alarms and things that are watched, an event takes O(log n) steps: the thread looks at those that it
//! is time for and at those that something happened to. Only a step of the wall clock has it look at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::{Clock, nanos};
use crate::fork::{self, Generation, LazyForkCell, Reborn};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::things::Things;
use crate::thread::{IDLE, boot_nanos, contained, start_thread};

/// The longest sleep: the condition's clock may stand still while the machine sleeps, the boot
/// clock does not.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// After something was done for those watched, the next look comes no sooner than this, whatever they say.
const GRAIN: Duration = Duration::from_millis(1);

/// A larger step of the wall clock against the boot clock moves what falls due by it.
const STEP: u64 = 1_000_000_000;

/// Work that falls due without a caller.
pub(crate) trait Watched: Send + Sync {
    /// After how long there is something to do; zero if there is now.
    fn next_wakeup(&self) -> Option<Duration>;

    /// Does it.
    fn poll(self: Arc<Self>);

    /// Whether it goes by a clock that a test moves.
    fn is_by_hand(&self) -> bool {
        false
    }
}

/// Runs a task at a time, in nanoseconds since boot, on the watching thread, which it must not
/// block.
pub(crate) fn at(time: u64, task: impl FnOnce() + Send + 'static) -> Alarm {
    let watch = watch();
    let mut work = watch.work.lock();
    let id = work.next_id;
    work.next_id += 1;
    work.alarms.insert((time, id), Box::new(task));
    let is_attended = watch.attend(work, time);
    Alarm { born: fork::generation(), time, id, is_attended }
}

/// Looks after what falls due in something, for as long as there is anything and it is in use. Tell this
/// again when something may have come to do.
pub(crate) fn over(watched: &Arc<impl Watched + 'static>) {
    let watch = watch();
    let mut work = watch.work.lock();
    work.watched.add(Arc::downgrade(watched) as _, watched.is_by_hand());
    watch.attend(work, 0);
}

/// As [`over`], for what may as well be done at the next call into the library: starts no thread for it.
/// At `time`, in nanoseconds since boot, there is something to do.
pub(crate) fn beside(watched: &Arc<impl Watched + 'static>, time: u64) {
    let watch = watch();
    let mut work = watch.work.lock();
    work.watched.add(Arc::downgrade(watched) as _, watched.is_by_hand());
    if work.attended {
        watch.attend(work, time);
    }
}

/// Something falls due sooner than it did, if it is watched. Starts no thread, and takes no lock but one
/// under which no other is taken.
pub(crate) fn sooner(watched: &Weak<dyn Watched>) {
    let watch = watch();
    let mut work = watch.work.lock();
    if work.watched.look_at(watched) && work.attended {
        watch.attend(work, 0);
    }
}

/// Tries to start the thread again if none could be started and alarms wait for it.
pub(crate) fn look_again() {
    let watch = watch();
    let work = watch.work.lock();
    if !work.attended && !work.alarms.is_empty() {
        watch.attend(work, 0);
    }
}

/// A task that is put off. Dropping this leaves it in place.
pub(crate) struct Alarm {
    born: Generation,
    time: u64,
    id: u64,
    is_attended: bool,
}

impl Alarm {
    /// Whether there is a thread to run the task. If not, it waits until one can be started, which may be
    /// never.
    pub(crate) fn is_attended(&self) -> bool {
        self.is_attended
    }

    /// Takes the task back, unless it has been run or is being run.
    pub(crate) fn cancel(self) {
        // A child has none of its parent's alarms.
        if self.born == fork::generation() {
            let task = watch().work.lock().alarms.remove(&(self.time, self.id));
            // What it owns may do anything when dropped, so not under the lock.
            drop(task);
        }
    }
}

fn watch() -> Arc<Watch> {
    static WATCH: LazyForkCell<Watch> = LazyForkCell::new();
    WATCH.get(|| Watch::new(IDLE))
}

type Task = Box<dyn FnOnce() + Send>;

struct Watch {
    born: Generation,
    /// How long the thread stays with nothing to come.
    idle: Duration,
    work: Mutex<Work>,
    changed: Condvar,
}

#[derive(Default)]
struct Work {
    /// By when they go off, then in the order they came.
    alarms: BTreeMap<(u64, u64), Task>,
    next_id: u64,
    watched: Things<dyn Watched>,
    /// How far the wall clock is ahead of the boot clock, in nanoseconds.
    wall_ahead: u64,
    /// There is a thread.
    attended: bool,
    /// Until when it sleeps, in nanoseconds since boot; zero while it is awake.
    asleep_until: u64,
}

impl Reborn for Watch {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// What the parent watches is the parent's.
    fn reborn(&self) -> Self {
        Self::new(self.idle)
    }
}

impl Watch {
    fn new(idle: Duration) -> Self {
        let born = fork::generation();
        Self { born, idle, work: Mutex::default(), changed: Condvar::default() }
    }

    /// Sees to it that the thread is awake at a time. False if there is none.
    fn attend(self: &Arc<Self>, mut work: MutexGuard<'_, Work>, time: u64) -> bool {
        if work.attended {
            let wake = time < work.asleep_until;
            drop(work);
            if wake {
                self.changed.notify_one();
            }
            return true;
        }
        let watch = Arc::clone(self);
        // Under the lock, so that nobody counts on a thread that does not come. A caller that blocks watches
        // its own time, and the next that comes here tries again.
        work.attended = start_thread("grantmint-watch".to_owned(), move || watch.serve());
        work.attended
    }

    /// The thread's lifetime.
    fn serve(self: Arc<Self>) {
        let mut rested = Duration::ZERO;
        while !self.is_foreign() {
            if self.look() {
                rested = Duration::ZERO;
                continue;
            }
            match self.rest(rested) {
                Some(time) => rested += time,
                None => return,
            }
        }
        // Foreign code that was called here forked, and this is the child.
    }

    /// Does all that is due; returns whether there was anything. All without the lock: what is called has
    /// locks of its own, and its last user may be gone, so that it is dropped here.
    fn look(&self) -> bool {
        let mut work = self.work.lock();
        work.notice_step();
        let (tasks, watched) = (work.take_due(), work.watched.take(boot_nanos()));
        drop(work);
        let mut busy = !tasks.is_empty();
        tasks.into_iter().for_each(contained);
        let mut polled = false;
        for weak in &watched {
            polled |= self.look_at(weak);
        }
        if polled {
            busy = true;
            std::thread::sleep(GRAIN);
        }
        busy
    }

    /// Looks at one of those watched, and does what is due there; returns whether that was anything.
    fn look_at(&self, weak: &Weak<dyn Watched>) -> bool {
        let strong = weak.upgrade();
        let mut next = None;
        contained(|| next = strong.as_ref().and_then(|watched| watched.next_wakeup()));
        let is_due = next == Some(Duration::ZERO);
        if let Some(watched) = strong {
            contained(move || {
                if is_due {
                    watched.poll()
                }
            });
        }
        // In a child that foreign code forked, the lock may be held by a thread that is not there.
        if !self.is_foreign() {
            let at = next.map(|after| boot_nanos().saturating_add(nanos(after)));
            self.work.lock().watched.put_back(weak, at);
        }
        is_due
    }

    /// Sleeps until the next is due and returns for how long; none if the thread has nothing to
    /// come any more.
    fn rest(&self, rested: Duration) -> Option<Duration> {
        let mut work = self.work.lock();
        let now = boot_nanos();
        let alarm = work.alarms.keys().next().map(|(time, _)| *time);
        let time = match work.watched.next().into_iter().chain(alarm).min() {
            Some(at) => Duration::from_nanos(at.saturating_sub(now)),
            None if rested >= self.idle => {
                work.attended = false;
                return None;
            }
            None => self.idle.saturating_sub(rested),
        };
        if time.is_zero() {
            return Some(time);
        }
        let time = time.min(SLEEP_MAX);
        work.asleep_until = now.saturating_add(nanos(time));
        let mut work = self.changed.wait_for(work, time);
        work.asleep_until = 0;
        Some(Duration::from_nanos(boot_nanos().saturating_sub(now)))
    }
}

impl Work {
    fn take_due(&mut self) -> Vec<Task> {
        let (now, mut due) = (boot_nanos(), Vec::new());
        while let Some(first) = self.alarms.first_entry().filter(|first| first.key().0 <= now) {
            due.push(first.remove());
        }
        due
    }

    /// Looks at everything if the wall clock was set: a grant ends by either clock.
    fn notice_step(&mut self) {
        let now = Clock::system().now();
        let wall_ahead = now.wall_nanos().wrapping_sub(now.boot_nanos());
        if wall_ahead.abs_diff(self.wall_ahead) > STEP {
            self.wall_ahead = wall_ahead;
            self.watched.look_at_all();
        }
    }
}

#[cfg(test)]
mod tests;
