//! Short-lived credentials of any service, each fetched once for all who need it.

use napi_derive::napi;

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

/// For how long what is handed out is used, if not for one request.
#[napi(object, object_to_js = false)]
pub struct Session {
    /// The time. Half of a lifetime if not said.
    pub ms: Option<f64>,
}

/// The native part of a `Credential`.
#[napi]
pub struct Credential {
    credential: grantmint_core::Credential,
}

#[napi]
impl Credential {
    /// The credential that a source brings.
    #[napi(catch_unwind, factory)]
    pub fn of(
        source: &RestSource,
        session: Option<Session>,
        options: SharedOptions,
        cache: Option<&GrantCache>,
        fleet: Option<&Fleet>,
        clock: Option<&ManualClock>,
    ) -> Result<Self> {
        let mut builder = grantmint_core::Credential::builder(source.source.clone());
        if let Some(session) = session {
            builder = builder.session(session.ms.map(from_ms));
        }
        set_shared!(builder, &options, cache, fleet, clock);
        Ok(Self { credential: builder.build().or_throw()? })
    }

    /// Begins a call. Its answer comes through the port under a number.
    #[napi(catch_unwind)]
    pub fn begin(
        &self,
        port: &Port,
        number: i64,
        key: Option<String>,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) {
        let options = of_call(min_remaining_ms, timeout_ms);
        let issued = self.credential.get_async(key.as_deref(), options);
        port.inbox.begin(number, Asked::Issued(issued));
    }

    /// The credential, if it is there now.
    #[napi(catch_unwind)]
    pub fn try_get(
        &self,
        key: Option<String>,
        min_remaining_ms: Option<f64>,
    ) -> Result<Option<Issued>> {
        let issued =
            self.credential.try_get(key.as_deref(), of_call(min_remaining_ms, None)).or_throw()?;
        Ok(issued.as_ref().map(Issued::from))
    }

    /// Fetches the credential before anybody asks for it.
    #[napi(catch_unwind)]
    pub fn prefetch(&self, key: Option<String>) -> Result<()> {
        self.credential.prefetch(key.as_deref()).or_throw()
    }

    /// Keeps the credential fresh for a time, also if nobody asks for it.
    #[napi(catch_unwind)]
    pub fn keep_warm(&self, key: Option<String>, ms: f64) -> Result<()> {
        self.credential.keep_warm(key.as_deref(), from_ms(ms)).or_throw()
    }

    /// Drops the credential.
    #[napi(catch_unwind)]
    pub fn invalidate(&self, key: Option<String>) -> Result<bool> {
        self.credential.invalidate(key.as_deref()).or_throw()
    }

    /// Drops the credential if it is the one of this generation.
    #[napi(catch_unwind)]
    pub fn invalidate_if(&self, key: Option<String>, which: f64) -> Result<bool> {
        self.credential.invalidate_if(key.as_deref(), whole(which)).or_throw()
    }

    /// Drops all credentials of the source, for all who share them.
    #[napi(catch_unwind)]
    pub fn purge(&self) -> Result<()> {
        self.credential.purge().or_throw()
    }

    /// What the cache has done.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<Stats> {
        Ok(Stats { stats: self.credential.stats().or_throw()? })
    }

    /// What happened lately.
    #[napi(catch_unwind)]
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        Ok(events(self.credential.drain_events().or_throw()?))
    }

    /// The cache.
    #[napi(catch_unwind)]
    pub fn cache(&self) -> Result<GrantCache> {
        Ok(GrantCache { cache: self.credential.cache().or_throw()? })
    }

    /// Detaches this credential.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.credential.close();
    }
}
