//! What the head of an answer says of its body and its connection.
//!
//! Whoever disagrees with the server about where a body ends takes its rest for the next answer. So what can be
//! read in two ways is refused, and a connection is used once more only if the end was beyond doubt.

use http::{HeaderMap, StatusCode, header};

use crate::net::{Failure, Head};

/// What tells where a body ends.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    /// There is none.
    NoBody,
    /// So many bytes.
    Length(u64),
    /// Chunks, the last of which is empty.
    Chunks,
    /// The end of the connection.
    Close,
}

impl End {
    /// What the head of an answer to a POST says of it.
    pub(super) fn of(head: &Head) -> Result<Self, Failure> {
        let length = length(&head.headers)?;
        let is_chunked = is_chunked(head)?;
        let has_none = head.status.is_informational()
            || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        Ok(match length {
            _ if has_none => Self::NoBody,
            _ if is_chunked => Self::Chunks,
            Some(length) => Self::Length(length),
            None => Self::Close,
        })
    }
}

/// Whether the server keeps the connection open after this answer if that has an end, on which both agree.
pub(super) fn is_kept_open(head: &Head) -> bool {
    let says = |word| tokens(&head.headers, &header::CONNECTION).any(|token| is(token, word));
    let is_switched = head.status == StatusCode::SWITCHING_PROTOCOLS;
    let is_doubtful = head.headers.contains_key(header::TRANSFER_ENCODING)
        && head.headers.contains_key(header::CONTENT_LENGTH);
    let is_open = if head.is_old { says("keep-alive") } else { true };
    is_open && !says("close") && !is_switched && !is_doubtful
}

/// `Content-Length`. It may be there several times, as long as that is one number.
fn length(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let mut length = None;
    for value in headers.get_all(header::CONTENT_LENGTH) {
        for text in value.as_bytes().split(|byte| *byte == b',') {
            let number = number(text.trim_ascii()).ok_or(Failure::NotHttp)?;
            if length.is_some_and(|other| other != number) {
                return Err(Failure::NotHttp);
            }
            length = Some(number);
        }
    }
    Ok(length)
}

/// Digits alone, as `u64::from_str` would take a sign.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit);
    str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// `Transfer-Encoding`. None but chunks were asked for; HTTP/1.0 has none. "identity" is the old word for none.
fn is_chunked(head: &Head) -> Result<bool, Failure> {
    let mut codings = tokens(&head.headers, &header::TRANSFER_ENCODING)
        .filter(|coding| !coding.is_empty() && !is(coding, "identity"));
    match (codings.next(), codings.next()) {
        (None, _) => Ok(false),
        (Some(coding), None) if is(coding, "chunked") && !head.is_old => Ok(true),
        _ => Err(Failure::NotHttp),
    }
}

/// The words of a header field that is a list.
fn tokens<'a>(
    headers: &'a HeaderMap,
    name: &header::HeaderName,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let values = headers.get_all(name).into_iter();
    values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

fn is(token: &[u8], word: &str) -> bool {
    token.eq_ignore_ascii_case(word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Incoming;

    fn head(text: &str) -> Head {
        Head::read(&mut text.as_bytes(), &mut Incoming::new()).unwrap()
    }

    fn of(fields: &[&str]) -> Result<(End, bool), Failure> {
        let head = head(&format!("HTTP/1.1 201 Created\r\n{}\r\n", fields.join("")));
        let end = End::of(&head)?;
        Ok((end, is_kept_open(&head)))
    }

    #[test]
    fn the_head_says_where_the_body_ends_and_whether_the_connection_stays() {
        for (fields, end, is_kept) in [
            (&["Content-Length: 5\r\n"][..], End::Length(5), true),
            (&["Content-Length: 0\r\n"], End::Length(0), true),
            (&["Content-Length: 42\r\n", "content-length: 042 ,42\r\n"], End::Length(42), true),
            (&["Transfer-Encoding: ChunKed\r\n"], End::Chunks, true),
            (&["Transfer-Encoding: identity\r\n"], End::Close, true),
            (&["Transfer-Encoding: identity, chunked\r\n"], End::Chunks, true),
            (&["Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n"], End::Chunks, false),
            (&[], End::Close, true),
            (&["Connection: Close\r\n", "Content-Length: 5\r\n"], End::Length(5), false),
            (&["Connection: x, close\r\n", "Content-Length: 5\r\n"], End::Length(5), false),
            (&["Connection: keep-alive\r\n", "Content-Length: 5\r\n"], End::Length(5), true),
        ] {
            assert_eq!(of(fields).unwrap(), (end, is_kept), "{fields:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for fields in [
            &["Content-Length: 5\r\n", "Content-Length: 6\r\n"][..],
            &["Content-Length: 5, 6\r\n"],
            &["Content-Length: +5\r\n"],
            &["Content-Length: -5\r\n"],
            &["Content-Length: 0x5\r\n"],
            &["Content-Length: 5 5\r\n"],
            &["Content-Length: \r\n"],
            &["Content-Length: 5,\r\n"],
            &["Content-Length: 99999999999999999999999\r\n"],
            &["Transfer-Encoding: gzip\r\n"],
            &["Transfer-Encoding: gzip, chunked\r\n"],
            &["Transfer-Encoding: chunked, gzip\r\n"],
            &["Transfer-Encoding: chunked, chunked\r\n"],
            &["Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n"],
            &["Transfer-Encoding: xchunked\r\n"],
        ] {
            assert!(matches!(of(fields), Err(Failure::NotHttp)), "{fields:?}");
        }
    }

    #[test]
    fn an_old_server_closes_unless_it_says_otherwise() {
        for (fields, is_kept) in [
            ("Content-Length: 2\r\n", Some(false)),
            ("Connection: Keep-Alive\r\nContent-Length: 2\r\n", Some(true)),
            ("Connection: keep-alive, close\r\nContent-Length: 2\r\n", Some(false)),
            ("Transfer-Encoding: chunked\r\n", None),
        ] {
            let head = head(&format!("HTTP/1.0 200 OK\r\n{fields}\r\n"));
            assert_eq!(End::of(&head).ok().map(|_| is_kept_open(&head)), is_kept, "{fields}");
        }
    }

    #[test]
    fn some_answers_have_no_body_whatever_their_head_says() {
        for status in [101, 204, 304] {
            let head = head(&format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\n"));
            let end = End::of(&head).unwrap();
            assert_eq!((end, is_kept_open(&head)), (End::NoBody, status != 101));
        }
    }
}
