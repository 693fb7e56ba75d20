//! The emulator over real sockets.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod client;
mod control;
mod endpoint;
mod faults;
mod join;
mod play;
mod program;
mod proxy;
mod throttle;
mod tls;
mod tokens;
