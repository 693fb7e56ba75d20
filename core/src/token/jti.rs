//! Token identifiers that no other token has: random bits, the time, and a number.
//!
//! A process can be copied: by a fork, or as part of a machine or container that is restored twice from
//! one snapshot. Its copies go on with the same random bits. A child notices and draws others. The
//! restored ones cannot notice, so bits are used for a millisecond at most. Until then two copies differ
//! by the time since boot, to the nanosecond, and by the time of day.

use std::cell::Cell;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::clock::Now;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;

/// Random bits are used for no longer than this.
const DRAW_MAX_NANOS: u64 = 1_000_000;
/// The last bits of an identifier number those of one draw.
const NUMBER_BITS: u32 = 10;
const NUMBERS: u128 = 1 << NUMBER_BITS;

/// The characters of an identifier: 16 bytes in base64url.
pub(crate) const JTI_LEN: usize = 22;

/// A fresh identifier, at a time of the machine's clocks.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if the system has no random numbers.
#[inline]
pub(crate) fn next(now: Now) -> Result<[u8; JTI_LEN]> {
    let identifier = next_identifier(now)?;
    let mut text = [0; JTI_LEN];
    BASE64_URL_SAFE_NO_PAD
        .encode_slice(identifier.to_be_bytes(), &mut text)
        .expect("16 bytes are 22 characters of base64url");
    Ok(text)
}

/// Random bits of one thread, and how many identifiers have been made from them.
#[derive(Clone, Copy)]
struct Draw {
    generation: fork::Generation,
    random: u128,
    /// When they were drawn, in nanoseconds since boot.
    drawn: u64,
    used: u128,
}

thread_local! {
    static DRAW: Cell<Draw> =
        const { Cell::new(Draw { generation: 0, random: 0, drawn: 0, used: NUMBERS }) };
}

#[inline]
fn next_identifier(now: Now) -> Result<u128> {
    let (generation, boot) = (fork::generation(), now.boot_nanos());
    let mut draw = DRAW.get();
    if !draw.is_good(generation, boot) {
        draw = Draw::new(generation, boot)?;
    }
    let identifier = draw.identifier(now);
    DRAW.set(Draw { used: draw.used + 1, ..draw });
    Ok(identifier)
}

impl Draw {
    #[cold]
    fn new(generation: fork::Generation, boot: u64) -> Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| {
            let what = "the system has no random numbers for unique tokens";
            Error::new(ErrorKind::Unsupported, what)
        })?;
        Ok(Self { generation, random: u128::from_ne_bytes(random), drawn: boot, used: 0 })
    }

    /// Whether another identifier may be made of it. A clock that went back ends it, too: it is another
    /// machine's.
    #[inline]
    fn is_good(&self, generation: fork::Generation, boot: u64) -> bool {
        self.used < NUMBERS
            && self.generation == generation
            && boot.wrapping_sub(self.drawn) < DRAW_MAX_NANOS
    }

    #[inline]
    fn identifier(&self, now: Now) -> u128 {
        let (boot, wall) = (u128::from(now.boot_nanos()), u128::from(now.wall_nanos()));
        // Side by side, so that neither takes anything from the other.
        let time = boot << NUMBER_BITS | wall << (NUMBER_BITS + u64::BITS);
        (self.random ^ time) & !(NUMBERS - 1) | self.used
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    const BOOT: Duration = Duration::from_secs(3600);
    const WALL: Duration = Duration::from_secs(1_700_000_000);

    fn now() -> Now {
        Now::new(BOOT, WALL)
    }

    /// On a thread of its own, which has drawn nothing yet.
    fn apart<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
        thread::spawn(run).join().unwrap()
    }

    #[test]
    fn identifiers_are_base64url_and_differ_across_threads_and_draws() {
        let draw = || (0..3000).map(|_| next(Clock::system().now()).unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(draw)).collect();
        let all: Vec<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for jti in &all {
            assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(jti).unwrap().len(), 16);
        }
    }

    #[test]
    fn identifiers_of_one_moment_differ() {
        let all: HashSet<_> =
            apart(|| (0..5000).map(|_| next_identifier(now()).unwrap()).collect());
        assert_eq!(all.len(), 5000);
    }

    #[test]
    fn a_child_does_not_go_on_with_its_parents_bits() {
        apart(|| {
            next_identifier(now()).unwrap();
            let inherited = DRAW.get();
            DRAW.set(Draw { generation: inherited.generation.wrapping_add(1), ..inherited });
            next_identifier(now()).unwrap();
            assert_ne!(DRAW.get().random, inherited.random);
        });
    }

    /// What a process makes that was restored with this state and has run for so long: one identifier a
    /// microsecond.
    fn restored(state: Draw, ran: Duration, wall: Duration) -> Vec<u128> {
        DRAW.set(state);
        let boot = |step| BOOT + ran + Duration::from_micros(step);
        (0..1500).map(|step| next_identifier(Now::new(boot(step), wall)).unwrap()).collect()
    }

    fn common(one: &[u128], other: &[u128]) -> usize {
        let one: HashSet<_> = one.iter().collect();
        other.iter().filter(|identifier| one.contains(identifier)).count()
    }

    #[test]
    fn copies_of_a_process_differ_from_their_first_nanosecond_on() {
        apart(|| {
            next_identifier(now()).unwrap();
            let snapshot = DRAW.get();
            let [first, second] =
                [1, 2].map(|ran| restored(snapshot, Duration::from_nanos(ran), WALL));
            assert_eq!(common(&first, &second), 0);
        });
    }

    #[test]
    fn copies_in_step_differ_by_the_time_of_day() {
        apart(|| {
            next_identifier(now()).unwrap();
            let snapshot = DRAW.get();
            let [first, second] = [4, 8]
                .map(|ms| restored(snapshot, Duration::ZERO, WALL + Duration::from_millis(ms)));
            assert_eq!(common(&first, &second), 0);
        });
    }

    #[test]
    fn copies_in_step_to_the_nanosecond_differ_after_a_millisecond() {
        apart(|| {
            next_identifier(now()).unwrap();
            let snapshot = DRAW.get();
            let [one, other] = [(); 2].map(|()| restored(snapshot, Duration::ZERO, WALL));
            assert_eq!(one[..1000], other[..1000], "so these are copies");
            assert_eq!(common(&one[1000..], &other[1000..]), 0);
        });
    }

    #[test]
    fn a_clock_that_went_back_ends_a_draw() {
        apart(|| {
            next_identifier(now()).unwrap();
            let before = DRAW.get().random;
            next_identifier(Now::new(BOOT - Duration::from_nanos(1), WALL)).unwrap();
            assert_ne!(DRAW.get().random, before);
        });
    }
}
