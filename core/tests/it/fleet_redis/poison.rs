//! What somebody who may write to the server can do: make calls necessary, and nothing worse.

use grantmint_redis::Client;

use super::*;

/// The name of a key that lies there, as the end of its name says what it is.
fn name_of(redis: &Redis, kind: &str) -> Vec<u8> {
    match redis.ask(["KEYS", &format!("*:{kind}")]) {
        Reply::List(names) => match &names[..] {
            [Reply::Text(name)] => name.clone(),
            other => panic!("one key of the kind {kind}: {other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn ask(redis: &Redis, parts: &[&[u8]]) -> Reply {
    Client::connect(redis.port()).unwrap().ask(parts).unwrap()
}

/// What a key holds, if it is text.
fn value(redis: &Redis, name: &[u8]) -> Option<Vec<u8>> {
    match ask(redis, &[b"GET", name]) {
        Reply::Text(text) => Some(text),
        _ => None,
    }
}

fn text(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

/// Fetches as another process, and returns how much of what lies there was not handed out. What it gets is always its
/// own, and once this returns, that lies there.
fn fetches_itself(redis: &Redis, name: &[u8], what: &str) -> u64 {
    let before = value(redis, name);
    let cache = cache(redis.port());
    let hit = cache
        .get(&key("a"), BeginOptions::new(), |mut ticket| {
            assert!(matches!(started(&mut ticket), Start::Go(_)), "{what}");
            ticket.complete(Grant::new("its own"), LIFETIME);
        })
        .unwrap();
    assert_eq!(hit.as_str(), "its own", "{what}");
    until(what, || value(redis, name).is_some_and(|left| Some(left) != before));
    stats(&cache).rejected
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn nothing_that_somebody_else_wrote_is_handed_out_and_all_of_it_is_counted() {
    let redis = Redis::plain();
    cache(redis.port()).get(&key("a"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || holds_value(&redis));
    let name = name_of(&redis, "v");
    let good = text(ask(&redis, &[b"GET", &name]));
    let flipped = |at: usize| {
        let mut value = good.clone();
        value[at] ^= 1;
        value
    };
    let mut late = good.clone();
    // The end in plain sight.
    late[31] = 0x7f;
    let long = [&good[..], &vec![b'x'; 10_000_000]].concat();
    for (what, value) in [
        ("random bytes", b"\x00\xff\x13random bytes\r\n$5\r\n".repeat(9)),
        ("its last byte", flipped(good.len() - 1)),
        ("a byte of what is sealed", flipped(70)),
        ("another generation", flipped(9)),
        ("a longer lifetime", late),
        ("10 MB", long),
        ("half of it", good[..good.len() / 2].to_vec()),
        ("a head alone", good[..48].to_vec()),
        ("half a head", good[..24].to_vec()),
        ("nothing", Vec::new()),
    ] {
        ask(&redis, &[b"SET", &name, &value]);
        assert_eq!(fetches_itself(&redis, &name, what), 1, "{what}");
    }
    for (what, command) in [("a list", &b"RPUSH"[..]), ("a set", b"SADD")] {
        ask(&redis, &[b"DEL", &name]);
        ask(&redis, &[command, &name, &good]);
        assert_eq!(fetches_itself(&redis, &name, what), 1, "{what}");
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_value_is_good_in_its_own_slot_and_until_its_own_end() {
    let redis = Redis::plain();
    let slots = ["b", "a"].map(|name| {
        cache(redis.port()).get(&key(name), BeginOptions::new(), fetch).unwrap();
        until("it is left", || holds_value(&redis));
        let slot = name_of(&redis, "v");
        let value = text(ask(&redis, &[b"GET", &slot]));
        redis.ask(["FLUSHALL"]);
        (slot, value)
    });
    let [(_, others), (slot, mut value)] = slots;
    ask(&redis, &[b"SET", &slot, &others]);
    assert_eq!(fetches_itself(&redis, &slot, "another slot's"), 1);
    redis.ask(["FLUSHALL"]);
    // In plain sight stands that it is over, so nobody opens it.
    value[30] = 0;
    ask(&redis, &[b"SET", &slot, &value]);
    assert_eq!(fetches_itself(&redis, &slot, "one of before"), 0);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn forged_pauses_and_leases_hold_up_nobody_for_long() {
    let redis = Redis::plain();
    cache(redis.port()).get(&key("a"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || holds_value(&redis));
    let value_name = name_of(&redis, "v");
    let good = text(ask(&redis, &[b"GET", &value_name]));
    let beside = |kind: &[u8]| [&value_name[..value_name.len() - 1], kind].concat();
    // The head of a pause, over what no key of ours has sealed; without end, too.
    for end in [good[31], 0x7f] {
        let mut pause = good.clone();
        (pause[4], pause[31]) = (3, end);
        redis.ask(["FLUSHALL"]);
        ask(&redis, &[b"SET", &beside(b"p"), &pause]);
        assert_eq!(fetches_itself(&redis, &value_name, "a pause"), 1);
    }
    let huge = "f".repeat(10_000_000);
    for lease in ["ffff|1|99999999999999999", "ffff", "zz|1|2", "ffff|1|nan", &huge] {
        redis.ask(["FLUSHALL"]);
        ask(&redis, &[b"SET", &beside(b"l"), lease.as_bytes()]);
        let start = Instant::now();
        assert_eq!(fetches_itself(&redis, &value_name, "a lease"), 1, "{lease:.30}");
        assert!(start.elapsed() < LONG / 2, "{lease:.30}");
    }
    redis.ask(["FLUSHALL"]);
    ask(&redis, &[b"LPUSH", &beside(b"l"), b"of another type"]);
    assert_eq!(fetches_itself(&redis, &value_name, "a lease of another type"), 1);
    redis.ask(["FLUSHALL"]);
    ask(&redis, &[b"SADD", &beside(b"p"), b"of another type"]);
    assert_eq!(fetches_itself(&redis, &value_name, "a pause of another type"), 1);
}
