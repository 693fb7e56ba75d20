//! What came on a connection and nobody has taken yet.

use std::io::{self, Read};

use zeroize::Zeroize as _;

/// So many bytes may wait to be taken. The head of an answer comes as one, so it is no larger.
pub(super) const MAX_BYTES: usize = 16 * 1024;

/// A buffer of fixed size: growing would leave copies of a grant behind. What was in it is wiped.
pub(crate) struct Incoming {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
    /// Nothing lies behind that was ever filled.
    filled: usize,
}

impl Incoming {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; MAX_BYTES].into_boxed_slice(), start: 0, end: 0, filled: 0 }
    }

    /// What waits to be taken.
    pub(crate) fn waiting(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes so many bytes of what waits.
    pub(crate) fn take(&mut self, count: usize) {
        self.start += count.min(self.end - self.start);
    }

    /// Fills memory with what waits, and then with what comes; how much that is, which is less if the connection
    /// ends. Of what comes behind, nothing is read.
    pub(crate) fn fill(&mut self, into: &mut [u8], from: &mut impl Read) -> io::Result<usize> {
        let mut len = into.len().min(self.end - self.start);
        into[..len].copy_from_slice(&self.waiting()[..len]);
        self.take(len);
        while len < into.len() {
            match at_end(from.read(&mut into[len..]))? {
                0 => break,
                more => len += more,
            }
        }
        Ok(len)
    }

    /// Whether no more may wait.
    pub(crate) fn is_full(&self) -> bool {
        self.end - self.start == self.bytes.len()
    }

    /// Waits for more, of which there must be room for a byte, and says how much came: nothing at the end.
    pub(crate) fn more(&mut self, from: &mut impl Read) -> io::Result<usize> {
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        let count = from.read(&mut self.bytes[self.end..])?;
        self.end += count;
        self.filled = self.filled.max(self.end);
        Ok(count)
    }

    /// As [`Incoming::more`], for what may end with the connection, however that ends.
    pub(crate) fn more_or_end(&mut self, from: &mut impl Read) -> io::Result<usize> {
        at_end(self.more(from))
    }
}

/// A connection that ends without a farewell ends, too: many servers say none.
fn at_end(read: io::Result<usize>) -> io::Result<usize> {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
    read.or_else(|error| match error.kind() {
        UnexpectedEof | ConnectionAborted | ConnectionReset => Ok(0),
        _ => Err(error),
    })
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.bytes[..self.filled].zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_wait_in_their_order_until_they_are_taken() {
        let (mut incoming, mut from) = (Incoming::new(), &b"abcdef"[..]);
        assert_eq!(incoming.more(&mut from.by_ref().take(4)).unwrap(), 4);
        let mut into = [0; 3];
        assert_eq!((incoming.fill(&mut into, &mut from).unwrap(), &into), (3, b"abc"));
        assert_eq!(
            (incoming.more(&mut from.by_ref().take(1)).unwrap(), incoming.waiting()),
            (1, &b"de"[..])
        );
        incoming.take(1);
        assert_eq!((incoming.fill(&mut into, &mut from).unwrap(), &into[..2]), (2, &b"ef"[..]));
        assert_eq!((incoming.more(&mut from).unwrap(), incoming.waiting()), (0, &b""[..]));
    }

    #[test]
    fn no_more_waits_than_there_is_room_for() {
        let mut incoming = Incoming::new();
        let mut from = io::repeat(1);
        while !incoming.is_full() {
            assert!(incoming.more(&mut from).unwrap() > 0);
        }
        assert_eq!(incoming.waiting().len(), MAX_BYTES);
        incoming.take(1);
        assert!(!incoming.is_full());
        assert_eq!(incoming.more(&mut from).unwrap(), 1);
    }
}
