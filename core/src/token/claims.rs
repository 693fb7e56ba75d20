//! What goes into a token, checked before anything is signed.

use super::grants::{AccessTokenGrant, PlaybackGrant, VideoGrant, VoiceGrant, write_json_string};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{
    GRANTS_JSON_MAX_BYTES, GRANTS_MAX, IDENTITY_MAX_BYTES, TTL_DEFAULT, TTL_MAX, TTL_MIN,
    UNIX_SECONDS_MAX, VIDEO_IDENTITY_MAX_CHARS,
};
use crate::wiped::WipedString;

/// When a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// So many seconds after it is minted.
    Ttl(u64),
    /// At a fixed Unix second.
    Until(u64),
}

impl Lifetime {
    fn checked(self) -> Result<Self> {
        match self {
            Self::Ttl(ttl) => check_ttl(ttl)?,
            Self::Until(end) => check_unix_seconds("valid_until", end)?,
        }
        Ok(self)
    }

    /// The `exp` of a token minted at `now`.
    pub(super) fn end(self, now: u64) -> Result<u64> {
        match self {
            Self::Ttl(ttl) => Ok(now + ttl),
            Self::Until(end) => {
                let left = end.checked_sub(now).filter(|left| check_ttl(*left).is_ok());
                let what = "must lie 1 to 86,400 seconds after now";
                let invalid = || Error::of_argument(ErrorKind::InvalidTtl, "valid_until", what);
                left.map(|_| end).ok_or_else(invalid)
            }
        }
    }
}

/// Everything about a token but its key, its identity and its time.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClaimsOptions {
    pub(crate) grants: Vec<AccessTokenGrant>,
    pub(crate) ttl: Option<u64>,
    pub(crate) valid_until: Option<u64>,
    pub(crate) nbf: Option<u64>,
    /// Whether each token has a `jti` of its own.
    pub(crate) unique: bool,
    /// Whether a playback grant is handed over with each stamp, beside `grants`.
    pub(crate) with_player: bool,
}

impl ClaimsOptions {
    fn lifetime(&self) -> Result<Lifetime> {
        match (self.ttl, self.valid_until) {
            (Some(_), Some(_)) => {
                let what = "excludes valid_until: give one of the two";
                Err(Error::of_argument(ErrorKind::InvalidTtl, "ttl", what))
            }
            (None, Some(end)) => Lifetime::Until(end).checked(),
            (ttl, None) => Lifetime::Ttl(ttl.unwrap_or(TTL_DEFAULT)).checked(),
        }
    }
}

/// Options that have been checked, their grants written out.
#[derive(Clone)]
pub(crate) struct Claims {
    /// Each grant with its key and a comma after it: the identity always follows.
    pub(super) grants_json: WipedString,
    pub(super) lifetime: Lifetime,
    pub(super) nbf: Option<u64>,
    pub(super) unique: bool,
    pub(super) with_player: bool,
    pub(super) has_video: bool,
    pub(super) has_voice: bool,
    /// Whether a voice grant has parameters that are left out.
    pub(super) drops_params: bool,
}

impl Claims {
    /// Checks all there is to check without an identity and a time.
    pub(crate) fn new(options: &ClaimsOptions) -> Result<Self> {
        let lifetime = options.lifetime()?;
        options.nbf.map_or(Ok(()), |nbf| check_unix_seconds("nbf", nbf))?;
        if let (Some(nbf), Lifetime::Until(end)) = (options.nbf, lifetime) {
            check_nbf(nbf, end, "valid_until")?;
        }
        check_keys(options)?;
        let has = |key| options.grants.iter().any(|grant| grant.key() == key);
        Ok(Self {
            grants_json: write_grants(&options.grants)?,
            lifetime,
            nbf: options.nbf,
            unique: options.unique,
            with_player: options.with_player,
            has_video: has(VideoGrant::KEY),
            has_voice: has(VoiceGrant::KEY),
            drops_params: options.grants.iter().any(drops_params),
        })
    }

