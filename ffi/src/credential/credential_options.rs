//! The options of a credential.

use grantmint_core::{CredentialBuilder, Error, ErrorKind, Result};

use crate::cache::cache_policy::grantmint_cache_policy_t;
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::credential::shared_options::with_shared;
use crate::fleet::grantmint_fleet_t;
use crate::manual_clock::grantmint_manual_clock_t;
use crate::options::Options;
use crate::str::grantmint_str_t;
use crate::switch::switch;
use crate::time;

/// The options of a credential. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_credential_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_CREDENTIAL_OPTIONS_INIT`.
    pub struct_size: usize,
    /// Shares the cache, within this process, with the credentials of the same secrets at the same origin
    /// that have this name here: 1 to 128 bytes.
    pub share: grantmint_str_t,
    /// The cache to use; not with `share`, `isolated` or `policy`.
    pub cache: *const grantmint_grant_cache_t,
    /// When the cache refreshes and waits, and how much it holds; read only during the call.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests. The credential then shares nothing with others.
    pub clock: *const grantmint_manual_clock_t,
    /// Shares what is fetched with the other processes that name the same fleet: of all of them one
    /// fetches. Not with `cache` or `clock`.
    pub fleet: *const grantmint_fleet_t,
    /// As that of `grantmint_playback_minter_options_t`, for all that have the same secrets at one origin.
    pub calls_per_second: f64,
    /// As that of `grantmint_playback_minter_options_t`, for the same.
    pub burst: u32,
    /// As that of `grantmint_playback_minter_options_t`, for the same.
    pub max_fetches: u32,
    /// How many milliseconds a call waits, 5,000 by default.
    pub timeout_ms: u32,
    /// The least remaining lifetime of what is handed out, in milliseconds and after the safety margin: at
    /// most half of the lifetime. By default a twelfth of it, and 30,000 at most unless for a session.
    pub min_remaining_ms: u32,
    /// How many milliseconds clients go on with what is handed out, such as the length of a call; half of
    /// a lifetime by default. Turns `session` on.
    pub session_ms: u32,
    /// Whether what is handed out is used for a session rather than for one request: a
    /// `grantmint_switch_t`, off by default.
    pub session: i32,
    /// Whether the credential has a cache of its own: a `grantmint_switch_t`, off by default.
    pub isolated: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and texts, pointers and numbers may be zero.
unsafe impl Options for grantmint_credential_options_t {}

impl grantmint_credential_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [handles], [strings], [structs]
    pub(crate) unsafe fn configure(&self, builder: CredentialBuilder) -> Result<CredentialBuilder> {
        let builder = with_shared!(self, builder);
        match (switch(self.session, "session")?, time::optional(self.session_ms)) {
            (Some(false), Some(_)) => {
                let what = "has no effect with session off";
                Err(Error::of_argument(ErrorKind::InvalidArgument, "session_ms", what))
            }
            (_, Some(time)) => Ok(builder.session(time)),
            (Some(true), None) => Ok(builder.session(None)),
            (Some(false) | None, None) => Ok(builder),
        }
    }
}
