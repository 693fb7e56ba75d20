//! Taking a token apart.

use std::fmt;

use serde_json::{Map, Value};

use super::parts::{Object, Parts, Time};
use crate::error::Result;

/// Takes a token apart without checking its signature or its times: for tools and for looking at
/// one's own tokens. To act on a token, use [`verify`](crate::verify).
///
/// # Errors
///
/// [`TokenMalformed`](crate::ErrorKind::TokenMalformed) if it is over 128 KiB, is not three parts of canonical base64url,
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
    Ok(Decoded::of(header, parts.claims()?))
}

/// The content of a token. Its `Debug` shows none of it.
#[derive(Clone, PartialEq)]
pub struct Decoded {
    header: Object,
    claims: Object,
}

impl Decoded {
    /// What was read before, put together.
    pub(crate) fn of(header: Object, claims: Object) -> Self {
        Self { header, claims }
    }

    /// The header, byte for byte.
    #[must_use]
    pub fn header_json(&self) -> &str {
        self.header.json()
    }

    /// The claims, byte for byte.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        self.claims.json()
    }

    /// The members of the header.
    #[must_use]
    pub fn header(&self) -> &Map<String, Value> {
        self.header.members()
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
        self.claims.members()
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

    fn time(&self, name: &str) -> Result<Option<Time>> {
        self.claims.time(name)
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoded(..)")
    }
}
