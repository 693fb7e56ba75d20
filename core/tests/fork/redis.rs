//! A connection to a server of Redis, and the thread that it belongs to, are the parent's. `main` runs these if they are
//! asked for as `redis`, as they need a server.

use grantmint_core::{Fleet, PlaybackMinter};
use grantmint_emulator::Emulator;
use grantmint_redis::{Proxy, Redis};

use crate::child::fork;
use crate::support::{emulator, minter_of, streamer};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_child_has_a_connection_to_the_server_of_its_own", a_child_has_a_connection_of_its_own),
    ("children_of_a_busy_parent_share_with_it", children_of_a_busy_parent_share_with_it),
];

fn live(emulator: &Emulator, port: u16) -> PlaybackMinter {
    let fleet = Fleet::redis(&format!("redis://127.0.0.1:{port}")).unwrap();
    let builder = minter_of(emulator).isolated().fleet(fleet.without_host().unwrap());
    builder.build().unwrap()
}

fn fetch(live: &PlaybackMinter, number: usize) {
    live.token(&streamer(number), "alice").unwrap();
}

fn a_child_has_a_connection_of_its_own() {
    let (emulator, redis) = (emulator(), Redis::plain());
    let proxy = Proxy::to(redis.port());
    let mut live = Some(live(&emulator, proxy.port()));
    let get = |live: &Option<PlaybackMinter>, number| fetch(live.as_ref().unwrap(), number);
    get(&live, 0);
    assert_eq!(proxy.connections(), 1);
    fork(String::new).said();
    let child = fork(|| {
        get(&live, 1);
        get(&live, 2);
        String::new()
    });
    child.said();
    assert_eq!(proxy.connections(), 2);
    let child = fork(|| {
        drop(live.take());
        String::new()
    });
    child.said();
    // What the child has fetched is shared, and the parent's connection works on.
    get(&live, 1);
    get(&live, 3);
    assert_eq!((proxy.connections(), emulator.counters().requests), (2, 4));
}

fn children_of_a_busy_parent_share_with_it() {
    let (emulator, redis) = (emulator(), Redis::plain());
    let live = live(&emulator, redis.port());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let live = &live;
            scope.spawn(move || (0..200).for_each(|number| fetch(live, thread * 1000 + number)));
        }
        for number in 0..40 {
            let child = fork(|| {
                fetch(&live, 10_000 + number);
                String::new()
            });
            child.said();
        }
    });
    let requests = emulator.counters().requests;
    assert!(requests <= 840, "{requests} requests");
}
