//! The system's limits of open files, which sockets count as.

use std::io;

/// Says so, if an error means that no more file or socket can be opened.
#[cfg(unix)]
pub(crate) fn none_left(error: &io::Error) -> Option<&'static str> {
    match error.raw_os_error()? {
        libc::EMFILE => Some(
            "this process has as many files open as it may: raise the limit (`ulimit -n`) or close some",
        ),
        libc::ENFILE => Some("this machine has as many files open as it may"),
        _ => None,
    }
}

#[cfg(not(unix))]
pub(crate) fn none_left(error: &io::Error) -> Option<&'static str> {
    const WSAEMFILE: i32 = 10024;
    (error.raw_os_error()? == WSAEMFILE)
        .then_some("this process has as many sockets open as it may")
}
