//! A join: what a video room does with an Access Token.

use std::fmt;

use grantmint_core::judge::{self, Refusal, Room};
use serde::{Deserialize, Serialize};

use crate::access_token::AccessToken;

/// The room somebody wants to join, and how.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The Access Token.
    pub token: String,
    /// The room's unique name.
    pub room: String,
    /// The room's SID, `RM…`.
    #[serde(default)]
    pub room_sid: Option<String>,
    /// Whether this is a return after a lost connection. The token is judged again, just as strictly.
    #[serde(default)]
    pub reconnect: bool,
    /// The unix second at which it happens; the emulator's now if absent.
    #[serde(default)]
    pub at: Option<i64>,
}

/// A participant that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// Who it is.
    pub identity: String,
    /// The room's unique name.
    pub room: String,
    /// Whether it had been there before.
    pub reconnect: bool,
}

impl fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinRequest")
            .field("room", &self.room)
            .field("room_sid", &self.room_sid)
            .field("reconnect", &self.reconnect)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Judges a participant that shows a verified `token`.
pub(crate) fn admit(token: &AccessToken, request: &JoinRequest) -> Result<Joined, Refusal> {
    let room = Room { name: Some(&request.room), sid: request.room_sid.as_deref() };
    judge::room(token.region.as_deref(), &token.grants, &room)?;
    Ok(Joined {
        identity: token.identity().unwrap_or_default().to_owned(),
        room: request.room.clone(),
        reconnect: request.reconnect,
    })
}
