//! Mints tokens of one kind for any service that takes HMAC-signed JSON Web Tokens.

use std::fmt;
use std::sync::Arc;

use arc_swap::Guard;

use super::definition::Definition;
use super::slot::Slot;
use super::template::{Stamp, Template};
use super::value::SlotValue;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::token::{Current, Warning};
#[cfg(feature = "http")]
use crate::token::{Decoded, decode};
use crate::wiped::{self, WipedString};

/// Far enough from 1970 for any time that is set back.
#[cfg(feature = "http")]
const ANY_SECOND: u64 = 1_000_000_000;

/// One token's values, for [`JwtMinter::mint_many`].
#[derive(Clone, Copy, Debug, Default)]
pub struct JwtUser<'a> {
    /// Whom it is for, if tokens of this kind say so.
    pub identity: Option<&'a str>,
    /// The slots by their names.
    pub slots: &'a [(&'a str, SlotValue<'a>)],
}

/// Mints JSON Web Tokens of one kind, signed with HS256, HS384 or HS512: fixed claims, and typed slots for
/// what differs between users.
///
/// Everything but the slots is checked, encoded and hashed once a second, not once a token. Any number of
/// threads may share one minter; they take no lock. A clone mints the same kind of token, at the same
/// cost.
///
/// # Example: a token for each user of a service
///
/// ```
/// use grantmint_core::{JwtMinter, LengthUnit, Slot, VerifyOptions, verify_jwt};
///
/// let secret = b"a secret of at least thirty-two bytes";
/// let rooms = JwtMinter::builder(secret)
///     .claim("iss", "my-app")
///     .claim(["video", "roomJoin"], true)
///     .slot(Slot::text("room").at(["video", "room"]).required().max_len(256, LengthUnit::Bytes))
///     .slot(Slot::text("name"))
///     .ttl(600)
///     .build()?;
/// let jwt = rooms.mint("alice", &[("room", "DailyStandup".into())])?;
/// let decoded = verify_jwt(&jwt, secret, &VerifyOptions::new())?;
/// assert_eq!(decoded.subject(), Some("alice"));
/// assert_eq!(decoded.claims()["video"]["room"], "DailyStandup");
///
/// let error = rooms.mint("alice", &[("rome", "DailyStandup".into())]).unwrap_err();
/// assert_eq!(error.argument(), Some("rome"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct JwtMinter {
    template: Arc<Template>,
    current: Current<Stamp>,
}

/// One of the tokens of a minter.
#[cfg(feature = "http")]
pub(crate) struct Sample {
    /// As it was long ago, without a name of its own.
    pub(crate) token: Decoded,
    /// Whether each has a name of its own.
    pub(crate) is_unique: bool,
    /// Tells secrets apart. A secret itself.
    pub(crate) secret: WipedString,
}

impl JwtMinter {
    pub(super) fn new(definition: Definition, clock: Clock) -> Result<Self> {
        let template = Template::new(definition)?;
        // Tokens may be minted later that become valid before they end.
        let second = template.definition().times.first_second(clock.unix_seconds());
        let current = Current::new(clock, template.stamp(second)?);
        Ok(Self { template: Arc::new(template), current })
    }

