//! Access Tokens, checked as Twilio's servers check them.
//!
//! Written from the documented format alone, without a line of the library under test, on purpose: a mistake
//! that both made in signing or in the claims could otherwise never be found. What the grants then open,
//! the library's own judges say.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantmint_core::judge::Refusal;
use ring::hmac;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::auth::Keys;
use crate::refusal;

const MAX_TOKEN_BYTES: usize = 128 * 1024;
const MAX_LIFETIME_S: f64 = 86_400.0;

/// What a token that passed says.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) region: Option<String>,
    pub(crate) grants: Map<String, Value>,
}

#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
    alg: Option<String>,
    cty: Option<String>,
    twr: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    exp: Value,
    nbf: Option<Value>,
    #[serde(default)]
    grants: Value,
}

impl AccessToken {
    /// Checks `token` at the unix second `now`: header, signature, issuer, subject and times.
    pub(crate) fn verify(token: &str, keys: &Keys, now: i64) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refusal::TOKEN_TOO_LONG);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(refusal::TOKEN_MALFORMED)?;
        let (header, claims) = signed.split_once('.').ok_or(refusal::TOKEN_MALFORMED)?;
        let header: Header = decode_json(header)?;
        header.check()?;
        let claims: Claims = decode_json(claims)?;
        let issuer = claims.iss.as_str().ok_or(refusal::ISSUER_UNKNOWN)?;
        let key = keys.get(issuer).ok_or(refusal::ISSUER_UNKNOWN)?;
        hmac::verify(&key.mac, signed.as_bytes(), &decode(signature)?)
            .map_err(|_| refusal::SIGNATURE_INVALID)?;
        if claims.sub.as_str() != Some(&key.account_sid) {
            return Err(refusal::SUBJECT_MISMATCH);
        }
        claims.check_times(now)?;
        match claims.grants {
            Value::Object(grants) => Ok(Self { region: header.twr, grants }),
            _ => Err(refusal::GRANTS_MISSING),
        }
    }

    pub(crate) fn identity(&self) -> Option<&str> {
        self.grants.get("identity").and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

impl Header {
    fn check(&self) -> Result<(), Refusal> {
        if self.typ.as_deref() != Some("JWT") {
            return Err(refusal::HEADER_TYP);
        }
        if self.alg.as_deref() != Some("HS256") {
            return Err(refusal::HEADER_ALG);
        }
        if self.cty.as_deref() != Some("twilio-fpa;v=1") {
            return Err(refusal::HEADER_CTY);
        }
        Ok(())
    }
}

impl Claims {
    fn check_times(&self, now: i64) -> Result<(), Refusal> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "unix seconds are exact in a double for ages to come"
        )]
        let now = now as f64;
        let exp = self.exp.as_f64().ok_or(refusal::EXPIRY_MISSING)?;
        if exp <= now {
            return Err(refusal::TOKEN_EXPIRED);
        }
        if exp - now > MAX_LIFETIME_S {
            return Err(refusal::LIFETIME_TOO_LONG);
        }
        match self.nbf.as_ref().map(Value::as_f64) {
            None => Ok(()),
            Some(Some(nbf)) if nbf <= now => Ok(()),
            Some(_) => Err(refusal::NOT_YET_VALID),
        }
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| refusal::TOKEN_MALFORMED)
}

fn decode_json<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refusal> {
    serde_json::from_slice(&decode(part)?).map_err(|_| refusal::TOKEN_MALFORMED)
}
