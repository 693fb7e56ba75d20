//! A store in memory, for tests and simulations: many handles, each of a process, share one state. Calls can
//! be made to fail, and processes to die.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::answer::Answer;
use super::cell::{Admitted, Asked, Cell, Told};
use super::head::Head;
use super::look::{Found, Part, is_as_seen, look, may_replace};
use super::shared::{Chair, Claim, Lease, Pacing, SharedStore, Target, Wanted};
use super::slot::Slot;
use super::trouble::Trouble;
use crate::sync::Mutex;

/// A call of a store, before it does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) what: Operation,
    pub(crate) process: u64,
    /// How many calls there were before, of all processes.
    pub(crate) count: u64,
    pub(crate) time: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Claim,
    Publish,
    Pause,
    Replace,
    Admit,
    Report,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It does nothing and fails.
    Fails,
    /// It does what it should, and nobody hears of it.
    LosesAnswer,
    /// It finds that nothing can be written.
    ReadOnly,
}

type Faults = dyn Fn(&Call) -> Fault + Send + Sync;

/// The store, as one process has it open.
#[derive(Clone)]
pub(crate) struct MemoryStore {
    process: u64,
    shared: Arc<Shared>,
}

struct Shared {
    pacing: Pacing,
    /// How long a lease lasts, in nanoseconds.
    lease_time: u64,
    faults: Box<Faults>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    values: HashMap<Slot, Vec<u8>>,
    pauses: HashMap<Slot, Vec<u8>>,
    cells: HashMap<Slot, Vec<u8>>,
    leases: HashMap<(Slot, bool), Held>,
    /// How many leases there have been.
    numbers: u64,
    calls: u64,
}

#[derive(Clone, Copy)]
struct Held {
    process: u64,
    number: u64,
    until: u64,
}

/// How a store in memory behaves.
pub(crate) struct MemoryOptions {
    pub(crate) pacing: Pacing,
    /// How long a lease lasts that is not given back.
    pub(crate) lease_time: Duration,
    pub(crate) faults: Box<Faults>,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self {
            pacing: Pacing {
                first: Duration::from_millis(20),
                share: 0.5,
                longest: Duration::from_secs(2),
                per_second: 20.0,
            },
            lease_time: Duration::MAX,
            faults: Box::new(|_| Fault::None),
        }
    }
}

/// Makes calls fail at random, this share of them (`0.0..=1.0`), the same ones for the same seed.
pub(crate) fn some(seed: u64, share: f64, fault: Fault) -> Box<Faults> {
    Box::new(move |call| if unit(seed ^ mix(call.count)) < share { fault } else { Fault::None })
}

/// A number in `0.0..1.0`.
#[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
fn unit(number: u64) -> f64 {
    (mix(number) >> 11) as f64 / (1_u64 << 53) as f64
}

/// SplitMix64.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl MemoryStore {
    /// A new store, as process 0 has it open.
    pub(crate) fn new(options: MemoryOptions) -> Self {
        let MemoryOptions { pacing, lease_time, faults } = options;
        let lease_time = crate::clock::nanos(lease_time);
        let shared = Shared { pacing, lease_time, faults, state: Mutex::default() };
        Self { process: 0, shared: Arc::new(shared) }
    }

    /// The same store, as another process has it open.
    pub(crate) fn of(&self, process: u64) -> Self {
        Self { process, shared: Arc::clone(&self.shared) }
    }

    /// Gives back all leases of a process, as if it had ended.
    pub(crate) fn forget_leases_of(&self, process: u64) {
        self.shared.state.lock().leases.retain(|_, held| held.process != process);
    }

    /// Loses everything, as a server does that comes back empty.
    pub(crate) fn flush(&self) {
        let mut state = self.shared.state.lock();
        *state = State { numbers: state.numbers, calls: state.calls, ..State::default() };
    }

    /// Hands everything that lies there to a function that may change it, by kind, in the order of the slots.
    #[cfg(feature = "test-helpers")]
    pub(crate) fn alter(&self, mut alter: impl FnMut(&str, &mut Vec<u8>)) {
        let mut state = self.shared.state.lock();
        let State { values, pauses, cells, .. } = &mut *state;
        for (kind, all) in [("value", values), ("pause", pauses), ("cell", cells)] {
            let mut all: Vec<_> = all.iter_mut().collect();
            all.sort_unstable_by_key(|(slot, _)| **slot);
            all.into_iter().for_each(|(_, bytes)| alter(kind, bytes));
        }
    }

    /// Puts bytes where a value or a pause lies.
    #[cfg(test)]
    pub(crate) fn put(&self, part: Part, slot: &Slot, bytes: Vec<u8>) {
        let mut state = self.shared.state.lock();
        match part {
            Part::Value => state.values.insert(*slot, bytes),
            Part::Pause => state.pauses.insert(*slot, bytes),
        };
    }

    /// How many calls there were.
    #[cfg(test)]
    pub(crate) fn calls(&self) -> u64 {
        self.shared.state.lock().calls
    }

    /// Runs a call, or what is left of it.
    fn run<R>(
        &self,
        what: Operation,
        time: u64,
        run: impl FnOnce(&mut State, bool) -> Result<R, Trouble>,
    ) -> Result<R, Trouble> {
        let mut state = self.shared.state.lock();
        let call = Call { what, process: self.process, count: state.calls, time };
        state.calls += 1;
        match (self.shared.faults)(&call) {
            Fault::None => run(&mut state, true),
            Fault::Fails => Err(trouble("it failed", false)),
            Fault::LosesAnswer => {
                let _ = run(&mut state, true);
                Err(trouble("the answer was lost", false))
            }
            Fault::ReadOnly if what == Operation::Claim => run(&mut state, false),
            Fault::ReadOnly => Err(trouble("it is read-only", true)),
        }
    }
}

