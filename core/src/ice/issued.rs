//! What a browser is handed.

use std::fmt;
use std::time::Duration;

use crate::cache::Freshness;
use crate::credential::Issued;
use crate::error::Error;
use crate::wiped::WipedString;

/// ICE servers with credentials, as `RTCPeerConnection` takes them. Never shown, and wiped when dropped.
pub struct IceCredentials(Issued);

impl IceCredentials {
    /// The list of servers as it was issued.
    pub(super) fn new(servers: Issued) -> Self {
        Self(servers)
    }

    /// The list of servers as JSON: the value of `iceServers`. Treat it as the secret it is.
    #[must_use]
    pub fn ice_servers(&self) -> &str {
        self.0.as_str()
    }

    /// `{"iceServers": …, "expiresIn": …}` as JSON, for an answer to a browser. `expiresIn` is in whole seconds.
    #[must_use]
    pub fn to_json(&self) -> WipedString {
        let (servers, seconds) = (self.ice_servers(), self.remaining().as_secs().to_string());
        let mut json = WipedString::with_capacity(servers.len() + 48);
        for part in ["{\"iceServers\":", servers, ",\"expiresIn\":", &seconds, "}"] {
            json.push_str(part);
        }
        json
    }

    /// How long they are good: net of the safety margin, if they were fetched. A connection that goes on for longer may end then.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.0.remaining()
    }

    /// How good they are.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.0.freshness()
    }

    /// Why they are degraded, if they are.
    #[must_use]
    pub fn reason(&self) -> Option<&Error> {
        self.0.reason()
    }

    /// Tells those of one cache apart; 0 for what is signed here.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation()
    }
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCredentials")
            .field("remaining", &self.remaining())
            .field("freshness", &self.freshness())
            .field("reason", &self.reason())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
