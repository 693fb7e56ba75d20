//! The grant for TaskRouter.

use grantmint_core::TaskRouterGrant;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options::{self, Options};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// The fields of a task router grant. A text that is empty is left out of the token.
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

/// Makes a grant whose holder acts as a worker of TaskRouter or Flex.
///
/// `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
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
            let (out, fields) = (output::object(out)?, options::read(fields)?);
            (
                out,
                fields.workspace_sid.text("workspace_sid")?,
                fields.worker_sid.text("worker_sid")?,
                fields.role.text("role")?,
            )
        };
        let grant =
            TaskRouterGrant::new().workspace_sid(workspace_sid).worker_sid(worker_sid).role(role);
        *out = handle::new(grantmint_grant_t::new(grant));
        Ok(())
    })
}
