//! Several minters that use one cache: what one of them does wrong is no other's outage.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    AccountOptions, ApiKey, AsyncGrantSource, Begin, BeginOptions, CachePolicy, Error, ErrorKind,
    EventKind, Fetched, Grant, GrantCache, GrantRequest, GrantSource, Key, ManualClock,
    PlaybackMinter, Result, SourceTicket, decode,
};

use crate::support::{STREAMER, streamer};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// A key of an account, both by number.
fn key(account: usize, number: usize) -> ApiKey {
    let secret = format!("the secret of key {number}, long enough");
    ApiKey::new(&format!("AC{account:032x}"), &format!("SK{number:032x}"), &secret).unwrap()
}

fn cache() -> (GrantCache, ManualClock) {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    (GrantCache::builder().clock(&clock).build(), clock)
}

/// Brings what it is told to, and counts.
#[derive(Clone)]
struct Scripted {
    calls: Arc<AtomicUsize>,
    outcome: Arc<Mutex<Outcome>>,
}

#[derive(Clone, Copy)]
enum Outcome {
    /// A grant that names who fetched it.
    Grant(usize),
    Fails(ErrorKind),
}

impl Scripted {
    fn new(outcome: Outcome) -> Self {
        Self { calls: Arc::default(), outcome: Arc::new(Mutex::new(outcome)) }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    fn becomes(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap() = outcome;
    }
}

impl GrantSource for Scripted {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match *self.outcome.lock().unwrap() {
            Outcome::Grant(who) => Fetched::new(format!("{{\"fetched_by\":{who}}}")),
            Outcome::Fails(kind) => Err(Error::new(kind, "on purpose")),
        }
    }
}

fn minter(cache: &GrantCache, key: &ApiKey, source: &Scripted) -> PlaybackMinter {
    PlaybackMinter::builder(key).cache(cache).source(source.clone()).build().unwrap()
}

fn fetched_by(live: &PlaybackMinter, stream: &str) -> Result<u64> {
    let token = live.token(stream, "alice")?;
    let claims: serde_json::Value =
        serde_json::from_str(decode(&token.jwt)?.claims_json()).unwrap();
    Ok(claims["grants"]["player"]["fetched_by"].as_u64().unwrap())
}

#[test]
fn a_refused_key_holds_up_nobody_who_has_a_good_one() {
    let (cache, clock) = cache();
    let (good, bad) = (Scripted::new(Outcome::Grant(1)), Scripted::new(Outcome::Grant(2)));
    let [one, two] =
        [(1, &good), (2, &bad)].map(|(number, it)| minter(&cache, &key(1, number), it));
    bad.becomes(Outcome::Fails(ErrorKind::UpstreamUnauthorized));
    let mut refused = 0;
    for _ in 0..300 {
        for _ in 0..5 {
            assert!(one.token(STREAMER, "alice").is_ok());
            refused += usize::from(two.token(STREAMER, "bob").is_err());
            // Streams that only the bad one wants.
            assert!(two.token(&streamer(9), "bob").is_err());
        }
        assert!(one.token(&streamer(10), "alice").is_ok(), "it waits for no other's pause");
        clock.advance(SECOND);
    }
    assert_eq!(refused, 0, "what is in the cache is everybody's");
    assert!(bad.calls() <= 300, "one at most in each pause of a second or more: {}", bad.calls());
    assert!(good.calls() <= 28, "two streams, every half minute or so: {}", good.calls());
}

#[test]
fn a_grant_in_the_cache_outlives_the_key_that_fetched_it() {
    let (cache, clock) = cache();
    let source = Scripted::new(Outcome::Grant(1));
    let [one, two] = [1, 2].map(|number| minter(&cache, &key(1, number), &source));
    assert_eq!(fetched_by(&one, STREAMER).unwrap(), 1);
    source.becomes(Outcome::Fails(ErrorKind::UpstreamForbidden));
    clock.advance(40 * SECOND);
    for live in [&one, &two] {
        let token = live.token(STREAMER, "alice").unwrap();
        let reason = token.reason.expect("its refresh failed");
        assert_eq!(reason.kind(), ErrorKind::UpstreamForbidden);
    }
    assert_eq!(source.calls(), 3, "each key has been refused once");
}

/// Hands its tickets to the test.
struct ByHand(Sender<SourceTicket>);

impl AsyncGrantSource for ByHand {
    fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
        self.0.send(ticket).unwrap();
    }
}

fn by_hand(cache: &GrantCache, key: &ApiKey) -> (PlaybackMinter, Receiver<SourceTicket>) {
    let (send, tickets) = channel();
    let builder = PlaybackMinter::builder(key).cache(cache).source(ByHand(send));
    (builder.build().unwrap(), tickets)
}

fn refused() -> Error {
    Error::new(ErrorKind::UpstreamUnauthorized, "on purpose")
}

