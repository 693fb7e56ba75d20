//! How good a grant is.

use grantmint_core::Freshness;

/// How good a grant is that a caller got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_freshness_t {
    /// There is no grant.
    #[default]
    GRANTMINT_NO_GRANT = 0,
    /// No refresh is due.
    GRANTMINT_FRESH = 1,
    /// A refresh is due or running; no caller has to wait for it.
    GRANTMINT_REFRESHING = 2,
    /// The last refresh failed or may not be tried yet. The grant still has the `min_remaining_ms`
    /// of the call.
    GRANTMINT_DEGRADED = 3,
}

impl From<Freshness> for grantmint_freshness_t {
    fn from(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Fresh => Self::GRANTMINT_FRESH,
            Freshness::Refreshing => Self::GRANTMINT_REFRESHING,
            Freshness::Degraded => Self::GRANTMINT_DEGRADED,
        }
    }
}
