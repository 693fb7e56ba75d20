//! Plays the steps of one scenario.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Error, ErrorKind, FleetByHand, Grant, GrantCache, Hit, Key,
    ManualClock, Result, Start, Ticket, Waiter, seed_this_thread,
};

use super::script::{Ask, Expect, Op, Range, Scenario, Shown, Step};

const TTL: f64 = 60.0;
const HOSTS: usize = 3;
/// Times in the file are rounded to milliseconds.
const TOLERANCE: f64 = 0.002;

#[derive(Clone, Copy)]
pub(crate) enum Store {
    Memory,
    /// In memory, behind hosts.
    Hosts,
    #[cfg(target_os = "linux")]
    Folder,
    /// On the server at this port.
    #[cfg(feature = "redis")]
    Redis(u16),
    #[cfg(feature = "redis")]
    RedisBehindHosts(u16),
}

impl Store {
    /// Whether processes look into a store first that only some of the others share.
    pub(crate) fn has_hosts(self) -> bool {
        match self {
            Self::Hosts => true,
            #[cfg(feature = "redis")]
            Self::RedisBehindHosts(_) => true,
            _ => false,
        }
    }
}

/// A folder that is gone with the scenario.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("grantmint-scenario-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Process {
    number: u64,
    cache: GrantCache,
}

/// Of one caller, whose process is this.
struct Held<T> {
    process: String,
    held: T,
}

pub(crate) struct Stage {
    clock: ManualClock,
    rate_limited: bool,
    fleet: FleetByHand,
    processes: BTreeMap<String, Process>,
    /// How many processes there have been.
    numbers: u64,
    tickets: HashMap<String, Held<Ticket>>,
    waiters: HashMap<String, Held<Waiter>>,
    /// When those tickets ask again that were told to.
    told: HashMap<String, Duration>,
    calls: u64,
    _folder: Folder,
}

impl Stage {
    pub(crate) fn new(store: Store, scenario: &Scenario) -> Self {
        seed_this_thread(1);
        let folder = Folder::new();
        let fleet = match store {
            Store::Memory => FleetByHand::in_memory(1, 0.0),
            Store::Hosts => FleetByHand::in_memory(1, 0.0).behind_hosts(HOSTS),
            #[cfg(target_os = "linux")]
            Store::Folder => FleetByHand::in_folder(&folder.0),
            #[cfg(feature = "redis")]
            Store::Redis(port) => in_redis(port),
            #[cfg(feature = "redis")]
            Store::RedisBehindHosts(port) => in_redis(port).behind_hosts(HOSTS),
        };
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        clock.advance(Duration::from_secs(1_000));
        Self {
            clock,
            rate_limited: scenario.rate_limited,
            fleet,
            processes: BTreeMap::new(),
            numbers: 0,
            tickets: HashMap::new(),
            waiters: HashMap::new(),
            told: HashMap::new(),
            calls: 0,
            _folder: folder,
        }
    }

    /// Plays one step and holds what it showed against what it shall show.
    pub(crate) fn play(&mut self, step: &Step) -> Result<(), String> {
        self.clock.advance(seconds(step.after));
        let shown = self.act(&step.op)?;
        compare(&step.expect, &shown)?;
        if_given("calls", step.expect.calls.as_ref(), Some(&self.calls))?;
        step.expect.fleet.iter().try_for_each(|(process, counts)| self.counted(process, counts))
    }

    fn act(&mut self, op: &Op) -> Result<Shown, String> {
        match op {
            Op::Get(ask) => return self.get(ask),
            Op::Start { caller } => return self.start(caller),
            Op::StartWhenTold { caller, within } => return self.start_when_told(caller, *within),
            Op::Result { caller } => return self.result(caller),
            Op::Complete { caller, grant, ttl } => {
                let ticket = take(&mut self.tickets, caller, "ticket")?.held;
                let lifetime = ttl.map_or(ticket.key().ttl(), seconds);
                ticket.complete(Grant::new(grant.as_deref().unwrap_or("grant")), lifetime);
            }
            Op::Fail { caller, code, retry_after } => {
                let kind = ErrorKind::from_code(code).ok_or("no such code")?;
                let mut error = Error::new(kind, "by the script");
                if let Some(after) = retry_after {
                    error = error.with_retry_after(seconds(*after));
                }
                take(&mut self.tickets, caller, "ticket")?.held.fail(error);
            }
            Op::Abandon { caller } => drop(take(&mut self.tickets, caller, "ticket")?),
            Op::Invalidate { process, streamer } => {
                let key = key(streamer, None).map_err(text)?;
                self.process(process).cache.invalidate(&key);
            }
            Op::Purge { process } => self.process(process).cache.purge(),
            Op::Kill { process } => self.kill(process),
            Op::Flush {} => self.fleet.flush(),
            Op::JumpWall { seconds } => self.clock.jump_wall(*seconds),
        }
        Ok(Shown::default())
    }

