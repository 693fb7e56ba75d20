//! A grant that the cache hands out.

use napi_derive::napi;

use crate::error::code;
use crate::hot::wiped::Wiped;
use crate::js_number::{number, to_ms};

/// A copy of a grant, with what was known of it when it was handed out.
#[napi(object, object_from_js = false)]
pub struct Hit {
    /// The grant, byte for byte.
    pub grant: Wiped,
    /// How long it is still valid.
    pub remaining_ms: f64,
    /// Whether a refresh is due, or has failed.
    pub freshness: &'static str,
    /// Its generation.
    pub generation: f64,
    /// If it is degraded, the code of the reason, as it would be thrown.
    pub code: Option<String>,
    /// The message of the reason.
    pub message: Option<String>,
}

impl From<&grantmint_core::Hit> for Hit {
    fn from(hit: &grantmint_core::Hit) -> Self {
        Self {
            grant: hit.as_str().into(),
            remaining_ms: to_ms(hit.remaining()),
            freshness: hit.freshness().as_str(),
            generation: number(hit.generation()),
            code: hit.reason().map(code),
            message: hit.reason().map(|reason| reason.message().to_owned()),
        }
    }
}