impl SharedStore for MemoryStore {
    fn claim(&self, wanted: &Wanted, time: u64) -> Answer<Claim> {
        Answer::Now(self.claim(wanted, time))
    }

    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Answer<bool> {
        Answer::Now(self.publish(target, value, time))
    }

    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Answer<bool> {
        Answer::Now(self.pause(target, pause, time))
    }

    fn release(&self, lease: &Lease) {
        let mut state = self.shared.state.lock();
        let place = (lease.slot, lease.chair == Chair::Second);
        let is_own = |held: &Held| held.process == self.process && held.number == lease.number;
        if state.leases.get(&place).is_some_and(is_own) {
            state.leases.remove(&place);
        }
    }

    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Answer<()> {
        Answer::Now(self.replace(slot, value, time))
    }

    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Answer<Admitted> {
        Answer::Now(self.admit(cell, asked, time))
    }

    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Answer<()> {
        Answer::Now(self.report(cell, told, time))
    }

    fn is_by_hand(&self) -> bool {
        true
    }

    fn pacing(&self) -> Pacing {
        self.shared.pacing
    }
}

/// Nothing here waits, so all is answered immediately.
impl MemoryStore {
    fn claim(&self, wanted: &Wanted, time: u64) -> Result<Claim, Trouble> {
        self.run(Operation::Claim, time, |state, can_write| {
            let seen = match look(wanted, time, |part, slot| Ok(state.read(part, slot)))? {
                Found::Answer(claim) => return Ok(claim),
                Found::Nothing(seen) => seen,
            };
            if wanted.chair == Chair::None {
                return Ok(Claim::Busy(seen));
            }
            if !can_write {
                return Err(trouble("it is read-only", true));
            }
            if state.holder(&wanted.slot, wanted.chair, time).is_some() {
                return Ok(Claim::Busy(seen));
            }
            state.numbers += 1;
            let number = state.numbers;
            let until = time.saturating_add(self.shared.lease_time);
            let held = Held { process: self.process, number, until };
            state.leases.insert((wanted.slot, wanted.chair == Chair::Second), held);
            let lease = Lease { slot: wanted.slot, chair: wanted.chair, number };
            let ask = |(cell, asked): &(Slot, Asked)| state.admit(cell, asked, time);
            Ok(Claim::Lease(lease, seen, wanted.account.as_ref().map(ask)))
        })
    }

    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Result<bool, Trouble> {
        let Some(head) = Head::read(value) else { return Ok(false) };
        self.run(Operation::Publish, time, |state, _| {
            let current = state.values.get(target.slot).map(Vec::as_slice);
            let group = state.values.get(target.group).map(Vec::as_slice);
            let counts = state.is_holder(self.process, target, time)
                && may_replace(current, group, target.seen, &head);
            if counts {
                state.values.insert(*target.slot, value.to_vec());
                state.pauses.remove(target.slot);
            }
            Ok(counts)
        })
    }

    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Result<bool, Trouble> {
        if pause.is_some_and(|pause| Head::read(pause).is_none()) {
            return Ok(false);
        }
        self.run(Operation::Pause, time, |state, _| {
            let current = state.values.get(target.slot).map(Vec::as_slice);
            let counts =
                state.is_holder(self.process, target, time) && is_as_seen(current, target.seen);
            match pause {
                Some(pause) if counts => {
                    state.pauses.insert(*target.slot, pause.to_vec());
                }
                None if counts => {
                    state.pauses.remove(target.slot);
                }
                _ => {}
            }
            Ok(counts)
        })
    }

    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Result<(), Trouble> {
        if Head::read(value).is_none() {
            return Err(trouble("a value is not readable or too long", true));
        }
        self.run(Operation::Replace, time, |state, _| {
            state.values.insert(*slot, value.to_vec());
            state.pauses.remove(slot);
            Ok(())
        })
    }

    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Result<Admitted, Trouble> {
        self.run(Operation::Admit, time, |state, _| Ok(state.admit(cell, asked, time)))
    }

    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Result<(), Trouble> {
        self.run(Operation::Report, time, |state, _| {
            if let Some(next) = Cell::report(state.cell(cell, time), told, time) {
                state.cells.insert(*cell, next.bytes().to_vec());
            }
            Ok(())
        })
    }
}

