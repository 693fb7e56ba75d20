//! The integration tests of the core, in one binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod playback_arguments;
mod playback_crowd;
mod playback_faults;
mod support;
mod token_properties;
mod token_threads;
mod token_vectors;
