//! The fetches in flight, to count them and to find those that are overdue.

use std::sync::Arc;

use super::entry::Entry;
use crate::cache::decide::{Flight, Purpose};
use crate::clock::Now;
use crate::sync::Mutex;

/// Every fetch in flight with its entry.
#[derive(Default)]
pub(crate) struct Flights(Mutex<Vec<(Arc<Entry>, Arc<Flight>)>>);

impl Flights {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }

    pub(crate) fn add(&self, entry: &Arc<Entry>, flight: &Arc<Flight>) {
        self.0.lock().push((Arc::clone(entry), Arc::clone(flight)));
    }

    /// Removes a fetch; false if somebody did before.
    pub(crate) fn remove(&self, flight: &Arc<Flight>) -> bool {
        let mut flights = self.0.lock();
        let found = flights.iter().position(|(_, other)| Arc::ptr_eq(other, flight));
        let removed = found.map(|index| flights.swap_remove(index));
        // It may be the last owner of a grant to wipe, so not under the lock.
        drop(flights);
        removed.is_some()
    }

    /// How many fetches of cold keys wait to send their request: they have taken nothing out of the
    /// budget yet.
    pub(crate) fn unsent(&self) -> usize {
        let unsent = |flight: &Flight| flight.purpose == Purpose::Cold && !flight.is_sent();
        self.0.lock().iter().filter(|(_, flight)| unsent(flight)).count()
    }

    /// When the next fetch is overdue, in nanoseconds since boot.
    pub(crate) fn next_overdue(&self) -> Option<u64> {
        self.0.lock().iter().map(|(_, flight)| flight.overdue_at()).min()
    }

    /// When the last fetch is overdue, in nanoseconds since boot.
    pub(crate) fn last_overdue(&self) -> Option<u64> {
        self.0.lock().iter().map(|(_, flight)| flight.overdue_at()).max()
    }

    pub(crate) fn overdue(&self, now: Now) -> Vec<(Arc<Entry>, Arc<Flight>)> {
        let mut flights = self.0.lock().clone();
        flights.retain(|(_, flight)| flight.is_overdue(now));
        flights
    }
}
