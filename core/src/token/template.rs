//! Everything about a kind of token that no second and no viewer changes.

use std::fmt::Write as _;

use super::algorithm::Algorithm;
use super::claims::{Claims, check_grants_size, check_unix_seconds};
use super::front::Front;
use super::grants::{PlaybackGrant, write_json_string};
use super::parts::encoded_header;
use super::prefix::Prefix;
use super::signing::Signing;
use crate::credentials::ApiKey;
use crate::error::Result;
use crate::wiped::WipedString;

/// Room for two times and what stands around them.
const TIMES_BYTES: usize = 96;

/// A kind of token: its key, its header and its checked claims. Stamped once a second into the
/// [`Prefix`] that mints.
///
/// The order of the bytes is the design: `jti` (unless unique), `iss`, `sub`, `iat`, `exp`, `nbf`
/// and the grants come first, and the identity, the one thing that differs between viewers, last
/// among the grants. A unique `jti` follows it.
pub(crate) struct Template {
    signing: Signing,
    /// The header in base64, and its dot.
    header: String,
    /// The issuer's SID, from which Twilio's kind of `jti` is made.
    key_sid: String,
    /// `"iss":…,"sub":…`
    parties: String,
    claims: Claims,
}

impl Template {
    pub(crate) fn new(key: &ApiKey, claims: Claims) -> Self {
        let (issuer, subject) = (key.key_sid(), key.account_sid());
        Self {
            signing: Signing::new(Algorithm::Hs256, key.secret().expose()),
            header: header(key.region()),
            key_sid: issuer.to_string(),
            parties: format!(r#""iss":"{issuer}","sub":"{subject}""#),
            claims,
        }
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The prefix of all tokens minted in one second. A template made `with_player` must be given
    /// a playback grant here, and no other may be.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a second after the
    /// year 9999, [`ErrorKind::InvalidTtl`](crate::ErrorKind::InvalidTtl) if a fixed end is not
    /// within a day after it, [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if
    /// `nbf` is not before the end, [`ErrorKind::InvalidGrant`](crate::ErrorKind::InvalidGrant) if the
    /// playback grant makes the grants too large.
    pub(crate) fn stamp(&self, now: u64, player: Option<&PlaybackGrant>) -> Result<Prefix> {
        debug_assert_eq!(self.claims.with_player, player.is_some());
        check_unix_seconds("now", now)?;
        let json = self.claims_json(now, player)?;
        let front = Front::new(&self.signing, &self.header, &json, now);
        Ok(Prefix::new(front, &self.claims))
    }

    /// The claims up to the identity.
    fn claims_json(&self, now: u64, player: Option<&PlaybackGrant>) -> Result<WipedString> {
        let player = player.map_or("", PlaybackGrant::json);
        let grants = &self.claims.grants_json;
        check_grants_size(grants.len() + player.len())?;
        let fixed = TIMES_BYTES + self.key_sid.len() + self.parties.len() + 64;
        let capacity = fixed + grants.len() + player.len();
        let mut json = WipedString::with_capacity(capacity);
        self.write_times(&mut json, now)?;
        json.push_str(r#","grants":{"#);
        json.push_str(grants);
        if !player.is_empty() {
            write_json_string(&mut json, PlaybackGrant::KEY);
            json.push(':');
            json.push_str(player);
            json.push(',');
        }
        json.push_str(r#""identity":"#);
        debug_assert!(json.len() <= capacity);
        Ok(json)
    }

    fn write_times(&self, json: &mut WipedString, now: u64) -> Result<()> {
        let (key_sid, parties) = (&self.key_sid, &self.parties);
        let end = self.claims.end(now)?;
        json.push('{');
        // Writing into a string cannot fail.
        let _ = if self.claims.unique {
            write!(json, r#"{parties},"iat":{now},"exp":{end}"#)
        } else {
            write!(json, r#""jti":"{key_sid}-{now}",{parties},"iat":{now},"exp":{end}"#)
        };
        if let Some(nbf) = self.claims.nbf {
            let _ = write!(json, r#","nbf":{nbf}"#);
        }
        Ok(())
    }
}

/// The encoded header, with the dot after it.
fn header(region: Option<&str>) -> String {
    let mut json = WipedString::from(r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT""#);
    if let Some(region) = region {
        json.push_str(r#","twr":"#);
        write_json_string(&mut json, region);
    }
    json.push('}');
    encoded_header(&json)
}
