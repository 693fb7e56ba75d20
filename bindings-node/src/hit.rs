//! A grant from the cache.

use napi_derive::napi;

use crate::error::code;
use crate::js_number::{number, to_ms};

/// A grant, with what was known of it when it was handed out, copied out of the store.
#[napi(object, object_from_js = false)]
pub struct Hit {
    /// The grant, byte for byte.
    pub grant: String,
    /// How long it is still good.
    pub remaining_ms: f64,
    /// How good it is.
    pub freshness: &'static str,
    /// Which one it is.
    pub generation: f64,
    /// Why it is degraded: an error as it would be thrown.
    pub code: Option<String>,
    /// Its message.
    pub message: Option<String>,
}

impl From<&grantmint_core::Hit> for Hit {
    fn from(hit: &grantmint_core::Hit) -> Self {
        Self {
            grant: hit.as_str().to_owned(),
            remaining_ms: to_ms(hit.remaining()),
            freshness: hit.freshness().as_str(),
            generation: number(hit.generation()),
            code: hit.reason().map(code),
            message: hit.reason().map(|reason| reason.message().to_owned()),
        }
    }
}
