//! An account's cell over a time that is moved by hand.

use super::*;

const TIME: u64 = 1000 * SECOND;

fn asked(call: u64) -> Asked {
    Asked { call, rate: 10.0, most: MOST, lost_after: 5 * SECOND, random: 0.5 }
}

/// A cell in its store, which remembers nothing but bytes.
struct Stored {
    bytes: Option<[u8; CELL_BYTES]>,
    time: u64,
    calls: u64,
}

impl Stored {
    fn new() -> Self {
        Self { bytes: None, time: TIME, calls: 0 }
    }

    fn cell(&self) -> Option<Cell> {
        self.bytes.and_then(|bytes| Cell::read(&bytes, self.time))
    }

    fn rate(&self) -> f64 {
        self.cell().unwrap().rate()
    }

    fn admit_as(&mut self, asked: &Asked) -> Admitted {
        let (next, admitted) = Cell::admit(self.cell(), asked, self.time);
        self.bytes = Some(next.bytes());
        assert_eq!(self.cell(), Some(next), "it can be read again");
        admitted
    }

    fn admit(&mut self) -> Admitted {
        self.calls += 1;
        self.admit_as(&asked(self.calls))
    }

    fn pass(&mut self) -> Pass {
        match self.admit() {
            Admitted::Go(pass) => pass,
            held => panic!("held back: {held:?}"),
        }
    }

    fn told(&mut self, pass: Pass, how: Ended) {
        let next = Cell::report(self.cell(), &Told { pass, how }, self.time);
        self.bytes = next.map(|cell| cell.bytes());
        assert_eq!(self.cell(), next, "it can be read again");
    }

    fn refused(&mut self, pass: Pass, asked: Option<u64>) {
        let asked = asked.map(Duration::from_secs);
        self.told(pass, Ended::Throttled { asked, random: 0.5 });
    }

    /// How many calls go now.
    fn burst(&mut self) -> usize {
        (0..5000).take_while(|_| matches!(self.admit(), Admitted::Go(_))).count()
    }

    /// Asks each 10 ms for so many seconds: how many calls went.
    fn run(&mut self, seconds: u64) -> usize {
        (0..seconds * 100)
            .map(|_| {
                self.time += SECOND / 100;
                self.burst()
            })
            .sum()
    }

    /// Waits until the cool-down is over, and returns how long that was, in seconds.
    fn cool(&mut self) -> f64 {
        let Admitted::Cooling(until) = self.admit() else { panic!("it does not cool down") };
        let waits = until - self.time;
        self.time = until;
        seconds(waits)
    }
}

#[test]
fn a_new_cell_lets_one_seconds_burst_through() {
    for (rate, burst) in [(10.0, 10), (0.01, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1e9, 2000)] {
        let mut store = Stored::new();
        let first = store.admit_as(&Asked { rate, ..asked(0) });
        assert!(matches!(
            first,
            Admitted::Go(Pass { call: 0, at: TIME, is_probe: false, rate: 0.1..=2000.0 })
        ));
        assert_eq!(1 + store.burst(), burst, "{rate}");
    }
}

#[test]
fn a_slow_rate_does_not_grow_while_its_one_call_is_there_to_be_made() {
    let mut store = Stored::new();
    let slow = |call| Asked { rate: 0.5, ..asked(call) };
    let Admitted::Go(pass) = store.admit_as(&slow(0)) else { panic!("it is new") };
    store.told(pass, Ended::Unsent);
    store.time += 100 * SECOND;
    assert!(matches!(store.admit_as(&slow(1)), Admitted::Go(_)));
    assert_eq!(store.rate(), 0.5);
}

#[test]
fn a_call_too_early_hears_when_to_come_again() {
    let mut store = Stored::new();
    store.burst();
    let later = |store: &mut Stored, random| match store.admit_as(&Asked { random, ..asked(0) }) {
        Admitted::Later(time) => seconds(time - store.time),
        other => panic!("{other:?}"),
    };
    assert!((later(&mut store, 0.0) - 0.1).abs() < 1e-6);
    assert!((later(&mut store, 0.999) - 0.2).abs() < 1e-3, "not all at the same moment");
    store.time += SECOND / 10;
    assert_eq!(store.burst(), 1);
}

#[test]
fn the_rate_doubles_each_second_while_it_holds_calls_back() {
    let mut store = Stored::new();
    store.burst();
    let went = store.run(3);
    assert!((70.0..82.0).contains(&store.rate()), "{}", store.rate());
    assert!((90..=105).contains(&went), "{went}");
    store.run(10);
    assert!((store.rate() - MOST).abs() < 1e-6);
    // Who knows of less holds it down.
    store.admit_as(&Asked { most: 30.0, ..asked(0) });
    assert!((store.rate() - 30.0).abs() < 1e-6);
}

