//! What holds of every store.

use std::array;

use super::cell::{Admitted, Asked, Ended, Pass, Told};
use super::head::{HEAD_BYTES, Head, Kind, VALUE_MAX_BYTES};
use super::look::Part;
use super::shared::{Chair, Claim, Lease, Seen, SharedStore, Target, Wanted};
use super::slot::Slot;

const SECOND: u64 = 1_000_000_000;
/// Any time since boot.
pub(crate) const TIME: u64 = 1000 * SECOND;
pub(crate) const SLOT: Slot = slot(7);
const OTHER: Slot = slot(8);
const GROUP: Slot = slot(9);
const CELL: Slot = slot(10);

/// Slots of one account are beside each other.
const fn slot(own: u8) -> Slot {
    let [a, b] = [7, own];
    Slot::new([a, a, a, a, b, b, b, b, b, b, b, b, b, b, b, b])
}

/// A store that several processes have open, and what lies in it.
pub(crate) trait World {
    fn store(&self, process: u64) -> Box<dyn SharedStore>;

    /// Puts bytes where a value or a pause lies, as a foreign hand would.
    fn put(&self, part: Part, slot: &Slot, bytes: Vec<u8>);

    fn put_cell(&self, slot: &Slot, bytes: &[u8]);
}

/// A check by its name.
type Check = (&'static str, fn(&dyn World));

pub(crate) const CHECKS: &[Check] = &[
    ("one gets the lease and all its value", one_gets_the_lease_and_all_its_value),
    ("a lease is given back once", a_lease_is_given_back_once),
    ("the second chair is another lease", the_second_chair_is_another_lease),
    ("who only looks gets no lease", who_only_looks_gets_no_lease),
    ("a value has to be of use", a_value_has_to_be_of_use),
    ("a value counts if nothing came in between", a_value_counts_if_nothing_came_in_between),
    ("without a lease a value counts if nobody has one", without_a_lease),
    ("a new epoch ends all values", a_new_epoch_ends_all_values),
    ("a pause is told until it ends", a_pause_is_told_until_it_ends),
    ("a pause counts as a value does", a_pause_counts_as_a_value_does),
    ("a note says how many failed", a_note_says_how_many_failed),
    ("what is none of ours is absent", what_is_none_of_ours_is_absent),
    ("nothing too long is left", nothing_too_long_is_left),
    ("a cell holds calls back", a_cell_holds_calls_back),
    ("an account is asked with the lease", an_account_is_asked_with_the_lease),
    ("a cell that is none of ours is absent", a_cell_that_is_none_of_ours_is_absent),
];

pub(crate) fn wanted() -> Wanted {
    Wanted {
        slot: SLOT,
        group: GROUP,
        end: TIME + 5 * SECOND,
        not: [None; 2],
        is_pause_known: false,
        chair: Chair::First,
        account: None,
    }
}

fn bytes(head: Head) -> Vec<u8> {
    [&head.bytes()[..], b"sealed"].concat()
}

fn head(kind: Kind, generation: u64, end: u64) -> Head {
    Head { kind, generation, epoch: 0, end, took: 1, failures: 0 }
}

pub(crate) fn grant(generation: u64, end: u64) -> Vec<u8> {
    bytes(head(Kind::Grant, generation, end))
}

/// A grant that lives for a minute.
fn fresh(generation: u64) -> Vec<u8> {
    grant(generation, TIME + 60 * SECOND)
}

fn tombstone(generation: u64) -> Vec<u8> {
    bytes(head(Kind::Tombstone, generation, TIME + 60 * SECOND))
}

fn claim(store: &dyn SharedStore, wanted: &Wanted) -> Claim {
    store.claim(wanted, TIME).result().unwrap()
}

fn lease(store: &dyn SharedStore, wanted: &Wanted) -> (Lease, Seen) {
    match claim(store, wanted) {
        Claim::Lease(lease, seen, _) => (lease, seen),
        other => panic!("no lease: {other:?}"),
    }
}

fn is_busy(store: &dyn SharedStore, wanted: &Wanted) -> bool {
    matches!(claim(store, wanted), Claim::Busy(_))
}

fn value(store: &dyn SharedStore, wanted: &Wanted) -> Vec<u8> {
    match claim(store, wanted) {
        Claim::Value(value) => value,
        other => panic!("no value: {other:?}"),
    }
}

fn target<'a>(lease: Option<&'a Lease>, seen: &Seen) -> Target<'a> {
    Target { slot: &SLOT, group: &GROUP, lease, seen: seen.head.map(|head| head.generation) }
}

