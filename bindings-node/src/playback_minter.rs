//! Tokens for the viewers of many streams. All viewers of a stream share one grant.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Object};
use napi_derive::napi;

use crate::account;
use crate::api_key::ApiKey;
use crate::argument::{from_ms, whole};
use crate::asked::Asked;
use crate::clock::{self, ManualClock};
use crate::error::{OrThrow as _, Result};
use crate::fleet::Fleet;
use crate::grant_cache::GrantCache;
use crate::grants::{self, Grant};
use crate::hot;
use crate::policy::PolicyOptions;
use crate::port::Port;
use crate::source::HostSource;
use crate::stats::{Event, Stats, events};
use crate::stream_minter::StreamMinter;
use crate::token_options::token_options;

/// Wipes everything that is kept for minters to come and that nobody uses now.
#[napi(catch_unwind)]
pub fn forget() {
    grantmint_core::forget();
}

/// Advice to show to whoever makes minters, if there is any.
#[napi(catch_unwind)]
pub fn minter_advice() -> Option<&'static str> {
    grantmint_core::minter_advice()
}

/// The options of a minter. What is left out has core's default.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct PlaybackMinterOptions {
    pub allow_origin: Option<String>,
    pub ttl: Option<f64>,
    pub unique: Option<bool>,
    pub grant_ttl: Option<f64>,
    pub min_remaining_ms: Option<f64>,
    pub timeout_ms: Option<f64>,
    /// The number of the source, if it is a function.
    pub source: Option<i64>,
    pub share: Option<String>,
    pub isolated: Option<bool>,
    pub base_url: Option<String>,
    pub proxy: Option<String>,
    pub ca_file: Option<String>,
    pub calls_per_second: Option<f64>,
    pub burst: Option<f64>,
    pub max_fetches: Option<f64>,
    pub policy: Option<PolicyOptions>,
}

/// The native part of a `PlaybackMinter`.
#[napi]
pub struct PlaybackMinter {
    minter: grantmint_core::PlaybackMinter,
}

#[napi]
impl PlaybackMinter {
    /// A minter with these grants beside the playback grant.
    #[napi(catch_unwind, factory)]
    pub fn of(
        key: &ApiKey,
        grants: Vec<ClassInstance<'_, Grant>>,
        options: PlaybackMinterOptions,
        port: &Port,
        cache: Option<&GrantCache>,
        clock: Option<&ManualClock>,
        fleet: Option<&Fleet>,
    ) -> Result<Self> {
        let mut builder = grantmint_core::PlaybackMinter::builder(&key.key);
        for grant in grants::all(&grants) {
            builder = builder.grant(grant);
        }
        if let Some(origin) = options.allow_origin {
            builder = builder.allow_origin(origin);
        }
        if let Some(ttl) = options.ttl {
            builder = builder.ttl(whole(ttl));
        }
        if let Some(unique) = options.unique {
            builder = builder.unique(unique);
        }
        if let Some(ttl) = options.grant_ttl {
            let ttl = whole(ttl);
            builder = builder.grant_ttl(u32::try_from(ttl).unwrap_or(u32::MAX));
        }
        if let Some(ms) = options.min_remaining_ms {
            builder = builder.min_remaining(from_ms(ms));
        }
        if let Some(ms) = options.timeout_ms {
            builder = builder.timeout(from_ms(ms));
        }
        if let Some(number) = options.source {
            builder = builder.source(HostSource { number, inbox: Arc::clone(&port.inbox) });
        }
        if let Some(name) = options.share {
            builder = builder.share(name);
        }
        if options.isolated == Some(true) {
            builder = builder.isolated();
        }
        if let Some(url) = options.base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = options.proxy {
            builder = builder.proxy(url);
        }
        if let Some(path) = options.ca_file {
            builder = builder.ca_file(path);
        }
        let account =
            account::options(options.calls_per_second, options.burst, options.max_fetches);
        builder = builder.account(account);
        if let Some(policy) = &options.policy {
            builder = builder.policy(policy.to_core()?);
        }
        if let Some(cache) = cache {
            builder = builder.cache(&cache.cache);
        }
        if let Some(fleet) = fleet {
            builder = builder.fleet(fleet.fleet.clone());
        }
        if clock.is_some() {
            builder = builder.clock(clock::of(clock));
        }
        Ok(Self { minter: builder.build().or_throw()? })
    }

    /// The functions `tryToken` and `atOnce`, which are on the hot path.
    #[napi(catch_unwind)]
    pub fn hot<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut functions = Object::new(env)?;
        functions.set("tryToken", hot::playback_minter::try_token(env, &self.minter)?)?;
        functions.set("atOnce", hot::playback_minter::at_once(env, &self.minter)?)?;
        Ok(functions)
    }

    /// Begins a call. Its answer comes through the port under a number.
    #[napi(catch_unwind)]
    pub fn begin(
        &self,
        port: &Port,
        number: i64,
        streamer: String,
        identity: String,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) -> Result<()> {
        let options = token_options(min_remaining_ms, timeout_ms);
        let token = self.minter.token_async(&streamer, &identity, options);
        port.inbox.begin(number, Asked::Token(token));
        Ok(())
    }

    /// One stream.
    #[napi(catch_unwind)]
    pub fn stream(&self, streamer: String) -> Result<StreamMinter> {
        Ok(StreamMinter { stream: self.minter.stream(&streamer).or_throw()? })
    }

    /// Fetches a stream's grant before anybody asks for it.
    #[napi(catch_unwind)]
    pub fn prefetch(&self, streamer: String) -> Result<()> {
        self.minter.prefetch(&streamer).or_throw()
    }

    /// Keeps a stream's grant fresh for a time, also if nobody asks for it.
    #[napi(catch_unwind)]
    pub fn keep_warm(&self, streamer: String, ms: f64) -> Result<()> {
        self.minter.keep_warm(&streamer, from_ms(ms)).or_throw()
    }

    /// Drops a stream's grant.
    #[napi(catch_unwind)]
    pub fn invalidate(&self, streamer: String) -> Result<bool> {
        self.minter.invalidate(&streamer).or_throw()
    }

    /// Drops a stream's grant if it is the one of this generation.
    #[napi(catch_unwind)]
    pub fn invalidate_if(&self, streamer: String, which: f64) -> Result<bool> {
        self.minter.invalidate_if(&streamer, whole(which)).or_throw()
    }

    /// Signs and fetches with another key from now on.
    #[napi(catch_unwind)]
    pub fn rotate(&self, key: &ApiKey) -> Result<()> {
        self.minter.rotate(&key.key).or_throw()
    }

    /// What the cache has done.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<Stats> {
        Ok(Stats { stats: self.minter.stats().or_throw()? })
    }

    /// What happened lately.
    #[napi(catch_unwind)]
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        Ok(events(self.minter.drain_events().or_throw()?))
    }

    /// The cache.
    #[napi(catch_unwind)]
    pub fn cache(&self) -> Result<GrantCache> {
        Ok(GrantCache { cache: self.minter.cache().or_throw()? })
    }

    /// Empties the cache for all who share it.
    #[napi(catch_unwind)]
    pub fn purge(&self) -> Result<()> {
        self.minter.purge().or_throw()
    }

    /// Detaches this minter and its streams.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.minter.close();
    }
}
