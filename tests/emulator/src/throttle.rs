//! The request limit: one token bucket per account.

use std::collections::HashMap;
use std::time::Instant;

use parking_lot::Mutex;

/// Token buckets of all accounts. Only authenticated calls get here, so the accounts are the configured
/// ones and their number is bounded.
pub(crate) struct Throttle {
    rate: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Throttle {
    /// `rate` calls per second after a burst of `burst`; a rate of 0 lets everything through.
    pub(crate) fn new(rate: f64, burst: u32) -> Self {
        Self { rate, burst: f64::from(burst), buckets: Mutex::default() }
    }

    /// Takes one call of `account` at `now`, or says that it is over the limit.
    pub(crate) fn allow(&self, account: &str, now: Instant) -> bool {
        if self.rate == 0.0 {
            return true;
        }
        let mut buckets = self.buckets.lock();
        match buckets.get_mut(account) {
            Some(bucket) => bucket.take(self.rate, self.burst, now),
            None => {
                let bucket = Bucket { tokens: self.burst - 1.0, filled_at: now };
                buckets.insert(account.to_owned(), bucket);
                true
            }
        }
    }

    /// Fills every bucket again.
    pub(crate) fn reset(&self) {
        self.buckets.lock().clear();
    }
}

impl Bucket {
    fn take(&mut self, rate: f64, burst: f64, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * rate).min(burst);
        self.filled_at = now.max(self.filled_at);
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_then_the_rate_for_each_account() {
        let throttle = Throttle::new(50.0, 50);
        let start = Instant::now();
        let allowed =
            |account: &str, at: Instant| (0..200).filter(|_| throttle.allow(account, at)).count();
        assert_eq!(allowed("a", start), 50);
        assert_eq!(allowed("b", start), 50);
        assert_eq!(allowed("a", start + Duration::from_millis(201)), 10);
        assert_eq!(allowed("a", start + Duration::from_secs(100)), 50);
        throttle.reset();
        assert_eq!(allowed("a", start), 50);
    }

    #[test]
    fn a_rate_of_nought_is_no_limit() {
        let throttle = Throttle::new(0.0, 1);
        assert!((0..1000).all(|_| throttle.allow("a", Instant::now())));
    }
}