    /// That of this name, which begins when it is first named.
    fn process(&mut self, name: &str) -> &Process {
        let (numbers, clock, fleet) = (&mut self.numbers, &self.clock, &self.fleet);
        let rate_limited = self.rate_limited;
        self.processes.entry(name.to_owned()).or_insert_with(|| {
            *numbers += 1;
            let policy = CachePolicy::builder().jitter(0.0).build().unwrap();
            let mut builder = GrantCache::builder().policy(policy).clock(clock);
            if rate_limited {
                builder = builder.rate_limited_by_hand(&Default::default()).unwrap();
            }
            let cache = builder.fleet_by_hand(fleet, *numbers).build();
            Process { number: *numbers, cache }
        })
    }

    /// A process that is killed ends nothing properly.
    fn kill(&mut self, name: &str) {
        let number = self.process(name).number;
        self.fleet.ends(number);
        self.waiters.retain(|_, waiter| waiter.process != name);
        let killed = |_: &String, ticket: &mut Held<Ticket>| ticket.process == name;
        self.tickets.extract_if(killed).for_each(|(_, ticket)| mem::forget(ticket.held));
        mem::forget(self.processes.remove(name));
    }

    fn get(&mut self, ask: &Ask) -> Result<Shown, String> {
        let options = BeginOptions::new()
            .min_remaining(ask.min_remaining.map(seconds))
            .timeout(ask.timeout.map(seconds));
        let key = key(&ask.streamer, ask.ttl).map_err(text)?;
        match self.process(&ask.process).cache.begin(&key, options) {
            Err(error) => Ok(refused(&error)),
            Ok(Begin::Hit(hit)) => Ok(shown(&hit)),
            Ok(Begin::HitAndFetch(hit, ticket)) => {
                let shown = Shown { outcome: named("hit_and_fetch"), ..shown(&hit) };
                self.fetch(ask, ticket, shown)
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.wait(ask, waiter)?;
                self.fetch(ask, ticket, outcome("fetch"))
            }
            Ok(Begin::Wait(waiter)) => {
                self.wait(ask, waiter)?;
                Ok(outcome("wait"))
            }
        }
    }

    fn fetch(&mut self, ask: &Ask, ticket: Ticket, shown: Shown) -> Result<Shown, String> {
        let held = Held { process: ask.process.clone(), held: ticket };
        if self.tickets.insert(ask.caller.clone(), held).is_some() {
            return Err("the caller runs another fetch".to_owned());
        }
        let started = self.start(&ask.caller)?;
        // What it was refused with stands in its result.
        Ok(Shown { start: started.start, ..shown })
    }

    fn wait(&mut self, ask: &Ask, waiter: Waiter) -> Result<(), String> {
        let held = Held { process: ask.process.clone(), held: waiter };
        match self.waiters.insert(ask.caller.clone(), held) {
            Some(_) => Err("the caller waits already".to_owned()),
            None => Ok(()),
        }
    }

    fn start(&mut self, caller: &str) -> Result<Shown, String> {
        let ticket = self.tickets.get_mut(caller);
        let ticket = ticket.ok_or_else(|| format!("{caller} has no ticket"))?;
        self.told.remove(caller);
        let shown = match ticket.held.start() {
            Start::Go(_) => {
                self.calls += 1;
                return Ok(Shown { start: named("go"), ..Shown::default() });
            }
            Start::Later(after) => {
                let at = self.clock.now().boot() + after.max(Duration::from_millis(1));
                self.told.insert(caller.to_owned(), at);
                return Ok(Shown { start: named("later"), ..Shown::default() });
            }
            Start::Served => Shown { start: named("served"), ..Shown::default() },
            Start::Refused(error) => {
                Shown { outcome: None, start: named("refused"), ..refused(&error) }
            }
        };
        self.tickets.remove(caller);
        Ok(shown)
    }

    fn start_when_told(&mut self, caller: &str, within: f64) -> Result<Shown, String> {
        let begun = self.clock.now().boot();
        loop {
            let at = *self.told.get(caller).ok_or("it was not told to ask later")?;
            self.clock.advance(at.saturating_sub(self.clock.now().boot()));
            let waited = (self.clock.now().boot() - begun).as_secs_f64();
            let shown = self.start(caller)?;
            if !self.told.contains_key(caller) {
                return Ok(Shown { waited: Some(waited), ..shown });
            }
            if waited > within {
                return Err(format!("after {waited} s it is still told to ask later"));
            }
        }
    }