fn one_gets_the_lease_and_all_its_value(world: &dyn World) {
    let stores: [_; 4] = array::from_fn(|process| world.store(process as u64));
    let (lease, seen) = lease(&*stores[0], &wanted());
    assert_eq!(seen, Seen::default());
    assert!(stores.iter().all(|store| is_busy(&**store, &wanted())));
    assert!(!is_busy(&*stores[1], &Wanted { slot: OTHER, ..wanted() }));
    assert_eq!(stores[0].publish(&target(Some(&lease), &seen), &fresh(1), TIME).result(), Ok(true));
    assert!(stores.iter().all(|store| value(&**store, &wanted()) == fresh(1)));
    stores[0].release(&lease);
    let next = Wanted { not: [Some(1), None], ..wanted() };
    let (_lease, seen) = self::lease(&*stores[3], &next);
    assert_eq!(seen.head, Head::read(&fresh(1)));
    assert!(is_busy(&*stores[0], &next));
}

fn a_lease_is_given_back_once(world: &dyn World) {
    let [first, second] = array::from_fn(|process| world.store(process as u64));
    let (old, _) = lease(&*first, &wanted());
    first.release(&old);
    let (new, seen) = lease(&*second, &wanted());
    first.release(&old);
    assert!(is_busy(&*first, &wanted()), "given back with a lease that is over");
    assert_eq!(first.publish(&target(Some(&old), &seen), &fresh(1), TIME).result(), Ok(false));
    assert_eq!(first.pause(&target(Some(&old), &seen), None, TIME).result(), Ok(false));
    assert_eq!(second.publish(&target(Some(&new), &seen), &fresh(2), TIME).result(), Ok(true));
    let of_another = Target { slot: &OTHER, group: &GROUP, lease: Some(&new), seen: None };
    assert_eq!(second.publish(&of_another, &fresh(3), TIME).result(), Ok(false));
    assert_eq!(value(&*first, &wanted()), fresh(2));
}

fn the_second_chair_is_another_lease(world: &dyn World) {
    let stores: [_; 3] = array::from_fn(|process| world.store(process as u64));
    let (first, seen) = lease(&*stores[0], &wanted());
    let patient = Wanted { chair: Chair::Second, ..wanted() };
    let (second, _) = lease(&*stores[1], &patient);
    assert!(is_busy(&*stores[2], &patient));
    assert_eq!(
        stores[1].publish(&target(Some(&second), &seen), &fresh(1), TIME).result(),
        Ok(true)
    );
    stores[1].release(&second);
    let next = Wanted { not: [Some(1), None], ..wanted() };
    assert!(is_busy(&*stores[1], &next), "the first is another");
    assert!(!is_busy(&*stores[1], &Wanted { chair: Chair::Second, ..next }));
    assert_eq!(
        stores[0].publish(&target(Some(&first), &seen), &fresh(2), TIME).result(),
        Ok(false)
    );
}

fn who_only_looks_gets_no_lease(world: &dyn World) {
    let store = world.store(0);
    let looks = Wanted { chair: Chair::None, ..wanted() };
    assert!(is_busy(&*store, &looks) && is_busy(&*store, &looks));
    let (lease, seen) = lease(&*store, &wanted());
    assert_eq!(store.publish(&target(Some(&lease), &seen), &fresh(1), TIME).result(), Ok(true));
    assert_eq!(value(&*store, &looks), fresh(1));
}

fn a_value_has_to_be_of_use(world: &dyn World) {
    let store = world.store(0);
    let end = TIME + 5 * SECOND;
    let looks = Wanted { chair: Chair::None, end, ..wanted() };
    world.put(Part::Value, &SLOT, grant(1, end - 1));
    assert!(is_busy(&*store, &looks));
    world.put(Part::Value, &SLOT, grant(1, end));
    assert_eq!(value(&*store, &looks), grant(1, end));
    for not in [[Some(1), None], [None, Some(1)], [Some(2), Some(1)]] {
        assert!(is_busy(&*store, &Wanted { not, ..looks.clone() }));
    }
    for kind in [Kind::Tombstone, Kind::Pause, Kind::Note] {
        let there = head(kind, 2, u64::MAX);
        world.put(Part::Value, &SLOT, bytes(there));
        let Claim::Busy(seen) = claim(&*store, &looks) else { panic!("{kind:?}") };
        assert_eq!(seen.head, Some(there));
    }
}

