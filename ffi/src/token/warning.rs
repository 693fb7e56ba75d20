//! Warnings about a token.

use grantmint_core::{Result, Warning};

use crate::arrays;
use crate::str::grantmint_str_t;

/// A warning about a token, which is minted all the same. Both texts are static.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_warning_t {
    /// A stable name: `voice_identity`, `voice_identity_length`, `voice_ttl`, `voice_params`,
    /// `video_region`, `short_secret`, `token_long`, `zoom_ttl`, `zoom_topic_long` or `jitsi_room_case`.
    pub code: grantmint_str_t,
    /// What to do about it.
    pub message: grantmint_str_t,
}

impl From<Warning> for grantmint_warning_t {
    fn from(warning: Warning) -> Self {
        let (code, message) = (warning.code(), warning.message());
        Self { code: grantmint_str_t::of(code), message: grantmint_str_t::of(message) }
    }
}

/// Copies warnings into an array of the caller's.
///
/// # Safety
///
/// [buffers]
pub(crate) unsafe fn fill_warnings(
    warnings: Vec<Warning>,
    buffer: *mut grantmint_warning_t,
    capacity: usize,
    len: *mut usize,
) -> Result<()> {
    let warnings: Vec<grantmint_warning_t> = warnings.into_iter().map(Into::into).collect();
    // SAFETY: [buffers]
    unsafe { arrays::fill([&warnings], buffer, capacity, len) }
}
