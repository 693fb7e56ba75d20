//! The program as its users have it: run, and looked at from outside.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod bulk;
mod credentials;
#[cfg(unix)]
mod emulator;
#[cfg(target_os = "linux")]
mod fleet_redis;
#[cfg(unix)]
mod guide;
mod inspect;
mod messages;
mod playback;
#[cfg(unix)]
mod processes;
mod secrets;
#[cfg(unix)]
mod shells;
mod support;
mod tokens;
mod twilio_cli;
mod upstream;
