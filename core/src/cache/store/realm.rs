//! A part of a cache whose entries belong to one account at one endpoint.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;

use super::limiter::Limiter;
use crate::cache::decide::{Credential, Key};
use crate::clock::Now;
use crate::hash_trie::HashTrie;

/// A part of a cache with keys, a rate limit and credentials of its own. Each account at an endpoint has
/// one, so that accounts which share a cache stay apart; the host program's own keys have another.
pub(crate) struct Realm {
    /// None for the host program's own keys.
    name: Option<Arc<str>>,
    pub(crate) limiter: Arc<dyn Limiter>,
    /// By what they are told apart. One that nobody uses stays for as long as it is refused, so that whoever
    /// comes next does not have it refused again.
    credentials: ArcSwap<Vec<Named>>,
}

/// A credential and by what it is told apart.
type Named = (Box<[u8]>, Arc<Credential>);

impl Realm {
    pub(crate) fn new(name: Option<Arc<str>>, limiter: Arc<dyn Limiter>) -> Self {
        Self { name, limiter, credentials: ArcSwap::default() }
    }

    /// A key of this realm with the text and the lifetime of another.
    pub(crate) fn key(&self, key: &Key) -> Key {
        key.in_realm(self.name.as_ref())
    }

    /// The credential of a name, which all who give the name share.
    pub(crate) fn credential(&self, name: &[u8], now: Now) -> Arc<Credential> {
        let new = Arc::new(Credential::default());
        loop {
            let current = self.credentials.load();
            if let Some((_, known)) = current.iter().find(|(other, _)| **other == *name) {
                let known = Arc::clone(known);
                // Another thread may have taken it for unused a moment before.
                if Arc::ptr_eq(&self.credentials.load(), &current) {
                    return known;
                }
                continue;
            }
            let stays = |credential: &Arc<Credential>| {
                Arc::strong_count(credential) > 1 || credential.refused_until() > now.boot_nanos()
            };
            let mut next: Vec<_> =
                current.iter().filter(|(_, credential)| stays(credential)).cloned().collect();
            next.push((name.into(), Arc::clone(&new)));
            let before = self.credentials.compare_and_swap(&*current, Arc::new(next));
            if Arc::ptr_eq(&before, &current) {
                return new;
            }
        }
    }

    /// All its credentials may be tried again.
    pub(crate) fn forgive(&self) {
        self.credentials.load().iter().for_each(|(_, credential)| credential.forgive());
    }

    /// Until when any of its credentials is refused, in nanoseconds since boot.
    pub(crate) fn refused_until(&self) -> u64 {
        let credentials = self.credentials.load();
        credentials.iter().map(|(_, credential)| credential.refused_until()).max().unwrap_or(0)
    }
}

/// The realms of a cache that are in use, but for the host program's own. With n of them, to find or to make
/// one takes O(log n) steps.
#[derive(Default)]
pub(crate) struct Realms {
    all: HashTrie<Weak<Realm>>,
    hasher: RandomState,
}

impl Realms {
    /// The realm of a name; made if there is none.
    pub(crate) fn get(&self, name: &str, limiter: impl FnOnce() -> Arc<dyn Limiter>) -> Arc<Realm> {
        let hash = self.hasher.hash_one(name);
        let is_it = |realm: &Weak<Realm>| {
            realm.upgrade().is_some_and(|realm| realm.name.as_deref() == Some(name))
        };
        if let Some(known) = self.all.get(hash, is_it).and_then(|realm| realm.upgrade()) {
            return known;
        }
        let new = Arc::new(Realm::new(Some(name.into()), limiter()));
        let is_used = |realm: &Weak<Realm>| realm.strong_count() > 0;
        loop {
            match self.all.add(hash, &Arc::downgrade(&new), is_it, is_used) {
                None => return new,
                Some(found) => {
                    if let Some(known) = found.upgrade() {
                        return known;
                    }
                }
            }
        }
    }

    /// Those that are in use.
    pub(crate) fn used(&self) -> Vec<Arc<Realm>> {
        self.all.all().iter().filter_map(Weak::upgrade).collect()
    }
}
