//! Everything that an upstream can do wrong: what callers see, and how many calls it costs.

use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, CachePolicy, ErrorKind, Freshness, PlaybackMinter};
use grantmint_emulator::{DEMO_ACCOUNT_SID, DEMO_KEY_SID, Fault, FaultKind, RetryAfterForm};

use crate::support::{STREAMER, at_once, emulator, faulty, key, long, minter, minter_of, refusal};

/// Every answer that is no grant, and what callers make of it.
fn answers() -> Vec<(FaultKind, ErrorKind)> {
    let redirect = |location: &str| FaultKind::Redirect { status: 302, location: location.into() };
    vec![
        (FaultKind::status(400), ErrorKind::UpstreamBadRequest),
        (FaultKind::status(401), ErrorKind::UpstreamUnauthorized),
        (FaultKind::status(403), ErrorKind::UpstreamForbidden),
        (FaultKind::status(404), ErrorKind::UpstreamNotFound),
        (FaultKind::throttle(None), ErrorKind::Throttled),
        (FaultKind::status(500), ErrorKind::UpstreamUnavailable),
        (FaultKind::status(503), ErrorKind::UpstreamUnavailable),
        (FaultKind::down_for(10), ErrorKind::UpstreamUnavailable),
        (FaultKind::status(418), ErrorKind::UpstreamStatus),
        (FaultKind::WrongStatus { status: 200 }, ErrorKind::UpstreamStatus),
        (redirect("https://elsewhere.example/"), ErrorKind::UpstreamStatus),
        (redirect("/v1/PlayerStreamers"), ErrorKind::UpstreamStatus),
        (FaultKind::NotJson, ErrorKind::UpstreamNotJson),
        (FaultKind::EmptyBody, ErrorKind::UpstreamNotJson),
        (FaultKind::TruncatedJson, ErrorKind::UpstreamNotJson),
        (FaultKind::NoGrant, ErrorKind::UpstreamNoGrant),
        (FaultKind::NullGrant, ErrorKind::UpstreamNoGrant),
        (FaultKind::StringGrant, ErrorKind::UpstreamNoGrant),
        (FaultKind::ArrayGrant, ErrorKind::UpstreamNoGrant),
        (FaultKind::Oversize { bytes: 70_000 }, ErrorKind::UpstreamTooLarge),
        (FaultKind::CutBefore, ErrorKind::UpstreamConnect),
        (FaultKind::CutBody, ErrorKind::UpstreamConnect),
        (FaultKind::GarbageBytes, ErrorKind::UpstreamConnect),
        (FaultKind::ShortGrant { lifetime_s: 0 }, ErrorKind::GrantTooShort),
        (FaultKind::ShortGrant { lifetime_s: 4 }, ErrorKind::GrantTooShort),
    ]
}

#[test]
fn each_fault_is_an_error_of_its_kind_for_one_call() {
    for (fault, kind) in answers() {
        let emulator = faulty(fault.clone());
        let live = minter(&emulator);
        let start = Instant::now();
        let error = live.token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert_eq!(emulator.counters().requests, 1, "{fault:?}");
        assert!(start.elapsed() < Duration::from_secs(1), "{fault:?}: {:?}", start.elapsed());
        // Whoever comes right after is told the same, and no request is sent.
        let again = live.token(STREAMER, "bob").unwrap_err();
        let back_off = again.retry_after().is_some();
        assert!(again.kind() == kind && back_off || emulator.counters().requests > 1, "{fault:?}");
        assert!(emulator.counters().requests <= 2, "{fault:?}");
        assert_eq!(live.stats().unwrap().waits, emulator.counters().requests, "{fault:?}");
    }
}

#[test]
fn a_grant_that_is_still_good_is_served_through_every_fault() {
    // Four seconds are all that a grant of four seconds can have.
    let whole_lifetime = FaultKind::ShortGrant { lifetime_s: 4 };
    let faults: Vec<_> =
        answers().into_iter().filter(|(fault, _)| *fault != whole_lifetime).collect();
    at_once(faults.len(), move |index| {
        let (fault, kind) = &faults[index];
        serves_through(fault, *kind);
    });
}

/// Has a fault meet the refresh of a grant that is still good.
fn serves_through(fault: &FaultKind, kind: ErrorKind) {
    let emulator = emulator();
    // The earlier the soft point, the sooner the test: after a quarter of the grant's lifetime.
    let policy = CachePolicy::builder()
        .soft_point(Duration::from_secs(600))
        .wait_below(Duration::from_secs(1))
        .build()
        .unwrap();
    let live = minter_of(&emulator).policy(policy).grant_ttl(4).build().unwrap();
    let first = live.token(STREAMER, "alice").unwrap();
    emulator.add_fault(Fault::new(fault.clone())).unwrap();
    let start = Instant::now();
    let degraded = loop {
        let token = live.token(STREAMER, "bob").unwrap();
        assert_eq!(token.generation, first.generation, "{fault:?}");
        if token.freshness == Freshness::Degraded {
            break token;
        }
        assert!(start.elapsed() < Duration::from_secs(3), "{fault:?}: no refresh was tried");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(degraded.reason.unwrap().kind(), kind, "{fault:?}");
    assert_eq!(emulator.counters().requests, 2, "{fault:?}");
    emulator.play(&degraded.jwt, None).unwrap();
}

#[test]
fn nobody_hangs_on_an_upstream_that_does() {
    let slow = FaultKind::SlowBody { bytes: 1, every_ms: 500 };
    // A fetch for a grant of 1 s has 0.6 s; one for 60 s has 4 s, as `make test-long` shows.
    let (ttl, least) = if long() { (60, 4000) } else { (1, 600) };
    for fault in [FaultKind::Stall { ms: None }, slow, FaultKind::latency(60_000)] {
        let emulator = faulty(fault.clone());
        let live = minter_of(&emulator).grant_ttl(ttl).build().unwrap();
        let start = Instant::now();
        assert_eq!(refusal(&live), ErrorKind::UpstreamTimeout, "{fault:?}");
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(least), "{fault:?}: {took:?}");
        assert!(took < Duration::from_millis(least + 900), "{fault:?}: {took:?}");
        assert_eq!(emulator.counters().requests, 1, "{fault:?}");
    }
}

