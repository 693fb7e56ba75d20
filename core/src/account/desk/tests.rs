//! What one desk decides, call by call.

use std::time::Duration;

use super::*;
use crate::cache::Lane;

const START: u64 = 3600 * SECOND;
const LANE: Lane = Lane { number: 1, takes_threads: true };

struct Bench {
    desk: Desk,
    time: u64,
}

impl Bench {
    fn new(options: AccountOptions) -> Self {
        Self { desk: Desk::new(&options, Heard::default()), time: START }
    }

    fn enter(&mut self, need: Need) -> Arc<Turn> {
        self.enter_in(LANE, need)
    }

    fn enter_in(&mut self, lane: Lane, need: Need) -> Arc<Turn> {
        self.enter_for(lane, need, 60)
    }

    /// Somebody waits for it for so many seconds.
    fn enter_for(&mut self, lane: Lane, need: Need, seconds: u64) -> Arc<Turn> {
        let turn = Arc::new(Turn::new(lane, 0, 5 * SECOND, 5 * SECOND));
        turn.wanted_until(self.time + seconds * SECOND);
        self.desk.enter(&turn, need, &Clock::system(), self.time);
        self.call_up();
        turn
    }

    fn cold(&mut self, count: usize) -> Vec<Arc<Turn>> {
        (0..count).map(|_| self.enter(Need::Cold)).collect()
    }

    /// Lets time pass, and comes whenever the desk has said.
    fn pass(&mut self, milliseconds: u64) {
        let end = self.time + milliseconds * SECOND / 1000;
        while self.time < end {
            self.time = self.call_up().unwrap_or(end).clamp(self.time + 1, end);
        }
        self.call_up();
    }

    fn call_up(&mut self) -> Option<u64> {
        let mut wakes = Wakes::default();
        let next = self.desk.call_up(&mut wakes, self.time);
        wakes.wake();
        next
    }

    fn send(&mut self, turn: &Turn) -> Permit {
        let mut wakes = Wakes::default();
        match self.desk.start(turn, None, &mut wakes, self.time) {
            Answer::Go(permit) => permit,
            _ => panic!("its turn has not come"),
        }
    }

    fn is_gone(&mut self, turn: &Turn) -> bool {
        let mut wakes = Wakes::default();
        matches!(self.desk.look(turn, None, &mut wakes, self.time), Answer::Gone)
    }

    fn end(&mut self, turn: &Turn, how: Report) -> Throttled {
        let mut wakes = Wakes::default();
        let ended = self.desk.end(turn, None, how, &mut wakes, self.time);
        wakes.wake();
        self.call_up();
        ended
    }

    fn throttle(&mut self, turn: &Turn) -> Throttled {
        self.send(turn);
        self.end(turn, Report::Throttled { asked: None, random: 1.0 })
    }
}

fn come(turns: &[Arc<Turn>]) -> usize {
    turns.iter().filter(|turn| turn.is_come()).count()
}

/// Has the calls of all answered that have been sent or may be.
fn answer(bench: &mut Bench, turns: &[Arc<Turn>]) {
    for turn in turns.iter().filter(|turn| turn.is_come()) {
        bench.send(turn);
        bench.end(turn, Report::Answered);
    }
}

#[test]
fn twenty_calls_go_at_once_then_ten_a_second_and_twice_as_many_each_second() {
    let mut bench = Bench::new(AccountOptions::new().max_fetches(1000));
    let turns = bench.cold(200);
    assert_eq!(come(&turns), 20);
    bench.pass(110);
    assert_eq!(come(&turns), 21);
    bench.pass(890);
    let first = come(&turns) - 20;
    assert!((10..=15).contains(&first), "{first} in the first second");
    bench.pass(1000);
    let second = come(&turns) - 20 - first;
    assert!((20..=30).contains(&second), "{second} in the second");
}

#[test]
fn a_known_limit_is_not_passed() {
    let mut bench = Bench::new(AccountOptions::new().calls_per_second(10.0).burst(1));
    assert!(bench.desk.traffic(START).is_free);
    let turns = bench.cold(100);
    assert_eq!(come(&turns), 1);
    assert!(!bench.desk.traffic(START).is_free, "others wait");
    bench.pass(5000);
    assert!((50..=51).contains(&come(&turns)), "{}", come(&turns));
}

