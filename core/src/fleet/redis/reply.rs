//! What a server says, read off what comes from it: RESP2, five kinds of replies.

use redis_protocol::resp2::decode::decode;
use redis_protocol::resp2::types::OwnedFrame;

/// No reply is longer: the largest value and what stands around it.
const REPLY_MAX_BYTES: usize = 128 * 1024;
/// So many lists lie in each other at most: the decoder goes one call deeper for each.
const DEPTH_MAX: usize = 8;

/// A reply.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    Nothing,
    Number(i64),
    Text(Vec<u8>),
    /// What it says is shown to nobody: it may repeat what was sent.
    Error(String),
    List(Vec<Self>),
}

/// It speaks another language, or says too much.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoReply;

/// What came and has not been read.
#[derive(Default)]
pub(super) struct Incoming(Vec<u8>);

impl Incoming {
    /// Adds what came; the next reply is read before there is more than the longest one may have.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Takes the next reply, if all of it is there.
    pub(super) fn take(&mut self) -> Result<Option<Reply>, NoReply> {
        if !is_shallow(&self.0) {
            return Err(NoReply);
        }
        match decode(&self.0) {
            Ok(Some((frame, length))) => {
                self.0.drain(..length);
                Ok(Some(reply(frame)))
            }
            Ok(None) if self.0.len() < REPLY_MAX_BYTES => Ok(None),
            Ok(None) | Err(_) => Err(NoReply),
        }
    }
}

/// Whether the first reply, as far as it is there, has no lists that lie too deep in each other.
fn is_shallow(mut bytes: &[u8]) -> bool {
    // How many replies are still to come in each list that has begun.
    let mut open: Vec<usize> = Vec::with_capacity(DEPTH_MAX);
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let (line, rest) = (&bytes[..end], &bytes[end + 2..]);
        let number = line.get(1..).and_then(|text| str::from_utf8(text).ok()?.parse().ok());
        match (line.first(), number) {
            (Some(b'*'), Some(count)) if count > 0 => open.push(count),
            (Some(b'$'), Some(length)) if length < rest.len() => {
                bytes = rest.get(length + 2..).unwrap_or_default();
                close(&mut open);
                if open.is_empty() {
                    return true;
                }
                continue;
            }
            // The rest of a long text has not come yet.
            (Some(b'$'), Some(_)) => return true,
            _ => close(&mut open),
        }
        if open.is_empty() {
            return true;
        }
        if open.len() > DEPTH_MAX {
            return false;
        }
        bytes = rest;
    }
    true
}

/// One reply more is there: so are the lists of which it was the last.
fn close(open: &mut Vec<usize>) {
    while let Some(missing) = open.last_mut() {
        *missing -= 1;
        if *missing > 0 {
            return;
        }
        open.pop();
    }
}

fn reply(frame: OwnedFrame) -> Reply {
    match frame {
        OwnedFrame::Null => Reply::Nothing,
        OwnedFrame::Integer(number) => Reply::Number(number),
        OwnedFrame::SimpleString(text) | OwnedFrame::BulkString(text) => Reply::Text(text),
        OwnedFrame::Error(text) => Reply::Error(text),
        OwnedFrame::Array(all) => Reply::List(all.into_iter().map(reply).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], piece: usize) -> Result<Vec<Reply>, NoReply> {
        let (mut incoming, mut replies) = (Incoming::default(), Vec::new());
        for piece in bytes.chunks(piece) {
            incoming.add(piece);
            while let Some(reply) = incoming.take()? {
                replies.push(reply);
            }
        }
        Ok(replies)
    }

    #[test]
    fn replies_come_in_pieces_of_any_size() {
        let bytes =
            b"+OK\r\n:7\r\n$-1\r\n$5\r\na\r\nb*\r\n-NOSCRIPT no\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n";
        let expected = [
            Reply::Text(b"OK".to_vec()),
            Reply::Number(7),
            Reply::Nothing,
            Reply::Text(b"a\r\nb*".to_vec()),
            Reply::Error("NOSCRIPT no".to_owned()),
            Reply::List(vec![Reply::Number(1), Reply::List(vec![Reply::Text(Vec::new())])]),
        ];
        for piece in 1..=bytes.len() {
            assert_eq!(all(bytes, piece).unwrap(), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn many_replies_that_come_together_are_as_many_replies() {
        let one = b"*3\r\n+go\r\n:1\r\n*2\r\n$2\r\n\r\n\r\n$-1\r\n";
        let replies = all(&one.repeat(1_000), 1 << 20).unwrap();
        assert_eq!(replies.len(), 1_000);
        assert!(replies.iter().all(|reply| *reply == replies[0]));
    }

    #[test]
    fn lists_lie_in_each_other_only_so_deep() {
        let nested = |depth: usize| [b"*1\r\n".repeat(depth), b":1\r\n".to_vec()].concat();
        assert!(all(&nested(DEPTH_MAX), 4096).is_ok());
        assert_eq!(all(&nested(DEPTH_MAX + 1), 4096), Err(NoReply));
        let wide = [&b"*200\r\n"[..], &b"*1\r\n:1\r\n".repeat(200)].concat();
        assert_eq!(all(&wide, 4096).unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_reply_or_has_no_end_is_refused() {
        let mut deep = b"*1\r\n".repeat(30_000);
        deep.extend_from_slice(b":1\r\n");
        let mut long = b"$1000000000\r\n".to_vec();
        long.resize(REPLY_MAX_BYTES + 1, b'x');
        let endless = vec![b'+'; REPLY_MAX_BYTES + 1];
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            b"SSH-2.0-OpenSSH\r\n",
            b"\x15\x03\x01\x00\x02\x02\x46",
            b":x\r\n",
            b"$-2\r\nxx\r\n",
            b"*-5\r\n",
            b"%1\r\n+a\r\n+b\r\n",
            &deep,
            &long,
            &endless,
        ] {
            assert_eq!(all(bytes, 4096), Err(NoReply), "{:?}", &bytes[..bytes.len().min(20)]);
        }
        assert_eq!(
            all(b"*4000000000\r\n:1\r\n", 4096),
            Ok(Vec::new()),
            "no memory for what is not there"
        );
    }
}
