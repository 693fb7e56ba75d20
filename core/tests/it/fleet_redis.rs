//! Caches of processes that share grants through a server of Redis. Each cache stands for a process of its own; real
//! servers are started for the tests, which `make test-redis` sees to.

mod account;
mod commands;
mod holders;
mod no_use;
mod poison;
mod throttled;
mod warm;

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{
    Begin, BeginOptions, ErrorKind, Fleet, FleetStats, Grant, GrantCache, Hit, Key, Result, Start,
    Ticket,
};
use grantmint_redis::{Fault, Folder, Proxy, Redis, Reply, Setup};

const LIFETIME: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(10);

fn fleet(port: u16) -> Fleet {
    let url = format!("redis://127.0.0.1:{port}");
    Fleet::redis(&url).unwrap().without_host().unwrap().secret(&[7; 32]).unwrap()
}

fn cache_of(fleet: &Fleet) -> GrantCache {
    GrantCache::builder().fleet(fleet, "tests").unwrap().build()
}

fn cache(port: u16) -> GrantCache {
    cache_of(&fleet(port))
}

fn key(name: &str) -> Key {
    Key::new(name, LIFETIME).unwrap()
}

/// Asks until it is told what to do.
fn started(ticket: &mut Ticket) -> Start {
    loop {
        match ticket.start() {
            Start::Later(after) => thread::sleep(after),
            start => return start,
        }
    }
}

fn fetch(mut ticket: Ticket) {
    if let Start::Go(_) = started(&mut ticket) {
        ticket.complete(Grant::new("a grant"), LIFETIME);
    }
}

fn never(_: Ticket) {
    panic!("another process has it");
}

