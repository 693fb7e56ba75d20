//! The emulator over real sockets.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod client;
mod control;
mod endpoint;
mod faults;
mod join;
mod play;
#[cfg(feature = "program")]
mod program;
#[cfg(feature = "tls")]
mod proxy;
mod throttle;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
