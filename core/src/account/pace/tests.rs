//! What an account may send after upstream has refused.

use super::*;

const START: u64 = 3600 * SECOND;
const LOST_AFTER: u64 = 5 * SECOND;

fn pace() -> Pace {
    Pace::new(Ceiling { rate: 2000.0, burst: 20.0 }, Heard::default())
}

fn send(pace: &mut Pace, time: u64) -> Permit {
    assert_eq!(pace.opening(time), Opening::Now);
    pace.sent(time + LOST_AFTER, time)
}

fn refuse(pace: &mut Pace, call: Permit, seconds: u64, time: u64) {
    let asked = Some(Duration::from_secs(seconds));
    pace.throttled(call, asked, 0.0, time);
}

/// Upstream has taken five calls a second for twenty seconds, and then asks for a pause of thirty.
fn refused() -> (Pace, u64) {
    let mut pace = pace();
    for call in 0..100 {
        let time = START + call * SECOND / 5;
        let permit = send(&mut pace, time);
        pace.answered(permit, time);
    }
    let end = START + 20 * SECOND;
    let call = send(&mut pace, end);
    refuse(&mut pace, call, 30, end);
    (pace, end)
}

#[test]
fn after_a_long_pause_the_rate_is_what_upstream_took_in_the_whole_round() {
    let (mut pace, end) = refused();
    let probe = send(&mut pace, end + 30 * SECOND);
    pace.answered(probe, end + 31 * SECOND);
    // The hundred and the probe, in 51 seconds.
    let bears = 101.0 / 51.0;
    assert!((pace.rate() - LEFT * bears).abs() < 1e-9, "{}", pace.rate());
    assert!(!pace.is_half_open());
}

#[test]
fn an_upstream_that_was_out_for_minutes_is_known_for_nothing() {
    let (mut pace, end) = refused();
    let mut time = end + 30 * SECOND;
    for _ in 0..3 {
        let probe = send(&mut pace, time);
        refuse(&mut pace, probe, 30, time);
        time += 30 * SECOND;
    }
    let probe = send(&mut pace, time);
    pace.answered(probe, time);
    assert!(matches!(pace.growth, Growth::Doubling));
}

#[test]
fn a_probe_that_was_given_up_is_heard_unless_another_is_in_flight() {
    for another in [false, true] {
        let (mut pace, end) = refused();
        let sent = end + 30 * SECOND;
        let lost = send(&mut pace, sent);
        let time = sent + LOST_AFTER;
        let later = another.then(|| send(&mut pace, time));
        pace.answered(lost, time);
        assert_eq!(pace.is_half_open(), another);
        if let Some(later) = later {
            pace.answered(later, time);
            assert!(!pace.is_half_open());
        }
    }
}

#[test]
fn an_account_is_forgotten_once_its_level_is_full_unless_something_was_learnt() {
    let quiet_after = |rate, calls: u64| {
        let mut pace = Pace::new(Ceiling { rate, burst: 20.0 }, Heard::default());
        for _ in 0..calls {
            let permit = send(&mut pace, START);
            pace.answered(permit, START);
        }
        if rate > FIRST {
            pace.demand(Demand { until: START + SECOND, waiting: 1.0, is_held: false }, START);
            pace.advance(START + SECOND);
        }
        (pace.quiet_at() - START) / SECOND
    };
    assert_eq!(quiet_after(5.0, 20), 4);
    assert_eq!(quiet_after(2000.0, 20), 300, "the rate has grown");
    let (pace, end) = refused();
    assert_eq!(pace.quiet_at(), end + LEARNT_KEPT);
}

#[test]
fn a_pause_that_is_longer_than_what_is_learnt_is_kept_and_a_while_after_it_for_a_probe() {
    let (mut pace, end) = refused();
    let probe = send(&mut pace, end + 30 * SECOND);
    refuse(&mut pace, probe, 3600, end + 30 * SECOND);
    assert_eq!(pace.quiet_at(), end + (30 + 3600 + 60) * SECOND);
}