#[test]
fn an_upstream_that_hangs_up_late_is_told_at_once() {
    let emulator = faulty(FaultKind::Stall { ms: Some(300) });
    let start = Instant::now();
    assert_eq!(refusal(&minter(&emulator)), ErrorKind::UpstreamConnect);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn nonsense_in_retry_after_counts_as_no_header() {
    for raw in ["0", "-5", "soon", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let raw = Some(raw.to_owned());
        let fault = FaultKind::Throttle { retry_after: None, form: RetryAfterForm::Raw, raw };
        let emulator = faulty(fault.clone());
        let error = minter(&emulator).token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Throttled);
        let wait = error.retry_after().unwrap();
        assert!(wait >= Duration::from_millis(400) && wait <= Duration::from_secs(1), "{wait:?}");
    }
}

#[test]
fn an_endless_retry_after_is_cut_to_five_minutes_and_a_little() {
    let emulator = faulty(FaultKind::throttle(Some(86_400)));
    let error = minter(&emulator).token(STREAMER, "alice").unwrap_err();
    let wait = error.retry_after().unwrap().as_secs();
    assert!((299..=305).contains(&wait), "{wait}");
}

#[test]
fn nothing_listens_there() {
    let emulator = emulator();
    let url = emulator.base_url().to_owned();
    drop(emulator);
    let live = PlaybackMinter::builder(&key()).base_url(url).build().unwrap();
    assert_eq!(refusal(&live), ErrorKind::UpstreamConnect);
}

#[test]
fn a_wrong_secret_is_refused_and_not_shown() {
    let emulator = emulator();
    let wrong =
        ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, "a-wrong-secret-that-is-secret").unwrap();
    let right = minter(&emulator);
    right.token(STREAMER, "alice").unwrap();
    let live = PlaybackMinter::builder(&wrong).base_url(emulator.base_url()).build().unwrap();
    let error = live.token(STREAMER, "alice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UpstreamUnauthorized);
    let shown = format!("{error} {error:?} {live:?} {:?}", live.stats().unwrap());
    assert!(!shown.contains("that-is-secret"), "{shown}");
    assert!(live.try_token(STREAMER, "alice").unwrap().is_none(), "another's grant is not served");
}

#[test]
fn retry_after_is_honoured_in_both_forms() {
    for form in [RetryAfterForm::Seconds, RetryAfterForm::Date] {
        let emulator = faulty(FaultKind::Throttle { retry_after: Some(10), form, raw: None });
        let live = minter(&emulator);
        let error = live.token(STREAMER, "alice").unwrap_err();
        let wait = error.retry_after().unwrap();
        // A date has whole seconds, so up to one of them has passed already.
        let least = if form == RetryAfterForm::Date { 9 } else { 10 };
        assert!((least..=13).contains(&wait.as_secs()), "{form:?} {wait:?}");
        let other = live.token(&crate::support::streamer(7), "alice").unwrap_err();
        assert_eq!(other.kind(), ErrorKind::Throttled, "the whole account cools down");
        assert_eq!(emulator.counters().requests, 1);
    }
}

#[test]
fn an_upstream_that_is_down_and_says_until_when_is_left_alone_for_that_stream() {
    let emulator = faulty(FaultKind::down_for(10));
    let live = minter(&emulator);
    let wait = live.token(STREAMER, "alice").unwrap_err().retry_after().unwrap();
    assert!((10..=13).contains(&wait.as_secs()), "{wait:?}");
    live.token(STREAMER, "bob").unwrap_err();
    assert_eq!(emulator.counters().requests, 1);
    live.token(&crate::support::streamer(7), "alice").unwrap_err();
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn messages_say_what_to_do_and_hold_nothing_secret() {
    for (fault, _) in answers() {
        let emulator = faulty(fault.clone());
        let error = minter(&emulator).token(STREAMER, "identity-of-alice").unwrap_err();
        let shown = format!("{error} {error:?}");
        for secret in [grantmint_emulator::DEMO_SECRET, "playbackUrl", "token=", "identity-of"] {
            assert!(!shown.contains(secret), "{fault:?}: {shown}");
        }
        assert!(error.message().len() > 20, "{error}");
    }
}
