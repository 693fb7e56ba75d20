//! One account's calls: which wait, which may be sent, and what is known of upstream. Joins the rate ([`pace`]) to the
//! order ([`order`]); a function of its state and the time, which is in nanoseconds since boot.
//!
//! [`pace`]: super::pace
//! [`order`]: super::order

use std::collections::HashMap;
use std::sync::Arc;
use std::task::Waker;

use super::order::{InFlight, Order, Place, Supply};
use super::pace::{Ceiling, Demand, Heard, Opening, Pace};
use super::turned_away::TurnedAway;
use crate::cache::{AccountOptions, Need, NoRoom, Permit, Report, Throttled, Traffic, Turn, Wakes};
use crate::clock::{Clock, nanos_of};

const SECOND: u64 = 1_000_000_000;
/// How often it is reckoned whether the refreshes that wait need more than the rate gives.
const LOOK: u64 = SECOND / 4;
/// What waits or is in flight keeps an account without minters for so long.
const BUSY: u64 = 120 * SECOND;
/// Calls are not let through one by one when there are so many that each would wake a thread.
const GRAIN: u64 = 2_000_000;

pub(super) struct Desk {
    pace: Pace,
    order: Order<u64>,
    /// By the number of the turn.
    seats: HashMap<u64, Seat>,
    turned_away: TurnedAway,
    /// Calls at once of one lane that takes threads.
    max_fetches: usize,
    /// Whether the refreshes that wait need more than the rate gives, and when that was reckoned.
    is_urgent: bool,
    looked_at: u64,
    alarm: Alarm,
}

/// When somebody comes to call those whose turn it is.
#[derive(Default)]
struct Alarm {
    at: Option<u64>,
    /// Of the last that was set: one that was set before it is void.
    number: u64,
    /// That of the fetches that wait.
    clock: Clock,
}

struct Seat {
    turn: Arc<Turn>,
    state: State,
}

enum State {
    Waiting {
        place: Place,
        need: Need,
        waker: Option<Waker>,
    },
    /// It may be sent, or has been.
    Called {
        place: Place,
        need: Need,
        permit: Permit,
        is_sent: bool,
    },
    /// Its time is over, and it may still keep a thread.
    Overdue {
        place: Place,
    },
}

/// Whether a turn has come.
pub(super) enum Answer {
    Go(Permit),
    /// Not yet; if nobody wakes it, it asks again at this time.
    Waits(u64),
    /// It is no longer waited for.
    Gone,
}

impl Desk {
    pub(super) fn new(options: &AccountOptions, heard: Heard) -> Self {
        Self {
            pace: Pace::new(ceiling(options), heard),
            order: Order::new(),
            seats: HashMap::new(),
            turned_away: TurnedAway::default(),
            max_fetches: options.fetches_max(),
            is_urgent: false,
            looked_at: 0,
            alarm: Alarm::default(),
        }
    }

    /// Goes by other limits from now on.
    pub(super) fn limit_to(&mut self, options: &AccountOptions) {
        self.pace.limit_to(ceiling(options));
        self.max_fetches = options.fetches_max();
    }

    /// No call before this, because upstream answered 429.
    pub(super) fn closed_until(&self) -> u64 {
        self.pace.closed_until()
    }

    pub(super) fn heard(&self) -> Heard {
        self.pace.heard()
    }

    /// When it is as good as new.
    pub(super) fn quiet_at(&mut self, time: u64) -> u64 {
        self.pace.advance(time);
        // What waits or is in flight is over by then, or will not be.
        let busy = if self.seats.is_empty() { time } else { time.saturating_add(BUSY) };
        self.pace.quiet_at().max(busy)
    }

    /// The clock and the number of the alarm that has to be set, if none goes off by `at`.
    pub(super) fn set_alarm(&mut self, at: u64) -> Option<(Clock, u64)> {
        if self.alarm.at.is_some_and(|before| before <= at.saturating_add(GRAIN)) {
            return None;
        }
        self.alarm.at = Some(at);
        self.alarm.number += 1;
        Some((self.alarm.clock.clone(), self.alarm.number))
    }

    /// An alarm went off; tells whether it is not void.
    pub(super) fn alarm_is_over(&mut self, number: u64) -> bool {
        let is_current = self.alarm.number == number;
        if is_current {
            self.alarm.at = None;
        }
        is_current
    }

    /// Somebody waits for a call from now on.
    pub(super) fn enter(&mut self, turn: &Arc<Turn>, need: Need, clock: &Clock, time: u64) {
        self.alarm.clock = clock.clone();
        self.seat(turn, need, None, time);
    }

