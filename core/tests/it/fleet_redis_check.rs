//! What a check of a fleet says of a server, of each thing that can be wrong with it.

use std::time::Duration;

use grantmint_core::{Fleet, FleetFinding, FleetState};
use grantmint_redis::{Fault, Proxy, Redis, Setup};

/// What a user needs.
const RIGHTS: [&str; 10] = [
    "~{grantmint:*",
    "-@all",
    "+eval",
    "+evalsha",
    "+time",
    "+get",
    "+getrange",
    "+set",
    "+del",
    "+strlen",
];

fn fleet(url: &str) -> Fleet {
    let fleet = Fleet::redis(url).unwrap().without_host().unwrap();
    fleet.timeout(Duration::from_secs(2)).unwrap()
}

fn check(url: &str) -> Vec<FleetFinding> {
    fleet(url).check().unwrap()
}

fn at_port(port: u16) -> Vec<FleetFinding> {
    check(&format!("redis://127.0.0.1:{port}"))
}

/// What is said of one thing.
fn about<'a>(found: &'a [FleetFinding], what: &str) -> &'a FleetFinding {
    let finding = found.iter().find(|finding| finding.what == what);
    finding.unwrap_or_else(|| panic!("nothing of {what}: {found:?}"))
}

fn bad(found: &[FleetFinding]) -> Vec<&'static str> {
    let bad = found.iter().filter(|finding| finding.state == FleetState::Bad);
    bad.map(|finding| finding.what).collect()
}

fn server(arguments: &[&str]) -> Redis {
    let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
    Redis::start(Setup { arguments, ..Setup::default() })
}

