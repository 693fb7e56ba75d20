//! A claim that each token has its own value of.

use std::ops::RangeInclusive;

use super::kind::{LengthUnit, SlotKind};
use super::path::ClaimPath;
use super::strict::check;
use super::value::{SlotValue, whole};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{
    GRANTS_JSON_MAX_BYTES, IDENTITY_MAX_BYTES, SAFE_INTEGER_MAX, SLOT_NAME_MAX_BYTES,
};

/// The name of the slot that the first argument of a mint fills.
pub(crate) const IDENTITY: &str = "identity";

/// Looks at a value that has the right kind and length, and says what is wrong with it.
pub(crate) type Rule = fn(&str) -> Result<(), &'static str>;

/// A claim that each token has its own value of, and what is allowed there.
///
/// # Example: a room in a nested claim
///
/// ```
/// use grantmint_core::{LengthUnit, Slot};
///
/// let room = Slot::text("room").at(["video", "room"]).required().max_len(256, LengthUnit::Bytes);
/// assert_eq!(room.path().to_string(), "/video/room");
/// ```
#[derive(Clone, Debug)]
pub struct Slot {
    name: String,
    path: ClaimPath,
    kind: SlotKind,
    required: bool,
    max_len: usize,
    unit: LengthUnit,
    numbers: RangeInclusive<i64>,
    one_of: Vec<String>,
    rule: Option<Rule>,
}

impl Slot {
    /// A slot of a kind. Its claim has the same name and stands at the top, if not moved by
    /// [`Slot::at`].
    #[must_use]
    pub fn new(name: &str, kind: SlotKind) -> Self {
        Self {
            name: name.to_owned(),
            path: ClaimPath::from(name),
            kind,
            required: false,
            max_len: GRANTS_JSON_MAX_BYTES,
            unit: LengthUnit::Bytes,
            numbers: -SAFE_INTEGER_MAX..=SAFE_INTEGER_MAX,
            one_of: Vec::new(),
            rule: None,
        }
    }