    fn seat(&mut self, turn: &Arc<Turn>, need: Need, waker: Option<Waker>, time: u64) {
        let place = self.order.enter(turn.lane, need, turn.number, time);
        turn.waits(need.is_asked_for());
        let state = State::Waiting { place, need, waker };
        self.seats.insert(turn.number, Seat { turn: Arc::clone(turn), state });
    }

    /// Whether a cold key could be called by `deadline`. One that is refused shows that more is needed.
    pub(super) fn check_cold(&mut self, key: u64, deadline: u64, time: u64) -> Result<(), NoRoom> {
        self.check(None, key, deadline, time)
    }

    fn check(
        &mut self,
        place: Option<Place>,
        key: u64,
        deadline: u64,
        time: u64,
    ) -> Result<(), NoRoom> {
        let until = self.cold_at(place, time);
        if until <= deadline {
            return Ok(());
        }
        let is_new = self.turned_away.note(key, time);
        self.note_demand(time);
        // Without refreshes that are owed all of the rate is theirs.
        let rate = (self.order.counts().refreshes == 0).then(|| self.supply().rate);
        let wait = nanos_of(self.turned_away.wait(rate, time));
        Err(NoRoom { until: until.max(time.saturating_add(wait)), is_new })
    }

    /// When a cold key is called at the latest, as far as can be told.
    fn cold_at(&mut self, place: Option<Place>, time: u64) -> u64 {
        self.pace.advance(time);
        if self.order.counts().all() == 0 && self.pace.is_half_open() {
            // It goes at once, to find out whether a cool-down is over.
            return self.pace.closed_until().max(time);
        }
        let before = as_f64(self.order.cold_before(place));
        let supply = self.supply();
        let alone = ((before + 1.0 - supply.level) / supply.rate).max(0.0);
        let free_at = self.order.surplus(supply, before, time).free_at;
        free_at.max(time.saturating_add(nanos_of(alone)))
    }

    /// Whether a caller who cannot use the stored grant may wait for a turn. `need` is what the key needs now.
    pub(super) fn join(
        &mut self,
        turn: &Arc<Turn>,
        need: Need,
        deadline: u64,
        time: u64,
    ) -> Result<(), NoRoom> {
        let waits = match self.seats.get(&turn.number).map(|seat| &seat.state) {
            Some(State::Waiting { place, need, .. }) => Some((*place, *need)),
            // It has been called, or is over and about to say so.
            _ => None,
        };
        let Some((place, before)) = waits else { return Ok(()) };
        match (before, need) {
            (Need::Cold, _) => self.check(Some(place), turn.key, deadline, time)?,
            // It is among the first anyway.
            (Need::Refresh { hard }, Need::Refresh { .. })
                if time >= hard.saturating_sub(SECOND) => {}
            (_, Need::Cold) => {
                self.check(None, turn.key, deadline, time)?;
                self.move_to(turn, place, need, time);
            }
            (Need::Refresh { .. }, _) => self.check(None, turn.key, deadline, time)?,
            (Need::Ahead | Need::Leisure, _) => self.move_to(turn, place, need, time),
        }
        turn.wanted_until(deadline);
        Ok(())
    }

    fn move_to(&mut self, turn: &Arc<Turn>, from: Place, need: Need, time: u64) {
        self.order.leave(from, time);
        let waker = match self.seats.remove(&turn.number).map(|seat| seat.state) {
            Some(State::Waiting { waker, .. }) => waker,
            _ => None,
        };
        self.seat(turn, need, waker, time);
    }

    /// As [`Desk::look`]. If the turn has come, its call counts as sent now.
    pub(super) fn start(
        &mut self,
        turn: &Turn,
        waker: Option<&Waker>,
        wakes: &mut Wakes,
        time: u64,
    ) -> Answer {
        let answer = self.look(turn, waker, wakes, time);
        let state = self.seats.get_mut(&turn.number).map(|seat| &mut seat.state);
        let Some(State::Called { permit, is_sent, .. }) = state else { return answer };
        if !std::mem::replace(is_sent, true) {
            self.pace.sent_later(permit, time.saturating_add(turn.lost_after), time);
        }
        Answer::Go(*permit)
    }

    /// Whether a turn has come. If not, the waker is called when it has. Others whose turn has come are called
    /// before.
    pub(super) fn look(
        &mut self,
        turn: &Turn,
        waker: Option<&Waker>,
        wakes: &mut Wakes,
        time: u64,
    ) -> Answer {
        // It asks, so it needs not be woken.
        wakes.put_away(self.keep_waker(turn, None));
        self.put_back_if_closed(turn, time);
        self.call_up(wakes, time);
        let Some(seat) = self.seats.get(&turn.number) else { return Answer::Gone };
        if let State::Called { permit, .. } = seat.state {
            return Answer::Go(permit);
        }
        wakes.put_away(self.keep_waker(turn, waker.cloned()));
        Answer::Waits(self.asks_again_at(turn, time))
    }

