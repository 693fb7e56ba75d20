//! A fleet by a clock that a test moves: many caches of one program stand for processes.

use std::sync::Arc;
use std::time::Duration;

use super::claim::Access;
#[cfg(target_os = "linux")]
use super::host;
use super::store::SharedStore;
use super::store::memory::{Call, Fault, MemoryOptions, MemoryStore, some};

/// What such caches share.
#[derive(Clone)]
pub struct FleetByHand(Store);

#[derive(Clone)]
enum Store {
    Memory(MemoryStore),
    #[cfg(target_os = "linux")]
    Folder(folder::Folder),
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
        Self(Store::Folder(folder::Folder::new(path)))
    }

    /// Loses everything, as a server does that comes back empty.
    pub fn flush(&self) {
        match &self.0 {
            Store::Memory(store) => store.flush(),
            #[cfg(target_os = "linux")]
            Store::Folder(folder) => folder.flush(),
        }
    }

    /// Has a function change what lies in a store in memory, as somebody could who may write there: each `value`, each
    /// `pause`, and each account's `cell`, always in the same order.
    pub fn alter(&self, alter: impl FnMut(&str, &mut Vec<u8>)) {
        match &self.0 {
            Store::Memory(store) => store.alter(alter),
            #[cfg(target_os = "linux")]
            Store::Folder(_) => {}
        }
    }

    /// Gives back the leases of a process, as if it had ended.
    pub fn ends(&self, process: u64) {
        match &self.0 {
            Store::Memory(store) => store.forget_leases_of(process),
            #[cfg(target_os = "linux")]
            Store::Folder(folder) => folder.ends(process),
        }
    }

    /// As a process has it open.
    pub(crate) fn access(&self, process: u64) -> Arc<Access> {
        let store: Arc<dyn SharedStore> = match &self.0 {
            Store::Memory(store) => Arc::new(store.of(process)),
            #[cfg(target_os = "linux")]
            Store::Folder(folder) => Arc::new(folder.of(process)),
        };
        Access::new(store, Some(&[7; 32]), Some("simulation"))
    }
}

#[cfg(target_os = "linux")]
mod folder {
    //! The host store by hand. The kernel gives back what a process holds that ends; as all are one process here, what
    //! each holds is written down.

    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::host;
    use crate::fleet::store::{
        Admitted, Answer, Asked, Claim, Lease, Pacing, SharedStore, Slot, Target, Told, Wanted,
    };
    use crate::sync::Mutex;

    #[derive(Clone)]
    pub(super) struct Folder {
        path: PathBuf,
        held: Arc<Mutex<Vec<Held>>>,
    }

    pub(super) struct Process {
        number: u64,
        store: Arc<dyn SharedStore>,
        held: Arc<Mutex<Vec<Held>>>,
    }

    /// A lease, and whose it is.
    struct Held {
        process: u64,
        store: Arc<dyn SharedStore>,
        lease: Lease,
    }

    impl Folder {
        pub(super) fn new(path: &Path) -> Self {
            Self { path: path.to_owned(), held: Arc::default() }
        }

        pub(super) fn of(&self, number: u64) -> Process {
            let (store, held) = (host::open(Some(&self.path)), Arc::clone(&self.held));
            Process { number, store, held }
        }

        pub(super) fn flush(&self) {
            let _ = std::fs::remove_dir_all(&self.path);
        }

        pub(super) fn ends(&self, number: u64) {
            let gone: Vec<Held> =
                self.held.lock().extract_if(.., |held| held.process == number).collect();
            gone.iter().for_each(|held| held.store.release(&held.lease));
        }
    }

    impl SharedStore for Process {
        fn claim(&self, wanted: &Wanted, time: u64) -> Answer<Claim> {
            let claim = self.store.claim(wanted, time).result();
            if let Ok(Claim::Lease(lease, _)) = &claim {
                let Lease { slot, chair, number } = *lease;
                let (process, store) = (self.number, Arc::clone(&self.store));
                let lease = Lease { slot, chair, number };
                self.held.lock().push(Held { process, store, lease });
            }
            Answer::Now(claim)
        }

        fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Answer<bool> {
            self.store.publish(target, value, time)
        }

        fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Answer<bool> {
            self.store.pause(target, pause, time)
        }

        fn release(&self, lease: &Lease) {
            self.held.lock().retain(|held| held.lease != *lease);
            self.store.release(lease);
        }

        fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Answer<()> {
            self.store.replace(slot, value, time)
        }

        fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Answer<Admitted> {
            self.store.admit(cell, asked, time)
        }

        fn report(&self, cell: &Slot, told: &Told, time: u64) -> Answer<()> {
            self.store.report(cell, told, time)
        }

        fn is_by_hand(&self) -> bool {
            true
        }

        fn pacing(&self) -> Pacing {
            self.store.pacing()
        }
    }
}
