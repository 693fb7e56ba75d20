//! Keys that a cluster moves from one of its servers to another, as it does when it grows.

use grantmint_redis::{Client, Redis, Reply};

use super::super::names::{Names, Of};
use super::*;
use crate::fleet::store::Asked;

/// The part of all keys that those of the tests are in, on its way from one server to another.
struct Move<'a> {
    part: String,
    all: &'a [Redis],
    from: &'a Redis,
    to: &'a Redis,
}

impl<'a> Move<'a> {
    fn begin(all: &'a [Redis]) -> Self {
        let part = usize::from(redis_protocol::redis_keyslot(&name(Of::Value)));
        // As the keys were given out when the cluster was made.
        let owner = (part / (16_384 / all.len())).min(all.len() - 1);
        let (from, to) = (&all[owner], &all[(owner + 1) % all.len()]);
        let part = part.to_string();
        to.ask(["CLUSTER", "SETSLOT", &part, "IMPORTING", &id(from)]);
        from.ask(["CLUSTER", "SETSLOT", &part, "MIGRATING", &id(to)]);
        Self { part, all, from, to }
    }

    /// Brings a key over.
    fn bring(&self, key: &[u8]) {
        let (key, port) = (String::from_utf8(key.to_vec()).unwrap(), self.to.port().to_string());
        let said = self.from.ask(["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"]);
        assert_eq!(said, Reply::Text(b"OK".to_vec()));
    }

    fn end(&self) {
        let others = self.all.iter().filter(|redis| redis.port() != self.to.port());
        [self.to].into_iter().chain(others).for_each(|redis| {
            redis.ask(["CLUSTER", "SETSLOT", &self.part, "NODE", &id(self.to)]);
        });
    }

    /// For how many milliseconds a key is still kept where it comes to, if it is there.
    fn kept_there(&self, key: &[u8]) -> Reply {
        let mut client = Client::connect(self.to.port()).unwrap();
        client.ask(&[b"ASKING"]).unwrap();
        client.ask(&[b"PTTL", key]).unwrap()
    }
}

fn name(of: Of) -> Vec<u8> {
    Names::new("").name(&SLOT, of)
}

fn id(redis: &Redis) -> String {
    match redis.ask(["CLUSTER", "MYID"]) {
        Reply::Text(id) => String::from_utf8(id).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn by(redis: &Redis) -> Arc<dyn SharedStore> {
    store(&format!("redis+cluster://127.0.0.1:{}", redis.port()))
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn keys_that_are_being_moved_are_asked_for_where_they_are() {
    let all = Redis::cluster(2);
    let store = by(&all[0]);
    works(&*store);
    all.iter().for_each(|redis| drop(redis.ask(["FLUSHALL"])));
    let moving = Move::begin(&all);
    // What asks for one key is sent on; for several there is no answer until all of them have moved.
    let asked = Asked { call: 1, rate: 2.0, most: 9.0, lost_after: SECOND, random: 0.5 };
    store.admit(&SLOT, &asked, now()).result().unwrap();
    assert_eq!(moving.to.ask(["DBSIZE"]), Reply::Number(1));
    let trouble = claim(&*store).unwrap_err();
    assert!(trouble.what.contains("(TRYAGAIN)"), "{trouble:?}");
    moving.end();
    works(&*store);
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_lease_is_renewed_where_its_key_is_while_that_is_moved_and_after() {
    let all = Redis::cluster(3);
    let [one, other] = [by(&all[0]), by(&all[1])];
    let (held, ..) = lease(&*one);
    let moving = Move::begin(&all);
    let key = name(Of::Lease(Chair::First));
    moving.bring(&key);
    // Longer than a lease lasts that nobody renews.
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(250));
        let left = moving.kept_there(&key);
        assert!(matches!(left, Reply::Number(1..)), "on its way it is held: {left:?}");
    }
    moving.end();
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(250));
        assert!(is_busy(&*other), "where it has come to it is held");
    }
    one.release(&held);
    until("it is given back", || !is_busy(&*other));
}
