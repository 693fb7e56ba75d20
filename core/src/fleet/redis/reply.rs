//! What a server says, read off what comes from it: RESP2, five kinds of replies.

use redis_protocol::resp2::decode::decode;
use redis_protocol::resp2::types::OwnedFrame;

/// No reply is longer: the largest value and what stands around it.
const REPLY_MAX_BYTES: usize = 128 * 1024;
/// So many lists at most begin in what came. The decoder goes one call deeper for each list in a list.
const LISTS_MAX: usize = 64;

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
        let lists = self.0.windows(3).filter(|part| *part == b"\r\n*").count();
        if lists > LISTS_MAX {
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
