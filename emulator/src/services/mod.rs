//! Services beside the PlaybackGrant endpoint that hand out short-lived credentials.

mod cloudflare;
mod oauth2;
mod speech;
mod twilio;

use hyper::http::request::Parts;

use crate::endpoint::Call;
use crate::reply::Reply;

/// A service, and what its path names.
pub(crate) enum Service {
    /// Twilio's network traversal, of an account.
    TwilioTokens(String),
    /// Cloudflare's TURN credentials, of a key.
    CloudflareIceServers(String),
    /// To revoke one, of a key and a username.
    CloudflareRevoke(String, String),
    /// OAuth 2 client credentials.
    OAuth2Token,
    /// A token as text.
    SpeechToken,
}

/// The service of a path.
pub(crate) fn of_path(path: &str) -> Option<Service> {
    let steps: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    Some(match steps[..] {
        ["2010-04-01", "Accounts", account, "Tokens.json"] => {
            Service::TwilioTokens(account.to_owned())
        }
        ["v1", "turn", "keys", key, "credentials", "generate-ice-servers"] => {
            Service::CloudflareIceServers(key.to_owned())
        }
        ["v1", "turn", "keys", key, "credentials", username, "revoke"] => {
            Service::CloudflareRevoke(key.to_owned(), username.replace("%3A", ":"))
        }
        ["oauth2", "token"] => Service::OAuth2Token,
        ["sts", "v1.0", "issueToken"] => Service::SpeechToken,
        _ => return None,
    })
}

impl Service {
    pub(crate) fn answer(&self, call: &Call<'_>, head: &Parts, body: &[u8]) -> Reply {
        match self {
            Self::TwilioTokens(account) => twilio::tokens(call, account, head, body),
            Self::CloudflareIceServers(key) => cloudflare::ice_servers(call, key, head, body),
            Self::CloudflareRevoke(key, username) => cloudflare::revoke(call, key, username, head),
            Self::OAuth2Token => oauth2::token(call, head, body),
            Self::SpeechToken => speech::token(call, head),
        }
    }
}
