//! What a kind of token is made from.

use std::fmt;

use super::bonds::Bond;
use super::definition::{Advise, Definition};
use super::header::Header;
use super::minter::JwtMinter;
use super::path::ClaimPath;
use super::slot::{IDENTITY, Slot};
use super::times::{NotBefore, Times};
use super::value::SlotValue;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::limits::SECRET_ADVISED_BYTES;
use crate::secret::Secret;
use crate::token::{Algorithm, Signing, check_secret};

impl JwtMinter {
    /// Starts with a required identity as `sub`, no other claims than `iat` and `exp`, a ttl of an hour and
    /// HS256.
    ///
    /// # Example: a role in place of a subject
    ///
    /// ```
    /// use grantmint_core::{Algorithm, JwtMinter};
    ///
    /// let anonymous = JwtMinter::builder(b"a secret of at least thirty-two bytes")
    ///     .no_identity()
    ///     .claim("role", "anon")
    ///     .algorithm(Algorithm::Hs512)
    ///     .build()?;
    /// assert!(anonymous.mint(None, &[]).is_ok());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn builder(secret: &[u8]) -> JwtMinterBuilder {
        JwtMinterBuilder::new(secret)
    }
}

/// Collects what [`JwtMinter`] needs; see [`JwtMinter::builder`]. The first thing that is wrong is told by
/// [`JwtMinterBuilder::build`].
#[must_use = "a builder does nothing until built"]
pub struct JwtMinterBuilder {
    secret: Secret,
    clock: Clock,
    definition: Definition,
    identity: Option<Slot>,
    error: Option<Error>,
}

impl JwtMinterBuilder {
    fn new(secret: &[u8]) -> Self {
        let signing = Signing::new(Algorithm::Hs256, secret);
        let has_short_secret = secret.len() < SECRET_ADVISED_BYTES;
        let header = Header::new(Algorithm::Hs256);
        Self {
            secret: Secret::new(secret),
            clock: Clock::system(),
            definition: Definition::new(signing, has_short_secret, header),
            identity: Some(Slot::text(IDENTITY).at("sub").required()),
            error: check_secret(secret).err(),
        }
    }

    /// A claim that all tokens have: its name, or the names from the top down to it, and its value.
    pub fn claim<'a>(self, path: impl Into<ClaimPath>, value: impl Into<SlotValue<'a>>) -> Self {
        let (path, value) = (path.into(), value.into());
        self.with(|definition| definition.add_claim(&path, &value.to_json()))
    }

    /// Claims that all tokens have, as a JSON object.
    pub fn claims(self, json: &str) -> Self {
        self.with(|definition| definition.add_claims(json))
    }

    /// A claim that each token has its own value of.
    pub fn slot(self, slot: Slot) -> Self {
        self.with(|definition| definition.add_slot(slot))
    }

    /// The slot that the first argument of a mint fills, for what it says of the path and of what is
    /// allowed: its name is `identity` whatever it is given. If not set, `sub`, which must be there.
    pub fn identity(mut self, slot: Slot) -> Self {
        self.identity = Some(slot);
        self
    }

    /// Tokens name nobody, unless a slot does.
    pub fn no_identity(mut self) -> Self {
        self.identity = None;
        self
    }

    /// Gives a slot its value for all tokens, as [`JwtMinter::bind`] does.
    pub fn bind<'a>(self, slot: &str, value: impl Into<SlotValue<'a>>) -> Self {
        let value = value.into();
        self.with(|definition| definition.bind(slot, value))
    }

    /// A member of the header, such as `kid`.
    pub fn header<'a>(self, name: &str, value: impl Into<SlotValue<'a>>) -> Self {
        let value = value.into();
        self.with(|definition| definition.header.add(name, &value.to_json()))
    }

    /// `typ` of the header: `JWT` if not set, left out if [`None`].
    pub fn typ<'a>(self, typ: impl Into<Option<&'a str>>) -> Self {
        let typ = typ.into();
        self.with(|definition| {
            definition.header.set_typ(typ);
            Ok(())
        })
    }

    /// The signature: HS256 if not set.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.definition.header.set_algorithm(algorithm);
        self.definition.signing = Signing::new(algorithm, self.secret.expose());
        self
    }

    /// How long a token is valid, in seconds: 1 to `max_ttl`, 3,600 if not set.
    pub fn ttl(mut self, seconds: u64) -> Self {
        self.definition.times.ttl = seconds;
        self
    }

    /// The longest lifetime to allow, in seconds: 86,400 if not set, at most 31,536,000, a year.
    pub fn max_ttl(mut self, seconds: u64) -> Self {
        self.definition.times.max_ttl = seconds;
        self
    }

    /// Whether tokens say when they were issued. They do if not set.
    pub fn iat(mut self, iat: bool) -> Self {
        self.definition.times.iat = iat;
        self
    }

    /// Whether and from when on tokens say that they are valid: `true` for the time of minting, or a Unix second.
    pub fn nbf(mut self, nbf: impl Into<NotBefore>) -> Self {
        self.definition.times.nbf = nbf.into();
        self
    }

    /// How many seconds `iat` and `nbf` are set back, for services whose clocks are behind: at most 300.
    pub fn backdate(mut self, seconds: u64) -> Self {
        self.definition.times.backdate = seconds;
        self
    }

    /// Whether each token has a `jti` of its own, as the last claim.
    pub fn unique(mut self, unique: bool) -> Self {
        self.definition.unique = unique;
        self
    }

    /// Where the time comes from: the machine, if not set.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    pub(crate) fn times(mut self, times: Times) -> Self {
        self.definition.times = times;
        self
    }

    pub(crate) fn bonds(mut self, bonds: &'static [Bond]) -> Self {
        self.definition.bonds = bonds;
        self
    }

    pub(crate) fn advise(mut self, advise: Advise) -> Self {
        self.definition.advise = Some(advise);
        self
    }

    /// Checks everything and prepares the minter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCredentials`](crate::ErrorKind::InvalidCredentials) for an empty secret,
    /// [`ErrorKind::InvalidTtl`](crate::ErrorKind::InvalidTtl),
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a claim that is given twice, is
    /// one of the minter's own or is not valid JSON, and for a slot that is not well-formed or stands in the
    /// way of another claim, [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) for over 64
    /// slots.
    pub fn build(mut self) -> Result<JwtMinter> {
        let identity = self.identity.take();
        let built = self.with(|definition| {
            identity.map_or(Ok(()), |slot| definition.add_slot(slot.renamed_to_identity()))
        });
        match built.error {
            Some(error) => Err(error),
            None => JwtMinter::new(built.definition, built.clock),
        }
    }

    /// Changes the definition, unless something is wrong already.
    fn with(mut self, change: impl FnOnce(&mut Definition) -> Result<()>) -> Self {
        if self.error.is_none() {
            self.error = change(&mut self.definition).err();
        }
        self
    }
}

impl fmt::Debug for JwtMinterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtMinterBuilder(..)")
    }
}
