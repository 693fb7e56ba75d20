//! What callers are told, as they are told it.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use grantmint_core::ErrorKind;

use crate::tally::{Outcome, Tally};

/// A stream is served if so many of its callers in a hundred are.
const SERVED: u32 = 95;

/// How a caller asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// `token_then`.
    CallBack,
    /// `token`.
    Wait,
    /// `try_token`.
    Try,
}

/// What callers were told.
pub(super) struct Watched {
    start: Instant,
    warm_up: f64,
    /// What comes later is not counted.
    end: f64,
    told: Mutex<Told>,
}

pub(super) struct Told {
    pub(super) tally: Tally,
    /// After the warm-up, by kind.
    pub(super) errors: BTreeMap<String, u64>,
    /// When a caller got an error last, in seconds.
    pub(super) last_error: f64,
    /// After the warm-up: how long it took to say that the account is overloaded, in milliseconds.
    pub(super) refusals: BTreeMap<Way, Vec<f64>>,
    has_been_served: Vec<bool>,
    /// The callers of each stream since the last look: served, and all.
    lately: Vec<(u32, u32)>,
}

impl Watched {
    pub(super) fn new(streams: usize, duration: f64, warm_up: f64) -> Self {
        let told = Told {
            tally: Tally::new(streams, 1, duration, warm_up),
            errors: BTreeMap::new(),
            last_error: 0.0,
            refusals: BTreeMap::new(),
            has_been_served: vec![false; streams],
            lately: vec![(0, 0); streams],
        };
        Self { start: Instant::now(), warm_up, end: duration, told: Mutex::new(told) }
    }

    /// Since when callers come.
    pub(super) fn start(&self) -> Instant {
        self.start
    }

    /// A caller of a stream has a token, or an error.
    pub(super) fn told(&self, stream: usize, way: Way, asked: Instant, error: Option<ErrorKind>) {
        let took = asked.elapsed().as_secs_f64() * 1e3;
        let time = self.start.elapsed().as_secs_f64();
        if time > self.end {
            return;
        }
        let outcome = match error {
            None => Outcome::Served,
            Some(ErrorKind::DeadlineExceeded) => Outcome::TimedOut,
            Some(_) => Outcome::Refused,
        };
        let told = &mut *self.lock();
        told.tally.caller(stream, outcome, time);
        let (served, all) = &mut told.lately[stream];
        (*served, *all) = (*served + u32::from(error.is_none()), *all + 1);
        match error {
            None if !mem::replace(&mut told.has_been_served[stream], true) => {
                told.tally.last_first = time;
            }
            None => {}
            Some(kind) => {
                told.last_error = time;
                if time >= self.warm_up {
                    *told.errors.entry(format!("{kind:?}")).or_default() += 1;
                }
                if kind == ErrorKind::Overloaded && time >= self.warm_up {
                    told.refusals.entry(way).or_default().push(took);
                }
            }
        }
    }

    /// A caller that does not wait was told that there is no token.
    pub(super) fn nothing_there(&self, asked: Instant) {
        let took = asked.elapsed().as_secs_f64() * 1e3;
        if self.start.elapsed().as_secs_f64() >= self.warm_up {
            self.lock().refusals.entry(Way::Try).or_default().push(took);
        }
    }

    /// How many streams were served since the last look.
    pub(super) fn served_lately(&self) -> usize {
        let told = &mut *self.lock();
        let is_served = |(served, all): (u32, u32)| all > 0 && 100 * served >= SERVED * all;
        told.lately.iter_mut().map(mem::take).filter(|of| is_served(*of)).count()
    }

    /// What they were told in all; nobody asks any more.
    pub(super) fn end(self) -> Told {
        self.told.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
