//! Plays the steps of one scenario.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, Error, ErrorKind, Grant, GrantCache, Hit, Key, ManualClock, Result, Start,
    Ticket, Waiter,
};

use super::script::{Ask, Expect, Op, Policy, Step};

const TTL: f64 = 60.0;
/// Times in the file are rounded to milliseconds.
const TOLERANCE: f64 = 0.002;

pub(crate) struct Stage {
    clock: ManualClock,
    start: Duration,
    cache: GrantCache,
    tickets: HashMap<String, Ticket>,
    waiters: HashMap<String, Waiter>,
    /// The generation of the grant that each caller was handed last.
    seen: HashMap<String, u64>,
    calls: u64,
    /// Those of them that the processes before the last fork made.
    calls_before_fork: u64,
}

impl Stage {
    pub(crate) fn new(policy: &Policy) -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache =
            GrantCache::builder().policy(policy.build()).clock(&clock).rate_limited().build();
        Self {
            start: clock.now().boot(),
            clock,
            cache,
            tickets: HashMap::new(),
            waiters: HashMap::new(),
            seen: HashMap::new(),
            calls: 0,
            calls_before_fork: 0,
        }
    }

    /// Plays one step and holds what it showed against what it shall show.
    pub(crate) fn play(&mut self, step: &Step) -> Result<(), String> {
        if let Some(at) = step.at {
            let passed = self.clock.now().boot() - self.start;
            let left = seconds(at).checked_sub(passed);
            self.clock.advance(left.ok_or_else(|| format!("{passed:?} have passed already"))?);
        }
        let shown = self.act(&step.op)?;
        let fetches = self.calls_before_fork + self.cache.stats().fetches;
        same("calls by the statistics", Some(&self.calls), Some(&fetches))?;
        compare(&step.expect, &shown, self.calls, self.cache.stats().keys)
    }

    fn act(&mut self, op: &Op) -> Result<Expect, String> {
        match op {
            Op::Get(ask) => return self.get(ask),
            Op::Try(ask) => return self.try_get(ask),
            Op::Prefetch { caller, streamer } => {
                let ticket = key(streamer, None).and_then(|key| self.cache.prefetch(&key));
                return match ticket {
                    Ok(ticket) => self.maybe_fetch(caller, ticket),
                    Err(error) => Ok(refused(&error)),
                };
            }
            Op::Poll { caller } => {
                let mut tickets = self.cache.poll();
                let ticket = tickets.pop();
                if !tickets.is_empty() {
                    return Err("several keys are due; a scenario can name one".to_owned());
                }
                return self.maybe_fetch(caller, ticket);
            }
            Op::Start { caller } => return self.start(caller),
            Op::Result { caller } => return self.result(caller),
            Op::NextWakeup {} => {
                let after = self.cache.next_wakeup().map(|after| after.as_secs_f64());
                return Ok(Expect { after: Some(after), ..Expect::default() });
            }
            Op::Invalidate { streamer } => {
                let emptied = self.cache.invalidate(&key(streamer, None).map_err(text)?);
                return Ok(Expect { emptied: Some(emptied), ..Expect::default() });
            }
            Op::InvalidateIf { streamer, seen_by } => {
                let generation = *self.seen.get(seen_by).ok_or("that caller has seen no grant")?;
                let key = key(streamer, None).map_err(text)?;
                let emptied = Some(self.cache.invalidate_if(&key, generation));
                return Ok(Expect { emptied, ..Expect::default() });
            }
            Op::KeepWarm { streamer, seconds: time } => {
                let key = key(streamer, None).map_err(text)?;
                self.cache.keep_warm(&key, seconds(*time)).map_err(text)?;
            }
            Op::Complete { caller, grant, ttl } => {
                let ticket = take(&mut self.tickets, caller, "ticket")?;
                let lifetime = ttl.map_or(ticket.key().ttl(), seconds);
                ticket.complete(Grant::new(grant.as_deref().unwrap_or("grant")), lifetime);
            }
            Op::Fail { caller, code, retry_after } => {
                let kind = ErrorKind::from_code(code).ok_or("no such code")?;
                let error = Error::new(kind, "by the script");
                let error = match retry_after {
                    Some(after) => error.with_retry_after(seconds(*after)),
                    None => error,
                };
                take(&mut self.tickets, caller, "ticket")?.fail(error);
            }
            Op::Abandon { caller } => drop(take(&mut self.tickets, caller, "ticket")?),
            Op::GiveUp { caller } => drop(take(&mut self.waiters, caller, "waiter")?),
            Op::Purge {} => self.cache.purge(),
            Op::Rotate {} => self.cache.rotate(),
            Op::Fork {} => {
                self.calls_before_fork = self.calls;
                self.cache.simulate_fork();
            }
            Op::Advance { seconds: time } => self.clock.advance(seconds(*time)),
            Op::Suspend { seconds: time } => self.clock.suspend(seconds(*time)),
            Op::JumpWall { seconds } => self.clock.jump_wall(*seconds),
        }
        Ok(Expect::default())
    }

    fn get(&mut self, ask: &Ask) -> Result<Expect, String> {
        let begun = self.begin(ask);
        self.take_in(ask, begun)
    }

    /// Never waits: takes what the store has for those who would have to.
    fn try_get(&mut self, ask: &Ask) -> Result<Expect, String> {
        let (ticket, waiter) = match self.begin(ask) {
            Ok(Begin::Fetch(ticket, waiter)) => (Some(ticket), waiter),
            Ok(Begin::Wait(waiter)) => (None, waiter),
            begun => return self.take_in(ask, begun),
        };
        let hit = waiter.fallback();
        drop(waiter);
        let mut shown = hit.as_ref().map_or_else(Expect::default, |hit| self.hit(&ask.caller, hit));
        shown.outcome = Some(
            match (&ticket, &hit) {
                (Some(_), Some(_)) => "hit_and_fetch",
                (Some(_), None) => "fetch",
                (None, Some(_)) => "hit",
                (None, None) => "wait",
            }
            .to_owned(),
        );
        match ticket {
            Some(ticket) => self.fetch(&ask.caller, ticket, ask.hold, shown),
            None => Ok(shown),
        }
    }

    fn begin(&self, ask: &Ask) -> Result<Begin> {
        let options = BeginOptions::new()
            .min_remaining(ask.min_remaining.map(seconds))
            .timeout(ask.timeout.map(seconds));
        self.cache.begin(&key(&ask.streamer, ask.ttl)?, options)
    }

    fn take_in(&mut self, ask: &Ask, begun: Result<Begin>) -> Result<Expect, String> {
        let caller = &ask.caller;
        match begun {
            Err(error) => Ok(refused(&error)),
            Ok(Begin::Hit(hit)) => Ok(self.hit(caller, &hit)),
            Ok(Begin::HitAndFetch(hit, ticket)) => {
                let shown = Expect { outcome: named("hit_and_fetch"), ..self.hit(caller, &hit) };
                self.fetch(caller, ticket, ask.hold, shown)
            }
            Ok(Begin::Fetch(ticket, waiter)) => {
                self.wait(caller, waiter)?;
                self.fetch(caller, ticket, ask.hold, outcome("fetch"))
            }
            Ok(Begin::Wait(waiter)) => {
                self.wait(caller, waiter)?;
                Ok(outcome("wait"))
            }
        }
    }

    fn maybe_fetch(&mut self, caller: &str, ticket: Option<Ticket>) -> Result<Expect, String> {
        match ticket {
            Some(ticket) => self.fetch(caller, ticket, false, outcome("fetch")),
            None => Ok(outcome("none")),
        }
    }

    fn fetch(
        &mut self,
        caller: &str,
        ticket: Ticket,
        hold: bool,
        shown: Expect,
    ) -> Result<Expect, String> {
        if self.tickets.insert(caller.to_owned(), ticket).is_some() {
            return Err("the caller runs another fetch".to_owned());
        }
        if hold {
            return Ok(shown);
        }
        let started = self.start(caller)?;
        Ok(Expect { start: started.start, after: started.after, ..shown })
    }

    fn start(&mut self, caller: &str) -> Result<Expect, String> {
        let mut ticket = take(&mut self.tickets, caller, "ticket")?;
        let shown = match ticket.start() {
            Start::Go(_) => {
                self.calls += 1;
                Expect { start: named("go"), ..Expect::default() }
            }
            Start::Later(after) => {
                let after = Some(Some(after.as_secs_f64()));
                Expect { start: named("later"), after, ..Expect::default() }
            }
            Start::Served => return Err("the cache shares with no other process".to_owned()),
            Start::Refused(error) => {
                let shown = refused(&error);
                return Ok(Expect { outcome: None, start: named("refused"), ..shown });
            }
        };
        self.tickets.insert(caller.to_owned(), ticket);
        Ok(shown)
    }

    fn wait(&mut self, caller: &str, waiter: Waiter) -> Result<(), String> {
        match self.waiters.insert(caller.to_owned(), waiter) {
            Some(_) => Err("the caller waits already".to_owned()),
            None => Ok(()),
        }
    }

    fn result(&mut self, caller: &str) -> Result<Expect, String> {
        let waiter = take(&mut self.waiters, caller, "waiter")?;
        match waiter.try_result() {
            None => {
                self.waiters.insert(caller.to_owned(), waiter);
                Ok(outcome("pending"))
            }
            Some(Ok(hit)) => Ok(self.hit(caller, &hit)),
            Some(Err(error)) => Ok(refused(&error)),
        }
    }

    fn hit(&mut self, caller: &str, hit: &Hit) -> Expect {
        self.seen.insert(caller.to_owned(), hit.generation());
        let retry_after = hit.reason().and_then(Error::retry_after);
        Expect {
            freshness: named(hit.freshness().as_str()),
            remaining: Some(hit.remaining().as_secs_f64()),
            grant: named(hit.grant().as_str()),
            reason: Some(hit.reason().map(|reason| reason.code().to_owned())),
            retry_after: Some(retry_after.map(|after| after.as_secs_f64())),
            ..outcome("hit")
        }
    }
}

