//! Where a connection goes.

use std::fmt;

use crate::authority::Authority;

/// A host and a port.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Place {
    host: Box<str>,
    port: u16,
}

impl Place {
    /// Where an authority is, with this port unless it has another.
    pub(crate) fn of(authority: &Authority, default: u16) -> Self {
        let (host, port) = authority.at(default);
        Self::new(host, port)
    }

    /// A host as it is written in a URL, with brackets around an IPv6 address.
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// The host without those brackets.
    pub(crate) fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

/// As a URL has it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
