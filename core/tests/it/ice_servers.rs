//! ICE servers of Twilio, Cloudflare and any source, as browsers take them, from the emulator.

use std::time::Duration;

use grantmint_core::rest::{Format, Lifetime};
use grantmint_core::{
    AccountOptions, ApiKey, BeginOptions, CachePolicy, Credential, ErrorKind, Fleet, Freshness,
    GrantCache, IceServers, IceServersBuilder, ManualClock, RestSource, Value, oauth2,
};
use grantmint_emulator::{
    DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, DEMO_KEY_SID, DEMO_SECRET, DEMO_TURN_API_TOKEN,
    DEMO_TURN_KEY_ID, Emulator, FaultKind,
};

use crate::support::raw::{Raw, says};
use crate::support::{at_once, emulator, faulty, key};

fn twilio(emulator: &Emulator) -> IceServersBuilder {
    IceServers::twilio(&key()).base_url(emulator.base_url())
}

fn cloudflare(emulator: &Emulator) -> IceServersBuilder {
    IceServers::cloudflare(DEMO_TURN_KEY_ID, DEMO_TURN_API_TOKEN).base_url(emulator.base_url())
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn all_who_name_nobody_share_one_and_each_user_has_one() {
    let emulator = emulator();
    for (round, builder) in [twilio(&emulator), cloudflare(&emulator)].into_iter().enumerate() {
        let servers = builder.build().unwrap();
        let shared = servers.clone();
        let all = at_once(50, move |_| shared.get(None).unwrap().ice_servers().to_owned());
        assert!(all.iter().all(|one| *one == all[0]));
        let [alice, bob] = ["alice", "bob"].map(|user| servers.get(Some(user)).unwrap());
        assert_ne!(alice.ice_servers(), bob.ice_servers());
        assert_eq!(servers.get(Some("alice")).unwrap().ice_servers(), alice.ice_servers());
        assert_eq!(emulator.counters().granted, 3 * (round as u64 + 1));
        assert_eq!(alice.freshness(), Freshness::Fresh);
        assert!(alice.remaining() > Duration::from_secs(86_000));
    }
}

#[test]
fn events_tell_of_no_identity() {
    let emulator = emulator();
    for builder in [twilio(&emulator), cloudflare(&emulator)] {
        let servers = builder.isolated().build().unwrap();
        servers.get(Some("alice of the board")).unwrap();
        servers.invalidate_if(Some("alice of the board"), 1).unwrap();
        let events = servers.drain_events().unwrap();
        assert_eq!(events.len(), 3, "{events:?}");
        assert!(events.iter().all(|event| event.key.is_none()), "{events:?}");
    }
}

#[test]
fn a_browser_can_use_what_it_is_handed() {
    let emulator = emulator();
    for (builder, count) in [(twilio(&emulator), 1), (cloudflare(&emulator), 2)] {
        let issued = builder.build().unwrap().get(Some("alice")).unwrap();
        let servers = parsed(issued.ice_servers());
        let servers = servers.as_array().unwrap();
        assert_eq!(servers.len(), count);
        for server in servers {
            let names: Vec<_> = server.as_object().unwrap().keys().collect();
            assert!(names == ["urls"] || names == ["credential", "urls", "username"], "{names:?}");
            let urls = server["urls"].as_array().unwrap();
            assert!(urls.iter().all(|url| !url.as_str().unwrap().contains(":53")), "{urls:?}");
        }
        let relay = servers.last().unwrap();
        let expiry = relay["username"].as_str().unwrap().split_once(':').unwrap().0;
        assert!(expiry.parse::<u64>().unwrap() > 1_700_000_000);
        let whole = parsed(&issued.to_json());
        assert_eq!(whole["iceServers"], parsed(issued.ice_servers()));
        assert!(whole["expiresIn"].as_u64().unwrap() > 86_000);
        assert!(!format!("{issued:?}").contains(relay["credential"].as_str().unwrap()));
    }
}

#[test]
fn an_account_may_call_with_its_auth_token_and_no_other_may() {
    let emulator = emulator();
    let told = |builder: IceServersBuilder| {
        let servers = builder.base_url(emulator.base_url()).isolated().build().unwrap();
        servers.get(None).map(drop).map_err(|error| (error.kind(), error.message().to_owned()))
    };
    assert_eq!(told(IceServers::twilio_account(DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN)), Ok(()));
    let other = ApiKey::new(&format!("AC{:032x}", 7), DEMO_KEY_SID, DEMO_SECRET).unwrap();
    for wrong in [
        IceServers::twilio_account(DEMO_ACCOUNT_SID, "guess"),
        IceServers::twilio(&other),
        IceServers::cloudflare(DEMO_TURN_KEY_ID, "guess"),
        IceServers::cloudflare("another", DEMO_TURN_API_TOKEN),
    ] {
        let (kind, message) = told(wrong).unwrap_err();
        assert_eq!(kind, ErrorKind::UpstreamUnauthorized, "{message}");
        assert!(!message.contains("guess"), "{message}");
    }
}

#[test]
fn faults_of_upstream_are_the_errors_that_they_are_of_playback() {
    for (fault, kind) in [
        (FaultKind::status(503), ErrorKind::UpstreamUnavailable),
        (FaultKind::status(404), ErrorKind::UpstreamNotFound),
        (FaultKind::throttle(Some(7)), ErrorKind::Throttled),
        (FaultKind::NotJson, ErrorKind::UpstreamNotJson),
        (FaultKind::EmptyBody, ErrorKind::UpstreamNotJson),
        (FaultKind::TruncatedJson, ErrorKind::UpstreamNotJson),
        (FaultKind::CutBody, ErrorKind::UpstreamConnect),
        (FaultKind::CutBefore, ErrorKind::UpstreamConnect),
    ] {
        let emulator = faulty(fault.clone());
        let error = cloudflare(&emulator).build().unwrap().get(None).unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        let after = error.retry_after().map(|after| after.as_secs());
        assert!(kind != ErrorKind::Throttled || after.is_some_and(|after| after >= 7), "{error}");
    }
}

#[test]
fn a_source_of_any_shape_will_do() {
    let body = r#"{"username":"u","password":"p","uris":["turn:a:3478"],"ttl":600}"#;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let raw = Raw::saying(says(answer));
    let source = RestSource::builder(format!("{}/turnServer", raw.url));
    let source = source.lifetime(Lifetime::Seconds("/ttl".to_owned()));
    let servers = IceServers::rest(source).build().unwrap();
    let expected = r#"[{"urls":["turn:a:3478"],"username":"u","credential":"p"}]"#;
    assert_eq!(servers.get(None).unwrap().ice_servers(), expected);
    assert_eq!(servers.get(Some("alice")).unwrap_err().argument(), Some("identity"));
    let source = RestSource::builder(&raw.url).lifetime(Lifetime::Constant(60));
    let refused = IceServers::rest(source).ttl(60).build().unwrap_err();
    assert_eq!(refused.argument(), Some("ttl"));
}

#[test]
fn each_option_of_the_cache_does_what_it_says() {
    let emulator = emulator();
    let cache = GrantCache::builder().build();
    let both = [twilio(&emulator), cloudflare(&emulator)].map(|it| it.cache(&cache).build());
    let [twilios, cloudflares] = both.map(Result::unwrap);
    assert_ne!(
        twilios.get(None).unwrap().ice_servers(),
        cloudflares.get(None).unwrap().ice_servers()
    );
    assert_eq!(cache.stats().keys, 2);
    let session = Duration::from_secs(60);
    let policy = CachePolicy::builder().build().unwrap();
    for builder in [
        twilio(&emulator).isolated().session(session),
        twilio(&emulator).min_remaining(session).timeout(Duration::from_secs(9)),
        twilio(&emulator).share("lobby").policy(policy),
        twilio(&emulator).account(AccountOptions::new()),
    ] {
        assert!(builder.build().unwrap().get(Some("alice")).is_ok());
    }
    let exclusive = RestSource::builder(format!("{}/turn", emulator.base_url()))
        .lifetime(Lifetime::Constant(60))
        .exclusive();
    let of_fleet = IceServers::rest(exclusive).fleet(Fleet::host());
    assert!(of_fleet.build().is_ok());
    let lasting = twilio(&emulator).cache(&cache).session(session).build().unwrap_err();
    assert_eq!(lasting.argument(), Some("session"));
    let long = twilio(&emulator).ttl(86_401).build().unwrap_err();
    assert_eq!(long.message(), "ttl must be 1 to 86,400 seconds, not 86401");
    assert!(cloudflare(&emulator).ttl(172_800).build().is_ok());
    let servers = twilio(&emulator).build().unwrap();
    assert!(servers.get(Some(&"a".repeat(255))).is_ok());
    let error = servers.get(Some(&"a".repeat(256))).unwrap_err();
    assert_eq!(error.message(), "identity must have 1 to 255 bytes without control characters");
}

#[test]
fn what_coturn_takes_is_signed_without_a_call() {
    let clock = ManualClock::new(Duration::from_secs(1_796_000_523));
    let urls = ["turn:turn.example:3478?transport=udp", "turns:turn.example:5349"];
    let builder = || IceServers::coturn("north", urls).clock(&clock);
    let issued = builder().ttl(3600).build().unwrap().get(Some("alice@å")).unwrap();
    let servers = parsed(issued.ice_servers());
    assert_eq!(servers[0]["username"], "1796004123:alice@å");
    assert_eq!(servers[0]["urls"], serde_json::json!(urls));
    assert_eq!(issued.remaining(), Duration::from_secs(3600));
    assert_eq!(issued.generation(), 0);
    // By `printf 1796004123 | openssl dgst -sha1 -hmac north -binary | base64`.
    let nobody = builder().ttl(3600).build().unwrap().get(None).unwrap();
    assert_eq!(parsed(nobody.ice_servers())[0]["credential"], "2pwGLg7byd9CPNDck+Q9DqWyQz8=");
    let now = builder().build().unwrap().try_get(None, BeginOptions::new()).unwrap();
    assert!(now.is_some());
    for (builder, argument) in [
        (IceServers::coturn("", urls), "secret"),
        (IceServers::coturn("north", ["https://turn.example"]), "urls"),
        (IceServers::coturn("north", [] as [&str; 0]), "urls"),
        (IceServers::coturn("north", ["turn:turn.example:53"]), "urls"),
        (IceServers::coturn("north", urls).ttl(0), "ttl"),
        (IceServers::coturn("north", urls).ttl(172_801), "ttl"),
        (IceServers::coturn("north", urls).isolated(), "isolated"),
        (IceServers::coturn("north", urls).base_url("https://a.example"), "base_url"),
        (IceServers::twilio(&key()).base_url("http://a.example"), "base_url"),
        (IceServers::twilio_account(key().account_sid().as_str(), ""), "auth_token"),
        (IceServers::cloudflare("1", "a b"), "api_token"),
        (IceServers::cloudflare("", "a"), "key_id"),
    ] {
        assert_eq!(builder.build().unwrap_err().argument(), Some(argument));
    }
    let servers = builder().build().unwrap();
    for identity in ["", "a\nb", "a b", "a'b", "a\"b", "a\\b", &"a".repeat(500)] {
        assert_eq!(servers.get(Some(identity)).unwrap_err().argument(), Some("identity"));
    }
    let amid = ManualClock::new(Duration::from_millis(1_796_000_523_400));
    let short = IceServers::coturn("north", urls).ttl(1).clock(&amid).build().unwrap();
    let issued = short.get(None).unwrap();
    assert_eq!(issued.remaining(), Duration::from_secs(1));
    assert_eq!(
        parsed(issued.ice_servers())[0]["username"],
        "1796000525",
        "not less than is promised"
    );
    let late = ManualClock::new(Duration::from_secs(2_147_483_000));
    let servers = IceServers::coturn("north", urls).clock(&late).build().unwrap();
    assert_eq!(servers.get(None).unwrap_err().argument(), Some("ttl"));
    assert!(!format!("{servers:?} {:?}", builder()).contains("north"));
}

#[test]
fn the_emulators_other_services_are_credentials_too() {
    let emulator = emulator();
    let url = |path: &str| format!("{}{path}", emulator.base_url());
    let source = oauth2(url("/oauth2/token"), DEMO_KEY_SID, DEMO_SECRET).build().unwrap();
    let token = Credential::builder(source).build().unwrap();
    assert!(token.get(None).unwrap().starts_with("emulator-"));
    let wrong = oauth2(url("/oauth2/token"), DEMO_KEY_SID, "guess").build().unwrap();
    let error = Credential::builder(wrong).build().unwrap().get(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UpstreamUnauthorized);
    assert!(error.message().contains("invalid_client"), "{error}");
    let speech = RestSource::builder(url("/sts/v1.0/issueToken")).secret("secret", DEMO_SECRET);
    let speech = speech.header("Ocp-Apim-Subscription-Key", "{secret}").answer(Format::Text);
    let speech = speech.lifetime(Lifetime::Constant(600)).build().unwrap();
    let token = Credential::builder(speech).build().unwrap().get(None).unwrap();
    assert!(token.starts_with("emulator.speech.") && !token.is_json());
}
