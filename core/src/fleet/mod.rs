//! What several processes share: values, the right to make the one call for a slot, what upstream said, and an
//! account's rate.
//!
//! A store saves calls and guards nothing: whatever it does, a process that cannot use it fetches for itself.
//! Knows nothing of caches, keys of hosts, HTTP or Twilio.

mod cell;
#[cfg(test)]
mod contract;
mod head;
#[cfg(target_os = "linux")]
mod host;
mod look;
#[cfg(any(test, feature = "test-helpers"))]
mod memory;
mod slot;
mod store;
