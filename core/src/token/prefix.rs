//! A token but for its identity: the text so far and the state of its signature.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::{Zeroize as _, Zeroizing};

use super::claims::{Claims, check_identity};
use super::jti::{self, JTI_LEN};
use super::signer::{BLOCK, Signer, State};
use crate::clock::{Clock, Now};
use crate::error::Result;
use crate::wiped;

/// Identities up to here, without characters to escape, take the path with small buffers.
const SHORT_IDENTITY: usize = 100;
const SHORT_JSON: usize = tail_len(SHORT_IDENTITY);
const SHORT_BLOCKS: usize = blocks_for(SHORT_JSON);
/// The longest identity, each of its bytes escaped as `\u00XX`.
const LONG_JSON: usize = tail_len(crate::limits::IDENTITY_MAX_BYTES * 6);
const LONG_BLOCKS: usize = blocks_for(LONG_JSON);

/// How far behind a clock reading may be because its thread was kept waiting.
const LATE_SECONDS: u64 = 2;

const CARRY_MAX: usize = 2;
const END: &[u8] = b"}}";
const BEFORE_JTI: &[u8] = br#"},"jti":""#;
const AFTER_JTI: &[u8] = br#""}"#;
/// The signature in base64, and its dot.
const SIGNATURE: usize = 1 + 43;

/// The largest JSON of a tail whose identity takes so many bytes between its quotation marks.
const fn tail_len(identity: usize) -> usize {
    CARRY_MAX + 1 + identity + 1 + BEFORE_JTI.len() + JTI_LEN + AFTER_JTI.len()
}

/// Blocks that hold the text not hashed yet, a tail in base64 and its signature (which takes more
/// room than the padding that it replaces).
const fn blocks_for(json: usize) -> usize {
    (BLOCK - 1 + json.div_ceil(3) * 4 + SIGNATURE).div_ceil(BLOCK)
}

/// All tokens of one kind and one second, but for their identities.
///
/// A mint copies the text, and encodes and hashes only what follows it: two or three blocks of
/// SHA-256, however large the grants are. Base64 turns 3 bytes into 4 characters, so the text ends
/// at such a boundary and up to 2 bytes of JSON are carried over into the tail.
pub(crate) struct Prefix {
    signer: Arc<Signer>,
    text: Zeroizing<String>,
    /// The signature's state after all whole blocks of `text`.
    midstate: State,
    /// What follows those blocks, and zeros.
    pending: [u8; BLOCK],
    carry: [u8; CARRY_MAX],
    carry_len: usize,
    second: u64,
    unique: bool,
    identity_max_chars: usize,
}

impl Prefix {
    pub(super) fn new(
        signer: Arc<Signer>,
        text: Zeroizing<String>,
        carried: &[u8],
        second: u64,
        claims: &Claims,
    ) -> Self {
        let (whole, rest) = text.as_bytes().as_chunks();
        let midstate = signer.midstate(whole);
        let mut pending = [0; BLOCK];
        pending[..rest.len()].copy_from_slice(rest);
        let mut carry = [0; CARRY_MAX];
        carry[..carried.len()].copy_from_slice(carried);
        Self {
            signer,
            text,
            midstate,
            pending,
            carry,
            carry_len: carried.len(),
            second,
            unique: claims.unique,
            identity_max_chars: claims.identity_max_chars(),
        }
    }

    /// The Unix second that the tokens are issued at.
    #[inline]
    pub(crate) fn second(&self) -> u64 {
        self.second
    }

    /// Whether a thread that read this second from the clock has only been kept waiting since: then its
    /// own prefix must not take the place of this one. A larger step back is the clock's, and is
    /// followed.
    pub(crate) fn is_ahead_of(&self, second: u64) -> bool {
        (second..=second.saturating_add(LATE_SECONDS)).contains(&self.second)
    }

    /// The token of one viewer. Allocates once.
    #[inline]
    pub(crate) fn mint(&self, identity: &str) -> Result<String> {
        self.mint_by(identity, machine_time)
    }

    /// As [`Prefix::mint`], for a caller that has read the machine's clocks already: that takes a tenth as
    /// long as all else. Asked for the reading if the token needs it.
    #[inline]
    pub(crate) fn mint_by(&self, identity: &str, now: impl FnOnce() -> Now) -> Result<String> {
        self.mint_parts_by(identity, now, wiped::joined)
    }

