//! What grants are for.

use std::time::Duration;

/// What a caller does with a grant, times in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "nothing is exclusive then"))]
pub(crate) enum Usage {
    /// It is used for one request, now.
    #[default]
    Request,
    /// It is handed to a client that goes on with it for this long; for half of its lifetime if that is not said.
    Session(Option<u64>),
    /// It is used for one request, and the next grant ends it.
    Exclusive,
}

impl Usage {
    /// How long a session was said to be.
    pub(super) fn session(self) -> Option<Duration> {
        match self {
            Self::Session(Some(time)) => Some(Duration::from_nanos(time)),
            Self::Session(None) | Self::Request | Self::Exclusive => None,
        }
    }
}
