//! Tests of what is kept of minters that are gone, by a clock and a registry of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::builder::PlaybackMinterBuilder;
use super::options::TokenOptions;
use super::playback_minter::PlaybackMinter;
use crate::account::Registry;
use crate::cache::{Begin, BeginOptions, EventKind, Grant, GrantCache, Key};
use crate::clock::{Clock, ManualClock};
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::playback::grant::{AsyncGrantSource, Fetched, GrantRequest, GrantSource, SourceTicket};

const STEP: Duration = Duration::from_millis(60);
const KEPT: Duration = Duration::from_secs(63);

/// A process of its own, with an upstream that counts.
struct World {
    clock: ManualClock,
    registry: Arc<Registry>,
    upstream: Arc<Upstream>,
}

#[derive(Default)]
struct Upstream {
    calls: AtomicUsize,
    fails: Option<Error>,
    /// The size of its grants.
    bytes: usize,
}

struct Source(Arc<Upstream>);

impl GrantSource for Source {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(error) = &self.0.fails {
            return Err(error.clone());
        }
        Fetched::new(format!("{{\"x\":\"{}\"}}", "g".repeat(self.0.bytes)))
    }
}

impl World {
    fn new() -> Self {
        Self::with(Upstream::default())
    }

    fn failing(error: Error) -> Self {
        Self::with(Upstream { fails: Some(error), ..Upstream::default() })
    }

    fn with(upstream: Upstream) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let registry = Arc::new(Registry::new(Clock::from(&clock)));
        Self { clock, registry, upstream: Arc::new(upstream) }
    }

    fn builder(&self, account: usize) -> PlaybackMinterBuilder {
        let account = format!("AC{account:032x}");
        let key = ApiKey::new(&account, &format!("SK{:032x}", 1), "a secret").unwrap();
        PlaybackMinter::builder(&key).registry(&self.registry).source(Source(self.upstream.clone()))
    }

    fn minter(&self, account: usize) -> PlaybackMinter {
        self.builder(account).share("all").build().unwrap()
    }

    /// A minter for one request of a handler, a moment after the one before.
    fn request(&self, account: usize, stream: usize) -> Result<u64> {
        self.clock.advance(STEP);
        self.minter(account).token(&streamer(stream), "alice").map(|token| token.generation)
    }

    fn calls(&self) -> usize {
        self.upstream.calls.load(Ordering::SeqCst)
    }
}

/// Whether something comes to be so: a fetcher thread may still be about to let go of its last fetch.
fn soon(mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > Duration::from_secs(10) {
            return false;
        }
        thread::yield_now();
    }
    true
}

fn streamer(number: usize) -> String {
    format!("VJ{number:032x}")
}

#[test]
fn a_minter_for_each_request_costs_one_call_closed_or_not() {
    let world = World::new();
    for _ in 0..50 {
        world.request(1, 1).unwrap();
    }
    for _ in 0..50 {
        world.clock.advance(STEP);
        let live = world.minter(1);
        live.token(&streamer(1), "alice").unwrap();
        live.close();
    }
    assert_eq!(world.calls(), 1);
    let stats = world.minter(1).stats().unwrap();
    assert_eq!((stats.waits, stats.hits()), (1, 99), "statistics are kept, too");
    assert!(!world.minter(1).drain_events().unwrap().is_empty());
}

#[test]
fn a_cool_down_outlives_the_minter_that_met_it() {
    let error = Error::new(ErrorKind::Throttled, "on purpose");
    let world = World::failing(error.with_retry_after(Duration::from_secs(5)));
    for stream in 0..20 {
        assert_eq!(world.request(1, stream).unwrap_err().kind(), ErrorKind::Throttled);
    }
    assert_eq!(world.calls(), 1);
}

#[test]
fn a_used_up_rate_limit_outlives_the_minters_that_used_it() {
    let world = World::new();
    let within = TokenOptions::new().timeout(Duration::ZERO);
    let refused = (0..60).filter(|stream| {
        let asked = world.minter(1).token_with(&streamer(*stream), "alice", within);
        asked.is_err_and(|error| error.kind() == ErrorKind::Overloaded)
    });
    assert_eq!(refused.count(), 40, "twenty requests at once");
}

#[test]
fn a_cached_error_is_kept_until_it_ends() {
    let world = World::failing(Error::new(ErrorKind::UpstreamNotFound, "on purpose"));
    world.request(1, 1).unwrap_err();
    world.clock.advance(Duration::from_millis(4800));
    assert_eq!(world.request(1, 1).unwrap_err().kind(), ErrorKind::UpstreamNotFound);
    assert_eq!(world.calls(), 1);
    world.clock.advance(Duration::from_millis(5200));
    world.request(1, 1).unwrap_err();
    assert_eq!(world.calls(), 2);
}

