//! One request and its answer on a connection.

use std::io::{Read, Write};

use http::{HeaderMap, StatusCode};
use zeroize::Zeroizing;

use super::body;
use super::framing::{End, is_kept_open};
use crate::net::{Failure, Head, Incoming};

/// What came.
pub(super) struct Exchanged {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body, or how it failed to come.
    pub(super) body: Result<Zeroizing<Vec<u8>>, Failure>,
    /// Whether the connection can be used once more.
    pub(super) is_kept_open: bool,
}

/// Sends a request, which has all of its bytes, and reads the answer with a body of so many bytes at most.
pub(super) fn exchange(
    over: &mut (impl Read + Write),
    request: &[u8],
    max: usize,
) -> Result<Exchanged, Failure> {
    over.write_all(request)?;
    over.flush()?;
    answer(over, max)
}

/// Reads an answer to a POST.
pub(super) fn answer(from: &mut impl Read, max: usize) -> Result<Exchanged, Failure> {
    let mut incoming = Incoming::new();
    let head = Head::read(from, &mut incoming)?;
    let end = End::of(&head)?;
    let body = body::read(&end, from, &mut incoming, max);
    // What came behind the body was not asked for.
    let is_at_end = body.as_ref().is_ok_and(|body| body.is_ended) && incoming.waiting().is_empty();
    let is_kept_open = is_at_end && is_kept_open(&head);
    let body = body.map(|body| body.bytes);
    Ok(Exchanged { status: head.status, headers: head.headers, body, is_kept_open })
}
