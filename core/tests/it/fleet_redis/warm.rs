//! Whatever becomes of the server: callers with a warm grant notice nothing of it, and it is refreshed all the same.

use grantmint_core::PlaybackMinter;
use grantmint_emulator::Emulator;
use grantmint_redis::Client;

use super::*;
use crate::support::{STREAMER, early, emulator, minter_of, streamer};

/// How long an answer of the server is waited for: whoever waited for one would be late by that.
const TIMEOUT: Duration = Duration::from_secs(2);

/// One process, whose grant is due for a refresh some seconds after it came.
struct Process {
    emulator: Emulator,
    live: PlaybackMinter,
}

impl Process {
    fn at(url: &str) -> Self {
        let emulator = emulator();
        let fleet = Fleet::redis(url).unwrap().without_host().unwrap().timeout(TIMEOUT).unwrap();
        let live = minter_of(&emulator).isolated().grant_ttl(15).policy(early().build().unwrap());
        Self { live: live.fleet(fleet).build().unwrap(), emulator }
    }

    /// Is served by a grant that is fresh.
    fn warms_up(&self) {
        self.live.token(STREAMER, "alice").unwrap();
    }

    fn stats(&self) -> FleetStats {
        self.live.stats().unwrap().fleet.unwrap()
    }

    /// Reads on until the trouble was met and the grant refreshed.
    fn notices_nothing(&self, what: &str, is_met: impl Fn(&FleetStats) -> bool) {
        let start = Instant::now();
        let mut slowest = Duration::ZERO;
        while !is_met(&self.stats()) || self.emulator.counters().requests < 2 {
            assert!(start.elapsed() < 2 * LONG, "{what}: never met: {:?}", self.stats());
            let asked = Instant::now();
            self.live.token(STREAMER, "alice").unwrap_or_else(|error| panic!("{what}: {error}"));
            slowest = slowest.max(asked.elapsed());
            thread::sleep(Duration::from_millis(20));
        }
        assert!(slowest < TIMEOUT, "{what}: {slowest:?}");
        // Nor is who has no grant told anything of it.
        let cold = self.live.token(&streamer(2), "alice");
        cold.unwrap_or_else(|error| panic!("{what}, cold: {error}"));
    }
}

