//! The API key that signs tokens and fetches grants.

use std::env;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::sid::{Sid, SidKind};

/// A longer secret is a mistake; Twilio's have 32 characters.
const SECRET_MAX_BYTES: usize = 4096;
/// Longer than any region name, such as `us1`.
const REGION_MAX_BYTES: usize = 32;

/// A validated API key. Cheap to clone; the secret is wiped when the last clone is dropped and is
/// never shown.
///
/// # Example: a key from its three values
///
/// ```
/// use grantmint_core::ApiKey;
///
/// let key = ApiKey::new(
///     "AC00000000000000000000000000000001",
///     "SK00000000000000000000000000000002",
///     "the secret shown once in the console",
/// )?;
/// assert!(!format!("{key:?}").contains("console"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey(Arc<Inner>);

struct Inner {
    account_sid: Sid,
    key_sid: Sid,
    secret: Arc<Secret>,
    region: Option<Box<str>>,
}

impl ApiKey {
    /// A key from the account's SID (`AC…`), the key's SID (`SK…`) and its secret of 1 to 4,096 bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`] for a malformed SID, [`ErrorKind::InvalidCredentials`] for swapped
    /// SIDs, and for a secret that is empty or too long.
    pub fn new(account_sid: &str, key_sid: &str, secret: &str) -> Result<Self> {
        refuse_swapped(account_sid, key_sid)?;
        let account_sid = Sid::parse(SidKind::Account, "account_sid", account_sid)?;
        let key_sid = Sid::parse(SidKind::Key, "key_sid", key_sid)?;
        check_secret(secret)?;
        let secret = Arc::new(Secret::new(secret.as_bytes()));
        Ok(Self(Arc::new(Inner { account_sid, key_sid, secret, region: None })))
    }

    /// The same key for another region of Twilio, which every token then names in its header.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::ApiKey;
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// assert_eq!(key.with_region("ie1")?.region(), Some("ie1"));
    /// assert_eq!(key.region(), None);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] unless the region is 1 to 32 lower-case letters, digits and
    /// hyphens, such as `ie1`.
    pub fn with_region(&self, region: &str) -> Result<Self> {
        if !is_region(region) {
            let what = "must be a name such as us1, ie1 or au1";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "region", what));
        }
        Ok(Self(Arc::new(Inner {
            account_sid: self.0.account_sid,
            key_sid: self.0.key_sid,
            secret: Arc::clone(&self.0.secret),
            region: Some(region.into()),
        })))
    }

    /// A key from the environment variables `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY` and
    /// `TWILIO_API_SECRET`.
    ///
    /// # Examples
    ///
    /// ```
    /// use grantmint_core::ApiKey;
    ///
    /// match ApiKey::from_env() {
    ///     Ok(key) => println!("signing with {}", key.key_sid()),
    ///     Err(error) => println!("{error}"), // such as: TWILIO_API_KEY is missing, …
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCredentials`] names a variable that is missing, empty or not UTF-8;
    /// otherwise as [`ApiKey::new`].
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name| env::var(name).ok())
    }

    /// As [`ApiKey::from_env`], from any look-up of a variable by its name.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use grantmint_core::ApiKey;
    ///
    /// let settings = HashMap::from([
    ///     ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"),
    ///     ("TWILIO_API_KEY", "SK00000000000000000000000000000002"),
    ///     ("TWILIO_API_SECRET", "the secret shown once in the console"),
    /// ]);
    /// let key = ApiKey::from_lookup(|name| settings.get(name).map(|text| text.to_string()))?;
    /// assert_eq!(key.account_sid().as_str(), settings["TWILIO_ACCOUNT_SID"]);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`ApiKey::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let need = |name: &str| {
            lookup(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                let what = "is missing, empty or not UTF-8 in the environment";
                Error::of_argument(ErrorKind::InvalidCredentials, name, what)
            })
        };
        let (account_sid, key_sid) = (need("TWILIO_ACCOUNT_SID")?, need("TWILIO_API_KEY")?);
        let secret = zeroize::Zeroizing::new(need("TWILIO_API_SECRET")?);
        Self::new(&account_sid, &key_sid, &secret)
    }

    /// The SID of the account, `AC…`: the subject of every token.
    #[must_use]
    pub fn account_sid(&self) -> &Sid {
        &self.0.account_sid
    }

    /// The SID of the key, `SK…`: the issuer of every token.
    #[must_use]
    pub fn key_sid(&self) -> &Sid {
        &self.0.key_sid
    }

    /// The region that tokens name in their header, if any.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }
}