#[test]
fn who_waits_for_a_key_that_is_refused_fetches_with_its_own() {
    let (cache, _clock) = cache();
    let ((bad, at_bad), (good, at_good)) =
        (by_hand(&cache, &key(1, 1)), by_hand(&cache, &key(1, 2)));
    let first = thread::spawn(move || bad.token(STREAMER, "alice"));
    let ticket = at_bad.recv().unwrap();
    let waits = cache.stats().waits;
    let second = thread::spawn(move || good.token(STREAMER, "bob"));
    while cache.stats().waits == waits {
        thread::yield_now();
    }
    ticket.fail(refused());
    // Before the grant of the other is there: it would be served that.
    assert_eq!(first.join().unwrap().unwrap_err().kind(), ErrorKind::UpstreamUnauthorized);
    at_good.recv().unwrap().complete(Fetched::new("{}").unwrap());
    assert!(second.join().unwrap().is_ok());
}

#[test]
fn what_a_minter_kept_warm_makes_room_once_it_is_closed_or_gone() {
    let ends: [fn(PlaybackMinter) -> Option<PlaybackMinter>; 2] = [
        |live| {
            live.close();
            Some(live)
        },
        |_| None,
    ];
    for end in ends {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let policy = CachePolicy::builder().max_keys(1).build().unwrap();
        let cache = GrantCache::builder().policy(policy).clock(&clock).build();
        let source = Scripted::new(Outcome::Grant(1));
        let [one, two] = [1, 2].map(|number| minter(&cache, &key(1, number), &source));
        one.token(STREAMER, "alice").unwrap();
        one.keep_warm(STREAMER, 10 * MINUTE).unwrap();
        assert!(two.token(&streamer(2), "bob").is_err(), "what is kept warm stays");
        let _closed = end(one);
        let start = std::time::Instant::now();
        while two.token(&streamer(2), "bob").is_err() {
            assert!(start.elapsed() < 10 * SECOND, "it is kept for nobody");
            thread::yield_now();
        }
    }
}

#[test]
fn who_waits_for_another_key_while_upstream_is_down_is_told_so_and_asks_no_second_time() {
    let (cache, _clock) = cache();
    let ((one, at_one), (two, at_two)) = (by_hand(&cache, &key(1, 1)), by_hand(&cache, &key(1, 2)));
    let first = thread::spawn(move || one.token(STREAMER, "alice"));
    let ticket = at_one.recv().unwrap();
    let waits = cache.stats().waits;
    let second = thread::spawn(move || two.token(STREAMER, "bob"));
    while cache.stats().waits == waits {
        thread::yield_now();
    }
    ticket.fail(Error::new(ErrorKind::UpstreamUnavailable, "it is down"));
    for caller in [first, second] {
        let error = caller.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamUnavailable);
    }
    assert!(at_two.try_recv().is_err());
}

#[test]
fn a_rotation_leaves_alone_what_another_fetches() {
    let (cache, _clock) = cache();
    let ((one, _), (two, at_two)) = (by_hand(&cache, &key(1, 1)), by_hand(&cache, &key(1, 2)));
    two.prefetch(STREAMER).unwrap();
    let ticket = at_two.recv().unwrap();
    one.rotate(&key(1, 3)).unwrap();
    ticket.complete(Fetched::new("{}").unwrap());
    assert!(one.try_token(STREAMER, "alice").unwrap().is_some(), "it was stored");
}

#[test]
fn what_a_refused_key_is_told_ends_with_its_rotation() {
    let (cache, _clock) = cache();
    let source = Scripted::new(Outcome::Fails(ErrorKind::UpstreamUnauthorized));
    let live = minter(&cache, &key(1, 1), &source);
    for _ in 0..3 {
        assert!(live.token(STREAMER, "alice").is_err());
    }
    assert_eq!(source.calls(), 1);
    source.becomes(Outcome::Grant(1));
    live.rotate(&key(1, 2)).unwrap();
    assert!(live.token(STREAMER, "alice").is_ok());
}

#[test]
fn who_waits_for_a_key_that_was_rotated_meanwhile_fetches_with_the_new_one() {
    let (cache, _clock) = cache();
    let (live, tickets) = by_hand(&cache, &key(1, 1));
    let other = live.clone();
    let waiting = thread::spawn(move || other.token(STREAMER, "alice"));
    let ticket = tickets.recv().unwrap();
    live.rotate(&key(1, 2)).unwrap();
    ticket.fail(refused());
    tickets.recv().unwrap().complete(Fetched::new("{}").unwrap());
    assert!(waiting.join().unwrap().is_ok());
}

#[test]
fn a_key_that_an_event_shows_is_one_of_the_hosts_own_if_the_host_asks_for_it() {
    let (cache, _clock) = cache();
    let source = Scripted::new(Outcome::Grant(1));
    let live = minter(&cache, &key(1, 1), &source);
    live.token(STREAMER, "alice").unwrap();
    let shown = cache.drain_events().into_iter().find_map(|event| event.key).unwrap();
    assert!(shown.text().starts_with(STREAMER));
    assert!(matches!(cache.begin(&shown, BeginOptions::default()), Ok(Begin::Fetch(..))));
    assert_eq!(cache.stats().keys, 2);
}

