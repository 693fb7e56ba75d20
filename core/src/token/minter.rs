//! Many tokens that differ in their identity alone.

use std::fmt;
use std::sync::Arc;

use arc_swap::Guard;

use super::claims::{Claims, ClaimsOptions};
use super::current::Current;
use super::grants::AccessTokenGrant;
use super::prefix::Prefix;
use super::setters::token_setters;
use super::template::Template;
use super::warning::{Warning, advise};
use crate::clock::Clock;
use crate::credentials::ApiKey;
use crate::error::Result;
use crate::wiped::WipedString;

/// Mints Access Tokens of one kind: the same key, grants and ttl, an identity for each.
///
/// Everything but the identity is checked, encoded and hashed once a second, not once a token. Any
/// number of threads may share one minter; they take no lock. For one token of another room or
/// lifetime, use an [`AccessToken`](crate::AccessToken). After a rotation of the key, make a new minter.
/// A clone mints the same kind of token, at the same cost.
///
/// # Example: one token for each who joins
///
/// ```
/// use grantmint_core::{ApiKey, TokenMinter, VideoGrant};
///
/// let key = ApiKey::new(
///     "AC00000000000000000000000000000001",
///     "SK00000000000000000000000000000002",
///     "the secret shown once in the console",
/// )?;
/// let rooms = TokenMinter::builder(&key)
///     .grant(VideoGrant::new().room("DailyStandup"))
///     .ttl(14_400)
///     .build()?;
/// let jwt = rooms.mint("alice")?;
/// assert_eq!(jwt.matches('.').count(), 2);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct TokenMinter {
    key: ApiKey,
    template: Arc<Template>,
    current: Current<Prefix>,
}

