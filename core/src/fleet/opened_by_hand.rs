//! A store of another program's making by hand. What a process holds that ends is given back by the kernel, or ends by
//! time; as all are one process here, what each holds is written down.

use std::sync::Arc;

use super::store::{
    Admitted, Answer, Asked, Claim, Lease, Pacing, SharedStore, Slot, Target, Told, Wanted,
};
use crate::sync::Mutex;

/// Opens the store for one process.
type Open = dyn Fn() -> Arc<dyn SharedStore> + Send + Sync;

/// A store that is opened for each process.
#[derive(Clone)]
pub(super) struct Opened {
    open: Arc<Open>,
    clear: Arc<dyn Fn() + Send + Sync>,
    held: Arc<Mutex<Vec<Held>>>,
}

/// As one process has it open.
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

impl Opened {
    /// `clear` removes all that lies there.
    pub(super) fn new(
        open: impl Fn() -> Arc<dyn SharedStore> + Send + Sync + 'static,
        clear: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { open: Arc::new(open), clear: Arc::new(clear), held: Arc::default() }
    }

    pub(super) fn of(&self, number: u64) -> Process {
        Process { number, store: (self.open)(), held: Arc::clone(&self.held) }
    }

    pub(super) fn clear(&self) {
        (self.clear)();
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
        if let Ok(Claim::Lease(lease, ..)) = &claim {
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
