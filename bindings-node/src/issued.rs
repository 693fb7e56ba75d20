//! What credentials and ICE servers hand out.

use grantmint_core::{Error, Freshness};
use napi_derive::napi;

use crate::error::code;
use crate::hot::wiped::Wiped;
use crate::js_number::{number, to_ms};

/// What is handed out, with what was known of it then.
#[napi(object, object_from_js = false)]
pub struct Issued {
    /// The text, or JSON.
    pub text: Wiped,
    /// Whether it is JSON.
    pub is_json: bool,
    /// How long it is still good.
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

impl Issued {
    fn new(
        text: Wiped,
        is_json: bool,
        remaining: std::time::Duration,
        freshness: Freshness,
        generation: u64,
        reason: Option<&Error>,
    ) -> Self {
        Self {
            text,
            is_json,
            remaining_ms: to_ms(remaining),
            freshness: freshness.as_str(),
            generation: number(generation),
            code: reason.map(code),
            message: reason.map(|reason| reason.message().to_owned()),
        }
    }
}

impl From<&grantmint_core::Issued> for Issued {
    fn from(issued: &grantmint_core::Issued) -> Self {
        let (text, remaining) = (issued.as_str().into(), issued.remaining());
        Self::new(
            text,
            issued.is_json(),
            remaining,
            issued.freshness(),
            issued.generation(),
            issued.reason(),
        )
    }
}

impl From<&grantmint_core::IceCredentials> for Issued {
    fn from(issued: &grantmint_core::IceCredentials) -> Self {
        let (text, remaining) = (issued.to_json().into(), issued.remaining());
        Self::new(text, true, remaining, issued.freshness(), issued.generation(), issued.reason())
    }
}