#[test]
fn a_429_cuts_the_rate_once_and_one_probe_ends_the_cool_down() {
    let mut bench = Bench::new(AccountOptions::new());
    let turns = bench.cold(20);
    for turn in &turns {
        bench.send(turn);
    }
    bench.pass(200);
    let before = bench.desk.pace.rate();
    let first = bench.end(&turns[0], Report::Throttled { asked: None, random: 1.0 });
    assert!(first.is_cut && first.pause.as_secs() >= 1);
    let rate = bench.desk.pace.rate();
    assert!(rate < before, "{rate} after {before}");
    let second = bench.end(&turns[1], Report::Throttled { asked: None, random: 1.0 });
    assert!(!second.is_cut);
    assert_eq!(bench.desk.pace.rate(), rate, "answers to calls in flight together are one refusal");
    assert!(!bench.desk.traffic(bench.time).is_free, "it cools down");
    let waiting = bench.cold(3);
    bench.pass(500);
    assert_eq!(come(&waiting), 0);
    bench.pass(2000);
    assert_eq!(come(&waiting), 1, "one goes alone");
    answer(&mut bench, &waiting);
    bench.pass(20_000);
    assert_eq!(come(&waiting), 3);
}

#[test]
fn a_refresh_goes_first_when_its_time_would_be_missed() {
    let ten = AccountOptions::new().calls_per_second(10.0).burst(1);
    for (seconds, is_first) in [(1, true), (30, false)] {
        let mut bench = Bench::new(ten);
        bench.cold(1);
        let refresh = bench.enter(Need::Refresh { hard: bench.time + seconds * SECOND });
        let cold = bench.enter(Need::Cold);
        bench.pass(110);
        assert_eq!((refresh.is_come(), cold.is_come()), (is_first, !is_first), "{seconds} s");
    }
}

#[test]
fn what_nobody_asked_for_goes_last() {
    let mut bench = Bench::new(AccountOptions::new().calls_per_second(10.0).burst(1));
    bench.cold(1);
    let warm = bench.enter(Need::Leisure);
    let cold = bench.cold(3);
    bench.pass(310);
    assert!(come(&cold) == 3 && !warm.is_come());
    bench.pass(110);
    assert!(warm.is_come());
}

#[test]
fn a_slow_cache_leaves_threads_to_another() {
    let mut bench = Bench::new(AccountOptions::new().max_fetches(4));
    let slow = bench.cold(10);
    assert_eq!(come(&slow), 4);
    let other = Lane { number: 2, takes_threads: true };
    assert!(bench.enter_in(other, Need::Cold).is_come());
    let handed = Lane { number: 3, takes_threads: false };
    assert!((0..10).all(|_| bench.enter_in(handed, Need::Cold).is_come()), "they take no thread");
}

#[test]
fn a_call_that_never_ends_keeps_its_thread() {
    let mut bench = Bench::new(AccountOptions::new().max_fetches(2));
    let stuck = bench.cold(2);
    for turn in &stuck {
        bench.send(turn);
        bench.end(turn, Report::Overdue);
    }
    let waiting = bench.cold(1);
    bench.pass(1000);
    assert_eq!(come(&waiting), 0);
    bench.end(&stuck[0], Report::Unknown);
    assert_eq!(come(&waiting), 1, "it has ended after all");
}

#[test]
fn calls_in_flight_count_also_when_no_other_of_their_lane_waits() {
    let mut bench = Bench::new(AccountOptions::new().max_fetches(2));
    let first = bench.cold(2);
    bench.send(&first[0]);
    bench.end(&first[0], Report::Answered);
    assert_eq!(come(&bench.cold(3)), 1);
}

#[test]
fn what_nobody_is_helped_by_any_more_is_not_called() {
    let mut bench = Bench::new(AccountOptions::new().calls_per_second(0.1).burst(1));
    bench.cold(1);
    let refresh = bench.enter(Need::Refresh { hard: bench.time + 2 * SECOND });
    let cold = bench.enter_for(LANE, Need::Cold, 7);
    let warm = bench.enter_for(LANE, Need::Leisure, 7);
    bench.pass(7000);
    // The refresh is of use for five seconds after its time.
    assert!(![&refresh, &cold, &warm].into_iter().any(|turn| bench.is_gone(turn)));
    bench.pass(1);
    assert!([&refresh, &cold, &warm].into_iter().all(|turn| bench.is_gone(turn)));
}

#[test]
fn who_does_not_wait_until_a_cool_down_is_over_is_told_at_once() {
    let mut bench = Bench::new(AccountOptions::new().burst(1));
    let first = bench.cold(1);
    let (short, long) =
        (bench.enter_for(LANE, Need::Cold, 5), bench.enter_for(LANE, Need::Cold, 20));
    bench.send(&first[0]);
    let asked = Some(Duration::from_secs(10));
    bench.end(&first[0], Report::Throttled { asked, random: 0.0 });
    assert_eq!((bench.is_gone(&short), bench.is_gone(&long)), (true, false));
}

