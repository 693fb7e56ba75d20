//! The way of one fetch past what other processes have: what it finds, whose call it is, and what it leaves behind.

mod breaker;
mod counters;
mod flight;
mod keys;
mod member;
mod sealed;

pub use counters::FleetStats;

pub(crate) use counters::Counters;
pub(crate) use flight::{Claimed, Flight, Hand, Mark, Outcome};
pub(crate) use member::{Access, Member};
pub(crate) use sealed::{Brought, Left, Pause};