#[test]
fn the_rate_does_not_grow_where_nothing_is_held_back() {
    let mut store = Stored::new();
    for _ in 0..100 {
        store.time += SECOND / 5;
        assert!(matches!(store.admit(), Admitted::Go(_)));
    }
    assert!((store.rate() - 10.0).abs() < 1e-9);
    // Nor for the time in which nobody asked: a second's worth at most.
    store.burst();
    store.time += 3600 * SECOND;
    store.admit();
    assert!(store.rate() <= 20.0 + 1e-9);
}

#[test]
fn calls_that_were_in_flight_together_are_cut_for_once() {
    let mut store = Stored::new();
    let passes: Vec<Pass> = (0..8).map(|_| store.pass()).collect();
    store.time += SECOND / 10;
    for (index, pass) in passes.into_iter().enumerate() {
        store.time += SECOND / 1000 * index as u64;
        store.refused(pass, None);
    }
    assert!((store.rate() - 6.0).abs() < 1e-9, "{}", store.rate());
    // Once they are over, the probe finds out.
    store.cool();
    let probe = store.pass();
    assert!(probe.is_probe);
    store.told(probe, Ended::Answered);
    store.time += SECOND;
    let pass = store.pass();
    assert!(!pass.is_probe);
    store.time += SECOND / 10;
    let rate = store.rate();
    store.refused(pass, None);
    assert!(store.rate() < 0.65 * rate, "a call after it begins another episode");
}

#[test]
fn upstream_is_given_the_time_that_it_asks_for() {
    for (asks, at_least, at_most) in [
        (10, 10.0, 12.5),
        (100, 100.0, 105.0),
        (3_000, 3_000.0, 3_005.0),
        (100_000, 3_600.0, 3_605.0),
    ] {
        let mut store = Stored::new();
        let pass = store.pass();
        store.refused(pass, Some(asks));
        let waits = store.cool();
        assert!((at_least..=at_most).contains(&waits), "{asks}: {waits}");
        assert!(store.pass().is_probe);
    }
    // Without a time, or with none: twice as long each time, and 8 s at most.
    for asks in [None, Some(0)] {
        let mut store = Stored::new();
        let mut pass = store.pass();
        for whole in [1.0, 2.0, 4.0, 8.0, 8.0] {
            store.refused(pass, asks);
            let waits = store.cool();
            assert!((waits - 0.75 * whole).abs() < 1e-6, "{waits} of {whole}");
            pass = store.pass();
        }
    }
}

#[test]
fn an_older_call_counts_only_with_a_longer_pause() {
    let mut store = Stored::new();
    let [first, second, third, late] = std::array::from_fn(|_| store.pass());
    store.time += SECOND;
    store.refused(first, Some(10));
    let until = store.cell().unwrap().cooling_until;
    store.refused(second, Some(5));
    assert_eq!(store.cell().unwrap().cooling_until, until);
    store.refused(third, Some(20));
    assert!(store.cell().unwrap().cooling_until > until);
    assert!((store.rate() - 6.0).abs() < 1e-9);
    store.cool();
    let probe = store.pass();
    store.told(probe, Ended::Answered);
    store.refused(late, Some(10));
    assert!(matches!(store.admit(), Admitted::Later(_)), "the probe knows better");
}

/// A store whose cool-down is just over.
fn cooled() -> Stored {
    let mut store = Stored::new();
    let pass = store.pass();
    store.refused(pass, Some(10));
    store.cool();
    store
}

#[test]
fn one_probe_is_in_flight_and_the_others_come_again() {
    let mut store = cooled();
    let probe = store.pass();
    assert!(probe.is_probe);
    let soon = |store: &mut Stored, random| match store.admit_as(&Asked { random, ..asked(0) }) {
        Admitted::Later(time) => time - store.time,
        other => panic!("{other:?}"),
    };
    let [first, last] = [0.0, 0.999].map(|random| soon(&mut store, random));
    assert!(first >= SECOND / 50 && last <= SECOND / 5 && last - first > SECOND / 20);
    // Its answer to admit may have been lost.
    assert_eq!(store.admit_as(&asked(probe.call)), Admitted::Go(probe));
    store.time += SECOND;
    assert!(matches!(store.admit(), Admitted::Later(_)));
    store.told(probe, Ended::Answered);
    assert!(matches!(store.admit(), Admitted::Later(_)), "no burst");
    store.time += SECOND;
    assert!(!store.pass().is_probe);
}

