//! Whether the processes of a fleet can share here: what one of them leaves in the store, another has to get.

use std::thread;
use std::time::Duration;

use super::store::{
    Answered, Chair, Claim, Findings, Head, Kind, Lease, Seen, SharedStore, Slot, StoreClock,
    Target, Trouble, Wanted,
};
use crate::random;
use crate::thread::boot_nanos;

const SECOND: u64 = 1_000_000_000;
/// How long what is left in the store is of use to anybody.
const LIFETIME: u64 = 15 * SECOND;
/// A server that was reached a moment ago is asked for as long as it may take to connect to it.
const PATIENCE: u64 = 5 * SECOND;
const PAUSE: Duration = Duration::from_millis(50);

/// A place in the store that no fleet has.
pub(super) struct Place {
    pub(super) slot: Slot,
    group: Slot,
}

/// Takes the lease of a place that nobody uses, leaves something there, and gets it back as others would.
pub(super) fn share(place: &Place, store: &dyn SharedStore, found: &mut Findings) {
    let (lease, seen, clock) = match place.lease(store) {
        Ok(lease) => lease,
        Err(trouble) => return found.trouble("lease", trouble),
    };
    match place.claim(store).result {
        Ok(Claim::Busy(_)) => {
            found.good("lease", "one process at a time has the right to fetch");
        }
        Ok(_) => found.bad("lease", "the store gave one lease to two"),
        Err(trouble) => found.trouble("lease", trouble),
    }
    let left = place.leave(store, (&lease, seen), clock);
    let taken = left.and_then(|_| place.claim(store).result);
    store.release(&lease);
    match taken {
        Ok(Claim::Value(_)) => {
            found.good("grant", "what one process fetches the others take over");
        }
        Ok(_) => found.bad("grant", "the store did not hand over what was left in it"),
        Err(trouble) => found.trouble("grant", trouble),
    }
}

impl Place {
    pub(super) fn new() -> Self {
        let group = Self::anywhere();
        Self { slot: Self::anywhere().beside(&group), group }
    }

    fn anywhere() -> Slot {
        let halves = [random::number(), random::number()].map(u64::to_le_bytes);
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(halves.as_flattened()).for_each(|(to, from)| *to = *from);
        Slot::new(bytes)
    }

    fn claim(&self, store: &dyn SharedStore) -> Answered<Claim> {
        let time = boot_nanos();
        let wanted = Wanted {
            slot: self.slot,
            group: self.group,
            end: time + SECOND,
            not: [None; 2],
            is_pause_known: false,
            chair: Chair::First,
            account: None,
        };
        store.claim(&wanted, time).wait()
    }

    /// The lease. The store's own connection may have to be made first.
    fn lease(&self, store: &dyn SharedStore) -> Result<(Lease, Seen, StoreClock), Trouble> {
        let until = boot_nanos() + PATIENCE;
        loop {
            let Answered { result, clock } = self.claim(store);
            match result {
                Ok(Claim::Lease(lease, seen, _)) => return Ok((lease, seen, clock)),
                Ok(_) => {
                    let what = "the store gives no lease of a place that nobody uses".to_owned();
                    return Err(Trouble { what, reads: true, is_unsupported: false });
                }
                Err(trouble) if trouble.reads || boot_nanos() >= until => return Err(trouble),
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// Leaves what everybody takes for a grant, and nobody can open.
    fn leave(
        &self,
        store: &dyn SharedStore,
        (lease, seen): (&Lease, Seen),
        clock: StoreClock,
    ) -> Result<bool, Trouble> {
        let head = Head {
            kind: Kind::Grant,
            generation: random::number(),
            epoch: seen.epoch,
            end: clock.in_store(boot_nanos() + LIFETIME),
            took: 1,
            failures: 0,
        };
        let target = Target {
            slot: &self.slot,
            group: &self.group,
            lease: Some(lease),
            seen: seen.head.map(|head| head.generation),
        };
        store.publish(&target, &head.bytes(), boot_nanos()).wait().result
    }
}
