//! The options of a JWT minter.

use grantmint_core::{Error, ErrorKind, JwtMinterBuilder, NotBefore, Result};

use super::slot::grantmint_slot_t;
use super::slot_value::{grantmint_slot_value_t, path};
use crate::arrays;
use crate::manual_clock::{clock, grantmint_manual_clock_t};
use crate::options::Options;
use crate::str::grantmint_str_t;
use crate::switch::switch;
use crate::token::algorithm;

/// For `backdate`, where a zero means the default: no seconds at all.
pub const GRANTMINT_ZERO_S: u32 = u32::MAX;

/// The options of a JWT minter. A member that is zero is left to its default, which for a service is the
/// service's. All of them are copied.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_jwt_minter_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_JWT_MINTER_OPTIONS_INIT`.
    pub struct_size: usize,
    /// Claims that all tokens have, as a JSON object.
    pub claims_json: grantmint_str_t,
    /// Further claims that all tokens have: their names are where they stand.
    pub claims: *const grantmint_slot_value_t,
    /// How many.
    pub claims_len: usize,
    /// Claims that each token has its own value of.
    pub slots: *const grantmint_slot_t,
    /// How many: 64 at most, with the identity.
    pub slots_len: usize,
    /// Values of slots that all tokens share.
    pub values: *const grantmint_slot_value_t,
    /// How many.
    pub values_len: usize,
    /// Members of the header, such as `kid`.
    pub header: *const grantmint_slot_value_t,
    /// How many.
    pub header_len: usize,
    /// Where the identity stands, and what is allowed there: `sub` by default, which must be given.
    pub identity: *const grantmint_slot_t,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// `typ` of the header: `JWT` by default; left out if it is empty and `data` is not null.
    pub typ: grantmint_str_t,
    /// How many seconds each token lives: 1 to `max_ttl`, 3,600 by default.
    pub ttl: u64,
    /// The longest lifetime to allow, in seconds: 86,400 by default, 31,536,000 at most.
    pub max_ttl: u64,
    /// A fixed Unix second before which no token is valid. Turns `has_nbf` on.
    pub nbf: u64,
    /// How many seconds `iat` and `nbf` are set back, for services whose clocks are behind: 300 at most, 0
    /// by default. `GRANTMINT_ZERO_S` for 0 where a service has another default.
    pub backdate: u32,
    /// The signature: a `grantmint_algorithm_t`, HS256 by default.
    pub algorithm: i32,
    /// Whether tokens say when they were issued: a `grantmint_switch_t`, on by default.
    pub iat: i32,
    /// Whether tokens say that they are valid from their minting on: a `grantmint_switch_t`, off by default.
    pub has_nbf: i32,
    /// Whether tokens name whom they are for: a `grantmint_switch_t`, on by default.
    pub has_identity: i32,
    /// Whether each token has a `jti` of its own: a `grantmint_switch_t`, off by default.
    pub unique: i32,
}

// SAFETY: it starts with its size, and texts, pointers and numbers may be zero.
unsafe impl Options for grantmint_jwt_minter_options_t {}

impl grantmint_jwt_minter_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [handles], [strings], [arrays]
    pub(super) unsafe fn configure(&self, builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        // SAFETY: [strings], [arrays]
        let builder = unsafe { self.with_claims(builder)? };
        // SAFETY: [handles], [strings], [arrays]
        let builder = unsafe { self.with_header_and_clock(builder)? };
        let builder = self.with_times(builder)?;
        // SAFETY: [strings], [arrays]
        unsafe { self.with_slots(builder) }
    }

    /// # Safety
    ///
    /// [strings], [arrays]
    unsafe fn with_claims(&self, mut builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        // SAFETY: [strings], [arrays]
        let (json, claims) = unsafe {
            (
                self.claims_json.given("claims_json")?,
                arrays::array(self.claims, self.claims_len, "claims")?,
            )
        };
        if let Some(json) = json {
            builder = builder.claims(json);
        }
        for claim in claims {
            // SAFETY: [strings]
            let (name, value) = unsafe { claim.pair()? };
            builder = builder.claim(path(name)?, value);
        }
        Ok(builder)
    }

    /// # Safety
    ///
    /// [strings], [arrays]
    unsafe fn with_slots(&self, mut builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        // SAFETY: [strings], [arrays]
        let (slots, identity, values) = unsafe {
            (
                arrays::array(self.slots, self.slots_len, "slots")?,
                self.identity.as_ref(),
                arrays::array(self.values, self.values_len, "values")?,
            )
        };
        for slot in slots {
            // SAFETY: [strings], [arrays]
            builder = builder.slot(unsafe { slot.slot()? });
        }
        match (switch(self.has_identity, "has_identity")?, identity) {
            (Some(false), Some(_)) => {
                return Err(wrong("identity", "has no effect with has_identity off"));
            }
            (Some(false), None) => builder = builder.no_identity(),
            // SAFETY: [strings], [arrays]
            (_, Some(slot)) => builder = builder.identity(unsafe { slot.slot()? }),
            (_, None) => {}
        }
        for value in values {
            // SAFETY: [strings]
            let (name, value) = unsafe { value.pair()? };
            builder = builder.bind(name, value);
        }
        Ok(builder)
    }

    /// # Safety
    ///
    /// [handles], [strings], [arrays]
    unsafe fn with_header_and_clock(
        &self,
        mut builder: JwtMinterBuilder,
    ) -> Result<JwtMinterBuilder> {
        // SAFETY: [handles], [strings], [arrays]
        let (header, typ, clock) = unsafe {
            (
                arrays::array(self.header, self.header_len, "header")?,
                self.typ.given("typ")?,
                clock(self.clock)?,
            )
        };
        for member in header {
            // SAFETY: [strings]
            let (name, value) = unsafe { member.pair()? };
            builder = builder.header(name, value);
        }
        if let Some(typ) = typ {
            builder = builder.typ(Some(typ).filter(|typ| !typ.is_empty()));
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        Ok(builder)
    }

    fn with_times(&self, mut builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        if self.algorithm != 0 {
            builder = builder.algorithm(algorithm::of_number(self.algorithm)?);
        }
        if self.ttl != 0 {
            builder = builder.ttl(self.ttl);
        }
        if self.max_ttl != 0 {
            builder = builder.max_ttl(self.max_ttl);
        }
        if let Some(iat) = switch(self.iat, "iat")? {
            builder = builder.iat(iat);
        }
        match (switch(self.has_nbf, "has_nbf")?, self.nbf) {
            (Some(false), 1..) => return Err(wrong("nbf", "has no effect with has_nbf off")),
            (_, second @ 1..) => builder = builder.nbf(NotBefore::At(second)),
            (Some(minted), 0) => builder = builder.nbf(minted),
            (None, 0) => {}
        }
        match self.backdate {
            0 => {}
            GRANTMINT_ZERO_S => builder = builder.backdate(0),
            seconds => builder = builder.backdate(seconds.into()),
        }
        if let Some(unique) = switch(self.unique, "unique")? {
            builder = builder.unique(unique);
        }
        Ok(builder)
    }
}

fn wrong(argument: &str, what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidArgument, argument, what)
}
