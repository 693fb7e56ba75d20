//! What makes an event loop or a hub wake up: a byte through a pair of sockets that it watches.

pub(crate) use system::Wake;

#[cfg(unix)]
mod system {
    use std::io::{Read as _, Result, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    /// A pair of sockets: writing to one never blocks, and makes the other readable.
    pub(crate) struct Wake {
        from: UnixStream,
        to: UnixStream,
    }

    impl Wake {
        pub(crate) fn new() -> Result<Self> {
            let (from, to) = UnixStream::pair()?;
            from.set_nonblocking(true)?;
            to.set_nonblocking(true)?;
            Ok(Self { from, to })
        }

        /// The socket that the loop watches for reading.
        pub(crate) fn fileno(&self) -> Option<i32> {
            Some(self.to.as_raw_fd())
        }

        /// Makes that socket readable.
        pub(crate) fn send(&self) {
            // It fails only when so much lies unread that the loop wakes all the same.
            let _ = (&self.from).write(&[1]);
        }

        /// Reads all that was sent.
        pub(crate) fn receive(&self) {
            let mut bytes = [0; 64];
            while (&self.to).read(&mut bytes).is_ok_and(|read| read == bytes.len()) {}
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::Result;

    /// Nothing: the loop looks by itself.
    pub(crate) struct Wake;

    impl Wake {
        #[allow(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
        pub(crate) fn new() -> Result<Self> {
            Ok(Self)
        }

        pub(crate) fn fileno(&self) -> Option<i32> {
            None
        }

        pub(crate) fn send(&self) {}

        pub(crate) fn receive(&self) {}
    }
}
