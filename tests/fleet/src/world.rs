//! Processes that read streams, the store that they share, and one upstream, on a clock that jumps from event to
//! event.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, Error, ErrorKind, FleetByHand, Grant, GrantCache, Key, ManualClock, Start,
    Ticket, Waiter, seed_this_thread,
};

/// How often callers look whether their fetch is over, in seconds.
const LOOK: f64 = 0.1;
/// A caller who comes no later than this after another of its process finds a grant there that is good.
const WARM: f64 = 20.0;

/// How upstream answers.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Answers {
    Grant,
    Silence,
    /// With a 429 that asks for so many seconds.
    Throttled(f64),
}

/// What a run is about. Times are seconds.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) processes: usize,
    pub(crate) streams: usize,
    /// Of one process and stream, per second.
    pub(crate) reads: f64,
    pub(crate) duration: f64,
    pub(crate) latency: f64,
    pub(crate) answers: Answers,
    /// The share of the store's answers that fail.
    pub(crate) failing: f64,
    /// When the store comes back empty.
    pub(crate) flushes: Vec<f64>,
    /// How often a process ends and another starts in its place.
    pub(crate) ends_every: Option<f64>,
    /// Machines whose processes share through a store of their own first; none if zero.
    pub(crate) hosts: usize,
    pub(crate) seed: u64,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            processes: 1,
            streams: 1,
            reads: 0.2,
            duration: 600.0,
            latency: 0.2,
            answers: Answers::Grant,
            failing: 0.0,
            flushes: Vec::new(),
            ends_every: None,
            hosts: 0,
            seed: 1,
        }
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: f64,
    pub(crate) calls_after_first_answer: f64,
    pub(crate) errors: f64,
    /// When the last process was served for the first time.
    pub(crate) last_first: f64,
    /// The longest wait of a caller whose process had a grant before.
    pub(crate) longest_warm: f64,
    has_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A caller of a process comes for a stream.
    Read(usize, usize),
    /// A ticket asks again.
    Asks(u64),
    Lands(u64),
    Looks,
    Flush,
    Ends,
}

struct Process {
    cache: GrantCache,
    /// Tells it apart from the one that was in its place before.
    number: u64,
    was_served: bool,
    /// When each stream was last served.
    served: Vec<f64>,
}

struct Held {
    ticket: Ticket,
    process: usize,
    number: u64,
}

struct Waiting {
    waiter: Waiter,
    since: f64,
    stream: usize,
    was_warm: bool,
}

struct World {
    setting: Setting,
    clock: ManualClock,
    random: fastrand::Rng,
    time: f64,
    fleet: FleetByHand,
    processes: Vec<Process>,
    keys: Vec<Key>,
    tickets: HashMap<u64, Held>,
    /// Of each process.
    waiting: Vec<Vec<Waiting>>,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    next: u64,
    tally: Tally,
}

impl Setting {
    pub(crate) fn run(self) -> Tally {
        let mut world = World::new(self);
        world.run();
        world.tally
    }
}

impl World {
    fn new(setting: Setting) -> Self {
        seed_this_thread(setting.seed);
        let key = |stream| {
            let name = format!("stream-{stream}");
            Key::new(&name, Duration::from_secs(60)).expect("a key of a case")
        };
        let store = FleetByHand::in_memory(setting.seed, setting.failing);
        let fleet = if setting.hosts > 0 { store.behind_hosts(setting.hosts) } else { store };
        let mut world = Self {
            clock: ManualClock::new(Duration::from_secs(1_700_000_000)),
            random: fastrand::Rng::with_seed(setting.seed),
            time: 0.0,
            fleet,
            processes: Vec::new(),
            keys: (0..setting.streams).map(key).collect(),
            tickets: HashMap::new(),
            waiting: (0..setting.processes).map(|_| Vec::new()).collect(),
            events: BinaryHeap::new(),
            next: 0,
            tally: Tally::default(),
            setting,
        };
        world.clock.advance(Duration::from_secs(1_000));
        for process in 0..world.setting.processes {
            let started = world.start(process as u64);
            world.processes.push(started);
            for stream in 0..world.setting.streams {
                let first = world.pause();
                world.at(first, Event::Read(process, stream));
            }
        }
        world.at(LOOK, Event::Looks);
        for time in world.setting.flushes.clone() {
            world.at(time, Event::Flush);
        }
        if let Some(every) = world.setting.ends_every {
            world.at(every, Event::Ends);
        }
        world
    }

    fn start(&self, number: u64) -> Process {
        let builder = GrantCache::builder().clock(&self.clock);
        let builder = builder.rate_limited_by_hand(&Default::default()).expect("no limits");
        let cache = builder.fleet_by_hand(&self.fleet, number).build();
        let served = vec![f64::NEG_INFINITY; self.setting.streams];
        Process { cache, number, was_served: false, served }
    }

    fn pause(&mut self) -> f64 {
        -(1.0 - self.random.f64()).ln() / self.setting.reads
    }

    fn at(&mut self, time: f64, event: Event) {
        self.next += 1;
        let nanos = Duration::from_secs_f64(time.max(0.0)).as_nanos();
        self.events.push(Reverse((u64::try_from(nanos).unwrap_or(u64::MAX), self.next, event)));
    }

