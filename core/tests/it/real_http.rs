//! What goes over the wire: requests, connections, and whose clock decides.

use std::time::{Duration, Instant};

use grantmint_core::{
    ApiKey, ClientOptions, ErrorKind, PlaybackGrantClient, PlaybackMinter, PlaybackMinterBuilder,
};
use grantmint_emulator::{Config, Emulator, Fault, FaultKind};

use crate::support::raw::Raw;
use crate::support::{STREAMER, at_once, emulator, faulty, key, minter, minter_of, streamer};

fn minter_at(url: &str) -> PlaybackMinterBuilder {
    PlaybackMinter::builder(&key()).base_url(url)
}

#[test]
fn a_request_says_who_asks_and_what_for() {
    let upstream = Raw::closing_after(1);
    let live = minter_at(&upstream.url).allow_origin("https://Example.com:443").grant_ttl(45);
    live.build().unwrap().token(STREAMER, "alice").unwrap();
    let request = upstream.requests.recv().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    let path = format!("post /v1/playerstreamers/{}/playbackgrant http/1.1", STREAMER);
    assert!(head.starts_with(&path.to_ascii_lowercase()), "{head}");
    let agent = format!("user-agent: grantmint/{}", env!("CARGO_PKG_VERSION"));
    for line in [&agent, "accept: application/json", "authorization: basic "] {
        assert!(head.contains(line), "{line} in {head}");
    }
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    let names = head.lines().skip(1).filter_map(|line| line.split(':').next());
    let told = ["content-length", "user-agent", "host", "authorization", "accept", "content-type"];
    assert_eq!(names.collect::<Vec<_>>(), told, "and nothing else");
    assert_eq!(body, "Ttl=45&AccessControlAllowOrigin=https%3A%2F%2Fexample.com");
    assert!(!request.contains("alice"), "{request}");
}

#[test]
fn a_check_tells_the_key_from_the_way_there() {
    let emulator = emulator();
    let check = |key: &ApiKey, url: &str| {
        let options = ClientOptions::new().base_url(url);
        PlaybackGrantClient::new(key, &options).unwrap().check(Duration::from_secs(5))
    };
    let good = check(&key(), emulator.base_url());
    assert_eq!(good.key, Ok(()));
    // A date has whole seconds.
    assert!(good.clock_offset_ms.unwrap().abs() < 60_000);
    let other = ApiKey::new(key().account_sid().as_str(), key().key_sid().as_str(), "another");
    let refused = check(&other.unwrap(), emulator.base_url());
    assert_eq!(refused.key.unwrap_err().kind(), ErrorKind::UpstreamUnauthorized);
    assert!(refused.clock_offset_ms.is_some());
    let nobody = check(&key(), "http://127.0.0.1:1");
    assert_eq!(nobody.key.unwrap_err().kind(), ErrorKind::UpstreamConnect);
    assert_eq!(nobody.clock_offset_ms, None);
}

#[test]
fn a_check_finds_no_stream_and_that_is_good() {
    let emulator =
        Emulator::start(Config { streamers: vec![STREAMER.to_owned()], ..Config::default() });
    let emulator = emulator.unwrap();
    let options = ClientOptions::new().base_url(emulator.base_url());
    let check = PlaybackGrantClient::new(&key(), &options).unwrap().check(Duration::from_secs(5));
    assert_eq!(check.key, Ok(()));
    assert_eq!((emulator.counters().requests, emulator.counters().granted), (1, 0));
}

#[test]
fn calls_in_a_row_share_a_connection_and_calls_at_once_do_not_wait_for_it() {
    let emulator = emulator();
    let live = minter(&emulator);
    for number in 0..5 {
        live.token(&streamer(number), "alice").unwrap();
    }
    assert_eq!(emulator.counters().connections, 1);
    emulator.add_fault(Fault::new(FaultKind::latency(100))).unwrap();
    at_once(4, move |index| live.token(&streamer(100 + index), "alice").unwrap());
    assert_eq!(emulator.counters().connections, 4);
}

#[test]
fn an_idle_connection_is_given_up_before_upstream_does() {
    let emulator = emulator();
    let live = minter(&emulator);
    live.token(&streamer(0), "alice").unwrap();
    std::thread::sleep(Duration::from_millis(4100));
    live.token(&streamer(1), "alice").unwrap();
    assert_eq!(emulator.counters().connections, 2);
}

