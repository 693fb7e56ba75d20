//! A player, and the CDN that it asks for the stream.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::refusal::{self, Refusal};

/// Whether a player on a page of `origin` can start with a good token that has these grants, at the Unix second
/// `now`; without an origin any page will do.
///
/// The CDN's signature in the URL is not checked: only the CDN can. A URL whose token is no JSON Web Token
/// is taken as it is.
///
/// # Errors
///
/// Why it cannot.
///
/// # Example: a grant that was wrapped once more
///
/// ```
/// use grantmint_core::judge;
///
/// let grants = serde_json::json!({"player": {"grant": {"playbackUrl": "https://example.com/?token=x"}}});
/// let grants = grants.as_object().expect("it was written as one");
/// assert_eq!(judge::player(grants, None, 1_700_000_000).unwrap_err().reason, "player_grant_wrapped");
/// ```
pub fn player(grants: &Map<String, Value>, origin: Option<&str>, now: u64) -> Result<(), Refusal> {
    let url = PlayerGrant::of(grants)?.url()?;
    match UrlClaims::of(url.token) {
        Some(claims) => claims.admit(origin.or(claims.origin.as_deref()), now),
        None => Ok(()),
    }
}

/// The player grant, as far as a player looks at it.
#[derive(Clone, Copy)]
pub struct PlayerGrant<'a> {
    /// Where the stream is.
    pub playback_url: &'a str,
    /// The SID of the stream, `VJ…`; no player looks at its shape.
    pub streamer: &'a str,
}

impl<'a> PlayerGrant<'a> {
    /// Reads the grant among the others of a token.
    ///
    /// # Errors
    ///
    /// What a player does not take.
    pub fn of(grants: &'a Map<String, Value>) -> Result<Self, Refusal> {
        let (missing, not_object) =
            (refusal::PLAYER_GRANT_MISSING, refusal::PLAYER_GRANT_NOT_OBJECT);
        let grant = refusal::grant(grants, "player", missing, not_object)?;
        let text = |name| grant.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(playback_url) = text("playbackUrl") else {
            let is_wrapped = grant.contains_key("grant");
            return Err(if is_wrapped {
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

    /// The URL in two parts.
    ///
    /// # Errors
    ///
    /// If it is not `https://…?token=…`.
    pub fn url(&self) -> Result<PlaybackUrl<'a>, Refusal> {
        let (base, query) = self.playback_url.split_once('?').ok_or(refusal::URL_MALFORMED)?;
        let token = query.split('&').find_map(|field| field.strip_prefix("token="));
        match token {
            Some(token) if base.starts_with("https://") && !token.is_empty() => {
                Ok(PlaybackUrl { base, token })
            }
            _ => Err(refusal::URL_MALFORMED),
        }
    }
}

fn is_credentials_mode(mode: &str) -> bool {
    matches!(mode, "omit" | "same-origin" | "include")
}

/// A playback URL. Its holder can watch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlaybackUrl<'a> {
    /// The URL without its query.
    pub base: &'a str,
    /// The CDN's own token.
    pub token: &'a str,
}

/// What the CDN's own token says of when and where it may be used. The names are those of the CDN.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct UrlClaims {
    /// The Unix second in which it ends.
    pub exp: Option<f64>,
    /// The one origin that may play, or `*`.
    #[serde(rename = "aws:access-control-allow-origin")]
    pub origin: Option<String>,
}

impl UrlClaims {
    /// Reads a token without checking its signature; none if it is no JSON Web Token.
    #[must_use]
    pub fn of(url_token: &str) -> Option<Self> {
        let claims = url_token.split('.').nth(1)?;
        let claims = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?);
        serde_json::from_slice(&claims).ok()
    }

    /// Whether the CDN plays for a page of `origin` at the Unix second `now`.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub fn admit(&self, origin: Option<&str>, now: u64) -> Result<(), Refusal> {
        if self.exp.is_some_and(|exp| exp <= now as f64) {
            return Err(refusal::URL_TOKEN_EXPIRED);
        }
        match self.origin.as_deref() {
            None | Some("*") => Ok(()),
            restricted if restricted == origin => Ok(()),
            _ => Err(refusal::ORIGIN_NOT_ALLOWED),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with_url(url: &str) -> Value {
        json!({"playbackUrl": url, "playerStreamerSid": "s"})
    }

    fn judged(grant: Value, origin: Option<&str>) -> Result<(), Refusal> {
        player(json!({ "player": grant }).as_object().unwrap(), origin, 1_000)
    }

    #[test]
    fn a_player_looks_at_three_fields() {
        let read = |grant: Value| {
            PlayerGrant::of(json!({ "player": grant }).as_object().unwrap()).map(|_| ())
        };
        let with = |mode: Value| json!({"requestCredentials": mode, "playbackUrl": "u", "playerStreamerSid": "s"});
        for mode in [Value::Null, json!("omit"), json!("same-origin"), json!("include")] {
            assert_eq!(read(with(mode)), Ok(()));
        }
        for mode in [json!("always"), json!(true), json!({})] {
            assert_eq!(read(with(mode)), Err(refusal::CREDENTIALS_INVALID));
        }
        assert_eq!(read(with_url("u")), Ok(()));
        assert_eq!(read(json!({"playbackUrl": "u"})), Err(refusal::STREAMER_MISSING));
        assert_eq!(read(json!({"playbackUrl": ""})), Err(refusal::PLAYBACK_URL_MISSING));
        let wrapped = json!({"grant": {"playbackUrl": "u"}});
        assert_eq!(read(wrapped), Err(refusal::PLAYER_GRANT_WRAPPED));
        assert_eq!(read(json!("{}")), Err(refusal::PLAYER_GRANT_NOT_OBJECT));
        assert_eq!(read(Value::Null), Err(refusal::PLAYER_GRANT_MISSING));
    }

    #[test]
    fn a_playback_url_is_https_with_a_token() {
        let grant = |playback_url| PlayerGrant { playback_url, streamer: "s" };
        let url = grant("https://a/b?x=1&token=t&padding=0").url().ok().unwrap();
        assert_eq!((url.base, url.token), ("https://a/b", "t"));
        for url in ["https://a/b", "https://a/b?token=", "http://a/b?token=t", "?token=t", "x"] {
            assert_eq!(judged(with_url(url), None), Err(refusal::URL_MALFORMED), "{url}");
        }
    }

    #[test]
    fn the_cdn_plays_in_time_and_on_the_right_page() {
        let url = |claims: Value| {
            let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
            with_url(&format!("https://a/b?token=e30.{claims}.c2ln"))
        };
        let page = Some("https://www.example.com");
        assert_eq!(judged(url(json!({"exp": 1_001})), page), Ok(()));
        assert_eq!(judged(url(json!({"exp": 1_000})), page), Err(refusal::URL_TOKEN_EXPIRED));
        for (allowed, outcome) in [
            ("*", Ok(())),
            ("https://www.example.com", Ok(())),
            ("https://example.com", Err(refusal::ORIGIN_NOT_ALLOWED)),
        ] {
            let claims = json!({"exp": 2_000, "aws:access-control-allow-origin": allowed});
            assert_eq!(judged(url(claims), page), outcome, "{allowed}");
        }
        for opaque in ["123", "e30.e30", "a.b.c"] {
            let url = format!("https://a/b?token={opaque}");
            assert_eq!(judged(with_url(&url), None), Ok(()), "{opaque}");
        }
    }
}
