//! Checking a token, in the order structure, algorithm, signature, claims.

use super::algorithm::{Algorithm, check_secret};
use super::claims::check_unix_seconds;
use super::decoded::{Decoded, Object, Parts, malformed};
use crate::clock::exact_unix_seconds;
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::LEEWAY_MAX;

/// The content type in the header of every Access Token.
const CONTENT_TYPE: &str = "twilio-fpa;v=1";

/// How to verify: at what time, how strictly, and with what algorithm.
///
/// # Example: forgive a few seconds between two clocks
///
/// ```
/// use grantmint_core::VerifyOptions;
///
/// let options = VerifyOptions::new().leeway(5);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    leeway: u64,
    now: Option<u64>,
    algorithm: Algorithm,
}

impl VerifyOptions {
    /// No leeway, the machine's time, HS256.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many seconds `exp` and `nbf` may be off, at most 300. Clocks that differ by more are
    /// broken, and a token should not outlive them.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// The Unix second to take for the present one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, ErrorKind, TokenMinter, VerifyOptions, verify};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let jwt = TokenMinter::builder(&key).ttl(60).build()?.mint_at("alice", 1_900_000_000)?;
    /// let a_minute_later = VerifyOptions::new().now(1_900_000_060);
    /// assert_eq!(verify(&jwt, &key, &a_minute_later).unwrap_err().kind(), ErrorKind::TokenExpired);
    /// assert!(verify(&jwt, &key, &a_minute_later.leeway(5)).is_ok());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn now(mut self, unix_seconds: u64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// The one algorithm to accept. A token never chooses it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{Algorithm, VerifyOptions, sign, verify_jwt};
    /// let jwt = sign(Algorithm::Hs512, r#"{"alg":"HS512"}"#, r#"{"exp":4000000000}"#, b"shared")?;
    /// let options = VerifyOptions::new().algorithm(Algorithm::Hs512);
    /// assert!(verify_jwt(&jwt, b"shared", &options).is_ok());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    fn checked_now(&self) -> Result<u64> {
        let now = self.now.unwrap_or_else(exact_unix_seconds);
        if self.leeway > LEEWAY_MAX {
            let what = format!("must be at most 300 seconds, not {}", self.leeway);
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "leeway", what));
        }
        check_unix_seconds("now", now)?;
        Ok(now)
    }
}

/// Checks an Access Token: made with this key, for its account, valid now.
///
/// It takes one key: after a rotation, verify tokens of the old key with the old key until they have
/// expired.
///
/// The signature is compared in constant time, and before anything in the claims is looked at.
///
/// # Errors
///
/// [`ErrorKind::TokenMalformed`] as [`decode`](crate::decode), or if it is not of the type of an
/// Access Token; [`ErrorKind::TokenAlgorithm`] for any other algorithm, `none` included, and for
/// any extension the header calls critical; [`ErrorKind::TokenSignature`];
/// [`ErrorKind::TokenIssuer`] for another key or account; [`ErrorKind::TokenExpired`];
/// [`ErrorKind::TokenNotYetValid`]; [`ErrorKind::TokenClaims`] for claims missing or of the wrong
/// type; [`ErrorKind::InvalidArgument`] for a leeway over 300 seconds.
///
/// # Example: what was minted verifies
///
/// ```
/// use grantmint_core::{ApiKey, ErrorKind, TokenMinter, VerifyOptions, verify};
///
/// let (account, key_sid) =
///     ("AC00000000000000000000000000000001", "SK00000000000000000000000000000002");
/// let key = ApiKey::new(account, key_sid, "the secret shown once in the console")?;
/// let jwt = TokenMinter::builder(&key).build()?.mint("alice")?;
/// assert_eq!(verify(&jwt, &key, &VerifyOptions::new())?.identity(), Some("alice"));
///
/// let other = ApiKey::new(account, key_sid, "some other secret")?;
/// let error = verify(&jwt, &other, &VerifyOptions::new()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TokenSignature);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn verify(token: &str, key: &ApiKey, options: &VerifyOptions) -> Result<Decoded> {
    let now = options.checked_now()?;
    let secret = key.secret().expose();
    let decoded = check_signature(token, secret, options.algorithm, check_access_token_type)?;
    check_party(&decoded, "iss", key.key_sid().as_str())?;
    check_party(&decoded, "sub", key.account_sid().as_str())?;
    check_times(&decoded, now, options.leeway)?;
    if decoded.grants().is_none() {
        return Err(claims("grants is missing or not an object"));
    }
    Ok(decoded)
}

