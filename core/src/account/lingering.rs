//! How long a cache and an account's limiter are kept after their last user, and how much of both.

use super::habit::Habit;
use super::limiter::AccountLimiter;
use crate::cache::GrantCache;
use crate::clock::Now;
use crate::shelf::{Lingers, Size, Visit};

/// A cache without users is kept no longer than this: as long as any grant of upstream lives, and a little.
const CACHE_MAX: u64 = 62_000_000_000;

/// A cache that minters find by their key or by its name.
pub(crate) struct CommonCache {
    pub(super) cache: GrantCache,
    habit: Habit,
}

impl CommonCache {
    pub(super) fn new(cache: GrantCache) -> Self {
        Self { cache, habit: Habit::default() }
    }
}

/// Kept until its last grant and cached error have ended: a caller that asks again before that costs no request. A
/// fetch in flight ends and is stored.
impl Lingers for CommonCache {
    const LIMIT: Size = Size { places: 1024, entries: 4096, bytes: 16 * 1024 * 1024 };
    const IS_WATCHED: bool = true;

    fn kept_until(&self, left: u64, _now: Now) -> u64 {
        self.cache.ends_at().min(left.saturating_add(CACHE_MAX))
    }

    fn size(&self) -> Size {
        Size { places: 1, entries: self.cache.len(), bytes: self.cache.grant_bytes() }
    }

    fn left(&self, visit: Visit) {
        self.habit.note(visit);
        if visit.is_last {
            // Nobody is there to keep it warm for. Whoever finds the cache has to say so again.
            self.cache.let_cool();
        }
    }
}

/// Kept until its cool-down, its back-off and the used part of its rate limit are over. It holds no secret, so
/// no thread has to see to its end.
impl Lingers for AccountLimiter {
    const LIMIT: Size = Size { places: 4096, entries: usize::MAX, bytes: usize::MAX };
    const IS_WATCHED: bool = false;

    fn kept_until(&self, _left: u64, now: Now) -> u64 {
        self.quiet_at(now)
    }

    /// That which would be over first goes first: no throttled account is forgotten for one that is not.
    fn rank(_left: u64, until: u64) -> u64 {
        until
    }
}
