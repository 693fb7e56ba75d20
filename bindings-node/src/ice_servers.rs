//! ICE servers for browsers, with short-lived credentials.

use grantmint_core::IceServersBuilder;
use napi_derive::napi;

use crate::api_key::ApiKey;
use crate::argument::{from_ms, whole};
use crate::asked::Asked;
use crate::clock::ManualClock;
use crate::error::{OrThrow as _, Result};
use crate::fleet::Fleet;
use crate::grant_cache::GrantCache;
use crate::issued::Issued;
use crate::port::Port;
use crate::rest_source::RestSource;
use crate::shared_options::{SharedOptions, of_call, set_shared};
use crate::stats::{Event, Stats, events};

/// The options that only ICE servers have. What is left out has core's default.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct IceOptions {
    pub ttl: Option<f64>,
    pub session_ms: Option<f64>,
    pub base_url: Option<String>,
    pub proxy: Option<String>,
    pub ca_file: Option<String>,
}

/// ICE servers that are being put together.
#[napi]
pub struct IceService {
    builder: Option<IceServersBuilder>,
}

/// The native part of `IceServers`.
#[napi]
pub struct IceServers {
    servers: grantmint_core::IceServers,
}

#[napi]
impl IceService {
    /// Those of Twilio, with an API key.
    #[napi(catch_unwind, factory)]
    pub fn twilio(key: &ApiKey) -> Self {
        Self::new(grantmint_core::IceServers::twilio(&key.key))
    }

    /// Those of Twilio, with an account's auth token.
    #[napi(catch_unwind, factory)]
    pub fn twilio_account(account_sid: String, auth_token: String) -> Self {
        Self::new(grantmint_core::IceServers::twilio_account(&account_sid, auth_token))
    }

    /// Those of Cloudflare.
    #[napi(catch_unwind, factory)]
    pub fn cloudflare(key_id: String, api_token: String) -> Self {
        Self::new(grantmint_core::IceServers::cloudflare(key_id, api_token))
    }

    /// Those of a coturn server.
    #[napi(catch_unwind, factory)]
    pub fn coturn(secret: String, urls: Vec<String>) -> Self {
        Self::new(grantmint_core::IceServers::coturn(secret, urls))
    }

    /// Those of any source.
    #[napi(catch_unwind, factory)]
    pub fn rest(source: &RestSource) -> Result<Self> {
        Ok(Self::new(grantmint_core::IceServers::rest(source.builder().or_throw()?)))
    }

    fn new(builder: IceServersBuilder) -> Self {
        Self { builder: Some(builder) }
    }

    /// The servers, once.
    #[napi(catch_unwind)]
    pub fn build(
        &mut self,
        options: IceOptions,
        shared: SharedOptions,
        cache: Option<&GrantCache>,
        fleet: Option<&Fleet>,
        clock: Option<&ManualClock>,
    ) -> Result<IceServers> {
        let Some(builder) = self.builder.take() else {
            return Err(napi::Error::new(napi::Status::GenericFailure.into(), "it has been built"));
        };
        let mut builder = options.set_on(builder);
        set_shared!(builder, &shared, cache, fleet, clock);
        Ok(IceServers { servers: builder.build().or_throw()? })
    }
}

impl IceOptions {
    fn set_on(self, mut builder: IceServersBuilder) -> IceServersBuilder {
        if let Some(ttl) = self.ttl {
            builder = builder.ttl(u32::try_from(whole(ttl)).unwrap_or(u32::MAX));
        }
        if let Some(ms) = self.session_ms {
            builder = builder.session(from_ms(ms));
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = self.proxy {
            builder = builder.proxy(url);
        }
        if let Some(path) = self.ca_file {
            builder = builder.ca_file(path);
        }
        builder
    }
}

#[napi]
impl IceServers {
    /// Begins a call. Its answer comes through the port under a number.
    #[napi(catch_unwind)]
    pub fn begin(
        &self,
        port: &Port,
        number: i64,
        identity: Option<String>,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) {
        let options = of_call(min_remaining_ms, timeout_ms);
        let issued = self.servers.get_async(identity.as_deref(), options);
        port.inbox.begin(number, Asked::Ice(issued));
    }

    /// The servers, if they are there now.
    #[napi(catch_unwind)]
    pub fn try_get(
        &self,
        identity: Option<String>,
        min_remaining_ms: Option<f64>,
    ) -> Result<Option<Issued>> {
        let issued = self
            .servers
            .try_get(identity.as_deref(), of_call(min_remaining_ms, None))
            .or_throw()?;
        Ok(issued.as_ref().map(Issued::from))
    }

    /// Keeps them fresh for a time, also if nobody asks for them.
    #[napi(catch_unwind)]
    pub fn keep_warm(&self, identity: Option<String>, ms: f64) -> Result<()> {
        self.servers.keep_warm(identity.as_deref(), from_ms(ms)).or_throw()
    }

    /// Drops them if they are those of this generation.
    #[napi(catch_unwind)]
    pub fn invalidate_if(&self, identity: Option<String>, which: f64) -> Result<bool> {
        self.servers.invalidate_if(identity.as_deref(), whole(which)).or_throw()
    }

    /// What the cache has done, if there is one.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<Option<Stats>> {
        Ok(self.servers.stats().or_throw()?.map(|stats| Stats { stats }))
    }

    /// What happened lately.
    #[napi(catch_unwind)]
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        Ok(events(self.servers.drain_events().or_throw()?))
    }

    /// Detaches these servers.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.servers.close();
    }
}
