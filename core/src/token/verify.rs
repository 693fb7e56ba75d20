//! Checking a token, in the order structure, algorithm, signature, claims.

use super::algorithm::{Algorithm, check_secret};
use super::checks::{
    check_algorithm, check_critical, check_end, check_grants, check_party, check_signature,
    check_start, check_type, end,
};
use super::claims::check_unix_seconds;
use super::decoded::Decoded;
use super::parts::{Object, Parts, Time};
use crate::clock::exact_unix_seconds;
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::LEEWAY_MAX;

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
    endless: bool,
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

    /// Whether [`verify_jwt`] refuses a token without `exp`, which never ends. It does if not set. An
    /// Access Token always has one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{Algorithm, ErrorKind, VerifyOptions, sign, verify_jwt};
    /// let jwt = sign(Algorithm::Hs256, r#"{"alg":"HS256"}"#, r#"{"r":"test"}"#, b"shared")?;
    /// let error = verify_jwt(&jwt, b"shared", &VerifyOptions::new()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TokenClaims);
    /// assert!(verify_jwt(&jwt, b"shared", &VerifyOptions::new().require_exp(false)).is_ok());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn require_exp(mut self, require: bool) -> Self {
        self.endless = !require;
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
    let (header, claims) = signed_content(token, secret, options.algorithm, check_type)?;
    check_party(&claims, "iss", key.key_sid().as_str())?;
    check_party(&claims, "sub", key.account_sid().as_str())?;
    check_times(&claims, Some(end(&claims)?), now, options.leeway)?;
    check_grants(&claims)?;
    Ok(Decoded::of(header, claims))
}

/// Checks another service's token: signed with this secret, valid now.
///
/// Other than [`verify`], it takes any issuer, subject and type. `exp` must be there all the same:
/// a token that never ends is not accepted, unless [`VerifyOptions::require_exp`] says so.
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
    let (header, claims) = signed_content(token, secret, options.algorithm, |_| Ok(()))?;
    let exp = if options.endless { claims.time("exp")? } else { Some(end(&claims)?) };
    check_times(&claims, exp, now, options.leeway)?;
    Ok(Decoded::of(header, claims))
}

/// Structure, algorithm and signature. The claims are read last, so that only what the key's owner
/// signed gets as far as the reader.
fn signed_content(
    token: &str,
    secret: &[u8],
    algorithm: Algorithm,
    check_type: impl FnOnce(&Object) -> Result<()>,
) -> Result<(Object, Object)> {
    let parts = Parts::split(token)?;
    let header = parts.header()?;
    let signature = parts.signature()?;
    check_algorithm(&header, algorithm)?;
    check_critical(&header)?;
    check_type(&header)?;
    check_signature(algorithm, secret, parts.signed, &signature)?;
    Ok((header, parts.claims()?))
}

fn check_times(claims: &Object, exp: Option<Time>, now: u64, leeway: u64) -> Result<()> {
    let nbf = claims.time("nbf")?;
    claims.time("iat")?;
    exp.map_or(Ok(()), |exp| check_end(exp, now, leeway))?;
    nbf.map_or(Ok(()), |nbf| check_start(nbf, now, leeway))
}

#[cfg(test)]
mod tests;
