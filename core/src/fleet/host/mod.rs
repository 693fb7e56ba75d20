//! The store of one user's processes on one machine: files in a private folder, and the kernel's locks for
//! leases. It needs no server, and whatever a process holds is free when it ends.
//!
//! In the folder lies one for each boot, so that all times in it are of the same clock.

mod descriptor;
mod files;
mod folder;
mod locks;
mod opened;
mod registry;
mod sweep;
mod swept;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::geteuid;

use self::folder::Places;
use self::locks::Offset;
use self::opened::Opened;
use crate::fleet::store::Head;
use crate::fleet::store::Slot;
use crate::fleet::store::{Admitted, Answer, Asked, Cell, Told};
use crate::fleet::store::{Chair, Claim, Lease, Pacing, SharedStore, Target, Trouble, Wanted};
use crate::fleet::store::{Found, Part, is_as_seen, look, may_replace};
use crate::fork::{ForkCell, Generation, Reborn, generation};
use crate::sync::Mutex;

const SECOND: u64 = 1_000_000_000;
/// No more values are left in a folder.
const VALUES_MAX: u64 = 10_000;

/// The store in this folder, or in the usual one of the user who runs the process.
pub(crate) fn open(path: Option<&Path>) -> Arc<dyn SharedStore> {
    Arc::new(HostStore::new(path))
}

/// The folder of this boot, made and checked, or what is wrong with it.
pub(crate) fn place(path: Option<&Path>) -> Result<String, String> {
    let opened = Places::new(path).open(geteuid().as_raw());
    let (_, path) = opened.map_err(|trouble| trouble.what)?;
    Ok(path.display().to_string())
}

/// A store in a folder, which is opened when it is first used.
struct HostStore(ForkCell<State>);

struct State {
    born: Generation,
    places: Arc<Places>,
    opening: Mutex<Opening>,
}

#[derive(Default)]
struct Opening {
    opened: Option<Arc<Opened>>,
    /// Why it was not opened, and when that was tried.
    failed: Option<(u64, Trouble)>,
}

impl HostStore {
    fn new(path: Option<&Path>) -> Self {
        Self(ForkCell::new(State::new(Arc::new(Places::new(path)))))
    }

    fn opened(&self, time: u64) -> Result<Arc<Opened>, Trouble> {
        self.0.get().opened(time)
    }
}

impl State {
    fn new(places: Arc<Places>) -> Self {
        Self { born: generation(), places, opening: Mutex::default() }
    }

    /// The open folder. It is opened again if it is gone, or the process runs as another user; and at most
    /// once a second if that fails.
    fn opened(&self, time: u64) -> Result<Arc<Opened>, Trouble> {
        let euid = geteuid().as_raw();
        let mut opening = self.opening.lock();
        if let Some(opened) = &opening.opened
            && opened.is_there(euid, time)
        {
            return Ok(Arc::clone(opened));
        }
        if let Some((at, trouble)) = &opening.failed
            && time.checked_sub(*at).is_some_and(|passed| passed < SECOND)
        {
            return Err(trouble.clone());
        }
        let result = registry::open(&self.places, euid, time);
        let failed = result.as_ref().err().map(|trouble| (time, trouble.clone()));
        *opening = Opening { opened: result.as_ref().ok().map(Arc::clone), failed };
        result
    }

    /// The folder as it was last opened.
    fn last_opened(&self) -> Option<Arc<Opened>> {
        self.opening.lock().opened.clone()
    }
}

impl Reborn for State {
    fn is_foreign(&self) -> bool {
        self.born != generation()
    }

    fn reborn(&self) -> Self {
        Self::new(Arc::clone(&self.places))
    }
}