    fn run(&mut self) {
        let mut before = 0;
        while let Some(Reverse((nanos, _, event))) = self.events.pop() {
            let time = Duration::from_nanos(nanos).as_secs_f64();
            if time > self.setting.duration {
                return;
            }
            self.clock.advance(Duration::from_nanos(nanos - before));
            (before, self.time) = (nanos, time);
            self.happens(event);
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Read(process, stream) => {
                self.read(process, stream);
                let next = self.time + self.pause();
                self.at(next, event);
            }
            Event::Asks(number) => self.asks(number),
            Event::Lands(number) => self.lands(number),
            Event::Looks => {
                self.look();
                self.at(self.time + LOOK, event);
            }
            Event::Flush => self.fleet.flush(),
            Event::Ends => self.ends(),
        }
    }

    /// A caller comes.
    fn read(&mut self, process: usize, stream: usize) {
        let of = &self.processes[process];
        let was_warm = self.time - of.served[stream] < WARM;
        match of.cache.begin(&self.keys[stream], BeginOptions::default()) {
            Ok(Begin::Hit(_)) => self.served(process, stream, self.time, was_warm),
            Ok(Begin::HitAndFetch(_, ticket)) => {
                self.served(process, stream, self.time, was_warm);
                self.take(process, ticket);
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.wait(process, stream, waiter, was_warm);
                self.take(process, ticket);
            }
            Ok(Begin::Wait(waiter)) => self.wait(process, stream, waiter, was_warm),
            Err(_) => self.tally.errors += 1.0,
        }
    }

    fn wait(&mut self, process: usize, stream: usize, waiter: Waiter, was_warm: bool) {
        let since = self.time;
        self.waiting[process].push(Waiting { waiter, since, stream, was_warm });
    }

    fn served(&mut self, process: usize, stream: usize, since: f64, was_warm: bool) {
        let waited = self.time - since;
        if was_warm {
            self.tally.longest_warm = self.tally.longest_warm.max(waited);
        }
        self.processes[process].served[stream] = self.time;
        if !std::mem::replace(&mut self.processes[process].was_served, true) {
            self.tally.last_first = self.time;
        }
    }

    fn take(&mut self, process: usize, ticket: Ticket) {
        self.next += 1;
        let (id, number) = (self.next, self.processes[process].number);
        self.tickets.insert(id, Held { ticket, process, number });
        self.asks(id);
    }

    /// A ticket asks whether its request may be sent.
    fn asks(&mut self, id: u64) {
        let Some(held) = self.tickets.get_mut(&id) else { return };
        match held.ticket.start() {
            Start::Go(timeout) => {
                self.tally.calls += 1.0;
                self.tally.calls_after_first_answer += f64::from(u8::from(self.tally.has_answered));
                let silent = self.setting.answers == Answers::Silence;
                let after = if silent { timeout.as_secs_f64() } else { self.setting.latency };
                self.at(self.time + after, Event::Lands(id));
            }
            Start::Later(after) => {
                let after = after.max(Duration::from_millis(1));
                self.at(self.time + after.as_secs_f64(), Event::Asks(id));
            }
            Start::Refused(_) | Start::Served => {
                if let Some(Held { process, .. }) = self.tickets.remove(&id) {
                    self.tell(process);
                }
            }
        }
    }

    fn lands(&mut self, id: u64) {
        let Some(Held { ticket, process, .. }) = self.tickets.remove(&id) else { return };
        self.tally.has_answered = true;
        match self.setting.answers {
            Answers::Grant => ticket.complete(Grant::new("{}"), Duration::from_secs(60)),
            Answers::Silence => ticket.fail(Error::new(ErrorKind::UpstreamTimeout, "silence")),
            Answers::Throttled(seconds) => {
                let error = Error::new(ErrorKind::Throttled, "too many");
                ticket.fail(error.with_retry_after(Duration::from_secs_f64(seconds)));
            }
        }
        self.tell(process);
    }

    fn look(&mut self) {
        (0..self.processes.len()).for_each(|process| self.tell(process));
        self.processes.iter().for_each(|process| drop(process.cache.poll()));
    }

    /// Callers of a process whose fetch is over are told.
    fn tell(&mut self, process: usize) {
        for waiting in std::mem::take(&mut self.waiting[process]) {
            let Waiting { stream, since, was_warm, .. } = waiting;
            match waiting.waiter.try_result() {
                Some(Ok(_)) => self.served(process, stream, since, was_warm),
                Some(Err(_)) => self.tally.errors += 1.0,
                None => self.waiting[process].push(waiting),
            }
        }
    }

    /// A process is killed, and another starts in its place.
    fn ends(&mut self) {
        let place = self.random.usize(..self.processes.len());
        let number = self.processes[place].number;
        self.fleet.ends(number);
        let (gone, stay): (Vec<_>, Vec<_>) = self
            .tickets
            .drain()
            .partition(|(_, held)| held.number == number && held.process == place);
        self.tickets = stay.into_iter().collect();
        self.waiting[place].clear();
        // A process that is killed ends nothing properly.
        gone.into_iter().for_each(|(_, held)| std::mem::forget(held.ticket));
        self.next += 1;
        self.processes[place] = self.start(1_000_000 + self.next);
        if let Some(every) = self.setting.ends_every {
            self.at(self.time + every, Event::Ends);
        }
    }
}