    /// The `exp` of a token minted at `now`, which must come after its `nbf`.
    pub(super) fn end(&self, now: u64) -> Result<u64> {
        let end = self.lifetime.end(now)?;
        match (self.nbf, self.lifetime) {
            (Some(nbf), Lifetime::Ttl(_)) => check_nbf(nbf, end, "now + ttl").map(|()| end),
            _ => Ok(end),
        }
    }

    /// The first second in which a token can be minted that becomes valid before it ends, if that is
    /// not sooner than `now`.
    pub(super) fn first_second(&self, now: u64) -> u64 {
        match (self.nbf, self.lifetime) {
            (Some(nbf), Lifetime::Ttl(ttl)) => now.max((nbf + 1).saturating_sub(ttl)),
            _ => now,
        }
    }

    /// Checks an identity that tokens with these claims are to have.
    pub(crate) fn check_identity(&self, identity: &str) -> Result<()> {
        check_identity(identity, self.identity_max_chars())
    }

    /// The longest identity in characters, where the grants set a limit to it.
    pub(super) fn identity_max_chars(&self) -> usize {
        if self.has_video { VIDEO_IDENTITY_MAX_CHARS } else { usize::MAX }
    }
}

/// Checks an identity. Called for every token, so the usual case is two comparisons.
#[inline]
pub(crate) fn check_identity(identity: &str, max_chars: usize) -> Result<()> {
    let bytes = identity.len();
    if bytes == 0 || bytes > IDENTITY_MAX_BYTES || (bytes > max_chars && over(identity, max_chars))
    {
        return Err(identity_error(identity));
    }
    Ok(())
}

fn over(identity: &str, max_chars: usize) -> bool {
    identity.chars().count() > max_chars
}

#[cold]
fn identity_error(identity: &str) -> Error {
    let what = match identity.len() {
        0 => "must not be empty",
        long if long > IDENTITY_MAX_BYTES => "is over 512 bytes",
        _ => "is over 128 characters, the most with a video grant",
    };
    Error::of_argument(ErrorKind::InvalidIdentity, "identity", what)
}

/// Checks a point in time that the caller gives.
pub(crate) fn check_unix_seconds(argument: &str, seconds: u64) -> Result<()> {
    if seconds <= UNIX_SECONDS_MAX {
        return Ok(());
    }
    let what = "lies after the year 9999: is it in milliseconds?";
    Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
}

/// A token that ends before it becomes valid is never valid.
pub(crate) fn check_nbf(nbf: u64, end: u64, which: &str) -> Result<()> {
    if nbf < end {
        return Ok(());
    }
    let what = format!("({nbf}) must lie before the token's end, {which} ({end})");
    Err(Error::of_argument(ErrorKind::InvalidArgument, "nbf", what))
}

fn check_ttl(ttl: u64) -> Result<()> {
    if (TTL_MIN..=TTL_MAX).contains(&ttl) {
        return Ok(());
    }
    let what = format!("must be 1 to 86,400 seconds, not {ttl}");
    Err(Error::of_argument(ErrorKind::InvalidTtl, "ttl", what))
}

fn check_keys(options: &ClaimsOptions) -> Result<()> {
    let invalid = |argument: &str, what: &str| {
        Err(Error::of_argument(ErrorKind::InvalidGrant, argument, what))
    };
    let keys: Vec<&str> = options.grants.iter().map(AccessTokenGrant::key).collect();
    if keys.len() + usize::from(options.with_player) > GRANTS_MAX {
        return invalid("grants", "must be at most 16 in one token");
    }
    for (index, key) in keys.iter().enumerate() {
        if options.with_player && *key == PlaybackGrant::KEY {
            let what = "is a playback grant, which the minter adds itself";
            return invalid(&format!("grants[{index}]"), what);
        }
        if let Some(other) = keys[..index].iter().position(|other| other == key) {
            let what =
                format!("is {key} again, as grants[{other}]; a token holds one of each kind");
            return invalid(&format!("grants[{index}]"), &what);
        }
    }
    Ok(())
}

fn write_grants(grants: &[AccessTokenGrant]) -> Result<WipedString> {
    let mut out = WipedString::new();
    for grant in grants {
        write_json_string(&mut out, grant.key());
        out.push(':');
        grant.write(&mut out)?;
        out.push(',');
    }
    check_grants_size(out.len())?;
    Ok(out)
}

