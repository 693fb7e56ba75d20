//! The options of ICE servers.

use grantmint_core::{IceServersBuilder, Result};

use crate::cache::cache_policy::grantmint_cache_policy_t;
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::credential::shared_options::with_shared;
use crate::fleet::grantmint_fleet_t;
use crate::manual_clock::grantmint_manual_clock_t;
use crate::options::Options;
use crate::str::grantmint_str_t;
use crate::time;

/// The options of ICE servers. A member that is zero is left to its default. For a coturn server there are
/// `ttl` and `clock` alone, as there is nothing to fetch.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_ice_servers_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_ICE_SERVERS_OPTIONS_INIT`.
    pub struct_size: usize,
    /// Scheme, host and port of Twilio or Cloudflare, for an emulator. Plain http is allowed on loopback
    /// only.
    pub base_url: grantmint_str_t,
    /// The URL of an HTTP proxy; none by default. The environment's is not read.
    pub proxy: grantmint_str_t,
    /// The path of a PEM file with the certificate authorities to trust instead of the built-in ones.
    pub ca_file: grantmint_str_t,
    /// As that of `grantmint_credential_options_t`.
    pub share: grantmint_str_t,
    /// As that of `grantmint_credential_options_t`.
    pub cache: *const grantmint_grant_cache_t,
    /// As that of `grantmint_credential_options_t`.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// As that of `grantmint_credential_options_t`.
    pub fleet: *const grantmint_fleet_t,
    /// As that of `grantmint_credential_options_t`.
    pub calls_per_second: f64,
    /// As that of `grantmint_credential_options_t`.
    pub burst: u32,
    /// As that of `grantmint_credential_options_t`.
    pub max_fetches: u32,
    /// How many milliseconds a call waits, 5,000 by default.
    pub timeout_ms: u32,
    /// The least remaining lifetime of what is handed out, in milliseconds and after the safety margin: at
    /// most half of the lifetime, a twelfth of it by default.
    pub min_remaining_ms: u32,
    /// The lifetime to ask for in seconds: 1 to 172,800, 86,400 by default. A source of your own has its
    /// own.
    pub ttl: u32,
    /// How many milliseconds connections last that are made with what is handed out; half of the lifetime
    /// by default.
    pub session_ms: u32,
    /// Whether the servers have a cache of their own: a `grantmint_switch_t`, off by default.
    pub isolated: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and texts, pointers and numbers may be zero.
unsafe impl Options for grantmint_ice_servers_options_t {}

impl grantmint_ice_servers_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [handles], [strings], [structs]
    pub(crate) unsafe fn configure(&self, builder: IceServersBuilder) -> Result<IceServersBuilder> {
        // SAFETY: [strings]
        let (base_url, proxy, ca_file) = unsafe {
            (
                self.base_url.optional("base_url")?,
                self.proxy.optional("proxy")?,
                self.ca_file.optional("ca_file")?,
            )
        };
        let mut builder = with_shared!(self, builder);
        if let Some(url) = base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = proxy {
            builder = builder.proxy(url);
        }
        if let Some(path) = ca_file {
            builder = builder.ca_file(path);
        }
        if self.ttl != 0 {
            builder = builder.ttl(self.ttl);
        }
        if let Some(time) = time::optional(self.session_ms) {
            builder = builder.session(time);
        }
        Ok(builder)
    }
}
