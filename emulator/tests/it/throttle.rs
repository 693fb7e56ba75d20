//! The request limit of an account.

use std::time::{Duration, SystemTime};

use grantmint_emulator::{Config, Emulator, RetryAfter};

use crate::client::{Answer, STREAMER, grant};

/// Over the limit at the second call, and for a long time after.
fn refused(retry_after: RetryAfter) -> Answer {
    let config = Config { rate: 0.001, burst: 1, retry_after, ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    assert_eq!(grant(&emulator, "").status, 201);
    grant(&emulator, "")
}

#[test]
fn fifty_at_once_and_then_429() {
    let emulator = Emulator::start(Config { rate: 0.001, ..Config::default() }).unwrap();
    let statuses: Vec<u16> = (0..60).map(|_| grant(&emulator, "Ttl=60").status).collect();
    assert!(statuses[..50].iter().all(|status| *status == 201), "{statuses:?}");
    assert!(statuses[50..].iter().all(|status| *status == 429), "{statuses:?}");
    let counters = emulator.counters();
    assert_eq!((counters.requests, counters.granted, counters.throttled), (60, 50, 10));
    assert_eq!((counters.status(201), counters.status(429)), (50, 10));
    assert_eq!(counters.calls(STREAMER), 60);
    emulator.reset();
    assert_eq!(grant(&emulator, "").status, 201);
}

#[test]
fn a_refusal_says_when_to_come_back_only_if_told() {
    let answer = refused(RetryAfter::Absent);
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    assert_eq!(answer.json()["code"], 20429);
    assert_eq!(answer.json()["message"], "Too Many Requests");
    assert!(answer.header("twilio-concurrent-requests").is_some());

    assert_eq!(refused(RetryAfter::Seconds(7)).header("retry-after"), Some("7"));
    let answer = refused(RetryAfter::Date(90));
    let date = httpdate::parse_http_date(answer.header("retry-after").unwrap()).unwrap();
    let ahead = date.duration_since(SystemTime::now()).unwrap();
    assert!((Duration::from_secs(80)..=Duration::from_secs(90)).contains(&ahead), "{ahead:?}");
}

#[test]
fn a_wrong_path_counts_against_the_limit_and_wrong_credentials_do_not() {
    let emulator = Emulator::start(Config { rate: 0.001, burst: 1, ..Config::default() }).unwrap();
    let path = crate::client::grant_path(STREAMER);
    assert_eq!(crate::client::send(&emulator, "POST", &path, &[], "").status, 401);
    assert_eq!(grant(&emulator, "Ttl=0").status, 400);
    assert_eq!(grant(&emulator, "Ttl=60").status, 429);
}

#[test]
fn another_limit_can_be_set_while_it_runs() {
    let emulator = Emulator::start(Config { rate: 0.001, burst: 1, ..Config::default() }).unwrap();
    assert_eq!(grant(&emulator, "").status, 201);
    assert_eq!(grant(&emulator, "").status, 429);
    emulator.set_limit(0.0, 0).unwrap();
    assert!((0..9).all(|_| grant(&emulator, "").status == 201));
    for (rate, burst) in [(-1.0, 1), (f64::NAN, 1), (1.0, 0)] {
        assert!(emulator.set_limit(rate, burst).is_err());
    }
    emulator.set_limit(0.001, 1).unwrap();
    assert_eq!(grant(&emulator, "").status, 429);
}
