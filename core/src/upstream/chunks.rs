//! A body in chunks, each of which says its length.

use std::io::Read;

use zeroize::Zeroizing;

use crate::net::{Failure, Incoming};

/// A line with the length of a chunk may be so long, with what a server adds to it.
const LINE_MAX_BYTES: usize = 256;
/// What follows the last chunk may be so long: as much as a head.
const TRAILER_MAX_BYTES: usize = 16 * 1024;
/// More digits than any length has that is not too large.
const DIGITS_MAX: usize = 8;

/// Reads the chunks of one body.
pub(super) struct Chunks<'a, R> {
    from: &'a mut R,
    incoming: &'a mut Incoming,
}

impl<'a, R: Read> Chunks<'a, R> {
    pub(super) fn new(from: &'a mut R, incoming: &'a mut Incoming) -> Self {
        Self { from, incoming }
    }

    /// All of them, up to so many bytes, and whether the end came that follows the last one.
    pub(super) fn read(mut self, max: usize) -> Result<(Zeroizing<Vec<u8>>, bool), Failure> {
        let mut bytes = Zeroizing::new(vec![0; max]);
        let mut len = 0;
        loop {
            let length = self.length()?;
            if length == 0 {
                break;
            }
            if length > max - len {
                return Err(Failure::BodyTooLarge);
            }
            self.fill(&mut bytes[len..len + length])?;
            self.line_end()?;
            len += length;
        }
        let is_ended = self.trailer()?;
        bytes.truncate(len);
        Ok((bytes, is_ended))
    }

    /// The length of the next chunk, from its line.
    fn length(&mut self) -> Result<usize, Failure> {
        let end = self.line(LINE_MAX_BYTES)?.ok_or_else(Failure::cut_off)?;
        let line = &self.incoming.waiting()[..end];
        let length = length(line).ok_or(Failure::NotHttp)?;
        self.incoming.take(end + 2);
        Ok(length)
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), Failure> {
        let len = self.incoming.fill(into, self.from)?;
        if len < into.len() { Err(Failure::cut_off()) } else { Ok(()) }
    }

    fn line_end(&mut self) -> Result<(), Failure> {
        match self.line(0)?.ok_or_else(Failure::cut_off)? {
            0 => self.incoming.take(2),
            _ => return Err(Failure::NotHttp),
        }
        Ok(())
    }

    /// Passes over the fields behind the last chunk, and says whether the empty line came that ends them. A server
    /// that closes instead has said all that counts.
    fn trailer(&mut self) -> Result<bool, Failure> {
        let mut left = TRAILER_MAX_BYTES;
        while let Some(end) = self.line(left)? {
            self.incoming.take(end + 2);
            if end == 0 {
                return Ok(true);
            }
            left = left.saturating_sub(end + 2);
        }
        Ok(false)
    }

    /// How long the next line is, without its end; none if the connection ends before that.
    fn line(&mut self, max: usize) -> Result<Option<usize>, Failure> {
        let mut seen = 0;
        loop {
            let waiting = self.incoming.waiting();
            if let Some(feed) = waiting[seen..].iter().position(|byte| *byte == b'\n') {
                let line = waiting[..seen + feed].strip_suffix(b"\r");
                let line = line.filter(|line| line.len() <= max);
                return line.map(|line| Some(line.len())).ok_or(Failure::NotHttp);
            }
            seen = waiting.len();
            if seen > max + 1 || self.incoming.is_full() {
                return Err(Failure::NotHttp);
            }
            if self.incoming.more_or_end(self.from)? == 0 {
                return Ok(None);
            }
        }
    }
}

