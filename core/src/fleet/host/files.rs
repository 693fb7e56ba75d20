//! Files of a folder: read as far as they may be ours, and written beside and renamed, so that nobody reads
//! half of one.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::BorrowedFd;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::fleet::store::Slot;
use crate::fleet::store::VALUE_MAX_BYTES;

/// What a file of a slot holds, by the end of its name.
pub(super) const VALUE: &str = "v";
pub(super) const PAUSE: &str = "p";
pub(super) const CELL: &str = "c";
pub(super) const TEMPORARY: &str = "tmp";

pub(super) fn name(slot: &Slot, kind: &str) -> String {
    format!("{}.{kind}", slot.hex())
}

/// What is in a file; nothing of it if it is something else of that name, or too long, and none if there is none.
pub(super) fn read(folder: BorrowedFd<'_>, name: &str) -> Result<Option<Vec<u8>>, Errno> {
    // Without O_NONBLOCK a pipe of that name would hold the caller for ever.
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
    let file = match openat(folder, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(None),
        Err(Errno::ELOOP | Errno::ENXIO | Errno::ENODEV) => return Ok(Some(Vec::new())),
        Err(errno) => return Err(errno),
    };
    let about = file.metadata().map_err(|error| errno_of(&error))?;
    let most = VALUE_MAX_BYTES as u64;
    if !about.is_file() || about.len() > most {
        return Ok(Some(Vec::new()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).map_or(0, |len| len + 1));
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| errno_of(&error))?;
    // It has grown meanwhile.
    if bytes.len() > VALUE_MAX_BYTES {
        bytes.clear();
    }
    Ok(Some(bytes))
}

/// Puts a file in place of what has its name.
pub(super) fn write(
    folder: BorrowedFd<'_>,
    slot: &Slot,
    kind: &str,
    bytes: &[u8],
) -> Result<(), Errno> {
    let (file, beside) = create(folder, slot)?;
    let written = fill(file, bytes)
        .and_then(|()| renameat(folder, beside.as_str(), folder, name(slot, kind).as_str()));
    if written.is_err() {
        let _ = remove(folder, &beside);
    }
    written
}

fn create(folder: BorrowedFd<'_>, slot: &Slot) -> Result<(File, String), Errno> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW;
    let flags = flags | OFlag::O_CLOEXEC;
    let mut tried = Errno::EEXIST;
    // A name may be that of a process that ended, or that has the same number in another container.
    for _ in 0..64 {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.{}-{number}.{TEMPORARY}", slot.hex(), process::id());
        match openat(folder, name.as_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR) {
            Ok(file) => return Ok((File::from(file), name)),
            Err(Errno::EEXIST) => {}
            Err(errno) => {
                tried = errno;
                break;
            }
        }
    }
    Err(tried)
}

fn fill(mut file: File, bytes: &[u8]) -> Result<(), Errno> {
    file.write_all(bytes).map_err(|error| errno_of(&error))
}

/// Removes a file, if it is there.
pub(super) fn remove(folder: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
    match unlinkat(folder, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}

fn errno_of(error: &std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}