impl State {
    fn read(&self, part: Part, slot: &Slot) -> Option<Vec<u8>> {
        let parts = match part {
            Part::Value => &self.values,
            Part::Pause => &self.pauses,
        };
        parts.get(slot).cloned()
    }

    fn cell(&self, slot: &Slot, time: u64) -> Option<Cell> {
        self.cells.get(slot).and_then(|bytes| Cell::read(bytes, time))
    }

    fn admit(&mut self, cell: &Slot, asked: &Asked, time: u64) -> Admitted {
        let (next, admitted) = Cell::admit(self.cell(cell, time), asked, time);
        self.cells.insert(*cell, next.bytes().to_vec());
        admitted
    }

    fn holder(&self, slot: &Slot, chair: Chair, time: u64) -> Option<&Held> {
        let held = self.leases.get(&(*slot, chair == Chair::Second));
        held.filter(|held| held.until > time)
    }

    /// Whether a process may leave something: it holds the lease, or has none and nobody else has.
    fn is_holder(&self, process: u64, target: &Target<'_>, time: u64) -> bool {
        let Some(lease) = target.lease else {
            return self.holder(target.slot, Chair::First, time).is_none();
        };
        let is_own = |held: &Held| held.process == process && held.number == lease.number;
        lease.slot == *target.slot
            && self.holder(&lease.slot, lease.chair, time).is_some_and(is_own)
    }
}

fn trouble(what: &str, reads: bool) -> Trouble {
    Trouble { what: format!("a store in memory: {what}"), reads, is_unsupported: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::store::contract::{CHECKS, SLOT, World, grant, wanted};

    impl World for MemoryStore {
        fn store(&self, process: u64) -> Box<dyn SharedStore> {
            Box::new(self.of(process))
        }

        fn put(&self, part: Part, slot: &Slot, bytes: Vec<u8>) {
            Self::put(self, part, slot, bytes);
        }

        fn put_cell(&self, slot: &Slot, bytes: &[u8]) {
            self.shared.state.lock().cells.insert(*slot, bytes.to_vec());
        }
    }

    #[test]
    fn it_is_a_store() {
        for (name, check) in CHECKS {
            println!("{name}");
            check(&MemoryStore::new(MemoryOptions::default()));
        }
    }

    fn takes_lease(claim: Result<Claim, Trouble>) -> bool {
        matches!(claim, Ok(Claim::Lease(..)))
    }

    #[test]
    fn a_lease_ends_by_time_and_with_its_process() {
        let lease_time = Duration::from_nanos(100);
        let store = MemoryStore::new(MemoryOptions { lease_time, ..MemoryOptions::default() });
        let (first, second) = (store.of(1), store.of(2));
        assert!(takes_lease(first.claim(&wanted(), 1000)));
        assert!(!takes_lease(second.claim(&wanted(), 1099)));
        assert!(takes_lease(second.claim(&wanted(), 1100)));
        store.forget_leases_of(1);
        assert!(!takes_lease(first.claim(&wanted(), 1101)));
        store.forget_leases_of(2);
        assert!(takes_lease(first.claim(&wanted(), 1101)));
        store.flush();
        assert!(takes_lease(second.claim(&wanted(), 1101)));
    }

    #[test]
    fn calls_fail_as_they_are_told_to() {
        let faults = Box::new(|call: &Call| match call.count {
            0 => Fault::Fails,
            1 => Fault::LosesAnswer,
            2 => Fault::ReadOnly,
            _ => Fault::None,
        });
        let store = MemoryStore::new(MemoryOptions { faults, ..MemoryOptions::default() });
        let value = grant(1, u64::MAX);
        assert!(!store.replace(&SLOT, &value, 1000).unwrap_err().reads);
        assert!(store.replace(&SLOT, &value, 1000).is_err());
        let claim = store.claim(&wanted(), 1000);
        assert!(matches!(claim, Ok(Claim::Value(found)) if found == value));
        assert_eq!(store.calls(), 3);
        let share = some(7, 0.25, Fault::Fails);
        let failed = (0..10_000_u64)
            .map(|count| Call { what: Operation::Claim, process: 0, count, time: 0 })
            .filter(|call| share(call) == Fault::Fails);
        assert!((2_300..2_700).contains(&failed.count()));
    }
}
