//! Grants of every lifetime that may be asked for, as every language runs it: `tests/vectors/grant_ttls.json`.

use std::path::Path;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, ErrorKind, Grant, GrantCache, Key, ManualClock, Start, Ticket, Waiter,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    ttl: u64,
    latency_ms: u64,
    step_ms: u64,
    refused: bool,
}

struct World {
    cache: GrantCache,
    clock: ManualClock,
    key: Key,
    latency: Duration,
    step: Duration,
    now: Duration,
    /// Fetches and when their answer comes; one that may not be sent yet has none.
    fetches: Vec<(Ticket, Option<Duration>)>,
    waiters: Vec<Waiter>,
    served: usize,
    refused: Vec<ErrorKind>,
}

impl World {
    fn new(row: Row) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        Self {
            cache: GrantCache::builder().clock(&clock).rate_limited().build(),
            clock,
            key: Key::new("stream", Duration::from_secs(row.ttl)).unwrap(),
            latency: Duration::from_millis(row.latency_ms),
            step: Duration::from_millis(row.step_ms),
            now: Duration::ZERO,
            fetches: Vec::new(),
            waiters: Vec::new(),
            served: 0,
            refused: Vec::new(),
        }
    }

    fn run(mut self) -> Self {
        let end = 5 * self.key.ttl() + Duration::from_secs(10);
        let mut caller = Duration::ZERO;
        while caller < end {
            let answer = self.fetches.iter().filter_map(|(_, answer)| *answer).min();
            self.pass_until(answer.map_or(caller, |answer| answer.min(caller)));
            self.answer();
            if self.now == caller {
                self.ask();
                caller += self.step;
            }
            self.look();
        }
        self
    }

    fn pass_until(&mut self, time: Duration) {
        self.clock.advance(time - self.now);
        self.now = time;
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
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(vectors.join("grant_ttls.json")).unwrap();
    let rows = serde_json::from_str::<Table>(&text).unwrap().rows;
    assert_eq!(rows.len(), 180);
    for row in rows {
        let world = World::new(row).run();
        let refused = world.refused.len();
        let what = format!("{row:?}: {refused} of {}", refused + world.served);
        assert_eq!(refused > 0, row.refused, "{what}: {:?}", world.refused.first());
        assert!(row.refused || world.served > 0, "{what}");
    }
}
