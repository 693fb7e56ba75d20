//! Servers that are none, or cannot be used.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_redis::{Redis, Setup, answering};

use super::*;

fn with(arguments: &[&str]) -> Redis {
    let arguments = arguments.iter().map(|part| (*part).to_owned()).collect();
    Redis::start(Setup { arguments, ..Setup::default() })
}

/// The trouble of a claim, and whether values can be read.
fn trouble_of(store: &dyn SharedStore) -> (String, bool) {
    let Trouble { what, reads, .. } = claim(store).unwrap_err();
    (what, reads)
}

#[test]
fn nothing_listens_there() {
    // A port that no other test is given.
    let store = at_port(1);
    let (what, reads) = trouble_of(&*store);
    assert!(what.ends_with("nothing listens there") && !reads, "{what}");
    // Who comes next is told so right away, for a while.
    assert!(matches!(store.claim(&wanted(), now()), crate::fleet::store::Answer::Now(Err(_))));
    let (what, _) = trouble_of(&*super::store("redis+unix:///nowhere/redis.sock"));
    assert_eq!(what, "redis at /nowhere/redis.sock: there is no such socket");
}

#[test]
fn what_is_no_redis_is_known() {
    let mut gigabyte = b"$1000000000\r\n".to_vec();
    gigabyte.resize(1_000_000, b'x');
    for (answer, expected) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "no Redis or Valkey"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "no Redis or Valkey"),
        (b"*1\r\n".repeat(20_000), "no Redis or Valkey"),
        (gigabyte, "no Redis or Valkey"),
        (b"+OK\r\n".to_vec(), "no Redis or Valkey"),
        (b"*2\r\n:0\r\n:1\r\n".to_vec(), "cannot read its clock"),
        (b"*2\r\n:-5\r\n:1\r\n".to_vec(), "cannot read its clock"),
        (b"*0\r\n".to_vec(), "cannot read its clock"),
        (
            b"-ERR unknown command 'EVAL', with args beginning with: 'return'\r\n".to_vec(),
            "must run scripts",
        ),
        (b"-NOPERM this user has no permissions\r\n".to_vec(), "NOPERM"),
        (b"-LOADING Redis is loading the dataset in memory\r\n".to_vec(), "LOADING"),
        (b"-ERR max number of clients reached\r\n".to_vec(), "maxclients"),
    ] {
        let Trouble { what, reads, is_unsupported } =
            claim(&*at_port(answering(&answer, 1))).unwrap_err();
        assert!(what.contains(expected) && !reads, "{expected}: {what}");
        // It may be let in, or be ready, in a while; but it becomes no store.
        let is_none = ["no Redis", "clock", "scripts"].iter().any(|what| expected.contains(what));
        assert_eq!(is_unsupported, is_none, "{what}");
    }
}

#[test]
fn a_clock_that_stands_still_is_no_clock() {
    // A plausible time, always the same, to whatever it is asked.
    let store = at_port(answering(b"*7\r\n:1700000000000000\r\n$4\r\nbusy\r\n$0\r\n\r\n$8\r\n\0\0\0\0\0\0\0\0\r\n$0\r\n\r\n:0\r\n:0\r\n", 1));
    assert!(is_busy(&*store));
    until("it is noticed", || claim(&*store).is_err_and(|trouble| trouble.what.contains("(TIME)")));
    // And no guess is made soon after.
    thread::sleep(Duration::from_millis(100));
    assert!(claim(&*store).is_err());
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut options = options(&format!("redis://127.0.0.1:{port}"));
    options.set_timeout(Duration::from_millis(50)).unwrap();
    let store = open(&options).unwrap();
    let start = Instant::now();
    let (what, reads) = trouble_of(&*store);
    assert!(what.ends_with("it has not answered in time") && !reads, "{what}");
    assert!(start.elapsed() < LONG / 2);
    drop(listener);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_replica_is_read_and_not_written() {
    let redis = Redis::plain();
    works(&*at_port(redis.port()));
    let replica = redis.replica(0);
    let store = at_port(replica.port());
    until("the value is there", || value(&*store).is_some_and(|(generation, _)| generation == 77));
    redis.ask(["FLUSHALL"]);
    until("the value is gone", || value(&*store).is_none());
    let (what, reads) = trouble_of(&*store);
    assert!(what.contains("replica") && reads, "{what}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_full_server_is_read_and_not_written() {
    let redis = Redis::plain();
    let store = at_port(redis.port());
    works(&*store);
    redis.ask(["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(value(&*store).map(|(generation, _)| generation), Some(77));
    let older = Wanted { not: [Some(77), None], ..wanted() };
    let Trouble { what, reads, .. } = claim_as(&*store, &older).result.unwrap_err();
    assert!(what.contains("(OOM)") && reads, "{what}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_runs_no_scripts_is_known() {
    let redis = with(&["--rename-command", "EVAL", ""]);
    let (what, reads) = trouble_of(&*at_port(redis.port()));
    assert!(what.contains("must run scripts (EVAL)") && !reads, "{what}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn another_applications_data_is_not_touched() {
    let redis = Redis::plain();
    redis.ask(["SET", "theirs", "kept"]);
    works(&*at_port(redis.port()));
    let keys = match redis.ask(["KEYS", "*"]) {
        grantmint_redis::Reply::List(keys) => keys,
        other => panic!("{other:?}"),
    };
    let names: Vec<_> = keys
        .iter()
        .map(|key| match key {
            grantmint_redis::Reply::Text(name) => String::from_utf8_lossy(name).into_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(
        names.iter().all(|name| name == "theirs" || name.starts_with("{grantmint:1:")),
        "{names:?}"
    );
    assert_eq!(redis.ask(["GET", "theirs"]), grantmint_redis::Reply::Text(b"kept".to_vec()));
}
