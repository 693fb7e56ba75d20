//! Lifetime after `fork`: a child has one thread, whatever locks its parent's other threads held stay
//! locked in it, and its parent's threads and connections are not its own.
//!
//! So everything that owns a lock, a thread or a socket lies in a [`ForkCell`] or a [`LazyForkCell`].
//! A hook that the C library calls in the child does nothing but raise a number; the next caller that opens a
//! cell finds that the number differs and puts a new value in its place. The old one is leaked: to
//! drop it could join threads that are gone or speak on a connection that is the parent's.

#![allow(unsafe_code, reason = "the fork hook and the signal mask have no safe interface")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};

use crate::sync::Mutex;

/// How many forks lie between this process and the one that loaded the library.
pub(crate) type Generation = u32;

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The generation of this process. Two loads once the hook is in place.
#[inline]
pub(crate) fn generation() -> Generation {
    // Not a `Once`: a child forked while another thread is inside it would wait for ever. Threads
    // that come here together each install the hook, and a number raised twice differs as well.
    static HOOKED: AtomicBool = AtomicBool::new(false);
    if !HOOKED.load(Ordering::Acquire) {
        install_hook();
        HOOKED.store(true, Ordering::Release);
    }
    GENERATION.load(Ordering::Relaxed)
}

#[cold]
#[cfg(unix)]
fn install_hook() {
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: pthread_atfork stores the function pointer and calls it in each child; the function
    // lives as long as the program (the library is never unloaded), does nothing but one atomic
    // addition, which is allowed there, and cannot unwind.
    let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    // It fails only for want of memory, and then forks go unnoticed as in any other library.
    debug_assert_eq!(status, 0);
}

#[cfg(not(unix))]
fn install_hook() {}

/// What a thread brings upon itself by a mistake. Blocked, it would end the process unseen by the host's
/// crash reporter.
#[cfg(unix)]
const OF_A_CRASH: [libc::c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGSYS,
];

/// Runs a function with all signals blocked on this thread but those of a crash, so that a thread
/// started by it never becomes the one that handles the host's signals.
#[cfg(unix)]
pub(crate) fn with_signals_blocked<R>(run: impl FnOnce() -> R) -> R {
    use std::mem::MaybeUninit;
    use std::ptr;

    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: both sets are valid for writing; sigfillset initialises `all` before it is read, and
    // pthread_sigmask initialises `before`.
    let blocked = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        for signal in OF_A_CRASH {
            libc::sigdelset(all.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) == 0
    };
    let result = run();
    if blocked {
        // SAFETY: the call above succeeded and so initialised `before`; a null pointer asks for no
        // old mask.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        }
    }
    result
}

/// Signals are not blocked where they do not exist.
#[cfg(not(unix))]
pub(crate) fn with_signals_blocked<R>(run: impl FnOnce() -> R) -> R {
    run()
}

/// What can be made anew in a forked child.
pub(crate) trait Reborn {
    /// Whether this was made in another process.
    fn is_foreign(&self) -> bool;

    /// The value for this process. Runs in a child whose other threads are gone, so it must take no
    /// lock of the old value.
    fn reborn(&self) -> Self;
}

/// A value of this process: made anew in a forked child, the old one leaked.
pub(crate) struct ForkCell<T: Reborn>(ArcSwap<T>);

impl<T: Reborn> ForkCell<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(ArcSwap::from_pointee(value))
    }

    /// The value of this process.
    #[inline]
    pub(crate) fn get(&self) -> Guard<Arc<T>> {
        let value = self.0.load();
        if value.is_foreign() { self.renew(&value) } else { value }
    }

    #[cold]
    fn renew(&self, old: &Arc<T>) -> Guard<Arc<T>> {
        let fresh = Arc::new(old.reborn());
        let before = self.0.compare_and_swap(old, fresh);
        if Arc::ptr_eq(&before, old) {
            std::mem::forget(Arc::clone(old));
        }
        self.0.load()
    }
}

impl<T: Reborn> Drop for ForkCell<T> {
    fn drop(&mut self) {
        let value = self.0.load_full();
        if value.is_foreign() {
            std::mem::forget(value);
        }
    }
}