/// Checks another service's token: signed with this secret, valid now.
///
/// Other than [`verify`], it takes any issuer, subject and type. `exp` must be there all the same:
/// a token that never ends is not accepted.
///
/// # Errors
///
/// As [`verify`], but for [`ErrorKind::TokenIssuer`];
/// [`ErrorKind::InvalidCredentials`] for an empty secret.
///
/// # Example: another service's token
///
/// ```
/// use grantmint_core::{Algorithm, VerifyOptions, sign, verify_jwt};
///
/// let claims = r#"{"iss":"app","exp":1700007200}"#;
/// let jwt = sign(Algorithm::Hs256, r#"{"alg":"HS256"}"#, claims, b"shared")?;
/// let decoded = verify_jwt(&jwt, b"shared", &VerifyOptions::new().now(1_700_000_000))?;
/// assert_eq!(decoded.issuer(), Some("app"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn verify_jwt(token: &str, secret: &[u8], options: &VerifyOptions) -> Result<Decoded> {
    let now = options.checked_now()?;
    check_secret(secret)?;
    let decoded = check_signature(token, secret, options.algorithm, |_| Ok(()))?;
    check_times(&decoded, now, options.leeway)?;
    Ok(decoded)
}

/// Structure, algorithm and signature. The claims are read last, so that only what the key's owner
/// signed gets as far as the reader.
fn check_signature(
    token: &str,
    secret: &[u8],
    algorithm: Algorithm,
    check_type: impl FnOnce(&Object) -> Result<()>,
) -> Result<Decoded> {
    let parts = Parts::split(token)?;
    let header = parts.header()?;
    let signature = parts.signature()?;
    check_algorithm(&header, algorithm)?;
    check_type(&header)?;
    if !algorithm.verify(secret, parts.signed.as_bytes(), &signature) {
        let message = "the token was not signed with this secret, or was changed; after a rotation \
                       verify old tokens with the old key";
        return Err(Error::new(ErrorKind::TokenSignature, message));
    }
    Decoded::new(header, &parts)
}

fn check_algorithm(header: &Object, algorithm: Algorithm) -> Result<()> {
    let refused = |why: &'static str| Err(Error::new(ErrorKind::TokenAlgorithm, why));
    if header.text("alg") != Some(algorithm.name()) {
        return refused("the header names another algorithm than the one to verify with");
    }
    if header.get("crit").is_some() {
        return refused("the header calls an extension critical; none is supported");
    }
    Ok(())
}

fn check_access_token_type(header: &Object) -> Result<()> {
    if header.text("typ") != Some("JWT") || header.text("cty") != Some(CONTENT_TYPE) {
        return Err(malformed("the header is not that of an Access Token"));
    }
    Ok(())
}

fn check_party(decoded: &Decoded, name: &str, sid: &str) -> Result<()> {
    let found = decoded.claims().get(name).and_then(|value| value.as_str());
    match found {
        None => Err(claims(&format!("{name} is missing or not a string"))),
        Some(found) if found == sid => Ok(()),
        Some(_) => {
            let of = if name == "iss" { "another key" } else { "another account" };
            let message =
                format!("the token was issued by {of}: its {name} is not that of this key");
            Err(Error::new(ErrorKind::TokenIssuer, message))
        }
    }
}

/// A token is valid from `nbf` on and until just before `exp`; fractions make both stricter.
fn check_times(decoded: &Decoded, now: u64, leeway: u64) -> Result<()> {
    let exp = decoded.time("exp")?.ok_or_else(|| claims("exp is missing"))?;
    let nbf = decoded.time("nbf")?;
    decoded.time("iat")?;
    if now >= exp.whole + leeway {
        let ago = now - exp.whole;
        let message =
            format!("the token expired {ago} s ago; leeway allows for clocks that differ");
        return Err(Error::new(ErrorKind::TokenExpired, message));
    }
    if nbf.is_some_and(|nbf| nbf.rounded_up() > now + leeway) {
        let message = "the token is not valid yet (nbf); leeway allows for clocks that differ";
        return Err(Error::new(ErrorKind::TokenNotYetValid, message));
    }
    Ok(())
}

fn claims(message: &str) -> Error {
    Error::new(ErrorKind::TokenClaims, message.to_owned())
}

#[cfg(test)]
mod tests;
