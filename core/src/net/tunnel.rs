//! The tunnel of a proxy: its CONNECT request and what it answers.

use std::io::{self, Read, Write};

use http::StatusCode;

use super::failure::Failure;
use super::head::Head;
use super::incoming::Incoming;
use super::place::Place;
use super::proxy::Proxy;
use crate::wiped::WipedString;

/// How this library names itself.
pub(crate) const USER_AGENT: &str = concat!("grantmint/", env!("CARGO_PKG_VERSION"));

/// Has the proxy at the other end of a connection open a tunnel to a place.
pub(super) fn open(
    through: &mut (impl Read + Write),
    proxy: &Proxy,
    place: &Place,
) -> Result<(), Failure> {
    through.write_all(request(proxy, place).as_bytes())?;
    through.flush()?;
    let mut incoming = Incoming::new();
    let head = match Head::read(through, &mut incoming) {
        // It said nothing, or not all.
        Err(Failure::Socket(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(Failure::NoTunnel(None));
        }
        result => result?,
    };
    match head.status {
        // The other end waits to be spoken to: what comes before that is not from there.
        StatusCode::OK if incoming.waiting().is_empty() => Ok(()),
        StatusCode::OK => Err(Failure::NotHttp),
        status => Err(Failure::NoTunnel(Some(status.as_u16()))),
    }
}

fn request(proxy: &Proxy, place: &Place) -> WipedString {
    let mut text = WipedString::with_capacity(512);
    text.push_str(&format!(
        "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {USER_AGENT}\r\nProxy-Connection: Keep-Alive\r\n"
    ));
    if let Some(authorization) = &proxy.authorization {
        text.push_str("Proxy-Authorization: ");
        text.push_str(authorization);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that says what it says, and takes down what it hears.
    struct Said<'a>(&'a [u8], Vec<u8>);

    impl Read for Said<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(into)
        }
    }

    impl Write for Said<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn proxy() -> Proxy {
        Proxy::new(Place::new("proxy.example", 3128), false)
    }

    fn opened(answer: &str) -> Result<(), Failure> {
        let mut through = Said(answer.as_bytes(), Vec::new());
        open(&mut through, &proxy(), &Place::new("host.example", 443))
    }

    #[test]
    fn a_proxy_is_asked_for_the_place_with_its_credentials() {
        let request = |proxy, host| request(&proxy, &Place::new(host, 443)).into_string();
        assert_eq!(
            request(proxy(), "host.example"),
            format!(
                "CONNECT host.example:443 HTTP/1.1\r\nHost: host.example:443\r\n\
                 User-Agent: {USER_AGENT}\r\nProxy-Connection: Keep-Alive\r\n\r\n"
            )
        );
        let known = request(proxy().with_credentials(b"user:p@ss"), "[::1]");
        assert!(known.starts_with("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n"), "{known}");
        assert!(known.ends_with("\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n"), "{known}");
    }

    #[test]
    fn a_tunnel_is_open_after_a_200_and_nothing_else() {
        for head in
            ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200\r\nVia: x\r\nContent-Length: 0\r\n\r\n"]
        {
            assert!(opened(head).is_ok(), "{head}");
            assert!(matches!(opened(&format!("{head}x")), Err(Failure::NotHttp)), "{head}");
        }
        for status in [101, 201, 204, 302, 403, 407, 502] {
            let refused = opened(&format!("HTTP/1.1 {status} No\r\n\r\nbody")).unwrap_err();
            assert!(
                matches!(refused, Failure::NoTunnel(Some(was)) if was == status),
                "{refused:?}"
            );
        }
        for silent in ["", "HTTP/1.1 200 OK\r\n"] {
            let refused = opened(silent).unwrap_err();
            assert!(matches!(refused, Failure::NoTunnel(None)), "{refused:?}");
        }
        assert!(matches!(opened("SSH-2.0-x\r\n"), Err(Failure::NotHttp)));
    }
}