/// A value of this process for a static: made when it is first asked for, and again in a forked
/// child. Not a `OnceLock`: a child forked while another thread is inside it would wait for ever.
pub(crate) struct LazyForkCell<T>(ArcSwapOption<T>);

impl<T: Reborn> LazyForkCell<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// The value of this process. Threads that come first together may each make one, and all get
    /// the same.
    pub(crate) fn get(&self, make: impl Fn() -> T) -> Arc<T> {
        loop {
            let current = self.0.load();
            let fresh = match &*current {
                Some(value) if !value.is_foreign() => return Arc::clone(value),
                Some(old) => old.reborn(),
                None => make(),
            };
            let before = self.0.compare_and_swap(&*current, Some(Arc::new(fresh)));
            if let (Some(old), Some(before)) = (&*current, &*before)
                && Arc::ptr_eq(old, before)
            {
                std::mem::forget(Arc::clone(old));
            }
        }
    }
}

/// A value for a static that a forked child takes over as it is: made when it is first asked for. It
/// owns no lock, thread or socket itself.
pub(crate) struct Inherited<T>(ArcSwapOption<T>);

impl<T> Inherited<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// The value. Threads that come first together may each make one, and all get the same.
    pub(crate) fn get(&self, make: impl Fn() -> T) -> Arc<T> {
        loop {
            if let Some(value) = &*self.0.load() {
                return Arc::clone(value);
            }
            self.0.compare_and_swap(&None::<Arc<T>>, Some(Arc::new(make())));
        }
    }
}

/// A lock that is open in a forked child, even if another thread held it in the parent.
pub(crate) struct ForkMutex(ForkCell<Turn>);

struct Turn {
    born: Generation,
    lock: Mutex<()>,
}

impl ForkMutex {
    pub(crate) fn new() -> Self {
        Self(ForkCell::new(Turn::new()))
    }

    /// Runs a function that no other thread of this process runs under this lock meanwhile.
    pub(crate) fn hold<R>(&self, run: impl FnOnce() -> R) -> R {
        let turn = self.0.get();
        let _held = turn.lock.lock();
        run()
    }
}

impl Turn {
    fn new() -> Self {
        Self { born: generation(), lock: Mutex::default() }
    }
}

impl Reborn for Turn {
    fn is_foreign(&self) -> bool {
        self.born != generation()
    }

    fn reborn(&self) -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    struct Number(u32, bool);

    impl Reborn for Number {
        fn is_foreign(&self) -> bool {
            self.1
        }

        fn reborn(&self) -> Self {
            Self(self.0 + 1, false)
        }
    }

    #[test]
    fn a_foreign_value_is_replaced_once_and_leaked() {
        let cell = ForkCell::new(Number(1, true));
        let old = cell.0.load_full();
        assert_eq!(cell.get().0, 2);
        assert_eq!(cell.get().0, 2);
        assert_eq!(Arc::strong_count(&old), 2);
        // Held for ever, so that a search for leaks does not find the one that is meant.
        static LEAKED: OnceLock<Arc<Number>> = OnceLock::new();
        assert!(LEAKED.set(old).is_ok());
    }

    #[test]
    fn a_foreign_value_is_not_dropped_with_its_cell() {
        for (foreign, left) in [(true, 2), (false, 1)] {
            let cell = ForkCell::new(Number(1, foreign));
            let value = cell.0.load_full();
            drop(cell);
            assert_eq!(Arc::strong_count(&value), left);
        }
    }

    #[test]
    fn a_lazy_value_is_made_once_and_again_when_foreign() {
        static CELL: LazyForkCell<Number> = LazyForkCell::new();
        let first = CELL.get(|| Number(1, false));
        assert!(Arc::ptr_eq(&first, &CELL.get(|| Number(2, false))));
        CELL.0.store(Some(Arc::new(Number(3, true))));
        assert_eq!(CELL.get(|| Number(4, false)).0, 4);
    }

    #[test]
    fn the_signal_mask_comes_back() {
        assert_eq!(with_signals_blocked(|| 7), 7);
        assert_eq!(generation(), generation());
    }
}
