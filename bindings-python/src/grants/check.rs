//! Checks a grant as the token that it goes into would.

use grantmint_core::AccessTokenGrant;
use pyo3::prelude::*;

use crate::error::OrRaise as _;

/// The grant, if a token could hold it.
pub(super) fn checked(grant: impl Into<AccessTokenGrant>) -> PyResult<AccessTokenGrant> {
    let grant = grant.into();
    grant.check().or_raise()?;
    Ok(grant)
}
