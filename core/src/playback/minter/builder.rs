//! How a playback minter is put together.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::options::TokenOptions;
use super::playback_minter::PlaybackMinter;
use super::shared::Shared;
use super::signing::Signing;
use super::streams::Streams;
#[cfg(test)]
use crate::account::Registry;
use crate::account::{self, AccountAt, CacheIdentity, Fingerprint, Sharing, User};
use crate::cache::{
    AccountOptions, CachePolicy, Credentials, GrantCache, Tenant, check_min_remaining,
};
use crate::clock::Clock;
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Feed;
use crate::fleet::Fleet;
use crate::fork::ForkMutex;
use crate::limits::TTL_DEFAULT;
use crate::playback::grant::{
    AsyncGrantSource, BuiltIn, ClientOptions, ForKeys, GRANT_TTL_MAX, Origin, check_ttl,
};
use crate::setters::{route_setters, sharing_setters};
use crate::token::{AccessTokenGrant, Claims, ClaimsOptions};
use crate::upstream::Route;

/// Sets what a [`PlaybackMinter`] shall not take from its defaults.
pub struct PlaybackMinterBuilder {
    key: ApiKey,
    origin: Option<String>,
    grants: Vec<AccessTokenGrant>,
    ttl: u64,
    unique: bool,
    grant_ttl: u32,
    defaults: TokenOptions,
    account: AccountOptions,
    source: Option<Arc<dyn AsyncGrantSource>>,
    client: ClientOptions,
    sharing: Sharing,
}

impl PlaybackMinterBuilder {
    fn new(key: &ApiKey) -> Self {
        Self {
            key: key.clone(),
            origin: None,
            grants: Vec::new(),
            ttl: TTL_DEFAULT,
            unique: true,
            grant_ttl: GRANT_TTL_MAX,
            defaults: TokenOptions::default(),
            account: AccountOptions::default(),
            source: None,
            client: ClientOptions::default(),
            sharing: Sharing::default(),
        }
    }

    /// The only web origin that may play the streams; any by default.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// A further grant in each token, beside the playback grant.
    #[must_use]
    pub fn grant(mut self, grant: impl Into<AccessTokenGrant>) -> Self {
        self.grants.push(grant.into());
        self
    }

    /// The lifetime of each token in seconds, `1..=86_400`; 3,600 by default.
    #[must_use]
    pub fn ttl(mut self, seconds: u64) -> Self {
        self.ttl = seconds;
        self
    }

    /// Whether each token has a `jti` of its own, as is the default, or Twilio's.
    #[must_use]
    pub fn unique(mut self, unique: bool) -> Self {
        self.unique = unique;
        self
    }

    /// The lifetime to ask for grants with, in seconds, `1..=60`; 60 by default.
    #[must_use]
    pub fn grant_ttl(mut self, seconds: u32) -> Self {
        self.grant_ttl = seconds;
        self
    }

    sharing_setters! {
        /// The least remaining lifetime of the grant in a token, net of the safety margin, at most half of
        /// `grant_ttl`. By default 5 s for grants of 60 s, 2 s for 15 s.
        min_remaining;
        /// What is known of the account's limits. Minters of one account at one endpoint share them; where they
        /// say different things, the lower one holds, and an event tells of it.
        account;
        /// Shares the cache with all minters of the account in this process that give this name, of 1 to 128
        /// bytes.
        share;
        /// Shares grants with the minters of other processes that name the same fleet: of all of them one fetches each
        /// grant, and after a 429 all wait. With a [`source`](Self::source), [`share`](Self::share) says what it fetches.
        fleet;
    }

    /// Fetches grants from somewhere else than the PlaybackGrant endpoint: a
    /// [`GrantSource`](crate::GrantSource) or an [`AsyncGrantSource`]. The cache is then not shared
    /// unless asked.
    #[must_use]
    pub fn source(mut self, source: impl AsyncGrantSource + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Scheme, host and port of upstream. Plain http is allowed on loopback only. The default is
    /// `https://media.twilio.com`, which Twilio closed in 2023.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.client.base_url = url.into();
        self
    }

    route_setters!(client);

    /// Shares with those of another registry than the process's.
    #[cfg(test)]
    #[must_use]
    pub(super) fn registry(mut self, registry: &Arc<Registry>) -> Self {
        self.sharing.registry = Arc::clone(registry);
        self
    }

