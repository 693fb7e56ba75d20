//! The three signatures of HMAC with SHA-2, and signing anything with them.

use std::str::FromStr;

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use sha2::{Sha256, Sha384, Sha512};

use crate::base64_text;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::TOKEN_MAX_BYTES;
use crate::strict_json;

/// A signature algorithm. Twilio takes [`Algorithm::Hs256`].
///
/// # Example: by its name
///
/// ```
/// use grantmint_core::Algorithm;
///
/// assert_eq!("HS512".parse::<Algorithm>()?, Algorithm::Hs512);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    #[default]
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// Calls a function that is generic over the hash for the one of an algorithm.
macro_rules! with_hash {
    ($algorithm:expr, $function:ident($($argument:expr),*)) => {
        match $algorithm {
            Algorithm::Hs256 => $function::<Hmac<Sha256>>($($argument),*),
            Algorithm::Hs384 => $function::<Hmac<Sha384>>($($argument),*),
            Algorithm::Hs512 => $function::<Hmac<Sha512>>($($argument),*),
        }
    };
}

impl Algorithm {
    /// The name that stands as `alg` in a header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// Whether `signature` is right, in a time that does not depend on where it is wrong.
    pub(super) fn verify(self, secret: &[u8], message: &[u8], signature: &[u8]) -> bool {
        with_hash!(self, verify_mac(secret, message, signature))
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = [Self::Hs256, Self::Hs384, Self::Hs512];
        all.into_iter().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
            let what = "must be HS256, HS384 or HS512";
            Error::of_argument(ErrorKind::InvalidArgument, "alg", what)
        })
    }
}

/// Signs a header and claims given as JSON texts, which go into the token byte for byte.
///
/// For tokens of other services, and for claims that [`AccessToken`](crate::AccessToken) would
/// refuse: of the claims it checks only that they are a JSON object.
///
/// # Errors
///
/// [`ErrorKind::InvalidArgument`] if the header or the claims are not a JSON object or the header
/// names another algorithm, [`ErrorKind::InvalidCredentials`] for an empty secret,
/// [`ErrorKind::LimitExceeded`] for a token over 128 KiB.
///
/// # Example: another service's token
///
/// ```
/// use grantmint_core::{Algorithm, sign};
///
/// let header = r#"{"alg":"HS256","typ":"JWT"}"#;
/// let claims = r#"{"app_key":"k","tpc":"session","exp":1700007200}"#;
/// let jwt = sign(Algorithm::Hs256, header, claims, b"the other service's secret")?;
/// assert!(jwt.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn sign(algorithm: Algorithm, header: &str, claims: &str, secret: &[u8]) -> Result<String> {
    check_secret(secret)?;
    if header.len().saturating_add(claims.len()) > TOKEN_MAX_BYTES / 4 * 3 - 128 {
        return Err(Error::of_argument(
            ErrorKind::LimitExceeded,
            "claims",
            "make a token of over 128 KiB",
        ));
    }
    check_header(algorithm, header)?;
    check_claims(claims)?;
    // Large enough from the start: growing would leave a copy behind.
    let mut token = String::with_capacity((header.len() + claims.len()).div_ceil(3) * 4 + 100);
    base64_text::push(&BASE64_URL_SAFE_NO_PAD, header.as_bytes(), &mut token);
    token.push('.');
    base64_text::push(&BASE64_URL_SAFE_NO_PAD, claims.as_bytes(), &mut token);
    with_hash!(algorithm, push_signature(secret, &mut token));
    Ok(token)
}

pub(crate) fn check_secret(secret: &[u8]) -> Result<()> {
    if secret.is_empty() {
        return Err(Error::of_argument(
            ErrorKind::InvalidCredentials,
            "secret",
            "must not be empty",
        ));
    }
    Ok(())
}

