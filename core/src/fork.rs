//! Life after `fork`: a child has one thread, whatever locks its parent's other threads held stay
//! locked in it, and its parent's threads and connections are not its own.
//!
//! So everything that owns a lock, a thread or a socket lies in a [`ForkCell`]. A hook that the C
//! library calls in the child does nothing but raise a number; whoever next opens a cell finds
//! that the number differs and puts a new value in its place. The old one is leaked: to drop it
//! could join threads that are gone or speak on a connection that is the parent's.

#![allow(unsafe_code, reason = "the fork hook and the signal mask have no safe interface")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use arc_swap::{ArcSwap, Guard};

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

/// Runs a function with all signals blocked on this thread, so that a thread started by it never
/// becomes the one that handles the host's signals.
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
pub(crate) struct ForkCell<T>(ArcSwap<T>);

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

#[cfg(test)]
mod tests {
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
    }

    #[test]
    fn the_signal_mask_comes_back() {
        assert_eq!(with_signals_blocked(|| 7), 7);
        assert_eq!(generation(), generation());
    }
}