fn drops_params(grant: &AccessTokenGrant) -> bool {
    matches!(grant, AccessTokenGrant::Voice(voice) if voice.drops_params())
}

/// All grants together are bounded as each of them is, so that no token is too large to verify.
pub(super) fn check_grants_size(bytes: usize) -> Result<()> {
    if bytes <= GRANTS_JSON_MAX_BYTES {
        return Ok(());
    }
    Err(Error::of_argument(ErrorKind::InvalidGrant, "grants", "must be at most 64 KiB of JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;
    use crate::token::{ChatGrant, CustomGrant};

    fn kind(options: ClaimsOptions) -> ErrorKind {
        Claims::new(&options).err().unwrap().kind()
    }

    #[test]
    fn a_token_lives_a_second_to_a_day() {
        for (ttl, valid) in [(0, false), (1, true), (86_400, true), (86_401, false)] {
            let options = ClaimsOptions { ttl: Some(ttl), ..ClaimsOptions::default() };
            assert_eq!(Claims::new(&options).is_ok(), valid);
        }
        let until = Lifetime::Until(1000);
        assert_eq!(until.end(999).unwrap(), 1000);
        for now in [1000, 1001, 2000] {
            assert_eq!(until.end(now).unwrap_err().kind(), ErrorKind::InvalidTtl);
        }
        assert_eq!(Lifetime::Until(90_000).end(3_599).unwrap_err().kind(), ErrorKind::InvalidTtl);
        assert_eq!(Lifetime::Until(90_000).end(3_600).unwrap(), 90_000);
    }

    #[test]
    fn times_in_milliseconds_are_noticed() {
        let late = UNIX_SECONDS_MAX + 1;
        let nbf = ClaimsOptions { nbf: Some(late), ..ClaimsOptions::default() };
        assert_eq!(kind(nbf), ErrorKind::InvalidArgument);
        let until = ClaimsOptions { valid_until: Some(late), ..ClaimsOptions::default() };
        assert_eq!(kind(until), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_key_stands_once_and_grants_are_bounded() {
        let with = |grants| ClaimsOptions { grants, ..ClaimsOptions::default() };
        let custom = |key: String, bytes: usize| {
            let json = Json::parse(&format!("\"{}\"", "x".repeat(bytes))).unwrap();
            AccessTokenGrant::from(CustomGrant::new(key, json).unwrap())
        };
        let video = || AccessTokenGrant::from(VideoGrant::new());
        assert_eq!(kind(with(vec![video(), video()])), ErrorKind::InvalidGrant);
        assert_eq!(kind(with(vec![video(), custom("video".into(), 1)])), ErrorKind::InvalidGrant);
        let many = |n: usize| (0..n).map(|i| custom(format!("k{i}"), 1)).collect();
        assert!(Claims::new(&with(many(16))).is_ok());
        assert_eq!(kind(with(many(17))), ErrorKind::InvalidGrant);
        let large = vec![custom("a".into(), 40_000), custom("b".into(), 40_000)];
        assert_eq!(kind(with(large)), ErrorKind::InvalidGrant);
        let player = vec![custom("player".into(), 1), ChatGrant::new().into()];
        let with_player = ClaimsOptions { with_player: true, ..with(player) };
        assert_eq!(kind(with_player), ErrorKind::InvalidGrant);
    }

    #[test]
    fn an_identity_is_bounded_in_bytes_and_beside_video_in_characters() {
        let refused = |identity: &str, max| {
            check_identity(identity, max).is_err_and(|e| e.kind() == ErrorKind::InvalidIdentity)
        };
        assert!(refused("", usize::MAX));
        assert!(!refused(&"a".repeat(512), usize::MAX));
        assert!(refused(&"a".repeat(513), usize::MAX));
        assert!(refused(&"å".repeat(257), usize::MAX), "514 bytes");
        assert!(!refused(&"å".repeat(128), 128));
        assert!(refused(&"a".repeat(129), 128));
    }
}
