//! What one process keeps of a cache: its entries, the fetches in flight, counters and events.
//!
//! `inner` holds all of it. `outcome` stores how a fetch ended, `admission` asks the account whether a
//! request may be sent. Uses `decide`, and nothing of how callers ask.

mod admission;
mod counters;
mod entry;
mod events;
mod fetches;
mod held;
mod hit;
mod idle;
mod inner;
mod limiter;
mod outcome;
mod prometheus;
mod realm;
mod requester;
mod shards;
mod sighting;
mod stats;
mod warm;
mod warming;

pub use events::{Event, EventKind};
pub use hit::Hit;
pub use stats::{LatencyHistogram, Stats};

pub(crate) use entry::{Change, Entry, Follower, Retired};
pub(crate) use inner::Inner;
pub(crate) use limiter::{
    Admission, Limiter, Need, NoRoom, Permit, Report, Throttled, Traffic, Unlimited, Wakes,
};
pub(crate) use outcome::Ended;
pub(crate) use realm::{Realm, Realms};
pub(crate) use requester::Requester;
pub(crate) use sighting::{Sighting, StillFresh};
