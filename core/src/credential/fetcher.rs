//! What fetches for the cache: one request of the source for each ticket.

use std::time::Duration;

use crate::cache::{Grant, Ticket};
use crate::fetch::Source;
use crate::rest::{Obtained, RestSource};

/// The key of what all callers share.
pub(super) const SHARED: &str = "-";

pub(super) struct Fetcher(pub(super) RestSource);

impl Source for Fetcher {
    fn begin_fetch(&self, ticket: Ticket, timeout: Duration) {
        let key = match ticket.key().text().split_once(' ') {
            // What stands before a key tells calls apart.
            Some((_, key)) => key,
            None => "",
        };
        match self.0.fetch(key, timeout) {
            Ok(Obtained { json, lifetime, is_cut, clock_offset_ms }) => {
                ticket.note_clock(clock_offset_ms, false);
                if is_cut {
                    ticket.note_cut();
                }
                ticket.complete(Grant::new(json.into_string()), lifetime);
            }
            Err(error) => ticket.fail(error),
        }
    }
}
