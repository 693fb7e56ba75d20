//! The options of one call: how long it waits, and for how good a grant.

use grantmint_core::{BeginOptions, TokenOptions};

use crate::options::Options;
use crate::time;

/// The options of one call. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_wait_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_WAIT_OPTIONS_INIT`.
    pub struct_size: usize,
    /// How many milliseconds the call waits for a grant: by default what its minter was given, else
    /// 5,000. For not waiting at all, use the `try` form of the call, or `GRANTMINT_ZERO_MS`.
    pub timeout_ms: u32,
    /// The least remaining lifetime of the grant in milliseconds, after the safety margin: the call
    /// never returns a grant with less. By default what its minter was given, else 5,000 for grants
    /// of 60 s and 2,000 for grants of 15 s; at most half of the lifetime that grants are asked for
    /// with.
    pub min_remaining_ms: u32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_wait_options_t {}

impl grantmint_wait_options_t {
    pub(crate) fn begin(self) -> BeginOptions {
        BeginOptions::new()
            .min_remaining(time::optional(self.min_remaining_ms))
            .timeout(time::optional(self.timeout_ms))
    }

    pub(crate) fn token(self) -> TokenOptions {
        TokenOptions::new()
            .min_remaining(time::optional(self.min_remaining_ms))
            .timeout(time::optional(self.timeout_ms))
    }
}
