//! The processes that share grants.

use grantmint_core::Fleet;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};

/// The native part of a `HostFleet`.
#[napi]
pub struct HostFleet {
    pub(crate) fleet: Fleet,
}

#[napi]
impl HostFleet {
    /// A fleet from its parts.
    #[napi(catch_unwind, factory)]
    pub fn of(path: Option<String>, secret: Option<Uint8Array>) -> Result<Self> {
        let mut fleet = match path {
            Some(path) => Fleet::host_at(path).or_throw()?,
            None => Fleet::host(),
        };
        if let Some(secret) = secret {
            fleet = fleet.secret(&secret).or_throw()?;
        }
        Ok(Self { fleet })
    }

    /// A fleet from its text.
    #[napi(catch_unwind, factory)]
    pub fn parse(text: String) -> Result<Self> {
        Ok(Self { fleet: text.parse().or_throw()? })
    }
}
