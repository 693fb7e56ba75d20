//! The request limit: one token bucket per account.

use std::collections::HashMap;
use std::time::Instant;

use parking_lot::Mutex;

/// Token buckets of all accounts. Only authenticated calls get here, so the accounts are the configured
/// ones and their number is bounded.
pub(crate) struct Throttle(Mutex<Buckets>);

struct Buckets {
    rate: f64,
    burst: f64,
    of: HashMap<String, Bucket>,
}

struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Throttle {
    /// `rate` calls per second after a burst of `burst`; a rate of 0 lets everything through.
    pub(crate) fn new(rate: f64, burst: u32) -> Self {
        Self(Mutex::new(Buckets { rate, burst: f64::from(burst), of: HashMap::new() }))
    }

    /// Takes one call of `account` at `now`, or says that it is over the limit.
    pub(crate) fn allow(&self, account: &str, now: Instant) -> bool {
        let buckets = &mut *self.0.lock();
        let (rate, burst) = (buckets.rate, buckets.burst);
        if rate == 0.0 {
            return true;
        }
        match buckets.of.get_mut(account) {
            Some(bucket) => bucket.take(rate, burst, now),
            None => {
                let bucket = Bucket { tokens: burst - 1.0, filled_at: now };
                buckets.of.insert(account.to_owned(), bucket);
                true
            }
        }
    }

    /// Another limit from `now` on. A bucket keeps what it has, as far as the new burst holds it.
    pub(crate) fn set_limit(&self, rate: f64, burst: u32, now: Instant) {
        let buckets = &mut *self.0.lock();
        let burst = f64::from(burst);
        for bucket in buckets.of.values_mut() {
            bucket.fill(buckets.rate, buckets.burst, now);
            bucket.tokens = bucket.tokens.min(burst);
        }
        (buckets.rate, buckets.burst) = (rate, burst);
    }

    /// Fills every bucket again.
    pub(crate) fn reset(&self) {
        self.0.lock().of.clear();
    }
}

impl Bucket {
    fn take(&mut self, rate: f64, burst: f64, now: Instant) -> bool {
        self.fill(rate, burst, now);
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }

    fn fill(&mut self, rate: f64, burst: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * rate).min(burst);
        self.filled_at = now.max(self.filled_at);
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

    #[test]
    fn another_limit_holds_from_its_time_on() {
        let throttle = Throttle::new(100.0, 100);
        let start = Instant::now();
        let allowed = |at: Instant| (0..200).filter(|_| throttle.allow("a", at)).count();
        assert_eq!(allowed(start), 100);
        let second = Duration::from_secs(1);
        throttle.set_limit(20.0, 20, start + second / 2);
        assert_eq!(allowed(start + second / 2), 20, "fifty came, twenty are kept");
        assert_eq!(allowed(start + second), 10);
        throttle.set_limit(100.0, 100, start + second);
        assert_eq!(allowed(start + 2 * second), 100);
    }
}