fn of_port(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

/// The trouble that a process is told of.
fn says(word: &str) -> impl Fn(&FleetStats) -> bool {
    move |stats| stats.trouble.as_ref().is_some_and(|trouble| trouble.contains(word))
}

/// It has fetched for all once more.
fn fetches_again(stats: &FleetStats) -> bool {
    stats.leases > 1
}

/// What happens to a server that is there from the beginning.
fn happens(what: &str, happens: impl FnOnce(&mut Redis), is_met: impl Fn(&FleetStats) -> bool) {
    let mut redis = Redis::plain();
    let process = Process::at(&of_port(redis.port()));
    process.warms_up();
    happens(&mut redis);
    process.notices_nothing(what, is_met);
}

/// What happens to a server is done by a connection that stays open, after which nobody else is let in.
fn locks(command: [&str; 4]) -> impl FnOnce(&mut Redis) {
    let command = command.map(str::to_owned);
    move |redis| {
        let mut client = Client::connect(redis.port()).unwrap();
        let set = command.each_ref().map(String::as_bytes);
        assert_eq!(client.ask(&set).unwrap(), Reply::Text(b"OK".to_vec()));
        let _ = client.ask(&[b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes"]);
        std::mem::forget(client);
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_killed() {
    happens("killed", Redis::kill, |stats| stats.errors > 0);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_flushed() {
    happens("flushed", |redis| drop(redis.ask(["FLUSHALL"])), fetches_again);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_freezes() {
    happens("frozen", |redis| redis.signal("STOP"), says("it has not answered in time"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_whose_memory_is_full() {
    let fill = |redis: &mut Redis| drop(redis.ask(["CONFIG", "SET", "maxmemory", "1"]));
    happens("full", fill, says("(OOM)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_becomes_a_replica() {
    let primary = Redis::plain();
    let port = primary.port().to_string();
    let follow = |redis: &mut Redis| drop(redis.ask(["REPLICAOF", "127.0.0.1", &port]));
    happens("read-only", follow, says("replica"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_replica_that_loses_its_primary() {
    let lose = |redis: &mut Redis| {
        redis.ask(["CONFIG", "SET", "replica-serve-stale-data", "no"]);
        redis.ask(["REPLICAOF", "127.0.0.1", "1"]);
    };
    happens("MASTERDOWN", lose, says("(MASTERDOWN)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_loads_its_data() {
    // A tenth of a second for each key.
    let slow = ["--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024"];
    let arguments = slow.map(str::to_owned).to_vec();
    let mut redis = Redis::start(Setup { arguments, ..Setup::default() });
    let fill = "for i = 1, 500 do redis.call('SET', 'theirs' .. i, string.rep('x', 2000)) end";
    redis.ask(["EVAL", fill, "0"]);
    redis.ask(["SAVE"]);
    let process = Process::at(&of_port(redis.port()));
    process.warms_up();
    redis.start_again();
    process.notices_nothing("LOADING", says("(LOADING)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_runs_a_slow_script_of_somebody() {
    let slow = |redis: &mut Redis| {
        redis.ask(["CONFIG", "SET", "busy-reply-threshold", "50"]);
        let mut client = Client::connect(redis.port()).unwrap();
        thread::spawn(move || client.ask(&[b"EVAL", b"while true do end", b"0"]));
    };
    happens("BUSY", slow, says("(BUSY)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_wants_a_password_from_now_on() {
    let lock = locks(["CONFIG", "SET", "requirepass", "secret"]);
    happens("NOAUTH", lock, says("(NOAUTH)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_has_room_for_no_more_clients() {
    let lock = locks(["CONFIG", "SET", "maxclients", "1"]);
    happens("max clients", lock, says("(maxclients)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_key_that_is_of_another_type() {
    let spoil = |redis: &mut Redis| {
        until("it is left", || holds_value(redis));
        let Reply::List(names) = redis.ask(["KEYS", "*:v"]) else { panic!("no list") };
        let [Reply::Text(name)] = &names[..] else { panic!("no value: {names:?}") };
        let name = std::str::from_utf8(name).unwrap();
        redis.ask(["DEL", name]);
        redis.ask(["LPUSH", name, "theirs"]);
    };
    happens("WRONGTYPE", spoil, |stats| stats.rejected > 0 && fetches_again(stats));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_failover_to_a_replica() {
    let primary = Redis::plain();
    let replica = primary.replica(0);
    let proxy = Proxy::to(primary.port());
    let process = Process::at(&of_port(proxy.port()));
    process.warms_up();
    replica.promote(&primary);
    proxy.turn_to(replica.port());
    process.notices_nothing("failover", fetches_again);
}

/// The server of a cluster that has the key of a grant, the part that this is in, and another server.
fn owner(all: &[Redis]) -> (&Redis, String, &Redis) {
    let has = |redis: &&Redis| holds_value(redis);
    until("it is left", || all.iter().any(|redis| has(&redis)));
    let owner = all.iter().find(has).unwrap();
    let other = all.iter().find(|redis| redis.port() != owner.port()).unwrap();
    let Reply::List(names) = owner.ask(["KEYS", "*:v"]) else { panic!("no list") };
    let [Reply::Text(name)] = &names[..] else { panic!("no value: {names:?}") };
    let Reply::Number(part) = owner.ask(["CLUSTER", "KEYSLOT", std::str::from_utf8(name).unwrap()])
    else {
        panic!("no part");
    };
    (owner, part.to_string(), other)
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_cluster_that_is_down() {
    let all = Redis::cluster(2);
    let process = Process::at(&format!("redis+cluster://127.0.0.1:{}", all[0].port()));
    process.warms_up();
    let (owner, part, _) = owner(&all);
    all.iter().for_each(|redis| drop(redis.ask(["CLUSTER", "DELSLOTS", &part])));
    assert_ne!(owner.ask(["CLUSTER", "INFO"]), Reply::Nothing);
    process.notices_nothing("CLUSTERDOWN", says("(CLUSTERDOWN)"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_cluster_that_has_moved_the_keys() {
    let all = Redis::cluster(2);
    let process = Process::at(&format!("redis+cluster://127.0.0.1:{}", all[0].port()));
    process.warms_up();
    let (from, part, to) = owner(&all);
    from.ask(["FLUSHALL"]);
    let Reply::Text(id) = to.ask(["CLUSTER", "MYID"]) else { panic!("no name") };
    for redis in [to, from] {
        redis.ask(["CLUSTER", "SETSLOT", &part, "NODE", std::str::from_utf8(&id).unwrap()]);
    }
    process.notices_nothing("MOVED", fetches_again);
    assert!(holds_value(to));
    assert_eq!(process.stats().errors, 0);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_way_to_the_server_that_cuts_delays_trickles_and_loses() {
    let redis = Redis::plain();
    let faults = [
        (Fault::Cuts, ""),
        (Fault::Delays(2 * TIMEOUT), "it has not answered in time"),
        (Fault::Trickles(TIMEOUT / 10), "it has not answered in time"),
        (Fault::Drops, "it has not answered in time"),
    ];
    thread::scope(|scope| {
        for (fault, word) in faults {
            let proxy = Proxy::to(redis.port());
            scope.spawn(move || {
                let process = Process::at(&of_port(proxy.port()));
                process.warms_up();
                proxy.set(fault);
                process.notices_nothing(&format!("{fault:?}"), says(word));
            });
        }
    });
}