    /// Puts the token of one viewer in place of what `out` holds. Allocates only if it does not
    /// fit. After an error `out` is as it was.
    #[inline]
    pub(crate) fn mint_into(&self, out: &mut String, identity: &str) -> Result<()> {
        self.mint_parts(identity, |parts| wiped::replace(out, parts))
    }

    /// Hands over the token of one viewer in two parts, which together are all of it. Allocates
    /// nothing.
    #[inline]
    pub(crate) fn mint_parts<R>(
        &self,
        identity: &str,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> Result<R> {
        self.mint_parts_by(identity, machine_time, take)
    }

    #[inline]
    fn mint_parts_by<R>(
        &self,
        identity: &str,
        now: impl FnOnce() -> Now,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> Result<R> {
        check_identity(identity, self.identity_max_chars)?;
        let jti = if self.unique { Some(jti::next(now())?) } else { None };
        Ok(self.finish(identity, jti.as_ref(), take))
    }

    #[inline]
    fn finish<R>(
        &self,
        identity: &str,
        jti: Option<&[u8; JTI_LEN]>,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        if identity.len() > SHORT_IDENTITY || needs_escape(identity) {
            return self.finish_long(identity, jti, take);
        }
        let write_identity = |tail: &mut Tail<'_>| {
            tail.push(b"\"");
            tail.push(identity.as_bytes());
            tail.push(b"\"");
        };
        self.assemble::<SHORT_JSON, SHORT_BLOCKS, R>(jti, write_identity, take)
    }

    #[cold]
    fn finish_long<R>(
        &self,
        identity: &str,
        jti: Option<&[u8; JTI_LEN]>,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let write_identity = |tail: &mut Tail<'_>| tail.push_json(identity);
        self.assemble::<LONG_JSON, LONG_BLOCKS, R>(jti, write_identity, take)
    }

    /// Encodes the tail behind the text that is not hashed yet, hashes both, and puts the
    /// signature where the padding was.
    #[inline]
    fn assemble<const JSON: usize, const BLOCKS: usize, R>(
        &self,
        jti: Option<&[u8; JTI_LEN]>,
        write_identity: impl FnOnce(&mut Tail<'_>),
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let mut buffer = [0; JSON];
        let mut tail = Tail { buffer: &mut buffer, len: 0 };
        tail.push(&self.carry[..self.carry_len]);
        write_identity(&mut tail);
        tail.push_end(jti);
        let json_len = tail.len;

        let mut blocks = [[0; BLOCK]; BLOCKS];
        blocks[0] = self.pending;
        let start = self.text.len() % BLOCK;
        let end = start + encode(&buffer[..json_len], &mut blocks.as_flattened_mut()[start..]);
        let hashed = self.text.len() - start;
        let tag = self.signer.tag(self.midstate, hashed, &mut blocks, end);

        let text = blocks.as_flattened_mut();
        text[end] = b'.';
        let signed = end + 1 + encode(&tag, &mut text[end + 1..]);
        let rest = str::from_utf8(&text[start..signed]).expect("base64 is ASCII");
        take([&self.text, rest])
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        self.midstate.zeroize();
        self.pending.zeroize();
        self.carry.zeroize();
    }
}

/// The end of the claims in the making, from the identity on.
struct Tail<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl Tail<'_> {
    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.buffer[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// A text with its quotation marks and escapes.
    fn push_json(&mut self, text: &str) {
        let mut rest = &mut self.buffer[self.len..];
        let room = rest.len();
        serde_json::to_writer(&mut rest, text).expect("the buffer holds the longest identity");
        self.len += room - rest.len();
    }

    #[inline]
    fn push_end(&mut self, jti: Option<&[u8; JTI_LEN]>) {
        match jti {
            None => self.push(END),
            Some(jti) => {
                self.push(BEFORE_JTI);
                self.push(jti);
                self.push(AFTER_JTI);
            }
        }
    }
}

#[inline]
fn machine_time() -> Now {
    Clock::system().now()
}

#[inline]
fn encode(bytes: &[u8], out: &mut [u8]) -> usize {
    BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, out).expect("the blocks hold the longest tail")
}

/// Whether JSON writes any character of the text in another way. No early exit, so that the
/// compiler compares many bytes at once.
#[inline]
fn needs_escape(text: &str) -> bool {
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    text.bytes().fold(false, |found, byte| found | special(byte))
}

#[cfg(test)]
mod tests;
