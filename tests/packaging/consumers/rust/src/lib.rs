//! Another library in Rust, with its own copy of the standard library, in the same program.

use std::panic;
use std::process::Command;

/// The sum of two numbers, with a panic on the way that is caught.
#[unsafe(no_mangle)]
pub extern "C" fn rust_sum(a: u32, b: u32) -> u32 {
    panic::set_hook(Box::new(|_| {}));
    let caught = panic::catch_unwind(|| assert_eq!(a, b));
    caught.map_or(a + b, |()| a + b)
}

/// Whether a process can be started: that takes functions that not every C library has, and that the
/// standard library therefore asks for weakly.
#[unsafe(no_mangle)]
pub extern "C" fn rust_starts_processes() -> bool {
    Command::new("true").status().is_ok_and(|status| status.success())
}
