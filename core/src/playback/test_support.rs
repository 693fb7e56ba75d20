//! What the tests in here share.

use std::time::Duration;

use super::source::{Fetched, GrantRequest, GrantSource};
use crate::error::Result;

/// Brings an empty grant at once.
pub(super) struct Fixed;

impl GrantSource for Fixed {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        Fetched::new("{}")
    }
}
