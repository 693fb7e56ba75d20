//! What wrong calls are told: which argument, what came, and what to give instead.

use std::time::Duration;

use grantmint_core::{
    AccessToken, AccountOptions, Algorithm, ApiKey, BeginOptions, CachePolicy, ChatGrant,
    CustomGrant, ErrorKind, GrantCache, GrantRequest, GrantSource, Json, Key, ManualClock, Origin,
    PlaybackGrant, PlaybackMinter, SyncGrant, TaskRouterGrant, TokenMinter, VerifyOptions,
    VideoGrant, VoiceGrant, decode, sign, verify,
};

const AC: &str = "AC00000000000000000000000000000001";
const SK: &str = "SK00000000000000000000000000000002";

struct Never;

impl GrantSource for Never {
    fn fetch(
        &self,
        _: &GrantRequest,
        _: Duration,
    ) -> grantmint_core::Result<grantmint_core::Fetched> {
        unreachable!("a wrong call fetches nothing")
    }
}

fn key() -> ApiKey {
    ApiKey::new(AC, SK, "a secret of thirty-two characters").unwrap()
}

fn token() -> grantmint_core::AccessTokenBuilder {
    AccessToken::builder(&key(), "alice")
}

fn live() -> grantmint_core::PlaybackMinterBuilder {
    PlaybackMinter::builder(&key())
}

fn limited() -> AccountOptions {
    AccountOptions::new()
}

fn cache() -> GrantCache {
    GrantCache::builder().build()
}

fn stream() -> Key {
    Key::new("stream", Duration::from_secs(60)).unwrap()
}

fn rooms() -> TokenMinter {
    TokenMinter::builder(&key()).grant(VideoGrant::new()).build().unwrap()
}

fn promise(seconds: u64) -> BeginOptions {
    let min_remaining = Some(Duration::from_secs(seconds));
    BeginOptions::new().min_remaining(min_remaining)
}

/// Each call must fail and be told the argument (`-` for none) and what follows it.
macro_rules! told {
    ($($call:expr => $argument:literal, $what:literal;)*) => {
        let mut wrong = Vec::new();
        let mut rows = 0;
        $(
            rows += 1;
            let error = match $call {
                Ok(_) => panic!("{} is not refused", stringify!($call)),
                Err(error) => error,
            };
            let wanted = match $argument {
                "-" => (None, $what.to_owned()),
                argument => (Some(argument), format!("{argument} {}", $what)),
            };
            if (error.argument(), error.message()) != (wanted.0, wanted.1.as_str()) {
                wrong.push(format!("{}: {:?} {}", stringify!($call), error.argument(), error.message()));
            }
        )*
        assert!(rows >= 40, "{rows} rows");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    };
}

