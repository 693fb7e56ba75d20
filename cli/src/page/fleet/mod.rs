//! The fleet: real processes that share grants through the host's store, or through the server that the page was started
//! with. Shows which of them fetches, and what
//! happens when that one is killed.

mod again;
mod member;
mod process;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind,
};
use serde::{Deserialize, Serialize};

use self::again::Again;
use self::member::{Doing, Orders};
use self::process::{Process, Spell};
use super::server::Problem;
use crate::exit::Failure;
use crate::fleet::Way;

pub(crate) use self::again::is_member;
pub(crate) use self::member::run as run_member;

const PROCESSES_MAX: usize = 8;
/// Processes that were killed are shown for as long as there are not more than these.
const SHOWN_MAX: usize = 16;
/// Upstream takes its time here, so that one can watch.
const UPSTREAM_MS: u64 = 1_200;
/// Grants are short here, so that one need not wait long for a refresh.
const GRANT_TTL_S: u32 = 15;
const STREAMER: &str = "VJ000000000000000000000000000f1ee7";
const NOT_AGAIN: &str = "This grantmint was not started by a command line, so it cannot start itself again. Start it by grantmint page, \
     python -m grantmint page or npx grantmint page.";
/// How often is looked whether one fetches that is to be killed.
const TICK: Duration = Duration::from_millis(20);
/// Without a page that asks, all processes end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The view's state.
pub(super) struct FleetView {
    way: Way,
    /// Where the store lies, for people.
    place: String,
    /// How this program is started again.
    again: Option<Again>,
    began: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    emulator: Option<Emulator>,
    processes: Vec<Process>,
    /// The next process that fetches is killed.
    is_armed: bool,
    /// When the page asked last.
    asked: Option<Instant>,
}

/// How many processes there are to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    processes: usize,
}

#[derive(Serialize)]
pub(super) struct News {
    now_ms: u64,
    /// Why there is no such view here.
    unavailable: Option<&'static str>,
    is_armed: bool,
    /// Calls that reached upstream.
    calls: u64,
    upstream_ms: u64,
    grant_ttl_s: u32,
    processes: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    pid: u32,
    is_alive: bool,
    is_killed: bool,
    ended_ms: Option<u64>,
    doing: Doing,
    tokens: u64,
    remaining_ms: Option<u64>,
    leases: u64,
    values: u64,
    alone: u64,
    is_broken: bool,
    trouble: Option<String>,
    spells: Vec<Spell>,
}

impl FleetView {
    /// Of processes that share in this way.
    pub(super) fn new(way: Way) -> Result<Self, Failure> {
        let place = if cfg!(target_os = "linux") { way.place()? } else { String::new() };
        let (again, began) = (Again::find(), Instant::now());
        Ok(Self { way, place, again, began, state: Arc::default() })
    }

