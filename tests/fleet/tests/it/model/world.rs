//! The processes, and what is checked at each step.

use std::mem;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Error, ErrorKind, FleetByHand, Grant, GrantCache, Hit, Key,
    ManualClock, Start, Ticket, Waiter, seed_this_thread,
};

pub(crate) const PROCESSES: usize = 3;
pub(crate) const KEYS: usize = 2;
const TTL: f64 = 60.0;
/// How far the clock goes at once.
const TICK: f64 = 0.05;
/// How long a caller waits, and how long one does that waits for a process that hangs, too.
const TIMEOUT: f64 = 5.0;
const LONG_TIMEOUT: f64 = 15.0;
const FETCH_TIMEOUT: f64 = 4.0;
/// The safety margin, which is no part of what is handed out.
const MARGIN: f64 = 2.0;
/// What is promised to callers who do not say.
const PROMISE: f64 = 5.0;
/// A fetch of a caller without a grant is answered by then: twice the time of a fetch and a second, and the longest time
/// between two looks at the store.
const PATIENCE: f64 = 2.0 * (FETCH_TIMEOUT + 1.0) + 2.5;
/// Between the beginnings of two fetches of one process and key.
const SPACING: f64 = 1.0;
/// What rounding may make of a time.
const CLOSE: f64 = 0.001;

#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) failing: f64,
    pub(crate) rate_limited: bool,
    /// In front of the store; none if zero.
    pub(crate) hosts: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Get { process: usize, key: usize, promise: Option<u64> },
    Complete { which: usize, lifetime: u64 },
    Fail { which: usize, fails: Fails },
    Abandon { which: usize },
    Advance { millis: u64 },
    JumpWall { seconds: f64 },
    Invalidate { process: usize, key: usize },
    Purge { process: usize },
    Kill { process: usize },
    Flush,
}

/// How a fetch fails, with the time that upstream asks for in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fails {
    NotFound,
    Unauthorized,
    Unavailable(u64),
    Connect,
    Throttled(Option<u64>),
}

struct Process {
    number: u64,
    cache: GrantCache,
    /// When it began the last fetch of each key whose request was sent, and when that was, if the next has to keep its
    /// distance.
    fetched: [Option<(f64, f64)>; KEYS],
    /// When it last had a reason to begin anew.
    renewed: [f64; KEYS],
}

/// A ticket that waits for its turn, or whose request was sent.
struct Run {
    ticket: Ticket,
    process: usize,
    key: usize,
    /// Nobody has a grant whose refresh this is.
    is_cold: bool,
    begun: f64,
    asks_at: f64,
    /// When the request was sent, by both clocks.
    sent: Option<(f64, f64)>,
    /// No other fetch of the key was in progress when it was sent.
    was_alone: bool,
}

struct Waiting {
    waiter: Waiter,
    process: usize,
    key: usize,
    promise: f64,
    deadline: f64,
}

pub(crate) struct World {
    setting: Setting,
    clock: ManualClock,
    wall_offset: f64,
    time: f64,
    fleet: FleetByHand,
    processes: Vec<Process>,
    numbers: u64,
    runs: Vec<Run>,
    waiting: Vec<Waiting>,
    /// When the grants of each key were last given up by all.
    given_up: [f64; KEYS],
    /// The store has lost what it knew of that.
    was_flushed: bool,
}

impl World {
    pub(crate) fn new(setting: Setting) -> Self {
        seed_this_thread(setting.seed);
        let store = FleetByHand::in_memory(setting.seed, setting.failing);
        let fleet = if setting.hosts > 0 { store.behind_hosts(setting.hosts) } else { store };
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        clock.advance(Duration::from_secs(1_000));
        let mut world = Self {
            setting,
            clock,
            wall_offset: 0.0,
            time: 0.0,
            fleet,
            processes: Vec::new(),
            numbers: 0,
            runs: Vec::new(),
            waiting: Vec::new(),
            given_up: [f64::NEG_INFINITY; KEYS],
            was_flushed: false,
        };
        for _ in 0..PROCESSES {
            let process = world.start();
            world.processes.push(process);
        }
        world
    }

