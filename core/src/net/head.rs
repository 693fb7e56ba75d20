//! The head of an answer in HTTP/1: its status and its header fields.

use std::io::Read;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use httparse::{EMPTY_HEADER, Response, Status};

use super::failure::Failure;
use super::incoming::Incoming;

/// A head may have so many fields.
const FIELDS_MAX: usize = 128;

/// The head of the answer.
#[derive(Debug)]
pub(crate) struct Head {
    /// Of HTTP/1.0, else of HTTP/1.1.
    pub(crate) is_old: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

impl Head {
    /// Reads it, and takes it from what waits. Answers that announce another one (1xx) are passed over; none comes
    /// after [`StatusCode::SWITCHING_PROTOCOLS`].
    pub(crate) fn read(from: &mut impl Read, incoming: &mut Incoming) -> Result<Self, Failure> {
        loop {
            let head = Self::read_one(from, incoming)?;
            if !head.status.is_informational() || head.status == StatusCode::SWITCHING_PROTOCOLS {
                return Ok(head);
            }
        }
    }

    fn read_one(from: &mut impl Read, incoming: &mut Incoming) -> Result<Self, Failure> {
        loop {
            if let Some((head, len)) = Self::parse(incoming.waiting())? {
                incoming.take(len);
                return Ok(head);
            }
            if incoming.is_full() {
                return Err(Failure::HeadTooLarge);
            }
            if incoming.more(from)? == 0 {
                return Err(Failure::cut_off());
            }
        }
    }

    /// The head that some bytes begin with and its length; none if it is not whole yet.
    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Failure> {
        let mut fields = [EMPTY_HEADER; FIELDS_MAX];
        let mut parsed = Response::new(&mut fields);
        let Status::Complete(len) = parsed.parse(bytes).map_err(|_| Failure::NotHttp)? else {
            return Ok(None);
        };
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let mut headers = HeaderMap::with_capacity(parsed.headers.len());
        for field in parsed.headers.iter() {
            let name = HeaderName::from_bytes(field.name.as_bytes());
            let value = HeaderValue::from_bytes(field.value).map_err(|_| Failure::NotHttp)?;
            headers.append(name.map_err(|_| Failure::NotHttp)?, value);
        }
        let status = status.ok_or(Failure::NotHttp)?;
        Ok(Some((Self { is_old: parsed.version == Some(0), status, headers }, len)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::incoming::MAX_BYTES;
    use super::*;

    /// The head that is read of some bytes, which come in pieces of a length, and what waits behind it.
    fn read(bytes: &[u8], piece: usize) -> Result<(Head, Vec<u8>), Failure> {
        struct Pieces<'a>(std::slice::Chunks<'a, u8>);
        impl Read for Pieces<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                self.0.next().map_or(Ok(0), |mut piece| piece.read(into))
            }
        }
        let mut incoming = Incoming::new();
        let head = Head::read(&mut Pieces(bytes.chunks(piece)), &mut incoming)?;
        Ok((head, incoming.waiting().to_vec()))
    }

    /// An answer whose head has so many bytes.
    fn of_size(bytes: usize) -> Vec<u8> {
        let start = "HTTP/1.1 200 OK\r\nX-Long: ";
        format!("{start}{}\r\n\r\n", "x".repeat(bytes - start.len() - 4)).into_bytes()
    }

    #[test]
    fn a_head_is_the_same_however_it_comes() {
        let bytes = b"HTTP/1.1 201 Created\r\nA: 1\r\nb:  2 \r\na: 3\r\nEmpty:\r\n\r\nbody";
        for piece in [1, 2, 7, bytes.len()] {
            let (head, behind) = read(bytes, piece).unwrap();
            assert_eq!((head.status.as_u16(), head.is_old), (201, false));
            let all: Vec<_> = head.headers.get_all("a").iter().collect();
            assert_eq!(all, ["1", "3"]);
            assert_eq!(
                (&head.headers["b"], &head.headers["empty"]),
                (&"2".parse().unwrap(), &"".parse().unwrap())
            );
            assert!(b"body".starts_with(&behind), "{piece}");
        }
        assert!(read(b"HTTP/1.0 200 OK\r\n\r\n", 9).unwrap().0.is_old);
    }

    #[test]
    fn answers_that_announce_another_are_passed_over() {
        let before = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n";
        let bytes = [before, before, "HTTP/1.1 201 Created\r\n\r\n{}"].concat().into_bytes();
        for piece in [1, 30, bytes.len()] {
            let (head, _) = read(&bytes, piece).unwrap();
            assert_eq!((head.status.as_u16(), head.headers.len()), (201, 0));
        }
        let (head, behind) = read(b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK", 99).unwrap();
        assert_eq!((head.status.as_u16(), &behind[..]), (101, &b"HTTP/1.1 200 OK"[..]));
    }

    #[test]
    fn a_head_has_16_kib_and_128_fields_at_most() {
        for piece in [1000, MAX_BYTES * 2] {
            assert!(read(&of_size(MAX_BYTES), piece).is_ok());
            let refused = read(&of_size(MAX_BYTES + 1), piece).unwrap_err();
            assert!(matches!(refused, Failure::HeadTooLarge), "{refused:?}");
        }
        let fields = |count| format!("HTTP/1.1 200 OK\r\n{}\r\n", "a:b\r\n".repeat(count));
        assert!(read(fields(FIELDS_MAX).as_bytes(), 999).is_ok());
        let refused = read(fields(FIELDS_MAX + 1).as_bytes(), 999).unwrap_err();
        assert!(matches!(refused, Failure::NotHttp), "{refused:?}");
    }

    #[test]
    fn what_is_no_head_is_refused_as_soon_as_it_shows() {
        for bytes in [
            "GET / HTTP/1.1\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.2 200 OK\r\n\r\n",
            "HTTP/1.1 099 No\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
            "HTTP/1.1 200 OK\r\na : c\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: c\r\n\r\n",
            "HTTP/1.1 200 OK\r\na: c\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\na: \0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "\x16\x03\x01\x02",
        ] {
            // All of it came, and the other end has not closed.
            let endless = bytes.as_bytes().chain(std::io::repeat(b'.'));
            let refused = Head::read(&mut endless.take(100), &mut Incoming::new()).unwrap_err();
            assert!(matches!(refused, Failure::NotHttp), "{bytes:?}: {refused:?}");
        }
        for bytes in
            ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\na: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n"]
        {
            let refused = read(bytes.as_bytes(), 5).unwrap_err();
            assert!(matches!(refused, Failure::Socket(_)), "{bytes:?}: {refused:?}");
        }
    }
}
