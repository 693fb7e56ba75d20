//! How a credential is put together.

use std::fmt;
use std::time::Duration;

use super::fetcher::Fetcher;
use super::shared_credential::Credential;
use crate::account::{self, AccountAt, CacheIdentity, Sharing, User};
use crate::cache::{
    AccountOptions, BeginOptions, CachePolicy, Credentials, GrantCache, Tenant, check_min_remaining,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Feed;
use crate::fleet::Fleet;
use crate::rest::{Per, RestSource};
use crate::setters::sharing_setters;

/// Sets what a [`Credential`] shall not take from its defaults.
pub struct CredentialBuilder {
    source: RestSource,
    session: Option<Option<Duration>>,
    defaults: BeginOptions,
    account: AccountOptions,
    sharing: Sharing,
    shows_keys: bool,
}

impl CredentialBuilder {
    fn new(source: &RestSource) -> Self {
        Self {
            source: source.clone(),
            session: None,
            defaults: BeginOptions::default(),
            account: AccountOptions::default(),
            sharing: Sharing::default(),
            shows_keys: true,
        }
    }

    /// Credentials are handed to clients that go on with them for this long, such as a call: half of a lifetime if
    /// `None`. See [`CachePolicyBuilder::session`](crate::CachePolicyBuilder::session). By default one is used for one
    /// request, immediately.
    #[must_use]
    pub fn session(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.session = Some(time.into());
        self
    }

    sharing_setters! {
        /// The least remaining lifetime of what is handed out, net of the safety margin: at most half of the lifetime. By
        /// default a twelfth of it, and 30 s at most unless for a session.
        min_remaining;
        /// What is known of the account's limits: see [`AccountOptions`]. Those that have the same secrets at one origin
        /// share them.
        account;
        /// Shares the cache, within this process, with those of the same secrets at the same origin that give this name of
        /// 1 to 128 bytes. What is fetched by another description is never shared.
        share;
        /// Shares what is fetched with the other processes that name the same fleet: of all of them one fetches.
        fleet;
    }

    /// Keys are identities, of which events and logs show nothing.
    #[must_use]
    pub(crate) fn of_identities(mut self) -> Self {
        self.shows_keys = false;
        self
    }

    /// The credential. Makes no call and starts no thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for what is out of its range or does not go together.
    pub fn build(mut self) -> Result<Credential> {
        self.account.check()?;
        let longest = self.source.longest();
        self.defaults.min_remaining.map_or(Ok(()), |time| check_min_remaining(time, longest))?;
        self.check_session()?;
        self.check_exclusive()?;
        if self.source.per() == Per::Call {
            self.share_nothing()?;
        }
        self.sharing.policy = self.effective_policy();
        let tenant = self.tenant()?;
        let feed = Feed::new(tenant, std::sync::Arc::new(Fetcher(self.source.clone())));
        Ok(Credential::new(feed, self.source, self.defaults, self.shows_keys))
    }

    fn check_session(&self) -> Result<()> {
        if self.session.is_some() && self.sharing.cache.is_some() {
            return refused("session", "cannot be given with cache, which has a policy of its own");
        }
        match self.session.flatten() {
            Some(time) => CachePolicy::builder().session(time).build().map(drop),
            None => Ok(()),
        }
    }

    fn check_exclusive(&self) -> Result<()> {
        match self.source.is_exclusive() {
            true if self.sharing.fleet.is_none() => refused(
                "fleet",
                "is needed for a source that is exclusive: each process would end the others' credential",
            ),
            true if self.session.is_some() => refused(
                "session",
                "cannot be kept by a source that is exclusive: each credential ends the one before",
            ),
            _ => Ok(()),
        }
    }

    /// What is used once is nobody else's.
    fn share_nothing(&mut self) -> Result<()> {
        let ways = [
            ("cache", self.sharing.cache.is_some()),
            ("share", self.sharing.share.is_some()),
            ("fleet", self.sharing.fleet.is_some()),
        ];
        if let Some((name, _)) = ways.into_iter().find(|(_, is_given)| *is_given) {
            return refused(
                name,
                "cannot be given for a source that is per call: each credential is used once",
            );
        }
        self.sharing.isolated = true;
        Ok(())
    }

    /// The policy with what the source and its use ask for. A cache that was given has its own.
    fn effective_policy(&self) -> Option<CachePolicy> {
        let given = self.sharing.policy.clone();
        match (self.session, self.source.is_exclusive()) {
            (_, true) => Some(given.unwrap_or_default().exclusive()),
            (Some(session), _) => Some(given.unwrap_or_default().for_session(session)),
            (None, false) => given,
        }
    }

    fn tenant(&self) -> Result<Tenant> {
        let (fetched, caller) = (self.source.fetched(), self.source.caller());
        let fingerprint = account::fingerprint_of(self.source.whole())?;
        let throttled = hex(&account::fingerprint_of(caller)?);
        let account =
            AccountAt { base_url: self.source.origin().into(), account: throttled.into() };
        self.sharing.tenant(User {
            account: &account,
            part: &format!("{} {}", account.name(), hex(&fingerprint)),
            credentials: Credentials { name: caller, secret: fetched },
            limits: &self.account,
            scope: &|_| format!("rest:{} {}", self.source.origin(), hex(fetched)),
            identity: Some(CacheIdentity::Source {
                account: account.clone(),
                fingerprint,
                policy: self.sharing.policy.clone().unwrap_or_default(),
                fleet: self.sharing.fleet.clone(),
            }),
        })
    }
}

impl Credential {
    /// A builder for the credential that a source brings.
    #[must_use]
    pub fn builder(source: RestSource) -> CredentialBuilder {
        CredentialBuilder::new(&source)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(argument: &str, what: &str) -> Result<()> {
    Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
}

impl fmt::Debug for CredentialBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialBuilder").field("source", &self.source).finish_non_exhaustive()
    }
}
