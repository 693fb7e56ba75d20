//! A connection that bytes are read from and written to, with TLS around it or not.

use std::io::{self, Read, Write};
#[cfg(feature = "fleet-redis")]
use std::net::TcpStream;
#[cfg(all(feature = "fleet-redis", unix))]
use std::os::{fd::OwnedFd, unix::net::UnixStream};
#[cfg(all(feature = "fleet-redis", unix))]
use std::path::Path;

use rustls::{ClientConnection, StreamOwned};

use super::deadline::Deadline;
use super::socket::Socket;

/// A connection.
pub(crate) enum Stream {
    /// Bytes go as they are.
    Plain(Socket),
    /// What they go through may be encrypted itself: the way to a proxy.
    Tls(Box<StreamOwned<ClientConnection, Stream>>),
}

impl Stream {
    /// By when all that follows must be done.
    pub(crate) fn set_deadline(&mut self, end: Deadline) {
        match self {
            Self::Plain(socket) => socket.set_deadline(end),
            Self::Tls(tls) => tls.sock.set_deadline(end),
        }
    }

    /// Has it wait for nothing any more: [`io::ErrorKind::WouldBlock`] says that it would have to.
    #[cfg(feature = "fleet-redis")]
    pub(crate) fn poll_from_now_on(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.poll_from_now_on(),
            Self::Tls(tls) => tls.sock.poll_from_now_on(),
        }
    }

    /// The socket below.
    #[cfg(feature = "fleet-redis")]
    pub(crate) fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket.stream(),
            Self::Tls(tls) => tls.sock.socket(),
        }
    }

    /// A connection to the socket in a file of this machine.
    #[cfg(all(feature = "fleet-redis", unix))]
    pub(crate) fn to_file(path: &Path, end: Deadline) -> io::Result<Self> {
        // What is connected already is read and written in the same way, whatever kind of socket it is.
        let socket = OwnedFd::from(UnixStream::connect(path)?);
        Ok(Self::Plain(Socket::new(TcpStream::from(socket), end)))
    }

    /// Whether it can be used once more: it is open, and nothing came that was not asked for.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_quiet(),
            Self::Tls(tls) => {
                let read = tls.conn.reader().read(&mut [0]);
                let nothing = read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
                nothing && tls.sock.is_quiet()
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(into),
            Self::Tls(tls) => tls.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}
