//! Advice: what is not wrong by itself, but known to end in trouble.

use std::fmt;

use super::claims::Claims;
use crate::credentials::ApiKey;
use crate::finding::FindingKind;
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
    /// A token over 4 KiB.
    TokenLong,
    /// A token of Zoom's Video SDK of the shortest lifetime that is allowed.
    ZoomTtl,
    /// A session name of Zoom's Video SDK of over 150 characters.
    ZoomTopicLong,
    /// A Jitsi room with other capitals than A to Z.
    JitsiRoomCase,
}

impl Warning {
    /// The same as it is found in a token that is examined.
    #[must_use]
    pub const fn kind(self) -> FindingKind {
        match self {
            Self::VoiceIdentity => FindingKind::VoiceIdentity,
            Self::VoiceIdentityLength => FindingKind::VoiceIdentityLength,
            Self::VoiceTtl => FindingKind::VoiceTtl,
            Self::VoiceParams => FindingKind::VoiceParams,
            Self::VideoRegion => FindingKind::VideoRegion,
            Self::ShortSecret => FindingKind::ShortSecret,
            Self::TokenLong => FindingKind::TokenLong,
            Self::ZoomTtl => FindingKind::ZoomTtl,
            Self::ZoomTopicLong => FindingKind::ZoomTopicLong,
            Self::JitsiRoomCase => FindingKind::JitsiRoomCase,
        }
    }

    /// A stable name, in lower snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.kind().code()
    }

    /// What to do about it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.kind().meaning()
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
    let found = [
        (Warning::VoiceIdentity, claims.has_voice && identity.is_some_and(has_other_characters)),
        (Warning::VoiceIdentityLength, claims.has_voice && identity.is_some_and(is_long_for_voice)),
        (Warning::VoiceTtl, claims.has_voice && is_long_ttl_for_voice(ttl)),
        (Warning::VoiceParams, claims.drops_params),
        (Warning::VideoRegion, claims.has_video && key.region().is_some_and(is_no_region_of_video)),
        (Warning::ShortSecret, has_short_secret(key)),
    ];
    found.into_iter().filter_map(|(warning, holds)| holds.then_some(warning)).collect()
}

/// Whether Voice does not take the identity for its characters.
pub(crate) fn has_other_characters(identity: &str) -> bool {
    identity.bytes().any(|byte| !byte.is_ascii_alphanumeric() && byte != b'_')
}

/// Whether Voice does not take the identity for its length.
pub(crate) fn is_long_for_voice(identity: &str) -> bool {
    identity.chars().count() > VOICE_IDENTITY_MAX_CHARS
}

/// Whether Voice may refuse so many seconds.
pub(crate) fn is_long_ttl_for_voice(ttl: u64) -> bool {
    ttl > VOICE_TTL_MAX
}

/// Whether keys of the region do not sign for Programmable Video.
pub(crate) fn is_no_region_of_video(region: &str) -> bool {
    region != VIDEO_REGION
}

/// Whether the key's secret is shorter than the hash.
pub(crate) fn has_short_secret(key: &ApiKey) -> bool {
    key.secret().expose().len() < SECRET_ADVISED_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::claims::ClaimsOptions;
    use crate::token::test_support::{ACCOUNT, KEY, key};
    use crate::token::{VideoGrant, VoiceGrant};

    const NOW: u64 = 1_700_000_000;

    #[test]
    fn each_has_its_cause() {
        let claims = |ttl| {
            let grants = vec![VideoGrant::new().into(), VoiceGrant::new().into()];
            let ttl = Some(ttl);
            Claims::new(&ClaimsOptions { grants, ttl, ..ClaimsOptions::default() }).unwrap()
        };
        let good = claims(86_399);
        assert_eq!(advise(&key(), &good, Some("al_1ce"), NOW), []);
        assert_eq!(advise(&key(), &good, None, NOW), []);
        for odd in ["a b", "å", "a-b"] {
            assert_eq!(advise(&key(), &good, Some(odd), NOW), [Warning::VoiceIdentity]);
        }
        assert_eq!(advise(&key(), &good, Some(&"a".repeat(121)), NOW), []);
        let long = "a".repeat(122);
        assert_eq!(advise(&key(), &good, Some(&long), NOW), [Warning::VoiceIdentityLength]);
        assert_eq!(advise(&key(), &claims(86_400), None, NOW), [Warning::VoiceTtl]);
        let (us, ie) = (key().with_region("us1").unwrap(), key().with_region("ie1").unwrap());
        assert_eq!(advise(&us, &good, None, NOW), []);
        assert_eq!(advise(&ie, &good, None, NOW), [Warning::VideoRegion]);
        let short = ApiKey::new(ACCOUNT, KEY, &"s".repeat(31)).unwrap();
        assert_eq!(advise(&short, &good, None, NOW), [Warning::ShortSecret]);
    }
}
