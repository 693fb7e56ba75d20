//! A kind of token, prepared: stamped once a second into what mints.

use super::definition::Definition;
use super::fill::fill;
use super::filled::Filled;
use super::plan::Plan;
use super::value::SlotValue;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{JWT_ADVISED_BYTES, TOKEN_MAX_BYTES};
use crate::token::{CARRY_MAX, Front, JTI_LEN, Stamped, Tail, Warning, blocks_for, next_jti};
#[cfg(feature = "http")]
use crate::wiped;
use crate::wiped::WipedString;

/// The longest signature in base64, and its dot.
const SIGNATURE: usize = 1 + 86;
/// Values up to here in all take the path with small buffers, as short identities do.
const SHORT_JSON: usize = 138;
const SHORT_BLOCKS: usize = blocks_for(SHORT_JSON, SIGNATURE);
/// And these the next larger ones: it takes time to fill them with zeros.
const MEDIUM_JSON: usize = 234;
const MEDIUM_BLOCKS: usize = blocks_for(MEDIUM_JSON, SIGNATURE);
/// Values up to here in all still need no allocation.
const LONG_JSON: usize = 618;
const LONG_BLOCKS: usize = blocks_for(LONG_JSON, SIGNATURE);

const BEFORE_JTI: &[u8] = br#","jti":""#;
const AFTER_JTI: &[u8] = b"\"";
const JTI: usize = BEFORE_JTI.len() + JTI_LEN + AFTER_JTI.len();
/// The most bytes around the members: what is carried over, and a brace.
const AROUND: usize = CARRY_MAX + 1;

/// All tokens of one kind and one second up to where they differ.
pub(super) struct Stamp(Front);

impl Stamped for Stamp {
    #[inline]
    fn front(&self) -> &Front {
        &self.0
    }
}

/// A kind of token: its definition, and in which order it is written.
pub(super) struct Template {
    definition: Definition,
    header: String,
    plan: Plan,
}

impl Template {
    pub(super) fn new(definition: Definition) -> Result<Self> {
        let (plan, header) = (definition.plan()?, definition.header.encoded());
        Ok(Self { definition, header, plan })
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.definition
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What all tokens of one second share.
    pub(super) fn stamp(&self, now: u64) -> Result<Stamp> {
        let front = self.plan.front();
        // Large enough from the start: growing would leave copies behind.
        let mut json = WipedString::with_capacity(front.len() + 96);
        json.push('{');
        self.definition.times.write(&mut json, now)?;
        json.push_str(front);
        Ok(Stamp(Front::new(&self.definition.signing, &self.header, &json, now)))
    }

    /// Hands over one token in two parts.
    #[inline]
    pub(super) fn mint<'v, R>(
        &self,
        stamp: &Stamp,
        identity: Option<&'v str>,
        values: &[(&'v str, SlotValue<'v>)],
        take: impl FnOnce([&str; 2]) -> R,
    ) -> Result<R> {
        let filled = fill(&self.plan, identity, values)?;
        let jti =
            if self.definition.unique { Some(next_jti(Clock::system().now())?) } else { None };
        let most = self.fixed_len() + filled.len();
        let write = |tail: &mut Tail<'_>| self.write(&filled, jti.as_ref(), tail);
        if most <= SHORT_JSON {
            Ok(stamp.0.finish::<SHORT_JSON, SHORT_BLOCKS, R>(write, take))
        } else if most <= MEDIUM_JSON {
            Ok(stamp.0.finish::<MEDIUM_JSON, MEDIUM_BLOCKS, R>(write, take))
        } else if most <= LONG_JSON {
            Ok(stamp.0.finish::<LONG_JSON, LONG_BLOCKS, R>(write, take))
        } else {
            let most = self.fixed_len() + filled.exact_len();
            check_size(&stamp.0, most)?;
            Ok(stamp.0.finish_large(most, SIGNATURE, write, take))
        }
    }

    /// The most bytes behind the front, but for slots.
    #[inline]
    fn fixed_len(&self) -> usize {
        AROUND + self.plan.fixed_len() + if self.definition.unique { JTI } else { 0 }
    }

    #[inline]
    fn write(&self, filled: &Filled<'_, '_>, jti: Option<&[u8; JTI_LEN]>, tail: &mut Tail<'_>) {
        self.plan.write(filled, tail);
        if let Some(jti) = jti {
            tail.push(BEFORE_JTI);
            tail.push(jti);
            tail.push(AFTER_JTI);
        }
        tail.push(b"}");
    }

    /// Tells secrets apart, if the algorithm is the same: what this one makes of a text that is no token.
    #[cfg(feature = "http")]
    pub(super) fn mark_of_secret(&self) -> WipedString {
        let text = Front::new(&self.definition.signing, "grantmint secret 1", "", 0);
        text.finish_large(0, SIGNATURE, |_| (), |parts| WipedString::from(wiped::joined(parts)))
    }

    /// Advice on this kind of token.
    pub(super) fn advice(&self, stamp: &Stamp) -> Vec<Warning> {
        let mut advice = self.definition.advice();
        if self.definition.has_short_secret {
            advice.push(Warning::ShortSecret);
        }
        if token_len(&stamp.0, self.fixed_len()) > JWT_ADVISED_BYTES {
            advice.push(Warning::TokenLong);
        }
        advice
    }
}

/// The most bytes of a token with a rest of the claims of so many bytes.
fn token_len(front: &Front, rest: usize) -> usize {
    front.text_len() + rest.div_ceil(3) * 4 + SIGNATURE
}

/// Holds a token to the size that can be verified.
#[cold]
fn check_size(front: &Front, rest: usize) -> Result<()> {
    if token_len(front, rest) <= TOKEN_MAX_BYTES {
        return Ok(());
    }
    Err(Error::of_argument(ErrorKind::LimitExceeded, "slots", "make a token of over 128 KiB"))
}
