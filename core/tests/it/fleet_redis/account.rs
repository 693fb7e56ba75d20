//! What the account's limit, which all processes share, costs while the server is in trouble.

use std::ops::Range;

use grantmint_core::PlaybackMinter;
use grantmint_emulator::Emulator;

use super::*;
use crate::support::{emulator, minter_of, streamer};

fn minter(emulator: &Emulator, port: u16) -> PlaybackMinter {
    minter_of(emulator).isolated().fleet(fleet(port)).build().unwrap()
}

fn fetch_streams(live: &PlaybackMinter, numbers: Range<usize>) {
    numbers.for_each(|number| drop(live.token(&streamer(number), "alice").unwrap()));
}

fn fleet_stats(live: &PlaybackMinter) -> FleetStats {
    live.stats().unwrap().fleet.unwrap()
}

/// How many questions a server has heard.
fn questions(redis: &Redis) -> u64 {
    let Reply::Text(text) = redis.ask(["INFO", "commandstats"]) else { panic!("no text") };
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    line.and_then(|line| line.split(',').next()).map_or(0, |count| count.parse().unwrap())
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_full_server_is_asked_no_more_than_one_that_has_room() {
    let (emulator, redis) = (emulator(), Redis::plain());
    let live = minter(&emulator, redis.port());
    fetch_streams(&live, 0..5);
    redis.ask(["CONFIG", "SET", "maxmemory", "1"]);
    let before = questions(&redis);
    fetch_streams(&live, 5..15);
    let each = (questions(&redis) - before) / 10;
    assert!(each <= 3, "{each} questions for each fetch");
    assert_eq!(fleet_stats(&live).alone_nolease, 10);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn nobody_waits_for_a_frozen_server_twice() {
    let (emulator, redis) = (emulator(), Redis::plain());
    let live = minter(&emulator, redis.port());
    fetch_streams(&live, 0..1);
    redis.signal("STOP");
    fetch_streams(&live, 1..2);
    let counted = fleet_stats(&live);
    redis.signal("CONT");
    assert_eq!((counted.errors, counted.alone_failed), (1, 1), "{counted:?}");
}
