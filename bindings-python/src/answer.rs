//! What a source answered, converted for core, which says what an answer may be.

use std::time::Duration;

use grantmint_core::{ErrorKind, WipedString, answer_field, answer_ttl};
use pyo3::prelude::*;

use crate::argument::{given, refusal};
use crate::error::{OrRaise as _, invalid};
use crate::json::to_text;
use crate::time::AnswerTtl;

/// Refuses a field that an answer does not have.
#[pyfunction]
pub(crate) fn _check_answer_field(name: &str) -> PyResult<()> {
    answer_field(name).or_raise()
}

/// The lifetime of a grant that was asked for with another; none if the source said none.
pub(crate) fn lifetime(ttl: Option<AnswerTtl<'_>>, asked: Duration) -> PyResult<Option<Duration>> {
    given(ttl, "ttl")?.map(|seconds| answer_ttl(seconds, asked).or_raise()).transpose()
}

/// The JSON of a grant, without a check that a text is JSON.
pub(crate) fn grant_text(grant: &Bound<'_, PyAny>) -> PyResult<WipedString> {
    let Some(advice) = advice_on(grant) else {
        return to_text(grant, "grant", ErrorKind::InvalidGrant);
    };
    let what = refusal(grant.as_borrowed(), "JSON");
    Err(invalid(ErrorKind::InvalidGrant, "grant", format!("{what}: {advice}")))
}

/// What to write for a value that is not the grant yet, but has one.
fn advice_on(grant: &Bound<'_, PyAny>) -> Option<&'static str> {
    let has = |name| grant.hasattr(name).unwrap_or(false);
    if has("__await__") {
        if has("cr_frame") {
            // Python warns of a coroutine that is collected and was never awaited.
            let _ = grant.call_method0("close");
        }
        return Some("is an await missing?");
    }
    if has("json") && has("status_code") {
        return Some("write response.json()");
    }
    grant.is_callable().then_some("is a call missing?")
}