/// A server on which a user has these rights, and what a check by this user says.
fn with_rights(rights: &[&str]) -> Vec<FleetFinding> {
    let redis = Redis::plain();
    redis.ask(["ACL", "SETUSER", "fleet", "on", ">hunter2", "resetchannels"]);
    for right in rights {
        redis.ask(["ACL", "SETUSER", "fleet", right]);
    }
    check(&format!("redis://fleet:hunter2@127.0.0.1:{}", redis.port()))
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_will_do_has_all_of_it_said() {
    let redis = Redis::plain();
    let found = at_port(redis.port());
    let said: Vec<_> = found.iter().map(|finding| (finding.what, finding.state)).collect();
    let good = |what| (what, FleetState::Good);
    let expected = [
        good("connect"),
        ("tls", FleetState::Unknown),
        good("login"),
        good("acl"),
        good("time"),
        good("role"),
        good("eviction"),
        good("clock"),
        good("delay"),
        good("lease"),
        good("grant"),
    ];
    assert_eq!(said, expected, "{found:?}");
    assert_eq!(about(&found, "role").message, "a primary");
    let folder = grantmint_redis::Folder::new();
    let path = folder.path().join("front");
    let front = Fleet::redis(&format!("redis+unix://{}", redis.socket().display())).unwrap();
    let found = front.host_path(path).unwrap().check().unwrap();
    assert_eq!((found.len(), bad(&found)), (12, vec![]), "{found:?}");
    assert_eq!(found[0].what, "folder");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_user_with_the_documented_rights_is_enough_and_what_it_may_not_ask_is_unknown() {
    let found = with_rights(&RIGHTS);
    assert_eq!(bad(&found), [""; 0], "{found:?}");
    let eviction = about(&found, "eviction");
    assert_eq!(eviction.state, FleetState::Unknown);
    assert!(eviction.message.contains("+info"), "{found:?}");
    assert!(about(&found, "role").message.contains("+role"), "{found:?}");
    assert_eq!(about(&found, "grant").state, FleetState::Good);
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn each_right_that_is_lacking_is_named() {
    for lacking in &RIGHTS[2..] {
        let found = with_rights(&[&RIGHTS[..], &[&lacking.replace('+', "-")]].concat());
        assert_eq!(bad(&found), ["acl"], "{lacking}: {found:?}");
        let message = &about(&found, "acl").message;
        assert!(message.ends_with(&format!("add {lacking} to its ACL rules")), "{message}");
    }
    let found = with_rights(&[&["~other:*"], &RIGHTS[1..]].concat());
    assert!(about(&found, "acl").message.contains("~{grantmint:*"), "{found:?}");
    let found = with_rights(&[]);
    assert!(about(&found, "acl").message.contains("+time +eval +evalsha"), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn who_is_not_let_in_is_told_so_without_the_password() {
    let redis = server(&["--requirepass", "secret"]);
    let found = at_port(redis.port());
    assert_eq!(bad(&found), ["login"]);
    assert!(about(&found, "login").message.contains("NOAUTH"), "{found:?}");
    let found = check(&format!("redis://:hunter2@127.0.0.1:{}", redis.port()));
    assert_eq!(bad(&found), ["login"]);
    let login = about(&found, "login");
    assert!(login.message.contains("WRONGPASS") && !login.message.contains("hunter2"), "{found:?}");
    let found = check(&format!("redis://:secret@127.0.0.1:{}", redis.port()));
    assert_eq!(bad(&found), [""; 0], "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_certificate_that_is_not_trusted_is_said_to_be_so() {
    let redis = Redis::start(Setup { tls: true, ..Setup::default() });
    let url = format!("rediss://localhost:{}", redis.tls_port());
    let found = check(&url);
    assert_eq!(bad(&found), ["tls"], "{found:?}");
    assert!(!about(&found, "tls").is_retryable);
    let found = fleet(&url).ca_file(redis.ca_file()).unwrap().check().unwrap();
    assert_eq!((about(&found, "tls").state, bad(&found)), (FleetState::Good, vec![]), "{found:?}");
    // The one port with the other's language.
    let found = at_port(redis.tls_port());
    assert!(!bad(&found).is_empty(), "{found:?}");
    let found = check(&format!("rediss://localhost:{}", redis.port()));
    assert!(!bad(&found).is_empty(), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_not_there_may_come() {
    let mut redis = Redis::plain();
    redis.kill();
    let found = at_port(redis.port());
    assert_eq!(found.len(), 1);
    let connect = about(&found, "connect");
    assert!(connect.is_retryable && connect.message.contains("nothing listens there"), "{found:?}");
    redis.start_again();
    let proxy = Proxy::to(redis.port());
    proxy.set(Fault::Cuts);
    let found = at_port(proxy.port());
    assert!(about(&found, "connect").is_retryable || !bad(&found).is_empty(), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_replica_is_no_store_even_if_it_takes_writes() {
    let redis = Redis::plain();
    let replica = redis.replica(0);
    let found = at_port(replica.port());
    assert_eq!(bad(&found), ["role"], "{found:?}");
    replica.ask(["CONFIG", "SET", "replica-read-only", "no"]);
    let found = at_port(replica.port());
    assert!(about(&found, "role").message.contains("which are lost"), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn what_it_removes_when_its_memory_is_full_is_told() {
    let redis = Redis::plain();
    redis.ask(["CONFIG", "SET", "maxmemory", "100mb"]);
    for (policy, state) in [
        ("noeviction", FleetState::Good),
        ("allkeys-lru", FleetState::Good),
        ("volatile-ttl", FleetState::Warning),
    ] {
        redis.ask(["CONFIG", "SET", "maxmemory-policy", policy]);
        let found = at_port(redis.port());
        let eviction = about(&found, "eviction");
        assert!(eviction.state == state && eviction.message.starts_with(policy), "{found:?}");
        assert_eq!(bad(&found), [""; 0]);
    }
    redis.ask(["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    redis.ask(["CONFIG", "SET", "maxmemory", "1"]);
    let found = at_port(redis.port());
    assert_eq!(bad(&found), ["lease"], "{found:?}");
    assert!(about(&found, "lease").message.contains("OOM"), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn clocks_apart_and_a_long_way_are_told() {
    let redis = Redis::start(Setup { ahead: 90, ..Setup::default() });
    let found = at_port(redis.port());
    let clock = about(&found, "clock");
    assert_eq!(clock.state, FleetState::Warning);
    assert!(clock.message.contains(" s ahead of this machine's"), "{found:?}");
    assert_eq!(bad(&found), [""; 0], "{found:?}");
    let redis = Redis::plain();
    let proxy = Proxy::to(redis.port());
    proxy.set(Fault::Delays(Duration::from_millis(30)));
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let hasty = fleet(&url).timeout(Duration::from_millis(20)).unwrap();
    let found = hasty.check().unwrap();
    let delay = about(&found, "delay");
    assert!(delay.state == FleetState::Bad && delay.message.contains("raise timeout"), "{found:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_cluster_is_tried_where_the_key_is() {
    let all = Redis::cluster(2);
    for redis in &all {
        let found = check(&format!("redis+cluster://127.0.0.1:{}", redis.port()));
        assert_eq!(bad(&found), [""; 0], "{found:?}");
    }
    let told: Vec<_> = (0..20).map(|_| at_port(all[0].port())).collect();
    let moved = told.iter().find(|found| !bad(found).is_empty()).expect("a key of the other's");
    assert!(about(moved, "server").message.contains("redis+cluster://"), "{moved:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn nothing_is_left_on_the_server() {
    let redis = Redis::plain();
    assert_eq!(bad(&at_port(redis.port())), [""; 0]);
    let grantmint_redis::Reply::List(keys) = redis.ask(["KEYS", "*"]) else { panic!("no list") };
    for key in keys {
        let grantmint_redis::Reply::Text(key) = key else { panic!("no text") };
        let key = String::from_utf8(key).unwrap();
        let grantmint_redis::Reply::Number(left) = redis.ask(["PTTL", &key]) else {
            panic!("{key}")
        };
        assert!((1..=17_000).contains(&left), "{key} stays for {left} ms");
    }
}
