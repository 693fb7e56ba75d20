//! Jitter that a forked child does not share with its parent: drawn from the operating system, not
//! from a generator whose state a fork would copy.

/// A number in `0.0..1.0`.
pub(crate) fn unit() -> f64 {
    // Without a source of randomness the jitter loses its point but nothing else breaks.
    let bits = getrandom::u64().unwrap_or(1 << 63) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
