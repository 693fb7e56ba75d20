//! The rules of a good token, one by one: `verify` stops at the first that is broken, an examination
//! tells of all.

use super::algorithm::Algorithm;
use super::parts::{Object, Time, malformed};
use crate::error::{Error, ErrorKind, Result};

/// The content type in the header of every Access Token.
const CONTENT_TYPE: &str = "twilio-fpa;v=1";

/// The header names the one algorithm that is accepted.
pub(crate) fn check_algorithm(header: &Object, algorithm: Algorithm) -> Result<()> {
    if header.text("alg") == Some(algorithm.name()) {
        return Ok(());
    }
    let why = "the header names another algorithm than the one to verify with";
    Err(Error::new(ErrorKind::TokenAlgorithm, why))
}

/// The header calls nothing critical.
pub(crate) fn check_critical(header: &Object) -> Result<()> {
    if header.get("crit").is_none() {
        return Ok(());
    }
    let why = "the header calls an extension critical; none is supported";
    Err(Error::new(ErrorKind::TokenAlgorithm, why))
}

/// The header is that of an Access Token.
pub(crate) fn check_type(header: &Object) -> Result<()> {
    if header.text("typ") == Some("JWT") && header.text("cty") == Some(CONTENT_TYPE) {
        return Ok(());
    }
    Err(malformed("the header is not that of an Access Token"))
}

/// The key's owner signed exactly this.
pub(crate) fn check_signature(
    algorithm: Algorithm,
    secret: &[u8],
    signed: &str,
    signature: &[u8],
) -> Result<()> {
    if algorithm.verify(secret, signed.as_bytes(), signature) {
        return Ok(());
    }
    let message = "the token was not signed with this secret, or was changed; after a rotation \
                   verify old tokens with the old key";
    Err(Error::new(ErrorKind::TokenSignature, message))
}

/// `iss` or `sub` is the SID of the key, or of its account.
pub(crate) fn check_party(claims: &Object, name: &str, sid: &str) -> Result<()> {
    match claims.text(name) {
        None => Err(broken(&format!("{name} is missing or not a string"))),
        Some(found) if found == sid => Ok(()),
        Some(_) => {
            let of = if name == "iss" { "another key" } else { "another account" };
            let message =
                format!("the token was issued by {of}: its {name} is not that of this key");
            Err(Error::new(ErrorKind::TokenIssuer, message))
        }
    }
}

/// `exp`, which every token must have.
pub(crate) fn end(claims: &Object) -> Result<Time> {
    claims.time("exp")?.ok_or_else(|| broken("exp is missing"))
}

/// A token is valid until just before `exp`; a fraction makes that stricter.
pub(crate) fn check_end(exp: Time, now: u64, leeway: u64) -> Result<()> {
    if now < exp.whole + leeway {
        return Ok(());
    }
    let ago = now - exp.whole;
    let message = format!("the token expired {ago} s ago; leeway allows for clocks that differ");
    Err(Error::new(ErrorKind::TokenExpired, message))
}

/// A token is valid from `nbf` on; a fraction makes that stricter.
pub(crate) fn check_start(nbf: Time, now: u64, leeway: u64) -> Result<()> {
    if nbf.rounded_up() <= now + leeway {
        return Ok(());
    }
    let message = "the token is not valid yet (nbf); leeway allows for clocks that differ";
    Err(Error::new(ErrorKind::TokenNotYetValid, message))
}

/// An Access Token has grants, if only an identity.
pub(crate) fn check_grants(claims: &Object) -> Result<()> {
    if claims.get("grants").is_some_and(serde_json::Value::is_object) {
        return Ok(());
    }
    Err(broken("grants is missing or not an object"))
}

fn broken(message: &str) -> Error {
    Error::new(ErrorKind::TokenClaims, message.to_owned())
}
