//! All that makes a kind of token, checked.

use super::bonds::Bond;
use super::fill::{excluded_by, needed_with, unknown};
use super::header::Header;
use super::path::ClaimPath;
use super::plan::Plan;
use super::read::read;
use super::slot::Slot;
use super::times::Times;
use super::tree::{Members, Node};
use super::value::SlotValue;
use crate::error::{Error, ErrorKind, Result};
use crate::token::{Signing, Warning};
use crate::wiped::WipedString;

/// Claims that the minter writes itself.
const OWN_CLAIMS: [(&str, &str); 3] = [
    ("exp", "is written by the minter: set ttl"),
    ("iat", "is written by the minter: leave it on, or turn it off"),
    ("nbf", "is written by the minter: set nbf"),
];

/// What a service's preset says of the values that all tokens share: advice, if any.
pub(crate) type Advise = fn(&Times, &Bound) -> Vec<Warning>;

/// Slots with the JSON that they have in all tokens.
#[derive(Clone, Default)]
pub(crate) struct Bound(Vec<(String, WipedString)>);

impl Bound {
    /// Those of a token that is there.
    pub(crate) fn of<'a>(values: impl Iterator<Item = (&'a str, WipedString)>) -> Self {
        Self(values.map(|(name, json)| (name.to_owned(), json)).collect())
    }

    /// The JSON of a slot's value, if it has one for all tokens.
    pub(crate) fn json(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, json)| json.as_str())
    }

    /// Whether it has one that says something: neither `false` nor an empty text.
    fn is_set(&self, name: &str) -> bool {
        self.json(name).is_some_and(|json| json != "false" && json != "\"\"")
    }
}

/// A kind of token: what all of them share, and the slots in which they differ.
#[derive(Clone)]
pub(super) struct Definition {
    pub(super) signing: Signing,
    pub(super) has_short_secret: bool,
    pub(super) header: Header,
    pub(super) times: Times,
    pub(super) unique: bool,
    pub(super) bonds: &'static [Bond],
    pub(super) advise: Option<Advise>,
    members: Members,
    bound: Bound,
}

impl Definition {
    pub(super) fn new(signing: Signing, has_short_secret: bool, header: Header) -> Self {
        Self {
            signing,
            has_short_secret,
            header,
            times: Times::DEFAULT,
            unique: false,
            bonds: &[],
            advise: None,
            members: Members::default(),
            bound: Bound::default(),
        }
    }

    /// Adds a claim that all tokens have, as JSON.
    pub(super) fn add_claim(&mut self, path: &ClaimPath, json: &str) -> Result<()> {
        path.check()?;
        let invalid = |what| Error::of_argument(ErrorKind::InvalidArgument, &path.shown(), what);
        self.members.insert(path, read(json).map_err(invalid)?)
    }

    /// Adds claims that all tokens have, as a JSON object.
    pub(super) fn add_claims(&mut self, json: &str) -> Result<()> {
        let invalid = |what| Error::of_argument(ErrorKind::InvalidArgument, "claims", what);
        let Node::Object(members) = read(json).map_err(invalid)? else {
            return Err(invalid("must be a JSON object"));
        };
        members.list().iter().try_for_each(|(name, node)| {
            self.members.insert(&ClaimPath::from(name.as_str()), node.clone())
        })
    }

    pub(super) fn add_slot(&mut self, slot: Slot) -> Result<()> {
        slot.check_self()?;
        if self.members.slot(slot.name()).is_some() {
            return Err(slot.invalid("is the name of another slot"));
        }
        self.members.insert(&slot.path().clone(), Node::Slot(Box::new(slot)))
    }

    /// Gives a slot its value for all tokens.
    pub(super) fn bind(&mut self, name: &str, value: SlotValue<'_>) -> Result<()> {
        let slot = self.members.slot(name).ok_or_else(|| self.not_open(name))?;
        slot.check(value)?;
        let json = value.to_json();
        let fixed = read(&json).map_err(|what| slot.invalid(what))?;
        self.members.fix(name, fixed);
        self.bound.0.push((name.to_owned(), json));
        Ok(())
    }

    /// The order in which all of it is written, if nothing is wrong with it as a whole.
    pub(super) fn plan(&self) -> Result<Plan> {
        self.times.check()?;
        self.check_own_claims()?;
        let mut members = self.members.clone();
        self.bonds.iter().try_for_each(|bond| self.settle(*bond, &mut members))?;
        Plan::new(&members, self.bonds)
    }

    pub(super) fn advice(&self) -> Vec<Warning> {
        self.advise.map_or_else(Vec::new, |advise| advise(&self.times, &self.bound))
    }

    fn check_own_claims(&self) -> Result<()> {
        let jti = [("jti", "is written by the minter, as jti is unique")];
        let own = OWN_CLAIMS.iter().chain(jti.iter().filter(|_| self.unique));
        match own.into_iter().find(|(name, _)| self.members.has(name)) {
            Some((name, what)) => Err(Error::of_argument(ErrorKind::InvalidArgument, name, what)),
            None => Ok(()),
        }
    }

    /// Sees to a bond of which one of the two has a value for all tokens.
    fn settle(&self, bond: Bond, members: &mut Members) -> Result<()> {
        match bond {
            Bond::Needs(one, other) if self.bound.is_set(one) => {
                if self.bound.json(other).is_some() && !self.bound.is_set(other) {
                    let what = needed_with(one);
                    return Err(Error::of_argument(ErrorKind::InvalidArgument, other, what));
                }
                members.require(other);
            }
            Bond::Excludes(one, other) => match (self.bound.json(one), self.bound.json(other)) {
                (Some(_), Some(_)) => {
                    let what = excluded_by(one);
                    return Err(Error::of_argument(ErrorKind::InvalidArgument, other, what));
                }
                (Some(_), None) => members.remove_slot(other),
                (None, Some(_)) => members.remove_slot(one),
                (None, None) => {}
            },
            Bond::Needs(..) => {}
        }
        Ok(())
    }

    fn not_open(&self, name: &str) -> Error {
        if self.bound.json(name).is_some() {
            let what = "has its value already";
            return Error::of_argument(ErrorKind::InvalidArgument, name, what);
        }
        match Plan::new(&self.members, &[]) {
            Ok(plan) => unknown(plan.slots(), name),
            Err(error) => error,
        }
    }
}
