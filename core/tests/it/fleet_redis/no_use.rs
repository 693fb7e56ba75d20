//! Servers that are of no use: whoever names one fetches for itself, and the statistics say what is wrong.

use grantmint_redis::answering;

use super::*;

/// Three callers, who are all served as without a fleet; what is wrong.
fn served(port: u16) -> (FleetStats, String) {
    let cache = cache_of(&fleet(port).timeout(Duration::from_secs(2)).unwrap());
    for name in ["a", "b", "c"] {
        let start = Instant::now();
        let hit = cache.get(&key(name), BeginOptions::new(), fetch).unwrap();
        assert_eq!(hit.as_str(), "a grant");
        assert!(start.elapsed() < LONG / 2, "{name}: {:?}", start.elapsed());
    }
    let counted = stats(&cache);
    assert_eq!((counted.alone, counted.values), (3, 0), "{counted:?}");
    let trouble = counted.trouble.clone().unwrap();
    (counted, trouble)
}

#[test]
fn what_is_no_store_costs_calls_and_is_named() {
    for (with, times, expected) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], 1, "no Redis or Valkey"),
        (b"*2\r\n:0\r\n:1\r\n", 1, "cannot read its clock (TIME)"),
        (b"$1000000000\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 4000, "no Redis or Valkey"),
        (b"-ERR unknown command 'EVAL'\r\n", 1, "must run scripts (EVAL)"),
    ] {
        let (counted, trouble) = served(answering(with, times));
        assert!(trouble.contains(expected) && counted.is_unsupported, "{expected}: {trouble}");
        assert_eq!(counted.alone_failed, 3);
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_lets_nobody_in_or_has_no_room_costs_calls_and_says_so() {
    let locked = Setup {
        arguments: ["--requirepass", "secret"].map(str::to_owned).to_vec(),
        ..Setup::default()
    };
    let locked = Redis::start(locked);
    let (counted, trouble) = served(locked.port());
    assert!(trouble.contains("(NOAUTH)") && !counted.is_unsupported, "{trouble}");
    let full = Redis::plain();
    full.ask(["CONFIG", "SET", "maxmemory", "1"]);
    let (counted, trouble) = served(full.port());
    assert!(trouble.contains("(OOM)") && !counted.is_broken, "{trouble}");
    assert_eq!(counted.alone_nolease, 3);
}
