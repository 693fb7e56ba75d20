//! What one process of the fleet view does: gets tokens for viewers of one stream, and says how it comes to the
//! grant. It is told what to do by the first line of its stdin, and ends when stdin does, so with its parent.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use grantmint_core::{ApiKey, PlaybackMinter, Stats, TokenOptions};
use serde::{Deserialize, Serialize};

use crate::exit::{Exit, Failure};
use crate::fleet::Way;

/// How often a viewer asks.
const EVERY: Duration = Duration::from_millis(40);
/// No parent sends more.
const ORDERS_MAX_BYTES: u64 = 16 * 1024;

/// What a member is told. It comes by a pipe, so that no secret is in an argument and no environment.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Orders {
    pub(super) base_url: String,
    pub(super) account_sid: String,
    pub(super) key_sid: String,
    pub(super) secret: String,
    pub(super) streamer: String,
    pub(super) grant_ttl_s: u32,
    pub(super) fleet: Way,
}

/// What a member is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Doing {
    /// It has no grant and has not asked for one.
    #[default]
    Nothing,
    /// It hands out tokens with a grant that it has.
    Serves,
    /// It calls upstream for all.
    Fetches,
    /// It waits for what another fetches; meanwhile it hands out the grant that it has, if any.
    Waits,
}

/// What a member says of itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub(super) doing: Doing,
    /// Tokens that it has handed out.
    pub(super) tokens: u64,
    /// What remains of its grant, in milliseconds.
    pub(super) remaining_ms: Option<u64>,
    /// Grants that it has fetched for all.
    pub(super) leases: u64,
    /// Grants that another had fetched.
    pub(super) values: u64,
    /// Grants that it has fetched for itself alone.
    pub(super) alone: u64,
    pub(super) is_broken: bool,
    pub(super) trouble: Option<String>,
}

/// Runs until stdin ends.
pub(crate) fn run() -> Result<Exit, Failure> {
    let orders = read_orders()?;
    let key = ApiKey::new(&orders.account_sid, &orders.key_sid, &orders.secret)?;
    let minter = PlaybackMinter::builder(&key)
        .base_url(&orders.base_url)
        .grant_ttl(orders.grant_ttl_s)
        .fleet(orders.fleet.fleet_of_machine()?)
        .build()?;
    let ends = watch_stdin()?;
    let mut member =
        Member { minter, streamer: orders.streamer, report: Report::default(), before: 0 };
    while !ends.load(Ordering::Relaxed) {
        if member.step().is_err() {
            break;
        }
        thread::sleep(EVERY);
    }
    Ok(Exit::Good)
}

fn read_orders() -> Result<Orders, Failure> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(ORDERS_MAX_BYTES)
        .read_line(&mut line)
        .map_err(|_| Failure::failed("stdin cannot be read"))?;
    serde_json::from_str(&line).map_err(|_| Failure::usage("this command is for the page alone"))
}

fn watch_stdin() -> Result<Arc<AtomicBool>, Failure> {
    let ends = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ends);
    let watch = move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        end.store(true, Ordering::Relaxed);
    };
    let started = thread::Builder::new().name("fleet-stdin".to_owned()).spawn(watch);
    started.map_err(|_| Failure::failed("the system starts no more threads"))?;
    Ok(ends)
}

struct Member {
    minter: PlaybackMinter,
    streamer: String,
    report: Report,
    /// Fetches that it had begun when none was in flight.
    before: u64,
}

impl Member {
    /// Serves a viewer, and reports what has changed. An error means that nobody listens any more.
    fn step(&mut self) -> io::Result<()> {
        let token = self.minter.try_token_with(&self.streamer, "viewer", TokenOptions::default());
        let token = token.ok().flatten();
        let Ok(stats) = self.minter.stats() else { return Ok(()) };
        let fleet = stats.fleet.clone().unwrap_or_default();
        let report = Report {
            doing: self.doing(&stats, token.is_some()),
            tokens: self.report.tokens + u64::from(token.is_some()),
            remaining_ms: token.and_then(|token| token.grant_remaining.as_millis().try_into().ok()),
            leases: fleet.leases,
            values: fleet.values,
            alone: fleet.alone,
            is_broken: fleet.is_broken,
            trouble: fleet.trouble,
        };
        let line = serde_json::to_string(&report).map_err(io::Error::other)?;
        self.report = report;
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }

    fn doing(&mut self, stats: &Stats, has_token: bool) -> Doing {
        let fleet = stats.fleet.clone().unwrap_or_default();
        let begun = fleet.leases + fleet.alone;
        if stats.in_flight == 0 {
            self.before = begun;
        }
        match (stats.in_flight, has_token) {
            (0, true) => Doing::Serves,
            (0, false) => Doing::Nothing,
            _ if begun > self.before => Doing::Fetches,
            _ => Doing::Waits,
        }
    }
}
