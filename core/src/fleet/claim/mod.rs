//! The way of one fetch past what other processes have: what it finds, whose call it is, and what it leaves behind.

mod account;
mod breaker;
mod counters;
mod guarded;
mod keys;
mod leaving;
mod member;
mod sealed;
mod shared_fetch;
mod store_fetch;

pub use counters::FleetStats;

pub(crate) use account::Allowed;
pub(crate) use counters::Counters;
pub(crate) use member::{Access, Member, Stores};
pub(crate) use sealed::{Brought, Left, Pause};
pub(crate) use shared_fetch::SharedFetch;
pub(crate) use store_fetch::{Claimed, Hand, Mark, Outcome};
