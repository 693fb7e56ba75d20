//! The processes that share grants: the `fleet=` argument, and its classes.

pub(crate) mod host;
pub(crate) mod redis;

use grantmint_core::Fleet;
use pyo3::prelude::*;

use crate::argument::Kind;
use crate::error::OrRaise as _;
use crate::text::OfText;
use host::HostFleet;
use redis::RedisFleet;

/// The value of a `fleet=` argument.
pub(crate) struct OfFleet;

impl Kind for OfFleet {
    type Value<'a> = Fleet;

    const NEEDED: &'static str = "a str such as 'host', a HostFleet or a RedisFleet";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<Fleet> {
        if let Ok(fleet) = value.cast::<HostFleet>() {
            return Ok(fleet.get().fleet.clone());
        }
        if let Ok(fleet) = value.cast::<RedisFleet>() {
            return Ok(fleet.get().fleet.clone());
        }
        OfText::convert(value, name)?.parse::<Fleet>().or_raise()
    }

    fn advice(value: Borrowed<'_, '_, PyAny>, _: &str) -> &'static str {
        if value.hasattr("__fspath__").unwrap_or(false) { ": write HostFleet(…)" } else { "" }
    }
}