#[test]
fn a_cache_goes_with_its_last_grant() {
    let world = World::new();
    let cache = {
        let live = world.minter(1);
        live.token(&streamer(1), "alice").unwrap();
        live.cache().unwrap().downgrade()
    };
    world.clock.advance(Duration::from_secs(57));
    drop(world.minter(2));
    assert!(cache.strong_count() > 0);
    world.clock.advance(Duration::from_secs(2));
    drop(world.minter(2));
    assert_eq!(cache.strong_count(), 0, "the grant lived for sixty seconds, with a margin of two");
    world.request(1, 1).unwrap();
    assert_eq!(world.calls(), 2);
}

#[test]
fn no_cache_is_kept_for_longer_than_a_minute() {
    let world = World::new();
    let cache = {
        let live = world.minter(1);
        store_for_an_hour(&live.cache().unwrap());
        live.cache().unwrap().downgrade()
    };
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(60));
        drop(world.minter(1));
        assert!(cache.strong_count() > 0, "each user is the last for a minute");
    }
    world.clock.advance(KEPT);
    drop(world.minter(2));
    assert_eq!(cache.strong_count(), 0);
    world.request(1, 1).unwrap();
    world.clock.advance(KEPT);
    world.clock.advance(KEPT);
    let mut account = 2;
    let cleared = || {
        // The table is looked through when something new comes and the next look is due.
        world.clock.advance(KEPT);
        drop(world.minter(account));
        account += 1;
        world.registry.sizes() == (1, 1)
    };
    assert!(soon(cleared), "the limiters are quiet, too, but for one in use then");
}

/// A grant of the host program's own, which may live for longer than those of streams.
fn store_for_an_hour(cache: &GrantCache) {
    let hour = Duration::from_secs(3600);
    let key = Key::new("service", hour).unwrap();
    let begun = cache.begin(&key, BeginOptions::default()).unwrap();
    let Begin::Fetch(ticket, _) = begun else { panic!("{begun:?}") };
    ticket.complete(Grant::new("a grant"), hour);
}

#[test]
fn whoever_holds_the_cache_uses_it() {
    let world = World::new();
    let live = world.minter(1);
    live.token(&streamer(1), "alice").unwrap();
    let cache = live.cache().unwrap();
    drop(live);
    world.clock.advance(KEPT * 3);
    drop(world.minter(2));
    assert!(world.minter(1).cache().unwrap().is_same(&cache));
}

#[test]
fn of_1025_accounts_the_first_costs_a_call() {
    let world = World::new();
    for account in 1..=1025 {
        world.clock.advance(Duration::from_millis(1));
        world.minter(account).token(&streamer(1), "alice").unwrap();
    }
    assert_eq!((world.calls(), world.registry.sizes()), (1025, (1024, 1025)));
    world.request(2, 1).unwrap();
    assert_eq!(world.calls(), 1025);
    world.request(1, 1).unwrap();
    assert_eq!(world.calls(), 1026);
    world.request(2, 1).unwrap();
    assert_eq!(world.calls(), 1026, "it was used after the third");
    world.request(3, 1).unwrap();
    assert_eq!(world.calls(), 1027);
}

#[test]
fn entries_and_grants_that_are_kept_are_limited() {
    // Eight of these are over 4,096 entries, or over 16 MiB. An account sends ten requests a second.
    for (streams, bytes) in [(540, 0), (38, 60_000)] {
        let world = World::with(Upstream { bytes, ..Upstream::default() });
        let minters: Vec<_> = (1..=8).map(|account| world.minter(account)).collect();
        for stream in 0..streams {
            world.clock.advance(Duration::from_millis(100));
            minters.iter().for_each(|live| drop(live.token(&streamer(stream), "a").unwrap()));
        }
        for live in minters {
            world.clock.advance(STEP);
            drop(live);
        }
        world.clock.advance(Duration::from_secs(2));
        drop(world.minter(9));
        let keys = [1, 2, 8].map(|account| world.minter(account).stats().unwrap().keys);
        assert!(keys[0] == 0 && keys[1] > 0 && keys[2] > 0, "{keys:?}");
    }
}

