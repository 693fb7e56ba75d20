//! What the tests in here share.

use std::time::Duration;

use super::fetched::Fetched;
use super::request::GrantRequest;
use super::source::GrantSource;
use crate::error::Result;

/// Brings an empty grant at once.
pub(crate) struct Fixed;

impl GrantSource for Fixed {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        Fetched::new("{}")
    }
}