    fn start(&mut self) -> Process {
        self.numbers += 1;
        let policy = CachePolicy::builder().jitter(0.5).build().unwrap();
        let mut builder = GrantCache::builder().policy(policy).clock(&self.clock);
        if self.setting.rate_limited {
            builder = builder.rate_limited_by_hand(&Default::default()).unwrap();
        }
        let cache = builder.fleet_by_hand(&self.fleet, self.numbers).build();
        Process {
            number: self.numbers,
            cache,
            fetched: [None; KEYS],
            renewed: [f64::NEG_INFINITY; KEYS],
        }
    }

    /// Plays the steps; then upstream answers well, and everything comes to an end.
    pub(crate) fn run(mut self, steps: &[Step]) {
        for step in steps {
            self.play(step);
            self.look();
        }
        self.goes_well(20);
        assert!(self.waiting.is_empty(), "{} callers still wait", self.waiting.len());
        self.all_can_fetch();
    }

    /// Upstream answers within a second for so many seconds.
    fn goes_well(&mut self, seconds: usize) {
        for _ in 0..seconds {
            self.land_all();
            self.advance(1.0);
        }
    }

    /// Once all pauses are over each process gets a grant of each key.
    fn all_can_fetch(&mut self) {
        self.goes_well(320);
        for process in 0..PROCESSES {
            for key in 0..KEYS {
                self.get(process, key, None, LONG_TIMEOUT);
                let begun = self.time;
                while !self.waiting.is_empty() {
                    self.advance(TICK);
                    self.land_all();
                }
                let options = BeginOptions::new();
                let begun_again = self.processes[process].cache.begin(&name(key), options);
                let has_one = matches!(begun_again, Ok(Begin::Hit(_) | Begin::HitAndFetch(..)));
                let waited = self.time - begun;
                assert!(has_one, "{process} has no {key} after {waited} s: {begun_again:?}");
            }
        }
    }

    fn play(&mut self, step: &Step) {
        match *step {
            Step::Get { process, key, promise } => self.get(process, key, promise, TIMEOUT),
            Step::Complete { which, lifetime } => self.complete(which, lifetime),
            Step::Fail { which, fails } => {
                if let Some(run) = self.land(which) {
                    run.ticket.fail(fails.error());
                }
            }
            Step::Abandon { which } => {
                if let Some(Run { process, key, .. }) = self.land(which) {
                    self.has_no_outcome(process, key);
                }
            }
            Step::Advance { millis } => self.advance(Duration::from_millis(millis).as_secs_f64()),
            Step::JumpWall { seconds } => {
                self.clock.jump_wall(seconds);
                self.wall_offset += seconds;
                // What is being fetched meanwhile may be too old to be of use by the wall clock.
                for process in 0..PROCESSES {
                    (0..KEYS).for_each(|key| self.has_no_outcome(process, key));
                }
            }
            Step::Invalidate { process, key } => {
                self.processes[process].cache.invalidate(&name(key));
                self.give_up(process, key);
            }
            Step::Purge { process } => {
                self.processes[process].cache.purge();
                (0..KEYS).for_each(|key| self.give_up(process, key));
            }
            Step::Kill { process } => self.kill(process),
            Step::Flush => {
                self.fleet.flush();
                self.was_flushed = true;
            }
        }
    }

    fn give_up(&mut self, process: usize, key: usize) {
        self.given_up[key] = self.time;
        self.has_no_outcome(process, key);
    }

    /// The next fetch of a process need not keep its distance.
    fn has_no_outcome(&mut self, process: usize, key: usize) {
        self.processes[process].fetched[key] = None;
        self.processes[process].renewed[key] = self.time;
    }

    fn get(&mut self, process: usize, key: usize, promise: Option<u64>, timeout: f64) {
        let asked = promise.map(Duration::from_secs);
        let promise = asked.map_or(PROMISE, |asked| asked.as_secs_f64());
        let options =
            BeginOptions::new().min_remaining(asked).timeout(Duration::from_secs_f64(timeout));
        let begun = self.processes[process].cache.begin(&name(key), options);
        let deadline = self.time + timeout;
        match begun {
            Ok(Begin::Hit(hit)) => self.check(&hit, key, promise),
            Ok(Begin::HitAndFetch(hit, ticket)) => {
                self.check(&hit, key, promise);
                self.fly(process, key, ticket);
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.waiting.push(Waiting { waiter, process, key, promise, deadline });
                self.fly(process, key, ticket);
            }
            Ok(Begin::Wait(waiter)) => {
                self.waiting.push(Waiting { waiter, process, key, promise, deadline });
            }
            Err(error) => self.check_error(&error),
        }
    }

