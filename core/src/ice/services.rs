//! The sources of the services that are known by name.

use crate::error::ErrorKind;
use crate::error::Result;
use crate::rest::{Auth, Lifetime, Per, RestSource, RestSourceBuilder};
use crate::sid::{Sid, SidKind};

pub(super) const TWILIO: &str = "https://api.twilio.com";
pub(super) const CLOUDFLARE: &str = "https://rtc.live.cloudflare.com";

/// Twilio's Network Traversal Service, with an account's auth token or an API key.
pub(super) fn twilio(
    base: &str,
    account: &str,
    user: &str,
    password: &str,
    ttl: u32,
) -> Result<RestSourceBuilder> {
    let account = Sid::parse(SidKind::Account, "account_sid", account)?;
    let url = format!("{}/2010-04-01/Accounts/{{account}}/Tokens.json", base.trim_end_matches('/'));
    Ok(RestSource::builder(url)
        .var("account", account.as_str())
        .auth(Auth::Basic("{user}".to_owned().into(), "{auth_token}".to_owned().into()))
        .secret("user", user)
        .secret("auth_token", password)
        .arguments(&["auth_token"])
        .ttl(ttl)
        .form("Ttl", "{ttl}")
        .value("/ice_servers")
        .lifetime(Lifetime::Seconds("/ttl".to_owned()))
        .lifetime(Lifetime::Asked)
        .max_lifetime(ttl)
        .error("/code")
        .per(Per::Key)
        .distinct())
}

/// Cloudflare's TURN service, with a key and its API token.
pub(super) fn cloudflare(base: &str, key_id: &str, api_token: &str, ttl: u32) -> RestSourceBuilder {
    let base = base.trim_end_matches('/');
    let url = format!("{base}/v1/turn/keys/{{key_id}}/credentials/generate-ice-servers");
    RestSource::builder(url)
        .var("key_id", key_id)
        .auth(Auth::Bearer("{api_token}".to_owned().into()))
        .secret("api_token", api_token)
        .arguments(&["key_id", "api_token"])
        .ttl(ttl)
        .json(serde_json::json!({ "ttl": "{ttl:int}" }))
        .value("/iceServers")
        .lifetime(Lifetime::Asked)
        .max_lifetime(ttl)
        .error("/errors/0/code")
        .error_code("10000", ErrorKind::UpstreamUnauthorized)
        .per(Per::Key)
        .distinct()
}
