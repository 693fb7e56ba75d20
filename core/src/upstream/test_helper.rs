//! A test helper: what is read of the bytes of an answer.

use std::io::{self, Read};

use super::exchange::answer;
use super::failure::explained;
use crate::error::Result;

/// An answer as it was read.
pub struct Wire {
    /// Its status.
    pub status: u16,
    /// Its body, or why it is none.
    pub body: Result<Vec<u8>>,
    /// Whether the connection could be used once more.
    pub is_kept_open: bool,
}

/// Reads an answer whose bytes come in pieces of a length, with a body of so many at most. The connection ends
/// behind them.
///
/// # Errors
///
/// As a request's, for an answer that has no whole head.
pub fn read_wire(bytes: &[u8], piece: usize, max: usize) -> Result<Wire> {
    let read = answer(&mut Pieces { left: bytes, piece }, max);
    let read = read.map_err(|failure| explained(&failure))?;
    let body = read.body.map(|body| body.to_vec()).map_err(|failure| explained(&failure));
    Ok(Wire { status: read.status.as_u16(), body, is_kept_open: read.is_kept_open })
}

struct Pieces<'a> {
    left: &'a [u8],
    piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.max(1).min(into.len());
        (&mut self.left).take(count as u64).read(into)
    }
}
