//! Processes that end while they fetch for all.

use super::*;

/// A process that fetches for all, and what cuts it off from the server, as its end does: nothing of it is heard there
/// any more.
fn holder(redis: &Redis) -> (Proxy, Ticket) {
    let proxy = Proxy::to(redis.port());
    let Ok(Begin::Fetch(mut ticket, _)) = cache(proxy.port()).begin(&key("a"), BeginOptions::new())
    else {
        panic!("nothing is cached");
    };
    assert!(matches!(started(&mut ticket), Start::Go(_)));
    (proxy, ticket)
}

/// Who comes next fetches for all as soon as the lease is over; it does not lose patience before, and fetch for itself.
fn is_next(redis: &Redis, what: &str) {
    let next = cache(redis.port());
    assert_eq!(next.get(&key("a"), BeginOptions::new(), fetch).unwrap().as_str(), "a grant");
    let counted = stats(&next);
    assert_eq!((counted.leases, counted.waits, counted.alone), (1, 1, 0), "{what}: {counted:?}");
    until("it is left", || holds_value(redis));
    assert_eq!(
        cache(redis.port()).get(&key("a"), BeginOptions::new(), never).unwrap().as_str(),
        "a grant"
    );
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn when_a_holder_is_gone_the_next_fetches_for_all_after_a_leases_time() {
    let redis = Redis::plain();
    let (proxy, ticket) = holder(&redis);
    proxy.set(Fault::Cuts);
    is_next(&redis, "a holder that is gone");
    // Its answer comes late, and is for nobody.
    proxy.set(Fault::None);
    ticket.complete(Grant::new("a late grant"), LIFETIME);
    let later = cache(redis.port());
    assert_eq!(later.get(&key("a"), BeginOptions::new(), never).unwrap().as_str(), "a grant");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_lease_that_the_server_never_forgets_holds_up_nobody_for_longer() {
    let redis = Redis::plain();
    let (proxy, ticket) = holder(&redis);
    proxy.set(Fault::Cuts);
    let Reply::List(names) = redis.ask(["KEYS", "*:l"]) else { panic!("no list") };
    let [Reply::Text(name)] = &names[..] else { panic!("no lease: {names:?}") };
    let name = std::str::from_utf8(name).unwrap();
    assert_eq!(redis.ask(["PERSIST", name]), Reply::Number(1));
    is_next(&redis, "a lease without end");
    drop(ticket);
}
