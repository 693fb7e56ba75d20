//! Every limit of a token, in one table.

/// A limit, for documentation and for bindings that hand it on.
///
/// # Example: how long may a token live?
///
/// ```
/// use grantmint_core::LIMITS;
/// use grantmint_core::limits::TTL_MAX;
///
/// let limit = LIMITS.iter().find(|limit| limit.name == "TTL_MAX").expect("it is listed");
/// assert_eq!(limit.value, TTL_MAX);
/// assert!(limit.source.contains("Twilio"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The name of its constant.
    pub name: &'static str,
    /// The largest value allowed (the smallest, for a name that ends in `_MIN`).
    pub value: u64,
    /// Who set it, and what it counts.
    pub source: &'static str,
}

/// Writes the constants and [`LIMITS`] from one table, so that they cannot disagree.
macro_rules! limits {
    ($($name:ident: $type:ty = $value:literal, $source:literal;)*) => {
        $(#[doc = $source] pub const $name: $type = $value;)*

        /// All limits, each with its source.
        pub const LIMITS: &[Limit] = &[
            $(Limit { name: stringify!($name), value: $value, source: $source },)*
        ];
    };
}

limits! {
    TTL_MIN: u64 = 1,
        "Shortest lifetime of a token in seconds: grantmint, as less is born expired.";
    TTL_MAX: u64 = 86_400,
        "Longest lifetime of a token in seconds: Twilio refuses more than a day (error 20157).";
    TTL_DEFAULT: u64 = 3_600,
        "Lifetime of a token in seconds if none is given: as in Twilio's helper libraries.";
    VOICE_TTL_MAX: u64 = 86_399,
        "Longest lifetime of a voice token in seconds, advice only: Twilio's page on error 31207.";
    VOICE_IDENTITY_MAX_CHARS: usize = 121,
        "Longest identity in characters with a voice grant, advice only: Twilio's pages on Voice clients.";
    UNIX_SECONDS_MAX: u64 = 253_402_300_799,
        "Latest time in seconds since 1970: grantmint, the end of the year 9999.";
    IDENTITY_MAX_BYTES: usize = 512,
        "Longest identity in bytes of UTF-8: grantmint.";
    VIDEO_IDENTITY_MAX_CHARS: usize = 128,
        "Longest identity in characters with a video grant: Twilio's limits of Programmable Video.";
    ROOM_MAX_CHARS: usize = 128,
        "Longest room name in characters: Twilio's limits of Programmable Video.";
    GRANTS_MAX: usize = 16,
        "Most grants in one token: grantmint, twice the kinds that exist.";
    GRANT_KEY_MAX_BYTES: usize = 64,
        "Longest key of a custom grant in bytes: grantmint.";
    GRANTS_JSON_MAX_BYTES: usize = 65_536,
        "Largest JSON of one grant, and of all in one token, in bytes: grantmint.";
    GRANT_JSON_MAX_DEPTH: usize = 64,
        "Deepest nesting in the JSON of a grant: grantmint, half of what common readers bear.";
    JWT_TTL_MAX: u64 = 31_536_000,
        "Longest lifetime in seconds that a JwtMinter can be allowed: grantmint, a year.";
    BACKDATE_MAX: u64 = 300,
        "Most seconds that a JwtMinter sets iat and nbf back: grantmint, as clocks that differ by more are broken.";
    SLOTS_MAX: usize = 64,
        "Most slots of a JwtMinter: grantmint.";
    SLOT_NAME_MAX_BYTES: usize = 64,
        "Longest name of a slot in bytes: grantmint.";
    SAFE_INTEGER_MAX: i64 = 9_007_199_254_740_991,
        "Largest whole number in a claim, either way: 2^53 - 1, as RFC 8259, section 6, advises.";
    JWT_ADVISED_BYTES: usize = 4_096,
        "Longest token of a JwtMinter in bytes, advice only: what URLs and headers bear.";
    REST_ITEMS_MAX: usize = 1_024,
        "Most items in each list and each object that describes a RestSource: grantmint.";
    TOKEN_JSON_MAX_DEPTH: usize = 127,
        "Deepest nesting in the header and the claims of a token to decode or verify: grantmint, as serde_json.";
    TOKEN_MAX_BYTES: usize = 131_072,
        "Largest token to sign, decode or verify, in bytes: grantmint.";
    COPIED_TEXT_MAX_BYTES: usize = 163_840,
        "Largest text to look for a token in, in bytes: grantmint, a token and what is copied with it.";
    LEEWAY_MAX: u64 = 300,
        "Most clock difference in seconds that a verifier may forgive: grantmint.";
    SECRET_ADVISED_BYTES: usize = 32,
        "Shortest secret in bytes for HMAC-SHA256, advice only: RFC 7518, section 3.2.";
}
