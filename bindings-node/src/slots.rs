//! The slots of a JSON Web Token, and what fills them.

use grantmint_core::{ClaimPath, ErrorKind, LengthUnit, SlotKind, SlotValue};
use napi_derive::napi;

use crate::argument::whole;
use crate::error::{Result, invalid};

/// A claim that each token has its own value of.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct Slot {
    pub name: String,
    /// Core's name of the kind.
    pub kind: String,
    pub path: Vec<String>,
    pub required: Option<bool>,
    pub max: Option<f64>,
    pub unit: Option<String>,
    pub from: Option<f64>,
    pub to: Option<f64>,
    pub one_of: Option<Vec<String>>,
}

/// A claim, or a member of the header, that all tokens have.
#[napi(object, object_to_js = false)]
pub struct Claim {
    /// The names from the top down to it.
    pub path: Vec<String>,
    /// Its value.
    pub json: String,
}

/// A value for a slot: one of them is there.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "what it is says its type")]
pub struct Given {
    pub name: String,
    pub text: Option<String>,
    pub number: Option<f64>,
    pub truth: Option<bool>,
    pub json: Option<String>,
}

/// A slot that is still to be filled.
#[napi(object, object_from_js = false)]
pub struct OpenSlot {
    /// Its name.
    pub name: String,
    /// Core's name of its kind.
    pub kind: &'static str,
}

impl Slot {
    pub(crate) fn to_core(&self) -> Result<grantmint_core::Slot> {
        let slot = grantmint_core::Slot::new(&self.name, kind(&self.kind)?);
        let mut slot = slot.at(ClaimPath::from(self.path.clone()));
        if self.required == Some(true) {
            slot = slot.required();
        }
        if let Some(max) = self.max {
            let max = usize::try_from(whole(max)).unwrap_or(usize::MAX);
            slot = slot.max_len(max, unit(self.unit.as_deref().unwrap_or("bytes"))?);
        }
        if self.from.is_some() || self.to.is_some() {
            slot = slot.within(number(self.from, i64::MIN)..=number(self.to, i64::MAX));
        }
        if let Some(texts) = &self.one_of {
            slot = slot.one_of(texts.iter().map(String::as_str));
        }
        Ok(slot)
    }
}

impl Given {
    fn value(&self) -> SlotValue<'_> {
        match (&self.text, &self.json, self.number, self.truth) {
            (Some(text), ..) => SlotValue::Text(text),
            (_, Some(json), ..) => SlotValue::Json(json),
            (_, _, Some(number), _) => SlotValue::Float(number),
            (.., truth) => SlotValue::Bool(truth.unwrap_or_default()),
        }
    }
}

/// The values as core takes them.
pub(crate) fn values(given: &[Given]) -> Vec<(&str, SlotValue<'_>)> {
    given.iter().map(|given| (given.name.as_str(), given.value())).collect()
}

fn kind(name: &str) -> Result<SlotKind> {
    let kinds = [SlotKind::Text, SlotKind::Integer, SlotKind::Bool, SlotKind::Json];
    let found = kinds.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| invalid(ErrorKind::InvalidArgument, "type is not known"))
}

fn unit(name: &str) -> Result<LengthUnit> {
    match name {
        "bytes" => Ok(LengthUnit::Bytes),
        "characters" => Ok(LengthUnit::Chars),
        "utf16" => Ok(LengthUnit::Utf16),
        _ => Err(invalid(ErrorKind::InvalidArgument, "unit is not known")),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a cast saturates, and core looks at the range")]
fn number(value: Option<f64>, default: i64) -> i64 {
    value.map_or(default, |value| value as i64)
}
