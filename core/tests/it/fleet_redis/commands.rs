//! What a fleet sends to a server that others use as well.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use super::*;

/// All that is sent to a server, as it tells who listens.
fn listen(redis: &Redis) -> Arc<Mutex<Vec<String>>> {
    let mut stream = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    stream.write_all(b"MONITOR\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "+OK");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&heard);
    thread::spawn(move || {
        for line in lines.map_while(std::result::Result::ok) {
            list.lock().unwrap().push(line);
        }
    });
    heard
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_hears_scripts_alone_and_they_touch_keys_of_the_fleet_alone() {
    let redis = Redis::plain();
    redis.ask(["SET", "theirs", "kept"]);
    let heard = listen(&redis);
    let one = cache(redis.port());
    let other = cache(redis.port());
    let options = BeginOptions::new();
    one.get(&key("the stream"), options, |mut ticket| {
        assert!(matches!(started(&mut ticket), Start::Go(_)));
        ticket.complete(Grant::new("the grant"), LIFETIME);
    })
    .unwrap();
    let has_heard = |what: &str| heard.lock().unwrap().iter().any(|line| line.contains(what));
    until("it is left", || has_heard("\"SET\"") && has_heard(":v\""));
    other.get(&key("the stream"), options, never).unwrap();
    one.invalidate(&key("the stream"));
    one.get(&key("the other stream"), options, |mut ticket| {
        assert!(matches!(started(&mut ticket), Start::Go(_)));
        ticket.fail(grantmint_core::Error::new(ErrorKind::Throttled, "429"));
    })
    .unwrap_err();
    one.purge();
    redis.ask(["PING"]);
    until("all is heard", || has_heard("\"PING\""));
    let heard = heard.lock().unwrap();
    for line in heard.iter() {
        // +1700000000.000000 [0 127.0.0.1:1234] "EVALSHA" …, or [0 lua] for what a script does.
        let is_of_script = line.contains(" lua] ");
        let said = line.split_once("] ").unwrap().1;
        let words: Vec<&str> = said.split(' ').map(|word| word.trim_matches('"')).collect();
        let command = words[0].to_ascii_uppercase();
        let allowed: &[&str] = match is_of_script {
            true => &["TIME", "GET", "GETRANGE", "SET", "DEL", "STRLEN"],
            // What this test asks.
            false => &["EVAL", "EVALSHA", "PING"],
        };
        assert!(allowed.contains(&&*command), "{line}");
        if is_of_script && command != "TIME" {
            assert!(words[1].starts_with("{grantmint:1:"), "{line}");
        }
        for secret in ["the stream", "the other stream", "the grant"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    assert!(heard.len() > 10, "{heard:?}");
    drop(heard);
    assert_eq!(redis.ask(["GET", "theirs"]), Reply::Text(b"kept".to_vec()));
}

/// How many commands it has been sent by fleets.
fn counted(redis: &Redis) -> u64 {
    let Reply::Text(info) = redis.ask(["INFO", "commandstats"]) else { panic!("no statistics") };
    let info = String::from_utf8(info).unwrap();
    let count = |name: &str| -> u64 {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":calls="));
        line.map_or(0, |rest| rest.split(',').next().unwrap().parse().unwrap())
    };
    ["eval", "evalsha", "auth", "hello"].map(|name| count(&format!("cmdstat_{name}"))).iter().sum()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn who_fetches_for_all_sends_two_commands_and_everybody_else_one() {
    let redis = Redis::plain();
    let limited = || {
        let fleet = fleet(redis.port());
        GrantCache::builder().fleet(&fleet, "tests").unwrap().rate_limited().build()
    };
    // After this the server knows the scripts.
    limited().get(&key("before"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || holds_value(&redis));
    let [one, other] = [limited(), limited()];
    let before = counted(&redis);
    one.get(&key("a"), BeginOptions::new(), fetch).unwrap();
    until("it is left", || counted(&redis) >= before + 2);
    other.get(&key("a"), BeginOptions::new(), never).unwrap();
    assert_eq!(counted(&redis), before + 3);
    assert_eq!(stats(&one).calls_per_second, Some(10.0), "the account was asked all the same");
}
