//! Random numbers, for jitter and for names, that a forked child does not share with its parent: drawn from the operating system, not
//! from a generator whose state a fork would copy.

/// A number in `0.0..1.0`.
pub(crate) fn unit() -> f64 {
    // Without a source of randomness the jitter loses its point but nothing else breaks.
    part(bits().unwrap_or(1 << 63))
}

/// A number that tells things apart: nobody draws it twice. It is never zero.
pub(crate) fn number() -> u64 {
    bits().unwrap_or(1).max(1)
}

fn bits() -> Option<u64> {
    #[cfg(feature = "test-helpers")]
    if let Some(bits) = seeded::next() {
        return Some(bits);
    }
    getrandom::u64().ok()
}

fn part(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(feature = "test-helpers")]
pub use seeded::seed_this_thread;

/// The same numbers in every run, for a simulation on one thread.
#[cfg(feature = "test-helpers")]
mod seeded {
    use std::cell::Cell;

    thread_local!(static STATE: Cell<Option<u64>> = const { Cell::new(None) });

    /// From now on this thread draws numbers that follow from a seed.
    pub fn seed_this_thread(seed: u64) {
        STATE.set(Some(seed));
    }

    /// `SplitMix64`.
    pub(super) fn next() -> Option<u64> {
        let state = STATE.get()?.wrapping_add(0x9E37_79B9_7F4A_7C15);
        STATE.set(Some(state));
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Some(mixed ^ (mixed >> 31))
    }
}
