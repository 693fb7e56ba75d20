//! What several processes share: values, the right to make the one call for each, what upstream said, and an
//! account's rate.
//!
//! A store saves calls and guards nothing: whatever it does, a process that cannot use it fetches for itself.
//! Knows nothing of caches, keys of hosts, HTTP or Twilio.

#[cfg(feature = "test-helpers")]
mod by_hand;
#[cfg(target_os = "linux")]
mod check;
mod claim;
mod config;
#[cfg(target_os = "linux")]
mod host;
#[cfg(feature = "test-helpers")]
mod opened_by_hand;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
mod redis;
mod store;

#[cfg(feature = "test-helpers")]
pub use by_hand::FleetByHand;
pub use claim::FleetStats;
pub use config::Fleet;
pub use store::{FleetFinding, FleetState};

pub(crate) use claim::{
    Access, Allowed, Brought, Claimed, Condition, Counters, Hand, Left, Mark, Member, Outcome,
    Pause, SharedFetch, Terms, seldom_early,
};
pub(crate) use config::check_namespace;
pub(crate) use store::{Admitted, Ended};
