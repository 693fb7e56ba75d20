//! Credentials of a day through outages of hours, on a clock that jumps.

use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, CachePolicyBuilder, Error, ErrorKind, Grant, GrantCache, Key,
    ManualClock, Start, Ticket,
};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3600);

struct World {
    clock: ManualClock,
    cache: GrantCache,
    key: Key,
    is_down: bool,
    /// While upstream was down.
    calls: usize,
    /// What callers were told in place of a credential.
    errors: usize,
}

impl World {
    /// With a credential that has just been fetched.
    fn new(policy: CachePolicyBuilder) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let builder = GrantCache::builder().clock(&clock).policy(policy.build().unwrap());
        let (cache, key) = (builder.rate_limited().build(), Key::new("turn", DAY).unwrap());
        let mut world = Self { clock, cache, key, is_down: false, calls: 0, errors: 0 };
        world.read();
        assert_eq!(world.errors, 0);
        world
    }

    /// A caller comes, every second.
    fn pass(&mut self, time: Duration) {
        for _ in 0..time.as_secs() {
            self.clock.advance(Duration::from_secs(1));
            self.read();
        }
    }

    fn read(&mut self) {
        match self.cache.begin(&self.key, BeginOptions::default()) {
            Ok(Begin::HitAndFetch(_, ticket)) => self.fetch(ticket),
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.fetch(ticket);
                self.errors += usize::from(waiter.wait().is_err());
            }
            Ok(Begin::Hit(_)) => {}
            Ok(Begin::Wait(_)) | Err(_) => self.errors += 1,
        }
    }

    fn fetch(&mut self, mut ticket: Ticket) {
        let Start::Go(_) = ticket.start() else { return };
        if self.is_down {
            self.calls += 1;
            return ticket.fail(Error::new(ErrorKind::UpstreamUnavailable, "on purpose"));
        }
        ticket.complete(Grant::new("a credential"), DAY);
    }

    /// Until a refresh is due.
    fn pass_until_due(&mut self, soft: Duration) {
        self.pass(DAY - Duration::from_secs(30) - soft);
    }
}

/// Refreshes are due at six tenths, and a twelfth is promised: what lies between is what an outage may last.
fn session() -> World {
    let mut world = World::new(CachePolicy::builder().session(None).jitter(0.0));
    world.pass_until_due(DAY * 6 / 10);
    world
}

#[test]
fn clients_with_sessions_do_not_notice_an_outage_of_twelve_hours() {
    let mut world = session();
    world.is_down = true;
    world.pass(Duration::from_secs(1));
    assert_eq!(world.calls, 1, "it begins when a refresh falls due");
    world.pass(12 * HOUR);
    assert_eq!(world.errors, 0);
    world.is_down = false;
    world.pass(Duration::from_secs(120));
    assert_eq!(world.errors, 0);
    let hit = world.cache.begin(&world.key, BeginOptions::default()).unwrap();
    let Begin::Hit(hit) = hit else { panic!("upstream is back") };
    assert!(hit.remaining() > DAY - HOUR, "it has been refreshed");
}

#[test]
fn after_thirteen_hours_what_is_left_is_less_than_a_session_was_promised() {
    let mut world = session();
    world.is_down = true;
    world.pass(13 * HOUR);
    assert!(world.errors > 0);
    // A caller that asks for less is served all the same.
    let options = BeginOptions::new().min_remaining(HOUR);
    let hit = world.cache.begin(&world.key, options);
    assert!(matches!(hit, Ok(Begin::Hit(_) | Begin::HitAndFetch(..))), "{hit:?}");
}

#[test]
fn an_hour_of_outage_costs_no_more_than_150_requests() {
    for (policy, soft) in [
        (CachePolicy::builder(), DAY / 5 + DAY / 40),
        (CachePolicy::builder().session(None), DAY * 6 / 10 + DAY / 20),
    ] {
        let mut world = World::new(policy);
        world.pass_until_due(soft);
        world.is_down = true;
        // The jitter of the refresh, at most a twentieth.
        world.pass(DAY / 20);
        world.calls = 0;
        world.pass(HOUR);
        assert!((60..=150).contains(&world.calls), "{} requests", world.calls);
        assert_eq!(world.errors, 0);
    }
}
