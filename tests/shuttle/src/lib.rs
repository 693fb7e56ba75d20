//! The grant cache under thousands of orders that the steps of its threads can come in.
//!
//! Under `--cfg shuttle` the locks of the core let a scheduler choose at each step which thread goes
//! on, so that a test meets orders that no machine would show in years. Time stands still unless a
//! test moves it, and a wait never times out: whoever is not woken makes the test fail as a
//! deadlock. `make test-shuttle`.

#![cfg(all(test, shuttle))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod eviction;
mod fleet;
mod fork;
mod handed_on;
mod one_fetch;
mod overdue;
mod refresh;
mod renewal;
mod support;
mod tokens;
mod waiting;
