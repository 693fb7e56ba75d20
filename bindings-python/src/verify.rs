//! Checks tokens, takes them apart, and signs the claims of any token.

use std::time::Duration;

use grantmint_core::{Algorithm, Error, ErrorKind, VerifyOptions};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::api_key::ApiKey;
use crate::argument::{Argument, Kind, given};
use crate::decoded::Decoded;
use crate::error::{OrRaise as _, invalid};
use crate::flag;
use crate::json::to_text;
use crate::text::{OfText, Text, handed_over};
use crate::time::{Seconds, UnixSeconds, plain};

/// Checks that an Access Token was made with this key, for the key's account, and is valid now. It
/// takes one key: after a rotation, verify tokens of the old key with the old key until they have
/// expired.
///
/// Args:
///     token: The token.
///     api_key: The key that it must be signed with.
///     leeway: How many whole seconds exp and nbf may be off, at most 300, or as a timedelta; 0 if
///         None.
///     now: The time to check exp and nbf against, as Unix seconds or a datetime; the present if
///         None.
///     algorithm: The one algorithm to accept: "HS256", "HS384" or "HS512".
///
/// Raises:
///     TokenError: token_malformed, token_algorithm, token_signature, token_issuer, token_claims,
///         token_expired or token_not_yet_valid.
///     InvalidArgumentError: invalid_argument or invalid_utf8.
///
/// Example:
///     >>> verify(TokenMinter(key).mint("alice"), key, leeway=5).identity
///     'alice'
#[pyfunction]
#[pyo3(
    signature = (token, api_key, *, leeway=None, now=None, algorithm=Text::Default("HS256")),
    text_signature = "(token, api_key, *, leeway=None, now=None, algorithm='HS256')"
)]
pub(crate) fn verify(
    token: Text<'_>,
    api_key: Argument<'_, ApiKey>,
    leeway: Option<Seconds<'_>>,
    now: Option<UnixSeconds<'_>>,
    algorithm: Text<'_>,
) -> PyResult<Decoded> {
    let (token, key) = (token.named("token")?, &api_key.named("api_key")?.0);
    let options = options(leeway, now, algorithm)?;
    let content = grantmint_core::verify(token, key, &options).or_raise()?;
    Ok(Decoded::new(token, content))
}

/// Checks that another service's token was signed with this secret and is valid now. Issuer, subject
/// and type are not checked.
///
/// Args:
///     token: The token.
///     secret: The secret as str or bytes.
///     leeway: As of verify.
///     now: As of verify.
///     algorithm: As of verify.
///     require_exp: Whether a token must say when it ends. Some services' own examples do not.
///
/// Raises:
///     TokenError: As verify, but for token_issuer.
///     InvalidArgumentError: invalid_credentials for an empty secret, invalid_argument or
///         invalid_utf8.
///
/// Example:
///     >>> token = sign("HS256", {"alg": "HS256"}, {"sub": "alice", "exp": 4_000_000_000}, "shared")
///     >>> verify_jwt(token, "shared").subject
///     'alice'
#[pyfunction]
#[pyo3(
    signature = (
        token, secret, *, leeway=None, now=None, algorithm=Text::Default("HS256"), require_exp=true
    ),
    text_signature = "(token, secret, *, leeway=None, now=None, algorithm='HS256', require_exp=True)"
)]
pub(crate) fn verify_jwt(
    token: Text<'_>,
    secret: Argument<'_, SharedSecret>,
    leeway: Option<Seconds<'_>>,
    now: Option<UnixSeconds<'_>>,
    algorithm: Text<'_>,
    #[pyo3(from_py_with = flag::require_exp)] require_exp: bool,
) -> PyResult<Decoded> {
    let (token, secret) = (token.named("token")?, secret.named("secret")?);
    let options = options(leeway, now, algorithm)?.require_exp(require_exp);
    Ok(Decoded::new(token, grantmint_core::verify_jwt(token, secret, &options).or_raise()?))
}

/// Decodes a token without checking its signature or its times. To trust a token, use verify.
///
/// Raises:
///     TokenError: token_malformed.
///     InvalidArgumentError: invalid_utf8.
///
/// Example:
///     >>> decode(TokenMinter(key).mint("alice")).issuer == key.key_sid
///     True
#[pyfunction]
pub(crate) fn decode(token: Text<'_>) -> PyResult<Decoded> {
    let token = token.named("token")?;
    Ok(Decoded::new(token, grantmint_core::decode(token).or_raise()?))
}

/// Signs any claims, to make tokens of other services.
///
/// Args:
///     alg: "HS256", "HS384" or "HS512"; the header must name the same.
///     header: JSON as str or bytes, which goes in byte for byte, or a dict.
///     claims: The same.
///     secret: The secret as str or bytes.
///
/// Raises:
///     InvalidArgumentError: invalid_argument, invalid_credentials, limit_exceeded or
///         invalid_utf8.
///
/// Example:
///     >>> sign("HS256", {"alg": "HS256"}, {"sub": "alice"}, "shared").count(".")
///     2
#[pyfunction]
pub(crate) fn sign<'py>(
    py: Python<'py>,
    alg: Text<'_>,
    header: &Bound<'_, PyAny>,
    claims: &Bound<'_, PyAny>,
    secret: Argument<'_, SharedSecret>,
) -> PyResult<Bound<'py, PyString>> {
    let algorithm: Algorithm = alg.named("alg")?.parse().or_raise()?;
    let kind = ErrorKind::InvalidArgument;
    let (header, claims) = (to_text(header, "header", kind)?, to_text(claims, "claims", kind)?);
    let secret = secret.named("secret")?;
    let token = grantmint_core::sign(algorithm, &header, &claims, secret).or_raise()?;
    Ok(handed_over(py, token))
}

fn options(
    leeway: Option<Seconds<'_>>,
    now: Option<UnixSeconds<'_>>,
    algorithm: Text<'_>,
) -> PyResult<VerifyOptions> {
    let algorithm: Result<Algorithm, _> = algorithm.named("algorithm")?.parse();
    let algorithm = algorithm.map_err(|error: Error| error.with_argument("algorithm"));
    let mut options = VerifyOptions::new().algorithm(algorithm.or_raise()?);
    if let Some(time) = given(leeway, "leeway")? {
        if time.subsec_nanos() > 0 && time != Duration::MAX {
            let what = format!("must be whole seconds, not {}", plain(time.as_secs_f64()));
            return Err(invalid(ErrorKind::InvalidArgument, "leeway", what));
        }
        options = options.leeway(time.as_secs());
    }
    if let Some(now) = given(now, "now")? {
        options = options.now(now);
    }
    Ok(options)
}

/// A secret that two parties share: `bytes`, or `str` for its UTF-8.
pub(crate) struct SharedSecret;

impl Kind for SharedSecret {
    type Value<'a> = &'a [u8];

    const NEEDED: &'static str = "a str or bytes";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<&'a [u8]> {
        if value.is_instance_of::<PyBytes>() {
            return Ok(value.extract()?);
        }
        Ok(OfText::convert(value, name)?.as_bytes())
    }
}
