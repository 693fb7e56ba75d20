//! What a token lets its holder do: one constructor per grant of the vendor, one for all others.

use grantmint_core::{
    AccessTokenGrant, ChatGrant, CustomGrant, IpMessagingGrant, Json, PlaybackGrant, Result,
    RtcGrant, SyncGrant, TaskRouterGrant, VideoGrant, VoiceGrant,
};

use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::handle::{self, class};
use crate::options::{self, Options};
use crate::panic::or_empty;
use crate::strings::{self, grantmint_str_t, grantmint_string_t};

/// A grant. Tokens and minters copy it: it may be freed right after they are made. What it says is
/// checked there, or by `grantmint_grant_to_json`.
pub struct grantmint_grant_t(AccessTokenGrant);

class!(grantmint_grant_t);

/// The grants of an options struct.
///
/// # Safety
///
/// [arrays], [handles]
pub(crate) unsafe fn grants(
    grants: *const *const grantmint_grant_t,
    len: usize,
) -> Result<Vec<AccessTokenGrant>> {
    // SAFETY: [arrays]
    let grants = unsafe { strings::array(grants, len, "grants")? };
    // SAFETY: [handles]
    let grant = |grant: &*const grantmint_grant_t| unsafe { handle::shared(*grant, "grants") };
    grants.iter().map(|pointer| Ok(grant(pointer)?.0.clone())).collect()
}

/// What a video grant says. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_video_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// One room alone, by its unique name or SID; every room if empty.
    pub room: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_video_grant_t {}

/// A grant whose holder joins rooms of Programmable Video.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_video(
    fields: *const grantmint_video_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, room) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (out, fields.room.text("room")?)
        };
        let grant = VideoGrant::new().room(room);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// What a voice grant says. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_voice_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The TwiML application that outgoing calls go through, `AP…`.
    pub outgoing_application_sid: grantmint_str_t,
    /// What the application is told with each outgoing call: JSON.
    pub outgoing_application_params: grantmint_str_t,
    /// The push credential that announces calls, `CR…`.
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

/// A grant whose holder makes and takes calls.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
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
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
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
        if let Some(allow) = options::switch(fields.incoming_allow, "incoming_allow")? {
            grant = grant.incoming_allow(allow);
        }
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// What a chat grant says, of today's chat or of its predecessor. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_chat_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The service, `IS…`.
    pub service_sid: grantmint_str_t,
    /// A name for the device and user.
    pub endpoint_id: grantmint_str_t,
    /// The role in the deployment, `RL…`.
    pub deployment_role_sid: grantmint_str_t,
    /// The push credential for notifications, `CR…`.
    pub push_credential_sid: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_chat_grant_t {}

/// A grant whose holder chats, today with the Conversations SDK.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_chat(
    fields: *const grantmint_chat_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, service_sid, endpoint_id, deployment_role_sid, push_credential_sid) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (
                out,
                fields.service_sid.text("service_sid")?,
                fields.endpoint_id.text("endpoint_id")?,
                fields.deployment_role_sid.text("deployment_role_sid")?,
                fields.push_credential_sid.text("push_credential_sid")?,
            )
        };
        let grant = ChatGrant::new()
            .service_sid(service_sid)
            .endpoint_id(endpoint_id)
            .deployment_role_sid(deployment_role_sid)
            .push_credential_sid(push_credential_sid);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// A grant whose holder chats the way that came before: legacy.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_ip_messaging(
    fields: *const grantmint_chat_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, service_sid, endpoint_id, deployment_role_sid, push_credential_sid) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (
                out,
                fields.service_sid.text("service_sid")?,
                fields.endpoint_id.text("endpoint_id")?,
                fields.deployment_role_sid.text("deployment_role_sid")?,
                fields.push_credential_sid.text("push_credential_sid")?,
            )
        };
        let grant = IpMessagingGrant::new()
            .service_sid(service_sid)
            .endpoint_id(endpoint_id)
            .deployment_role_sid(deployment_role_sid)
            .push_credential_sid(push_credential_sid);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// What a sync grant says. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_sync_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The service, `IS…`.
    pub service_sid: grantmint_str_t,
    /// A name for the device and user.
    pub endpoint_id: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_sync_grant_t {}

