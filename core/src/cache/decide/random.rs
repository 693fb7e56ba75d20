//! Jitter that a forked child does not share with its parent: drawn from the operating system, not
//! from a generator whose state a fork would copy.

/// A number in `0.0..1.0`.
pub(crate) fn unit() -> f64 {
    #[cfg(feature = "test-helpers")]
    if let Some(bits) = seeded::next() {
        return part(bits);
    }
    // Without a source of randomness the jitter loses its point but nothing else breaks.
    part(getrandom::u64().unwrap_or(1 << 63))
}

fn part(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The same numbers in every run, for a simulation on one thread.
#[cfg(feature = "test-helpers")]
pub(crate) mod seeded {
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
