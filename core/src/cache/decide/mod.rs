//! What a caller gets, and when upstream is asked again: pure functions of an entry's state, the time
//! and a random number.
//!
//! Nothing in here waits, reads a clock or does I/O. `decision` is the table, `windows`
//! and `pause` the times behind it. Uses the crate's clock readings and errors, and no other room.

mod account_options;
mod answer;
mod block;
mod credential;
mod decision;
mod errors;
mod fetch;
mod grant;
mod key;
mod pause;
mod policy;
mod promise;
mod state;
mod turn;
mod usage;
mod windows;

pub use account_options::AccountOptions;
pub use answer::{answer_field, answer_grant, answer_ttl};
pub use grant::{Freshness, Grant};
pub use key::Key;
pub use policy::{CachePolicy, CachePolicyBuilder};

pub(crate) use answer::check_answer;
pub(crate) use block::Block;
pub(crate) use credential::Credential;
pub(crate) use decision::Decision;
pub(crate) use errors::{
    abandoned, cache_full, grant_too_short, looked_too_late, no_room, not_sent_in_time,
};
pub(crate) use fetch::{Fetch, Outcome, Purpose, overdue_at};
pub(crate) use grant::StoredGrant;
pub(crate) use pause::{Failure, cooldown};
pub(crate) use promise::Promise;
pub(crate) use state::EntryState;
pub(crate) use turn::{Lane, Turn};
pub(crate) use windows::Windows;