    /// The token of one user, issued now. One allocation: the token itself.
    ///
    /// `identity` fills the slot of that name; [`None`] if tokens of this kind need none. Slots that are
    /// given in the order in which they were declared are found fastest.
    ///
    /// # Errors
    ///
    /// Each names the slot at fault. [`ErrorKind::InvalidIdentity`](crate::ErrorKind::InvalidIdentity) for an
    /// identity that is missing, empty, too long or no text;
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a value of the wrong type, too long or
    /// not allowed, for a slot that is missing, unknown or given twice, and while a token would end before its
    /// `nbf`; [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) for a token over 128 KiB.
    #[inline]
    pub fn mint<'a>(
        &self,
        identity: impl Into<Option<&'a str>>,
        slots: &[(&'a str, SlotValue<'a>)],
    ) -> Result<String> {
        self.mint_parts(identity, slots, wiped::joined)
    }

    /// As [`JwtMinter::mint`], in place of what `out` holds, which is emptied first. No allocation once
    /// `out` is large enough and the values are short; until then its old memory is wiped. After an error
    /// `out` is as it was.
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint`].
    #[inline]
    pub fn mint_into<'a>(
        &self,
        out: &mut String,
        identity: impl Into<Option<&'a str>>,
        slots: &[(&'a str, SlotValue<'a>)],
    ) -> Result<()> {
        self.mint_parts(identity, slots, |parts| wiped::replace(out, parts))
    }

    /// As [`JwtMinter::mint`], handing over the token in two parts, for hosts that put it where they want it:
    /// no other copy of it is made.
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint`].
    #[inline]
    pub fn mint_parts<'a, R>(
        &self,
        identity: impl Into<Option<&'a str>>,
        slots: &[(&'a str, SlotValue<'a>)],
        take: impl FnOnce([&str; 2]) -> R,
    ) -> Result<R> {
        self.template.mint(&*self.stamp()?, identity.into(), slots, take)
    }

    /// The token of one user, issued at a Unix second of the caller's choice.
    ///
    /// Slower than [`JwtMinter::mint`] unless that second is the present one, as nothing is kept for
    /// others.
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint`]; also [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a
    /// second after the year 9999.
    pub fn mint_at<'a>(
        &self,
        identity: impl Into<Option<&'a str>>,
        slots: &[(&'a str, SlotValue<'a>)],
        now: u64,
    ) -> Result<String> {
        let stamp = self.template.stamp(now)?;
        self.template.mint(&stamp, identity.into(), slots, wiped::joined)
    }

    /// One token for each user, all issued in the same second; all of them or none.
    ///
    /// # Example: two users
    ///
    /// ```
    /// use grantmint_core::{JwtMinter, JwtUser};
    ///
    /// let minter = JwtMinter::builder(b"a secret of at least thirty-two bytes").build()?;
    /// let user = |identity| JwtUser { identity: Some(identity), slots: &[] };
    /// assert_eq!(minter.mint_many(&[user("alice"), user("bob")])?.len(), 2);
    /// let error = minter.mint_many(&[user("alice"), user("")]).unwrap_err();
    /// assert_eq!(error.argument(), Some("users[1].identity"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint`], with the index before the slot: `users[3].room …`.
    pub fn mint_many(&self, users: &[JwtUser<'_>]) -> Result<Vec<String>> {
        // If one fails, those before it are wiped.
        let mut tokens = Vec::with_capacity(users.len());
        self.mint_each(users, |parts| tokens.push(WipedString::from(wiped::joined(parts))))?;
        Ok(tokens.into_iter().map(WipedString::into_string).collect())
    }

    /// As [`JwtMinter::mint_many`], handing over each token in two parts in turn, for hosts that keep texts
    /// of their own kind. After an error those handed over are to be dropped.
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint_many`].
    pub fn mint_each(&self, users: &[JwtUser<'_>], mut take: impl FnMut([&str; 2])) -> Result<()> {
        let stamp = self.stamp()?;
        users.iter().enumerate().try_for_each(|(index, user)| {
            let minted = self.template.mint(&stamp, user.identity, user.slots, &mut take);
            minted.map_err(|error| of_user(index, &error))
        })
    }

    /// A minter whose slots of these names have their values already, prepared as fixed claims are: for all
    /// the users of one room.
    ///
    /// # Example: a minter for one room
    ///
    /// ```
    /// use grantmint_core::{JwtMinter, Slot};
    ///
    /// let rooms = JwtMinter::builder(b"a secret of at least thirty-two bytes")
    ///     .slot(Slot::text("room").required())
    ///     .build()?;
    /// let lobby = rooms.bind(&[("room", "lobby".into())])?;
    /// assert!(lobby.mint("alice", &[]).is_ok());
    /// assert!(rooms.mint("alice", &[]).is_err());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`JwtMinter::mint`].
    pub fn bind(&self, slots: &[(&str, SlotValue<'_>)]) -> Result<Self> {
        let mut definition = self.template.definition().clone();
        slots.iter().try_for_each(|(name, value)| definition.bind(name, *value))?;
        Self::new(definition, self.current.clock().clone())
    }

    /// The slots that a mint may fill, in the order in which they are written.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        self.template.plan().slots()
    }

    /// What tells minters apart of which each token is for nobody; none if there is no such token.
    #[cfg(feature = "http")]
    pub(crate) fn sample(&self) -> Option<Sample> {
        let mut definition = self.template.definition().clone();
        let second = definition.times.first_second(ANY_SECOND);
        // The name of a token is another each time.
        let is_unique = std::mem::take(&mut definition.unique);
        let template = Template::new(definition).ok()?;
        let joined = |parts: [&str; 2]| WipedString::from(wiped::joined(parts));
        let token = template.mint(&template.stamp(second).ok()?, None, &[], joined).ok()?;
        Some(Sample { token: decode(&token).ok()?, is_unique, secret: template.mark_of_secret() })
    }

    /// Advice on this kind of token; empty for most.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        self.template.advice(&self.current.load())
    }

    /// What is prepared for the present second.
    #[inline]
    fn stamp(&self) -> Result<Guard<Arc<Stamp>>> {
        self.current.get(|now| self.template.stamp(now))
    }
}

#[cold]
fn of_user(index: usize, error: &Error) -> Error {
    let argument = match error.argument() {
        Some(slot) => format!("users[{index}].{slot}"),
        None => format!("users[{index}]"),
    };
    error.with_argument(&argument)
}

impl fmt::Debug for JwtMinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.slots().iter().map(Slot::name).collect();
        f.debug_struct("JwtMinter").field("slots", &names).finish_non_exhaustive()
    }
}
