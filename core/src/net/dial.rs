//! How a connection is made: the name is looked up, an address taken, the proxy asked, TLS spoken.

use std::time::Duration;

use super::connect::connect;
use super::deadline::Deadline;
use super::failure::Failure;
use super::names;
use super::place::Place;
use super::proxy::Proxy;
use super::socket::Socket;
use super::stream::Stream;
use super::tls::Tls;
use super::tunnel;

/// What connections to a place are made with.
pub(crate) struct Dialer<'a> {
    pub(crate) place: &'a Place,
    pub(crate) proxy: Option<&'a Proxy>,
    /// Whether TLS is spoken with the place.
    pub(crate) is_tls: bool,
    /// For the place or the proxy; without it, neither can have TLS.
    pub(crate) tls: Option<&'a Tls>,
}

impl Dialer<'_> {
    /// Makes a connection before the deadline. To look the place's name up may take as long as `part`, and so may
    /// all that comes after it.
    pub(crate) fn dial(&self, end: Deadline, part: Duration) -> Result<Stream, Failure> {
        let stream = match self.proxy {
            None => {
                let addresses = names::addresses(self.place, end.or_after(part))?;
                let end = end.or_after(part);
                Stream::Plain(Socket::new(connect(&addresses, end)?, end))
            }
            Some(proxy) => self.through(proxy, end.or_after(part))?,
        };
        if self.is_tls { self.around(stream, self.place) } else { Ok(stream) }
    }

    /// A tunnel to the place. The proxy looks its name up.
    fn through(&self, proxy: &Proxy, end: Deadline) -> Result<Stream, Failure> {
        let socket = connect(&names::addresses(&proxy.place, end)?, end)?;
        let mut stream = Stream::Plain(Socket::new(socket, end));
        if proxy.is_tls {
            stream = self.around(stream, &proxy.place)?;
        }
        tunnel::open(&mut stream, proxy, self.place)?;
        Ok(stream)
    }

    fn around(&self, stream: Stream, place: &Place) -> Result<Stream, Failure> {
        self.tls.ok_or(Failure::Tls(None))?.around(stream, place.host())
    }
}