    fn result(&mut self, caller: &str) -> Result<Shown, String> {
        let waiter = take(&mut self.waiters, caller, "waiter")?;
        match waiter.held.try_result() {
            None => {
                self.waiters.insert(caller.to_owned(), waiter);
                Ok(outcome("pending"))
            }
            Some(Ok(hit)) => Ok(shown(&hit)),
            Some(Err(error)) => Ok(refused(&error)),
        }
    }

    /// Holds what a process has counted of its fleet against what it shall have.
    fn counted(&mut self, process: &str, expected: &BTreeMap<String, u64>) -> Result<(), String> {
        let stats = self.process(process).cache.stats().fleet.ok_or("it shares nothing")?;
        for (name, expected) in expected {
            let counted = match name.as_str() {
                "values" => stats.values,
                "leases" => stats.leases,
                "waits" => stats.waits,
                "pauses" => stats.pauses,
                "alone" => stats.alone,
                "rejected" => stats.rejected,
                "errors" => stats.errors,
                _ => return Err(format!("nothing is counted as {name}")),
            };
            same(&format!("{name} of {process}"), Some(expected), Some(&counted))?;
        }
        Ok(())
    }
}

/// An empty store on a server.
#[cfg(feature = "redis")]
fn in_redis(port: u16) -> FleetByHand {
    let clear = move || {
        let mut client = grantmint_redis::Client::connect(port).unwrap();
        client.ask(&[b"FLUSHALL"]).unwrap();
    };
    clear();
    FleetByHand::in_redis(port, clear)
}

fn shown(hit: &Hit) -> Shown {
    Shown {
        freshness: named(hit.freshness().as_str()),
        remaining: Some(hit.remaining().as_secs_f64()),
        grant: named(hit.grant().as_str()),
        ..outcome("hit")
    }
}

fn refused(error: &Error) -> Shown {
    Shown {
        code: named(error.code()),
        retry_after: error.retry_after().map(|after| after.as_secs_f64()),
        ..outcome("error")
    }
}

fn compare(expect: &Expect, shown: &Shown) -> Result<(), String> {
    let started = expect.start.clone().or(shown.start.as_ref().and(named("go")));
    same("start", started.as_ref(), shown.start.as_ref())?;
    same("outcome", expect.outcome.as_ref(), shown.outcome.as_ref())?;
    if_given("freshness", expect.freshness.as_ref(), shown.freshness.as_ref())?;
    if_given("grant", expect.grant.as_ref(), shown.grant.as_ref())?;
    if_given("code", expect.code.as_ref(), shown.code.as_ref())?;
    within("waited", expect.waited, shown.waited)?;
    within("remaining", expect.remaining, shown.remaining)?;
    within("retry_after", expect.retry_after, shown.retry_after)
}

fn same<T: PartialEq + Debug>(what: &str, a: Option<&T>, b: Option<&T>) -> Result<(), String> {
    if a == b { Ok(()) } else { Err(format!("{what}: expected {a:?}, got {b:?}")) }
}

fn if_given<T: PartialEq + Debug>(what: &str, a: Option<&T>, b: Option<&T>) -> Result<(), String> {
    if a.is_none() { Ok(()) } else { same(what, a, b) }
}

fn within(what: &str, range: Option<Range>, shown: Option<f64>) -> Result<(), String> {
    let Some(range) = range else { return Ok(()) };
    let (least, most) = match range {
        Range::One(time) => (time, time),
        Range::Two([least, most]) => (least, most),
    };
    let fits = shown.is_some_and(|time| time >= least - TOLERANCE && time <= most + TOLERANCE);
    if fits { Ok(()) } else { Err(format!("{what}: expected {range:?}, got {shown:?}")) }
}

fn outcome(name: &str) -> Shown {
    Shown { outcome: named(name), ..Shown::default() }
}

#[allow(clippy::unnecessary_wraps, reason = "every field of what is shown is optional")]
fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn take<T>(
    held: &mut HashMap<String, Held<T>>,
    caller: &str,
    what: &str,
) -> Result<Held<T>, String> {
    held.remove(caller).ok_or_else(|| format!("{caller} has no {what}"))
}

fn key(streamer: &str, ttl: Option<f64>) -> Result<Key> {
    Key::new(streamer, seconds(ttl.unwrap_or(TTL)))
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn text(error: Error) -> String {
    error.to_string()
}
