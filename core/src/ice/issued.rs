//! What a browser is handed.

use std::fmt;
use std::time::Duration;

use crate::cache::Freshness;
use crate::credential::Issued;
use crate::error::Error;
use crate::wiped::WipedString;

/// ICE servers with credentials, as `RTCPeerConnection` takes them. Never shown, and wiped when dropped.
pub struct IceCredentials {
    servers: WipedString,
    remaining: Duration,
    freshness: Freshness,
    reason: Option<Error>,
    generation: u64,
}

impl IceCredentials {
    pub(super) fn fetched(issued: &Issued) -> Self {
        Self {
            servers: WipedString::from(issued.as_str().to_owned()),
            remaining: issued.remaining(),
            freshness: issued.freshness(),
            reason: issued.reason().cloned(),
            generation: issued.generation(),
        }
    }

    /// What was signed a moment ago.
    pub(super) fn signed(servers: WipedString, remaining: Duration) -> Self {
        Self { servers, remaining, freshness: Freshness::Fresh, reason: None, generation: 0 }
    }

    /// The list of servers as JSON: the value of `iceServers`. Treat it as the secret it is.
    #[must_use]
    pub fn ice_servers(&self) -> &str {
        &self.servers
    }

    /// `{"iceServers": …, "expiresIn": …}` as JSON, for an answer to a browser. `expiresIn` is in whole seconds.
    #[must_use]
    pub fn to_json(&self) -> WipedString {
        let seconds = self.remaining.as_secs().to_string();
        let mut json = WipedString::with_capacity(self.servers.len() + 48);
        for part in ["{\"iceServers\":", &self.servers, ",\"expiresIn\":", &seconds, "}"] {
            json.push_str(part);
        }
        json
    }

    /// How long they are good, net of the safety margin. A connection that goes on for longer may end then.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.remaining
    }

    /// How good they are.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Why they are degraded, if they are.
    #[must_use]
    pub fn reason(&self) -> Option<&Error> {
        self.reason.as_ref()
    }

    /// Tells those of one cache apart; 0 for what is signed here.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCredentials")
            .field("remaining", &self.remaining)
            .field("freshness", &self.freshness)
            .field("reason", &self.reason)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
