//! A user of a fleet: the stores that it looks into, by which keys, and under which names.

use std::sync::Arc;
use std::time::Duration;

use super::counters::{Counters, FleetStats};
use super::guarded::{Condition, GuardedStore};
use super::keys::Keys;
use super::sealed::CredentialName;
use crate::clock::nanos;
use crate::fleet::store::{Head, Kind, SharedStore, Slot, Target};
use crate::random;
use crate::secret::Secret;

/// Until this is over all values of before are hidden, and then it is as if there had been none: they are long gone.
const PURGED_FOR: Duration = Duration::from_secs(365 * 86_400);

/// What takes a value back is kept for longer than any value lives, which is two days at most.
const TAKEN_BACK_FOR: Duration = Duration::from_secs(2 * 86_400 + 60);

/// The stores that a process asks: one, or another in front of it, which fewer processes share and which is nearer.
pub(crate) struct Stores {
    pub(crate) front: Option<Arc<dyn SharedStore>>,
    pub(crate) store: Arc<dyn SharedStore>,
}

/// Stores as one cache uses them. Holds no lock, so that a forked child goes on with it.
pub(crate) struct Access {
    pub(super) front: Option<Arc<GuardedStore>>,
    pub(super) store: Arc<GuardedStore>,
    /// Seals in place of the users' own secrets.
    secret: Option<Secret>,
    /// What the host program's own keys are for.
    namespace: Option<Box<str>>,
}

impl Access {
    pub(crate) fn new(stores: Stores, secret: Option<&[u8]>, namespace: Option<&str>) -> Arc<Self> {
        Arc::new(Self {
            front: stores.front.map(GuardedStore::new),
            store: GuardedStore::new(stores.store),
            secret: secret.map(Secret::new),
            namespace: namespace.map(Into::into),
        })
    }

    /// What the host program's own keys are for, if it may have any.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Whether its stores go by a clock that a test moves.
    pub(crate) fn is_by_hand(&self) -> bool {
        self.store.store.is_by_hand()
    }

    /// Whether something is so of a store.
    pub(crate) fn is(&self, what: Condition) -> bool {
        self.stores().any(|store| store.is(what))
    }

    /// What has begun or ended in a store since this was last asked: bits of [`Condition`].
    pub(crate) fn take_changes(&self) -> u8 {
        // All of them are asked.
        self.stores().fold(0, |changes, store| changes | store.take_changes())
    }

    /// What has been counted, and how the stores do.
    pub(crate) fn stats(&self, counters: &Counters, time: u64) -> FleetStats {
        FleetStats {
            is_broken: self.is(Condition::Broken),
            is_unsupported: self.is(Condition::Unsupported),
            is_connected: self.store.store.is_connected(),
            ..counters.read(time)
        }
    }

    /// The farthest first.
    fn stores(&self) -> impl Iterator<Item = &Arc<GuardedStore>> {
        [&self.store].into_iter().chain(&self.front)
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
        let generation = random::number();
        // What is left in the farthest is brought to the nearest, so that is the last.
        self.access.stores().for_each(|store| {
            self.bury_in(store, (slot, generation), time_kept, counters, time);
        });
    }

    /// Has all values in a store given up that are not of an epoch.
    pub(super) fn begin_epoch(
        &self,
        store: &GuardedStore,
        epoch: u64,
        counters: &Counters,
        time: u64,
    ) {
        self.bury_in(store, (&self.group, epoch), PURGED_FOR, counters, time);
    }

    /// Takes a value back that was left in a store, unless something else lies there.
    pub(super) fn take_back(&self, store: &GuardedStore, slot: &Slot, generation: u64, time: u64) {
        let end = time.saturating_add(nanos(TAKEN_BACK_FOR));
        let (kind, next) = (Kind::Tombstone, random::number());
        let head = Head { kind, generation: next, epoch: 0, end, took: 0, failures: 0 };
        if let Some(tombstone) = self.keys.seal(slot, &head, &[]) {
            let target = Target { slot, group: &self.group, lease: None, seen: Some(generation) };
            drop(store.store.publish(&target, &tombstone, time));
        }
    }

    fn bury_in(
        &self,
        store: &GuardedStore,
        (slot, generation): (&Slot, u64),
        time_kept: Duration,
        counters: &Counters,
        time: u64,
    ) {
        let end = time.saturating_add(nanos(time_kept));
        let kind = Kind::Tombstone;
        let head = Head { kind, generation, epoch: 0, end, took: 0, failures: 0 };
        if let Some(tombstone) = self.keys.seal(slot, &head, &[]) {
            store.told(&store.store.replace(slot, &tombstone, time), counters, time);
        }
    }
}
