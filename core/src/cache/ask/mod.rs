//! How a caller comes to a grant: it begins, runs the fetch if it is handed the ticket, and waits.
//!
//! `begin` carries a decision out; `ticket` is the right to fetch, `waiter` the wait for its outcome.
//! `get` and `call` go the whole way, by blocking and by callback. Uses `decide` and `store`.

mod begin;
mod beginner;
mod call;
mod get;
mod options;
mod rounds;
mod ticket;
mod waiter;
mod wakeups;

pub use begin::Begin;
pub use call::PendingCall;
pub use options::BeginOptions;
pub use ticket::{Start, Ticket};
pub use waiter::{Registration, Waiter};

pub(crate) use beginner::Beginner;
pub(crate) use call::get_then;
pub(crate) use get::{get, try_get};
pub(crate) use options::{TIME_MAX, check_min_remaining, usual_promise};
pub(crate) use rounds::Rounds;
