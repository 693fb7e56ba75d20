//! A fleet in memory, by a clock that a simulation moves: many caches of one program stand for processes.

use std::sync::Arc;
use std::time::Duration;

use super::claim::Access;
use super::store::memory::{Call, Fault, MemoryOptions, MemoryStore, some};

/// What the caches of a simulation share.
#[derive(Clone)]
pub struct FleetInMemory(MemoryStore);

impl FleetInMemory {
    /// An empty store, of whose calls this share fails (`0.0..=1.0`), the same ones for the same seed.
    #[must_use]
    pub fn new(seed: u64, failing: f64) -> Self {
        // Each in turn, of those calls that fail.
        let kinds = [Fault::Fails, Fault::LosesAnswer, Fault::ReadOnly];
        let fails = some(seed, failing, Fault::Fails);
        let faults = Box::new(move |call: &Call| match fails(call) {
            Fault::None => Fault::None,
            _ => kinds[usize::try_from(call.count % 3).unwrap_or(0)],
        });
        // Who did not hear that it has a lease gives it back to nobody.
        let lease_time = Duration::from_secs(10);
        Self(MemoryStore::new(MemoryOptions { faults, lease_time, ..MemoryOptions::default() }))
    }

    /// Loses everything, as a server does that comes back empty.
    pub fn flush(&self) {
        self.0.flush();
    }

    /// Gives back the leases of a process, as if it had ended.
    pub fn ends(&self, process: u64) {
        self.0.forget_leases_of(process);
    }

    /// As a process has it open.
    pub(crate) fn access(&self, process: u64) -> Arc<Access> {
        let store = Arc::new(self.0.of(process));
        Access::new(store, Some(&[7; 32]), Some("simulation"))
    }

    /// How often it was asked or told something.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.calls()
    }
}
