//! The processes that share grants.

use grantmint_core::Error;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::argument::from_ms;
use crate::error::{OrThrow as _, Result};

/// The native part of a `HostFleet` and a `RedisFleet`.
#[napi]
pub struct Fleet {
    pub(crate) fleet: grantmint_core::Fleet,
}

/// The options of a fleet with a server. What is left out has core's default.
#[napi(object, object_to_js = false)]
pub struct RedisOptions {
    /// The folder in front of the server, in place of the usual one.
    pub host: Option<String>,
    /// Whether there is no folder in front.
    pub without_host: Option<bool>,
    /// What the names of all keys begin with.
    pub prefix: Option<String>,
    /// A file with the certificate authorities to trust.
    pub ca_file: Option<String>,
    /// How long an answer of the server is waited for.
    pub timeout_ms: Option<f64>,
    /// Whether another machine may be talked to without TLS.
    pub insecure: Option<bool>,
}

#[napi]
impl Fleet {
    /// The fleet of one machine.
    #[napi(catch_unwind, factory)]
    pub fn host(path: Option<String>, secret: Option<Uint8Array>) -> Result<Self> {
        let fleet = match path {
            Some(path) => grantmint_core::Fleet::host_at(path).or_throw()?,
            None => grantmint_core::Fleet::host(),
        };
        Self::sealed(fleet, secret.as_deref())
    }

    /// The fleet of many machines.
    #[napi(catch_unwind, factory)]
    pub fn redis(url: String, options: RedisOptions, secret: Option<Uint8Array>) -> Result<Self> {
        let fleet = grantmint_core::Fleet::redis(&url).and_then(|fleet| options.set_on(fleet));
        let fleet = fleet.or_throw()?;
        // Said here rather than where the fleet is used.
        fleet.place().or_throw()?;
        Self::sealed(fleet, secret.as_deref())
    }

    /// A fleet from its text.
    #[napi(catch_unwind, factory)]
    pub fn parse(text: String) -> Result<Self> {
        Ok(Self { fleet: text.parse().or_throw()? })
    }

    /// The URL of its server, without user and password.
    #[napi(catch_unwind, getter)]
    pub fn url(&self) -> Option<String> {
        self.fleet.url()
    }

    fn sealed(mut fleet: grantmint_core::Fleet, secret: Option<&[u8]>) -> Result<Self> {
        if let Some(secret) = secret {
            fleet = fleet.secret(secret).or_throw()?;
        }
        Ok(Self { fleet })
    }
}

impl RedisOptions {
    fn set_on(
        self,
        mut fleet: grantmint_core::Fleet,
    ) -> grantmint_core::Result<grantmint_core::Fleet> {
        if let Some(path) = self.host {
            fleet = fleet.host_path(path).map_err(of_host)?;
        }
        if self.without_host == Some(true) {
            fleet = fleet.without_host()?;
        }
        if let Some(prefix) = self.prefix {
            fleet = fleet.prefix(&prefix)?;
        }
        if let Some(path) = self.ca_file {
            fleet = fleet.ca_file(path)?;
        }
        if let Some(ms) = self.timeout_ms {
            fleet = fleet.timeout(from_ms(ms))?;
        }
        if self.insecure == Some(true) { fleet.insecure() } else { Ok(fleet) }
    }
}

/// What core says of a path is said of the option here.
fn of_host(error: Error) -> Error {
    error.with_argument("host")
}