    fn fly(&mut self, process: usize, key: usize, ticket: Ticket) {
        let (begun, asks_at) = (self.time, self.time);
        let is_cold = !ticket.is_refresh();
        let (sent, was_alone) = (None, false);
        self.runs.push(Run { ticket, process, key, is_cold, begun, asks_at, sent, was_alone });
        self.ask_all();
    }

    /// All tickets ask that are due.
    fn ask_all(&mut self) {
        let mut index = 0;
        while index < self.runs.len() {
            let run = &self.runs[index];
            if run.sent.is_some() || run.asks_at > self.time + CLOSE {
                index += 1;
                continue;
            }
            match self.runs[index].ticket.start() {
                Start::Go(_) => self.goes(index),
                Start::Later(after) => self.is_later(index, after),
                Start::Served => {
                    let Run { process, key, .. } = self.runs.swap_remove(index);
                    self.check_served(process, key);
                    self.has_grant(process, key);
                    continue;
                }
                Start::Refused(_) => {
                    self.runs.swap_remove(index);
                    continue;
                }
            }
            index += 1;
        }
    }

    fn goes(&mut self, index: usize) {
        let (time, wall) = (self.time, self.time + self.wall_offset);
        let (process, key) = (self.runs[index].process, self.runs[index].key);
        let others = self.runs.iter().filter(|other| other.key == key && other.sent.is_some());
        let ages: Vec<(f64, bool)> = others
            .filter_map(|other| other.sent.map(|(sent, _)| (time - sent, other.was_alone)))
            .collect();
        // Who has waited for longer than a fetch may take, whoever's, fetches beside others.
        let is_patient = time - self.runs[index].begun <= FETCH_TIMEOUT + 1.0;
        let is_sound = self.setting.failing == 0.0 && !self.was_flushed && is_patient;
        let has_lease = |(age, was_alone): &(f64, bool)| *was_alone && *age < FETCH_TIMEOUT - TICK;
        assert!(!is_sound || !ages.iter().any(has_lease), "two fetch at once: {ages:?}");
        let begun = self.runs[index].begun;
        let of = &mut self.processes[process];
        // What was begun before the key was given up here goes on beside what is begun after it.
        let counts = begun > of.renewed[key];
        let before = if counts { of.fetched[key].replace((begun, time)) } else { None };
        // One that waits keeps its distance by when it began to.
        let distance = before.map_or(SPACING, |before| (begun - before.0).max(time - before.1));
        assert!(distance >= SPACING - CLOSE, "{distance} s after the last fetch");
        self.runs[index].sent = Some((time, wall));
        self.runs[index].was_alone = ages.is_empty();
    }

    fn is_later(&mut self, index: usize, after: Duration) {
        let run = &mut self.runs[index];
        run.asks_at = self.time + after.as_secs_f64().max(TICK);
        // The account's rate may hold it back for longer.
        let is_over = run.is_cold && !self.setting.rate_limited;
        let waited = self.time - run.begun;
        assert!(!is_over || waited <= PATIENCE, "a caller without a grant waits for {waited} s");
    }

    /// One of the fetches whose requests were sent.
    fn land(&mut self, which: usize) -> Option<Run> {
        let sent: Vec<usize> =
            (0..self.runs.len()).filter(|index| self.runs[*index].sent.is_some()).collect();
        let index = *sent.get(which.checked_rem(sent.len())?)?;
        Some(self.runs.remove(index))
    }

    fn complete(&mut self, which: usize, lifetime: u64) {
        let Some(Run { ticket, process, key, sent: Some((sent, wall)), .. }) = self.land(which)
        else {
            return;
        };
        self.has_grant(process, key);
        let lifetime = Duration::from_secs(lifetime);
        let text = format!("{key} {sent} {wall} {}", lifetime.as_secs_f64());
        ticket.complete(Grant::new(text), lifetime);
    }

    /// What else a process fetches of a key is no longer for callers who have nothing.
    fn has_grant(&mut self, process: usize, key: usize) {
        let runs = self.runs.iter_mut();
        let of_key = runs.filter(|run| run.process == process && run.key == key);
        of_key.for_each(|run| run.is_cold = false);
    }

    fn land_all(&mut self) {
        while self.runs.iter().any(|run| run.sent.is_some()) {
            self.complete(0, 60);
        }
        self.look();
    }