/// Hexadecimal digits, and perhaps an extension, which says nothing here.
fn length(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?;
    let digits = str::from_utf8(digits).ok()?.trim_end_matches([' ', '\t']);
    let is_one = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let significant = digits.trim_start_matches('0');
    if !is_one {
        return None;
    }
    if significant.len() > DIGITS_MAX {
        // Too large, whatever it is.
        return Some(usize::MAX);
    }
    Some(usize::from_str_radix(significant, 16).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 100;

    /// Reads a body that comes in pieces of a length, and what waits behind it.
    fn read_in(piece: usize, bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        struct Pieces<'a>(std::slice::Chunks<'a, u8>, &'a [u8]);
        impl Read for Pieces<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                if self.1.is_empty() {
                    self.1 = self.0.next().unwrap_or_default();
                }
                self.1.read(into)
            }
        }
        let (mut from, mut incoming) = (Pieces(bytes.chunks(piece), b""), Incoming::new());
        let (body, is_ended) = Chunks::new(&mut from, &mut incoming).read(MAX)?;
        assert_eq!(is_ended, bytes.windows(4).any(|last| last == b"\r\n\r\n"));
        let mut behind = incoming.waiting().to_vec();
        from.read_to_end(&mut behind).unwrap();
        Ok((body.to_vec(), behind))
    }

    fn read(bytes: &str) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        let whole = read_in(usize::MAX, bytes.as_bytes());
        for piece in [1, 2, 3] {
            let pieces = read_in(piece, bytes.as_bytes());
            assert_eq!(format!("{pieces:?}"), format!("{whole:?}"), "{piece}: {bytes:?}");
        }
        whole
    }

    #[test]
    fn chunks_are_put_together_however_they_come() {
        let long = format!("64\r\n{}\r\n0\r\n\r\n", "x".repeat(MAX));
        for (bytes, body, behind) in [
            ("0\r\n\r\n", "", ""),
            ("5\r\nhello\r\n0\r\n\r\n", "hello", ""),
            (
                "5\r\nhello\r\n00A\r\n, world\r\n!\r\n0000\r\n\r\nHTTP/1.1 ",
                "hello, world\r\n!",
                "HTTP/1.1 ",
            ),
            ("2;name=value\r\n{}\r\n0 ; x\r\n\r\n", "{}", ""),
            ("2  \r\n{}\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "{}", ""),
            // Closed instead of the last line.
            ("2\r\n{}\r\n0\r\n", "{}", ""),
            (&long, &"x".repeat(MAX), ""),
        ] {
            let (read, left) = read(bytes).unwrap();
            assert_eq!((str::from_utf8(&read), &*left), (Ok(body), behind.as_bytes()), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        let endless = format!("2{}\r\n{{}}", " ".repeat(LINE_MAX_BYTES));
        for bytes in [
            "\r\n",
            "x\r\n",
            "+2\r\n{}\r\n0\r\n\r\n",
            "-2\r\n{}\r\n0\r\n\r\n",
            "0x2\r\n{}\r\n0\r\n\r\n",
            " 2\r\n{}\r\n0\r\n\r\n",
            "2 2\r\n{}\r\n0\r\n\r\n",
            ";2\r\n{}\r\n0\r\n\r\n",
            "2\n{}\n0\n\n...",
            "2\r\n{}0\r\n\r\n",
            "2\r\n{}\n0\r\n\r\n",
            "2\r\n{}}\r\n0\r\n\r\n",
            &endless,
        ] {
            assert!(matches!(read(bytes), Err(Failure::NotHttp)), "{bytes:?}");
        }
        let fields = format!("0\r\n{}\r\n", "a: b\r\n".repeat(TRAILER_MAX_BYTES / 6 + 2));
        assert!(matches!(read_in(usize::MAX, fields.as_bytes()), Err(Failure::NotHttp)));
    }

    #[test]
    fn no_more_is_read_than_is_allowed() {
        for bytes in ["65\r\n", "64\r\n", "ffffffffffffffff\r\n", "100000000000000000000\r\n"] {
            let body = format!("1\r\nx\r\n{bytes}");
            assert!(matches!(read(&body), Err(Failure::BodyTooLarge)), "{bytes:?}");
        }
    }

    #[test]
    fn chunks_that_end_too_soon_are_cut_off() {
        for bytes in ["", "5", "5\r\n", "5\r\nhell", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n"]
        {
            assert!(matches!(read(bytes), Err(Failure::Socket(_))), "{bytes:?}");
        }
    }
}
