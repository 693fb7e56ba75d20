//! What several processes share: values, the right to make the one call for a slot, what upstream said, and an
//! account's rate.
//!
//! A store saves calls and guards nothing: whatever it does, a process that cannot use it fetches for itself.
//! Knows nothing of caches, keys of hosts, HTTP or Twilio.

mod breaker;
#[cfg(feature = "test-helpers")]
mod by_hand;
mod cell;
mod config;
#[cfg(test)]
mod contract;
mod counters;
mod flight;
mod head;
#[cfg(target_os = "linux")]
mod host;
mod keys;
mod look;
mod member;
#[cfg(any(test, feature = "test-helpers"))]
mod memory;
mod sealed;
mod slot;
mod store;

#[cfg(feature = "test-helpers")]
pub use by_hand::FleetInMemory;
pub use config::Fleet;
pub use counters::FleetStats;

pub(crate) use cell::{Admitted, Ended};
pub(crate) use config::check_namespace;
pub(crate) use counters::Counters;
pub(crate) use flight::{Claimed, Flight, Hand, Mark, Outcome};
pub(crate) use member::{Access, Member};
pub(crate) use sealed::{Brought, Left, Pause};
