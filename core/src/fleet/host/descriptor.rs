//! A file that is open for long, which somebody else may have deleted or even closed meanwhile.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::stat::fstat;

/// An open file that is recognised: programs that become daemons close all descriptors, and then the number
/// belongs to another file.
pub(super) struct Descriptor {
    /// None only while it is dropped.
    file: Option<OwnedFd>,
    identity: Identity,
}

/// Device and inode.
pub(super) type Identity = (u64, u64);

impl Descriptor {
    pub(super) fn new(file: OwnedFd) -> Result<Self, Errno> {
        let identity = identity(&file)?.0;
        Ok(Self { file: Some(file), identity })
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether it is open and has not been deleted.
    pub(super) fn is_there(&self) -> bool {
        self.look().is_ok_and(|is_linked| is_linked)
    }

    pub(super) fn fd(&self) -> Result<BorrowedFd<'_>, Errno> {
        self.file.as_ref().map(AsFd::as_fd).ok_or(Errno::EBADF)
    }

    /// Whether it has a name; an error if it is not the one that was opened.
    fn look(&self) -> Result<bool, Errno> {
        let (identity, is_linked) = identity(self.fd()?)?;
        if identity == self.identity { Ok(is_linked) } else { Err(Errno::EBADF) }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.look().is_err() {
            // The number is somebody else's now.
            std::mem::forget(self.file.take());
        }
    }
}

#[allow(
    clippy::unnecessary_cast,
    clippy::useless_conversion,
    trivial_numeric_casts,
    reason = "the types differ between targets"
)]
fn identity(file: impl AsFd) -> Result<(Identity, bool), Errno> {
    let stat = fstat(file)?;
    Ok(((stat.st_dev as u64, stat.st_ino as u64), stat.st_nlink > 0))
}
