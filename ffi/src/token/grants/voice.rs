//! The grant for phone calls.

use grantmint_core::{Json, VoiceGrant};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options::{self, Options};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::switch::switch;
use crate::token::grants::grant::grantmint_grant_t;

/// The fields of a voice grant. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_voice_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The TwiML application that outgoing calls go through, `AP…`.
    pub outgoing_application_sid: grantmint_str_t,
    /// The parameters that the application gets with each outgoing call: JSON.
    pub outgoing_application_params: grantmint_str_t,
    /// The push credential for announcing calls, `CR…`.
    pub push_credential_sid: grantmint_str_t,
    /// A name for the device.
    pub endpoint_id: grantmint_str_t,
    /// Whether the holder may take calls: a `grantmint_switch_t`, off by default.
    pub incoming_allow: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_voice_grant_t {}

/// Makes a grant whose holder makes and takes calls.
///
/// `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`, `invalid_grant` for parameters that are not JSON.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_voice(
    fields: *const grantmint_voice_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, fields, application, params, push, endpoint) = unsafe {
            let (out, fields) = (output::object(out)?, options::read(fields)?);
            (
                out,
                fields,
                fields.outgoing_application_sid.text("outgoing_application_sid")?,
                fields.outgoing_application_params.optional("outgoing_application_params")?,
                fields.push_credential_sid.text("push_credential_sid")?,
                fields.endpoint_id.text("endpoint_id")?,
            )
        };
        let mut grant = VoiceGrant::new()
            .outgoing_application_sid(application)
            .push_credential_sid(push)
            .endpoint_id(endpoint);
        if let Some(params) = params {
            grant = grant.outgoing_application_params(Json::parse(params)?);
        }
        if let Some(allow) = switch(fields.incoming_allow, "incoming_allow")? {
            grant = grant.incoming_allow(allow);
        }
        *out = handle::new(grantmint_grant_t::new(grant));
        Ok(())
    })
}
