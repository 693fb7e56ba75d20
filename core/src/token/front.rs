//! The front of tokens that differ at their end: its text and the state of its signature.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::{Zeroize as _, Zeroizing};

use super::begun::Begun;
use super::signer::BLOCK;
use super::signing::Signing;
use crate::base64_text;

/// How far behind a clock reading may be because its thread was kept waiting.
const LATE_SECONDS: u64 = 2;

/// The bytes that the front leaves over for the tail.
pub(crate) const CARRY_MAX: usize = 2;

/// Blocks that hold the text not hashed yet, a tail in base64 and a signature of so many characters
/// with its dot (which takes more room than the padding that it replaces).
pub(crate) const fn blocks_for(json: usize, signature: usize) -> usize {
    (BLOCK - 1 + json.div_ceil(3) * 4 + signature).div_ceil(BLOCK)
}

/// All tokens of one kind and one second up to where they differ.
///
/// A mint copies the text, and encodes and hashes only what follows it: a few blocks, however large
/// the claims are. Base64 turns 3 bytes into 4 characters, so the text ends at such a boundary and up
/// to 2 bytes of JSON are carried over into the tail.
pub(crate) struct Front {
    text: Zeroizing<String>,
    begun: Begun,
    carry: [u8; CARRY_MAX],
    carry_len: usize,
    second: u64,
}

impl Front {
    /// Encodes and hashes the front of the claims, behind a header in base64 with its dot.
    pub(crate) fn new(signing: &Signing, header: &str, claims: &str, second: u64) -> Self {
        let (whole, carried) = claims.as_bytes().as_chunks::<3>();
        let encoded = whole.len() * 4;
        // Large enough from the start: growing would leave copies of the claims behind.
        let mut text = Zeroizing::new(String::with_capacity(header.len() + encoded));
        text.push_str(header);
        base64_text::push(&BASE64_URL_SAFE_NO_PAD, whole.as_flattened(), &mut text);
        let begun = Begun::new(signing, text.as_bytes());
        let mut carry = [0; CARRY_MAX];
        carry[..carried.len()].copy_from_slice(carried);
        Self { text, begun, carry, carry_len: carried.len(), second }
    }

    /// The Unix second that the tokens are issued at.
    #[inline]
    pub(crate) fn second(&self) -> u64 {
        self.second
    }

    /// The length of the front in a token, in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Whether a thread that read this second from the clock has only been kept waiting since: then its
    /// own front must not take the place of this one. A larger step back is the clock's, and is
    /// followed.
    pub(crate) fn is_ahead_of(&self, second: u64) -> bool {
        (second..=second.saturating_add(LATE_SECONDS)).contains(&self.second)
    }

    /// Writes the rest of the claims, of `JSON` bytes at most, and hands over the token in two parts.
    #[inline]
    pub(crate) fn finish<const JSON: usize, const BLOCKS: usize, R>(
        &self,
        write: impl FnOnce(&mut Tail<'_>),
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let (mut buffer, mut blocks) = ([0; JSON], [[0; BLOCK]; BLOCKS]);
        let len = self.write_tail(&mut buffer, write);
        self.sign(&buffer[..len], &mut blocks, take)
    }

    /// As [`Front::finish`], for a rest of any length.
    #[cold]
    pub(crate) fn finish_large<R>(
        &self,
        json: usize,
        signature: usize,
        write: impl FnOnce(&mut Tail<'_>),
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let mut buffer = Zeroizing::new(vec![0; json]);
        let mut blocks = Zeroizing::new(vec![[0; BLOCK]; blocks_for(json, signature)]);
        let len = self.write_tail(&mut buffer, write);
        self.sign(&buffer[..len], &mut blocks, take)
    }

    #[inline]
    fn write_tail(&self, buffer: &mut [u8], write: impl FnOnce(&mut Tail<'_>)) -> usize {
        let mut tail = Tail { buffer, len: 0 };
        tail.push(&self.carry[..self.carry_len]);
        write(&mut tail);
        tail.len
    }

    /// Encodes the tail behind the text that is not hashed yet, hashes both, and puts the
    /// signature where the padding was.
    #[inline]
    fn sign<R>(
        &self,
        json: &[u8],
        blocks: &mut [[u8; BLOCK]],
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let start = self.begun.lay_out(blocks);
        let end = start + encode(json, &mut blocks.as_flattened_mut()[start..]);
        let hashed = self.text.len() - start;
        let signed = self.begun.sign(hashed, blocks, start..end);
        let rest = &blocks.as_flattened()[start..signed];
        take([&self.text, str::from_utf8(rest).expect("base64 is ASCII")])
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.carry.zeroize();
    }
}

/// The rest of the claims in the making.
pub(crate) struct Tail<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl Tail<'_> {
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        copy(bytes, &mut self.buffer[self.len..self.len + bytes.len()]);
        self.len += bytes.len();
    }

    /// A text of which no character is written in another way, with its quotation marks.
    #[inline]
    pub(crate) fn push_plain(&mut self, text: &str) {
        self.push(b"\"");
        self.push(text.as_bytes());
        self.push(b"\"");
    }

    /// A whole number.
    pub(crate) fn push_number(&mut self, number: i64) {
        let (mut digits, mut start, mut rest) = ([0; 20], 20, number.unsigned_abs());
        loop {
            start -= 1;
            digits[start] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.push(b"-");
        }
        self.push(&digits[start..]);
    }

    /// A text with its quotation marks and escapes.
    pub(crate) fn push_json(&mut self, text: &str) {
        let mut rest = &mut self.buffer[self.len..];
        let room = rest.len();
        serde_json::to_writer(&mut rest, text).expect("the buffer holds the longest text");
        self.len += room - rest.len();
    }
}

/// Copies bytes to as many others. Most are names and short texts, for which two overlapping pieces of a fixed size
/// take less time than a call.
#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    match from.len() {
        8..=16 => copy_in_two::<8>(from, to),
        17..=32 => copy_in_two::<16>(from, to),
        _ => to.copy_from_slice(from),
    }
}

