//! The grant cache: a state machine without I/O, threads or timers of its own; only calls that are
//! answered by callback have their time watched, by the library's one thread for that.
//!
//! It stores a [`Grant`] with an expiry under a [`Key`] and knows nothing of where grants come
//! from. A driver asks with [`GrantCache::begin`], fetches when it is told to lead, and completes
//! or fails the [`Ticket`] it was given; everybody else is served from the store or waits for that
//! one outcome. What to do in which state is decided by pure functions in `state` and `policy`.

mod call;
mod entry;
mod events;
mod flight;
mod gate;
mod get;
mod grant;
mod grant_cache;
mod handle;
mod inner;
mod key;
mod lead;
mod policy;
mod random;
mod rounds;
mod shards;
mod sighting;
mod state;
mod stats;
mod ticket;
mod waiter;
mod wakeups;

pub use call::PendingCall;
pub use events::{Event, EventKind};
pub use grant::{Freshness, Grant, Hit};
pub use grant_cache::{Begin, BeginOptions, GrantCache, GrantCacheBuilder};
pub use handle::Handle;
pub use key::Key;
pub use policy::{CachePolicy, CachePolicyBuilder};
pub use rounds::Asking;
pub use stats::{LatencyHistogram, Stats};
pub use ticket::{Start, Ticket};
pub use waiter::{Registration, Waiter};

pub(crate) use call::get_then;
pub(crate) use gate::{Admission, Block, Gate, Permit, Purpose, Report};
pub(crate) use get::{Beginner, get, try_get};
pub(crate) use grant_cache::{WeakGrantCache, check_min_remaining};
pub(crate) use sighting::{Sighting, StillFresh};
