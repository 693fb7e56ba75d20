//! One Access Token.

use grantmint_core::Warning;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::api_key::ApiKey;
use crate::argument::whole;
use crate::clock::{self, ManualClock};
use crate::error::{OrThrow as _, Result};
use crate::grants::{self, Grant};
use crate::hot::wiped::Wiped;

/// The options of a token. What is left out has core's default.
#[napi(object, object_to_js = false)]
pub struct AccessTokenOptions {
    /// How many seconds it is valid.
    pub ttl: Option<f64>,
    /// The Unix second before which it is not valid.
    pub nbf: Option<f64>,
    /// The Unix second at which it expires.
    pub valid_until: Option<f64>,
    /// Whether it has a `jti` of its own.
    pub unique: Option<bool>,
}

/// The native part of an `AccessToken`.
#[napi]
pub struct AccessToken {
    token: grantmint_core::AccessToken,
}

#[napi]
impl AccessToken {
    /// A token with these grants.
    #[napi(catch_unwind, factory)]
    pub fn of(
        key: &ApiKey,
        identity: String,
        grants: Vec<ClassInstance<'_, Grant>>,
        options: AccessTokenOptions,
        clock: Option<&ManualClock>,
    ) -> Result<Self> {
        let mut builder = grantmint_core::AccessToken::builder(&key.key, &identity)
            .grants(grants::all(&grants))
            .unique(options.unique.unwrap_or(false))
            .clock(clock::of(clock));
        if let Some(ttl) = options.ttl {
            builder = builder.ttl(whole(ttl));
        }
        if let Some(end) = options.valid_until {
            builder = builder.valid_until(whole(end));
        }
        if let Some(nbf) = options.nbf {
            builder = builder.nbf(whole(nbf));
        }
        Ok(Self { token: builder.build().or_throw()? })
    }

    /// The signed token, issued now.
    #[napi(catch_unwind)]
    pub fn to_jwt(&self) -> Result<Wiped> {
        self.token.to_jwt().or_throw().map(Wiped::from)
    }

    /// Advice on this token.
    #[napi(catch_unwind)]
    pub fn warnings(&self) -> Vec<Advice> {
        advice(&self.token.warnings())
    }
}

/// Advice on a token that is minted all the same.
#[napi(object, object_from_js = false)]
pub struct Advice {
    /// Its stable name.
    pub code: &'static str,
    /// What to do about it.
    pub message: &'static str,
}

/// Advice for JavaScript.
pub(crate) fn advice(warnings: &[Warning]) -> Vec<Advice> {
    warnings.iter().map(|w| Advice { code: w.code(), message: w.message() }).collect()
}
