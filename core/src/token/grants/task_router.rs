//! Workers of TaskRouter and Flex.

use super::writer::ObjectWriter;
use crate::error::Result;
use crate::sid::SidKind;
use crate::wiped::WipedString;

/// Lets its holder act as a worker of TaskRouter; Flex takes the same grant.
///
/// # Example: a worker
///
/// ```
/// use grantmint_core::TaskRouterGrant;
///
/// let grant = TaskRouterGrant::new()
///     .workspace_sid("WS00000000000000000000000000000003")
///     .worker_sid("WK00000000000000000000000000000004")
///     .role("worker");
/// assert_ne!(grant, TaskRouterGrant::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskRouterGrant {
    workspace_sid: String,
    worker_sid: String,
    role: String,
}

impl TaskRouterGrant {
    pub(in crate::token) const KEY: &'static str = "task_router";

    /// A grant for no workspace yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The workspace, `WS…`.
    #[must_use]
    pub fn workspace_sid(mut self, sid: impl Into<String>) -> Self {
        self.workspace_sid = sid.into();
        self
    }

    /// The worker, `WK…`.
    #[must_use]
    pub fn worker_sid(mut self, sid: impl Into<String>) -> Self {
        self.worker_sid = sid.into();
        self
    }

    /// The role, such as `worker`.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        let mut object = ObjectWriter::new(Self::KEY, out);
        object.sid(SidKind::Workspace, "workspace_sid", &self.workspace_sid)?;
        object.sid(SidKind::Worker, "worker_sid", &self.worker_sid)?;
        object.text("role", &self.role);
        object.end();
        Ok(())
    }
}
