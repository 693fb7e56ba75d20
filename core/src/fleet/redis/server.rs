//! The server that is asked, as it was named.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::scripts::Scripts;
use crate::net::{Place, Roots};
use crate::secret::Secret;

/// Where a server is, and what it is told first. Immutable, so that a forked child may use it too.
pub(super) struct Server {
    pub(super) at: At,
    /// How troubles name it: never with a password.
    pub(super) name: Box<str>,
    pub(super) login: Option<Login>,
    /// How long an answer is waited for.
    pub(super) timeout: Duration,
    pub(super) scripts: Arc<Scripts>,
    /// It goes by a test's clock.
    pub(super) is_by_hand: bool,
}

pub(super) enum At {
    /// With TLS if somebody is trusted.
    Network { place: Place, roots: Option<Roots> },
    /// A socket in a file of this machine.
    File(PathBuf),
}

/// Who asks.
pub(super) struct Login {
    pub(super) user: Option<Box<str>>,
    pub(super) password: Secret,
}
