//! The handle of one key of a cache, for hot paths.

use grantmint_core::Handle;

use crate::boundary::boundary;
use crate::cache::begin::grantmint_begin_t;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::status::grantmint_status_t;

/// One key of a cache, looked up once, for hot paths. It keeps its cache alive.
pub struct grantmint_grant_handle_t(Handle);

class!(grantmint_grant_handle_t);

impl grantmint_grant_handle_t {
    pub(crate) fn new(handle: Handle) -> Self {
        Self(handle)
    }
}

/// As `grantmint_grant_cache_begin`, for the key of a handle.
///
/// Statuses: as `grantmint_grant_cache_begin`, but none for the key.
///
/// # Safety
///
/// [handles], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_handle_begin(
    handle: *const grantmint_grant_handle_t,
    options: *const grantmint_wait_options_t,
    out: *mut grantmint_begin_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [structs], [outputs]
        let (out, handle, options) = unsafe {
            (
                output::value(out, grantmint_begin_t::NOTHING, "out")?,
                handle::shared(handle, "handle")?,
                options::read(options)?.begin(),
            )
        };
        *out = grantmint_begin_t::new(handle.0.begin(options)?);
        Ok(())
    })
}

/// Frees a handle; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_handle_free(handle: *mut grantmint_grant_handle_t) {
    // SAFETY: [handles]
    unsafe { handle::free(handle) };
}
