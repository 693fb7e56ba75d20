//! The hot functions of a `JwtMinter`.

use std::sync::Arc;

use grantmint_core::{JwtMinter, JwtUser, SlotKind, SlotValue};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use super::call::{ARGUMENTS, Call};
use super::failure::{Result, invalid};
use super::function::{Hot, function};
use super::handles::Handles;
use super::read::Value;
use super::texts::Texts;

/// `mint(identity, number of a slot, its value, …)`.
pub(crate) fn mint<'env>(env: &'env Env, minter: &Arc<JwtMinter>) -> napi::Result<Unknown<'env>> {
    function(env, c"mint", Mint(Arc::clone(minter)))
}

/// `mintMany(array)`, which holds for each user the identity, how many slots follow, and these as for `mint`.
pub(crate) fn mint_many<'env>(
    env: &'env Env,
    minter: &Arc<JwtMinter>,
) -> napi::Result<Unknown<'env>> {
    function(env, c"mintMany", MintMany(Arc::clone(minter)))
}

struct Mint(Arc<JwtMinter>);

impl Hot for Mint {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        call.optional_text(0, "identity", |identity| {
            if call.is_absent(call.arguments[1])? {
                return self.0.mint_parts(identity, &[], |parts| call.joined(parts))?;
            }
            let mut given = Filled::default();
            for index in (1..ARGUMENTS - 1).step_by(2) {
                if call.is_absent(call.arguments[index])? {
                    break;
                }
                let slot = call.index(call.arguments[index])?;
                given.read(call, &self.0, slot, call.arguments[index + 1])?;
            }
            self.0.mint_parts(identity, &given.values(&self.0), |parts| call.joined(parts))?
        })?
    }
}

struct MintMany(Arc<JwtMinter>);

impl Hot for MintMany {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let users = Users::read(call, &self.0)?;
        let values = users.given.values(&self.0);
        let all: Vec<_> = users.all(&values).collect();
        let tokens = call.array(all.len())?;
        let (mut index, mut failure) = (0, None);
        let mut handles = Handles::open(call)?;
        self.0.mint_each(&all, |parts| {
            if failure.is_none() {
                let renewed = handles.renew_at(index);
                let put = |()| call.put(tokens, index, call.joined(parts)?);
                failure = renewed.and_then(put).err();
            }
            index += 1;
        })?;
        failure.map_or(Ok(tokens), Err)
    }
}

/// Slots that were filled by a call, by their numbers.
#[derive(Default)]
struct Filled {
    given: Vec<(usize, Kept)>,
    texts: Texts,
}

/// A value. A text is the next one of those that are kept.
enum Kept {
    Text,
    Number(f64),
    Truth(bool),
}

impl Filled {
    fn read(
        &mut self,
        call: &Call,
        minter: &JwtMinter,
        slot: usize,
        value: sys::napi_value,
    ) -> Result<()> {
        let name = minter.slots().get(slot).map_or("", |slot| slot.name());
        let kept = match call.value(value)? {
            Value::Text => {
                call.text_of(value, name, |text| self.texts.push(text))?;
                Kept::Text
            }
            Value::Number(number) => Kept::Number(number),
            Value::Truth(truth) => Kept::Truth(truth),
            Value::Other => return Err(invalid(format!("{name} is of the wrong type"))),
        };
        self.given.push((slot, kept));
        Ok(())
    }

    fn values<'a>(&'a self, minter: &'a JwtMinter) -> Vec<(&'a str, SlotValue<'a>)> {
        let mut texts = self.texts.iter();
        let value = |(slot, kept): &(usize, Kept)| {
            let slot = minter.slots().get(*slot);
            let is_json = slot.is_some_and(|slot| slot.kind() == SlotKind::Json);
            let value = match kept {
                Kept::Text if is_json => SlotValue::Json(texts.next().unwrap_or_default()),
                Kept::Text => SlotValue::Text(texts.next().unwrap_or_default()),
                Kept::Number(number) => SlotValue::Float(*number),
                Kept::Truth(truth) => SlotValue::Bool(*truth),
            };
            (slot.map_or("", |slot| slot.name()), value)
        };
        self.given.iter().map(value).collect()
    }
}

/// The users of a call, each with how many slots it fills.
#[derive(Default)]
struct Users {
    counts: Vec<(Option<usize>, usize)>,
    identities: Texts,
    given: Filled,
}

impl Users {
    fn read(call: &Call, minter: &JwtMinter) -> Result<Self> {
        let mut users = Self::default();
        let array = call.arguments[0];
        let mut handles = Handles::open(call)?;
        let (mut place, length) = (0, call.length(array)?);
        let mut next = || {
            handles.renew_at(place)?;
            place += 1;
            call.element(array, place - 1)
        };
        let mut left = length;
        while left > 0 {
            let identity = next()?;
            let number = match call.is_absent(identity)? {
                true => None,
                false => {
                    call.text_of(identity, "identity", |text| users.identities.push(text))?;
                    Some(users.identities.len() - 1)
                }
            };
            let count = call.index(next()?)?;
            for _ in 0..count {
                let slot = call.index(next()?)?;
                users.given.read(call, minter, slot, next()?)?;
            }
            users.counts.push((number, count));
            left = left.saturating_sub(2 + 2 * count);
        }
        Ok(users)
    }

    fn all<'a>(
        &'a self,
        values: &'a [(&'a str, SlotValue<'a>)],
    ) -> impl Iterator<Item = JwtUser<'a>> {
        let mut identities = self.identities.iter();
        let mut start = 0;
        self.counts.iter().map(move |(identity, count)| {
            let slots = &values[start..start + count];
            start += count;
            JwtUser { identity: identity.and_then(|_| identities.next()), slots }
        })
    }
}