/// Copies `N` to twice as many bytes.
#[inline]
fn copy_in_two<const N: usize>(from: &[u8], to: &mut [u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        to[..N].copy_from_slice(first);
        let start = to.len() - N;
        to[start..].copy_from_slice(last);
    }
}

/// Whether JSON writes any character of the text in another way. Eight bytes at a time: most texts are short, and
/// the compiler only makes long ones fast.
#[inline]
pub(crate) fn needs_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else {
        let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        return bytes.iter().any(special);
    };
    // The last eight overlap those before.
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().fold(has_special(*last), |found, chunk| found | has_special(*chunk))
}

/// Whether any of eight bytes is below a space, a quotation mark or a backslash.
#[inline]
fn has_special(bytes: [u8; 8]) -> bool {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let bytes = u64::from_ne_bytes(bytes);
    // The highest bit of the lowest byte that is below `limit`, and of no byte if none is.
    let below = |bytes: u64, limit: u8| bytes.wrapping_sub(EACH * u64::from(limit)) & !bytes;
    let is = |byte: u8| below(bytes ^ (EACH * u64::from(byte)), 1);
    (below(bytes, 0x20) | is(b'"') | is(b'\\')) & (EACH << 7) != 0
}

/// How many bytes a text takes as JSON.
pub(crate) fn json_len(text: &str) -> usize {
    let written = |byte: u8| match byte {
        b'"' | b'\\' | 0x08 | b'\t' | b'\n' | 0x0c | b'\r' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    2 + text.bytes().map(written).sum::<usize>()
}

#[inline]
fn encode(bytes: &[u8], out: &mut [u8]) -> usize {
    BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, out).expect("the blocks hold the longest tail")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn bytes_of_every_length_are_copied() {
        let bytes: Vec<u8> = (0..100).collect();
        for len in 0..=bytes.len() {
            let mut to = vec![0xff; len];
            copy(&bytes[..len], &mut to);
            assert_eq!(to, bytes[..len]);
        }
    }

    #[test]
    fn escapes_are_found_at_every_place_of_every_length() {
        for len in 0..40 {
            let plain = "å~ !#[]\u{7f}".chars().cycle().take(len).collect::<String>();
            assert!(!needs_escape(&plain), "{plain:?}");
            for (place, _) in plain.char_indices() {
                for special in ["\u{0}", "\u{1f}", "\"", "\\"] {
                    let text = [&plain[..place], special, &plain[place..]].concat();
                    assert!(needs_escape(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 7, 10, -1, 1_234_567_890, i64::MAX, i64::MIN] {
            let mut buffer = [0; 20];
            let mut tail = Tail { buffer: &mut buffer, len: 0 };
            tail.push_number(number);
            let len = tail.len;
            assert_eq!(buffer[..len], *number.to_string().as_bytes());
        }
    }

    #[test]
    fn escapes_are_found_wherever_json_needs_them() {
        for character in (0..=0x2fff).filter_map(char::from_u32) {
            let text = format!("abc{character}def");
            let written = Value::from(text.as_str()).to_string();
            assert_eq!(needs_escape(&text), written != format!("\"{text}\""), "{character:?}");
            assert_eq!(json_len(&text), written.len(), "{character:?}");
        }
    }
}
