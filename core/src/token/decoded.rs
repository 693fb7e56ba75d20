//! Taking a token apart.

use std::fmt;
use std::mem;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::{TOKEN_MAX_BYTES, UNIX_SECONDS_MAX};
use crate::strict_json;
use crate::wiped::WipedString;

/// Takes a token apart without checking its signature or its times: for tools and for looking at
/// one's own tokens. To act on a token, use [`verify`](crate::verify).
///
/// # Errors
///
/// [`ErrorKind::TokenMalformed`] if it is over 128 KiB, is not three parts of canonical base64url,
/// or its header or claims are not a JSON object in which no name is repeated.
///
/// # Example: who is it for?
///
/// ```
/// use grantmint_core::decode;
///
/// let token = "eyJhbGciOiJIUzI1NiJ9.eyJncmFudHMiOnsiaWRlbnRpdHkiOiJhbGljZSJ9fQ.c2ln";
/// assert_eq!(decode(token)?.identity(), Some("alice"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn decode(token: &str) -> Result<Decoded> {
    let parts = Parts::split(token)?;
    let header = parts.header()?;
    parts.signature()?;
    Decoded::new(header, &parts)
}

/// The content of a token. Its `Debug` shows none of it.
#[derive(Clone, PartialEq)]
pub struct Decoded {
    header: Object,
    claims: Object,
}

impl Decoded {
    pub(super) fn new(header: Object, parts: &Parts<'_>) -> Result<Self> {
        Ok(Self { header, claims: Object::read("the payload", parts.claims)? })
    }

    /// The header, byte for byte.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.header.json
    }

    /// The claims, byte for byte.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        &self.claims.json
    }

    /// The members of the header.
    #[must_use]
    pub fn header(&self) -> &Map<String, Value> {
        &self.header.members
    }

    /// The members of the claims.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, VideoGrant, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let jwt = AccessToken::builder(&key, "alice").grant(VideoGrant::new().room("lobby")).build()?.to_jwt()?;
    /// let content = decode(&jwt)?;
    /// assert_eq!(content.claims()["iss"], key.key_sid().as_str());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims.members
    }

    /// The grants, with the identity among them.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, VideoGrant, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let jwt = AccessToken::builder(&key, "alice").grant(VideoGrant::new().room("lobby")).build()?.to_jwt()?;
    /// let content = decode(&jwt)?;
    /// let grants = content.grants().expect("an Access Token has grants");
    /// assert_eq!(grants["video"]["room"], "lobby");
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn grants(&self) -> Option<&Map<String, Value>> {
        self.claims().get("grants")?.as_object()
    }

    /// Whom the token is for, if that is a text.
    #[must_use]
    pub fn identity(&self) -> Option<&str> {
        self.grants()?.get("identity")?.as_str()
    }

    /// `iss`: the SID of the key that signed, in an Access Token.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.claims.text("iss")
    }

    /// `sub`: the SID of the account, in an Access Token.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.claims.text("sub")
    }

    /// `jti`: the token's own identifier.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.claims.text("jti")
    }

    /// `twr` of the header: the region.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.header.text("twr")
    }

    /// `iat` in Unix seconds.
    #[must_use]
    pub fn issued_at(&self) -> Option<u64> {
        self.time("iat").ok()?.map(|time| time.whole)
    }

    /// `nbf` in Unix seconds, a fraction rounded up.
    #[must_use]
    pub fn not_before(&self) -> Option<u64> {
        self.time("nbf").ok()?.map(Time::rounded_up)
    }

    /// `exp` in Unix seconds, a fraction dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, VideoGrant, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let jwt = AccessToken::builder(&key, "alice").grant(VideoGrant::new().room("lobby")).build()?.to_jwt()?;
    /// let content = decode(&jwt)?;
    /// let issued = content.issued_at().unwrap_or(0);
    /// assert_eq!(content.expires_at(), Some(issued + 3_600));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn expires_at(&self) -> Option<u64> {
        self.time("exp").ok()?.map(|time| time.whole)
    }

    /// A claim that is a point in time. The standard allows fractions, and the official Python
    /// library writes them if its ttl is one.
    pub(super) fn time(&self, name: &str) -> Result<Option<Time>> {
        let Some(value) = self.claims().get(name) else {
            return Ok(None);
        };
        let time = Time::of(value);
        time.map(Some).ok_or_else(|| {
            let message = format!("{name} is not a number of seconds from 0 to the year 9999");
            Error::new(ErrorKind::TokenClaims, message)
        })
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoded(..)")
    }
}

