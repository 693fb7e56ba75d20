//! Verifying, decoding and signing tokens.

use grantmint_core::{Algorithm, Error, VerifyOptions, WipedString};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::api_key::ApiKey;
use crate::argument::whole;
use crate::error::{OrThrow as _, Result};
use crate::hot::wiped::Wiped;
use crate::js_number::number;

/// How to verify.
#[napi(object, object_to_js = false)]
pub struct Verification {
    /// How many seconds `exp` and `nbf` may be off.
    pub leeway: Option<f64>,
    /// The Unix second to take for the present one.
    pub now: Option<f64>,
    /// The one algorithm to accept.
    pub algorithm: Option<String>,
    /// Whether another service's token needs an end.
    pub require_exp: Option<bool>,
}

impl Verification {
    fn to_core(&self) -> Result<VerifyOptions> {
        let mut options = VerifyOptions::new();
        if let Some(leeway) = self.leeway {
            let leeway = whole(leeway);
            options = options.leeway(leeway);
        }
        if let Some(now) = self.now {
            options = options.now(whole(now));
        }
        if let Some(algorithm) = &self.algorithm {
            options = options.algorithm(parsed(algorithm)?);
        }
        if let Some(require) = self.require_exp {
            options = options.require_exp(require);
        }
        Ok(options)
    }
}

/// An algorithm by its name.
pub(crate) fn parsed(algorithm: &str) -> Result<Algorithm> {
    algorithm.parse().map_err(|error: Error| error.with_argument("algorithm")).or_throw()
}

/// The native part of a `Decoded`.
#[napi]
pub struct Decoded {
    decoded: grantmint_core::Decoded,
}

/// Verifies an Access Token.
#[napi(catch_unwind)]
pub fn verify(token: String, key: &ApiKey, how: Verification) -> Result<Decoded> {
    let token = WipedString::from(token);
    let decoded = grantmint_core::verify(&token, &key.key, &how.to_core()?).or_throw()?;
    Ok(Decoded { decoded })
}

/// Verifies another service's token.
#[napi(catch_unwind)]
pub fn verify_jwt(token: String, secret: Uint8Array, how: Verification) -> Result<Decoded> {
    let token = WipedString::from(token);
    let decoded = grantmint_core::verify_jwt(&token, &secret, &how.to_core()?).or_throw()?;
    Ok(Decoded { decoded })
}

/// Decodes a token without verifying it.
#[napi(catch_unwind)]
pub fn decode(token: String) -> Result<Decoded> {
    let token = WipedString::from(token);
    Ok(Decoded { decoded: grantmint_core::decode(&token).or_throw()? })
}

/// Signs any claims.
#[napi(catch_unwind)]
pub fn sign(
    algorithm: String,
    header: String,
    claims: String,
    secret: Uint8Array,
) -> Result<Wiped> {
    let claims = WipedString::from(claims);
    let algorithm = parsed(&algorithm)?;
    grantmint_core::sign(algorithm, &header, &claims, &secret).or_throw().map(Wiped::from)
}

#[napi]
impl Decoded {
    /// The header as JSON.
    #[napi(catch_unwind, getter)]
    pub fn header_json(&self) -> String {
        self.decoded.header_json().to_owned()
    }

    /// The claims as JSON.
    #[napi(catch_unwind, getter)]
    pub fn claims_json(&self) -> Wiped {
        self.decoded.claims_json().into()
    }

    /// Whether there are grants.
    #[napi(catch_unwind, getter)]
    pub fn has_grants(&self) -> bool {
        self.decoded.grants().is_some()
    }

    /// The identity that the token is for.
    #[napi(catch_unwind, getter)]
    pub fn identity(&self) -> Option<String> {
        self.decoded.identity().map(str::to_owned)
    }

    /// `iss`.
    #[napi(catch_unwind, getter)]
    pub fn issuer(&self) -> Option<String> {
        self.decoded.issuer().map(str::to_owned)
    }

    /// `sub`.
    #[napi(catch_unwind, getter)]
    pub fn subject(&self) -> Option<String> {
        self.decoded.subject().map(str::to_owned)
    }

    /// `jti`.
    #[napi(catch_unwind, getter)]
    pub fn jti(&self) -> Option<String> {
        self.decoded.jti().map(str::to_owned)
    }

    /// `twr` of the header.
    #[napi(catch_unwind, getter)]
    pub fn region(&self) -> Option<String> {
        self.decoded.region().map(str::to_owned)
    }

    /// `iat`.
    #[napi(catch_unwind, getter)]
    pub fn issued_at(&self) -> Option<f64> {
        self.decoded.issued_at().map(number)
    }

    /// `nbf`.
    #[napi(catch_unwind, getter)]
    pub fn not_before(&self) -> Option<f64> {
        self.decoded.not_before().map(number)
    }

    /// `exp`.
    #[napi(catch_unwind, getter)]
    pub fn expires_at(&self) -> Option<f64> {
        self.decoded.expires_at().map(number)
    }
}
