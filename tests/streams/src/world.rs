//! Streams that are read, caches that fetch for them, and one upstream, on a clock that jumps from event to
//! event. The caches are the library's own, asked through its public functions.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use grantmint_core::{
    AccountOptions, Begin, BeginOptions, CachePolicy, Error, ErrorKind, Grant, GrantCache, Key,
    ManualClock, Start, Ticket, Waiter, seed_this_thread,
};

use crate::tally::{Outcome, Tally};
use crate::upstream::{Answer, Terms, Upstream};

/// How often tickets that wait for their turn are looked after.
const PUMP: f64 = 0.02;
/// How often callers look whether their time is over.
const SWEEP: f64 = 0.25;
/// How often the rate in force is noted.
const LOOK: f64 = 5.0;
/// A refresh that waits for its turn for longer is not sent at leisure.
const LEISURE: f64 = 1.0;

/// Two times this close are the same: seconds as numbers lose a little.
const ROUNDING: f64 = 1e-5;

/// What a run is about.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) streams: usize,
    pub(crate) processes: usize,
    /// Of one stream, per second.
    pub(crate) reads: f64,
    /// The mean lifetime of a stream, in seconds; another takes its place.
    pub(crate) lifetime: Option<f64>,
    /// The lifetime of grants, in seconds.
    pub(crate) ttl: u64,
    pub(crate) options: AccountOptions,
    pub(crate) policy: CachePolicy,
    pub(crate) terms: Terms,
    /// How much later every other process starts, in seconds.
    pub(crate) late: f64,
    pub(crate) duration: f64,
    pub(crate) warm_up: f64,
    pub(crate) seed: u64,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            streams: 300,
            processes: 1,
            reads: 2.0,
            lifetime: None,
            ttl: 60,
            options: AccountOptions::new(),
            policy: CachePolicy::default(),
            terms: Terms::default(),
            late: 0.0,
            duration: 600.0,
            warm_up: 180.0,
            seed: 1,
        }
    }
}

impl Setting {
    pub(crate) fn run(self) -> Tally {
        let mut world = World::new(self);
        world.run();
        world.tally
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Read(usize),
    Ends(usize),
    Reaches(u64),
    Lands(u64),
    Pump,
    Sweep,
    Look,
}

struct Stream {
    process: usize,
    key: Key,
    /// How many streams were in this place before.
    number: u32,
    first_asked: Option<f64>,
    was_served: bool,
    waiting: Vec<Waiter>,
}

/// A ticket whose request waits for its turn.
struct Parked {
    ticket: Ticket,
    stream: usize,
    since: f64,
}

struct Call {
    ticket: Ticket,
    stream: usize,
    sent: f64,
    latency: f64,
    timeout: f64,
    answer: Answer,
}

/// What one process may send, as its cool-downs say.
#[derive(Default)]
struct Closed {
    until: f64,
    is_half_open: bool,
    probe: Option<u64>,
}

struct World {
    setting: Setting,
    clock: ManualClock,
    random: fastrand::Rng,
    time: f64,
    caches: Vec<GrantCache>,
    streams: Vec<Stream>,
    upstream: Upstream,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    next: u64,
    parked: Vec<BTreeMap<u64, Parked>>,
    woken: Arc<WokenList>,
    calls: HashMap<u64, Call>,
    closed: Vec<Closed>,
    tally: Tally,
}

/// The tickets that were woken, by their process.
type WokenList = Mutex<Vec<(usize, u64)>>;

struct Woken {
    process: usize,
    number: u64,
    list: Arc<WokenList>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        lock(&self.list).push((self.process, self.number));
    }
}

