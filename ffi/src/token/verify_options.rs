//! The options of verifying a token.

use grantmint_core::{Result, VerifyOptions};

use crate::options::Options;
use crate::switch::switch;
use crate::token::algorithm;

/// The options of verifying a token. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_verify_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_VERIFY_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The current time as a Unix second; by default the time of the machine.
    pub now: u64,
    /// How many seconds `exp` and `nbf` may be off: 0 to 300, 0 by default.
    pub leeway: u32,
    /// The only algorithm to accept, a `grantmint_algorithm_t`: HS256 by default, whatever the
    /// token says.
    pub algorithm: i32,
    /// Whether `grantmint_verify_jwt` refuses a token that never expires: a `grantmint_switch_t`, on by
    /// default.
    pub require_exp: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_verify_options_t {}

impl grantmint_verify_options_t {
    pub(crate) fn checked(self) -> Result<VerifyOptions> {
        let mut options = VerifyOptions::new().leeway(self.leeway.into());
        if self.now != 0 {
            options = options.now(self.now);
        }
        if self.algorithm != 0 {
            options = options.algorithm(algorithm::of_number(self.algorithm)?);
        }
        if let Some(require) = switch(self.require_exp, "require_exp")? {
            options = options.require_exp(require);
        }
        Ok(options)
    }
}
