//! The options of a token minter.

use grantmint_core::{Result, TokenMinterBuilder};

use crate::manual_clock::{clock, grantmint_manual_clock_t};
use crate::options::Options;
use crate::switch::switch;
use crate::token::grants::grant::{grantmint_grant_t, grants};

/// The options of a token minter. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_token_minter_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_TOKEN_MINTER_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The grants, which are copied.
    pub grants: *const *const grantmint_grant_t,
    /// How many grants.
    pub grants_len: usize,
    /// How many seconds each token lives: 1 to 86,400, 3,600 by default.
    pub ttl: u64,
    /// A fixed Unix second before which no token is valid, earlier than the end of each; left out by
    /// default, as clocks differ.
    pub nbf: u64,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// Whether each token has a unique `jti` in place of Twilio's: a `grantmint_switch_t`, off
    /// by default.
    pub unique: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and pointers and numbers may be zero.
unsafe impl Options for grantmint_token_minter_options_t {}

impl grantmint_token_minter_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [handles], [arrays]
    pub(crate) unsafe fn configure(
        self,
        builder: TokenMinterBuilder,
    ) -> Result<TokenMinterBuilder> {
        // SAFETY: [handles], [arrays]
        let (grants, clock) =
            unsafe { (grants(self.grants, self.grants_len)?, clock(self.clock)?) };
        let mut builder = builder.grants(grants);
        if self.ttl != 0 {
            builder = builder.ttl(self.ttl);
        }
        if self.nbf != 0 {
            builder = builder.nbf(self.nbf);
        }
        if let Some(unique) = switch(self.unique, "unique")? {
            builder = builder.unique(unique);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        Ok(builder)
    }
}
