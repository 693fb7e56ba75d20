//! A connection to another machine, for whatever is spoken on it: host names, TCP, the tunnel of a proxy, TLS,
//! deadlines, and which connections are kept for the next request.
//!
//! Of HTTP it knows the head of an answer, which a proxy sends too, and no request but CONNECT. Uses the
//! crate's locks, threads and fork cells.

mod certificates;
mod connect;
mod deadline;
mod descriptors;
mod dial;
mod failure;
mod head;
mod incoming;
mod kept;
mod names;
mod place;
mod proxy;
mod socket;
mod stream;
mod tls;
mod tunnel;

pub(crate) use certificates::Certificates;
pub(crate) use deadline::Deadline;
pub(crate) use descriptors::none_left;
pub(crate) use dial::Dialer;
pub(crate) use failure::Failure;
pub(crate) use head::Head;
pub(crate) use incoming::Incoming;
pub(crate) use kept::Kept;
pub(crate) use place::Place;
pub(crate) use proxy::Proxy;
pub(crate) use stream::Stream;
pub(crate) use tls::{Roots, Tls};
pub(crate) use tunnel::USER_AGENT;