impl World {
    fn new(setting: Setting) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        seed_this_thread(setting.seed);
        let cache = |_| {
            let builder = GrantCache::builder().clock(&clock);
            let builder = builder.policy(setting.policy.clone());
            builder.rate_limited_by_hand(&setting.options).expect("limits of a case").build()
        };
        let processes = setting.processes;
        let all = setting.streams * processes;
        let tally = Tally::new(all, processes, setting.duration, setting.warm_up);
        let mut world = Self {
            caches: (0..processes).map(cache).collect(),
            streams: Vec::new(),
            upstream: Upstream::new(setting.terms.clone()),
            random: fastrand::Rng::with_seed(setting.seed),
            time: 0.0,
            events: BinaryHeap::new(),
            next: 0,
            parked: (0..processes).map(|_| BTreeMap::new()).collect(),
            woken: Arc::default(),
            calls: HashMap::new(),
            closed: (0..processes).map(|_| Closed::default()).collect(),
            tally,
            clock,
            setting,
        };
        (0..all).for_each(|stream| world.add_stream(stream));
        world.at(0.0, Event::Pump);
        world.at(0.0, Event::Sweep);
        world.at(0.0, Event::Look);
        world
    }

    fn add_stream(&mut self, stream: usize) {
        let process = stream / self.setting.streams;
        self.streams.push(Stream {
            process,
            key: self.key(stream, 0),
            number: 0,
            first_asked: None,
            was_served: false,
            waiting: Vec::new(),
        });
        let late = if process % 2 == 1 { self.setting.late } else { 0.0 };
        let first = late + self.exponential(1.0 / self.setting.reads);
        self.at(first, Event::Read(stream));
        if let Some(lifetime) = self.setting.lifetime {
            let end = self.exponential(lifetime);
            self.at(end, Event::Ends(stream));
        }
    }

    fn key(&self, stream: usize, number: u32) -> Key {
        let text = format!("{stream}-{number}");
        Key::new(&text, Duration::from_secs(self.setting.ttl)).expect("a key of a case")
    }

    fn at(&mut self, time: f64, event: Event) {
        self.next += 1;
        self.events.push(Reverse((nanos(time), self.next, event)));
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.random.f64()).ln()
    }

    fn run(&mut self) {
        while let Some(Reverse((nanos, _, event))) = self.events.pop() {
            let time = Duration::from_nanos(nanos).as_secs_f64();
            if time > self.setting.duration {
                return;
            }
            self.clock.advance(Duration::from_nanos(nanos).saturating_sub(self.elapsed()));
            self.time = time;
            self.happens(event);
            self.go_on_with_woken();
        }
    }

    fn elapsed(&self) -> Duration {
        Duration::from_nanos(nanos(self.time))
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Read(stream) => {
                self.read(stream);
                let next = self.time + self.exponential(1.0 / self.setting.reads);
                self.at(next, event);
            }
            Event::Ends(stream) => self.ends(stream),
            Event::Reaches(call) => self.reaches(call),
            Event::Lands(call) => self.lands(call),
            Event::Pump => {
                self.pump();
                self.at(self.time + PUMP, event);
            }
            Event::Sweep => {
                (0..self.streams.len()).for_each(|stream| self.settle(stream));
                self.caches.iter().for_each(|cache| drop(cache.poll()));
                self.at(self.time + SWEEP, event);
            }
            Event::Look => {
                self.look();
                self.at(self.time + LOOK, event);
            }
        }
    }

    fn look(&mut self) {
        let stats = self.caches.iter().map(GrantCache::stats);
        let rate = stats.filter_map(|stats| stats.calls_per_second).sum();
        self.tally.rates.push((self.time, rate));
    }

    /// A caller comes.
    fn read(&mut self, stream: usize) {
        let time = self.time;
        self.streams[stream].first_asked.get_or_insert(time);
        self.begin(stream);
    }

    fn begin(&mut self, stream: usize) {
        let Stream { process, key, .. } = &self.streams[stream];
        let start = Instant::now();
        match self.caches[*process].begin(key, BeginOptions::default()) {
            Ok(Begin::Hit(_)) => self.told(stream, Outcome::Served),
            Ok(Begin::HitAndFetch(_, ticket)) => {
                self.told(stream, Outcome::Served);
                self.park(stream, ticket);
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.streams[stream].waiting.push(waiter);
                self.park(stream, ticket);
            }
            Ok(Begin::Wait(waiter)) => self.streams[stream].waiting.push(waiter),
            Err(_) => {
                let took = start.elapsed().as_nanos();
                self.tally.slowest_refusal = self.tally.slowest_refusal.max(took);
                self.told(stream, Outcome::Refused);
            }
        }
    }

    fn told(&mut self, stream: usize, outcome: Outcome) {
        self.tally.caller(stream, outcome, self.time);
        let of = &mut self.streams[stream];
        if outcome == Outcome::Served && !std::mem::replace(&mut of.was_served, true) {
            let first = of.first_asked.unwrap_or(self.time);
            if self.time >= self.setting.warm_up || self.setting.lifetime.is_none() {
                self.tally.first_waits.push(self.time - first);
            }
            self.tally.last_first = self.time;
        }
    }

    fn park(&mut self, stream: usize, ticket: Ticket) {
        self.next += 1;
        let (number, process) = (self.next, self.streams[stream].process);
        self.parked[process].insert(number, Parked { ticket, stream, since: self.time });
        self.go_on(process, number);
    }

    /// Asks whether the turn of a ticket has come.
    fn go_on(&mut self, process: usize, number: u64) {
        let Some(mut parked) = self.parked[process].remove(&number) else { return };
        let list = Arc::clone(&self.woken);
        let waker = Waker::from(Arc::new(Woken { process, number, list }));
        match parked.ticket.poll_start(&mut Context::from_waker(&waker)) {
            Poll::Pending => drop(self.parked[process].insert(number, parked)),
            Poll::Ready(Start::Go(timeout)) => self.send(process, parked, timeout),
            Poll::Ready(_) => self.settle(parked.stream),
        }
    }

    fn go_on_with_woken(&mut self) {
        loop {
            let woken = std::mem::take(&mut *lock(&self.woken));
            if woken.is_empty() {
                return;
            }
            woken.into_iter().for_each(|(process, number)| self.go_on(process, number));
        }
    }

    fn pump(&mut self) {
        for process in 0..self.parked.len() {
            if let Some(first) = self.parked[process].keys().next().copied() {
                self.go_on(process, first);
            }
        }
    }

    fn send(&mut self, process: usize, parked: Parked, timeout: Duration) {
        let Parked { ticket, stream, since } = parked;
        self.next += 1;
        let (number, time) = (self.next, self.time);
        self.note_closed(process, number);
        self.tally.sent(time - since > LEISURE, time);
        let usual = self.setting.terms.latency(time);
        let mut latency = usual * (0.5 + self.random.f64());
        if self.random.f64() < 0.01 {
            latency += 1.5 * usual;
        }
        let timeout = timeout.as_secs_f64();
        let answer = Answer::Silence;
        self.calls.insert(number, Call { ticket, stream, sent: time, latency, timeout, answer });
        self.at(time + latency / 2.0, Event::Reaches(number));
    }

    /// In a cool-down nothing is sent, and then one call alone.
    fn note_closed(&mut self, process: usize, number: u64) {
        let closed = &mut self.closed[process];
        let is_wrong = self.time + ROUNDING < closed.until || closed.probe.is_some();
        self.tally.closed_calls += u64::from(is_wrong);
        if closed.is_half_open && closed.probe.is_none() {
            closed.probe = Some(number);
        }
    }

    fn reaches(&mut self, number: u64) {
        let Some(call) = self.calls.get_mut(&number) else { return };
        call.answer = self.upstream.ask(self.time);
        let lands = match call.answer {
            Answer::Silence => call.sent + call.timeout,
            _ => self.time + call.latency / 2.0,
        };
        self.at(lands, Event::Lands(number));
    }

    fn lands(&mut self, number: u64) {
        let Some(call) = self.calls.remove(&number) else { return };
        let process = self.streams[call.stream].process;
        let is_throttled = matches!(call.answer, Answer::Throttled(_));
        self.tally.call(process, call.answer == Answer::Grant, is_throttled, self.time);
        match call.answer {
            Answer::Grant => {
                call.ticket.complete(Grant::new("{}"), Duration::from_secs(self.setting.ttl));
            }
            Answer::Throttled(asked) => {
                let error = Error::new(ErrorKind::Throttled, "too many");
                call.ticket.fail(match asked {
                    Some(asked) => error.with_retry_after(Duration::from_secs_f64(asked)),
                    None => error,
                });
            }
            Answer::Unavailable => {
                call.ticket.fail(Error::new(ErrorKind::UpstreamUnavailable, "503"));
            }
            Answer::Silence => {
                call.ticket.fail(Error::new(ErrorKind::UpstreamTimeout, "silence"));
            }
        }
        self.note_landed(process, number, call.answer);
        self.settle(call.stream);
    }

    fn note_landed(&mut self, process: usize, number: u64, answer: Answer) {
        // Only a 429 is worth the look, which goes through the whole cache.
        let left = match answer {
            Answer::Throttled(_) => self.caches[process].stats().cooldown_left.as_secs_f64(),
            _ => 0.0,
        };
        let closed = &mut self.closed[process];
        let is_probe = closed.probe == Some(number);
        match answer {
            Answer::Grant if is_probe => *closed = Closed::default(),
            Answer::Unavailable | Answer::Silence if is_probe => closed.probe = None,
            Answer::Throttled(_) if is_probe || closed.probe.is_none() && left > 0.0 => {
                *closed = Closed { until: self.time + left, is_half_open: true, probe: None };
            }
            _ => {}
        }
    }

    /// Tells the waiters, if there is anything to tell.
    fn settle(&mut self, stream: usize) {
        if self.streams[stream].waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.streams[stream].waiting);
        for waiter in waiting {
            match waiter.try_result() {
                None => self.streams[stream].waiting.push(waiter),
                Some(Ok(_)) => self.told(stream, Outcome::Served),
                Some(Err(error)) => match error.kind() {
                    ErrorKind::Abandoned => self.begin(stream),
                    ErrorKind::DeadlineExceeded => self.told(stream, Outcome::TimedOut),
                    _ => self.told(stream, Outcome::Refused),
                },
            }
        }
    }

    /// A stream ends, and another starts in its place.
    fn ends(&mut self, stream: usize) {
        let number = self.streams[stream].number + 1;
        let key = self.key(stream, number);
        let of = &mut self.streams[stream];
        (of.key, of.number, of.first_asked, of.was_served) = (key, number, None, false);
        of.waiting.clear();
        if let Some(lifetime) = self.setting.lifetime {
            let end = self.time + self.exponential(lifetime);
            self.at(end, Event::Ends(stream));
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation lasts some minutes"
)]
fn nanos(time: f64) -> u64 {
    (time * 1e9) as u64
}

fn lock(list: &WokenList) -> std::sync::MutexGuard<'_, Vec<(usize, u64)>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
