//! A REST endpoint of short-lived credentials: one request for each.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::answer::Obtained;
use super::body::encoded;
use super::choices::{Method, Per};
use super::config::Config;
use super::digest::Digests;
use super::options::RestSourceBuilder;
use super::slots::refused;
use super::template::{Late, Values};
use crate::clock::Clock;
use crate::error::Result;
use crate::upstream::{Answer, Request, SharedTransport};

/// Longer keys are no names of users.
const KEY_MAX_BYTES: usize = 256;

/// A REST endpoint that hands out short-lived credentials, described and not programmed. One request each: no retry, no
/// redirect, a body of 64 KiB at most. A [`Credential`](crate::Credential) caches what it brings. Cheap to clone.
///
/// # Example: a token of ten minutes
///
/// ```
/// use grantmint_core::RestSource;
/// use grantmint_core::rest::{Format, Lifetime};
///
/// let speech = RestSource::builder("https://{region}.api.cognitive.microsoft.com/sts/v1.0/issueToken")
///     .var("region", "westeurope")
///     .secret("resource_key", "the secret of the resource")
///     .header("Ocp-Apim-Subscription-Key", "{resource_key}")
///     .answer(Format::Text)
///     .lifetime(Lifetime::Constant(600))
///     .build()?;
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct RestSource(Arc<Inner>);

struct Inner {
    config: Config,
    digests: Digests,
    transport: SharedTransport,
}

impl RestSource {
    /// A builder for the endpoint at a URL: https, or http on loopback. Its host may have slots of `vars`, its path any
    /// but secrets.
    #[must_use]
    pub fn builder(url: impl Into<String>) -> RestSourceBuilder {
        RestSourceBuilder::new(url.into())
    }

    fn new(config: Config, digests: Digests) -> Result<Self> {
        let transport = SharedTransport::find(&config.address.route)?;
        Ok(Self(Arc::new(Inner { config, digests, transport })))
    }

    /// Makes the one request for a credential.
    pub(crate) fn fetch(&self, key: &str, timeout: Duration) -> Result<Obtained> {
        let answer = self.with_request(key, |request| self.0.transport.send(request, timeout))?;
        self.read(answer.map_err(|error| error.naming("base_url", "url"))?)
    }

    /// Hands over the request for a credential.
    pub(super) fn with_request<R>(
        &self,
        key: &str,
        send: impl FnOnce(&Request<'_>) -> R,
    ) -> Result<R> {
        let config = &self.0.config;
        let now = Clock::system().now().wall();
        let values = Values {
            key,
            ttl: config.ttl.map_or_else(String::new, |ttl| ttl.to_string()),
            now: now.as_secs().to_string(),
            now_ms: now.as_millis().to_string(),
        };
        let mut target = config.address.path(&values)?;
        if !config.query.is_empty() {
            target.push('?');
            target.push_str(&encoded(&config.query, &values));
        }
        let headers = config.headers.filled(&values)?;
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (kind, body) = config.body.filled(&values);
        let is_get = config.method == Method::Get;
        let body = (!is_get).then_some((kind, body.as_str()));
        let method = config.method.as_str();
        let request = Request { method, target: &target, headers: &headers, body };
        Ok(send(&request))
    }

    /// What an answer brings.
    pub(super) fn read(&self, answer: Answer) -> Result<Obtained> {
        self.0.config.reading.read(answer)
    }

    /// Refuses a key that this source cannot be asked with.
    pub(crate) fn check_key(&self, key: Option<&str>) -> Result<()> {
        let config = &self.0.config;
        match (config.per, key) {
            (Per::Key, None) => Err(refused("key", "is needed: each has a credential of its own")),
            (Per::Call, None) if config.has(Late::Key) => {
                Err(refused("key", "is needed for the slot {key}"))
            }
            (Per::Call, Some(_)) if !config.has(Late::Key) => Err(refused("key", "has no slot")),
            (Per::Shared, Some(_)) => {
                Err(refused("key", "has no effect: all share one credential, unless per says key"))
            }
            (_, Some(key))
                if key.is_empty()
                    || key.len() > KEY_MAX_BYTES
                    || key.chars().any(char::is_control) =>
            {
                Err(refused("key", "must have 1 to 256 bytes without control characters"))
            }
            (_, Some(key)) => self.check_places(key),
            (_, None) => Ok(()),
        }
    }

    /// Refuses a key that cannot stand where the request has it.
    fn check_places(&self, key: &str) -> Result<()> {
        let Config { address, headers, .. } = &self.0.config;
        let values = Values { key, ..Values::none() };
        if address.has(Late::Key) {
            address.path(&values)?;
        }
        if headers.has(Late::Key) {
            headers.filled(&values)?;
        }
        Ok(())
    }

    pub(crate) fn per(&self) -> Per {
        self.0.config.per
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        self.0.config.exclusive
    }

    /// The longest lifetime that a credential of it can have.
    pub(crate) fn longest(&self) -> Duration {
        self.0.config.reading.lifetimes.longest()
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        self.0.config.address.route.place()
    }

    /// Tells it apart from all that differ in anything, within this process. A secret.
    pub(crate) fn whole(&self) -> &[u8; 32] {
        &self.0.digests.whole
    }

    /// Tells what is fetched apart, for all processes and all versions of this library. A secret.
    pub(crate) fn fetched(&self) -> &[u8; 32] {
        &self.0.digests.fetched
    }

    /// Tells what upstream knows the caller by apart, likewise. A secret.
    pub(crate) fn caller(&self) -> &[u8; 32] {
        &self.0.digests.caller
    }
}

impl RestSourceBuilder {
    /// The source, checked. Makes no call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) and
    /// [`ErrorKind::InvalidTtl`](crate::ErrorKind::InvalidTtl) for those,
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for all else:
    /// the message names the option and what to give, and no value.
    pub fn build(self) -> Result<RestSource> {
        let config = Config::new(&self)?;
        let digests = Digests::new(&self, &config);
        RestSource::new(config, digests)
    }
}

impl fmt::Debug for RestSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestSource").field("origin", &self.origin()).finish_non_exhaustive()
    }
}