#[test]
fn a_wrong_call_is_told_what_to_give() {
    told! {
        ApiKey::new("AC1", SK, "s") => "account_sid", "must be AC followed by 32 hexadecimal digits";
        ApiKey::new(AC, "SKx", "s") => "key_sid", "must be SK followed by 32 hexadecimal digits";
        ApiKey::new(SK, AC, "s") => "account_sid",
            "starts with SK: that is an API key's SID; are the arguments swapped?";
        ApiKey::new(AC, AC, "s") => "key_sid",
            "starts with AC: that is an account's SID; are the arguments swapped?";
        ApiKey::new(AC, SK, "") => "secret", "must not be empty: is TWILIO_API_SECRET set?";
        ApiKey::new(AC, SK, &"s".repeat(4097)) => "secret", "is over 4,096 bytes";
        ApiKey::from_lookup(|_| None) => "TWILIO_ACCOUNT_SID",
            "is missing, empty or not UTF-8 in the environment";
        key().with_region("US1") => "region", "must be a name such as us1, ie1 or au1";

        AccessToken::builder(&key(), "").build() => "identity", "must not be empty";
        AccessToken::builder(&key(), &"a".repeat(513)).build() => "identity", "is over 512 bytes";
        token().ttl(0).build() => "ttl", "must be 1 to 86,400 seconds, not 0";
        token().ttl(3_600_000).build() => "ttl", "must be 1 to 86,400 seconds, not 3600000";
        token().ttl(60).valid_until(9).build() => "ttl", "excludes valid_until: give one of the two";
        token().valid_until(1_700_000_000_000).build() => "valid_until",
            "lies after the year 9999: is it in milliseconds?";
        token().nbf(1_700_000_000_000).build() => "nbf",
            "lies after the year 9999: is it in milliseconds?";
        token().valid_until(9).build().unwrap().to_jwt() => "valid_until",
            "must lie 1 to 86,400 seconds after now";
        token().grant(VideoGrant::new()).grant(VideoGrant::new()).build() => "grants[1]",
            "is video again, as grants[0]; a token holds one of each kind";
        token().grant(VideoGrant::new().room("r".repeat(129))).build() => "video.room",
            "is over 128 characters";
        token().grant(VoiceGrant::new().outgoing_application_sid("AP")).build() =>
            "voice.outgoing_application_sid", "must be AP followed by 32 hexadecimal digits";
        token().grant(VoiceGrant::new().push_credential_sid(AC)).build() =>
            "voice.push_credential_sid", "must be CR followed by 32 hexadecimal digits";
        token().grant(ChatGrant::new().service_sid("CH")).build() => "chat.service_sid",
            "must be IS followed by 32 hexadecimal digits";
        token().grant(SyncGrant::new().service_sid(AC)).build() => "data_sync.service_sid",
            "must be IS followed by 32 hexadecimal digits";
        token().grant(TaskRouterGrant::new().workspace_sid(AC)).build() =>
            "task_router.workspace_sid", "must be WS followed by 32 hexadecimal digits";
        rooms().mint(&"a".repeat(129)) => "identity",
            "is over 128 characters, the most with a video grant";
        rooms().mint_many(&["alice", ""]) => "identities[1]", "must not be empty";
        rooms().mint_at("alice", 1_700_000_000_000) => "now",
            "lies after the year 9999: is it in milliseconds?";
        CustomGrant::new("", Json::parse("{}").unwrap()) => "key", "must not be empty";
        CustomGrant::new("identity", Json::parse("{}").unwrap()) => "key",
            "must not be identity, which every token has among its grants";
        PlaybackGrant::from_json("nope") => "json", "is not valid JSON";
        PlaybackGrant::from_json(&"[".repeat(65)) => "json", "nests over 64 levels";
        PlaybackGrant::from_json("[]") => "grant",
            "must be a JSON object, not wrapped into a string or anything else";
        PlaybackGrant::from_json(r#"{"account_sid":"AC","grant":{}}"#) => "grant",
            "looks like the endpoint's whole answer: give the value of its member grant";

        live().grant_ttl(61).build() => "grant_ttl", "must be 1 to 60 seconds, not 61";
        live().min_remaining(Duration::from_secs(31)).build() => "min_remaining",
            "must be at most 30s, half of the lifetime of grants, not 31s";
        live().allow_origin("www.example.com").build() => "allow_origin",
            "must be a full origin such as https://www.example.com, or *";
        live().base_url("http://example.com").build() => "base_url",
            "must be https: plain http is allowed on loopback only";
        live().base_url("example.com").build() => "base_url", "must be an https URL";
        live().base_url("https://u:p@example.com").build() => "base_url",
            "must have no user, query or fragment and at most 2,048 bytes";
        live().base_url("https://example.com:0").build() => "base_url", "must have a port of 1 to 65535";
        live().base_url("https://127.1").build() => "base_url",
            "must have a host such as host.example, 127.0.0.1 or [::1]: ASCII, with nothing escaped";
        live().base_url("https://example.com/a/..").build() => "base_url",
            "must have a path of ASCII characters without . and ..";
        live().proxy("http://example.com:99999").build() => "proxy", "must have a port of 1 to 65535";
        live().ca_file("/no/such/file").build() => "ca_file", "cannot be read: there is no such file";
        live().proxy("proxy:3128").build() => "proxy", "must be an http URL";
        live().source(Never).proxy("http://127.0.0.1:1").build() => "proxy",
            "has no effect with source, which sends its own requests";
        live().grant(PlaybackGrant::from_json("{}").unwrap()).build() => "grants[0]",
            "is a playback grant, which the minter adds itself";
        live().share("a").isolated().build() => "isolated",
            "cannot be given with share: give one of the two";
        live().share("").build() => "share", "must have 1 to 128 bytes, not 0";
        live().cache(&cache()).policy(CachePolicy::default()).build() => "policy",
            "cannot be given with cache, which has its own";
        live().share("a").clock(&ManualClock::new(Duration::ZERO)).build() => "share",
            "cannot be given with clock: a cache with its own clock is not shared";
        live().account(limited().calls_per_second(0.0)).build() => "calls_per_second",
            "must be over 0 and at most 2,000, not 0";
        live().account(limited().calls_per_second(f64::NAN)).build() => "calls_per_second",
            "must be over 0 and at most 2,000, not NaN";
        live().account(limited().burst(0)).build() => "burst", "must be 1 to 1,000, not 0";
        live().account(limited().max_fetches(1025)).build() => "max_fetches",
            "must be 1 to 1,024, not 1025";
        live().source(Never).build().unwrap().try_token("VJ1", "alice") => "streamer",
            "must be VJ followed by 32 hexadecimal digits";

        Key::new("", Duration::from_secs(60)) => "key", "must have 1 to 512 bytes, not 0";
        Key::new("a", Duration::from_secs(3_600_000)) => "ttl",
            "must be 1 ms to 48 h (172,800 s), not 3600000s: is it in milliseconds?";
        cache().begin(&stream(), promise(31)) => "min_remaining",
            "must be at most 30s, half of the lifetime of grants, not 31s";
        GrantCache::builder().rate_limited_by(&limited().calls_per_second(2000.5)) =>
            "calls_per_second", "must be over 0 and at most 2,000, not 2000.5";
        GrantCache::builder().limits(None, &limited().burst(1001)) => "burst",
            "must be 1 to 1,000, not 1001";
        GrantCache::builder().limits(Some(false), &limited().max_fetches(1)) => "max_fetches",
            "has no effect on a cache whose rate_limited is off: give one of the two";
        CachePolicy::builder().max_keys(0).build() => "max_keys", "must be 1 to 1,000,000, not 0";
        CachePolicy::builder().jitter(2.0).build() => "jitter", "must be 0 to 1, not 2";
        CachePolicy::builder().fetch_timeout(Duration::ZERO).build() => "fetch_timeout",
            "must be over 0 and at most 48 h";

        "RS256".parse::<Algorithm>() => "alg", "must be HS256, HS384 or HS512";
        sign(Algorithm::Hs256, "{}", "{}", b"s") => "header",
            "does not name the algorithm that signs it";
        sign(Algorithm::Hs256, r#"{"alg":"HS256"}"#, "[]", b"s") => "claims",
            "must be a JSON object";
        sign(Algorithm::Hs256, r#"{"alg":"HS256"}"#, "{}", b"") => "secret", "must not be empty";
        verify("x", &key(), &VerifyOptions::new().leeway(301)) => "leeway",
            "must be at most 300 seconds, not 301";
        Origin::parse("null") => "allow_origin",
            "must be a full origin such as https://www.example.com, or *";
        decode("Bearer e30.e30.c2ln") => "token",
            "must be the JWT alone, without \"Bearer \" before it";
    }
}

#[test]
fn every_error_is_explained_where_it_says() {
    let page = include_str!("../../../docs/errors.md");
    for kind in ErrorKind::ALL {
        let (code, number) = (kind.code(), kind.number());
        assert_eq!(kind.doc_url(), format!("docs/errors.md#{code}"));
        assert!(page.contains(&format!("\n### {code}\n\nNumber {number}. ")), "{code}");
    }
    let error = ApiKey::new(AC, SK, "").unwrap_err();
    assert_eq!(error.doc_url(), "docs/errors.md#invalid_credentials");
}
