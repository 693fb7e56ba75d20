//! What SECURITY.md says is wiped: looks for it in all memory, after everything was dropped.
//!
//! A program of its own without the usual harness, so that nobody else's memory is looked through, and
//! the main thread's stack is the only one that tests run on.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "it reports as the usual harness does")]

#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod tests;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("wiped: skipped, as only Linux shows a process its memory");
}

#[cfg(target_os = "linux")]
fn main() {
    for (name, test) in tests::TESTS {
        test();
        println!("test {name} ... ok");
    }
}
