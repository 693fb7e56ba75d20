//! What a fetch may bring.

use std::time::Duration;

use super::key::TTL_MAX;
use crate::error::{Error, ErrorKind, Result};

/// Refuses what is no credential, or not a short-lived one.
pub(crate) fn check_answer(grant: &str, lifetime: Duration) -> Result<()> {
    let text = grant.trim_ascii();
    if text.is_empty() || text == "null" {
        let what = if text.is_empty() { "empty" } else { "null" };
        let message = format!("the grant that was fetched is {what}");
        return Err(Error::new(ErrorKind::UpstreamNoGrant, message));
    }
    if lifetime > TTL_MAX {
        let message = "the grant that was fetched lives for over 24 h (86,400 s): is its ttl in milliseconds, \
                       or a point in time?";
        return Err(Error::new(ErrorKind::SourceFailed, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_has_text_and_lives_for_a_day_at_most() {
        let kind = |grant, lifetime| check_answer(grant, lifetime).err().map(|error| error.kind());
        for grant in ["", " ", "null", " null\n"] {
            assert_eq!(kind(grant, TTL_MAX), Some(ErrorKind::UpstreamNoGrant), "{grant:?}");
        }
        for grant in ["{}", "nullified", "a grant"] {
            assert_eq!(kind(grant, TTL_MAX), None);
        }
        for seconds in [86_401, 3_600_000, u64::MAX] {
            assert_eq!(kind("{}", Duration::from_secs(seconds)), Some(ErrorKind::SourceFailed));
        }
    }
}