    /// Where the store lies, for people.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Why there is no such view here.
    pub(super) fn unavailable(&self) -> Option<&'static str> {
        if cfg!(not(target_os = "linux")) {
            return Some("Fleets work on Linux only so far.");
        }
        self.again.is_none().then_some(NOT_AGAIN)
    }

    /// As many processes as this, 0 to end all.
    pub(super) fn resize(&self, size: &Size) -> Result<News, Problem> {
        if let Some(why) = self.unavailable() {
            return Err(Problem::new(409, "fleet", why));
        }
        if size.processes > PROCESSES_MAX {
            return Err(
                Problem::new(422, "fleet", "There are 8 processes at most.").at("processes")
            );
        }
        let mut state = self.state();
        if size.processes == 0 {
            *state = State::default();
        } else {
            self.fit(&mut state, size.processes)?;
        }
        drop(state);
        Ok(self.news())
    }

    fn fit(&self, state: &mut State, size: usize) -> Result<(), Problem> {
        let base_url = self.upstream(state)?;
        while state.alive() > size {
            let last = state.processes.iter().rposition(Process::is_alive);
            last.map(|last| state.processes.remove(last));
        }
        while state.alive() < size {
            state.forget_oldest();
            let process = self.start(base_url.clone())?;
            state.processes.push(process);
        }
        Ok(())
    }

    fn start(&self, base_url: String) -> Result<Process, Problem> {
        let again = self.again.as_ref().ok_or_else(|| Problem::new(409, "fleet", NOT_AGAIN))?;
        let orders = Orders {
            base_url,
            account_sid: DEMO_ACCOUNT_SID.to_owned(),
            key_sid: DEMO_KEY_SID.to_owned(),
            secret: DEMO_SECRET.to_owned(),
            streamer: STREAMER.to_owned(),
            grant_ttl_s: GRANT_TTL_S,
            fleet: self.way.clone(),
        };
        Process::start(again, &orders, self.began).map_err(|error| {
            Problem::new(500, "fleet", format!("A process does not start: {error}"))
        })
    }

    /// Where upstream is, which is started with the first process.
    fn upstream(&self, state: &mut State) -> Result<String, Problem> {
        if let Some(emulator) = &state.emulator {
            return Ok(emulator.base_url().to_owned());
        }
        let slow = Fault::new(FaultKind::latency(UPSTREAM_MS));
        let emulator = Emulator::start(Config { faults: vec![slow], ..Config::default() })
            .map_err(|error| {
                Problem::new(500, "fleet", format!("The emulator does not start: {error}"))
            })?;
        let base_url = emulator.base_url().to_owned();
        (state.emulator, state.asked) = (Some(emulator), Some(Instant::now()));
        let watched = Arc::clone(&self.state);
        let watch =
            thread::Builder::new().name("fleet-view".to_owned()).spawn(move || watch(&watched));
        watch.map_err(|_| Problem::new(500, "fleet", "The system starts no more threads."))?;
        Ok(base_url)
    }

    /// Kills the process that fetches, or the next one that does.
    pub(super) fn kill_fetching(&self) -> News {
        let mut state = self.state();
        state.is_armed = state.alive() > 0;
        state.kill_if_armed();
        drop(state);
        self.news()
    }

    pub(super) fn news(&self) -> News {
        let mut state = self.state();
        state.asked = Some(Instant::now());
        News {
            now_ms: process::millis(self.began),
            unavailable: self.unavailable(),
            is_armed: state.is_armed,
            calls: state.emulator.as_ref().map_or(0, |emulator| emulator.counters().requests),
            upstream_ms: UPSTREAM_MS,
            grant_ttl_s: GRANT_TTL_S,
            processes: state.processes.iter().map(Shown::new).collect(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the processes until there are none.
fn watch(state: &Mutex<State>) {
    loop {
        thread::sleep(TICK);
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.asked.is_none_or(|asked| asked.elapsed() > PATIENCE) {
            *state = State::default();
        }
        if state.emulator.is_none() {
            return;
        }
        state.kill_if_armed();
    }
}

impl State {
    fn alive(&self) -> usize {
        self.processes.iter().filter(|process| process.is_alive()).count()
    }

    fn kill_if_armed(&mut self) {
        let fetching = self.processes.iter_mut().find(|process| process.fetches());
        if let Some(process) = fetching.filter(|_| self.is_armed) {
            process.kill();
            self.is_armed = false;
        }
    }

    /// Makes space among the processes that are shown.
    fn forget_oldest(&mut self) {
        if self.processes.len() >= SHOWN_MAX {
            let oldest = self.processes.iter().position(|process| !process.is_alive());
            oldest.map(|oldest| self.processes.remove(oldest));
        }
    }
}

impl Shown {
    fn new(process: &Process) -> Self {
        let heard = process.heard();
        let report = heard.report;
        Self {
            pid: process.pid(),
            is_alive: process.is_alive(),
            is_killed: process.is_killed(),
            ended_ms: heard.ended_ms,
            doing: report.doing,
            tokens: report.tokens,
            remaining_ms: report.remaining_ms,
            leases: report.leases,
            values: report.values,
            alone: report.alone,
            is_broken: report.is_broken,
            trouble: report.trouble,
            spells: heard.spells,
        }
    }
}
