//! How long a call waits, and for what.

use grantmint_core::{BeginOptions, TokenOptions};

use crate::options::Options;
use crate::time;

/// What one call asks for. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_wait_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_WAIT_OPTIONS_INIT`.
    pub struct_size: usize,
    /// How many milliseconds the call waits for a grant: by default as long as its minter says,
    /// and 5,000 unless that says so. To wait not at all, use the call's `try` form, or
    /// `GRANTMINT_ZERO_MS`.
    pub timeout_ms: u32,
    /// The least remaining life of the grant in milliseconds, net of the safety margin: a promise.
    /// By default what its minter says, and unless that says so 5,000 for grants of 60 s and 2,000
    /// for grants of 15 s; at most half of the life that grants are asked for with.
    pub min_remaining_ms: u32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_wait_options_t {}

impl grantmint_wait_options_t {
    pub(crate) fn begin(self) -> BeginOptions {
        BeginOptions {
            min_remaining: time::optional(self.min_remaining_ms),
            timeout: time::optional(self.timeout_ms),
        }
    }

    pub(crate) fn token(self) -> TokenOptions {
        TokenOptions {
            min_remaining: time::optional(self.min_remaining_ms),
            timeout: time::optional(self.timeout_ms),
        }
    }
}
