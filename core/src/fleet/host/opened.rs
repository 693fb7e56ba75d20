//! A folder as this process has it open, and what is done in it under its locks.

use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::descriptor::{Descriptor, Identity};
use super::files;
use super::folder::{Places, boot_of};
use super::locks::{Locks, Offset};
use super::swept::Sweeps;
use super::words::trouble;
use crate::fleet::store::Part;
use crate::fleet::store::Slot;
use crate::fleet::store::Trouble;

const SECOND: u64 = 1_000_000_000;
/// How long the turn to write is waited for. A holder has it for some microseconds.
pub(super) const WRITING_WAIT: Duration = Duration::from_millis(10);
const WRITING_SLEEP: Duration = Duration::from_micros(50);
const WRITING_SLEEP_MAX: Duration = Duration::from_millis(1);

/// An open folder.
pub(super) struct Opened {
    folder: Descriptor,
    path: PathBuf,
    euid: u32,
    /// Why nothing can be locked, and so nothing written, if that is so.
    locks: Result<Locks, Errno>,
    since: u64,
    pub(super) sweeps: Sweeps,
}

/// The sole right to change what is in a slot.
pub(super) struct Turn<'a> {
    locks: &'a Locks,
    offset: Offset,
    number: u64,
}

impl Opened {
    /// Opens the folder; its locks not yet: to close them would drop those of another who has them open.
    pub(super) fn open_folder(
        places: &Places,
        euid: u32,
    ) -> Result<(Descriptor, PathBuf), Trouble> {
        let (folder, path) = places.open(euid)?;
        match Descriptor::new(folder) {
            Ok(folder) => Ok((folder, path)),
            Err(errno) => Err(trouble(&path, errno.desc(), false)),
        }
    }

    pub(super) fn new(folder: Descriptor, path: PathBuf, euid: u32, time: u64) -> Self {
        let locks = folder.fd().and_then(Locks::open);
        Self { folder, path, euid, locks, since: time, sweeps: Sweeps::default() }
    }

    pub(super) fn identity(&self) -> Identity {
        self.folder.identity()
    }

    /// Whether it can be used on. One without locks is opened again a second later.
    pub(super) fn is_there(&self, euid: u32, time: u64) -> bool {
        let has_locks = match &self.locks {
            Ok(locks) => locks.is_there(),
            Err(_) => time.checked_sub(self.since).is_some_and(|passed| passed < SECOND),
        };
        has_locks && self.euid == euid && self.folder.is_there()
    }

    pub(super) fn has_locks(&self) -> bool {
        self.locks.is_ok()
    }

    /// Whether it is the folder of a boot.
    pub(super) fn is_of_boot(&self, boot: &str) -> bool {
        let name = self.path.file_name().and_then(|name| name.to_str());
        name.and_then(boot_of) == Some(boot)
    }

    pub(super) fn fd(&self) -> Result<BorrowedFd<'_>, Trouble> {
        self.folder.fd().map_err(|errno| self.no_reading(errno))
    }

    pub(super) fn read(&self, part: Part, slot: &Slot) -> Result<Option<Vec<u8>>, Trouble> {
        let kind = match part {
            Part::Value => files::VALUE,
            Part::Pause => files::PAUSE,
        };
        self.read_file(&files::name(slot, kind))
    }

    pub(super) fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        files::read(self.fd()?, name).map_err(|errno| self.no_reading(errno))
    }

    pub(super) fn write(&self, slot: &Slot, kind: &str, bytes: &[u8]) -> Result<(), Trouble> {
        files::write(self.fd()?, slot, kind, bytes).map_err(|errno| self.no_writing(errno))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), Trouble> {
        files::remove(self.fd()?, name).map_err(|errno| self.no_writing(errno))
    }

    /// Locks a byte, if nobody else has it locked: the number of the lock.
    pub(super) fn lock(&self, offset: Offset) -> Result<Option<u64>, Trouble> {
        self.locks()?.lock(offset).map_err(|errno| self.no_writing(errno))
    }

    pub(super) fn holds(&self, offset: Offset, number: u64) -> bool {
        self.locks.as_ref().is_ok_and(|locks| locks.holds(offset, number))
    }

    pub(super) fn unlock(&self, offset: Offset, number: u64) {
        if let Ok(locks) = &self.locks {
            locks.unlock(offset, number);
        }
    }

    /// Waits for the turn to change a slot, some milliseconds at most.
    pub(super) fn turn(&self, slot: &Slot) -> Result<Turn<'_>, Trouble> {
        let start = Instant::now();
        let mut sleep = WRITING_SLEEP;
        loop {
            if let Some(turn) = self.turn_now(slot)? {
                return Ok(turn);
            }
            if start.elapsed() >= WRITING_WAIT {
                return Err(self.trouble("another process keeps writing in a slot", true));
            }
            thread::sleep(sleep);
            sleep = (sleep * 3 / 2).min(WRITING_SLEEP_MAX);
        }
    }

    /// The turn to change a slot, if nobody has it.
    pub(super) fn turn_now(&self, slot: &Slot) -> Result<Option<Turn<'_>>, Trouble> {
        let locks = self.locks()?;
        let offset = Offset::of_writing(slot);
        let number = locks.lock(offset).map_err(|errno| self.no_writing(errno))?;
        Ok(number.map(|number| Turn { locks, offset, number }))
    }

    pub(super) fn trouble(&self, what: &str, reads: bool) -> Trouble {
        trouble(&self.path, what, reads)
    }

    fn locks(&self) -> Result<&Locks, Trouble> {
        self.locks.as_ref().map_err(|errno| self.no_writing(*errno))
    }

    fn no_reading(&self, errno: Errno) -> Trouble {
        self.trouble(&format!("nothing can be read: {}", errno.desc()), false)
    }

    fn no_writing(&self, errno: Errno) -> Trouble {
        // Without memory or descriptors nothing can be opened for reading either.
        let reads = !matches!(errno, Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM | Errno::EBADF);
        self.trouble(&format!("nothing can be written: {}", errno.desc()), reads)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.locks.unlock(self.offset, self.number);
    }
}
