//! The options of a playback minter.

use grantmint_core::{PlaybackMinterBuilder, Result};

use crate::cache::account_limits::limits;
use crate::cache::cache_policy::{grantmint_cache_policy_t, policy};
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::fleet::grantmint_fleet_t;
use crate::handle;
use crate::manual_clock::{clock, grantmint_manual_clock_t};
use crate::options::Options;
use crate::playback::source::grantmint_source_t;
use crate::str::grantmint_str_t;
use crate::switch::switch;
use crate::time;
use crate::token::grants::grant::{grantmint_grant_t, grants};

/// The options of a playback minter. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_playback_minter_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The only web origin that may play the streams, such as `https://www.example.com`, or `*`;
    /// any by default.
    pub allow_origin: grantmint_str_t,
    /// Further grants in each token, beside the playback grant; copied.
    pub grants: *const *const grantmint_grant_t,
    /// How many further grants.
    pub grants_len: usize,
    /// How many seconds each token lives: 1 to 86,400, 3,600 by default.
    pub ttl: u64,
    /// Where to fetch grants from instead of the PlaybackGrant endpoint. The cache is then not
    /// shared, except with `share` or `cache`.
    pub source: *const grantmint_source_t,
    /// The cache to use; not with `share`, `isolated` or `policy`.
    pub cache: *const grantmint_grant_cache_t,
    /// Shares the cache with all minters of the account that have this name here: 1 to 128 bytes.
    pub share: grantmint_str_t,
    /// Scheme, host and port of upstream, `https://media.twilio.com` by default. Plain http is
    /// allowed on loopback only.
    pub base_url: grantmint_str_t,
    /// The URL of an HTTP proxy; none by default. The environment's is not read.
    pub proxy: grantmint_str_t,
    /// The path of a PEM file with the certificate authorities to trust instead of the built-in
    /// ones.
    pub ca_file: grantmint_str_t,
    /// When the cache refreshes and waits, and how much it holds; read only during the call.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests. The minter then shares nothing with others.
    pub clock: *const grantmint_manual_clock_t,
    /// How many milliseconds a call waits for a grant, 5,000 by default.
    pub timeout_ms: u32,
    /// The least remaining lifetime of the grant in a token, in milliseconds and after the safety
    /// margin: by default 5,000 for grants of 60 s and 2,000 for 15 s; at most half of `grant_ttl`.
    pub min_remaining_ms: u32,
    /// The lifetime to ask for grants with, in seconds: 1 to 60, 60 by default.
    pub grant_ttl: u32,
    /// Whether each token has a unique `jti` in place of Twilio's: a `grantmint_switch_t`, on
    /// by default.
    pub unique: i32,
    /// Whether the minter has a cache of its own: a `grantmint_switch_t`, off by default. The
    /// account's cool-down and rate limit are shared all the same.
    pub isolated: i32,
    /// Zero.
    pub reserved: u32,
    /// How many requests per second the account has, above 0 and at most 2,000, if you know. The
    /// library starts with 10 per second; it goes up to this number, or to 2,000, while more are
    /// needed and upstream refuses none. The limits belong to the account: of all its minters in the
    /// process the lowest number holds, and `GRANTMINT_EVENT_LIMITS_DIFFER` tells of a difference.
    pub calls_per_second: f64,
    /// How many requests may be sent simultaneously after a quiet time: 1 to 1,000, 20 by default.
    pub burst: u32,
    /// How many fetches the library makes for the account at the same time: 1 to 1,024, 64 by default.
    /// One of a source counts until the source ends it.
    pub max_fetches: u32,
    /// Shares grants with the minters of other processes that name the same fleet: of all of them one
    /// fetches each grant, and after a 429 all wait. Not with `cache` or `clock`. With `source`, `share`
    /// says what that fetches.
    pub fleet: *const grantmint_fleet_t,
}

// SAFETY: it starts with its size, and texts, pointers and numbers may be zero.
unsafe impl Options for grantmint_playback_minter_options_t {}

impl grantmint_playback_minter_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [handles], [strings], [structs], [arrays]
    pub(crate) unsafe fn configure(
        &self,
        builder: PlaybackMinterBuilder,
    ) -> Result<PlaybackMinterBuilder> {
        // SAFETY: [strings]
        let builder = unsafe { self.with_texts(builder)? };
        // SAFETY: [handles], [structs], [arrays]
        let builder = unsafe { self.with_objects(builder)? };
        self.with_numbers(builder)
    }

    /// # Safety
    ///
    /// [strings]
    unsafe fn with_texts(
        &self,
        mut builder: PlaybackMinterBuilder,
    ) -> Result<PlaybackMinterBuilder> {
        // SAFETY: [strings]
        let (allow_origin, share, base_url, proxy, ca_file) = unsafe {
            (
                self.allow_origin.optional("allow_origin")?,
                self.share.optional("share")?,
                self.base_url.optional("base_url")?,
                self.proxy.optional("proxy")?,
                self.ca_file.optional("ca_file")?,
            )
        };
        if let Some(origin) = allow_origin {
            builder = builder.allow_origin(origin);
        }
        if let Some(name) = share {
            builder = builder.share(name);
        }
        if let Some(url) = base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = proxy {
            builder = builder.proxy(url);
        }
        if let Some(path) = ca_file {
            builder = builder.ca_file(path);
        }
        Ok(builder)
    }

    /// # Safety
    ///
    /// [handles], [structs], [arrays]
    unsafe fn with_objects(
        &self,
        mut builder: PlaybackMinterBuilder,
    ) -> Result<PlaybackMinterBuilder> {
        // SAFETY: [handles], [structs], [arrays]
        let (grants, source, cache, policy, clock, fleet) = unsafe {
            (
                grants(self.grants, self.grants_len)?,
                handle::optional(self.source, "source")?,
                handle::optional(self.cache, "cache")?,
                policy(self.policy)?,
                clock(self.clock)?,
                handle::optional(self.fleet, "fleet")?,
            )
        };
        for grant in grants {
            builder = builder.grant(grant);
        }
        if let Some(source) = source {
            builder = builder.source(source.clone());
        }
        if let Some(cache) = cache {
            builder = builder.cache(cache.cache());
        }
        if let Some(policy) = policy {
            builder = builder.policy(policy);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        if let Some(fleet) = fleet {
            builder = builder.fleet(fleet.fleet().clone());
        }
        Ok(builder)
    }

    fn with_numbers(&self, mut builder: PlaybackMinterBuilder) -> Result<PlaybackMinterBuilder> {
        if self.ttl != 0 {
            builder = builder.ttl(self.ttl);
        }
        if self.grant_ttl != 0 {
            builder = builder.grant_ttl(self.grant_ttl);
        }
        if let Some(time) = time::optional(self.timeout_ms) {
            builder = builder.timeout(time);
        }
        if let Some(time) = time::optional(self.min_remaining_ms) {
            builder = builder.min_remaining(time);
        }
        if let Some(unique) = switch(self.unique, "unique")? {
            builder = builder.unique(unique);
        }
        if switch(self.isolated, "isolated")? == Some(true) {
            builder = builder.isolated();
        }
        Ok(builder.account(limits(self.calls_per_second, self.burst, self.max_fetches)))
    }
}
