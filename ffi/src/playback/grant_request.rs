//! Which grant a source is asked for.

use std::time::Duration;

use grantmint_core::{GrantRequest, Origin};

use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::str::grantmint_str_t;
use crate::time;

/// Which grant is wanted.
pub struct grantmint_grant_request_t {
    request: GrantRequest,
    timeout_ms: u32,
}

class!(grantmint_grant_request_t);

impl grantmint_grant_request_t {
    pub(crate) fn new(request: GrantRequest, timeout: Duration) -> Self {
        Self { request, timeout_ms: time::left_ms(timeout) }
    }
}

/// The stream, `VJ…`. Belongs to the request.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_request_streamer(
    request: *const grantmint_grant_request_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let request = unsafe { handle::shared(request, "request")? };
        Ok(grantmint_str_t::of(request.request.streamer().as_str()))
    })
}

/// The life to ask for, in seconds.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_request_ttl(
    request: *const grantmint_grant_request_t,
) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let request = unsafe { handle::shared(request, "request")? };
        Ok(request.request.ttl())
    })
}

/// The web origin to allow, or none for any. Belongs to the request.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_request_origin(
    request: *const grantmint_grant_request_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let request = unsafe { handle::shared(request, "request")? };
        Ok(grantmint_str_t::of_optional(request.request.origin().map(Origin::as_str)))
    })
}

/// How many milliseconds the fetch has. A second later those who wait are told that it timed out.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_request_timeout_ms(
    request: *const grantmint_grant_request_t,
) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let request = unsafe { handle::shared(request, "request")? };
        Ok(request.timeout_ms)
    })
}
