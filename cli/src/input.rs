//! Small inputs: files of credentials, and what is piped in for one command.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::exit::Failure;
#[cfg(unix)]
use crate::interrupt;

/// No file of credentials is larger, and no text with a token in it.
pub(crate) const SMALL_MAX_BYTES: usize = 256 * 1024;

/// All of an input, whose size is bounded. `flag` is how a message names it.
pub(crate) fn read_small(flag: &str, input: impl Read) -> Result<Zeroizing<String>, Failure> {
    // Its full size from the start: no half of a secret stays behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(SMALL_MAX_BYTES + 1));
    let mut input = input.take(SMALL_MAX_BYTES as u64 + 1);
    input.read_to_end(&mut bytes).map_err(|error| unreadable(flag, &error))?;
    if bytes.len() > SMALL_MAX_BYTES {
        return Err(Failure::failed(format!("{flag}: is over 256 KiB")));
    }
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Failure::failed(format!("{flag}: is not UTF-8"))),
    }
}

/// A second descriptor of stdin: the standard library's own is locked and has a small buffer.
pub(crate) fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        io::stdin().as_fd().try_clone_to_owned().map(File::from)
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle as _;
        io::stdin().as_handle().try_clone_to_owned().map(File::from)
    }
}

/// Waits until there is something to read, or the end; false after Ctrl-C.
#[cfg(unix)]
pub(crate) fn wait_for(file: &File) -> io::Result<bool> {
    use std::os::fd::AsFd as _;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, poll};
    // Ctrl-C right before the wait, or on another thread, ends no call: then it is seen a little later.
    const LOOK_UP_MS: u16 = 100;
    while !interrupt::is_pressed() {
        match poll(&mut [PollFd::new(file.as_fd(), PollFlags::POLLIN)], LOOK_UP_MS) {
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(true),
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(false)
}

/// Ctrl-C ends the process there.
#[cfg(not(unix))]
pub(crate) fn wait_for(_: &File) -> io::Result<bool> {
    Ok(true)
}

/// The kind of an error says enough; its text may have the path in it.
pub(crate) fn unreadable(flag: &str, error: &io::Error) -> Failure {
    Failure::failed(format!("{flag}: cannot be read: {}", error.kind()))
}

/// Whether its group or others may read a file.
#[cfg(unix)]
pub(crate) fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    const GROUP_AND_OTHERS: u32 = 0o044;
    file.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & GROUP_AND_OTHERS != 0)
}

/// Who may read a file is no matter of its mode there.
#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &File) -> bool {
    false
}