fn compare(expect: &Expect, shown: &Expect, calls: u64, keys: usize) -> Result<(), String> {
    let started = expect.start.clone().or(shown.start.as_ref().and(named("go")));
    same("start", started.as_ref(), shown.start.as_ref())?;
    same("outcome", expect.outcome.as_ref(), shown.outcome.as_ref())?;
    if_given("freshness", expect.freshness.as_ref(), shown.freshness.as_ref())?;
    if_given("grant", expect.grant.as_ref(), shown.grant.as_ref())?;
    if_given("reason", expect.reason.as_ref(), shown.reason.as_ref())?;
    if_given("code", expect.code.as_ref(), shown.code.as_ref())?;
    if_given("emptied", expect.emptied.as_ref(), shown.emptied.as_ref())?;
    close("remaining", expect.remaining.map(Some), shown.remaining.map(Some))?;
    close("retry_after", expect.retry_after, shown.retry_after)?;
    close("after", expect.after, shown.after)?;
    if_given("keys", expect.keys.as_ref(), Some(&keys))?;
    if_given("calls", expect.calls.as_ref(), Some(&calls))
}

fn same<T: PartialEq + Debug>(what: &str, a: Option<&T>, b: Option<&T>) -> Result<(), String> {
    if a == b { Ok(()) } else { Err(format!("{what}: expected {a:?}, got {b:?}")) }
}

fn if_given<T: PartialEq + Debug>(what: &str, a: Option<&T>, b: Option<&T>) -> Result<(), String> {
    if a.is_none() { Ok(()) } else { same(what, a, b) }
}

fn close(what: &str, a: Option<Option<f64>>, b: Option<Option<f64>>) -> Result<(), String> {
    match (a, b) {
        (None, _) => Ok(()),
        (Some(Some(a)), Some(Some(b))) if (a - b).abs() <= TOLERANCE => Ok(()),
        _ => same(what, a.as_ref(), b.as_ref()),
    }
}

fn refused(error: &Error) -> Expect {
    Expect {
        code: named(error.code()),
        retry_after: Some(error.retry_after().map(|after| after.as_secs_f64())),
        ..outcome("error")
    }
}

fn outcome(name: &str) -> Expect {
    Expect { outcome: named(name), ..Expect::default() }
}

#[allow(clippy::unnecessary_wraps, reason = "every field of what is shown is optional")]
fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn take<T>(held: &mut HashMap<String, T>, caller: &str, what: &str) -> Result<T, String> {
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
