//! The body of an answer.

use std::io::Read;

use zeroize::Zeroizing;

use super::chunks::Chunks;
use super::framing::End;
use crate::net::{Failure, Incoming};

/// A body that was read.
pub(super) struct Body {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Its end came, and was not just that of the connection.
    pub(super) is_ended: bool,
}

/// Reads a body of so many bytes at most into memory that does not grow: growing would leave copies of a
/// grant behind.
pub(super) fn read(
    end: &End,
    from: &mut impl Read,
    incoming: &mut Incoming,
    max: usize,
) -> Result<Body, Failure> {
    match end {
        End::NoBody => Ok(Body { bytes: Zeroizing::default(), is_ended: true }),
        End::Length(length) => {
            let length = usize::try_from(*length).unwrap_or(usize::MAX);
            if length > max {
                return Err(Failure::BodyTooLarge);
            }
            let bytes = until_full_or_closed(from, incoming, length)?;
            if bytes.len() < length {
                return Err(Failure::cut_off());
            }
            Ok(Body { bytes, is_ended: true })
        }
        End::Chunks => {
            let (bytes, is_ended) = Chunks::new(from, incoming).read(max)?;
            Ok(Body { bytes, is_ended })
        }
        End::Close => {
            let bytes = until_full_or_closed(from, incoming, max + 1)?;
            if bytes.len() > max {
                return Err(Failure::BodyTooLarge);
            }
            Ok(Body { bytes, is_ended: false })
        }
    }
}

/// So many bytes, or fewer if the connection ends before.
fn until_full_or_closed(
    from: &mut impl Read,
    incoming: &mut Incoming,
    count: usize,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    let len = incoming.fill(&mut bytes, from)?;
    bytes.truncate(len);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn read(end: &End, bytes: &[u8], max: usize) -> Result<Vec<u8>, Failure> {
        let body = super::read(end, &mut &bytes[..], &mut Incoming::new(), max)?;
        assert_eq!(body.is_ended, *end != End::Close);
        Ok(body.bytes.to_vec())
    }

    #[test]
    fn a_body_has_its_length_or_is_cut_off() {
        assert_eq!(read(&End::Length(3), b"abcd", 3).unwrap(), b"abc");
        assert_eq!(read(&End::Length(0), b"abcd", 3).unwrap(), b"");
        assert!(matches!(read(&End::Length(3), b"ab", 3), Err(Failure::Socket(_))));
        for length in [4, u64::MAX] {
            // It is refused before any of it is read.
            assert!(matches!(read(&End::Length(length), b"", 3), Err(Failure::BodyTooLarge)));
        }
        assert_eq!(read(&End::Close, b"abc", 3).unwrap(), b"abc");
        assert!(matches!(read(&End::Close, b"abcd", 3), Err(Failure::BodyTooLarge)));
        assert_eq!(read(&End::NoBody, b"abcd", 3).unwrap(), b"");
    }

    /// A connection that breaks off without a farewell.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::ErrorKind::ConnectionReset.into()),
                count => Ok(count),
            }
        }
    }

    #[test]
    fn the_end_of_a_connection_is_one_however_it_comes() {
        let read = |end| super::read(&end, &mut Broken(b"abc"), &mut Incoming::new(), 9);
        assert_eq!(&**read(End::Close).unwrap().bytes, b"abc");
        assert!(matches!(read(End::Length(4)), Err(Failure::Socket(_))));
    }
}
