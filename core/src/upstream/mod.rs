//! One HTTPS request to a REST endpoint, whichever: the way there, the bytes of the request and of its answer,
//! and what an answer that refuses means.
//!
//! Knows no endpoint and no cache. Uses `net` for connections, and the crate's errors, clocks, locks and fork
//! cells.

#[cfg(feature = "http")]
mod body;
#[cfg(feature = "http")]
mod chunks;
#[cfg(feature = "http")]
mod distrust;
#[cfg(feature = "http")]
mod exchange;
#[cfg(feature = "http")]
mod failure;
#[cfg(feature = "http")]
mod framing;
#[cfg(feature = "http")]
mod offline;
#[cfg(feature = "http")]
mod proxy;
#[cfg(feature = "http")]
mod refused;
#[cfg(feature = "http")]
mod request;
#[cfg(feature = "http")]
mod retry_after;
mod route;
#[cfg(feature = "http")]
mod server_time;
#[cfg(feature = "http")]
mod shared;
#[cfg(all(feature = "http", feature = "test-helpers"))]
mod test_helper;
#[cfg(feature = "http")]
mod transport;
mod url;

#[cfg(all(feature = "http", feature = "test-helpers"))]
pub use test_helper::{Wire, read_wire};

pub(crate) use route::Route;

#[cfg(feature = "http")]
pub(crate) use {
    refused::{Advice, kind_of, refused, says_when},
    request::{FORM, Request, form, push_form_encoded, push_path_encoded},
    retry_after::parse as parse_retry_after,
    server_time::{age, server_time},
    shared::{SharedTransport, close_unused},
    transport::Answer,
};
