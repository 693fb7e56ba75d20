//! Removes from a folder what is over: values, pauses and cells, what a writer left that died, and the
//! folders of former boots. Whoever has left a value does it, all processes together once a minute.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{SystemTime, UNIX_EPOCH};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::files::{self, CELL, PAUSE, TEMPORARY, VALUE};
use super::folder::{FOLDER, boot_of};
use super::locks::Offset;
use super::opened::Opened;
use super::swept::{MINUTE, Swept};
use crate::fleet::store::Head;
use crate::fleet::store::Slot;

/// So many entries of the folder are looked at, and so many files opened.
const ENTRIES_MAX: usize = 20_000;
const OPENED_MAX: u64 = 2_000;
/// Of the folders of former boots.
const BOOTS_MAX: usize = 1_000;
/// Seconds without a change after which something is nobody's.
const WRITER_AGE: i64 = 10;
/// Longer than any cool-down.
const CELL_AGE: i64 = 4_200;
const BOOT_AGE: i64 = 3_600;
/// The slot that stands for the last sweep, and the kind of its file.
const SWEPT: &str = "swept";
const SWEPT_SLOT: Slot = Slot::new([0; 16]);

/// Sweeps the folder if nobody has for a minute. Whatever fails is left to the next sweep.
pub(super) fn sweep_if_due(opened: &Opened, time: u64) {
    if !opened.sweeps.is_due(time) {
        return;
    }
    if let Ok(Some(number)) = opened.lock(Offset::SWEEP) {
        sweep_as_one(opened, time);
        opened.unlock(Offset::SWEEP, number);
    }
}

fn sweep_as_one(opened: &Opened, time: u64) {
    let bytes = opened.read_file(&files::name(&SWEPT_SLOT, SWEPT)).ok().flatten();
    let last = bytes.and_then(|bytes| Swept::read(&bytes)).filter(|last| last.at <= time);
    let mut swept = last.unwrap_or_default();
    if last.is_none_or(|last| time - last.at >= MINUTE) {
        let mut sweep = Sweep::new(opened, swept, time);
        sweep.files();
        sweep.boots();
        swept = Swept { at: time, values: sweep.values, round: swept.round.wrapping_add(1) };
        let _ = opened.write(&SWEPT_SLOT, SWEPT, &swept.bytes());
    }
    opened.sweeps.were(swept);
}

struct Sweep<'a> {
    opened: &'a Opened,
    time: u64,
    /// Seconds since the Unix epoch, by which files have their times.
    wall: i64,
    /// Of this many values one is looked at.
    share: u64,
    round: u64,
    values: u64,
}

impl<'a> Sweep<'a> {
    fn new(opened: &'a Opened, last: Swept, time: u64) -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self {
            opened,
            time,
            wall: i64::try_from(wall).unwrap_or(i64::MAX),
            share: 1 + last.values / OPENED_MAX,
            round: last.round,
            values: 0,
        }
    }

    fn files(&mut self) {
        let Ok(folder) = self.opened.fd() else { return };
        for_each(folder, ENTRIES_MAX, |name| {
            let Some((slot, kind)) = parts(name) else { return };
            let is_over = match kind {
                VALUE => {
                    self.values += 1;
                    slot.number() % self.share == self.round % self.share
                        && self.has_ended(folder, name)
                }
                PAUSE => self.has_ended(folder, name),
                CELL => self.is_older(folder, name, CELL_AGE),
                TEMPORARY => {
                    if self.is_older(folder, name, WRITER_AGE) {
                        let _ = files::remove(folder, name);
                    }
                    false
                }
                _ => false,
            };
            if is_over && self.remove(folder, &slot, kind, name) && kind == VALUE {
                self.values -= 1;
            }
        });
    }

    /// Removes a file if it is still over when nobody else can change it.
    fn remove(&self, folder: BorrowedFd<'_>, slot: &Slot, kind: &str, name: &str) -> bool {
        let Ok(Some(_turn)) = self.opened.turn_now(slot) else { return false };
        let is_over = match kind {
            CELL => self.is_older(folder, name, CELL_AGE),
            _ => self.has_ended(folder, name),
        };
        is_over && files::remove(folder, name).is_ok()
    }

    /// Whether a value or a pause is of no use any more. What is none of ours gets its time as cells do.
    fn has_ended(&self, folder: BorrowedFd<'_>, name: &str) -> bool {
        let Ok(bytes) = files::read(folder, name) else { return false };
        match bytes.as_deref().and_then(Head::read) {
            Some(head) => head.end <= self.time,
            None => self.is_older(folder, name, CELL_AGE),
        }
    }

    #[allow(clippy::useless_conversion, reason = "the type differs between targets")]
    fn is_older(&self, folder: BorrowedFd<'_>, name: &str, age: i64) -> bool {
        let stat = fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW);
        // The wall clock may have been put back since.
        stat.is_ok_and(|stat| self.wall.abs_diff(i64::from(stat.st_mtime)) > age.unsigned_abs())
    }

    /// Removes the folders of former boots.
    fn boots(&self) {
        let Ok(own) = self.opened.fd() else { return };
        let Ok(all) = openat(own, "..", FOLDER, Mode::empty()) else { return };
        let all = all.as_fd();
        for_each(all, BOOTS_MAX, |name| {
            let is_former = boot_of(name).is_some_and(|boot| !self.opened.is_of_boot(boot));
            // Containers that share a folder may each give the boot another name.
            if is_former && self.is_older(all, name, BOOT_AGE) {
                let _ = remove_folder(all, name);
            }
        });
    }
}

/// Removes a folder of a former boot, if there is nothing in it but what is ours.
fn remove_folder(all: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
    let folder = openat(all, name, FOLDER, Mode::empty())?;
    let folder = folder.as_fd();
    for_each(folder, ENTRIES_MAX, |name| {
        if parts(name).is_some() || name == super::locks::FILE {
            let _ = files::remove(folder, name);
        }
    });
    unlinkat(all, name, UnlinkatFlags::RemoveDir)
}

/// Hands the names in a folder to a function, as many at most.
fn for_each(folder: BorrowedFd<'_>, most: usize, mut run: impl FnMut(&str)) {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let Ok(mut entries) = Dir::openat(folder, ".", flags, Mode::empty()) else { return };
    for entry in entries.iter().take(most).flatten() {
        if let Ok(name) = entry.file_name().to_str() {
            run(name);
        }
    }
}

/// The slot and the kind that a file's name tells of; none if it is none of ours.
fn parts(name: &str) -> Option<(Slot, &str)> {
    let (slot, rest) = name.split_at_checked(32)?;
    let slot = Slot::of_hex(slot)?;
    let kind = rest.strip_prefix('.')?;
    match kind {
        VALUE | PAUSE | CELL | SWEPT => Some((slot, kind)),
        _ => {
            let (writer, kind) = kind.rsplit_once('.')?;
            let (process, number) = writer.split_once('-')?;
            let are_numbers = [process, number]
                .iter()
                .all(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
            (are_numbers && kind == TEMPORARY).then_some((slot, kind))
        }
    }
}