#[test]
fn a_connection_that_upstream_closed_is_no_error() {
    let upstream = Raw::closing_after(1);
    let live = minter_at(&upstream.url).build().unwrap();
    for number in 0..10 {
        live.token(&streamer(number), "alice").unwrap();
        upstream.closed.recv().unwrap();
    }
    assert_eq!(upstream.requests.try_iter().count(), 10, "one request for each");
}

#[test]
fn upstreams_clock_may_be_an_hour_off_either_way() {
    for offset in [-3600, 3600] {
        let emulator = faulty(FaultKind::ClockOffset { s: offset });
        let live = minter_of(&emulator).ttl(14_400).build().unwrap();
        let token = live.token(STREAMER, "alice").unwrap();
        assert!(
            has_a_whole_lifetime(token.grant_remaining),
            "{offset}: {:?}",
            token.grant_remaining
        );
        let seen = live.stats().unwrap().clock_offset_ms.unwrap();
        assert!((seen - offset * 1000).abs() < 2500, "{offset}: {seen}");
        emulator.play(&token.jwt, None).unwrap();
    }
}

#[test]
fn a_date_that_a_proxy_wrote_shortens_no_grant_and_is_counted() {
    // Ahead by more than the grant lives, by so much that too little would be left, and behind.
    for ahead in [90, 54, -3600] {
        let emulator = faulty(FaultKind::ProxyDate { s: ahead });
        let live = minter(&emulator);
        let token = live.token(STREAMER, "alice").unwrap();
        assert!(
            has_a_whole_lifetime(token.grant_remaining),
            "{ahead}: {:?}",
            token.grant_remaining
        );
        let stats = live.stats().unwrap();
        assert_eq!(stats.implausible_dates, 1, "{ahead}");
        assert!(stats.clock_offset_ms.unwrap().abs() < 2500, "{ahead}: {stats:?}");
    }
    let emulator = emulator();
    let live = minter(&emulator);
    live.token(STREAMER, "alice").unwrap();
    assert_eq!(live.stats().unwrap().implausible_dates, 0);
}

#[test]
fn without_a_date_the_resources_own_counts_and_without_an_expiry_the_ttl() {
    let clock_off = FaultKind::ClockOffset { s: -3600 };
    for faults in [vec![FaultKind::NoDate, clock_off], vec![FaultKind::OpaqueUrl]] {
        let emulator = emulator();
        emulator.set_faults(faults.iter().cloned().map(Fault::new).collect()).unwrap();
        let token = minter(&emulator).token(STREAMER, "alice").unwrap();
        assert!(
            has_a_whole_lifetime(token.grant_remaining),
            "{faults:?}: {:?}",
            token.grant_remaining
        );
    }
}

/// 60 s less the safety margin, what the call took, and a second that dates do not show.
fn has_a_whole_lifetime(remaining: Duration) -> bool {
    (Duration::from_secs(56)..=Duration::from_secs(58)).contains(&remaining)
}

#[test]
fn a_grant_that_ends_sooner_than_asked_counts_as_what_it_is() {
    let emulator = faulty(FaultKind::ShortGrant { lifetime_s: 30 });
    let token = minter(&emulator).token(STREAMER, "alice").unwrap();
    let remaining = token.grant_remaining.as_secs_f64();
    assert!((26.0..=29.0).contains(&remaining), "{remaining}");
}

#[test]
fn a_name_of_several_addresses_goes_to_the_one_that_listens() {
    // Where the name has an IPv6 address too, nothing listens on that.
    let emulator = emulator();
    let start = Instant::now();
    let token = minter_at(&by_name(&emulator)).build().unwrap().token(STREAMER, "alice").unwrap();
    emulator.play(&token.jwt, None).unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

fn by_name(emulator: &Emulator) -> String {
    format!("http://localhost:{}", emulator.address().port())
}

#[test]
fn a_name_that_does_not_exist_is_no_connection() {
    let live = minter_at("https://no-such-host.invalid").build().unwrap();
    let start = Instant::now();
    let kind = live.token(STREAMER, "alice").unwrap_err().kind();
    // Where there is no name server at all, the look-up ends with its time.
    let expected = [ErrorKind::UpstreamConnect, ErrorKind::UpstreamTimeout];
    assert!(expected.contains(&kind), "{kind:?}");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