fn a_value_counts_if_nothing_came_in_between(world: &dyn World) {
    let [store, other] = array::from_fn(|process| world.store(process as u64));
    let (lease, seen) = lease(&*store, &wanted());
    other.replace(&SLOT, &tombstone(5), TIME).result().unwrap();
    assert_eq!(store.publish(&target(Some(&lease), &seen), &fresh(1), TIME).result(), Ok(false));
    store.release(&lease);
    let (lease, seen) = self::lease(&*store, &wanted());
    assert_eq!(seen.head, Head::read(&tombstone(5)));
    let target = target(Some(&lease), &seen);
    assert_eq!(store.publish(&target, &fresh(1), TIME).result(), Ok(true));
    assert_eq!(
        store.publish(&target, &fresh(1), TIME).result(),
        Ok(true),
        "nobody heard of the first"
    );
    assert_eq!(store.publish(&target, &fresh(2), TIME).result(), Ok(false));
    assert_eq!(value(&*other, &wanted()), fresh(1));
}

fn without_a_lease(world: &dyn World) {
    let [store, other] = array::from_fn(|process| world.store(process as u64));
    let nothing = Seen::default();
    let (lease, seen) = lease(&*other, &wanted());
    assert_eq!(store.publish(&target(None, &nothing), &fresh(1), TIME).result(), Ok(false));
    assert_eq!(store.pause(&target(None, &nothing), None, TIME).result(), Ok(false));
    other.release(&lease);
    assert_eq!(store.publish(&target(None, &nothing), &fresh(1), TIME).result(), Ok(true));
    assert_eq!(store.publish(&target(None, &nothing), &fresh(2), TIME).result(), Ok(false));
    assert_eq!(other.publish(&target(Some(&lease), &seen), &fresh(3), TIME).result(), Ok(false));
    let next = Wanted { not: [Some(1), None], ..wanted() };
    assert!(!is_busy(&*other, &next), "it keeps no lease");
}

fn a_new_epoch_ends_all_values(world: &dyn World) {
    let store = world.store(0);
    world.put(Part::Value, &SLOT, fresh(1));
    assert_eq!(value(&*store, &wanted()), fresh(1));
    store.replace(&GROUP, &tombstone(77), TIME).result().unwrap();
    let (lease, seen) = lease(&*store, &wanted());
    assert_eq!((seen.epoch, seen.head), (77, Head::read(&fresh(1))));
    let target = target(Some(&lease), &seen);
    assert_eq!(store.publish(&target, &fresh(2), TIME).result(), Ok(false), "of before");
    let next = bytes(Head { epoch: 77, ..head(Kind::Grant, 3, TIME + 60 * SECOND) });
    assert_eq!(store.publish(&target, &next, TIME).result(), Ok(true));
    assert_eq!(value(&*store, &wanted()), next);
    store.release(&lease);
    world.put(Part::Value, &SLOT, fresh(4));
    assert!(is_busy(&*store, &Wanted { chair: Chair::None, ..wanted() }), "of before");
    world.put(Part::Value, &SLOT, next);
    world.put(Part::Value, &GROUP, b"torn".to_vec());
    assert!(is_busy(&*store, &Wanted { chair: Chair::None, ..wanted() }));
}

fn a_pause_is_told_until_it_ends(world: &dyn World) {
    let [store, other] = array::from_fn(|process| world.store(process as u64));
    let (lease, seen) = lease(&*store, &wanted());
    let pause = bytes(head(Kind::Pause, 4, TIME + SECOND));
    let target = target(Some(&lease), &seen);
    assert_eq!(store.pause(&target, Some(&pause), TIME).result(), Ok(true));
    store.release(&lease);
    for chair in [Chair::None, Chair::First, Chair::Second] {
        let found = claim(&*other, &Wanted { chair, ..wanted() });
        assert!(matches!(found, Claim::Paused(found) if found == pause));
    }
    let over = other.claim(&wanted(), TIME + SECOND).result().unwrap();
    let Claim::Lease(over, ..) = over else { panic!("{over:?}") };
    other.release(&over);
    let knows = Wanted { is_pause_known: true, ..wanted() };
    let (lease, seen) = self::lease(&*other, &knows);
    assert_eq!(seen, Seen::default());
    let target = self::target(Some(&lease), &seen);
    assert_eq!(other.publish(&target, &fresh(1), TIME).result(), Ok(true));
    let longer = Wanted { end: u64::MAX, chair: Chair::None, ..wanted() };
    assert!(is_busy(&*store, &longer), "a value takes the pause away");
    world.put(Part::Pause, &SLOT, pause);
    assert_eq!(value(&*store, &wanted()), fresh(1), "a value is better than a pause");
    store.replace(&SLOT, &tombstone(2), TIME).result().unwrap();
    assert!(is_busy(&*store, &longer), "so does what is put in its place");
}