#[test]
fn an_alarm_that_was_set_before_another_is_void() {
    let mut bench = Bench::new(AccountOptions::new());
    let set = |bench: &mut Bench, seconds| {
        let alarm = bench.desk.set_alarm(bench.time + seconds * SECOND);
        alarm.map(|(_, number)| number)
    };
    let late = set(&mut bench, 2).unwrap();
    let soon = set(&mut bench, 1).unwrap();
    assert!(!bench.desk.alarm_is_over(late));
    assert!(set(&mut bench, 1).is_none(), "one goes off by then");
    assert!(bench.desk.alarm_is_over(soon));
    assert!(set(&mut bench, 1).is_some());
}

#[test]
fn a_call_that_was_not_sent_is_given_back() {
    let mut bench = Bench::new(AccountOptions::new().calls_per_second(1.0).burst(1));
    let turns = bench.cold(2);
    assert_eq!(come(&turns), 1);
    bench.end(&turns[0], Report::Unsent);
    assert!(turns[1].is_come());
}

#[test]
fn a_call_that_is_looked_at_is_not_sent_and_waits_if_a_429_comes_before_it_is() {
    let mut bench = Bench::new(AccountOptions::new().burst(2));
    let turns = bench.cold(2);
    let look =
        |bench: &mut Bench| bench.desk.look(&turns[1], None, &mut Wakes::default(), bench.time);
    assert!(matches!(look(&mut bench), Answer::Go(_)));
    bench.throttle(&turns[0]);
    assert!(matches!(look(&mut bench), Answer::Waits(_)));
    assert!(!turns[1].is_come());
    bench.pass(10_000);
    assert!(matches!(look(&mut bench), Answer::Go(_)));
    bench.end(&turns[1], Report::Unsent);
    assert!(bench.enter(Need::Cold).is_come(), "it was given back");
}

#[test]
fn a_cold_key_that_would_come_too_late_is_refused_with_the_time_it_needs() {
    let mut bench = Bench::new(AccountOptions::new().calls_per_second(10.0).burst(1));
    bench.cold(61);
    let soon = bench.time + 5 * SECOND;
    let refused = bench.desk.check_cold(7, soon, bench.time).unwrap_err();
    let wait = (refused.until - bench.time) as f64 / SECOND as f64;
    assert!(refused.is_new && (6.0..6.2).contains(&wait), "{wait}");
    assert!(!bench.desk.check_cold(7, soon, bench.time).unwrap_err().is_new);
    assert!(bench.desk.check_cold(7, bench.time + 7 * SECOND, bench.time).is_ok());
}

#[test]
fn while_refreshes_are_owed_a_cold_key_is_told_how_fast_others_get_in() {
    let mut bench = Bench::new(AccountOptions::new());
    bench.cold(20);
    bench.enter(Need::Refresh { hard: bench.time + 30 * SECOND });
    let refused = bench.desk.check_cold(7, bench.time, bench.time).unwrap_err();
    // Twenty within a minute.
    assert_eq!((refused.until - bench.time).div_ceil(SECOND / 10), 30);
}

#[test]
fn five_calls_without_an_answer_leave_one_a_second() {
    let mut bench = Bench::new(AccountOptions::new());
    let turns = bench.cold(5);
    for turn in &turns {
        bench.send(turn);
        bench.end(turn, Report::Failed);
    }
    let waiting = bench.cold(5);
    assert_eq!(come(&waiting), 0);
    bench.pass(1100);
    assert_eq!(come(&waiting), 1);
    answer(&mut bench, &waiting);
    bench.pass(1000);
    assert_eq!(come(&waiting), 5);
}

#[test]
fn it_is_quiet_when_all_is_over_and_forgotten() {
    let mut bench = Bench::new(AccountOptions::new());
    let quiet_in = |bench: &mut Bench| (bench.desk.quiet_at(bench.time) - bench.time) / SECOND;
    let turns = bench.cold(20);
    assert_eq!(quiet_in(&mut bench), 120, "calls are in flight");
    answer(&mut bench, &turns[1..]);
    bench.throttle(&turns[0]);
    assert_eq!(quiet_in(&mut bench), 300, "the rate that was learnt is kept for a while");
    bench.pass(301_000);
    assert_eq!(quiet_in(&mut bench), 0);
}
