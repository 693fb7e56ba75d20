//! All ways to a server.

use std::time::Duration;

use grantmint_redis::{Redis, Setup};

use super::*;
use crate::fleet::store::Asked;

fn text(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn processes_share_what_one_of_them_leaves() {
    let redis = Redis::plain();
    let [one, other] = [(); 2].map(|()| at_port(redis.port()));
    let held = lease(&*one);
    assert!(is_busy(&*other));
    assert!(publish(&*one, &held, 7, 60 * SECOND));
    let (generation, end) = value(&*other).unwrap();
    assert_eq!(generation, 7);
    let left = end - now();
    assert!((55 * SECOND..=60 * SECOND).contains(&left), "{left} left");
    let held = lease(&*other).0;
    other.release(&held);
    until("it is free", || !is_busy(&*one));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_lease_that_is_held_is_renewed_and_ends_with_its_holder() {
    let redis = Redis::plain();
    let [one, other] = [(); 2].map(|()| at_port(redis.port()));
    let (held, ..) = lease(&*one);
    for _ in 0..15 {
        std::thread::sleep(Duration::from_millis(200));
        assert!(is_busy(&*other), "after a lease's time it is held");
    }
    one.release(&held);
    until("it is given back", || matches!(claim(&*other), Ok(Claim::Lease(..))));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn what_nobody_waits_for_any_more_holds_no_lease() {
    let redis = Redis::plain();
    let [one, other] = [(); 2].map(|()| at_port(redis.port()));
    assert!(is_busy_or_free(&*one), "it is connected");
    drop(one.claim(&wanted(), now()));
    until("it is free", || matches!(claim(&*other), Ok(Claim::Lease(..))));
}

fn is_busy_or_free(store: &dyn SharedStore) -> bool {
    claim_as(store, &Wanted { chair: Chair::None, ..wanted() }).result.is_ok()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_socket_in_a_file_does_as_well() {
    let redis = Redis::plain();
    works(&*store(&format!("redis+unix://{}", redis.socket().display())));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn tls_is_spoken_with_who_can_be_trusted() {
    let redis = Redis::start(Setup { tls: true, ..Setup::default() });
    let mut trusting = options(&format!("rediss://localhost:{}", redis.tls_port()));
    let trouble = claim(&*open(&trusting).unwrap()).unwrap_err();
    assert!(trouble.what.contains("TLS failed"), "{trouble:?}");
    trusting.set_ca_file(&redis.ca_file());
    works(&*open(&trusting).unwrap());
    let plain = claim(&*at_port(redis.tls_port())).unwrap_err();
    assert!(
        ["closes the connection", "no Redis", "broke"].iter().any(|what| plain.what.contains(what)),
        "{plain:?}"
    );
    assert!(claim(&*store(&format!("rediss://localhost:{}", redis.port()))).is_err());
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_password_lets_in_and_is_told_nobody() {
    let redis = Redis::start(Setup {
        arguments: text(&["--requirepass", "p@ss%w/rd"]),
        ..Setup::default()
    });
    let port = redis.port();
    works(&*store(&format!("redis://:p%40ss%25w%2Frd@127.0.0.1:{port}")));
    works(&*store(&format!("redis://default:p@ss%w/rd@127.0.0.1:{port}/0")));
    let trouble = claim(&*store(&format!("redis://:hunter2@127.0.0.1:{port}"))).unwrap_err();
    assert!(trouble.what.contains("WRONGPASS") && !trouble.what.contains("hunter2"), "{trouble:?}");
    let trouble = claim(&*at_port(port)).unwrap_err();
    assert!(trouble.what.contains("NOAUTH"), "{trouble:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_user_needs_no_more_than_the_documentation_says() {
    let allowed = "user fleet on >secret ~{grantmint:* resetchannels -@all +eval +evalsha +time +get +getrange +set \
                   +del +strlen";
    let arguments: Vec<_> = ["--".to_owned() + allowed.split_once(' ').unwrap().0]
        .into_iter()
        .chain(allowed.split_whitespace().skip(1).map(str::to_owned))
        .collect();
    let redis = Redis::start(Setup { arguments, ..Setup::default() });
    let store = store(&format!("redis://fleet:secret@127.0.0.1:{}", redis.port()));
    works(&*store);
    let tombstone = grant(9, now() + 60 * SECOND);
    store.replace(&SLOT, &tombstone, now()).result().unwrap();
    let asked = Asked { call: 1, rate: 2.0, most: 9.0, lost_after: SECOND, random: 0.5 };
    store.admit(&SLOT, &asked, now()).result().unwrap();
    let mut other = options(&format!("redis://fleet:secret@127.0.0.1:{}", redis.port()));
    other.set_prefix("staging").unwrap();
    works(&*open(&other).unwrap());
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_cluster_is_found_by_any_of_its_servers() {
    let all = Redis::cluster(3);
    for redis in &all {
        let store = store(&format!("redis+cluster://127.0.0.1:{}", redis.port()));
        works(&*store);
        assert!(publish(&*store, &lease(&*store), 7, 60 * SECOND));
    }
    let single = at_port(all[0].port());
    let troubles: Vec<_> =
        all.iter().filter_map(|redis| claim(&*at_port(redis.port())).err()).collect();
    assert!(
        claim(&*single).is_ok() || troubles.iter().any(|trouble| trouble.what.contains("MOVED"))
    );
    assert_eq!(troubles.len(), 2, "{troubles:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn leases_of_a_cluster_are_renewed_and_given_back() {
    let all = Redis::cluster(3);
    let urls = all.iter().map(|redis| format!("127.0.0.1:{}", redis.port())).collect::<Vec<_>>();
    let [one, other] = [0, 1].map(|first| store(&format!("redis+cluster://{}", urls[first])));
    let (held, ..) = lease(&*one);
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(250));
        assert!(is_busy(&*other), "after a lease's time it is held");
    }
    one.release(&held);
    until("it is given back", || !is_busy(&*other));
}
