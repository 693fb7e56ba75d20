//! The grant request: which grant a source has to fetch.

use std::time::Duration;

use grantmint_core::{GrantRequest, Origin};

use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::str::grantmint_str_t;
use crate::time;

/// Which grant a source has to fetch.
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

/// The stream, `VJ…`. Belongs to the request; none for null.
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

/// The lifetime to ask for, in seconds; 0 for null.
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

/// The web origin to allow; none if any is allowed, and for null. Belongs to the request.
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

/// How many milliseconds the fetch may take; 0 for null. A second later the callers that wait for
/// it get `upstream_timeout`.
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