    /// The minter. Makes no call and starts no thread.
    ///
    /// # Errors
    ///
    /// 1xx for what is out of its range or does not go together.
    pub fn build(self) -> Result<PlaybackMinter> {
        check_ttl(self.grant_ttl)?;
        self.account.check()?;
        let asked = Duration::from_secs(self.grant_ttl.into());
        self.defaults.min_remaining.map_or(Ok(()), |time| check_min_remaining(time, asked))?;
        let origin = self.origin.as_deref().map(Origin::parse).transpose()?;
        let claims = self.claims()?;
        let tenant = self.tenant()?;
        // A cache that is made here has the minter's clock.
        let clock = self.sharing.clock.clone().filter(|_| self.sharing.cache.is_some());
        let built_in = self.built_in();
        let source = match (&self.source, &built_in) {
            (Some(source), _) => Arc::clone(source),
            (None, built_in) => built_in.source(&self.key)?,
        };
        Ok(PlaybackMinter::new(Shared {
            feed: Feed::new(tenant, Arc::new(ForKeys(source))),
            signing: Signing::new(&self.key, claims, clock),
            rotating: ForkMutex::new(),
            grant_ttl: self.grant_ttl,
            origin,
            defaults: self.defaults,
            streams: Arc::new(Streams::default()),
            built_in: self.source.is_none().then_some(built_in),
        }))
    }

    /// The client of a minter that was given no source. Whoever shares nothing has its own connections.
    fn built_in(&self) -> BuiltIn {
        let is_alone = self.sharing.isolated || self.sharing.clock.is_some();
        BuiltIn::new(self.client.clone(), is_alone)
    }

    fn claims(&self) -> Result<Claims> {
        Claims::new(&ClaimsOptions {
            grants: self.grants.clone(),
            ttl: Some(self.ttl),
            unique: self.unique,
            with_player: true,
            ..ClaimsOptions::default()
        })
    }

    /// The minter's part of a cache.
    fn tenant(&self) -> Result<Tenant> {
        if self.source.is_some() {
            for (name, given) in
                [("proxy", self.client.proxy.is_some()), ("ca_file", self.client.ca_file.is_some())]
            {
                if given {
                    let what = "has no effect with source, which sends its own requests";
                    return Err(Error::of_argument(ErrorKind::InvalidArgument, name, what));
                }
            }
        }
        let route = self.client.route()?;
        let fingerprint = account::fingerprint(&self.key)?;
        let account = self.key.account_sid().as_str().into();
        let account = AccountAt { base_url: route.place().into(), account };
        let name = account::credential_name(&self.key, &fingerprint);
        self.sharing.tenant(User {
            account: &account,
            part: &account.name(),
            credentials: Credentials { name: &name, secret: self.key.secret().expose() },
            limits: &self.account,
            scope: &|namespace| self.scope(namespace, &account),
            identity: self.source.is_none().then(|| self.identity(&account, route, fingerprint)),
        })
    }

    /// What is fetched, as all processes of a fleet know it: grants of an endpoint, or whatever the source of this name
    /// brings.
    fn scope(&self, namespace: Option<String>, account: &AccountAt) -> String {
        match (&self.source, namespace) {
            (Some(_), Some(name)) => format!("{}@source:{name}", account.account),
            _ => account.name(),
        }
    }

    /// Who the cache is shared with.
    fn identity(
        &self,
        account: &AccountAt,
        route: Route,
        fingerprint: Fingerprint,
    ) -> CacheIdentity {
        CacheIdentity::Key {
            key_sid: *self.key.key_sid(),
            fingerprint,
            route,
            account: account.clone(),
            policy: self.sharing.policy.clone().unwrap_or_default(),
            fleet: self.sharing.fleet.clone(),
        }
    }
}

impl PlaybackMinter {
    /// A builder for minters that sign, and by default fetch, with this key.
    #[must_use]
    pub fn builder(key: &ApiKey) -> PlaybackMinterBuilder {
        PlaybackMinterBuilder::new(key)
    }
}

impl fmt::Debug for PlaybackMinterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaybackMinterBuilder").field("key", &self.key).finish_non_exhaustive()
    }
}
