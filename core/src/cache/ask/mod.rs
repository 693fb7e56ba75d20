//! How a caller comes to a grant: it begins, runs the fetch if it is handed the ticket, and waits.
//!
//! `get` and `future` go the whole way, by blocking and as a future; `call` polls a future for those who
//! want to be called back. They begin at a key (`shared`) or at
//! its `handle`; `begin` carries the decision out; `ticket` is the right to fetch, `waiter` the wait. Uses `decide` and `store`.

mod begin;
mod beginner;
#[cfg(shuttle)]
mod by_hand;
mod call;
mod claim;
mod future;
mod get;
mod handed_on;
mod handle;
mod in_turn;
mod options;
mod rounds;
mod shared;
mod ticket;
mod waiter;
mod wakeups;

pub use begin::Begin;
pub use call::PendingCall;
pub use handle::Handle;
pub use options::BeginOptions;
pub use ticket::{Start, Ticket};
pub use waiter::{Registration, Waiter};

pub(crate) use beginner::{Beginner, Caller};
pub(crate) use call::call_back;
pub(crate) use future::{GetFuture, get_async, get_async_in_turn};
pub(crate) use get::{get, get_in_turn, try_get};
pub(crate) use options::check_min_remaining;
pub(crate) use rounds::Rounds;
pub(crate) use shared::SharedCache;
