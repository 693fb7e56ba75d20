//! What the services that are built in have in common.

use grantmint_core::{Clock, JwtMinter, JwtMinterBuilder};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::given::{Given, JsonSlots};
use crate::argument::{Argument, given};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::number::Count;
use crate::time::Ttl;

/// The options that all of them have.
pub(super) struct Preset {
    ttl: Option<u64>,
    max_ttl: Option<u64>,
    backdate: Option<u64>,
    unique: bool,
    clock: Option<Clock>,
}

impl Preset {
    pub(super) fn read(
        ttl: Option<Ttl<'_>>,
        max_ttl: Option<Ttl<'_>>,
        backdate: Option<Count<'_>>,
        unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
    ) -> PyResult<Self> {
        Ok(Self {
            ttl: given(ttl, "ttl")?,
            max_ttl: given(max_ttl, "max_ttl")?,
            backdate: given(backdate, "backdate")?,
            unique,
            clock: given(clock, "clock")?,
        })
    }
}

/// The minter of a service, with the values that all tokens share.
pub(super) fn made(
    mut builder: JwtMinterBuilder,
    options: Preset,
    slots: Option<&Bound<'_, PyDict>>,
) -> PyResult<JwtMinter> {
    builder = builder.unique(options.unique);
    set_given!(builder, {
        ttl: options.ttl,
        max_ttl: options.max_ttl,
        backdate: options.backdate,
        clock: options.clock,
    });
    let minter = builder.build().or_raise()?;
    let Some(slots) = slots else { return Ok(minter) };
    let slots = Given::new(slots, &JsonSlots::of(minter.slots()))?;
    minter.bind(&slots.values()?).or_raise()
}
