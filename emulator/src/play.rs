//! A play: what the player does with an Access Token, and then the CDN with the URL inside it.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::access_token::AccessToken;
use crate::es384::{UrlClaims, UrlSigner, UrlTokenError};
use crate::grant::Channel;
use crate::refusal::{self, Refusal};

/// A player that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Admission {
    /// Who it is, if the token says so; a player needs no identity.
    pub identity: Option<String>,
    /// The PlayerStreamer it watches.
    pub streamer: String,
}

/// The CDN's side: the key that signs playback URLs, and the URL tokens it has already seen to be good.
/// A whole audience shows the same few, and checking a signature costs about a millisecond.
pub(crate) struct Cdn {
    signer: UrlSigner,
    verified: Mutex<HashMap<String, Arc<UrlClaims>>>,
}

/// Verified URL tokens remembered at a time.
const MAX_VERIFIED: usize = 1024;

/// The player grant, as far as the player looks at it.
struct PlayerGrant<'a> {
    playback_url: &'a str,
    streamer: &'a str,
}

impl Cdn {
    pub(crate) fn new(signer: UrlSigner) -> Self {
        Self { signer, verified: Mutex::default() }
    }

    pub(crate) fn signer(&self) -> &UrlSigner {
        &self.signer
    }

    /// Judges a player that shows a verified `token` and comes from `origin`, at the unix second `now`.
    pub(crate) fn admit(
        &self,
        token: &AccessToken,
        origin: Option<&str>,
        now: i64,
    ) -> Result<Admission, Refusal> {
        let grant = PlayerGrant::read(&token.grants)?;
        let (base, url_token) = split_url(grant.playback_url)?;
        let claims = self.url_claims(url_token)?;
        let channel = Channel::of(grant.streamer);
        if claims.channel_arn != channel.arn() || base != channel.url() {
            return Err(refusal::CHANNEL_MISMATCH);
        }
        if claims.exp <= now {
            return Err(refusal::URL_TOKEN_EXPIRED);
        }
        match claims.origin.as_deref() {
            None | Some("*") => {}
            restricted if restricted == origin => {}
            _ => return Err(refusal::ORIGIN_NOT_ALLOWED),
        }
        let identity = token.identity().map(str::to_owned);
        Ok(Admission { identity, streamer: grant.streamer.to_owned() })
    }

    /// The claims of a URL token whose signature is good; checked once, then remembered.
    fn url_claims(&self, url_token: &str) -> Result<Arc<UrlClaims>, Refusal> {
        if let Some(claims) = self.verified.lock().get(url_token) {
            return Ok(Arc::clone(claims));
        }
        let claims = self.signer.verify(url_token).map_err(|error| match error {
            UrlTokenError::Malformed => refusal::URL_TOKEN_MALFORMED,
            UrlTokenError::Signature => refusal::URL_TOKEN_SIGNATURE,
        })?;
        let claims = Arc::new(claims);
        let mut verified = self.verified.lock();
        // Grants last a minute, so most of a full table is of no more use, and the rest is soon back.
        if verified.len() >= MAX_VERIFIED {
            verified.clear();
        }
        verified.insert(url_token.to_owned(), Arc::clone(&claims));
        Ok(claims)
    }
}

impl<'a> PlayerGrant<'a> {
    fn read(grants: &'a Map<String, Value>) -> Result<Self, Refusal> {
        let grant = match grants.get("player") {
            None | Some(Value::Null) => return Err(refusal::PLAYER_GRANT_MISSING),
            Some(Value::Object(grant)) => grant,
            Some(_) => return Err(refusal::PLAYER_GRANT_NOT_OBJECT),
        };
        let text = |name| grant.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(playback_url) = text("playbackUrl") else {
            let wrapped = grant.contains_key("grant");
            return Err(if wrapped {
                refusal::PLAYER_GRANT_WRAPPED
            } else {
                refusal::PLAYBACK_URL_MISSING
            });
        };
        let streamer = text("playerStreamerSid").ok_or(refusal::STREAMER_MISSING)?;
        match grant.get("requestCredentials") {
            None | Some(Value::Null) => {}
            Some(Value::String(mode)) if is_credentials_mode(mode) => {}
            Some(_) => return Err(refusal::CREDENTIALS_INVALID),
        }
        Ok(Self { playback_url, streamer })
    }
}

fn is_credentials_mode(mode: &str) -> bool {
    matches!(mode, "omit" | "same-origin" | "include")
}

/// The URL without its query, and the token in the query.
fn split_url(url: &str) -> Result<(&str, &str), Refusal> {
    let (base, query) = url.split_once('?').ok_or(refusal::URL_MALFORMED)?;
    let token = query.split('&').find_map(|field| field.strip_prefix("token="));
    match token {
        Some(token) if base.starts_with("https://") && !token.is_empty() => Ok((base, token)),
        _ => Err(refusal::URL_MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(player: Value) -> Result<(), Refusal> {
        let Value::Object(grants) = json!({ "player": player }) else { unreachable!() };
        PlayerGrant::read(&grants).map(|_| ())
    }

    #[test]
    fn the_player_looks_at_three_fields() {
        let with = |mode: Value| json!({"requestCredentials": mode, "playbackUrl": "u", "playerStreamerSid": "s"});
        for mode in [Value::Null, json!("omit"), json!("same-origin"), json!("include")] {
            assert_eq!(read(with(mode)), Ok(()));
        }
        for mode in [json!("always"), json!(true), json!({})] {
            assert_eq!(read(with(mode)), Err(refusal::CREDENTIALS_INVALID));
        }
        assert_eq!(read(json!({"playbackUrl": "u", "playerStreamerSid": "s"})), Ok(()));
        assert_eq!(read(json!({"playbackUrl": "u"})), Err(refusal::STREAMER_MISSING));
        assert_eq!(read(json!({"playbackUrl": ""})), Err(refusal::PLAYBACK_URL_MISSING));
        assert_eq!(
            read(json!({"grant": {"playbackUrl": "u"}})),
            Err(refusal::PLAYER_GRANT_WRAPPED)
        );
        assert_eq!(read(json!("{}")), Err(refusal::PLAYER_GRANT_NOT_OBJECT));
        assert_eq!(read(Value::Null), Err(refusal::PLAYER_GRANT_MISSING));
    }

    #[test]
    fn a_playback_url_is_https_with_a_token() {
        assert_eq!(split_url("https://a/b?x=1&token=t&padding=0"), Ok(("https://a/b", "t")));
        for url in ["https://a/b", "https://a/b?token=", "http://a/b?token=t", "?token=t", "x"] {
            assert_eq!(split_url(url), Err(refusal::URL_MALFORMED), "{url}");
        }
    }

    #[test]
    fn verified_tokens_are_remembered_within_a_bound() {
        let cdn = Cdn::new(UrlSigner::generate().unwrap());
        let token = cdn.signer().sign("arn".to_owned(), None, 1).unwrap();
        let first = cdn.url_claims(&token).unwrap();
        assert!(Arc::ptr_eq(&first, &cdn.url_claims(&token).unwrap()));
        let filler = (1..MAX_VERIFIED).map(|number| (number.to_string(), Arc::clone(&first)));
        cdn.verified.lock().extend(filler);
        cdn.url_claims(&cdn.signer().sign("arn".to_owned(), None, 2).unwrap()).unwrap();
        assert!(cdn.verified.lock().len() <= MAX_VERIFIED);
    }
}
