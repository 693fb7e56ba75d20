//! One HTTPS request to a REST endpoint, whichever: connections, host names, TLS, proxy, deadlines,
//! and what an answer that refuses means.
//!
//! Knows no endpoint and no cache. Uses the crate's errors, clocks, locks and fork cells.

mod authority;
#[cfg(feature = "http")]
mod certificates;
#[cfg(feature = "http")]
mod descriptors;
#[cfg(feature = "http")]
mod distrust;
#[cfg(feature = "http")]
mod failure;
#[cfg(feature = "http")]
mod names;
#[cfg(feature = "http")]
mod offline;
#[cfg(feature = "http")]
mod priming;
#[cfg(feature = "http")]
mod refused;
#[cfg(feature = "http")]
mod retry_after;
mod route;
#[cfg(feature = "http")]
mod server_time;
#[cfg(feature = "http")]
mod shared;
#[cfg(feature = "http")]
mod transport;
mod url;

#[cfg(feature = "http")]
pub use priming::prime;

pub(crate) use authority::Authority;
pub(crate) use route::Route;

#[cfg(feature = "http")]
pub(crate) use {
    failure::explained,
    refused::{Advice, refused},
    server_time::server_time,
    shared::{SharedTransport, close_unused},
};
