//! Servers and networks that fail in the middle.

use std::time::{Duration, Instant};

use grantmint_redis::{Fault, Proxy, Redis};

use super::*;

fn impatient(port: u16) -> Arc<dyn SharedStore> {
    let mut options = options(&format!("redis://127.0.0.1:{port}"));
    options.set_timeout(Duration::from_millis(100)).unwrap();
    open(&options).unwrap()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_connection_that_is_cut_costs_nobody_an_answer() {
    let redis = Redis::plain();
    let proxy = Proxy::to(redis.port());
    let store = at_port(proxy.port());
    works(&*store);
    // The cut comes while it is asked: what was under way goes once more.
    proxy.set(Fault::Delays(Duration::from_millis(100)));
    let time = now();
    let answer = store.claim(&Wanted { end: time + 5 * SECOND, ..wanted() }, time);
    std::thread::sleep(Duration::from_millis(50));
    proxy.set(Fault::None);
    proxy.cut();
    let result = answer.result();
    assert!(matches!(result, Ok(Claim::Value(_))), "{result:?}");
    assert_eq!(proxy.connections(), 2);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_was_killed_is_found_again() {
    let mut redis = Redis::plain();
    let store = at_port(redis.port());
    works(&*store);
    redis.kill();
    until("it is missed", || claim(&*store).is_err());
    redis.start_again();
    until("it is back, and empty", || matches!(claim(&*store), Ok(Claim::Lease(..))));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_forgot_its_scripts_is_told_them() {
    let redis = Redis::plain();
    let store = at_port(redis.port());
    works(&*store);
    redis.ask(["SCRIPT", "FLUSH"]);
    assert_eq!(value(&*store).map(|(generation, _)| generation), Some(77));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_late_answer_is_nobodys() {
    let redis = Redis::plain();
    let proxy = Proxy::to(redis.port());
    let store = impatient(proxy.port());
    works(&*store);
    for fault in [
        Fault::Delays(Duration::from_millis(300)),
        Fault::Trickles(Duration::from_millis(20)),
        Fault::Drops,
    ] {
        proxy.set(fault);
        let start = Instant::now();
        let trouble = claim(&*store).unwrap_err();
        assert!(trouble.what.ends_with("it has not answered in time"), "{fault:?}: {trouble:?}");
        assert!(start.elapsed() < LONG / 2, "{fault:?}");
        proxy.set(Fault::None);
        proxy.cut();
        until("it answers again", || {
            value(&*store).is_some_and(|(generation, _)| generation == 77)
        });
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_freezes_is_missed_and_found_again() {
    let redis = Redis::plain();
    let store = impatient(redis.port());
    works(&*store);
    redis.signal("STOP");
    assert!(claim(&*store).is_err());
    redis.signal("CONT");
    until("it answers again", || value(&*store).is_some());
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_slow_script_of_somebody_holds_up_no_longer_than_an_answer_may_take() {
    let redis = Redis::plain();
    redis.ask(["CONFIG", "SET", "busy-reply-threshold", "50"]);
    let store = at_port(redis.port());
    works(&*store);
    let port = redis.port();
    let slow = std::thread::spawn(move || {
        let mut client = grantmint_redis::Client::connect(port).unwrap();
        client.ask(&[b"EVAL", b"while true do end", b"0"])
    });
    until("it says so", || claim(&*store).is_err_and(|trouble| trouble.what.contains("(BUSY)")));
    redis.ask(["SCRIPT", "KILL"]);
    slow.join().unwrap().unwrap();
    until("it answers again", || value(&*store).is_some());
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_lease_without_an_end_is_none() {
    let redis = Redis::plain();
    let store = at_port(redis.port());
    let (held, ..) = lease(&*store);
    let key = match redis.ask(["KEYS", "*:l"]) {
        grantmint_redis::Reply::List(keys) => match &keys[..] {
            [grantmint_redis::Reply::Text(key)] => String::from_utf8(key.clone()).unwrap(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    store.release(&held);
    for forged in ["0123456789abcdef|1|99999999999999999", "junk", "", "abc|1|nan", "abc|1|1e99"] {
        redis.ask(["SET", &key, forged]);
        let (held, ..) = lease(&*store);
        store.release(&held);
    }
    redis.ask(["DEL", &key]);
    redis.ask(["LPUSH", &key, "of another type"]);
    lease(&*store);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn after_a_failover_to_another_clock_no_lease_lasts_longer() {
    for ahead in [-20, 20] {
        let primary = Redis::plain();
        let replica = primary.replica(ahead);
        let store = at_port(primary.port());
        let (_held, ..) = lease(&*store);
        replica.promote(&primary);
        let start = Instant::now();
        let fresh = at_port(replica.port());
        until("the lease is none", || !is_busy(&*fresh));
        assert!(start.elapsed() < LONG, "{ahead}");
    }
}
