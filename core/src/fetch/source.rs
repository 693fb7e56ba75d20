//! What fetches for a cache, whatever its keys mean.

use std::time::Duration;

use crate::cache::Ticket;

/// Fetches what a ticket's key stands for.
pub(crate) trait Source: Send + Sync {
    /// Begins a fetch whose request may be sent now and has this long; if it is handed on, it has this long to be
    /// started. Completes or fails the ticket right there or later. Called on one of the fetcher threads, which it
    /// should not keep.
    fn begin_fetch(&self, ticket: Ticket, timeout: Duration);

    /// Whether that only hands the ticket on, so that any thread may call it. Then the ticket is not started.
    fn hands_on(&self) -> bool {
        false
    }
}
