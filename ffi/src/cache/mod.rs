//! The grant cache as a state machine: the host asks, is told what to do, and fetches by itself.

mod fetch;
pub(crate) mod ticket;

pub(crate) mod account_limits;
mod begin;
pub(crate) mod cache_policy;
pub(crate) mod grant_cache;
mod grant_cache_options;
mod grant_handle;
pub(crate) mod wait_options;

pub(crate) mod freshness;
mod hit;

mod waiter;

mod registration;

pub(crate) mod events;
pub(crate) mod stats;

pub use begin::*;
pub use cache_policy::*;
pub use events::*;
pub use fetch::*;
pub use freshness::*;
pub use grant_cache::*;
pub use grant_cache_options::*;
pub use grant_handle::*;
pub use hit::*;
pub use registration::*;
pub use stats::*;
pub use ticket::*;
pub use wait_options::*;
pub use waiter::*;
