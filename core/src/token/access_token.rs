//! One token.

use std::fmt;

use super::claims::{Claims, ClaimsOptions, check_identity};
use super::grants::AccessTokenGrant;
use super::setters::token_setters;
use super::template::Template;
use super::warning::{Warning, advise};
use crate::clock::Clock;
use crate::credentials::ApiKey;
use crate::error::Result;

/// One Access Token: for whom, with what grants, for how long. It cannot be changed, and is
/// stamped with the time when it is turned into a JWT.
///
/// To mint for many, use a [`TokenMinter`](crate::TokenMinter): the same bytes, several times as
/// fast.
///
/// # Example: a token for one room
///
/// ```
/// use grantmint_core::{AccessToken, ApiKey, VideoGrant};
///
/// let key = ApiKey::new(
///     "AC00000000000000000000000000000001",
///     "SK00000000000000000000000000000002",
///     "the secret shown once in the console",
/// )?;
/// let token = AccessToken::builder(&key, "alice")
///     .grant(VideoGrant::new().room("DailyStandup"))
///     .ttl(14_400)
///     .build()?;
/// assert!(token.warnings().is_empty());
/// assert_eq!(token.to_jwt()?.matches('.').count(), 2);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub struct AccessToken {
    key: ApiKey,
    clock: Clock,
    identity: String,
    template: Template,
}

impl AccessToken {
    /// Starts with no grants, a ttl of an hour and Twilio's kind of `jti`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, VideoGrant};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let token = AccessToken::builder(&key, "alice").grant(VideoGrant::new()).build()?;
    /// assert!(token.warnings().is_empty());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn builder(key: &ApiKey, identity: &str) -> AccessTokenBuilder {
        AccessTokenBuilder {
            key: key.clone(),
            clock: Clock::system(),
            identity: identity.to_owned(),
            options: ClaimsOptions::default(),
        }
    }

    /// The signed token, issued now. With `unique` each call gives another `jti`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, VerifyOptions, verify};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let jwt = AccessToken::builder(&key, "alice").build()?.to_jwt()?;
    /// assert_eq!(verify(&jwt, &key, &VerifyOptions::new())?.identity(), Some("alice"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTtl`](crate::ErrorKind::InvalidTtl) if `valid_until` is not 1 to 86,400
    /// seconds away, [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if the token
    /// would end before its `nbf`.
    pub fn to_jwt(&self) -> Result<String> {
        self.template.stamp(self.clock.unix_seconds(), None)?.mint(&self.identity)
    }

    /// Advice on this token; empty for most.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let now = self.clock.unix_seconds();
        advise(&self.key, self.template.claims(), Some(&self.identity), now)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Collects what [`AccessToken`] needs; see [`AccessToken::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until built"]
pub struct AccessTokenBuilder {
    key: ApiKey,
    clock: Clock,
    identity: String,
    options: ClaimsOptions,
}

impl AccessTokenBuilder {
    token_setters!();

    /// The Unix second at which the token ends, 1 to 86,400 seconds after it is turned into a JWT.
    /// Excludes [`AccessTokenBuilder::ttl`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{AccessToken, ApiKey, ManualClock, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let clock = ManualClock::new(std::time::Duration::from_secs(1_900_000_000));
    /// let token = AccessToken::builder(&key, "alice").valid_until(1_900_000_060).clock(&clock).build()?;
    /// assert_eq!(decode(&token.to_jwt()?)?.expires_at(), Some(1_900_000_060));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn valid_until(mut self, unix_seconds: u64) -> Self {
        self.options.valid_until = Some(unix_seconds);
        self
    }

    /// Checks everything that does not depend on the time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidIdentity`](crate::ErrorKind::InvalidIdentity) for an identity that is
    /// empty, over 512 bytes, or over 128 characters with a video grant; otherwise as
    /// [`TokenMinterBuilder::build`](crate::TokenMinterBuilder::build).
    pub fn build(self) -> Result<AccessToken> {
        let claims = Claims::new(&self.options)?;
        check_identity(&self.identity, claims.identity_max_chars())?;
        let template = Template::new(&self.key, claims);
        Ok(AccessToken { key: self.key, clock: self.clock, identity: self.identity, template })
    }
}

impl fmt::Debug for AccessTokenBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenBuilder").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::ManualClock;
    use crate::error::ErrorKind;
    use crate::token::test_support::key;
    use crate::token::{VideoGrant, decode};

    fn clock(now: u64) -> Clock {
        Clock::from(&ManualClock::new(Duration::from_secs(now)))
    }

    #[test]
    fn a_fixed_end_is_checked_when_the_token_is_stamped() {
        let until = |now, end| {
            let token = AccessToken::builder(&key(), "alice").valid_until(end).clock(clock(now));
            token.build().unwrap().to_jwt()
        };
        let decoded = decode(&until(1_000_000, 1_086_400).unwrap()).unwrap();
        assert_eq!(decoded.expires_at(), Some(1_086_400));
        for end in [0, 999_999, 1_000_000, 1_086_401] {
            assert_eq!(until(1_000_000, end).unwrap_err().kind(), ErrorKind::InvalidTtl);
        }
    }

    #[test]
    fn a_fixed_end_comes_after_the_start() {
        let of = |nbf, end| {
            let token = AccessToken::builder(&key(), "alice").nbf(nbf).valid_until(end);
            token.clock(clock(1_000_000)).build()
        };
        assert!(of(1_000_099, 1_000_100).unwrap().to_jwt().is_ok());
        let refused = of(1_000_100, 1_000_100).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
        let text = "nbf (1000100) must lie before the token's end, valid_until (1000100)";
        assert_eq!(refused.message(), text);
        let late = AccessToken::builder(&key(), "alice").nbf(1_003_600).clock(clock(1_000_000));
        let refused = late.build().unwrap().to_jwt().unwrap_err();
        assert_eq!(
            refused.message(),
            "nbf (1003600) must lie before the token's end, now + ttl (1003600)"
        );
    }

    #[test]
    fn a_ttl_and_a_fixed_end_exclude_each_other() {
        let builder = || AccessToken::builder(&key(), "alice").clock(clock(1_000_000));
        let end = |builder: AccessTokenBuilder| {
            decode(&builder.build().unwrap().to_jwt().unwrap()).unwrap().expires_at()
        };
        assert_eq!(end(builder()), Some(1_003_600));
        assert_eq!(end(builder().ttl(60)), Some(1_000_060));
        assert_eq!(end(builder().valid_until(1_000_007)), Some(1_000_007));
        for both in [builder().ttl(60).valid_until(1), builder().valid_until(1).ttl(60)] {
            assert_eq!(both.build().unwrap_err().argument(), Some("ttl"));
        }
    }

    #[test]
    fn an_identity_is_checked_at_once() {
        let kind = |builder: AccessTokenBuilder| builder.build().unwrap_err().kind();
        let of = |identity: &str| AccessToken::builder(&key(), identity);
        assert_eq!(kind(of("")), ErrorKind::InvalidIdentity);
        assert_eq!(kind(of(&"a".repeat(513))), ErrorKind::InvalidIdentity);
        let long = "a".repeat(129);
        assert!(of(&long).build().is_ok());
        assert_eq!(kind(of(&long).grant(VideoGrant::new())), ErrorKind::InvalidIdentity);
    }

    #[test]
    fn debug_hides_the_identity() {
        let builder = AccessToken::builder(&key(), "hush-id");
        assert!(!format!("{builder:?}{:?}", builder.clone().build().unwrap()).contains("hush"));
    }
}
