//! What a class method of a service hands over.

use pyo3::prelude::*;

use crate::argument::Kind;

/// What a class method makes Python's class from.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct IceParts(pub(super) grantmint_core::IceServers);

impl Kind for IceParts {
    type Value<'a> = &'a Self;

    const NEEDED: &'static str = "what the class methods hand over";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<&'a Self> {
        Ok(value.cast::<Self>()?.get())
    }

    fn advice(_: Borrowed<'_, '_, PyAny>, _: &str) -> &'static str {
        ": write IceServers.twilio(key), .cloudflare(…), .coturn(…) or .rest(source)"
    }
}