fn check_header(algorithm: Algorithm, header: &str) -> Result<()> {
    let invalid = |what: &str| Error::of_argument(ErrorKind::InvalidArgument, "header", what);
    let members = strict_json::object(header).map_err(invalid)?;
    let named = members.get("alg").and_then(|alg| alg.as_str());
    if named == Some(algorithm.name()) {
        return Ok(());
    }
    Err(invalid("does not name the algorithm that signs it"))
}

fn check_claims(claims: &str) -> Result<()> {
    let raw: Result<&RawValue, _> = serde_json::from_str(claims);
    if raw.is_ok_and(|raw| raw.get().starts_with('{')) {
        return Ok(());
    }
    Err(Error::of_argument(ErrorKind::InvalidArgument, "claims", "must be a JSON object"))
}

pub(super) fn keyed<M: KeyInit>(secret: &[u8]) -> M {
    M::new_from_slice(secret).expect("HMAC takes a key of any length")
}

fn push_signature<M: KeyInit + Mac>(secret: &[u8], token: &mut String) {
    let mut mac = keyed::<M>(secret);
    mac.update(token.as_bytes());
    token.push('.');
    base64_text::push(&BASE64_URL_SAFE_NO_PAD, &mac.finalize().into_bytes(), token);
}

fn verify_mac<M: KeyInit + Mac>(secret: &[u8], message: &[u8], mac: &[u8]) -> bool {
    let mut expected = keyed::<M>(secret);
    expected.update(message);
    expected.verify_slice(mac).is_ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    const CLAIMS: &str = r#"{"a": 1}"#;

    fn header(name: &str) -> String {
        format!(r#"{{"alg":"{name}"}}"#)
    }

    #[test]
    fn each_algorithm_signs_what_it_verifies() {
        let secret = b"Jefe";
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            let token = sign(algorithm, &header(algorithm.name()), CLAIMS, secret).unwrap();
            let (message, signature) = token.rsplit_once('.').unwrap();
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            assert!(algorithm.verify(secret, message.as_bytes(), &signature));
            assert!(!algorithm.verify(b"other", message.as_bytes(), &signature));
            assert!(!algorithm.verify(secret, message.as_bytes(), &signature[1..]));
            assert!(!algorithm.verify(secret, message.as_bytes(), &[]));
        }
    }

    /// RFC 7515, appendix A.1.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75\
                      aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).unwrap();
        let header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
        let claims =
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let token = sign(Algorithm::Hs256, header, claims, &secret).unwrap();
        assert!(token.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    }

    #[test]
    fn what_cannot_be_a_token_is_refused() {
        let good = header("HS256");
        let kind = |header: &str, claims: &str, secret: &[u8]| {
            sign(Algorithm::Hs256, header, claims, secret).unwrap_err().kind()
        };
        assert_eq!(kind(&good, CLAIMS, b""), ErrorKind::InvalidCredentials);
        let twice = r#"{"alg":"HS256","\u0061lg":"HS256"}"#;
        for wrong in ["", "[]", "{}", &header("HS512"), &header("none"), twice, r#"{"alg":1}"#] {
            assert_eq!(kind(wrong, CLAIMS, b"s"), ErrorKind::InvalidArgument, "{wrong}");
        }
        for wrong in ["", "[]", "null", "{}{}", "{\"a\":}", "\"{}\""] {
            assert_eq!(kind(&good, wrong, b"s"), ErrorKind::InvalidArgument, "{wrong}");
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
        assert_eq!(kind(&good, &large, b"s"), ErrorKind::LimitExceeded);
        let largest = format!("{{\"a\":\"{}\"}}", "x".repeat(98_100));
        let token = sign(Algorithm::Hs256, &good, &largest, b"s").unwrap();
        assert!(token.len() <= TOKEN_MAX_BYTES);
    }

    #[test]
    fn algorithms_are_found_by_their_exact_name() {
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
        for wrong in ["", "none", "hs256", "RS256"] {
            assert!(wrong.parse::<Algorithm>().is_err());
        }
    }
}
