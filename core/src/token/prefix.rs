//! A token but for its identity.

use super::claims::{Claims, check_identity};
use super::current::Stamped;
use super::front::{CARRY_MAX, Front, Tail, blocks_for, needs_escape};
use super::jti::{self, JTI_LEN};
use crate::clock::{Clock, Now};
use crate::error::Result;
use crate::wiped;

/// Identities up to here, without characters to escape, take the path with small buffers.
const SHORT_IDENTITY: usize = 100;
const SHORT_JSON: usize = tail_len(SHORT_IDENTITY);
const SHORT_BLOCKS: usize = blocks_for(SHORT_JSON, SIGNATURE);
/// The longest identity, each of its bytes escaped as `\u00XX`.
const LONG_JSON: usize = tail_len(crate::limits::IDENTITY_MAX_BYTES * 6);
const LONG_BLOCKS: usize = blocks_for(LONG_JSON, SIGNATURE);

const END: &[u8] = b"}}";
const BEFORE_JTI: &[u8] = br#"},"jti":""#;
const AFTER_JTI: &[u8] = br#""}"#;
/// The signature in base64, and its dot.
const SIGNATURE: usize = 1 + 43;

/// The largest JSON of a tail whose identity takes so many bytes between its quotation marks.
const fn tail_len(identity: usize) -> usize {
    CARRY_MAX + 1 + identity + 1 + BEFORE_JTI.len() + JTI_LEN + AFTER_JTI.len()
}

/// All Access Tokens of one kind and one second, but for their identities: a mint hashes two or three
/// blocks of SHA-256.
pub(crate) struct Prefix {
    front: Front,
    unique: bool,
    identity_max_chars: usize,
}

impl Prefix {
    pub(super) fn new(front: Front, claims: &Claims) -> Self {
        let identity_max_chars = claims.identity_max_chars();
        Self { front, unique: claims.unique, identity_max_chars }
    }

    /// The Unix second that the tokens are issued at.
    #[inline]
    pub(crate) fn second(&self) -> u64 {
        self.front.second()
    }

    /// As [`Front::is_ahead_of`].
    pub(crate) fn is_ahead_of(&self, second: u64) -> bool {
        self.front.is_ahead_of(second)
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
        let write = |tail: &mut Tail<'_>| {
            tail.push_plain(identity);
            push_end(tail, jti);
        };
        self.front.finish::<SHORT_JSON, SHORT_BLOCKS, R>(write, take)
    }

    #[cold]
    fn finish_long<R>(
        &self,
        identity: &str,
        jti: Option<&[u8; JTI_LEN]>,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> R {
        let write = |tail: &mut Tail<'_>| {
            tail.push_json(identity);
            push_end(tail, jti);
        };
        self.front.finish::<LONG_JSON, LONG_BLOCKS, R>(write, take)
    }
}

impl Stamped for Prefix {
    #[inline]
    fn front(&self) -> &Front {
        &self.front
    }
}

#[inline]
fn push_end(tail: &mut Tail<'_>, jti: Option<&[u8; JTI_LEN]>) {
    match jti {
        None => tail.push(END),
        Some(jti) => {
            tail.push(BEFORE_JTI);
            tail.push(jti);
            tail.push(AFTER_JTI);
        }
    }
}

#[inline]
fn machine_time() -> Now {
    Clock::system().now()
}

#[cfg(test)]
mod tests;
