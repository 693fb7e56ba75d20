//! A user of a cache: in which part of it, with which credential, and by which number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};

use super::realm::Realm;
use crate::cache::decide::{Credential, Lane};
use crate::fleet::Member;

/// A user of a cache: a minter, or the host program itself.
pub(crate) struct Requester {
    pub(crate) realm: Arc<Realm>,
    /// What it fetches with.
    credential: ArcSwap<Credential>,
    /// As what other processes know it, if it shares with any.
    member: ArcSwapOption<Member>,
    /// Tells it apart from all others.
    pub(crate) id: u64,
    /// Its fetches are run by the library's own threads.
    takes_threads: AtomicBool,
}

impl Requester {
    pub(crate) fn new(
        realm: Arc<Realm>,
        credential: Arc<Credential>,
        member: Option<Arc<Member>>,
    ) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            realm,
            credential: ArcSwap::new(credential),
            member: ArcSwapOption::new(member),
            id,
            takes_threads: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(crate) fn credential(&self) -> Guard<Arc<Credential>> {
        self.credential.load()
    }

    /// As what other processes know it; none if it shares with nobody.
    #[inline]
    pub(crate) fn member(&self) -> Guard<Option<Arc<Member>>> {
        self.member.load()
    }

    /// Fetches with another credential from now on; returns the one before.
    pub(crate) fn exchange(
        &self,
        credential: Arc<Credential>,
        member: Option<Arc<Member>>,
    ) -> Arc<Credential> {
        self.member.store(member);
        self.credential.swap(credential)
    }

    /// Says whether the library's own threads run its fetches.
    pub(crate) fn take_threads(&self, takes: bool) {
        self.takes_threads.store(takes, Ordering::Relaxed);
    }

    /// Where its fetches wait for their turns.
    pub(crate) fn lane(&self) -> Lane {
        let number = Arc::as_ptr(&self.realm).addr();
        Lane { number, takes_threads: self.takes_threads.load(Ordering::Relaxed) }
    }
}
