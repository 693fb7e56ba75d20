//! How far an error reaches: which keys have to wait because of it.

use crate::error::{Error, ErrorKind};

/// What an error speaks of, and so who has to wait because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This key only, for a short while that grows.
    Transient,
    /// This key only, and no retry soon.
    Entry,
    /// All keys of the cache: the credentials are refused.
    Cache,
    /// All caches of the account.
    Account,
    /// Nobody: there was no attempt worth the name.
    Nobody,
}

impl Scope {
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Throttled => Self::Account,
            ErrorKind::UpstreamUnauthorized | ErrorKind::UpstreamForbidden => Self::Cache,
            ErrorKind::UpstreamBadRequest | ErrorKind::UpstreamNotFound => Self::Entry,
            ErrorKind::Abandoned | ErrorKind::Overloaded => Self::Nobody,
            _ => Self::Transient,
        }
    }
}