#[test]
fn a_probe_that_does_not_come_back_is_followed_by_another() {
    let mut store = cooled();
    let first = store.pass();
    store.time += 5 * SECOND - 1;
    assert!(matches!(store.admit(), Admitted::Later(_)));
    store.time += 1;
    let second = store.pass();
    assert!(second.is_probe && second != first);
    // What the first says now is too late.
    store.told(first, Ended::Answered);
    assert!(matches!(store.admit(), Admitted::Later(_)));
    store.told(second, Ended::Lost);
    store.time += SECOND - 1;
    assert!(matches!(store.admit(), Admitted::Later(_)));
    store.time += 1;
    let third = store.pass();
    store.told(third, Ended::Unsent);
    assert!(store.pass().is_probe);
}

#[test]
fn a_call_may_not_be_lost_for_longer_than_five_minutes() {
    let mut store = cooled();
    let forever = Asked { lost_after: u64::MAX, ..asked(0) };
    assert!(matches!(store.admit_as(&forever), Admitted::Go(_)));
    store.time += nanos(LOST_MAX);
    assert!(store.pass().is_probe);
}

#[test]
fn the_rate_comes_back_quickly_and_then_slowly() {
    let mut store = Stored::new();
    let pass = store.pass();
    store.refused(pass, None);
    store.cool();
    let probe = store.pass();
    store.told(probe, Ended::Answered);
    store.run(4);
    assert!((7.9..8.5).contains(&store.rate()), "to its knee: {}", store.rate());
    store.run(15);
    assert!((8.5..10.0).contains(&store.rate()), "and on: {}", store.rate());
}

#[test]
fn a_call_that_was_not_sent_costs_nothing() {
    let mut store = Stored::new();
    let passes: Vec<Pass> = (0..10).map(|_| store.pass()).collect();
    assert_eq!(store.burst(), 0);
    for pass in passes {
        store.told(pass, Ended::Unsent);
    }
    assert_eq!(store.burst(), 10);
}

#[test]
fn a_lost_cell_is_begun_by_what_holds_calls_back() {
    let pass = Pass { call: 1, at: TIME, is_probe: false, rate: 1.0 };
    for how in [Ended::Answered, Ended::Lost, Ended::Unsent] {
        let mut store = Stored::new();
        store.told(pass, how);
        assert_eq!(store.bytes, None);
    }
    let mut store = Stored::new();
    store.refused(pass, Some(10));
    assert!((10.0..=12.5).contains(&store.cool()));
}

#[test]
fn what_is_no_cell_is_absent() {
    let cell = cooled().cell().unwrap();
    let bytes = cell.bytes();
    assert_eq!(Cell::read(&bytes, TIME + 10 * SECOND), Some(cell));
    for end in 0..CELL_BYTES {
        assert_eq!(Cell::read(&bytes[..end], u64::MAX), None);
    }
    assert_eq!(Cell::read(&[&bytes[..], b"x"].concat(), u64::MAX), None);
    let wrong = [
        (0, 0),
        (1, f64::NAN.to_bits()),
        (1, 0),
        (1, 1e9_f64.to_bits()),
        (2, (-1.0_f64).to_bits()),
        (2, f64::INFINITY.to_bits()),
        (4, f64::NAN.to_bits()),
        (3, u64::MAX),
        (5, u64::MAX),
        (6, u64::MAX),
        (9, u64::MAX),
    ];
    for (index, number) in wrong {
        let mut bytes = bytes;
        bytes[index * 8..][..8].copy_from_slice(&number.to_le_bytes());
        assert_eq!(Cell::read(&bytes, TIME + 10 * SECOND), None, "{index}: {number:x}");
    }
}

#[test]
fn whatever_can_be_read_does_no_harm() {
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 11
    };
    for _ in 0..2_000 {
        let mut numbers = [0; 10].map(|_: u64| next() % (2 * TIME));
        numbers[0] = MAGIC;
        for index in [1, 2, 4] {
            #[allow(clippy::cast_precision_loss, reason = "any number will do")]
            let float = (next() % 20_000) as f64 / 10.0;
            numbers[index] = float.to_bits();
        }
        let mut store = Stored::new();
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
        store.bytes = bytes.try_into().ok();
        for _ in 0..10 {
            match store.admit() {
                Admitted::Go(pass) if next() % 2 == 0 => store.refused(pass, Some(next() % 400)),
                Admitted::Go(pass) => store.told(pass, Ended::Answered),
                Admitted::Later(time) | Admitted::Cooling(time) => {
                    assert!(time > store.time && time <= store.time + 3_700 * SECOND);
                    store.time = time;
                }
            }
        }
    }
}
