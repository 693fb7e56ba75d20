//! What an account allows its caches: the interface to its cool-down, its rate and its order.
//! The cache asks; the maker of the cache implements it.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use crate::cache::decide::{AccountOptions, Block, Turn, cooldown};
use crate::clock::{Clock, Now};

/// What a call is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A grant has to be replaced by this time, in nanoseconds since boot.
    Refresh { hard: u64 },
    /// There is no grant, and a caller.
    Cold,
    /// There is no grant, and nobody waits: the host has a stream fetched ahead.
    Ahead,
    /// There is a grant, and nobody has asked: it is kept warm.
    Leisure,
}

impl Need {
    /// Whether a caller has asked.
    pub(crate) fn is_asked_for(self) -> bool {
        matches!(self, Self::Refresh { .. } | Self::Cold)
    }
}

/// A call that may be sent; handed back with its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permit {
    /// In nanoseconds since boot.
    pub(crate) sent: u64,
    /// The number of the one call that finds out whether a cool-down is over.
    pub(crate) probe: Option<u64>,
}

/// The answer to whether a call may be sent.
#[derive(Clone, Debug)]
pub(crate) enum Admission {
    Go(Permit),
    /// It waits for its turn. If its waker is not called, ask again at this time, in nanoseconds since boot.
    Later(u64),
    /// It was not sent in its time.
    TooLate,
    Blocked(Block),
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Report {
    /// Upstream answered with anything but a 429.
    Answered,
    /// A 429, which may have asked for a time; with a random number.
    Throttled { asked: Option<Duration>, random: f64 },
    /// Upstream does not answer, or only that it fails.
    Failed,
    /// No answer came in its time; whoever runs the call has not said so yet.
    Overdue,
    /// Nothing is known of upstream.
    Unknown,
    /// It was not sent.
    Unsent,
}

/// What a 429 brought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Throttled {
    /// What is left of the cool-down.
    pub(crate) pause: Duration,
    /// The rate was cut.
    pub(crate) is_cut: bool,
}

/// A cold key is refused: its call could be sent at this time, in nanoseconds since boot, which is too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom {
    pub(crate) until: u64,
    /// It had not been refused within a minute.
    pub(crate) is_new: bool,
}

/// What is known of an account's calls now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Traffic {
    /// In calls per second; none without a limit.
    pub(crate) rate: Option<f64>,
    /// What the account is known not to bear more than, in calls per second.
    pub(crate) most: f64,
    pub(crate) waiting: usize,
    pub(crate) refused_keys: usize,
    /// A call that came now could be sent right away.
    pub(crate) is_free: bool,
}

/// Those whose turn has come. To be woken when no lock is held.
#[derive(Debug, Default)]
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Wakes {
    come: Vec<Waker>,
    /// No longer needed. They may be the last to own a ticket, whose end takes the limiter's lock.
    gone: Vec<Waker>,
}

impl Wakes {
    pub(crate) fn push(&mut self, waker: Waker) {
        self.come.push(waker);
    }

    /// A waker that is not to be called, to be dropped when no lock is held.
    pub(crate) fn put_away(&mut self, waker: Option<Waker>) {
        self.gone.extend(waker);
    }

    pub(crate) fn and(mut self, others: Self) -> Self {
        self.come.extend(others.come);
        self.gone.extend(others.gone);
        self
    }

    pub(crate) fn wake(self) {
        self.come.into_iter().for_each(Waker::wake);
    }
}

pub(crate) trait Limiter: Send + Sync {
    /// Takes in what one of its users knows of the limits; tells whether all said the same.
    fn agree(&self, options: &AccountOptions) -> bool;

    /// The cool-down or probe that holds everybody back now, if any. Called when no fresh grant is
    /// at hand, so it must be quick and take no lock.
    fn block(&self, now: Now) -> Option<Block>;

    /// Whether the call of a cold key could be sent by `deadline`, in nanoseconds since boot. `key` tells
    /// it apart.
    fn check_cold(&self, key: u64, deadline: u64, now: Now) -> Result<(), NoRoom>;

    /// A fetch waits for its turn from now on, which may come at once.
    fn enter(&self, turn: &Arc<Turn>, need: Need, clock: &Clock, now: Now) -> Wakes;

    /// Whether a caller who cannot use the stored grant may wait for a turn: it will come by `deadline`, in
    /// nanoseconds since boot. What nobody asked for until now is asked for.
    fn join(
        &self,
        turn: &Arc<Turn>,
        need: Need,
        deadline: u64,
        now: Now,
    ) -> (Result<(), NoRoom>, Wakes);

    /// Asks whether it is a fetch's turn, and has a waker called when it is. Its call does not count as sent.
    fn look(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes);

    /// The same, and the call counts as sent now if it is.
    fn start(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes);

    /// Takes note of how a call ended. One that counts as over already may still say something of
    /// upstream by its permit.
    fn end(&self, turn: &Turn, permit: Option<Permit>, how: Report, now: Now)
    -> (Throttled, Wakes);

    fn traffic(&self, now: Now) -> Traffic;
}

/// The cool-down of one key after a 429 that does not say for how long.
const UNASKED: Duration = Duration::from_secs(1);

/// Lets everything through.
pub(crate) struct Unlimited;

impl Limiter for Unlimited {
    fn agree(&self, _: &AccountOptions) -> bool {
        true
    }

    fn block(&self, _: Now) -> Option<Block> {
        None
    }

    fn check_cold(&self, _: u64, _: u64, _: Now) -> Result<(), NoRoom> {
        Ok(())
    }

    fn enter(&self, turn: &Arc<Turn>, _: Need, _: &Clock, _: Now) -> Wakes {
        turn.has_come();
        Wakes::default()
    }

    fn join(&self, _: &Arc<Turn>, _: Need, _: u64, _: Now) -> (Result<(), NoRoom>, Wakes) {
        (Ok(()), Wakes::default())
    }

    fn look(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        self.start(turn, waker, now)
    }

    fn start(&self, _: &Arc<Turn>, _: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        let permit = Permit { sent: now.boot_nanos(), probe: None };
        (Admission::Go(permit), Wakes::default())
    }

    /// The key alone cools down.
    fn end(&self, _: &Turn, _: Option<Permit>, how: Report, _: Now) -> (Throttled, Wakes) {
        let throttled = match how {
            Report::Throttled { asked, random } => {
                let pause = Duration::from_nanos(cooldown(asked, UNASKED, random));
                Throttled { pause, is_cut: false }
            }
            _ => Throttled::default(),
        };
        (throttled, Wakes::default())
    }

    fn traffic(&self, _: Now) -> Traffic {
        Traffic { rate: None, most: f64::MAX, waiting: 0, refused_keys: 0, is_free: true }
    }
}
