//! What the minters of one process share: the governor of an account, and the cache of everybody
//! who fetches the same grants with the same key.

use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::governor::Governor;
use crate::cache::{CachePolicy, GrantCache, WeakGrantCache};
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::sid::Sid;
use crate::upstream::Route;

/// Who is throttled together.
#[derive(Clone, PartialEq)]
pub(crate) struct AccountAt {
    pub(crate) base_url: Box<str>,
    pub(crate) account_sid: Sid,
}

/// Who may see each other's grants.
#[derive(Clone, PartialEq)]
pub(crate) enum CacheIdentity {
    /// The built-in client with one key, reaching upstream in one way.
    Key {
        account: AccountAt,
        key_sid: Sid,
        fingerprint: Fingerprint,
        route: Route,
        policy: CachePolicy,
    },
    /// All minters of the account that name it.
    Name { account: AccountAt, name: Box<str>, policy: CachePolicy },
}

/// Tells secrets apart without being one: of no use outside this process.
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of a key's secret.
pub(crate) fn fingerprint(key: &ApiKey) -> Result<Fingerprint> {
    let random = process_random()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&*random).expect("any length of key will do");
    mac.update(key.secret().expose());
    let tag = mac.finalize().into_bytes();
    Ok(std::array::from_fn(|index| tag[index]))
}

/// A key that only this process and its children know. Not in a `OnceLock`: a child forked while
/// another thread is inside it would wait for ever.
fn process_random() -> Result<Arc<[u8; 32]>> {
    static PROCESS: ArcSwapOption<[u8; 32]> = ArcSwapOption::const_empty();
    loop {
        let current = PROCESS.load();
        if let Some(random) = &*current {
            return Ok(Arc::clone(random));
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|_| Error::new(ErrorKind::Unsupported, "the system has no random numbers"))?;
        PROCESS.compare_and_swap(&current, Some(Arc::new(random)));
    }
}

/// The governor of an account, shared by all who use it now.
pub(crate) fn governor(account: &AccountAt) -> Arc<Governor> {
    find_or_add(
        |tables| {
            let found = tables.governors.iter().find(|(other, _)| other == account);
            found.and_then(|(_, governor)| governor.upgrade())
        },
        |tables, fresh: &Arc<Governor>| {
            tables.governors.push((account.clone(), Arc::downgrade(fresh)));
        },
        || Arc::new(Governor::new()),
    )
}

/// The cache of an identity, shared by all who use it now; made if there is none.
pub(crate) fn cache(identity: &CacheIdentity, make: impl Fn() -> GrantCache) -> GrantCache {
    find_or_add(
        |tables| {
            let found = tables.caches.iter().find(|(other, _)| other == identity);
            found.and_then(|(_, cache)| cache.upgrade())
        },
        |tables, fresh| {
            tables.caches.push((identity.clone(), fresh.downgrade()));
        },
        make,
    )
}

/// Weak references only: what nobody uses any more is gone.
#[derive(Clone, Default)]
struct Tables {
    governors: Vec<(AccountAt, Weak<Governor>)>,
    caches: Vec<(CacheIdentity, WeakGrantCache)>,
}

/// Finds something in the tables or adds it. The tables are replaced as a whole and without a lock:
/// a forked child may find them in any state but a broken one.
fn find_or_add<T: Clone>(
    find: impl Fn(&Tables) -> Option<T>,
    add: impl Fn(&mut Tables, &T),
    make: impl Fn() -> T,
) -> T {
    static TABLES: ArcSwapOption<Tables> = ArcSwapOption::const_empty();
    loop {
        let current = TABLES.load();
        if let Some(found) = current.as_deref().and_then(&find) {
            return found;
        }
        let fresh = make();
        let mut next = current.as_deref().cloned().unwrap_or_default();
        next.governors.retain(|(_, governor)| governor.strong_count() > 0);
        next.caches.retain(|(_, cache)| cache.is_used());
        add(&mut next, &fresh);
        let before = TABLES.compare_and_swap(&*current, Some(Arc::new(next)));
        if before.as_ref().map(Arc::as_ptr) == current.as_ref().map(Arc::as_ptr) {
            return fresh;
        }
    }
}
