//! One stream, its readers and the upstream that answers them.

use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicyBuilder, Error, ErrorKind, Freshness, Grant, GrantCache, Hit,
    Key, ManualClock, Result, Start, Ticket, Waiter,
};

const TTL: Duration = Duration::from_secs(60);
/// The default promise to readers.
const PROMISE: Duration = Duration::from_secs(5);

/// What becomes of a request, and how long it takes.
pub(crate) struct Fate {
    error: Option<ErrorKind>,
    takes: Duration,
}

impl Fate {
    pub(crate) fn granted(takes: Duration) -> Self {
        Self { error: None, takes }
    }

    pub(crate) fn unavailable(takes: Duration) -> Self {
        Self { error: Some(ErrorKind::UpstreamUnavailable), takes }
    }

    pub(crate) fn no_connection(takes: Duration) -> Self {
        Self { error: Some(ErrorKind::UpstreamConnect), takes }
    }

    pub(crate) fn silent(takes: Duration) -> Self {
        Self { error: Some(ErrorKind::UpstreamTimeout), takes }
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) cache: GrantCache,
    key: Key,
    fetch: Option<(Ticket, Duration, Fate)>,
    waiters: Vec<Waiter>,
    /// When the last request was sent.
    pub(crate) last_sent: Duration,
    pub(crate) reads: usize,
    pub(crate) granted: usize,
    pub(crate) failed_fetches: usize,
    pub(crate) degraded: usize,
    pub(crate) errors: usize,
    /// Of the grants that were handed out as soon as they came, the shortest lifetime.
    pub(crate) shortest_new: Duration,
    pub(crate) longest: Duration,
}

/// The time on the clock that decides.
pub(crate) fn boot(clock: &ManualClock) -> Duration {
    clock.now().boot()
}

impl World {
    pub(crate) fn new(policy: CachePolicyBuilder) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let policy = policy.build().unwrap();
        Self {
            cache: GrantCache::builder().policy(policy).clock(&clock).rate_limited().build(),
            clock,
            key: Key::new("stream", TTL).unwrap(),
            fetch: None,
            waiters: Vec::new(),
            last_sent: Duration::ZERO,
            reads: 0,
            granted: 0,
            failed_fetches: 0,
            degraded: 0,
            errors: 0,
            shortest_new: Duration::MAX,
            longest: Duration::ZERO,
        }
    }

    pub(crate) fn advance_to(&self, time: Duration) {
        self.clock.advance(time.saturating_sub(boot(&self.clock)));
    }

    /// When the request in flight has its outcome.
    pub(crate) fn lands_at(&self) -> Option<Duration> {
        self.fetch.as_ref().map(|(_, lands, _)| *lands)
    }

    /// One more reader; what becomes of a request that it sets off depends on when it is sent.
    pub(crate) fn read(&mut self, fate: impl FnOnce(Duration) -> Fate) {
        self.reads += 1;
        self.begin(fate);
    }

    fn begin(&mut self, fate: impl FnOnce(Duration) -> Fate) {
        match self.cache.begin(&self.key, BeginOptions::default()) {
            Ok(Begin::Hit(hit)) => self.check(&hit),
            Ok(Begin::HitAndFetch(hit, ticket)) => {
                self.check(&hit);
                self.send(ticket, fate);
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.waiters.push(waiter);
                self.send(ticket, fate);
            }
            Ok(Begin::Wait(waiter)) => self.waiters.push(waiter),
            Err(_) => self.errors += 1,
        }
    }

    fn send(&mut self, mut ticket: Ticket, fate: impl FnOnce(Duration) -> Fate) {
        // Upstream does not answer, and is tried once a second.
        while let Start::Later(after) = ticket.start() {
            self.clock.advance(after);
        }
        self.last_sent = boot(&self.clock);
        let fate = fate(self.last_sent);
        self.fetch = Some((ticket, self.last_sent + fate.takes, fate));
    }

    /// Lets time pass until the request in flight has its outcome, and tells the waiters.
    pub(crate) fn land(&mut self) {
        let Some((ticket, lands, fate)) = self.fetch.take() else { return };
        self.advance_to(lands);
        match fate.error {
            None => {
                self.granted += 1;
                ticket.complete(Grant::new("grant"), TTL);
            }
            Some(kind) => {
                self.failed_fetches += 1;
                ticket.fail(Error::new(kind, "by the test"));
            }
        }
        for waiter in std::mem::take(&mut self.waiters) {
            let result = waiter.try_result().expect("the fetch is over");
            self.tell(result);
        }
    }

    /// A reader whose fetch was dropped begins again, as the library's own readers do.
    fn tell(&mut self, result: Result<Hit>) {
        match result {
            Ok(hit) => {
                if hit.freshness() == Freshness::Fresh {
                    self.shortest_new = self.shortest_new.min(hit.remaining());
                }
                self.check(&hit);
            }
            Err(error) if error.kind() == ErrorKind::Abandoned => {
                self.begin(|_| Fate::granted(Duration::from_millis(100)));
            }
            Err(_) => self.errors += 1,
        }
    }

    fn check(&mut self, hit: &Hit) {
        assert!(hit.remaining() >= PROMISE, "{hit:?}");
        self.degraded += usize::from(hit.freshness() == Freshness::Degraded);
        self.longest = self.longest.max(hit.remaining());
    }
}