impl TokenMinter {
    /// Starts with no grants, a ttl of an hour and Twilio's kind of `jti`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter, ChatGrant};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let chats = TokenMinter::builder(&key)
    ///     .grant(ChatGrant::new().service_sid("IS00000000000000000000000000000003"))
    ///     .ttl(3_600)
    ///     .build()?;
    /// assert!(chats.warnings().is_empty());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn builder(key: &ApiKey) -> TokenMinterBuilder {
        TokenMinterBuilder {
            key: key.clone(),
            clock: Clock::system(),
            options: ClaimsOptions::default(),
        }
    }

    /// The token of one viewer, issued now. One allocation: the token itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let minter = TokenMinter::builder(&key).build()?;
    /// let jwt = minter.mint("alice")?;
    /// assert_eq!(decode(&jwt)?.identity(), Some("alice"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidIdentity`](crate::ErrorKind::InvalidIdentity) for an identity that is
    /// empty, over 512 bytes, or over 128 characters with a video grant;
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) while a token would end before
    /// its `nbf`.
    #[inline]
    pub fn mint(&self, identity: &str) -> Result<String> {
        self.prefix()?.mint(identity)
    }

    /// As [`TokenMinter::mint`], in place of what `out` holds, which is emptied first. No
    /// allocation once `out` is large enough; until then its old memory is wiped. After an error `out` is
    /// as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let minter = TokenMinter::builder(&key).build()?;
    /// let mut jwt = String::new();
    /// for identity in ["alice", "bob"] {
    ///     minter.mint_into(&mut jwt, identity)?;
    ///     assert!(jwt.starts_with("eyJ"));
    /// }
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`TokenMinter::mint`].
    #[inline]
    pub fn mint_into(&self, out: &mut String, identity: &str) -> Result<()> {
        self.prefix()?.mint_into(out, identity)
    }

    /// As [`TokenMinter::mint`], handing over the token in two parts, for hosts that put it where they
    /// want it: no other copy of it is made.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let minter = TokenMinter::builder(&key).build()?;
    /// let jwt = minter.mint_parts("alice", |parts| parts.concat())?;
    /// assert_eq!(jwt.matches('.').count(), 2);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`TokenMinter::mint`].
    #[inline]
    pub fn mint_parts<R>(&self, identity: &str, take: impl FnOnce([&str; 2]) -> R) -> Result<R> {
        self.prefix()?.mint_parts(identity, take)
    }

    /// One token for each identity, all issued in the same second; all of them or none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let minter = TokenMinter::builder(&key).build()?;
    /// assert_eq!(minter.mint_many(&["alice", "bob"])?.len(), 2);
    /// let error = minter.mint_many(&["alice", ""]).unwrap_err();
    /// assert_eq!(error.argument(), Some("identities[1]"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`TokenMinter::mint`], with the index in the message: `identities[3] …`.
    pub fn mint_many<S: AsRef<str>>(&self, identities: &[S]) -> Result<Vec<String>> {
        let prefix = self.prefix()?;
        let mint = |(index, identity): (usize, &S)| {
            let token = prefix.mint(identity.as_ref());
            token.map_err(|error| error.with_argument(&format!("identities[{index}]")))
        };
        // If one fails, those before it are wiped.
        let tokens = identities.iter().enumerate().map(|each| mint(each).map(WipedString::from));
        let tokens: Vec<WipedString> = tokens.collect::<Result<_>>()?;
        Ok(tokens.into_iter().map(WipedString::into_string).collect())
    }

    /// As [`TokenMinter::mint_many`], handing over each token in turn, for hosts that keep texts of
    /// their own kind. After an error those handed over are to be dropped.
    ///
    /// # Errors
    ///
    /// As [`TokenMinter::mint_many`].
    pub fn mint_each<S: AsRef<str>>(
        &self,
        identities: &[S],
        mut take: impl FnMut(&str),
    ) -> Result<()> {
        let (prefix, mut token) = (self.prefix()?, WipedString::new());
        for (index, identity) in identities.iter().enumerate() {
            let minted = prefix.mint_parts(identity.as_ref(), |parts| token.set(parts));
            minted.map_err(|error| error.with_argument(&format!("identities[{index}]")))?;
            take(&token);
        }
        Ok(())
    }

    /// The token of one viewer, issued at a Unix second of the caller's choice.
    ///
    /// Slower than [`TokenMinter::mint`] unless that second is the present one, as nothing is kept
    /// for others.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter, decode};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// # let minter = TokenMinter::builder(&key).build()?;
    /// let jwt = minter.mint_at("alice", 1_900_000_000)?;
    /// assert_eq!(decode(&jwt)?.issued_at(), Some(1_900_000_000));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`TokenMinter::mint`]; also
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a second after the
    /// year 9999.
    pub fn mint_at(&self, identity: &str, now: u64) -> Result<String> {
        let current = self.current.load();
        if current.second() == now {
            return current.mint(identity);
        }
        self.template.stamp(now, None)?.mint(identity)
    }

    /// Advice on this kind of token; empty for most.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::{ApiKey, TokenMinter, VoiceGrant, Warning};
    /// # let key = ApiKey::new(
    /// #     "AC00000000000000000000000000000001",
    /// #     "SK00000000000000000000000000000002",
    /// #     "the secret shown once in the console",
    /// # )?;
    /// let calls = TokenMinter::builder(&key).grant(VoiceGrant::new()).ttl(86_400).build()?;
    /// assert_eq!(calls.warnings(), [Warning::VoiceTtl]);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        advise(&self.key, self.template.claims(), None, self.current.clock().unix_seconds())
    }

    /// The prefix of the present second.
    #[inline]
    fn prefix(&self) -> Result<Guard<Arc<Prefix>>> {
        self.current.get(|now| self.template.stamp(now, None))
    }
}

impl fmt::Debug for TokenMinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenMinter").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Collects what [`TokenMinter`] needs; see [`TokenMinter::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until built"]
pub struct TokenMinterBuilder {
    key: ApiKey,
    clock: Clock,
    options: ClaimsOptions,
}

impl TokenMinterBuilder {
    token_setters!();

    /// Checks everything and prepares the minter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTtl`](crate::ErrorKind::InvalidTtl),
    /// [`ErrorKind::InvalidSid`](crate::ErrorKind::InvalidSid) for a malformed SID in a grant,
    /// [`ErrorKind::InvalidGrant`](crate::ErrorKind::InvalidGrant) for grants that are too many,
    /// too large or given twice, [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument)
    /// for a time after the year 9999.
    pub fn build(self) -> Result<TokenMinter> {
        let template = Arc::new(Template::new(&self.key, Claims::new(&self.options)?));
        // Tokens may be minted later that become valid before they end.
        let second = template.claims().first_second(self.clock.unix_seconds());
        let current = Current::new(self.clock, template.stamp(second, None)?);
        Ok(TokenMinter { key: self.key, template, current })
    }
}