impl SharedStore for HostStore {
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
        let opened = self.0.get().last_opened();
        if let (Some(opened), Some(offset)) = (opened, Offset::of_chair(&lease.slot, lease.chair)) {
            opened.unlock(offset, lease.number);
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

    /// They are locks, which a full file system gives as well.
    fn writes_leases(&self) -> bool {
        false
    }

    fn pacing(&self) -> Pacing {
        Pacing {
            first: Duration::from_millis(20),
            share: 0.25,
            longest: Duration::from_millis(100),
            per_second: 1000.0,
        }
    }
}

/// Nothing here waits, so all is answered immediately.
impl HostStore {
    fn claim(&self, wanted: &Wanted, time: u64) -> Result<Claim, Trouble> {
        let opened = self.opened(time)?;
        let look = || look(wanted, time, |part, slot| opened.read(part, slot));
        let seen = match look()? {
            Found::Answer(claim) => return Ok(claim),
            Found::Nothing(seen) => seen,
        };
        let Some(offset) = Offset::of_chair(&wanted.slot, wanted.chair) else {
            return Ok(Claim::Busy(seen));
        };
        let Some(number) = opened.lock(offset)? else { return Ok(Claim::Busy(seen)) };
        // Who had it until now may have left something.
        let found = look();
        if let Ok(Found::Nothing(seen)) = found {
            let lease = Lease { slot: wanted.slot, chair: wanted.chair, number };
            let ask = |(cell, asked): &(Slot, Asked)| self.admit(cell, asked, time).ok();
            return Ok(Claim::Lease(lease, seen, wanted.account.as_ref().and_then(ask)));
        }
        opened.unlock(offset, number);
        match found? {
            Found::Answer(claim) => Ok(claim),
            Found::Nothing(seen) => Ok(Claim::Busy(seen)),
        }
    }

    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Result<bool, Trouble> {
        let Some(head) = Head::read(value) else { return Ok(false) };
        let opened = self.opened(time)?;
        let counts = opened.as_holder(target, || {
            let turn = opened.turn(target.slot)?;
            let current = opened.read(Part::Value, target.slot)?;
            let group = opened.read(Part::Value, target.group)?;
            if !may_replace(current.as_deref(), group.as_deref(), target.seen, &head) {
                return Ok(false);
            }
            if current.is_none() && !opened.sweeps.may_add(VALUES_MAX) {
                return Err(opened.trouble("there are too many values in it", true));
            }
            opened.write(target.slot, files::VALUE, value)?;
            opened.remove(&files::name(target.slot, files::PAUSE))?;
            drop(turn);
            Ok(true)
        });
        // Also where there are too many already.
        if !matches!(counts, Ok(false)) {
            sweep::sweep_if_due(&opened, time);
        }
        counts
    }

    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Result<bool, Trouble> {
        if pause.is_some_and(|pause| Head::read(pause).is_none()) {
            return Ok(false);
        }
        let opened = self.opened(time)?;
        opened.as_holder(target, || {
            let _turn = opened.turn(target.slot)?;
            if !is_as_seen(opened.read(Part::Value, target.slot)?.as_deref(), target.seen) {
                return Ok(false);
            }
            match pause {
                Some(pause) => opened.write(target.slot, files::PAUSE, pause)?,
                None => opened.remove(&files::name(target.slot, files::PAUSE))?,
            }
            Ok(true)
        })
    }

    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Result<(), Trouble> {
        let opened = self.opened(time)?;
        if Head::read(value).is_none() {
            return Err(opened.trouble("a value is not readable or too long", true));
        }
        let _turn = opened.turn(slot)?;
        opened.write(slot, files::VALUE, value)?;
        opened.remove(&files::name(slot, files::PAUSE))
    }

    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Result<Admitted, Trouble> {
        let opened = self.opened(time)?;
        let _turn = opened.turn(cell)?;
        let (next, admitted) = Cell::admit(opened.cell(cell, time)?, asked, time);
        opened.write(cell, files::CELL, &next.bytes())?;
        Ok(admitted)
    }

    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Result<(), Trouble> {
        let opened = self.opened(time)?;
        let _turn = opened.turn(cell)?;
        match Cell::report(opened.cell(cell, time)?, told, time) {
            Some(next) => opened.write(cell, files::CELL, &next.bytes()),
            None => Ok(()),
        }
    }
}

impl Opened {
    /// Does what only the holder of a lease may do; so may a caller without one, if nobody has it.
    fn as_holder(
        &self,
        target: &Target<'_>,
        run: impl FnOnce() -> Result<bool, Trouble>,
    ) -> Result<bool, Trouble> {
        if let Some(lease) = target.lease {
            let offset = Offset::of_chair(&lease.slot, lease.chair);
            let is_held = offset.is_some_and(|offset| self.holds(offset, lease.number));
            return if is_held && lease.slot == *target.slot { run() } else { Ok(false) };
        }
        let Some(offset) = Offset::of_chair(target.slot, Chair::First) else { return Ok(false) };
        let Some(number) = self.lock(offset)? else { return Ok(false) };
        let done = run();
        self.unlock(offset, number);
        done
    }

    fn cell(&self, slot: &Slot, time: u64) -> Result<Option<Cell>, Trouble> {
        let bytes = self.read_file(&files::name(slot, files::CELL))?;
        Ok(bytes.and_then(|bytes| Cell::read(&bytes, time)))
    }
}
