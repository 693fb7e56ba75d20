//! What the rules say, in the plainest form. Everything is in nanoseconds.

use std::collections::HashMap;
use std::time::Duration;

use grantmint_core::{ErrorKind, Now};

pub(crate) const SECOND: u64 = 1_000_000_000;
/// What the tests set as the policy's safety margin.
pub(crate) const MARGIN: u64 = SECOND;
/// The default promise for a lifetime of 60 s.
pub(crate) const PROMISE: u64 = 5 * SECOND;
const FETCH_TIMEOUT: u64 = 4 * SECOND;
const PATIENCE: u64 = 5 * SECOND;
const SPACING: u64 = SECOND;
const LAST_CALL: u64 = SECOND / 10;
const COOLDOWN_MAX: u64 = 300 * SECOND;

pub(crate) fn boot(now: Now) -> u64 {
    u64::try_from(now.boot().as_nanos()).unwrap()
}

fn wall(now: Now) -> u64 {
    u64::try_from(now.wall().as_nanos()).unwrap()
}

/// A grant that came, by its text.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) text: String,
    boot_end: u64,
    wall_end: u64,
    came: u64,
}

impl Issued {
    fn remaining_by_boot(&self, now: Now) -> u64 {
        self.boot_end.saturating_sub(boot(now))
    }

    /// Whether it kept a promise when it came.
    pub(crate) fn has_kept(&self, promise: u64) -> bool {
        self.boot_end.saturating_sub(self.came) >= promise
    }