impl fmt::Debug for TokenMinterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenMinterBuilder").field("key", &self.key).finish_non_exhaustive()
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

    const NOW: u64 = 1_700_000_000;

    fn minter() -> (TokenMinter, ManualClock) {
        let clock = ManualClock::new(Duration::from_secs(NOW));
        let builder = TokenMinter::builder(&key()).grant(VideoGrant::new().room("r"));
        (builder.clock(&clock).build().unwrap(), clock)
    }

    fn issued_at(token: &str) -> u64 {
        decode(token).unwrap().issued_at().unwrap()
    }

    #[test]
    fn tokens_follow_the_clock_and_the_prefix_follows_forward_only() {
        let (minter, clock) = minter();
        clock.advance(Duration::from_secs(10));
        assert_eq!(issued_at(&minter.mint("alice").unwrap()), NOW + 10);
        assert_eq!(minter.current.load().second(), NOW + 10);
        clock.jump_wall(-2.0);
        assert_eq!(issued_at(&minter.mint("alice").unwrap()), NOW + 8);
        assert_eq!(minter.current.load().second(), NOW + 10);
        clock.jump_wall(-3600.0);
        assert_eq!(issued_at(&minter.mint("alice").unwrap()), NOW - 3592);
        assert_eq!(minter.current.load().second(), NOW - 3592);
    }

    #[test]
    fn another_second_is_computed_without_being_published() {
        let (minter, clock) = minter();
        let later = minter.mint_at("alice", NOW + 99).unwrap();
        assert_eq!(issued_at(&later), NOW + 99);
        assert_eq!(minter.current.load().second(), NOW);
        clock.advance(Duration::from_secs(99));
        assert_eq!(minter.mint("alice").unwrap(), later);
        assert_eq!(minter.mint_at("alice", NOW + 99).unwrap(), later);
        let error = minter.mint_at("alice", u64::MAX).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_token_that_ends_before_it_becomes_valid_is_not_minted() {
        let clock = ManualClock::new(Duration::from_secs(NOW));
        let builder = TokenMinter::builder(&key()).ttl(60).nbf(NOW + 100).clock(&clock);
        let minter = builder.build().unwrap();
        for _ in 0..2 {
            let refused = minter.mint("alice").unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
            let text = format!(
                "nbf ({}) must lie before the token's end, now + ttl ({})",
                NOW + 100,
                NOW + 60
            );
            assert_eq!(refused.message(), text);
        }
        assert!(minter.mint_at("alice", NOW + 40).is_err());
        assert!(minter.mint_at("alice", NOW + 41).is_ok());
        clock.advance(Duration::from_secs(41));
        let token = decode(&minter.mint("alice").unwrap()).unwrap();
        assert_eq!((token.not_before(), token.expires_at()), (Some(NOW + 100), Some(NOW + 101)));
    }

    #[test]
    fn many_are_minted_together_or_not_at_all() {
        let (minter, _) = minter();
        let tokens = minter.mint_many(&["alice", "bob"]).unwrap();
        assert_eq!(tokens, [minter.mint("alice").unwrap(), minter.mint("bob").unwrap()]);
        let mut each = Vec::new();
        minter.mint_each(&["alice", "bob"], |token| each.push(token.to_owned())).unwrap();
        assert_eq!(each, tokens);
        assert!(minter.mint_many::<&str>(&[]).unwrap().is_empty());
        let error = minter.mint_many(&["alice", "bob", &"x".repeat(129)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidIdentity);
        assert!(error.message().starts_with("identities[2] is over "));
    }

    #[test]
    fn debug_hides_all_but_the_key() {
        let (minter, _) = minter();
        let shown = format!("{minter:?}");
        assert!(shown.contains("SK0") && !shown.contains("hush"));
    }
}
