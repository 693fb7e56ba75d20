//! The bytes of an answer, as they come on a connection. An input is just that.

use grantmint_core::{Error, ErrorKind, Wire, read_wire};

use crate::check_error;

const BODY_MAX_BYTES: usize = 1000;
/// What all of lies in the client's buffer, however it comes.
const BUFFER_BYTES: usize = 16 * 1024;

/// Reads an answer: the same one however its bytes come, with no body that it does not have, and with no end that
/// client and server could see in two places.
pub fn check(input: &[u8]) {
    let whole = read(input, usize::MAX);
    for piece in [1, 2, 3, 64] {
        assert_eq!(shown(&whole), shown(&read(input, piece)), "in pieces of {piece}");
    }
    let Ok(wire) = whole else { return };
    if let Ok(body) = &wire.body {
        assert!(body.len() <= BODY_MAX_BYTES);
        assert!(is_in_order(body, input), "a body that was not sent");
        let expected = body_of(input, wire.status);
        assert!(expected.is_none_or(|expected| expected == *body), "another body");
    }
    if wire.is_kept_open && input.len() < BUFFER_BYTES {
        assert!(wire.body.is_ok());
        assert_ends_with(input);
    }
}

/// Without its last byte the answer has not ended, and one more is too many.
fn assert_ends_with(input: &[u8]) {
    let is_kept = |bytes: &[u8]| read(bytes, usize::MAX).is_ok_and(|wire| wire.is_kept_open);
    assert!(!is_kept(&input[..input.len() - 1]), "it had ended before");
    assert!(!is_kept(&[input, b"H"].concat()), "more came");
}

fn read(input: &[u8], piece: usize) -> Result<Wire, Error> {
    let read = read_wire(input, piece, BODY_MAX_BYTES);
    let error = read.as_ref().map_or_else(Some, |wire| wire.body.as_ref().err());
    let kinds = [ErrorKind::UpstreamConnect, ErrorKind::UpstreamTooLarge];
    if let Some(error) = error {
        check_error(error, &kinds);
    }
    read
}

type Shown<'a> = (u16, Result<&'a [u8], &'a str>);

/// All but whether the connection is kept: bytes behind an answer that are still on their way are not seen.
fn shown(read: &Result<Wire, Error>) -> Result<Shown<'_>, &str> {
    let wire = read.as_ref().map_err(Error::message)?;
    Ok((wire.status, wire.body.as_deref().map_err(Error::message)))
}

/// Whether all of the bytes are among others in this order.
fn is_in_order(some: &[u8], all: &[u8]) -> bool {
    let mut left = all.iter();
    some.iter().all(|byte| left.any(|other| other == byte))
}

/// The body of an answer that is written as plainly as can be, found by other means than the client's.
fn body_of(input: &[u8], status: u16) -> Option<Vec<u8>> {
    let end = input.windows(4).position(|end| end == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&input[..end]).ok()?, &input[end + 4..]);
    let mut lines = head.split("\r\n");
    let is_plain = !head.replace("\r\n", "").contains(['\r', '\n']);
    if !is_plain || !lines.next()?.starts_with(&format!("HTTP/1.1 {status}")) {
        return None;
    }
    let (name, value) = lines.next()?.split_once(": ")?;
    if lines.next().is_some() {
        return None;
    }
    match name.to_ascii_lowercase().as_str() {
        _ if matches!(status, 101 | 204 | 304) => Some(Vec::new()),
        "content-length" => body.get(..value.parse().ok()?).map(<[u8]>::to_vec),
        "transfer-encoding" if value == "chunked" => chunks_of(body),
        _ => None,
    }
}

fn chunks_of(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|end| end == b"\r\n")?;
        let length = usize::from_str_radix(str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend(rest.get(end + 2..)?.get(..length)?);
        rest = rest.get(end + 2 + length + 2..)?;
    }
}