    /// A 429 may have come between the call of a turn and its sending: then it waits again.
    fn put_back_if_closed(&mut self, turn: &Turn, time: u64) {
        let state = self.seats.get(&turn.number).map(|seat| &seat.state);
        if let Some(State::Called { permit, is_sent: false, .. }) = state
            && !self.pace.still_lets(*permit, time)
        {
            self.put_back(turn.number, time);
        }
    }

    /// Has another waker called when a turn comes; returns the one before.
    fn keep_waker(&mut self, turn: &Turn, new: Option<Waker>) -> Option<Waker> {
        let state = self.seats.get_mut(&turn.number).map(|seat| &mut seat.state);
        match state {
            Some(State::Waiting { waker, .. }) => std::mem::replace(waker, new),
            _ => new,
        }
    }

    /// When a turn that nobody is woken for may have come.
    fn asks_again_at(&mut self, turn: &Turn, time: u64) -> u64 {
        let open_at = match self.pace.opening(time) {
            Opening::Now => time,
            Opening::At(at) => at,
        };
        let estimate = match self.seats.get(&turn.number).map(|seat| &seat.state) {
            Some(State::Waiting { place, need: Need::Cold, .. }) => {
                let place = *place;
                self.cold_at(Some(place), time)
            }
            _ => open_at,
        };
        open_at.max(estimate.min(time.saturating_add(SECOND))).max(time.saturating_add(GRAIN))
    }

    fn put_back(&mut self, number: u64, time: u64) {
        let Some(seat) = self.seats.get_mut(&number) else { return };
        let State::Called { place, need, permit, .. } = seat.state else { return };
        let place = self.order.enter_again(place, number, time);
        seat.state = State::Waiting { place, need, waker: None };
        seat.turn.waits(need.is_asked_for());
        self.pace.unsent(permit, time);
    }

    /// A call is over. What is late says something of upstream by its permit alone.
    pub(super) fn end(
        &mut self,
        turn: &Turn,
        permit: Option<Permit>,
        how: Report,
        wakes: &mut Wakes,
        time: u64,
    ) -> Throttled {
        let seat = self.seats.remove(&turn.number);
        let (seat, turn) = seat.map_or((None, None), |seat| (Some(seat.state), Some(seat.turn)));
        let permit = match seat {
            Some(State::Waiting { place, waker, .. }) => {
                self.order.leave(place, time);
                // Whoever runs it is told, if it was another who ended it.
                waker.into_iter().for_each(|waker| wakes.push(waker));
                None
            }
            Some(State::Overdue { place }) => {
                self.order.ended(place);
                permit
            }
            Some(State::Called { place, permit, is_sent: false, .. }) => {
                self.order.ended(place);
                self.pace.unsent(permit, time);
                None
            }
            Some(State::Called { place, permit, .. }) if how == Report::Overdue => {
                self.keep_overdue(turn, place);
                Some(permit)
            }
            Some(State::Called { place, permit, .. }) => {
                self.order.ended(place);
                Some(permit)
            }
            None => permit,
        };
        // A 429 is upstream's word, however late it comes, and also to who sent without asking.
        let unasked = matches!(how, Report::Throttled { .. });
        let permit = permit.or(unasked.then_some(Permit { sent: time, probe: None }));
        let Some(permit) = permit else { return Throttled::default() };
        match how {
            Report::Answered => self.pace.answered(permit, time),
            Report::Failed | Report::Overdue => self.pace.failed(permit, time),
            Report::Unknown | Report::Unsent => self.pace.lost(permit, time),
            Report::Throttled { asked, random } => {
                return self.pace.throttled(permit, asked, random, time);
            }
        }
        Throttled::default()
    }

    /// A call that nobody waits for any more may still keep a thread, until whoever runs it says that it is over.
    fn keep_overdue(&mut self, turn: Option<Arc<Turn>>, place: Place) {
        match turn.filter(|turn| turn.lane.takes_threads) {
            Some(turn) => {
                self.seats.insert(turn.number, Seat { turn, state: State::Overdue { place } });
            }
            None => self.order.ended(place),
        }
    }

