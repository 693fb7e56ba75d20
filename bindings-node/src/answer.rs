//! What a source answered, for core, which says what an answer may be.

use std::time::Duration;

use napi_derive::napi;

use crate::error::{OrThrow as _, Result};

/// Refuses a field that an answer does not have.
#[napi(catch_unwind)]
pub fn answer_field(name: String) -> Result<()> {
    grantmint_core::answer_field(&name).or_throw()
}

/// The lifetime of a grant that was asked for with another; none if the source said none.
pub(crate) fn lifetime(ttl: Option<f64>, asked: Duration) -> Result<Option<Duration>> {
    ttl.map(|seconds| grantmint_core::answer_ttl(seconds, asked).or_throw()).transpose()
}
