//! A simulated upstream with a limit that nobody tells its callers.

use std::collections::VecDeque;

/// The usual time of an answer, in seconds.
const LATENCY: f64 = 0.2;

/// How upstream counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limiter {
    None,
    /// A bucket that fills with time; it holds a second's calls.
    Bucket,
    /// So many calls in each whole span of seconds.
    Window(f64),
    /// So many calls in any span of seconds.
    Sliding(f64),
    /// A bucket that is noticed to be empty only then, and refuses all for a second.
    Late,
}

/// What is asked of it and when it does not answer.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) limiter: Limiter,
    /// Calls per second.
    pub(crate) limit: f64,
    /// From a time on, so much of the limit.
    pub(crate) changes: Vec<(f64, f64)>,
    /// It says after how many seconds to come back.
    pub(crate) says_when: bool,
    /// From a time on, the seconds that an answer takes in the mean; 0.2 before the first.
    pub(crate) latencies: Vec<(f64, f64)>,
    /// From, to, and what it answers meanwhile; in the order of time, and apart.
    pub(crate) outages: Vec<(f64, f64, Answer)>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            limiter: Limiter::None,
            limit: 10.0,
            changes: Vec::new(),
            says_when: false,
            latencies: Vec::new(),
            outages: Vec::new(),
        }
    }
}

impl Terms {
    /// Calls per second at a time.
    pub(crate) fn limit(&self, time: f64) -> f64 {
        self.limit * in_force(&self.changes, time).unwrap_or(1.0)
    }

    /// How long an answer takes at a time, in seconds.
    pub(crate) fn latency(&self, time: f64) -> f64 {
        in_force(&self.latencies, time).unwrap_or(LATENCY)
    }

    fn outage(&self, time: f64) -> Option<Answer> {
        let begun = self.outages.partition_point(|(from, ..)| *from <= time);
        let (_, to, answer) = self.outages.get(begun.checked_sub(1)?)?;
        (time < *to).then_some(*answer)
    }
}

/// What holds at a time of values that begin one after the other.
fn in_force(values: &[(f64, f64)], time: f64) -> Option<f64> {
    let begun = values.partition_point(|(from, _)| *from <= time);
    values.get(begun.checked_sub(1)?).map(|(_, value)| *value)
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    Grant,
    /// With the seconds after which to come back, if it says so.
    Throttled(Option<f64>),
    Unavailable,
    Silence,
}

pub(crate) struct Upstream {
    pub(crate) terms: Terms,
    level: f64,
    at: f64,
    window: (i64, f64),
    calls: VecDeque<f64>,
    refuses_until: f64,
}

impl Upstream {
    pub(crate) fn new(terms: Terms) -> Self {
        let level = terms.limit.max(1.0);
        let calls = VecDeque::new();
        Self { terms, level, at: 0.0, window: (-1, 0.0), calls, refuses_until: 0.0 }
    }

    /// Answers a call that reaches it now.
    pub(crate) fn ask(&mut self, time: f64) -> Answer {
        if let Some(answer) = self.terms.outage(time) {
            return answer;
        }
        let wait = match self.terms.limiter {
            Limiter::None => None,
            Limiter::Bucket => self.bucket(time),
            Limiter::Window(span) => self.window(span, time),
            Limiter::Sliding(span) => self.sliding(span, time),
            Limiter::Late => self.late(time),
        };
        match wait {
            None => Answer::Grant,
            Some(wait) => Answer::Throttled(self.terms.says_when.then(|| wait.ceil().max(1.0))),
        }
    }

    fn bucket(&mut self, time: f64) -> Option<f64> {
        let limit = self.terms.limit(time);
        self.level = (self.level + (time - self.at) * limit).min(self.terms.limit.max(1.0));
        self.at = time;
        if self.level < 1.0 {
            return Some(1.0);
        }
        self.level -= 1.0;
        None
    }

    #[allow(clippy::cast_possible_truncation, reason = "a simulation lasts some minutes")]
    fn window(&mut self, span: f64, time: f64) -> Option<f64> {
        let number = (time / span).floor();
        if self.window.0 != number as i64 {
            self.window = (number as i64, 0.0);
        }
        if self.window.1 + 1.0 > (self.terms.limit(time) * span).max(1.0) {
            return Some((number + 1.0) * span - time);
        }
        self.window.1 += 1.0;
        None
    }

    #[allow(clippy::cast_precision_loss, reason = "some thousand calls")]
    fn sliding(&mut self, span: f64, time: f64) -> Option<f64> {
        while self.calls.front().is_some_and(|call| *call <= time - span) {
            self.calls.pop_front();
        }
        if self.calls.len() as f64 + 1.0 > self.terms.limit(time) * span {
            return Some(self.calls.front().map_or(0.0, |call| call + span - time));
        }
        self.calls.push_back(time);
        None
    }

    fn late(&mut self, time: f64) -> Option<f64> {
        let is_empty = self.bucket(time).is_some();
        if time < self.refuses_until {
            return Some(1.0);
        }
        if is_empty {
            self.refuses_until = time + 1.0;
            return Some(1.0);
        }
        None
    }
}
