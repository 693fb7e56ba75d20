//! What a service's tokens are, as data.

use serde_json::{Map, Value};

use crate::jwt::{
    Bond, Bound, IDENTITY, JwtMinter, JwtMinterBuilder, LengthUnit, Rule, Slot, SlotKind, Times,
};
use crate::token::Warning;

/// The kind of token that a service takes: times, and a slot for each claim that it knows.
pub(super) struct Preset {
    pub(super) typ: Option<&'static str>,
    pub(super) times: Times,
    /// Claims that the minter's constructor is given for all tokens.
    pub(super) fixed: &'static [Row],
    pub(super) rows: &'static [Row],
    pub(super) bonds: &'static [Bond],
    pub(super) advise: fn(&Times, &Bound) -> Vec<Warning>,
}

impl Preset {
    pub(super) fn builder(&self, secret: &str) -> JwtMinterBuilder {
        let builder = JwtMinter::builder(secret.as_bytes()).no_identity().typ(self.typ);
        let builder = builder.times(self.times).bonds(self.bonds).advise(self.advise);
        self.rows.iter().fold(builder, |builder, row| builder.slot(row.slot()))
    }
}

/// One claim of a service, by the name that the service's own library has for it.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) path: &'static [&'static str],
    kind: SlotKind,
    pub(super) required: bool,
    max: Option<(usize, LengthUnit)>,
    numbers: Option<(i64, i64)>,
    one_of: &'static [&'static str],
    rule: Option<Rule>,
}

impl Row {
    pub(super) const fn text(name: &'static str, path: &'static [&'static str]) -> Self {
        Self::new(name, path, SlotKind::Text)
    }

    pub(super) const fn identity(path: &'static [&'static str]) -> Self {
        Self::text(IDENTITY, path)
    }

    pub(super) const fn bool(name: &'static str, path: &'static [&'static str]) -> Self {
        Self::new(name, path, SlotKind::Bool)
    }

    pub(super) const fn json(
        name: &'static str,
        path: &'static [&'static str],
        rule: Rule,
    ) -> Self {
        Self::new(name, path, SlotKind::Json).rule(rule)
    }

    pub(super) const fn integer(
        name: &'static str,
        path: &'static [&'static str],
        from: i64,
        to: i64,
    ) -> Self {
        let row = Self::new(name, path, SlotKind::Integer);
        Self { numbers: Some((from, to)), ..row }
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn max(self, max: usize, unit: LengthUnit) -> Self {
        Self { max: Some((max, unit)), ..self }
    }

    pub(super) const fn one_of(self, one_of: &'static [&'static str]) -> Self {
        Self { one_of, ..self }
    }

    pub(super) const fn rule(self, rule: Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    const fn new(name: &'static str, path: &'static [&'static str], kind: SlotKind) -> Self {
        Self {
            name,
            path,
            kind,
            required: false,
            max: None,
            numbers: None,
            one_of: &[],
            rule: None,
        }
    }

    /// Its value in a token.
    pub(super) fn claim<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.path.split_first()?;
        rest.iter().try_fold(claims.get(*first)?, |value, name| value.as_object()?.get(*name))
    }

    /// Whether its values are more than any JSON.
    pub(super) fn takes_texts(&self) -> bool {
        self.kind != SlotKind::Json
    }

    pub(super) fn slot(&self) -> Slot {
        let slot = Slot::new(self.name, self.kind).at(self.path).rule(self.rule);
        let slot = slot.one_of(self.one_of.iter().copied());
        let slot = if self.required { slot.required() } else { slot };
        let slot = match self.max {
            Some((max, unit)) => slot.max_len(max, unit),
            None => slot,
        };
        match self.numbers {
            Some((from, to)) => slot.within(from..=to),
            None => slot,
        }
    }
}
