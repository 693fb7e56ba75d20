//! What the library's own threads have in common: they block all signals but those of a crash, are
//! never joined, and survive whatever foreign code they run.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use crate::clock::Clock;
use crate::fork::with_signals_blocked;

/// A thread without work ends after this time.
pub(crate) const IDLE: Duration = Duration::from_secs(60);
/// The stack of a thread: TLS and JSON need far less, but sources and callbacks of the host run on it.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// Starts a thread with a name of at most 15 bytes; false if there could be none.
pub(crate) fn start_thread(name: String, run: impl FnOnce() + Send + 'static) -> bool {
    let builder = thread::Builder::new().name(name).stack_size(STACK_BYTES);
    with_signals_blocked(|| builder.spawn(run)).is_ok()
}

/// Runs foreign code. A panic of it has been reported by the panic hook and must not end the
/// thread.
pub(crate) fn contained(run: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
        // What was thrown may throw once more when dropped.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
        mem::forget(dropped);
    }
}

/// The time that the threads sleep by, in nanoseconds since boot.
pub(crate) fn boot_nanos() -> u64 {
    Clock::system().now().boot_nanos()
}
