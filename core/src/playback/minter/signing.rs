//! What signs the tokens of a minter: its key, which can be exchanged, and the time of its tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::credentials::ApiKey;
use crate::error::Result;
use crate::sync;
use crate::token::{Claims, PlaybackGrant, Prefix, Template};

/// What signs, for all streams of a minter.
pub(super) struct Signing {
    current: ArcSwap<SigningKey>,
    claims: Claims,
    /// Raised after each exchange of the key.
    epoch: AtomicU64,
    /// What tells the time of the tokens, if that is not the cache's clock.
    clock: Option<Clock>,
}

/// A key with the tokens that it signs. Replaced as a whole when the key is exchanged.
pub(super) struct SigningKey {
    key: ApiKey,
    template: Template,
}

impl Signing {
    pub(super) fn new(key: &ApiKey, claims: Claims, clock: Option<Clock>) -> Self {
        let current = ArcSwap::from_pointee(SigningKey::new(key, &claims));
        Self { current, claims, epoch: AtomicU64::new(0), clock }
    }

    pub(super) fn key(&self) -> ApiKey {
        self.current.load().key.clone()
    }

    /// Checks an identity before a grant is fetched for it.
    pub(super) fn check_identity(&self, identity: &str) -> Result<()> {
        self.claims.check_identity(identity)
    }

    /// How often the key has been exchanged. Read before the key itself, so that what is prepared
    /// with a new key is never taken for what the old one signed.
    #[inline]
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// The Unix second to issue a token at, given that of the cache's clock.
    #[inline]
    pub(super) fn second(&self, of_cache: u64) -> u64 {
        self.clock.as_ref().map_or(of_cache, Clock::unix_seconds)
    }

    /// The prefix of all tokens around a grant in one second.
    pub(super) fn stamp(&self, second: u64, grant: &PlaybackGrant) -> Result<Prefix> {
        self.current.load().template.stamp(second, Some(grant))
    }

    /// Prepares another key.
    pub(super) fn prepare(&self, key: &ApiKey) -> Arc<SigningKey> {
        Arc::new(SigningKey::new(key, &self.claims))
    }

    /// Signs with another key from now on; returns the one before.
    pub(super) fn exchange(&self, next: Arc<SigningKey>) -> Arc<SigningKey> {
        let before = self.current.swap(next);
        sync::step();
        self.epoch.fetch_add(1, Ordering::Release);
        before
    }
}

impl SigningKey {
    fn new(key: &ApiKey, claims: &Claims) -> Self {
        Self { key: key.clone(), template: Template::new(key, claims.clone()) }
    }
}