/// A point in time of a token.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) whole: u64,
    has_fraction: bool,
}

impl Time {
    fn of(value: &Value) -> Option<Self> {
        let time = match value.as_u64() {
            Some(whole) => Self { whole, has_fraction: false },
            None => Self::of_float(value.as_f64()?)?,
        };
        (time.whole <= UNIX_SECONDS_MAX).then_some(time)
    }

    #[allow(clippy::cast_possible_truncation, reason = "the range is checked, the rest dropped")]
    fn of_float(seconds: f64) -> Option<Self> {
        // The bound is exact in 53 bits. A number that is none is in no range.
        let valid = (0.0..=UNIX_SECONDS_MAX as f64).contains(&seconds);
        valid.then_some(Self { whole: seconds as u64, has_fraction: seconds.fract() > 0.0 })
    }

    pub(super) fn rounded_up(self) -> u64 {
        self.whole + u64::from(self.has_fraction)
    }
}

/// A header or claims: the text and what it says. Wiped on drop.
#[derive(Clone, PartialEq)]
pub(super) struct Object {
    json: WipedString,
    members: Map<String, Value>,
}

impl Object {
    fn read(what: &str, base64: &str) -> Result<Self> {
        let bytes = mem::take(&mut *decode_part(what, base64)?);
        let json = WipedString::from_utf8(bytes)
            .ok_or_else(|| malformed(&format!("{what} is not UTF-8")))?;
        let members =
            strict_json::object(&json).map_err(|why| malformed(&format!("{what} {why}")))?;
        Ok(Self { json, members })
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        wipe_members(&mut self.members);
    }
}

fn wipe_members(members: &mut Map<String, Value>) {
    for (name, mut value) in mem::take(members) {
        drop(WipedString::from(name));
        wipe_value(&mut value);
    }
}

fn wipe_value(value: &mut Value) {
    match value {
        Value::String(text) => drop(WipedString::from(mem::take(text))),
        Value::Array(values) => values.iter_mut().for_each(wipe_value),
        Value::Object(members) => wipe_members(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The three parts of a token, still encoded.
pub(super) struct Parts<'a> {
    /// What the signature is over: the header, a dot and the claims.
    pub(super) signed: &'a str,
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    /// Looks at sizes and dots only.
    pub(super) fn split(token: &'a str) -> Result<Self> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(malformed("the token is over 128 KiB"));
        }
        if token.starts_with("Bearer ") {
            let what = "must be the JWT alone, without \"Bearer \" before it";
            return Err(Error::of_argument(ErrorKind::TokenMalformed, "token", what));
        }
        let parts = token.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            (!claims.contains('.')).then_some(Self { signed, header, claims, signature })
        });
        parts.ok_or_else(|| malformed("the token does not have three parts"))
    }

    pub(super) fn header(&self) -> Result<Object> {
        Object::read("the header", self.header)
    }

    /// The bytes of the signature; none at all in a token that is not signed.
    pub(super) fn signature(&self) -> Result<Zeroizing<Vec<u8>>> {
        decode_part("the signature", self.signature)
    }
}

/// One spelling for each content: no padding, no white space, no stray bits in the last character.
fn decode_part(what: &str, base64: &str) -> Result<Zeroizing<Vec<u8>>> {
    // Also if it goes wrong half-way, it is wiped.
    let mut bytes = Zeroizing::new(vec![0; base64.len().div_ceil(4) * 3]);
    let len = BASE64_URL_SAFE_NO_PAD
        .decode_slice(base64, &mut bytes)
        .map_err(|_| malformed(&format!("{what} is not canonical base64url")))?;
    bytes.truncate(len);
    Ok(bytes)
}

pub(super) fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::TokenMalformed, message.to_owned())
}
