//! The native half of the npm package `grantmint`: each function converts what it is given, calls core
//! once, and converts what comes back. All rules are core's; the classes that users see are written in
//! JavaScript, in `lib/`, and have checked the types of what arrives here.
//!
//! Node does not catch panics, so every function says `catch_unwind`. Only the folder `hot` has unsafe
//! code: the functions on the hot path call Node-API by hand there.

#![deny(unsafe_code)]
#![allow(unreachable_pub, reason = "the derive wants `pub`, for Node")]
#![cfg_attr(test, allow(dead_code, reason = "without Node nothing is registered"))]

mod access_token;
mod account;
mod answer;
mod api_key;
mod argument;
mod asked;
mod clock;
mod command_line;
mod credential;
mod delivery;
mod error;
mod fetch_error;
mod fleet;
mod grant_cache;
mod grants;
mod hit;
mod hot;
mod ice_servers;
mod inbox;
mod issued;
mod job;
mod js_number;
mod jwt_minter;
mod lock;
mod open_fetch;
mod playback_minter;
mod policy;
mod port;
mod rest_source;
mod shared_options;
mod slots;
mod source;
mod stats;
mod stream_minter;
#[cfg(feature = "test-helpers")]
mod test_helpers;
mod ticket;
mod token_minter;
mod token_options;
mod verify;
mod waiter;

use grantmint_core::{ErrorKind, LIMITS};
use napi_derive::napi;

/// One kind of error.
#[napi(object, object_from_js = false)]
pub struct Kind {
    /// Core's name of it.
    pub code: &'static str,
    /// Its number.
    pub number: i32,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What it means.
    pub meaning: &'static str,
    /// Where the documentation explains it.
    pub doc_url: &'static str,
}

/// Every kind of error there is.
#[napi(catch_unwind)]
pub fn kinds() -> Vec<Kind> {
    let kinds = ErrorKind::ALL.iter();
    kinds
        .map(|kind| Kind {
            code: kind.code(),
            number: kind.number(),
            retryable: kind.is_retryable(),
            meaning: kind.meaning(),
            doc_url: kind.doc_url(),
        })
        .collect()
}

/// A limit of tokens.
#[napi(object, object_from_js = false)]
pub struct Limit {
    /// The name of its constant.
    pub name: &'static str,
    /// The largest value allowed, or the smallest.
    pub value: i64,
}

/// Every limit there is.
#[napi(catch_unwind)]
pub fn limits() -> Vec<Limit> {
    let value = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    LIMITS.iter().map(|limit| Limit { name: limit.name, value: value(limit.value) }).collect()
}

/// The version of the library.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
