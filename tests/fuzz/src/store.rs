//! What lies in the store that processes share, changed by somebody who can write there but has no key. An input says
//! what is changed, and how.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use grantmint_core::{
    Begin, BeginOptions, Error, ErrorKind, FleetByHand, Grant, GrantCache, Key, ManualClock, Start,
    Ticket, seed_this_thread,
};

/// The longest that an account's rate can make a request wait, and a cool-down everybody; in seconds.
const WAIT_MAX: f64 = 21.0;
const COOLDOWN_MAX: Duration = Duration::from_secs(601);

/// What is done to what lies there.
#[derive(Arbitrary, Debug)]
struct Change<'a> {
    part: Part,
    how: How<'a>,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Part {
    Value,
    Pause,
    Cell,
}

#[derive(Arbitrary, Debug)]
enum How<'a> {
    /// Other bytes are there.
    Put(&'a [u8]),
    /// One byte is another.
    Change {
        at: u16,
        by: u8,
    },
    /// The rest is missing.
    Cut(u16),
    Append(&'a [u8]),
    /// It is what lies in the next slot of its kind.
    Swap,
    /// It is what lies in a slot of another kind.
    Move,
}

/// What a process left, and what became of it.
#[derive(Clone)]
struct Left {
    kind: String,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Changes what processes have left, and has another look into the store: it is handed what was left, or nothing.
pub fn check(input: &[u8]) {
    let Ok(changes) = Vec::<Change<'_>>::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    seed_this_thread(1);
    let (clock, fleet) = filled();
    let left = altered(&fleet, &changes);
    let is_whole = |kind: &str| left.iter().filter(|left| left.kind == kind).all(Left::is_whole);
    let cache = cache(&clock, &fleet, 2);
    for key in ["one", "other"] {
        match start(&cache, key, is_whole("cell")) {
            Some(Start::Served) => {
                let Ok(Begin::Hit(hit)) = cache.begin(&name(key), BeginOptions::new()) else {
                    panic!("it was served");
                };
                assert_eq!(hit.as_str(), key, "a grant of another slot");
                assert!(left.iter().any(|left| left.kind == "value" && left.is_whole()));
            }
            Some(Start::Go(_)) => assert!(!is_whole("value"), "it was there"),
            Some(start) => panic!("a pause of another slot: {start:?}"),
            None => {}
        }
    }
    match start(&cache, "refused", is_whole("cell")) {
        Some(Start::Refused(error)) => {
            assert_eq!(error.kind(), ErrorKind::UpstreamNotFound, "{error:?}");
            assert!(is_whole("pause"), "a pause that nobody left");
        }
        Some(Start::Go(_)) => assert!(!is_whole("pause"), "it was there"),
        Some(start) => panic!("a grant of another slot: {start:?}"),
        None => {}
    }
}

/// A store in which a process has left two grants, a pause, and the account's rate.
fn filled() -> (ManualClock, FleetByHand) {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    clock.advance(Duration::from_secs(1_000));
    let fleet = FleetByHand::in_memory(1, 0.0);
    let first = cache(&clock, &fleet, 1);
    for key in ["one", "other"] {
        let ticket = sent(&first, key);
        ticket.complete(Grant::new(key), name(key).ttl());
    }
    sent(&first, "refused").fail(Error::new(ErrorKind::UpstreamNotFound, "no such stream"));
    (clock, fleet)
}

fn sent(cache: &GrantCache, key: &str) -> Ticket {
    let Ok(Begin::Fetch(mut ticket, _)) = cache.begin(&name(key), BeginOptions::new()) else {
        panic!("nobody has asked for it");
    };
    assert!(matches!(ticket.start(), Start::Go(_)));
    ticket
}

fn cache(clock: &ManualClock, fleet: &FleetByHand, process: u64) -> GrantCache {
    let builder = GrantCache::builder().clock(clock);
    let builder = builder.rate_limited_by_hand(&Default::default()).expect("no limits");
    builder.fleet_by_hand(fleet, process).build()
}

fn name(key: &str) -> Key {
    Key::new(key, Duration::from_secs(60)).expect("a good key")
}

/// Does to the store what an input says.
fn altered(fleet: &FleetByHand, changes: &[Change<'_>]) -> Vec<Left> {
    let mut left = Vec::new();
    fleet.alter(|kind, bytes| {
        left.push(Left { kind: kind.to_owned(), before: bytes.clone(), after: bytes.clone() });
    });
    for Change { part, how } in changes {
        let before = left.clone();
        let is_meant = |left: &Left| left.kind == part.name();
        let others: Vec<&Left> = before.iter().filter(|left| !is_meant(left)).collect();
        let own: Vec<&Left> = before.iter().filter(|left| is_meant(left)).collect();
        for (place, left) in left.iter_mut().filter(|left| is_meant(left)).enumerate() {
            let next = match how {
                How::Swap => own[(place + 1) % own.len()],
                _ => others[place % others.len()],
            };
            how.alter(&mut left.after, &next.after);
        }
    }
    let mut after = left.iter().map(|left| left.after.clone());
    fleet.alter(|_, bytes| *bytes = after.next().expect("there is one for each"));
    drop(after);
    left
}

impl How<'_> {
    fn alter(&self, bytes: &mut Vec<u8>, next: &[u8]) {
        match *self {
            How::Put(other) => *bytes = other.to_vec(),
            How::Change { at, by } => {
                let place = usize::from(at).checked_rem(bytes.len());
                if let Some(byte) = place.and_then(|place| bytes.get_mut(place)) {
                    *byte ^= by;
                }
            }
            How::Cut(at) => bytes.truncate(at.into()),
            How::Append(more) => bytes.extend_from_slice(more),
            How::Swap | How::Move => *bytes = next.to_vec(),
        }
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Pause => "pause",
            Self::Cell => "cell",
        }
    }
}

impl Left {
    fn is_whole(&self) -> bool {
        self.before == self.after
    }
}

/// What a process is told that asks for a key, once the account's rate lets it: none if that has it wait.
fn start(cache: &GrantCache, key: &str, is_cell_whole: bool) -> Option<Start> {
    let Ok(Begin::Fetch(mut ticket, waiter)) = cache.begin(&name(key), BeginOptions::new()) else {
        panic!("this process has nothing");
    };
    match ticket.start() {
        Start::Go(left) => {
            ticket.complete(Grant::new("new"), Duration::from_secs(60));
            let hit = waiter.try_result().expect("it is over").expect("it was fetched");
            assert_eq!(hit.as_str(), "new");
            Some(Start::Go(left))
        }
        Start::Later(after) => {
            assert!(!is_cell_whole, "the account's rate is not used up");
            assert!(after.as_secs_f64() <= WAIT_MAX, "{after:?}");
            None
        }
        Start::Refused(error) if error.kind() == ErrorKind::Throttled => {
            assert!(!is_cell_whole, "there was no 429");
            assert!(error.retry_after().is_some_and(|after| after <= COOLDOWN_MAX), "{error:?}");
            None
        }
        start => Some(start),
    }
}
