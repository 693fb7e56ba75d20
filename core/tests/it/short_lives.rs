//! Grants of every lifetime that may be asked for, from an upstream that is healthy and more or less slow:
//! no caller is refused but where the arithmetic leaves no time.

use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, ErrorKind, Grant, GrantCache, Key, ManualClock, Start, Ticket, Waiter,
};

const STEP: Duration = Duration::from_millis(10);
const LATENCIES_MS: [u64; 3] = [20, 200, 1000];

struct World {
    cache: GrantCache,
    clock: ManualClock,
    key: Key,
    latency: Duration,
    now: Duration,
    /// Fetches and when their answer comes; one that may not be sent yet has none.
    fetches: Vec<(Ticket, Option<Duration>)>,
    waiters: Vec<Waiter>,
    served: usize,
    refused: Vec<ErrorKind>,
}

impl World {
    fn new(ttl: u64, latency_ms: u64) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        Self {
            cache: GrantCache::builder().clock(&clock).rate_limited().build(),
            clock,
            key: Key::new("stream", Duration::from_secs(ttl)).unwrap(),
            latency: Duration::from_millis(latency_ms),
            now: Duration::ZERO,
            fetches: Vec::new(),
            waiters: Vec::new(),
            served: 0,
            refused: Vec::new(),
        }
    }

    /// A viewer in each step, for five lifetimes and ten seconds.
    fn run(mut self) -> Self {
        let end = 5 * self.key.ttl() + Duration::from_secs(10);
        while self.now < end {
            self.answer();
            self.ask();
            self.look();
            self.now += STEP;
            self.clock.advance(STEP);
        }
        self
    }

    fn ask(&mut self) {
        match self.cache.begin(&self.key, BeginOptions::default()) {
            Ok(Begin::Hit(_)) => self.served += 1,
            Ok(Begin::HitAndFetch(_, ticket)) => {
                self.served += 1;
                self.fetches.push((ticket, None));
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.fetches.push((ticket, None));
                self.waiters.push(waiter);
            }
            Ok(Begin::Wait(waiter)) => self.waiters.push(waiter),
            Err(error) => self.refused.push(error.kind()),
        }
        let (now, latency) = (self.now, self.latency);
        for (ticket, answer) in &mut self.fetches {
            if answer.is_none() && matches!(ticket.start(), Start::Go(_)) {
                *answer = Some(now + latency);
            }
        }
    }

    fn answer(&mut self) {
        let ttl = self.key.ttl();
        for (ticket, answer) in std::mem::take(&mut self.fetches) {
            if answer.is_some_and(|at| at <= self.now) {
                ticket.complete(Grant::new("a grant"), ttl);
            } else {
                self.fetches.push((ticket, answer));
            }
        }
    }

    fn look(&mut self) {
        for waiter in std::mem::take(&mut self.waiters) {
            match waiter.try_result() {
                Some(Ok(_)) => self.served += 1,
                Some(Err(error)) => self.refused.push(error.kind()),
                None => self.waiters.push(waiter),
            }
        }
    }
}

#[test]
fn no_caller_of_a_healthy_upstream_is_refused_however_short_the_grants() {
    for ttl in 1..=60 {
        for latency_ms in LATENCIES_MS {
            let world = World::new(ttl, latency_ms).run();
            // A second is over when its grant comes.
            let can_be = (ttl, latency_ms) != (1, 1000);
            let refused = world.refused.len();
            let what =
                format!("ttl {ttl}, {latency_ms} ms: {refused} of {}", refused + world.served);
            assert_eq!(refused == 0, can_be, "{what}: {:?}", world.refused.first());
        }
    }
}
