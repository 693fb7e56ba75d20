//! What there is to choose from in the description of a source.

use std::fmt;

use crate::jwt::JwtMinter;
use crate::wiped::WipedString;

/// How the endpoint is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `GET`, without a body.
    Get,
    /// `POST`.
    #[default]
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// What `Authorization` says. All texts may have slots.
pub enum Auth {
    /// `Basic`: a user without a colon, and a password.
    Basic(WipedString, WipedString),
    /// `Basic` as OAuth 2 has it: both are encoded as in forms first (RFC 6749, section 2.3.1).
    BasicForm(WipedString, WipedString),
    /// `Bearer` with a token.
    Bearer(WipedString),
    /// `Bearer` with a token that is signed here, anew for each request. Its minter has a value for each slot that it
    /// needs, as no user is named.
    Signed(JwtMinter),
}

/// Who may share one credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// All callers.
    #[default]
    Shared,
    /// The callers that give the same key.
    Key,
    /// Nobody: each call gets its own, which is used once and is never cached.
    Call,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// The credential itself.
    Text,
}

/// Where an answer says how long its credential lives: in a number, or a text of one, at a JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Seconds.
    Seconds(String),
    /// Minutes.
    Minutes(String),
    /// Milliseconds.
    Milliseconds(String),
    /// The end, in seconds since 1970.
    Epoch(String),
    /// The end, in milliseconds since 1970.
    EpochMs(String),
    /// The end, as a date of ISO 8601 with a time zone.
    Iso8601(String),
    /// The end, as a date of RFC 2822.
    Rfc2822(String),
    /// The end, as `exp` of a JSON Web Token.
    Jwt(String),
    /// Nowhere: it lives for as long as was asked for with `ttl`.
    Asked,
    /// Nowhere: it lives for so many seconds, `1..=172_800`.
    Constant(u32),
}

/// What a header counts that says when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryUnit {
    /// Seconds, or a date of HTTP.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// The time, in seconds since 1970.
    Epoch,
    /// The time, in milliseconds since 1970.
    EpochMs,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic(..) => "Basic(..)",
            Self::BasicForm(..) => "BasicForm(..)",
            Self::Bearer(_) => "Bearer(..)",
            Self::Signed(_) => "Signed(..)",
        })
    }
}