/// A grant whose holder reads and writes the state of a Sync service.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_sync(
    fields: *const grantmint_sync_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, service_sid, endpoint_id) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (out, fields.service_sid.text("service_sid")?, fields.endpoint_id.text("endpoint_id")?)
        };
        let grant = SyncGrant::new().service_sid(service_sid).endpoint_id(endpoint_id);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// What a task router grant says. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_task_router_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The workspace, `WS…`.
    pub workspace_sid: grantmint_str_t,
    /// The worker, `WK…`.
    pub worker_sid: grantmint_str_t,
    /// The role, such as `worker`.
    pub role: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_task_router_grant_t {}

/// A grant whose holder acts as a worker of TaskRouter or Flex.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_task_router(
    fields: *const grantmint_task_router_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, workspace_sid, worker_sid, role) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (
                out,
                fields.workspace_sid.text("workspace_sid")?,
                fields.worker_sid.text("worker_sid")?,
                fields.role.text("role")?,
            )
        };
        let grant =
            TaskRouterGrant::new().workspace_sid(workspace_sid).worker_sid(worker_sid).role(role);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// What a grant of the conversations before video rooms says. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_rtc_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The profile, `CP…`.
    pub configuration_profile_sid: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_rtc_grant_t {}

/// A grant whose holder takes part in conversations before video rooms: legacy.
///
/// `fields`: what it says; null for nothing. `*out`: the grant, to free with
/// `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_rtc(
    fields: *const grantmint_rtc_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, configuration_profile_sid) = unsafe {
            let (out, fields) = (handle::out_object(out)?, options::read(fields)?);
            (out, fields.configuration_profile_sid.text("configuration_profile_sid")?)
        };
        let grant = RtcGrant::new().configuration_profile_sid(configuration_profile_sid);
        *out = handle::new(grantmint_grant_t(grant.into()));
        Ok(())
    })
}

/// A grant whose holder watches one live stream: the object that the PlaybackGrant endpoint hands
/// out, carried byte for byte. A playback minter fetches and adds it by itself.
///
/// `json`: the object. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `invalid_grant` for anything but a JSON object of at most 64 KiB.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_playback(
    json: grantmint_str_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, json) = unsafe { (handle::out_object(out)?, json.text("json")?) };
        *out = handle::new(grantmint_grant_t(PlaybackGrant::from_json(json)?.into()));
        Ok(())
    })
}

/// A grant that this library does not know: any JSON under a key of the caller's choice.
///
/// `key`: 1 to 64 bytes, not `identity`. `json`: at most 64 KiB and 64 levels, carried byte for
/// byte. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `invalid_grant`.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_custom(
    key: grantmint_str_t,
    json: grantmint_str_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, key, json) =
            unsafe { (handle::out_object(out)?, key.text("key")?, json.text("json")?) };
        *out = handle::new(grantmint_grant_t(CustomGrant::new(key, Json::parse(json)?)?.into()));
        Ok(())
    })
}

/// The name under which the grant stands in a token. Belongs to the grant; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_key(grant: *const grantmint_grant_t) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let grant = unsafe { handle::shared(grant, "grant")? };
        Ok(grantmint_str_t::of(grant.0.key()))
    })
}

/// The JSON that stands in a token under `grantmint_grant_key`.
///
/// `*out`: the text, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_sid` names a malformed SID, `invalid_grant` a room name that is too long.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_to_json(
    grant: *const grantmint_grant_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, grant) = unsafe { (handle::out_object(out)?, handle::shared(grant, "grant")?) };
        *out = handle::new(grantmint_string_t::new(grant.0.to_json()?));
        Ok(())
    })
}

/// Frees a grant; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_free(grant: *mut grantmint_grant_t) {
    // SAFETY: [handles]
    unsafe { handle::free(grant) };
}