fn stats(cache: &GrantCache) -> FleetStats {
    cache.stats().fleet.unwrap()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a grant lies there, or that there is none any more.
fn holds_value(redis: &Redis) -> bool {
    redis.ask(["KEYS", "*:v"]) != Reply::List(Vec::new())
}

/// What lies there of the only key: a grant, or that it was given up.
fn value(redis: &Redis) -> Reply {
    let Reply::List(names) = redis.ask(["KEYS", "*:v"]) else { panic!("no list") };
    let [Reply::Text(name)] = &names[..] else { panic!("no only value: {names:?}") };
    redis.ask(["GET", std::str::from_utf8(name).unwrap()])
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn what_another_has_is_taken_over_by_every_way_to_wait() {
    let redis = Redis::plain();
    let (port, options) = (redis.port(), BeginOptions::new());
    cache(port).get(&key("a"), options, fetch).unwrap();
    until("it is left", || holds_value(&redis));
    let taken = cache(port);
    assert_eq!(taken.get(&key("a"), options, never).unwrap().as_str(), "a grant");
    assert_eq!((stats(&taken).values, stats(&taken).leases), (1, 0));
    let (told, tells) = channel();
    let answer = move |hit: Result<Hit>| told.send(hit.unwrap().as_str().to_owned()).unwrap();
    let call = cache(port).get_then(&key("a"), options, never, answer);
    assert_eq!(tells.recv_timeout(LONG).unwrap(), "a grant");
    drop(call);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_ticket_run_by_hand_is_told_to_look_again_until_the_server_has_answered() {
    let redis = Redis::plain();
    let proxy = Proxy::to(redis.port());
    cache(proxy.port()).get(&key("a"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || holds_value(&redis));
    proxy.set(Fault::Delays(Duration::from_millis(20)));
    let other = cache(proxy.port());
    let Ok(Begin::Fetch(mut ticket, waiter)) = other.begin(&key("a"), BeginOptions::new()) else {
        panic!("nothing is cached");
    };
    // No call waits, however long the answer takes.
    let Start::Later(after) = ticket.start() else { panic!("it cannot have answered") };
    assert!(after <= Duration::from_millis(5), "{after:?}");
    assert!(matches!(started(&mut ticket), Start::Served));
    assert_eq!(waiter.wait().unwrap().as_str(), "a grant");
}

/// At showtime all streams are asked for at once, and their answers come together.
#[test]
#[ignore = "needs redis-server: make test-redis"]
fn many_streams_at_once_are_no_trouble() {
    let redis = Redis::plain();
    // However busy this machine is.
    let cache = cache_of(&fleet(redis.port()).timeout(Duration::from_secs(2)).unwrap());
    let calls: Vec<_> = (0..300)
        .map(|stream| {
            let (told, tells) = channel();
            let answer = move |hit: Result<Hit>| told.send(hit.map(drop)).unwrap();
            let key = key(&format!("stream {stream}"));
            (cache.get_then(&key, BeginOptions::new(), fetch, answer), tells)
        })
        .collect();
    for (call, tells) in calls {
        tells.recv_timeout(LONG).unwrap().unwrap();
        drop(call);
    }
    let counted = stats(&cache);
    assert_eq!((counted.leases, counted.alone, counted.errors), (300, 0, 0), "{counted:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_gone_costs_calls_and_no_error() {
    let mut redis = Redis::plain();
    let cache = cache(redis.port());
    cache.get(&key("a"), BeginOptions::new(), fetch).unwrap();
    redis.kill();
    for name in ["b", "c", "d", "e"] {
        cache.get(&key(name), BeginOptions::new(), fetch).unwrap();
    }
    cache.get(&key("a"), BeginOptions::new(), never).unwrap();
    let counted = stats(&cache);
    assert!(counted.alone == 4 && counted.errors >= 2 && counted.is_broken, "{counted:?}");
    assert!(counted.trouble.unwrap().starts_with("redis at 127.0.0.1:"));
    redis.start_again();
    until("it is asked again", || {
        let name = format!("{:?}", Instant::now());
        cache.get(&key(&name), BeginOptions::new(), fetch).unwrap();
        stats(&cache).leases > 1 && !stats(&cache).is_broken
    });
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_frozen_is_waited_for_once_or_twice() {
    let redis = Redis::plain();
    let cache = cache(redis.port());
    cache.get(&key("a"), BeginOptions::new(), fetch).unwrap();
    redis.signal("STOP");
    let waits: Vec<_> = (0..20)
        .map(|number| {
            let start = Instant::now();
            cache.get(&key(&number.to_string()), BeginOptions::new(), fetch).unwrap();
            start.elapsed()
        })
        .collect();
    redis.signal("CONT");
    // A quarter of a second each; whoever comes then waits for nothing.
    let long = waits.iter().filter(|wait| **wait > Duration::from_millis(100)).count();
    assert!(long <= 3, "{waits:?}");
    assert_eq!(stats(&cache).alone, 20);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn after_a_failover_to_another_clock_no_grant_lives_longer() {
    for ahead in [-20, 20] {
        let primary = Redis::plain();
        let replica = primary.replica(ahead);
        let lifetime = Duration::from_secs(30);
        let first = cache(primary.port())
            .get(&key("a"), BeginOptions::new(), |mut ticket| {
                assert!(matches!(started(&mut ticket), Start::Go(_)));
                ticket.complete(Grant::new("a grant"), lifetime);
            })
            .unwrap();
        let handed_out = Instant::now();
        until("it is left", || holds_value(&primary));
        replica.promote(&primary);
        // Longer than the wall clock may be late.
        thread::sleep(Duration::from_millis(200));
        let passed = handed_out.elapsed();
        let hit = cache(replica.port()).get(&key("a"), BeginOptions::new(), fetch).unwrap();
        let left = first.remaining() - passed + Duration::from_millis(50);
        assert!(hit.remaining() <= left, "{ahead}: {:?} of {left:?}", hit.remaining());
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn processes_of_one_machine_share_through_its_folder_first() {
    let (redis, hosts) = (Redis::plain(), [Folder::new(), Folder::new()]);
    let url = format!("redis://127.0.0.1:{}", redis.port());
    let fleet = |host: &Folder| {
        let fleet = Fleet::redis(&url).unwrap().host_path(host.path().join("fleet")).unwrap();
        fleet.secret(&[7; 32]).unwrap()
    };
    let [one, other] = [0, 1].map(|host| fleet(&hosts[host]));
    cache_of(&one).get(&key("a"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || holds_value(&redis));
    // The first of another machine asks the server, the next finds it in the folder.
    let first = cache_of(&other).get(&key("a"), BeginOptions::new(), never).unwrap();
    redis.signal("STOP");
    let next = cache_of(&other).get(&key("a"), BeginOptions::new(), never).unwrap();
    redis.signal("CONT");
    assert!(next.remaining() <= first.remaining());
    let left = value(&redis);
    cache_of(&one).invalidate(&key("a"));
    until("it is given up", || value(&redis) != left);
    let again = cache_of(&one);
    again.get(&key("a"), BeginOptions::new(), fetch).unwrap();
    let counted = stats(&again);
    assert_eq!(counted.leases, 1, "it is fetched anew: {counted:?}");
}

/// What happened to a cache lately, by name.
fn events(cache: &GrantCache) -> Vec<&'static str> {
    cache.drain_events().iter().map(|event| event.kind.as_str()).collect()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn who_shares_by_a_replica_fetches_for_itself_and_the_statistics_say_why() {
    let primary = Redis::plain();
    let replica = primary.replica(0);
    let cache = cache(replica.port());
    for name in ["a", "b"] {
        cache.get(&key(name), BeginOptions::new(), fetch).unwrap();
    }
    let counted = stats(&cache);
    assert_eq!((counted.alone, counted.alone_nolease, counted.is_broken), (2, 2, false));
    assert!(counted.trouble.unwrap().contains("replica"));
    let told = events(&cache);
    assert_eq!(told.iter().filter(|kind| **kind == "fleet_read_only").count(), 1, "{told:?}");
    replica.ask(["REPLICAOF", "NO", "ONE"]);
    until("it is written to", || {
        cache.get(&key(&format!("{:?}", Instant::now())), BeginOptions::new(), fetch).unwrap();
        stats(&cache).leases > 0
    });
    assert!(events(&cache).contains(&"fleet_back"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_without_scripts_is_no_store_and_the_statistics_say_so() {
    let arguments = ["--rename-command", "EVAL", ""].map(str::to_owned).to_vec();
    let redis = Redis::start(Setup { arguments, ..Setup::default() });
    let cache = cache(redis.port());
    for name in ["a", "b", "c"] {
        cache.get(&key(name), BeginOptions::new(), fetch).unwrap();
    }
    let counted = stats(&cache);
    assert!(counted.is_unsupported && counted.is_broken && !counted.is_connected, "{counted:?}");
    assert_eq!((counted.alone, counted.alone_failed), (3, 3));
    let told = events(&cache);
    assert_eq!(told.iter().filter(|kind| **kind == "fleet_unsupported").count(), 1, "{told:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn the_statistics_tell_how_the_server_does() {
    let redis = Redis::plain();
    let cache = cache(redis.port());
    assert!(!stats(&cache).is_connected, "nobody has asked for anything");
    cache.get(&key("a"), BeginOptions::new(), fetch).unwrap();
    let counted = stats(&cache);
    assert!(counted.is_connected && !counted.is_broken && !counted.is_unsupported, "{counted:?}");
    assert_eq!((counted.answers, counted.leases), (1, 1));
    assert!(!counted.answer_time.is_zero() && counted.answer_time < LONG);
    let page = cache.stats().to_prometheus("tests");
    for series in ["connected{cache=\"tests\"} 1", "answer_seconds_count{cache=\"tests\"} 1"] {
        assert!(page.contains(&format!("grantmint_fleet_{series}\n")), "{series}: {page}");
    }
}
