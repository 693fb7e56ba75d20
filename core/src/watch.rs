//! The one thread that watches the time: it runs what was put off, tells callers whose time is over,
//! keeps warm what is to be kept warm and ends the fetches that outlive their time. Started when
//! there is something to come, gone after a minute with nothing to come.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::nanos;
use crate::fork::{self, Generation, LazyForkCell, Reborn};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::thread::{IDLE, boot_nanos, contained, start_thread};

/// The longest sleep: the condition's clock may stand still while the machine sleeps, the boot
/// clock does not.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// After a look at those watched, the next comes no sooner than this, whatever they say.
const GRAIN: Duration = Duration::from_millis(1);

/// Work that falls due without a caller.
pub(crate) trait Watched: Send + Sync {
    /// After how long there is something to do; zero if there is now.
    fn next_wakeup(&self) -> Option<Duration>;

    /// Does it.
    fn poll(self: Arc<Self>);
}

/// Runs a task at a time, in nanoseconds since boot, on the watching thread, which it must not
/// block.
pub(crate) fn at(time: u64, task: impl FnOnce() + Send + 'static) -> Alarm {
    let watch = watch();
    let mut work = watch.work.lock();
    let id = work.next_id;
    work.next_id += 1;
    work.alarms.insert((time, id), Box::new(task));
    watch.attend(work, time);
    Alarm { born: fork::generation(), time, id }
}

/// Looks after what falls due in something, for as long as there is anything and it is in use.
pub(crate) fn over(watched: &Arc<impl Watched + 'static>) {
    let watch = watch();
    let mut work = watch.work.lock();
    work.add(watched);
    work.changes += 1;
    watch.attend(work, 0);
}

/// As [`over`], for what may as well be done at the next call into the library: starts no thread for it.
/// At `time`, in nanoseconds since boot, there is something to do.
pub(crate) fn beside(watched: &Arc<impl Watched + 'static>, time: u64) {
    let watch = watch();
    let mut work = watch.work.lock();
    work.add(watched);
    if work.attended {
        work.changes += 1;
        watch.attend(work, time);
    }
}

/// Tells that something watched may fall due sooner than it did.
pub(crate) fn look_again() {
    let watch = watch();
    let mut work = watch.work.lock();
    // Alarms that nobody attends are those of a thread that could not start: try again.
    if work.attended || !work.alarms.is_empty() {
        work.changes += 1;
        watch.attend(work, 0);
    }
}

/// A task that is put off. Dropping this leaves it in place.
pub(crate) struct Alarm {
    born: Generation,
    time: u64,
    id: u64,
}

impl Alarm {
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
    watched: Vec<Weak<dyn Watched>>,
    /// Raised by all that concerns those watched, so that the thread notices what came while it
    /// looked.
    changes: u64,
    /// There is a thread.
    attended: bool,
    /// Until when it sleeps, in nanoseconds since boot; zero while it is awake.
    asleep_until: u64,
}

/// What a look at the watched has shown.
#[derive(Default)]
struct Outlook {
    /// The changes that it takes in.
    seen: u64,
    /// There was something to do.
    busy: bool,
    /// Those with something to do now.
    due: Vec<Arc<dyn Watched>>,
    /// When the next of the others falls due, in nanoseconds since boot.
    next: Option<u64>,
    /// Those that need not be watched any more.
    done: Vec<Weak<dyn Watched>>,
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

    /// Sees to it that the thread is awake at a time.
    fn attend(self: &Arc<Self>, mut work: MutexGuard<'_, Work>, time: u64) {
        if work.attended {
            let wake = time < work.asleep_until;
            drop(work);
            if wake {
                self.changed.notify_one();
            }
            return;
        }
        work.attended = true;
        drop(work);
        let watch = Arc::clone(self);
        if !start_thread("grantmint-watch".to_owned(), move || watch.serve()) {
            // A caller that blocks watches its own time, and the next that comes here tries again.
            self.work.lock().attended = false;
        }
    }

    /// The thread's lifetime.
    fn serve(self: Arc<Self>) {
        let mut rested = Duration::ZERO;
        while !self.is_foreign() {
            let outlook = self.look();
            if outlook.busy {
                rested = Duration::ZERO;
                continue;
            }
            match self.rest(outlook, rested) {
                Some(time) => rested += time,
                None => return,
            }
        }
        // Foreign code that was called here forked, and this is the child.
    }

    /// Does all that is due, and looks at what is to come. All without the lock: what is called has
    /// locks of its own, and its last user may be gone, so that it is dropped here.
    fn look(&self) -> Outlook {
        let mut work = self.work.lock();
        let (tasks, watched) = (work.take_due(), work.watched.clone());
        let mut outlook = Outlook { seen: work.changes, ..Outlook::default() };
        drop(work);
        outlook.busy = !tasks.is_empty();
        tasks.into_iter().for_each(contained);
        contained(|| outlook.of(&watched));
        let due = std::mem::take(&mut outlook.due);
        if !due.is_empty() {
            due.into_iter().for_each(|due| contained(|| due.poll()));
            outlook.busy = true;
            std::thread::sleep(GRAIN);
        }
        outlook
    }

    /// Sleeps until the next is due and returns for how long; none if the thread has nothing to
    /// come any more.
    fn rest(&self, outlook: Outlook, rested: Duration) -> Option<Duration> {
        let mut work = self.work.lock();
        if work.changes != outlook.seen {
            return Some(Duration::ZERO);
        }
        work.watched.retain(|weak| !outlook.done.iter().any(|done| done.ptr_eq(weak)));
        let now = boot_nanos();
        let alarm = work.alarms.keys().next().map(|(time, _)| *time);
        let time = match outlook.next.into_iter().chain(alarm).min() {
            Some(at) => Duration::from_nanos(at.saturating_sub(now)),
            None if rested >= self.idle => {
                work.attended = false;
                return None;
            }
            None => self.idle.saturating_sub(rested),
        };
        let time = time.min(SLEEP_MAX);
        work.asleep_until = now.saturating_add(nanos(time));
        let mut work = self.changed.wait_for(work, time);
        work.asleep_until = 0;
        Some(Duration::from_nanos(boot_nanos().saturating_sub(now)))
    }
}

impl Work {
    fn add(&mut self, watched: &Arc<impl Watched + 'static>) {
        let weak: Weak<dyn Watched> = Arc::downgrade(watched) as _;
        if !self.watched.iter().any(|other| other.ptr_eq(&weak)) {
            // Without a thread nobody else takes out what is gone.
            self.watched.retain(|other| other.strong_count() > 0);
            self.watched.push(weak);
        }
    }

    fn take_due(&mut self) -> Vec<Task> {
        let later = self.alarms.split_off(&(boot_nanos().saturating_add(1), 0));
        std::mem::replace(&mut self.alarms, later).into_values().collect()
    }
}

impl Outlook {
    fn of(&mut self, watched: &[Weak<dyn Watched>]) {
        for weak in watched {
            let strong = weak.upgrade();
            match (strong.as_ref().and_then(|watched| watched.next_wakeup()), strong) {
                (Some(Duration::ZERO), Some(watched)) => self.due.push(watched),
                (Some(after), _) => {
                    let at = boot_nanos().saturating_add(nanos(after));
                    self.next = Some(self.next.map_or(at, |next| next.min(at)));
                }
                (None, _) => self.done.push(weak.clone()),
            }
        }
    }
}

#[cfg(test)]
mod tests;
