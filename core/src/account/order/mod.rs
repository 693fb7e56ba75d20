//! Who goes first when more calls wait than may be sent: slack stealing.
//!
//! A cold key goes at once if no refresh misses its time because of it. Otherwise the refresh whose time is
//! over first goes. So those who watch stay in, new streams get in as long as there is room, and those that
//! there is no room for are the same ones until there is. What is fetched ahead or kept warm without callers
//! goes when nobody else waits.
//!
//! To enter and to leave costs O(log n), and [`due`] adds up 256 slots, however many wait.

mod due;
mod line;

use self::due::{Due, Slot};
use self::line::{Line, Rank};
use crate::cache::{Lane, Need};

pub(super) use self::due::{Supply, Surplus};

/// What waits for a call, of type `T`, in a line for each lane.
pub(super) struct Order<T> {
    /// Those with something that waits or is in flight.
    lines: Vec<Line<T>>,
    due: Due,
    /// The number of the next that comes.
    next: u64,
    counts: Counts,
}

/// How many wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) refreshes: usize,
    pub(super) cold: usize,
    pub(super) ahead: usize,
    pub(super) leisure: usize,
}

/// Where something waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    lane: Lane,
    rank: Rank,
    /// Where a refresh is counted.
    slot: Option<Slot>,
}

/// How many calls are in flight on the library's threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct InFlight {
    /// Of one lane.
    pub(super) of_lane: usize,
    pub(super) of_all: usize,
}

impl<T: Copy> Order<T> {
    pub(super) fn new() -> Self {
        Self { lines: Vec::new(), due: Due::new(), next: 0, counts: Counts::default() }
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Something has to wait for its call.
    pub(super) fn enter(&mut self, lane: Lane, need: Need, what: T, time: u64) -> Place {
        let number = self.next;
        self.next += 1;
        let rank = match need {
            Need::Refresh { hard } => Rank::Refresh(hard, number),
            Need::Cold => Rank::Cold(number),
            Need::Ahead => Rank::Ahead(number),
            Need::Leisure => Rank::Leisure(number),
        };
        self.insert(lane, rank, what, time)
    }

    /// What was called and did not go waits again where it did.
    pub(super) fn enter_again(&mut self, place: Place, what: T, time: u64) -> Place {
        self.ended(place);
        self.insert(place.lane, place.rank, what, time)
    }

    fn insert(&mut self, lane: Lane, rank: Rank, what: T, time: u64) -> Place {
        let slot = match rank {
            Rank::Refresh(hard, _) => Some(self.due.add(hard, time)),
            Rank::Cold(_) | Rank::Ahead(_) | Rank::Leisure(_) => None,
        };
        *self.counts.of(rank) += 1;
        self.line(lane).insert(rank, what);
        Place { lane, rank, slot }
    }

    fn line(&mut self, lane: Lane) -> &mut Line<T> {
        let index = self.lines.iter().position(|line| line.lane == lane);
        let index = index.unwrap_or_else(|| {
            self.lines.push(Line::new(lane));
            self.lines.len() - 1
        });
        &mut self.lines[index]
    }

    /// It waits no longer.
    pub(super) fn leave(&mut self, place: Place, time: u64) {
        self.remove(place, time);
        self.lines.retain(Line::is_in_use);
    }

    /// It is called, and in flight from now on.
    pub(super) fn call(&mut self, place: Place, time: u64) {
        self.remove(place, time);
        self.line(place.lane).in_flight += 1;
    }

    fn remove(&mut self, place: Place, time: u64) {
        if self.line(place.lane).remove(place.rank).is_none() {
            return;
        }
        *self.counts.of(place.rank) -= 1;
        if let Some(slot) = place.slot {
            self.due.remove(slot, time);
        }
    }

    /// A call is over.
    pub(super) fn ended(&mut self, place: Place) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.lane == place.lane) {
            line.in_flight = line.in_flight.saturating_sub(1);
        }
        self.lines.retain(Line::is_in_use);
    }

    /// One at the head of its line that needs no call any more, as `is_over` says.
    pub(super) fn over(&self, is_over: impl Fn(T) -> bool) -> Option<T> {
        self.lines.iter().flat_map(Line::heads).find(|head| is_over(*head))
    }

    /// Who goes next, of those whose lane has room for one more call.
    pub(super) fn first(
        &mut self,
        supply: Supply,
        has_room: impl Fn(InFlight) -> bool,
        time: u64,
    ) -> Option<T> {
        let taking = self.lines.iter().filter(|line| line.lane.takes_threads);
        let of_all = taking.map(|line| line.in_flight).sum();
        let is_open = |line: &&Line<T>| {
            !line.lane.takes_threads || has_room(InFlight { of_lane: line.in_flight, of_all })
        };
        let first = |of: fn(&Line<T>) -> Option<(Rank, T)>| {
            let heads = self.lines.iter().filter(is_open).filter_map(of);
            heads.min_by_key(|(rank, _)| *rank).map(|(_, what)| what)
        };
        let (refresh, cold) = (first(Line::first_refresh), first(Line::first_cold));
        let unasked = first(Line::first_unasked);
        let takes_cold = cold.is_some()
            && (refresh.is_none() || self.due.surplus(supply, 0.0, time).least >= 1.0);
        if takes_cold { cold } else { refresh.or(unasked) }
    }

    /// What is left of a supply when every refresh that waits is sent in its time, after so many cold calls.
    pub(super) fn surplus(&mut self, supply: Supply, cold: f64, time: u64) -> Surplus {
        self.due.surplus(supply, cold, time)
    }

    /// How many cold keys are called before this one, at most; before one that has no place yet, if none.
    pub(super) fn cold_before(&self, place: Option<Place>) -> usize {
        let Some(Place { rank: Rank::Cold(number), .. }) = place else { return self.counts.cold };
        let heads = self.lines.iter().filter_map(Line::first_cold);
        let first = heads.map(|(rank, _)| rank.number()).min().unwrap_or(number);
        let before = usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX);
        before.min(self.counts.cold.saturating_sub(1))
    }
}

impl Counts {
    pub(super) fn all(&self) -> usize {
        self.refreshes + self.cold + self.ahead + self.leisure
    }

    fn of(&mut self, rank: Rank) -> &mut usize {
        match rank {
            Rank::Refresh(..) => &mut self.refreshes,
            Rank::Cold(_) => &mut self.cold,
            Rank::Ahead(_) => &mut self.ahead,
            Rank::Leisure(_) => &mut self.leisure,
        }
    }
}