fn a_pause_counts_as_a_value_does(world: &dyn World) {
    let store = world.store(0);
    let looks = Wanted { chair: Chair::None, ..wanted() };
    let pause = bytes(head(Kind::Pause, 4, u64::MAX));
    let (lease, seen) = lease(&*store, &wanted());
    store.replace(&SLOT, &tombstone(5), TIME).result().unwrap();
    assert_eq!(store.pause(&target(Some(&lease), &seen), Some(&pause), TIME).result(), Ok(false));
    assert!(is_busy(&*store, &looks));
    let now = Seen { head: Head::read(&tombstone(5)), ..seen };
    assert_eq!(store.pause(&target(Some(&lease), &now), Some(b"torn"), TIME).result(), Ok(false));
    assert_eq!(store.pause(&target(Some(&lease), &now), Some(&pause), TIME).result(), Ok(true));
    assert!(matches!(claim(&*store, &looks), Claim::Paused(_)));
    assert_eq!(store.pause(&target(Some(&lease), &now), None, TIME).result(), Ok(true));
    assert_eq!(store.pause(&target(Some(&lease), &now), None, TIME).result(), Ok(true));
    assert!(is_busy(&*store, &looks));
}

fn a_note_says_how_many_failed(world: &dyn World) {
    let store = world.store(0);
    let (lease, seen) = lease(&*store, &wanted());
    let note = Head { failures: 2, ..head(Kind::Note, 4, TIME + SECOND) };
    let target = target(Some(&lease), &seen);
    assert_eq!(store.pause(&target, Some(&bytes(note)), TIME).result(), Ok(true));
    store.release(&lease);
    let (_lease, seen) = self::lease(&*store, &wanted());
    assert_eq!(seen.failures, 2);
    let looks = Wanted { chair: Chair::None, ..wanted() };
    let Ok(Claim::Busy(seen)) = store.claim(&looks, TIME + SECOND).result() else {
        panic!("not busy")
    };
    assert_eq!(seen.failures, 0);
}

/// Contents that no process leaves.
fn poison() -> Vec<Vec<u8>> {
    let whole = fresh(1);
    let torn = (0..HEAD_BYTES).map(|end| whole[..end].to_vec());
    let random = (0..64_usize).map(|seed| {
        (0..200_usize).map(|at| (at * 31 + seed * 17 + at * at * seed).to_le_bytes()[0]).collect()
    });
    let mut long = whole.clone();
    long.resize(VALUE_MAX_BYTES + 1, 0);
    let mut huge = whole.clone();
    huge.resize(10_000_000, 0);
    torn.chain(random).chain([long, huge]).collect()
}

fn what_is_none_of_ours_is_absent(world: &dyn World) {
    let store = world.store(0);
    for poison in poison() {
        world.put(Part::Value, &SLOT, poison.clone());
        world.put(Part::Pause, &SLOT, poison);
        let (lease, seen) = lease(&*store, &wanted());
        assert_eq!(seen, Seen { has_junk: true, ..Seen::default() });
        assert_eq!(store.publish(&target(Some(&lease), &seen), &fresh(1), TIME).result(), Ok(true));
        store.release(&lease);
        assert_eq!(value(&*store, &wanted()), fresh(1));
    }
    // What lies under the name of another slot is what the seal is for.
    world.put(Part::Value, &OTHER, fresh(9));
    assert_eq!(value(&*store, &Wanted { slot: OTHER, ..wanted() }), fresh(9));
    let next = Wanted { not: [Some(1), None], chair: Chair::None, ..wanted() };
    for (part, slot) in [(Part::Pause, &SLOT), (Part::Value, &GROUP)] {
        let Claim::Busy(seen) = claim(&*store, &next) else { panic!("a lease") };
        assert!(!seen.has_junk, "{part:?}");
        world.put(part, slot, b"torn".to_vec());
        let Claim::Busy(seen) = claim(&*store, &next) else { panic!("a lease") };
        assert!(seen.has_junk, "{part:?}");
        store.replace(slot, &tombstone(2), TIME).result().unwrap();
    }
}

