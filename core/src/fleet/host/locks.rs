//! The kernel's locks on single bytes of one file: it gives those of a process back when that process ends.
//!
//! Not `flock`, and not locks of open files: a forked child inherits those, for as long as it lives. As the
//! locks are the process's, closing any descriptor of the file drops them all; so there is one, and a table
//! keeps the threads of the process apart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, openat};
use nix::libc;
use nix::sys::stat::Mode;

use super::descriptor::Descriptor;
use crate::fleet::store::Chair;
use crate::fleet::store::Slot;
use crate::sync::Mutex;

pub(super) const FILE: &str = "lock";
/// Tells all locks of the process apart, of whichever file.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// What a byte stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Offset(u64);

impl Offset {
    /// To look through the folder.
    pub(super) const SWEEP: Self = Self(3);

    pub(super) fn of_chair(slot: &Slot, chair: Chair) -> Option<Self> {
        match chair {
            Chair::None => None,
            Chair::First => Some(Self(slot.number() * 4)),
            Chair::Second => Some(Self(slot.number() * 4 + 1)),
        }
    }

    /// To read, judge and write what is in a slot.
    pub(super) fn of_writing(slot: &Slot) -> Self {
        Self(slot.number() * 4 + 2)
    }
}

/// A file whose bytes are locked.
pub(super) struct Locks {
    file: Descriptor,
    /// The bytes that this process has locked, with the numbers of the locks.
    held: Mutex<HashMap<Offset, u64>>,
}

impl Locks {
    pub(super) fn open(folder: impl AsFd) -> Result<Self, Errno> {
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let flags = flags | OFlag::O_NONBLOCK;
        let file = openat(folder, FILE, flags, Mode::S_IRUSR | Mode::S_IWUSR)?;
        Ok(Self { file: Descriptor::new(file)?, held: Mutex::default() })
    }

    pub(super) fn is_there(&self) -> bool {
        self.file.is_there()
    }

    /// Locks a byte, if no other process and no other thread has it locked: the number of the lock.
    pub(super) fn lock(&self, offset: Offset) -> Result<Option<u64>, Errno> {
        let mut held = self.held.lock();
        let Entry::Vacant(place) = held.entry(offset) else { return Ok(None) };
        match self.set(offset, libc::F_WRLCK) {
            Ok(()) => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                place.insert(number);
                Ok(Some(number))
            }
            Err(Errno::EACCES | Errno::EAGAIN) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    pub(super) fn holds(&self, offset: Offset, number: u64) -> bool {
        self.held.lock().get(&offset) == Some(&number)
    }

    /// Unlocks a byte, if it is locked under this number.
    pub(super) fn unlock(&self, offset: Offset, number: u64) {
        let mut held = self.held.lock();
        if held.get(&offset) == Some(&number) {
            held.remove(&offset);
            // Fails only if the file is not open any more, and then nothing is locked.
            let _ = self.set(offset, libc::F_UNLCK);
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::unnecessary_cast,
        trivial_numeric_casts,
        reason = "the kernel's constants are small, of types that differ between targets"
    )]
    fn set(&self, offset: Offset, kind: libc::c_int) -> Result<(), Errno> {
        let lock = libc::flock {
            l_type: kind as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: libc::off_t::try_from(offset.0).map_err(|_| Errno::EOVERFLOW)?,
            l_len: 1,
            l_pid: 0,
        };
        fcntl(self.file.fd()?, FcntlArg::F_SETLK(&lock)).map(drop)
    }
}
