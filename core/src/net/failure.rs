//! How a connection, or what is spoken on it, failed.

use std::io;

/// For those who know what it means; it has no words of what was sent or received.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The name has no address.
    HostNotFound,
    /// A socket's error. What took too long is [`io::ErrorKind::TimedOut`].
    Socket(io::Error),
    /// The other end cannot be trusted; no reason if its name is one that no certificate can have.
    Tls(Option<rustls::Error>),
    /// The proxy opened no tunnel: the status that it answered with, if it did.
    NoTunnel(Option<u16>),
    /// The head of an answer was too large.
    HeadTooLarge,
    /// The body of an answer was too large.
    BodyTooLarge,
    /// What came is not HTTP.
    NotHttp,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // What reads from a TLS connection can only hand on its errors in this form.
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(error) => Self::Tls(Some(error.clone())),
            None => Self::Socket(error),
        }
    }
}

impl Failure {
    /// The other end is gone before it has said all.
    pub(crate) fn cut_off() -> Self {
        Self::Socket(io::ErrorKind::UnexpectedEof.into())
    }
}