#[test]
fn of_different_limits_of_one_account_the_lower_holds_and_an_event_tells_of_it() {
    let minter = |calls| {
        let options = AccountOptions::new().calls_per_second(calls);
        let builder = PlaybackMinter::builder(&key(70, 1)).account(options).isolated();
        builder.source(Scripted::new(Outcome::Grant(1))).build().unwrap()
    };
    let differs = |live: &PlaybackMinter| {
        let events = live.drain_events().unwrap();
        events.into_iter().filter(|event| event.kind == EventKind::LimitsDiffer).count()
    };
    let live = [3.0, 3.0, 5.0, 2.0].map(minter);
    assert_eq!(live.each_ref().map(differs), [0, 0, 1, 1]);
    for one in &live {
        assert_eq!(one.stats().unwrap().calls_per_second, Some(2.0));
    }
}

#[test]
fn accounts_that_share_a_cache_share_nothing_else() {
    let (cache, clock) = cache();
    let sources = [1, 2].map(|account| Scripted::new(Outcome::Grant(account)));
    let live = [1, 2].map(|account| minter(&cache, &key(account, 1), &sources[account - 1]));
    assert_eq!(fetched_by(&live[0], STREAMER).unwrap(), 1);
    assert_eq!(fetched_by(&live[1], STREAMER).unwrap(), 2, "a grant of its own account");
    assert_eq!(cache.stats().keys, 2);

    sources[0].becomes(Outcome::Fails(ErrorKind::Throttled));
    assert_eq!(live[0].token(&streamer(2), "a").unwrap_err().kind(), ErrorKind::Throttled);
    assert!(live[1].token(&streamer(2), "a").is_ok(), "another account is not throttled");
    assert!(live[0].stats().unwrap().cooldown_left > Duration::ZERO);
    assert!(live[1].stats().unwrap().cooldown_left.is_zero());

    live[0].purge().unwrap();
    clock.advance(SECOND);
    assert!(live[1].try_token(STREAMER, "a").unwrap().is_some(), "it drops its own grants only");
}

#[test]
fn an_account_cannot_use_up_the_rate_limit_of_another() {
    let (cache, _clock) = cache();
    let sources = [1, 2].map(|account| Scripted::new(Outcome::Grant(account)));
    let live = [1, 2].map(|account| minter(&cache, &key(account, 1), &sources[account - 1]));
    (2..200).for_each(|number| live[0].prefetch(&streamer(number)).unwrap());
    assert!(live[0].stats().unwrap().waiting > 100, "its own limit is reached");
    assert_eq!(live[1].stats().unwrap().waiting, 0);
    assert!(live[1].token(STREAMER, "bob").is_ok());
}

#[test]
fn a_minter_takes_no_ticket_of_the_hosts_and_the_host_none_of_a_minters() {
    let (cache, clock) = cache();
    let source = Scripted::new(Outcome::Grant(1));
    let live = minter(&cache, &key(1, 1), &source);
    let own = Key::new("my own key", MINUTE).unwrap();
    cache.keep_warm(&own, 10 * MINUTE).unwrap();
    live.keep_warm(STREAMER, 10 * MINUTE).unwrap();
    let mut tickets = cache.poll();
    assert_eq!(tickets.len(), 1);
    let ticket = tickets.remove(0);
    assert_eq!(ticket.key().text(), "my own key");
    ticket.complete(Grant::new("mine"), MINUTE);
    let start = std::time::Instant::now();
    while source.calls() == 0 {
        assert!(start.elapsed() < 10 * SECOND, "the minter fetches what it keeps warm");
        thread::yield_now();
    }
    clock.advance(SECOND);
    assert!(matches!(cache.begin(&own, BeginOptions::default()), Ok(Begin::Hit(_))));
    // A key of the host's that is spelled as a minter's is still another.
    let spelled = Key::new(STREAMER, MINUTE).unwrap();
    assert!(matches!(cache.begin(&spelled, BeginOptions::default()), Ok(Begin::Fetch(..))));
}

#[test]
fn what_a_minter_keeps_warm_ends_with_it() {
    let (cache, clock) = cache();
    let sources = [Scripted::new(Outcome::Grant(1)), Scripted::new(Outcome::Grant(2))];
    let [one, two] = [0, 1].map(|index| minter(&cache, &key(1, 1), &sources[index]));
    one.token(STREAMER, "alice").unwrap();
    for end in [PlaybackMinter::close, |_: &PlaybackMinter| ()] {
        one.keep_warm(STREAMER, 10 * MINUTE).ok();
        end(&one);
    }
    two.keep_warm(&streamer(2), 10 * MINUTE).unwrap();
    let start = std::time::Instant::now();
    while sources[1].calls() == 0 {
        assert!(start.elapsed() < 10 * SECOND, "the other one still keeps its own warm");
        thread::yield_now();
    }
    clock.advance(40 * SECOND);
    two.token(&streamer(2), "bob").unwrap();
    assert_eq!(sources[0].calls(), 1, "the closed one sends nothing");
    assert!(sources[1].calls() <= 2, "and nobody sends for it: {}", sources[1].calls());
}