#[test]
fn what_was_purged_or_forgotten_is_not_found() {
    let world = World::new();
    world.request(1, 1).unwrap();
    let live = world.minter(1);
    live.purge().unwrap();
    live.close();
    drop(live);
    world.request(1, 1).unwrap();
    assert_eq!(world.calls(), 2);
    let kept = world.minter(2);
    let forgotten = || {
        world.registry.forget();
        world.registry.sizes() == (1, 1)
    };
    assert!(soon(forgotten), "what is used is not touched");
    world.request(1, 1).unwrap();
    assert_eq!(world.calls(), 3);
    drop(kept);
}

#[test]
fn only_those_who_share_are_kept() {
    let world = World::new();
    for isolated in [true, false] {
        let before = world.calls();
        for _ in 0..3 {
            let builder = world.builder(1);
            let live = if isolated { builder.isolated() } else { builder }.build().unwrap();
            live.token(&streamer(1), "alice").unwrap();
        }
        assert_eq!(world.calls() - before, 3);
    }
    assert_eq!(world.registry.sizes(), (0, 1));
}

#[test]
fn a_throttled_account_is_remembered_whatever_else_comes() {
    let error = Error::new(ErrorKind::Throttled, "on purpose");
    let world = World::failing(error.with_retry_after(Duration::from_secs(60)));
    assert_eq!(world.request(1, 1).unwrap_err().kind(), ErrorKind::Throttled);
    world.clock.advance(STEP);
    let registry = Arc::clone(&world.registry);
    let calm = World { clock: world.clock.clone(), registry, upstream: Arc::default() };
    for account in 2..=1100 {
        calm.minter(account).token(&streamer(1), "alice").unwrap();
    }
    assert_eq!(world.registry.sizes(), (1024, 1100));
    world.clock.advance(Duration::from_secs(30));
    calm.minter(1101).token(&streamer(1), "alice").unwrap();
    let refused = calm.request(1, 2).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Throttled);
}

#[test]
fn nothing_is_kept_warm_for_nobody() {
    let world = World::new();
    let live = world.minter(1);
    live.token(&streamer(1), "alice").unwrap();
    live.keep_warm(&streamer(1), Duration::from_secs(3600)).unwrap();
    let wakeup = |live: &PlaybackMinter| live.shared().unwrap().feed.tenant().next_warm();
    let (other, again) = (world.minter(1), live.clone());
    drop(live);
    assert!(wakeup(&again).is_some(), "as long as the minter or a clone is there");
    assert!(wakeup(&other).is_none(), "only for the minter that was told");
    drop((other, again));
    world.clock.advance(Duration::from_secs(40));
    let found = world.minter(1);
    assert!(wakeup(&found).is_none());
    assert!(found.shared().unwrap().feed.tenant().poll_warm().is_empty());
    assert_eq!(world.calls(), 1);
}

/// Hands its tickets to the test.
struct Slow(std::sync::mpsc::Sender<SourceTicket>);

impl AsyncGrantSource for Slow {
    fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
        self.0.send(ticket).unwrap();
    }
}

fn slow(world: &World) -> (impl Fn() -> PlaybackMinter, Receiver<SourceTicket>) {
    let (send, tickets) = channel();
    let (builder, clock) = (world.builder(1), world.clock.clone());
    let key = ApiKey::new(&format!("AC{:032x}", 1), &format!("SK{:032x}", 1), "a secret").unwrap();
    drop(builder);
    let registry = Arc::clone(&world.registry);
    let minter = move || {
        clock.advance(STEP);
        let builder = PlaybackMinter::builder(&key).registry(&registry).source(Slow(send.clone()));
        builder.share("all").build().unwrap()
    };
    (minter, tickets)
}

#[test]
fn a_fetch_that_its_minter_did_not_live_to_see_is_stored() {
    let world = World::new();
    let (minter, tickets) = slow(&world);
    assert!(minter().try_token(&streamer(1), "alice").unwrap().is_none());
    let ticket = tickets.recv().unwrap();
    assert!(minter().try_token(&streamer(1), "alice").unwrap().is_none());
    world.clock.advance(Duration::from_secs(2));
    ticket.complete(Fetched::new("{}").unwrap());
    assert!(minter().try_token(&streamer(1), "alice").unwrap().is_some());
    let kinds = minter().drain_events().unwrap();
    let sent = kinds.iter().filter(|event| event.kind == EventKind::FetchSent).count();
    assert_eq!(sent, 1);
}

#[test]
fn threads_that_make_minters_together_share_one_cache() {
    let world = Arc::new(World::new());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                for _ in 0..200 {
                    world.minter(1).token(&streamer(1), "alice").unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(world.calls(), 1);
}