fn nothing_too_long_is_left(world: &dyn World) {
    let store = world.store(0);
    let (lease, seen) = lease(&*store, &wanted());
    let target = target(Some(&lease), &seen);
    let mut value = fresh(1);
    value.resize(VALUE_MAX_BYTES + 1, 0);
    assert_eq!(store.publish(&target, &value, TIME).result(), Ok(false));
    assert_eq!(store.pause(&target, Some(&value), TIME).result(), Ok(false));
    assert!(store.replace(&SLOT, &value, TIME).result().unwrap_err().reads);
    value.truncate(VALUE_MAX_BYTES);
    assert_eq!(store.publish(&target, &value, TIME).result(), Ok(true));
    assert_eq!(self::value(&*store, &wanted()), value);
}

fn asked(call: u64) -> Asked {
    Asked { call, rate: 2.0, most: 100.0, lost_after: SECOND, random: 0.5 }
}

fn a_cell_holds_calls_back(world: &dyn World) {
    let [store, other] = array::from_fn(|process| world.store(process as u64));
    let pass = match store.admit(&CELL, &asked(1), TIME).result().unwrap() {
        Admitted::Go(pass) => pass,
        held => panic!("{held:?}"),
    };
    assert!(matches!(other.admit(&CELL, &asked(2), TIME).result(), Ok(Admitted::Go(_))));
    assert!(matches!(store.admit(&CELL, &asked(3), TIME).result(), Ok(Admitted::Later(_))));
    let refused = Told { pass, how: Ended::Throttled { asked: None, random: 0.5 } };
    other.report(&CELL, &refused, TIME + 1).result().unwrap();
    assert!(matches!(store.admit(&CELL, &asked(4), TIME + 2).result(), Ok(Admitted::Cooling(_))));
}

fn an_account_is_asked_with_the_lease(world: &dyn World) {
    let [store, other] = array::from_fn(|process| world.store(process as u64));
    let calls = |slot, call| Wanted { slot, account: Some((CELL, asked(call))), ..wanted() };
    let Claim::Lease(first, seen, Some(Admitted::Go(pass))) = claim(&*store, &calls(SLOT, 1))
    else {
        panic!("not let through");
    };
    assert_eq!((pass.call, pass.is_probe), (1, false));
    let next = |call| claim(&*other, &calls(OTHER, call));
    // Who gets no lease takes nothing of what the account bears: it is two calls at once.
    assert!(is_busy(&*other, &calls(SLOT, 2)));
    let Claim::Lease(second, _, Some(Admitted::Go(_))) = next(3) else { panic!("held back") };
    other.release(&second);
    let Claim::Lease(third, _, Some(Admitted::Later(at))) = next(4) else { panic!("no more") };
    assert!((TIME..TIME + SECOND).contains(&at), "{at}");
    other.release(&third);
    let how = Ended::Throttled { asked: None, random: 0.5 };
    store.report(&CELL, &Told { pass, how }, TIME + 1).result().unwrap();
    let Claim::Lease(last, _, Some(Admitted::Cooling(_))) = next(5) else { panic!("no pause") };
    other.release(&last);
    let unasked = claim(&*other, &Wanted { slot: OTHER, ..wanted() });
    assert!(matches!(unasked, Claim::Lease(_, _, None)));
    assert_eq!(store.publish(&target(Some(&first), &seen), &fresh(1), TIME).result(), Ok(true));
    assert_eq!(value(&*other, &calls(SLOT, 6)), fresh(1));
}

fn a_cell_that_is_none_of_ours_is_absent(world: &dyn World) {
    let store = world.store(0);
    for poison in poison() {
        world.put_cell(&CELL, &poison);
        let pass = Pass { call: 1, at: TIME, is_probe: false, rate: 1.0 };
        store.report(&CELL, &Told { pass, how: Ended::Answered }, TIME).result().unwrap();
        assert!(matches!(store.admit(&CELL, &asked(2), TIME).result(), Ok(Admitted::Go(_))));
        world.put_cell(&CELL, &poison);
        let how = Ended::Throttled { asked: None, random: 0.5 };
        store.report(&CELL, &Told { pass, how }, TIME).result().unwrap();
        assert!(matches!(store.admit(&CELL, &asked(3), TIME).result(), Ok(Admitted::Cooling(_))));
    }
}