    /// A slot for a text: at most 64 KiB, an identity at most 512 bytes.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::new(name, SlotKind::Text)
    }

    /// A slot for a whole number.
    #[must_use]
    pub fn integer(name: &str) -> Self {
        Self::new(name, SlotKind::Integer)
    }

    /// A slot for true or false.
    #[must_use]
    pub fn bool(name: &str) -> Self {
        Self::new(name, SlotKind::Bool)
    }

    /// A slot for any JSON value of at most 64 KiB and 64 levels, in which no name is repeated.
    #[must_use]
    pub fn json(name: &str) -> Self {
        Self::new(name, SlotKind::Json)
    }

    /// Where its claim stands.
    #[must_use]
    pub fn at(mut self, path: impl Into<ClaimPath>) -> Self {
        self.path = path.into();
        self
    }

    /// Each token must have a value for it, and a text must not be empty.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The slot as that of an identity, under its own name.
    pub(super) fn renamed_to_identity(mut self) -> Self {
        self.max_len = self.max_len.min(IDENTITY_MAX_BYTES);
        IDENTITY.clone_into(&mut self.name);
        self
    }

    pub(super) fn require(&mut self) {
        self.required = true;
    }

    /// The longest text or JSON, in the unit in which the service counts.
    #[must_use]
    pub fn max_len(mut self, max: usize, unit: LengthUnit) -> Self {
        (self.max_len, self.unit) = (max.min(GRANTS_JSON_MAX_BYTES), unit);
        self
    }

    /// The numbers that are allowed.
    #[must_use]
    pub fn within(mut self, numbers: RangeInclusive<i64>) -> Self {
        self.numbers = numbers;
        self
    }

    /// The only texts that are allowed.
    #[must_use]
    pub fn one_of<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.one_of = texts.into_iter().map(Into::into).collect();
        self
    }

    /// A rule of a service that nothing else here can say.
    #[must_use]
    pub(crate) fn rule(mut self, rule: Option<Rule>) -> Self {
        self.rule = rule;
        self
    }

    /// The name by which a mint gives its value.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its claim stands.
    #[must_use]
    pub fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// What it takes.
    #[must_use]
    pub fn kind(&self) -> SlotKind {
        self.kind
    }

    /// Whether each token must have a value for it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Checks the slot itself.
    pub(super) fn check_self(&self) -> Result<()> {
        if self.name.is_empty() || self.name.len() > SLOT_NAME_MAX_BYTES {
            let what = "must have 1 to 64 bytes";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "slot name", what));
        }
        if self.name == IDENTITY && self.kind != SlotKind::Text {
            return Err(self.invalid("must be a slot for a text"));
        }
        if self.numbers.is_empty() || (self.max_len == 0) {
            return Err(self.invalid("allows no value at all"));
        }
        let is_text = matches!(self.kind, SlotKind::Text);
        if !is_text && !self.one_of.is_empty() {
            return Err(self.invalid("is for no text: of no other kind some are allowed alone"));
        }
        if matches!(self.kind, SlotKind::Integer | SlotKind::Bool) && self.has_max_len() {
            return Err(self.invalid("has no length: leave out the longest one"));
        }
        self.path.check().map_err(|error| error.with_argument(&self.name))
    }

    /// Whether a length was set.
    fn has_max_len(&self) -> bool {
        ![GRANTS_JSON_MAX_BYTES, IDENTITY_MAX_BYTES].contains(&self.max_len)
    }

    /// Checks a value for it.
    #[inline]
    pub(crate) fn check(&self, value: SlotValue<'_>) -> Result<()> {
        match (self.kind, value) {
            (SlotKind::Text, SlotValue::Text(text)) => self.check_text(text),
            (SlotKind::Bool, SlotValue::Bool(_)) => Ok(()),
            (SlotKind::Integer, SlotValue::Integer(number)) => self.check_number(number),
            (SlotKind::Integer, SlotValue::Float(number)) => self.check_float(number),
            (SlotKind::Json, SlotValue::Json(json)) => self.check_json(json),
            (kind, value) => Err(self.of_other_kind(kind, value.kind())),
        }
    }

    #[inline]
    fn check_text(&self, text: &str) -> Result<()> {
        // The usual case is two comparisons: no unit counts more than the bytes.
        if text.len() > self.max_len && self.unit.measure(text) > self.max_len {
            return Err(self.too_long());
        }
        if text.is_empty() && (self.required || self.name == IDENTITY) {
            return Err(self.invalid("must not be empty"));
        }
        if self.one_of.is_empty() && self.rule.is_none() {
            return Ok(());
        }
        self.check_content(text)
    }

    fn check_content(&self, text: &str) -> Result<()> {
        if !self.one_of.is_empty() && !self.one_of.iter().any(|one| one == text) {
            return Err(self.invalid(format!("must be one of {}", self.one_of.join(", "))));
        }
        self.rule.map_or(Ok(()), |rule| rule(text)).map_err(|what| self.invalid(what))
    }

    fn check_number(&self, number: i64) -> Result<()> {
        if number.unsigned_abs() > SAFE_INTEGER_MAX as u64 {
            let what = "is beyond 2^53 - 1, where many readers change it: give it as a text";
            return Err(self.invalid(what));
        }
        if self.numbers.contains(&number) {
            return Ok(());
        }
        let (from, to) = (self.numbers.start(), self.numbers.end());
        Err(self.invalid(format!("must be {from} to {to}")))
    }

    fn check_float(&self, number: f64) -> Result<()> {
        if number.fract() != 0.0 {
            // Also what is infinite or no number at all.
            return Err(self.invalid("must be a whole number"));
        }
        let bounded = number.clamp(i64::MIN as f64, i64::MAX as f64);
        self.check_number(whole(bounded))
    }

    fn check_json(&self, json: &str) -> Result<()> {
        if json.len() > self.max_len {
            return Err(self.too_long());
        }
        check(json).map_err(|what| self.invalid(what))?;
        self.rule.map_or(Ok(()), |rule| rule(json)).map_err(|what| self.invalid(what))
    }

    #[cold]
    fn too_long(&self) -> Error {
        self.invalid(format!("is over {} {}", self.max_len, self.unit.in_words()))
    }

    #[cold]
    fn of_other_kind(&self, kind: SlotKind, found: SlotKind) -> Error {
        self.invalid(format!("must be {}, not {}", kind.in_words(), found.in_words()))
    }

    /// The error of a wrong value, or of one that is missing.
    #[cold]
    pub(super) fn invalid(&self, what: impl std::fmt::Display) -> Error {
        let is_identity = self.name == IDENTITY;
        let kind =
            if is_identity { ErrorKind::InvalidIdentity } else { ErrorKind::InvalidArgument };
        Error::of_argument(kind, &self.name, what)
    }
}

#[cfg(test)]
mod tests;
