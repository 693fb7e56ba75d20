//! By what the minters of one process find what they share: an account at an endpoint, and a cache.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::cache::CachePolicy;
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::fleet::Fleet;
use crate::sid::Sid;
use crate::upstream::Route;

/// Who is throttled together.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccountAt {
    pub(crate) base_url: Box<str>,
    /// Its SID, or what else tells it apart.
    pub(crate) account: Box<str>,
}

impl AccountAt {
    /// By what a cache that several accounts use tells their parts apart.
    pub(crate) fn name(&self) -> String {
        format!("{}@{}", self.account, self.base_url)
    }
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
        fleet: Option<Fleet>,
    },
    /// Sources of credentials that are described in the same way, secrets and all.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "there are no such sources then"))]
    Source {
        account: AccountAt,
        fingerprint: Fingerprint,
        policy: CachePolicy,
        fleet: Option<Fleet>,
    },
    /// All minters of the account that name it.
    Name { account: AccountAt, name: Box<str>, policy: CachePolicy, fleet: Option<Fleet> },
}

/// A policy holds a number that could be unequal to itself, but is checked to lie between 0 and 1.
impl Eq for CacheIdentity {}

/// Without the policy, the route and the fleet, which are the same for most: they are compared all the same.
impl Hash for CacheIdentity {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Key { account, key_sid, fingerprint, .. } => {
                (account, key_sid, fingerprint).hash(hasher);
            }
            Self::Source { account, fingerprint, .. } => (account, fingerprint).hash(hasher),
            Self::Name { account, name, .. } => (account, name).hash(hasher),
        }
    }
}

/// Tells secrets apart without being one: of no use outside this process.
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of a key's secret.
pub(crate) fn fingerprint(key: &ApiKey) -> Result<Fingerprint> {
    fingerprint_of(key.secret().expose())
}

/// The fingerprint of a secret.
pub(crate) fn fingerprint_of(secret: &[u8]) -> Result<Fingerprint> {
    let random = process_random()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&*random).expect("any length of key will do");
    mac.update(secret);
    let tag = mac.finalize().into_bytes();
    Ok(std::array::from_fn(|index| tag[index]))
}

/// What tells an API key apart from others as a credential: its SID and the fingerprint of its secret.
pub(crate) fn credential_name(key: &ApiKey, fingerprint: &Fingerprint) -> Vec<u8> {
    [key.key_sid().as_str().as_bytes(), fingerprint].concat()
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
