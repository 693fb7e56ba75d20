//! A user of a fleet: the store that it looks into, by which keys, and under which names.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::breaker::Breaker;
use super::counters::Counters;
use super::keys::Keys;
use super::sealed::CredentialName;
use crate::clock::{nanos, nanos_of};
use crate::fleet::store::{Answer, Head, Kind, SharedStore, Slot, Trouble};
use crate::random;
use crate::secret::Secret;

/// Until this is over all values of before are hidden, and then it is as if there had been none: they are long gone.
const PURGED_FOR: Duration = Duration::from_secs(365 * 86_400);

/// A store as one cache uses it. Holds no lock, so that a forked child goes on with it.
pub(crate) struct Access {
    pub(super) store: Arc<dyn SharedStore>,
    /// Seals in place of the users' own secrets.
    secret: Option<Secret>,
    /// What the host program's own keys are for.
    namespace: Option<Box<str>>,
    pub(super) breaker: Breaker,
    /// The breaker has opened or closed, and nobody has taken note.
    has_turned: AtomicBool,
    /// From when on the next look is due, in nanoseconds since boot.
    next_look: AtomicU64,
}

impl Access {
    pub(crate) fn new(
        store: Arc<dyn SharedStore>,
        secret: Option<&[u8]>,
        namespace: Option<&str>,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            secret: secret.map(Secret::new),
            namespace: namespace.map(Into::into),
            breaker: Breaker::default(),
            has_turned: AtomicBool::new(false),
            next_look: AtomicU64::new(0),
        })
    }

    /// What the host program's own keys are for, if it may have any.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Whether its store goes by a clock that a test moves.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.store.is_by_hand()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.breaker.is_open()
    }

    /// Whether the breaker has opened or closed since this was last asked.
    pub(crate) fn take_turn(&self) -> bool {
        self.has_turned.load(Ordering::Relaxed) && self.has_turned.swap(false, Ordering::Relaxed)
    }

    /// A place among the looks of this process, at `wanted` or later: so many a second, whatever the slot. A look that is
    /// wanted late holds up none that is wanted before it.
    pub(super) fn place_for_look(&self, wanted: u64, time: u64) -> u64 {
        let step = nanos_of(1.0 / self.store.pacing().per_second);
        let next = |due: u64| due.max(time).saturating_add(step);
        let before = self
            .next_look
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| Some(next(due)))
            .unwrap_or(time);
        before.max(wanted)
    }
}

/// A user of a store, with what it asks for.
pub(crate) struct Member {
    pub(super) access: Arc<Access>,
    pub(super) keys: Keys,
    /// What its slots have in common.
    scope: Box<str>,
    /// Where it stands whether all its values have been given up.
    pub(super) group: Slot,
    /// That of the account; none for what has no rate limit.
    pub(super) cell: Option<Slot>,
    pub(super) credential: CredentialName,
}

impl Member {
    /// All who give the same secret and the same scope share everything. `credential` is what the values are
    /// fetched with. None without a secret.
    pub(crate) fn new(
        access: &Arc<Access>,
        secret: Option<&[u8]>,
        scope: &str,
        credential: &[u8],
        has_account: bool,
    ) -> Option<Self> {
        let keys = Keys::new(access.secret.as_ref().map(Secret::expose).or(secret)?)?;
        let name = |of: &[u8]| keys.slot(&[of, scope.as_bytes()]);
        let group = name(b"all");
        let cell = has_account.then(|| name(b"account").beside(&group));
        let credential = *keys.slot(&[b"credential", credential]).bytes();
        let access = Arc::clone(access);
        Some(Self { access, keys, scope: scope.into(), group, cell, credential })
    }

    /// The slot of a key.
    pub(super) fn slot(&self, key: &str, ttl: Duration) -> Slot {
        let ttl = nanos(ttl).to_le_bytes();
        self.keys.slot(&[b"value", self.scope.as_bytes(), key.as_bytes(), &ttl]).beside(&self.group)
    }

    /// Has the value of a key given up by all who ask the store for it from now on.
    pub(crate) fn invalidate(&self, key: &str, ttl: Duration, counters: &Counters, time: u64) {
        self.bury(&self.slot(key, ttl), ttl, counters, time);
    }

    /// The same for all its values.
    pub(crate) fn purge(&self, counters: &Counters, time: u64) {
        self.bury(&self.group, PURGED_FOR, counters, time);
    }

    fn bury(&self, slot: &Slot, time_kept: Duration, counters: &Counters, time: u64) {
        let end = time.saturating_add(nanos(time_kept));
        let head = Head {
            kind: Kind::Tombstone,
            generation: random::number(),
            epoch: 0,
            end,
            took: 0,
            failures: 0,
        };
        let buried = match self.keys.seal(slot, &head, &[]) {
            Some(tombstone) => self.access.store.replace(slot, &tombstone, time),
            None => return,
        };
        self.told(&buried, counters, time);
    }

    /// Takes note of how the store took what it was told, if it has answered already: nobody waits for that.
    pub(super) fn told<T>(&self, answer: &Answer<T>, counters: &Counters, time: u64) {
        if let Answer::Now(result) = answer {
            self.heard(result.as_ref().err(), counters, time);
        }
    }

    /// Takes note of how the store answered.
    pub(super) fn heard(&self, trouble: Option<&Trouble>, counters: &Counters, time: u64) {
        let has_turned = match trouble {
            None => self.access.breaker.answered(),
            Some(trouble) => {
                counters.trouble(&trouble.what);
                // What others leave can still be read where nothing can be written.
                !trouble.reads && self.access.breaker.failed(random::unit(), time)
            }
        };
        if has_turned {
            self.access.has_turned.store(true, Ordering::Relaxed);
        }
    }
}
