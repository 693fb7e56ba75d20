//! What is minted: two kinds of token, for identities as a service has them.

use std::time::Duration;

use grantmint_core::{
    AccessTokenGrant, ApiKey, CachePolicy, Fetched, GrantRequest, GrantSource, JwtMinter,
    PlaybackGrant, PlaybackMinter, Result, Slot, TokenMinter, TokenMinterBuilder, VideoGrant,
};

/// The account of all tokens.
pub const ACCOUNT_SID: &str = "AC0123456789abcdef0123456789abcdef";
/// The key of all tokens.
pub const KEY_SID: &str = "SKfedcba9876543210fedcba9876543210";
/// The secret of all tokens, as long as Twilio's.
pub const SECRET: &str = "0123456789abcdefghijklmnopqrstuv";
/// The lifetime of all tokens, in seconds.
pub const TTL: u64 = 3_600;
/// The stream of all playback grants.
pub const STREAMER: &str = "VJ0123456789abcdef0123456789abcdef";
/// Refreshed this long before its end, so about once a minute: what is measured is a hit, not the refresh
/// in its background.
const REFRESHED: Duration = Duration::from_secs(10);

/// The key of all tokens.
#[must_use]
pub fn key() -> ApiKey {
    ApiKey::new(ACCOUNT_SID, KEY_SID, SECRET).expect("the key is well-formed")
}

/// A kind of token: one grant, as its key and its JSON.
#[derive(Clone, Debug)]
pub struct Case {
    /// The grant's key in the token.
    pub grant_key: &'static str,
    /// The grant's content.
    pub grant_json: String,
    grant: AccessTokenGrant,
}

impl Case {
    /// One room of Programmable Video.
    #[must_use]
    pub fn video() -> Self {
        Self::of("video", VideoGrant::new().room("DailyStandup").into())
    }

    /// One live stream, with a playback grant of about so many bytes.
    #[must_use]
    pub fn playback(bytes: usize) -> Self {
        let token = "tOkEn_-7".repeat(bytes.saturating_sub(100) / 8);
        let json = format!(
            r#"{{"playbackUrl":"https://x.com/?token={token}","playerStreamerSid":"{STREAMER}"}}"#
        );
        let grant = PlaybackGrant::from_json(&json).expect("the grant is an object");
        Self::of("player", grant.into())
    }

    /// A minter of streams whose grants are at hand, with a policy of its own.
    #[must_use]
    pub fn live_with(&self, policy: CachePolicy, unique: bool) -> PlaybackMinter {
        PlaybackMinter::builder(&key())
            .source(AtHand(self.grant_json.clone()))
            .policy(policy)
            .ttl(TTL)
            .unique(unique)
            .build()
            .expect("the settings are valid")
    }

    /// A minter for this kind.
    #[must_use]
    pub fn minter(&self) -> TokenMinter {
        self.builder().build().expect("the grant is valid")
    }

    /// A minter whose tokens have a `jti` each.
    #[must_use]
    pub fn unique_minter(&self) -> TokenMinter {
        self.builder().unique(true).build().expect("the grant is valid")
    }

    fn builder(&self) -> TokenMinterBuilder {
        TokenMinter::builder(&key()).grant(self.grant.clone()).ttl(TTL)
    }

    fn of(grant_key: &'static str, grant: AccessTokenGrant) -> Self {
        let grant_json = grant.to_json().expect("the grant is valid");
        Self { grant_key, grant_json, grant }
    }
}

/// A minter of tokens with the claims of [`Case::video`], its identity the one slot.
#[must_use]
pub fn one_slot() -> JwtMinter {
    JwtMinter::builder(SECRET.as_bytes())
        .claim("jti", "SKfedcba9876543210fedcba9876543210-1700000000")
        .claim("iss", KEY_SID)
        .claim("sub", ACCOUNT_SID)
        .claim(["grants", "video", "room"], "DailyStandup")
        .identity(Slot::text("identity").at(["grants", "identity"]).required())
        .build()
        .expect("the claims are valid")
}

/// A minter of tokens with five slots of one nested claim.
#[must_use]
pub fn five_slots() -> JwtMinter {
    JwtMinter::builder(SECRET.as_bytes())
        .claim("iss", KEY_SID)
        .claim(["video", "join"], true)
        .slot(Slot::text("room").at(["video", "room"]).required())
        .slot(Slot::bool("host").at(["video", "host"]))
        .slot(Slot::integer("seat").at(["video", "seat"]))
        .slot(Slot::text("name").at(["video", "name"]))
        .identity(Slot::text("identity").at(["video", "id"]).required())
        .build()
        .expect("the claims are valid")
}

/// A minter of the case's claims with its grant in the cache.
#[must_use]
pub fn live(case: &Case, unique: bool) -> PlaybackMinter {
    let policy = CachePolicy::builder().wait_below(REFRESHED).soft_point(REFRESHED).build();
    let minter = case.live_with(policy.expect("the policy is within its limits"), unique);
    minter.token(STREAMER, "alice").expect("the grant is at hand");
    minter
}

/// A source that has its grant at hand.
struct AtHand(String);

impl GrantSource for AtHand {
    fn fetch(&self, _request: &GrantRequest, _timeout: Duration) -> Result<Fetched> {
        Fetched::new(self.0.as_str())
    }
}

/// 1,024 identities of 4 to 51 characters. They take turns, so that no branch predictor learns
/// one.
#[must_use]
pub fn identities() -> Vec<String> {
    let alphabet = b"abcdefghijklmnopqrstuvwxyz0123456789_.@-";
    let mut state = 1_u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let identity = |_| {
        let len = 4 + draw() % 48;
        (0..len).map(|_| char::from(alphabet[draw() % alphabet.len()])).collect()
    };
    (0..1024).map(identity).collect()
}
