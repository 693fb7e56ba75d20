//! The grant cache. It stores a [`Grant`] with an expiry under a [`Key`] and knows nothing of where
//! grants come from.
//!
//! A caller asks with [`GrantCache::begin`]. One caller is handed the [`Ticket`] of a fetch, runs it,
//! and completes or fails the ticket; all others are served from the store or wait for that outcome.
//! The cache has no I/O, threads or timers of its own; only calls that are answered by callback have
//! their time watched, by the library's one thread for that.
//!
//! Three rooms, each of which uses only those before it: `decide` (pure rules), `store` (what is
//! kept), `ask` (how callers come to a grant). The files beside them are the public face.

mod ask;
mod asking;
mod builder;
mod decide;
mod grant_cache;
mod store;
mod tenant;

pub use ask::{Begin, BeginOptions, Handle, PendingCall, Registration, Start, Ticket, Waiter};
pub use asking::Asking;
pub use builder::GrantCacheBuilder;
pub use decide::{
    AccountOptions, CachePolicy, CachePolicyBuilder, Freshness, Grant, Key, answer_field,
    answer_grant, answer_ttl,
};
pub use grant_cache::GrantCache;
pub use store::{Event, EventKind, Hit, LatencyHistogram, Stats};

pub(crate) use ask::{
    Beginner, Caller, GetFuture, call_back, check_min_remaining, get, get_async, try_get,
};
pub(crate) use decide::{Block, Lane, Turn, cooldown};
pub(crate) use store::{
    Admission, Follower, Limiter, Need, NoRoom, Permit, Report, Sighting, StillFresh, Throttled,
    Traffic, Wakes,
};
pub(crate) use tenant::{Credentials, Tenant};