/// Whether a text can be the name of a region.
pub(crate) fn is_region(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=REGION_MAX_BYTES).contains(&text.len()) && text.bytes().all(known)
}

fn refuse_swapped(account_sid: &str, key_sid: &str) -> Result<()> {
    let swapped = |argument: &str, found: &str, other: &str| {
        let what = format!("starts with {found}: that is {other}; are the arguments swapped?");
        Error::of_argument(ErrorKind::InvalidCredentials, argument, what)
    };
    if account_sid.starts_with("SK") {
        return Err(swapped("account_sid", "SK", "an API key's SID"));
    }
    if key_sid.starts_with("AC") {
        return Err(swapped("key_sid", "AC", "an account's SID"));
    }
    Ok(())
}

fn check_secret(secret: &str) -> Result<()> {
    let invalid = |what| Err(Error::of_argument(ErrorKind::InvalidCredentials, "secret", what));
    match secret.len() {
        0 => invalid("must not be empty: is TWILIO_API_SECRET set?"),
        1..=SECRET_MAX_BYTES => Ok(()),
        _ => invalid("is over 4,096 bytes"),
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("account_sid", &self.0.account_sid)
            .field("key_sid", &self.0.key_sid)
            .field("secret", &self.0.secret)
            .field("region", &self.0.region)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "AC00000000000000000000000000000001";
    const KEY: &str = "SK00000000000000000000000000000002";

    fn kind(account: &str, key: &str, secret: &str) -> ErrorKind {
        ApiKey::new(account, key, secret).unwrap_err().kind()
    }

    #[test]
    fn each_mistake_has_its_own_kind() {
        assert_eq!(kind(KEY, ACCOUNT, "s"), ErrorKind::InvalidCredentials);
        assert_eq!(kind(KEY, KEY, "s"), ErrorKind::InvalidCredentials);
        assert_eq!(kind(ACCOUNT, ACCOUNT, "s"), ErrorKind::InvalidCredentials);
        assert_eq!(kind(ACCOUNT, KEY, ""), ErrorKind::InvalidCredentials);
        assert_eq!(kind(ACCOUNT, KEY, &"s".repeat(4097)), ErrorKind::InvalidCredentials);
        assert_eq!(kind("AC1", KEY, "s"), ErrorKind::InvalidSid);
        assert_eq!(kind(ACCOUNT, "XX1", "s"), ErrorKind::InvalidSid);
    }

    #[test]
    fn a_missing_variable_is_named() {
        for missing in ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"] {
            let lookup = |name: &str| match name {
                _ if name == missing => None,
                "TWILIO_ACCOUNT_SID" => Some(ACCOUNT.to_owned()),
                "TWILIO_API_KEY" => Some(KEY.to_owned()),
                _ => Some("hush".to_owned()),
            };
            let error = ApiKey::from_lookup(lookup).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
            assert!(error.message().contains(missing));
            assert!(!error.message().contains("hush"));
        }
    }

    #[test]
    fn the_region_is_checked() {
        let key = ApiKey::new(ACCOUNT, KEY, "hush").unwrap();
        assert_eq!(key.with_region("ie1").unwrap().region(), Some("ie1"));
        for wrong in ["", "US1", "us1\"", "us 1", &"a".repeat(33)] {
            assert_eq!(key.with_region(wrong).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    }

    #[test]
    fn debug_hides_the_secret() {
        let shown = format!("{:?}", ApiKey::new(ACCOUNT, KEY, "hush-hush").unwrap());
        assert!(shown.contains(KEY) && !shown.contains("hush"));
    }
}
