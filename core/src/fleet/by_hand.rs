//! A fleet by a clock that a test moves: many caches of one program stand for processes.

use std::sync::Arc;
use std::time::Duration;

use super::claim::{Access, Stores};
#[cfg(target_os = "linux")]
use super::host;
use super::opened_by_hand::Opened;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
use super::redis::RedisByHand;
use super::store::SharedStore;
use super::store::memory::{Call, Fault, MemoryOptions, MemoryStore, some};

/// What such caches share.
#[derive(Clone)]
pub struct FleetByHand(Store);

#[derive(Clone)]
enum Store {
    Memory(MemoryStore),
    Opened(Opened),
    /// Hosts, one of which is in front of the store for each process.
    Hosts(Arc<[FleetByHand]>, Arc<FleetByHand>),
}

impl FleetByHand {
    /// An empty store in memory, of whose calls this share fails (`0.0..=1.0`), the same ones for the same seed.
    #[must_use]
    pub fn in_memory(seed: u64, failing: f64) -> Self {
        // Each in turn, of those calls that fail.
        let kinds = [Fault::Fails, Fault::LosesAnswer, Fault::ReadOnly];
        let fails = some(seed, failing, Fault::Fails);
        let faults = Box::new(move |call: &Call| match fails(call) {
            Fault::None => Fault::None,
            _ => kinds[usize::try_from(call.count % 3).unwrap_or(0)],
        });
        // Who did not hear that it has a lease gives it back to nobody.
        let lease_time = if failing > 0.0 { Duration::from_secs(10) } else { Duration::MAX };
        let options = MemoryOptions { faults, lease_time, ..MemoryOptions::default() };
        Self(Store::Memory(MemoryStore::new(options)))
    }

    /// The store of a machine's processes in a folder, which is made if need be.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn in_folder(path: &std::path::Path) -> Self {
        let (opened, cleared) = (path.to_owned(), path.to_owned());
        let clear = move || drop(std::fs::remove_dir_all(&cleared));
        Self(Store::Opened(Opened::new(move || host::open(Some(&opened)), clear)))
    }

    /// The store on a server of Redis at a port of this machine, and what clears that.
    #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
    #[must_use]
    pub fn in_redis(port: u16, clear: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Store::Opened(Opened::new(move || Arc::new(RedisByHand::new(port)), clear)))
    }

    /// This store with so many hosts in front of it, each in memory; processes belong to them in turn.
    #[must_use]
    pub fn behind_hosts(self, count: usize) -> Self {
        let hosts = (0..count as u64).map(|host| Self::in_memory(host, 0.0)).collect();
        Self(Store::Hosts(hosts, Arc::new(self)))
    }

    /// Loses everything, as a server does that comes back empty.
    pub fn flush(&self) {
        match &self.0 {
            Store::Memory(store) => store.flush(),
            Store::Opened(opened) => opened.clear(),
            // It is the server that does so.
            Store::Hosts(_, behind) => behind.flush(),
        }
    }

    /// Has a function change what lies in a store in memory, as somebody could who may write there: each `value`, each
    /// `pause`, and each account's `cell`, always in the same order.
    pub fn alter(&self, alter: impl FnMut(&str, &mut Vec<u8>)) {
        match &self.0 {
            Store::Memory(store) => store.alter(alter),
            Store::Opened(_) | Store::Hosts(..) => {}
        }
    }

    /// Gives back the leases of a process, as if it had ended.
    pub fn ends(&self, process: u64) {
        match &self.0 {
            Store::Memory(store) => store.forget_leases_of(process),
            Store::Opened(opened) => opened.ends(process),
            Store::Hosts(hosts, behind) => {
                hosts.iter().chain([&**behind]).for_each(|store| store.ends(process));
            }
        }
    }

    /// As a process has it open.
    pub(crate) fn access(&self, process: u64) -> Arc<Access> {
        let front = match &self.0 {
            Store::Hosts(hosts, _) => {
                let host = usize::try_from(process).unwrap_or(0) % hosts.len();
                Some(hosts[host].store(process))
            }
            Store::Memory(_) | Store::Opened(_) => None,
        };
        let stores = Stores { front, store: self.store(process) };
        Access::new(stores, Some(&[7; 32]), Some("simulation"))
    }

    fn store(&self, process: u64) -> Arc<dyn SharedStore> {
        match &self.0 {
            Store::Memory(store) => Arc::new(store.of(process)),
            Store::Opened(opened) => Arc::new(opened.of(process)),
            Store::Hosts(_, behind) => behind.store(process),
        }
    }
}