    /// Calls all whose turn it is. Returns when to come back, unless something happens before that.
    pub(super) fn call_up(&mut self, wakes: &mut Wakes, time: u64) -> Option<u64> {
        loop {
            self.drop_over(wakes, time);
            self.note_demand(time);
            if self.order.counts().all() == 0 {
                return None;
            }
            if let Opening::At(at) = self.pace.opening(time) {
                return Some(at.max(time.saturating_add(GRAIN)));
            }
            let Some(number) = self.first(time) else {
                self.is_held_by_threads(time);
                return None;
            };
            self.call(number, wakes, time);
        }
    }

    fn first(&mut self, time: u64) -> Option<u64> {
        let (supply, most) = (self.supply(), self.max_fetches);
        // One lane alone may have all. Of several that are slow, each leaves as many as it has.
        let has_room =
            |now: InFlight| now.of_lane < most.min((2 * most).saturating_sub(now.of_all));
        self.order.first(supply, has_room, time)
    }

    fn call(&mut self, number: u64, wakes: &mut Wakes, time: u64) {
        let Some(seat) = self.seats.get_mut(&number) else { return };
        let State::Waiting { place, need, waker } = &mut seat.state else { return };
        let (place, need) = (*place, *need);
        if let Some(waker) = waker.take() {
            wakes.push(waker);
        }
        self.order.call(place, time);
        let permit = self.pace.sent(time.saturating_add(seat.turn.lost_after), time);
        seat.state = State::Called { place, need, permit, is_sent: false };
        seat.turn.has_come();
        if need == Need::Cold {
            self.turned_away.admit(time);
        }
    }

    /// Takes out those at the heads whose call is of no use any more.
    fn drop_over(&mut self, wakes: &mut Wakes, time: u64) {
        let cooling = self.pace.cooling_until();
        let is_over = |seats: &HashMap<u64, Seat>, number| {
            seats.get(&number).is_some_and(|seat: &Seat| seat.is_over(cooling, time))
        };
        while let Some(number) = self.order.over(|number| is_over(&self.seats, number)) {
            let Some(Seat { state: State::Waiting { place, waker, .. }, .. }) =
                self.seats.remove(&number)
            else {
                return;
            };
            self.order.leave(place, time);
            waker.into_iter().for_each(|waker| wakes.push(waker));
        }
    }

    /// Notes whether more calls are needed than the rate lets through.
    fn note_demand(&mut self, time: u64) {
        let counts = self.order.counts();
        if time.saturating_sub(self.looked_at) >= LOOK {
            // By the rate in force, and not by what of it can be counted on: else a rate that is enough grows on
            // until upstream refuses.
            let supply = Supply { level: self.pace.level(), rate: self.pace.rate() };
            self.is_urgent = self.order.surplus(supply, 0.0, time).least < 1.0;
            self.looked_at = time;
        }
        // Until the next look at the latest, which comes with the next call.
        let next = time.saturating_add(SECOND.max(nanos_of(1.5 / self.pace.rate())));
        let waits = counts.cold + counts.ahead > 0 || counts.refreshes > 0 && self.is_urgent;
        let until = if waits { next } else { self.turned_away.needs_until() };
        let waiting = as_f64(counts.all()) + self.turned_away.keys(time);
        self.pace.demand(Demand { until, waiting, is_held: false }, time);
    }

    fn is_held_by_threads(&mut self, time: u64) {
        self.pace.demand(Demand { is_held: true, ..Demand::default() }, time);
    }

    fn supply(&self) -> Supply {
        Supply { level: self.pace.level(), rate: self.pace.plan(as_f64(self.max_fetches)) }
    }

    pub(super) fn traffic(&mut self, time: u64) -> Traffic {
        let waiting = self.order.counts().all();
        Traffic {
            rate: Some(self.pace.rate()),
            most: self.pace.most(),
            waiting,
            refused_keys: rounded(self.turned_away.keys(time)),
            is_free: waiting == 0 && matches!(self.pace.opening(time), Opening::Now),
        }
    }
}

impl Seat {
    /// Whether nobody is helped by its call any more, which cannot be sent before the end of a cool-down.
    fn is_over(&self, cooling_until: u64, time: u64) -> bool {
        let State::Waiting { need, .. } = self.state else { return false };
        match need {
            Need::Refresh { hard } => time > hard.saturating_add(self.turn.grace),
            Need::Cold => self.turn.last_wanted() < time.max(cooling_until),
            Need::Ahead | Need::Leisure => self.turn.last_wanted() < time,
        }
    }
}

fn ceiling(options: &AccountOptions) -> Ceiling {
    Ceiling { rate: options.rate_max(), burst: options.burst_max() }
}

#[allow(clippy::cast_precision_loss, reason = "what waits is far less than 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of some thousands"
)]
fn rounded(count: f64) -> usize {
    count.round() as usize
}

#[cfg(test)]
mod tests;
