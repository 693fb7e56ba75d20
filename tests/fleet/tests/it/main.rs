//! What processes of a fleet do together, on a clock that only the test moves: step by step as written down, and in
//! orders that nobody has written down.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod model;
mod scenarios;
