//! Advice: what is not wrong by itself, but known to end in trouble.

use std::fmt;

use super::claims::Claims;
use crate::credentials::ApiKey;
use crate::limits::{SECRET_ADVISED_BYTES, VOICE_IDENTITY_MAX_CHARS, VOICE_TTL_MAX};

/// The only region whose keys sign for Programmable Video.
const VIDEO_REGION: &str = "us1";

/// A word of advice on a token that is minted all the same.
///
/// # Example: a name that Voice does not take
///
/// ```
/// use grantmint_core::{AccessToken, ApiKey, VoiceGrant, Warning};
///
/// let key = ApiKey::new(
///     "AC00000000000000000000000000000001",
///     "SK00000000000000000000000000000002",
///     "the secret shown once in the console",
/// )?;
/// let token = AccessToken::builder(&key, "alice@home").grant(VoiceGrant::new()).build()?;
/// assert_eq!(token.warnings(), [Warning::VoiceIdentity]);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// A voice identity with other characters than letters, digits and underscores.
    VoiceIdentity,
    /// A voice identity of over 121 characters.
    VoiceIdentityLength,
    /// A voice grant on a token that lives a full day.
    VoiceTtl,
    /// A voice grant with parameters for an application, but without the application.
    VoiceParams,
    /// A video grant under a key of another region than `us1`.
    VideoRegion,
    /// A secret shorter than the hash.
    ShortSecret,
}

impl Warning {
    /// A stable name, in lower snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::VoiceIdentity => "voice_identity",
            Self::VoiceIdentityLength => "voice_identity_length",
            Self::VoiceTtl => "voice_ttl",
            Self::VoiceParams => "voice_params",
            Self::VideoRegion => "video_region",
            Self::ShortSecret => "short_secret",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::VoiceIdentity => {
                "Voice takes identities of ASCII letters, digits and underscores only"
            }
            Self::VoiceParams => {
                "outgoing_application_params are left out without outgoing_application_sid"
            }
            Self::VoiceIdentityLength => "Voice takes identities of at most 121 characters",
            Self::VoiceTtl => "Voice may refuse a ttl of 86,400 seconds; keep to 86,399",
            Self::VideoRegion => "Programmable Video takes tokens signed with a us1 key only",
            Self::ShortSecret => "a secret under 32 bytes is weaker than the signature it makes",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

/// All advice on a kind of token, and on an identity if it is known.
pub(super) fn advise(
    key: &ApiKey,
    claims: &Claims,
    identity: Option<&str>,
    now: u64,
) -> Vec<Warning> {
    let ttl = claims.lifetime.end(now).map_or(0, |end| end - now);
    let odd = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'_';
    let odd_identity = identity.is_some_and(|identity| identity.bytes().any(odd));
    let long = |identity: &str| identity.chars().count() > VOICE_IDENTITY_MAX_CHARS;
    let long_identity = identity.is_some_and(long);
    let other_region = key.region().is_some_and(|region| region != VIDEO_REGION);
    let found = [
        (Warning::VoiceIdentity, claims.has_voice && odd_identity),
        (Warning::VoiceIdentityLength, claims.has_voice && long_identity),
        (Warning::VoiceTtl, claims.has_voice && ttl > VOICE_TTL_MAX),
        (Warning::VoiceParams, claims.drops_params),
        (Warning::VideoRegion, claims.has_video && other_region),
        (Warning::ShortSecret, key.secret().expose().len() < SECRET_ADVISED_BYTES),
    ];
    found.into_iter().filter_map(|(warning, holds)| holds.then_some(warning)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::claims::ClaimsOptions;
    use crate::token::test_support::{ACCOUNT, KEY, key};
    use crate::token::{VideoGrant, VoiceGrant};

    #[test]
    fn each_has_its_cause() {
        let claims = |ttl| {
            let grants = vec![VideoGrant::new().into(), VoiceGrant::new().into()];
            let ttl = Some(ttl);
            Claims::new(&ClaimsOptions { grants, ttl, ..ClaimsOptions::default() }).unwrap()
        };
        let good = claims(86_399);
        assert_eq!(advise(&key(), &good, Some("al_1ce"), 0), []);
        assert_eq!(advise(&key(), &good, None, 0), []);
        for odd in ["a b", "å", "a-b"] {
            assert_eq!(advise(&key(), &good, Some(odd), 0), [Warning::VoiceIdentity]);
        }
        assert_eq!(advise(&key(), &good, Some(&"a".repeat(121)), 0), []);
        let long = "a".repeat(122);
        assert_eq!(advise(&key(), &good, Some(&long), 0), [Warning::VoiceIdentityLength]);
        assert_eq!(advise(&key(), &claims(86_400), None, 0), [Warning::VoiceTtl]);
        let (us, ie) = (key().with_region("us1").unwrap(), key().with_region("ie1").unwrap());
        assert_eq!(advise(&us, &good, None, 0), []);
        assert_eq!(advise(&ie, &good, None, 0), [Warning::VideoRegion]);
        let short = ApiKey::new(ACCOUNT, KEY, &"s".repeat(31)).unwrap();
        assert_eq!(advise(&short, &good, None, 0), [Warning::ShortSecret]);
    }
}