    fn advance(&mut self, by: f64) {
        let end = self.time + by;
        while self.time < end {
            let step = TICK.min(end - self.time).max(0.000_001);
            self.clock.advance(Duration::from_secs_f64(step));
            self.time += step;
            self.ask_all();
            self.look();
        }
    }

    /// Looks what callers have who wait.
    fn look(&mut self) {
        for waiting in mem::take(&mut self.waiting) {
            match waiting.waiter.try_result() {
                Some(Ok(hit)) => self.check(&hit, waiting.key, waiting.promise),
                Some(Err(error)) => self.check_error(&error),
                None => {
                    let late = self.time - waiting.deadline;
                    assert!(late <= TICK, "a caller waits for {late} s too long");
                    self.waiting.push(waiting);
                }
            }
        }
    }

    /// A process is killed, and another starts in its place.
    fn kill(&mut self, process: usize) {
        self.fleet.ends(self.processes[process].number);
        let ends = |run: &mut Run| run.process == process;
        // It ends nothing properly.
        self.runs.extract_if(.., ends).for_each(|run| mem::forget(run.ticket));
        self.waiting.retain(|waiting| waiting.process != process);
        let started = self.start();
        mem::forget(mem::replace(&mut self.processes[process], started));
    }

    /// That a grant is of its key, good for as long as was promised, and no longer than it lives by either clock.
    fn check(&self, hit: &Hit, key: usize, promise: f64) {
        let [of, sent, wall, lifetime] = parts(hit);
        assert_eq!(of, f64::from(u8::try_from(key).unwrap()), "a grant of another key");
        let remaining = hit.remaining().as_secs_f64();
        assert!(remaining > 0.0 && remaining >= promise - CLOSE, "{remaining} s of {promise} s");
        let margin = MARGIN * (lifetime / TTL).min(1.0);
        let by_boot = sent + lifetime - self.time;
        let by_wall = wall + lifetime - (self.time + self.wall_offset);
        let lives = by_boot.min(by_wall);
        assert!(remaining <= lives - margin / 2.0 + CLOSE, "{remaining} s, and it lives {lives} s");
    }

    /// That what another process brought had not been given up before.
    fn check_served(&self, process: usize, key: usize) {
        // Other hosts hear of it when they ask the store behind theirs.
        if self.setting.failing > 0.0 || self.was_flushed || self.setting.hosts > 1 {
            return;
        }
        let is_of = |waiting: &&Waiting| waiting.process == process && waiting.key == key;
        for waiting in self.waiting.iter().filter(is_of) {
            if let Some(Ok(hit)) = waiting.waiter.try_result() {
                let [_, sent, ..] = parts(&hit);
                assert!(sent >= self.given_up[key], "of {sent}, given up at {:?}", self.given_up);
            }
        }
    }

    /// That an error is one of those that upstream gave, or that say how things stand here.
    fn check_error(&self, error: &Error) {
        let kinds = [
            ErrorKind::UpstreamNotFound,
            ErrorKind::UpstreamUnauthorized,
            ErrorKind::UpstreamUnavailable,
            ErrorKind::UpstreamConnect,
            ErrorKind::UpstreamTimeout,
            ErrorKind::Throttled,
            ErrorKind::Abandoned,
            ErrorKind::DeadlineExceeded,
            ErrorKind::GrantTooShort,
            ErrorKind::Overloaded,
        ];
        assert!(kinds.contains(&error.kind()), "{error:?}");
    }
}

impl Fails {
    fn error(self) -> Error {
        let (kind, after) = match self {
            Self::NotFound => (ErrorKind::UpstreamNotFound, None),
            Self::Unauthorized => (ErrorKind::UpstreamUnauthorized, None),
            Self::Unavailable(after) => (ErrorKind::UpstreamUnavailable, Some(after)),
            Self::Connect => (ErrorKind::UpstreamConnect, None),
            Self::Throttled(after) => (ErrorKind::Throttled, after),
        };
        let error = Error::new(kind, "by the test");
        match after {
            Some(after) => error.with_retry_after(Duration::from_secs(after)),
            None => error,
        }
    }
}

/// The key of a grant, when it was asked for by both clocks, and its lifetime.
fn parts(hit: &Hit) -> [f64; 4] {
    let parts: Vec<f64> =
        hit.grant().as_str().split(' ').map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap()
}

fn name(key: usize) -> Key {
    Key::new(&format!("key {key}"), Duration::from_secs_f64(TTL)).unwrap()
}