    pub(crate) fn remaining(&self, now: Now) -> u64 {
        self.remaining_by_boot(now).min(self.wall_end.saturating_sub(wall(now)))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum End {
    Grant(Issued),
    Error(ErrorKind),
    /// It was over its time when its outcome came, and those who waited may have been told so.
    GrantOrTimeout(Issued),
    ErrorOrTimeout(ErrorKind),
}

#[derive(Debug)]
pub(crate) struct Fetch {
    pub(crate) key: String,
    begun: u64,
    era: u32,
    sent: Option<Now>,
    probe: bool,
    dead_at: u64,
    pub(crate) foreign: bool,
    pub(crate) end: Option<End>,
}

#[derive(Default)]
struct Entry {
    value: Option<Issued>,
    era: u32,
    /// No fetch before this, but for the host's own emptying.
    next: u64,
    current: Option<usize>,
}

/// A request that was let go.
struct Call {
    begun: u64,
    sent: u64,
}

#[derive(Default)]
pub(crate) struct Oracle {
    entries: HashMap<String, Entry>,
    pub(crate) fetches: Vec<Fetch>,
    calls: Vec<Call>,
    cooldown_until: u64,
    half_open: bool,
    probe: Option<(usize, u64)>,
    /// When the last refusal came that counted.
    refused_at: Option<u64>,
}

impl Oracle {
    pub(crate) fn value(&self, key: &str) -> Option<&Issued> {
        self.entries.get(key)?.value.as_ref()
    }

    pub(crate) fn keeps(&self, key: &str, promise: u64, now: Now) -> Option<&Issued> {
        self.value(key).filter(|value| value.remaining(now) >= promise.max(1))
    }

    /// A fetch begins: only if none is in flight, and not too soon.
    pub(crate) fn fetches(&mut self, key: &str, patience: u64, now: Now) -> usize {
        let time = boot(now);
        let refresh = self.keeps(key, 0, now).is_some();
        let entry = self.entries.entry(key.to_owned()).or_default();
        if let Some(fetch) = entry.current.map(|id| &self.fetches[id]) {
            assert!(fetch.end.is_some() || time >= fetch.dead_at, "two fetches for {key}");
        }
        assert!(time >= entry.next, "{key} again after {} ns", time + SPACING - entry.next);
        let queue = if refresh { patience.max(PATIENCE) } else { patience };
        let dead_at = time + queue.max(FETCH_TIMEOUT) + SECOND;
        entry.current = Some(self.fetches.len());
        let (key, era) = (key.to_owned(), entry.era);
        self.fetches.push(Fetch {
            key,
            begun: time,
            era,
            sent: None,
            probe: false,
            dead_at,
            foreign: false,
            end: None,
        });
        self.fetches.len() - 1
    }

    /// Somebody waits for the fetch of a key: there must be one.
    pub(crate) fn waits(&self, key: &str, now: Now) -> usize {
        let id = self.entries[key].current.expect("a fetch to wait for");
        assert!(!self.is_over(id, now), "waits for a fetch that is over");
        id
    }

    pub(crate) fn is_over(&self, id: usize, now: Now) -> bool {
        let fetch = &self.fetches[id];
        fetch.foreign || fetch.end.is_some() || boot(now) >= fetch.dead_at
    }

    /// What a fetch ends with that is over its time: nothing is upstream's fault that was not sent.
    pub(crate) fn timeout(&self, id: usize) -> ErrorKind {
        match self.fetches[id].sent {
            Some(_) => ErrorKind::UpstreamTimeout,
            None => ErrorKind::Overloaded,
        }
    }

    /// A request is let go: only within the rate limit, and never in a cool-down but for one probe.
    pub(crate) fn goes(&mut self, id: usize, now: Now) {
        let time = boot(now);
        assert!(!self.is_over(id, now), "a call for a fetch that is over");
        assert!(time >= self.cooldown_until, "a call during the cool-down");
        self.calls.push(Call { begun: self.fetches[id].begun, sent: time });
        self.check_rate(time);
        let dead_at = time + FETCH_TIMEOUT + SECOND;
        if self.half_open {
            assert!(self.probe.is_none_or(|(_, lost_at)| time >= lost_at), "a second probe");
            self.probe = Some((id, dead_at));
        }
        let fetch = &mut self.fetches[id];
        (fetch.sent, fetch.dead_at, fetch.probe) = (Some(now), dead_at, self.half_open);
    }

    /// The rate starts at ten a second and doubles in a second at most, up to 2,000. What was begun before may
    /// have been let through before, and be sent only now.
    fn check_rate(&self, time: u64) {
        let seconds = |from: u64| (time - from) as f64 / SECOND as f64;
        let fastest = (10.0 * seconds(self.calls[0].sent).exp2()).min(2000.0);
        for start in self.calls.iter().map(|call| call.begun) {
            let allowed = 20.0 + fastest * seconds(start) + 1e-6;
            let made = self.calls.iter().filter(|call| call.begun >= start).count() as f64;
            assert!(made <= allowed, "{made} calls in {} s", seconds(start));
        }
    }

    /// A fetch was not let go; whoever runs it will ask again.
    pub(crate) fn waits_for_its_turn(&mut self, id: usize, after: Duration, now: Now) {
        let asks_again = boot(now) + u64::try_from(after.as_nanos()).unwrap();
        let fetch = &mut self.fetches[id];
        fetch.dead_at = fetch.dead_at.max(asks_again + PATIENCE + SECOND);
    }

    /// A request is refused: the fetch is over.
    pub(crate) fn refused(&mut self, id: usize, kind: ErrorKind, now: Now) {
        if self.fetches[id].end.is_none() && !self.fetches[id].foreign {
            let dead = boot(now) >= self.fetches[id].dead_at;
            let kind = if dead { self.timeout(id) } else { kind };
            self.fetches[id].end = Some(End::Error(kind));
        }
    }

    pub(crate) fn completed(&mut self, id: usize, text: String, lifetime: u64, now: Now) {
        if self.fetches[id].foreign {
            return;
        }
        self.answered(id);
        let sent = self.fetches[id].sent.unwrap_or(now);
        let net = lifetime.saturating_sub(MARGIN);
        let (boot_end, wall_end) = (boot(sent) + net, wall(sent) + net);
        let issued = Issued { text, boot_end, wall_end, came: boot(now) };
        let (left, by_boot) = (issued.remaining(now), issued.remaining_by_boot(now));
        if left < PROMISE && by_boot >= PROMISE {
            return self.ended(id, End::Error(ErrorKind::Abandoned), false, now);
        }
        if left == 0 {
            return self.ended(id, End::Error(ErrorKind::GrantTooShort), true, now);
        }
        let fetch = &self.fetches[id];
        let entry = self.entries.get_mut(&fetch.key).unwrap();
        let better = entry.value.as_ref().is_none_or(|old| left > old.remaining(now));
        if entry.era == fetch.era && better {
            entry.value = Some(issued.clone());
        }
        self.ended(id, End::Grant(issued), true, now);
    }

    pub(crate) fn failed(&mut self, id: usize, kind: ErrorKind, asked: Option<u64>, now: Now) {
        if self.fetches[id].foreign {
            return;
        }
        match kind {
            ErrorKind::Throttled => self.throttled(id, asked, now),
            ErrorKind::UpstreamTimeout
            | ErrorKind::UpstreamUnavailable
            | ErrorKind::UpstreamConnect
            | ErrorKind::UpstreamTls
            | ErrorKind::SourceFailed
            | ErrorKind::Abandoned => self.vanished(id, now),
            _ => self.answered(id),
        }
        self.ended(id, End::Error(kind), kind != ErrorKind::Abandoned, now);
    }

    /// Answers to requests that were sent before the last one that counted are the same refusal, unless they ask
    /// for a time.
    fn throttled(&mut self, id: usize, asked: Option<u64>, now: Now) {
        let fetch = &self.fetches[id];
        let sent = fetch.sent.map_or(boot(now), boot);
        let is_new = !self.half_open && self.refused_at.is_none_or(|refused| sent > refused);
        if !(is_new || fetch.probe || asked.is_some()) {
            return;
        }
        if is_new {
            self.refused_at = Some(boot(now));
        }
        let until = boot(now) + asked.unwrap_or(SECOND / 2).min(COOLDOWN_MAX);
        self.cooldown_until = self.cooldown_until.max(until);
        (self.half_open, self.probe) = (true, None);
    }

    pub(crate) fn abandoned(&mut self, id: usize, now: Now) {
        if !self.fetches[id].foreign {
            self.vanished(id, now);
            self.ended(id, End::Error(ErrorKind::Abandoned), false, now);
        }
    }

    fn answered(&mut self, id: usize) {
        if self.fetches[id].probe {
            (self.half_open, self.probe) = (false, None);
        }
    }

    fn vanished(&mut self, id: usize, now: Now) {
        // A lost one may have been followed by another that was never sent.
        if self.probe.is_some_and(|(probe, lost_at)| probe == id && boot(now) < lost_at) {
            self.probe = None;
            self.cooldown_until = self.cooldown_until.max(boot(now) + SECOND);
        }
    }

    fn ended(&mut self, id: usize, end: End, is_attempt: bool, now: Now) {
        let fetch = &mut self.fetches[id];
        let late = boot(now) >= fetch.dead_at;
        if fetch.end.is_none() {
            fetch.end = Some(match end {
                End::Grant(issued) if late => End::GrantOrTimeout(issued),
                End::Error(kind) if late => End::ErrorOrTimeout(kind),
                end => end,
            });
        }
        let entry = self.entries.get_mut(&fetch.key).unwrap();
        if is_attempt && !late && entry.era == fetch.era && entry.current == Some(id) {
            entry.next = fetch.begun + SPACING;
        }
    }

    /// Whether a caller of this promise and deadline must be told something now, may be, or must
    /// not.
    pub(crate) fn told(&self, id: usize, promise: u64, deadline: u64, now: Now) -> Option<bool> {
        if self.is_over(id, now) || boot(now) >= deadline {
            return Some(true);
        }
        let spare = self.keeps(&self.fetches[id].key, promise, now).map(|v| v.remaining(now));
        (spare? - promise > LAST_CALL).then_some(false)
    }

    pub(crate) fn invalidated(&mut self, key: &str) {
        if let Some(entry) = self.entries.get_mut(key) {
            *entry = Entry { era: entry.era + 1, ..Entry::default() };
        }
    }

    pub(crate) fn renewed(&mut self, keep_values: bool) {
        for entry in self.entries.values_mut() {
            let value = entry.value.take().filter(|_| keep_values);
            *entry = Entry { value, era: entry.era + 1, ..Entry::default() };
        }
    }

    /// A child adopts what is alive at this moment, even if a clock set back would revive more.
    pub(crate) fn forked(&mut self, now: Now) {
        self.fetches.iter_mut().for_each(|fetch| fetch.foreign = true);
        self.renewed(true);
        for entry in self.entries.values_mut() {
            entry.value = entry.value.take().filter(|value| value.remaining(now) > 0);
        }
    }
}
