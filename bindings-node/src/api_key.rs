//! The API key.

use grantmint_core::{Error, WipedString};
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};

/// An error about a part of a key by the name of the variable that holds it.
fn of_variable(error: &Error) -> Error {
    match error.argument() {
        Some("account_sid") => error.with_argument("TWILIO_ACCOUNT_SID"),
        Some("key_sid") => error.with_argument("TWILIO_API_KEY"),
        Some("secret") => error.with_argument("TWILIO_API_SECRET"),
        _ => error.clone(),
    }
}

/// The native part of an `ApiKey`.
#[napi]
pub struct ApiKey {
    pub(crate) key: grantmint_core::ApiKey,
}

#[napi]
impl ApiKey {
    /// A key from its values.
    #[napi(catch_unwind, factory)]
    pub fn of(
        account_sid: String,
        key_sid: String,
        secret: String,
        region: Option<String>,
    ) -> Result<Self> {
        let secret = WipedString::from(secret);
        let key = grantmint_core::ApiKey::new(&account_sid, &key_sid, &secret).or_throw()?;
        Self::in_region(key, region)
    }

    /// A key from the values of the three environment variables. None stands for one that is not set.
    #[napi(catch_unwind, factory)]
    pub fn from_env(
        account_sid: Option<String>,
        key_sid: Option<String>,
        secret: Option<String>,
    ) -> Result<Self> {
        let secret = secret.map(WipedString::from);
        let lookup = |name: &str| match name {
            "TWILIO_ACCOUNT_SID" => account_sid.clone(),
            "TWILIO_API_KEY" => key_sid.clone(),
            _ => secret.as_ref().map(|secret| secret.to_string()),
        };
        let key = grantmint_core::ApiKey::from_lookup(lookup).map_err(|error| of_variable(&error));
        Self::in_region(key.or_throw()?, None)
    }

    fn in_region(key: grantmint_core::ApiKey, region: Option<String>) -> Result<Self> {
        let key = match region {
            Some(region) => key.with_region(&region).or_throw()?,
            None => key,
        };
        Ok(Self { key })
    }

    /// The account's SID.
    #[napi(catch_unwind, getter)]
    pub fn account_sid(&self) -> String {
        self.key.account_sid().to_string()
    }

    /// The key's SID.
    #[napi(catch_unwind, getter)]
    pub fn key_sid(&self) -> String {
        self.key.key_sid().to_string()
    }

    /// The region, if any.
    #[napi(catch_unwind, getter)]
    pub fn region(&self) -> Option<String> {
        self.key.region().map(str::to_owned)
    }
}
