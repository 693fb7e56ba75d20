//! A source of grants that is a function of JavaScript. It runs in the environment of its minter.

use std::sync::Arc;

use grantmint_core::{AsyncGrantSource, GrantRequest, SourceTicket};

use crate::inbox::{Inbox, QueuedJob};

/// Core's side of the function. The library's threads call it, and it leaves the fetch in the
/// environment's inbox.
pub(crate) struct HostSource {
    /// The number of the function.
    pub(crate) number: i64,
    pub(crate) inbox: Arc<Inbox>,
}

impl AsyncGrantSource for HostSource {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        self.inbox.leave_job(QueuedJob { source: self.number, request: request.clone(), ticket });
    }

    fn hands_on(&self) -> bool {
        true
    }
}
