//! The way of one fetch past what other processes have: what it finds, whose call it is, and what it leaves behind.

mod account;
mod breaker;
mod call;
mod claimed;
mod counters;
mod early;
mod guarded;
mod hand;
mod keys;
mod leaving;
mod member;
mod sealed;
mod shared_fetch;
mod store_fetch;
mod waiting;

pub use counters::FleetStats;

pub(crate) use call::{Allowed, Terms};
pub(crate) use claimed::{Claimed, Outcome};
pub(crate) use counters::Counters;
pub(crate) use early::seldom_early;
pub(crate) use guarded::Condition;
pub(crate) use hand::{Hand, Mark};
pub(crate) use member::{Access, Member, Stores};
pub(crate) use sealed::{Brought, Left, Pause};
pub(crate) use shared_fetch::SharedFetch;
