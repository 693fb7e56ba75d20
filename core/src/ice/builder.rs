//! How ICE servers are put together.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::coturn::Coturn;
use super::servers::{IceServers, Keys};
use super::services::{self, CLOUDFLARE, TWILIO};
use super::shape;
use crate::cache::{AccountOptions, CachePolicy, GrantCache};
use crate::clock::Clock;
use crate::credential::{Credential, CredentialBuilder};
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::fleet::Fleet;
use crate::rest::RestSourceBuilder;
use crate::setters::route_setters;
use crate::wiped::WipedString;

/// What credentials are asked for with unless it is said: a day, as Twilio does, which allows no more.
const TTL: u32 = 86_400;
const TWILIO_TTL_MAX: u32 = 86_400;
const TTL_MAX: u32 = 172_800;

/// Sets what [`IceServers`] shall not take from their defaults.
pub struct IceServersBuilder {
    from: From,
    options: Options,
}

#[derive(Default)]
struct Options {
    base_url: Option<String>,
    ttl: Option<u32>,
    session: Option<Duration>,
    proxy: Option<String>,
    ca_file: Option<PathBuf>,
    clock: Option<Clock>,
    cached: Vec<Setting>,
}

enum From {
    Twilio { account: String, user: WipedString, password: WipedString },
    Cloudflare { key_id: String, api_token: WipedString },
    Coturn { secret: WipedString, urls: Vec<String> },
    Rest(Box<RestSourceBuilder>),
}

/// What is said of the cache, by the name of its option.
type Setting = (&'static str, Box<dyn FnOnce(CredentialBuilder) -> CredentialBuilder + Send>);

impl IceServers {
    /// Twilio's, with an API key.
    #[must_use]
    pub fn twilio(key: &ApiKey) -> IceServersBuilder {
        let secret = String::from_utf8_lossy(key.secret().expose()).into_owned();
        Self::twilio_account_as(key.account_sid().as_str(), key.key_sid().as_str(), secret)
    }

    /// Twilio's, with an account's SID and its auth token.
    #[must_use]
    pub fn twilio_account(account_sid: &str, auth_token: impl Into<String>) -> IceServersBuilder {
        Self::twilio_account_as(account_sid, account_sid, auth_token.into())
    }

    fn twilio_account_as(account: &str, user: &str, password: String) -> IceServersBuilder {
        IceServersBuilder::new(From::Twilio {
            account: account.to_owned(),
            user: user.to_owned().into(),
            password: password.into(),
        })
    }

    /// Cloudflare's, with a TURN key and its API token.
    #[must_use]
    pub fn cloudflare(
        key_id: impl Into<String>,
        api_token: impl Into<String>,
    ) -> IceServersBuilder {
        let (key_id, api_token) = (key_id.into(), api_token.into().into());
        IceServersBuilder::new(From::Cloudflare { key_id, api_token })
    }

    /// Those of a coturn server with `use-auth-secret` and this `static-auth-secret`, at URLs such as
    /// `turn:turn.example:3478?transport=udp`. They are signed here, without a call.
    #[must_use]
    pub fn coturn<U: Into<String>>(
        secret: impl Into<String>,
        urls: impl IntoIterator<Item = U>,
    ) -> IceServersBuilder {
        let urls = urls.into_iter().map(Into::into).collect();
        IceServersBuilder::new(From::Coturn { secret: secret.into().into(), urls })
    }

    /// Those of any other service: a list of servers, one server, or an object that holds either as `iceServers`.
    #[must_use]
    pub fn rest(source: RestSourceBuilder) -> IceServersBuilder {
        IceServersBuilder::new(From::Rest(Box::new(source)))
    }
}

impl IceServersBuilder {
    fn new(from: From) -> Self {
        Self { from, options: Options::default() }
    }

    /// The lifetime to ask for in seconds, `1..=172_800`, with Twilio `1..=86_400`; a day by default. A source of your
    /// own has its own.
    #[must_use]
    pub fn ttl(mut self, seconds: u32) -> Self {
        self.options.ttl = Some(seconds);
        self
    }

    /// How long connections last that are made with what is handed out; half of the lifetime by default.
    #[must_use]
    pub fn session(mut self, time: Duration) -> Self {
        self.options.session = Some(time);
        self
    }

    /// Scheme, host and port of Twilio or Cloudflare, for an emulator.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.options.base_url = Some(url.into());
        self
    }

    route_setters!(options);

    /// The least remaining lifetime of what is handed out: see [`CredentialBuilder::min_remaining`].
    #[must_use]
    pub fn min_remaining(self, time: Duration) -> Self {
        self.cached("min_remaining", move |credential| credential.min_remaining(time))
    }

    /// How long a call waits; 5 s by default.
    #[must_use]
    pub fn timeout(self, time: Duration) -> Self {
        self.cached("timeout", move |credential| credential.timeout(time))
    }

    /// What is known of the account's limits.
    #[must_use]
    pub fn account(self, options: AccountOptions) -> Self {
        self.cached("account", move |credential| credential.account(options))
    }

    /// Uses this cache.
    #[must_use]
    pub fn cache(self, cache: &GrantCache) -> Self {
        let cache = cache.clone();
        self.cached("cache", move |credential| credential.cache(&cache))
    }

    /// Shares the cache with those that give this name: see [`CredentialBuilder::share`].
    #[must_use]
    pub fn share(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.cached("share", move |credential| credential.share(name))
    }

    /// Shares the cache with nobody.
    #[must_use]
    pub fn isolated(self) -> Self {
        self.cached("isolated", CredentialBuilder::isolated)
    }

    /// The windows and limits of the cache.
    #[must_use]
    pub fn policy(self, policy: CachePolicy) -> Self {
        self.cached("policy", move |credential| credential.policy(policy))
    }

    /// Shares what is fetched with the other processes of a fleet.
    #[must_use]
    pub fn fleet(self, fleet: Fleet) -> Self {
        self.cached("fleet", move |credential| credential.fleet(fleet))
    }

    /// Another clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.options.clock = Some(clock.into());
        self
    }

    fn cached(
        mut self,
        name: &'static str,
        set: impl FnOnce(CredentialBuilder) -> CredentialBuilder + Send + 'static,
    ) -> Self {
        self.options.cached.push((name, Box::new(set)));
        self
    }

    /// The servers. Makes no call.
    ///
    /// # Errors
    ///
    /// 1xx for what is out of its range or has no effect.
    pub fn build(self) -> Result<IceServers> {
        let Self { from, options } = self;
        match from {
            From::Coturn { secret, urls } => options.signed(&secret, &urls),
            From::Rest(source) => options.of_source(*source),
            From::Twilio { account, user, password } => {
                let (base, ttl) = (options.base(TWILIO), options.checked_ttl(TWILIO_TTL_MAX)?);
                let source = services::twilio(&base, &account, &user, &password, ttl)?;
                let own = [("url", "base_url")];
                options.fetched(source, Keys::All).map_err(|error| as_given(error, &own))
            }
            From::Cloudflare { key_id, api_token } => {
                let (base, ttl) = (options.base(CLOUDFLARE), options.checked_ttl(TTL_MAX)?);
                let source = services::cloudflare(&base, &key_id, &api_token, ttl);
                let own = [("url", "base_url"), ("auth", "api_token")];
                options.fetched(source, Keys::All).map_err(|error| as_given(error, &own))
            }
        }
    }
}

impl Options {
    fn base(&self, default: &str) -> String {
        self.base_url.clone().unwrap_or_else(|| default.to_owned())
    }

    fn checked_ttl(&self, max: u32) -> Result<u32> {
        let ttl = self.ttl.unwrap_or(TTL);
        if (1..=max).contains(&ttl) {
            return Ok(ttl);
        }
        let what = format!("must be 1 to {},{:03} seconds, not {ttl}", max / 1_000, max % 1_000);
        Err(Error::of_argument(ErrorKind::InvalidTtl, "ttl", what))
    }

    fn of_source(self, source: RestSourceBuilder) -> Result<IceServers> {
        let given = [("ttl", self.ttl.is_some()), ("base_url", self.base_url.is_some())];
        if let Some((name, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
            return Err(no_effect(name, "beside a source, which says so itself"));
        }
        self.fetched(source, Keys::OfSource)
    }

    fn signed(self, secret: &str, urls: &[String]) -> Result<IceServers> {
        let given = [
            ("base_url", self.base_url.is_some()),
            ("proxy", self.proxy.is_some()),
            ("ca_file", self.ca_file.is_some()),
            ("session", self.session.is_some()),
        ];
        let cached = self.cached.iter().map(|(name, _)| (*name, true));
        if let Some((name, _)) = given.into_iter().chain(cached).find(|(_, is_given)| *is_given) {
            return Err(no_effect(name, "with coturn, for which credentials are signed here"));
        }
        let ttl = self.checked_ttl(TTL_MAX)?;
        let clock = self.clock.unwrap_or_else(Clock::system);
        Ok(IceServers::signed(Coturn::new(secret, urls, ttl, clock)?))
    }

    fn fetched(self, mut source: RestSourceBuilder, keys: Keys) -> Result<IceServers> {
        let has_cache = self.cached.iter().any(|(name, _)| *name == "cache");
        if let Some(proxy) = self.proxy {
            source = source.proxy(proxy);
        }
        if let Some(file) = self.ca_file {
            source = source.ca_file(file);
        }
        let source = source.shaped(shape::servers).build()?;
        let is_kept_for_sessions = !source.is_exclusive() && !has_cache;
        let mut credential = Credential::builder(source).of_identities();
        if is_kept_for_sessions || self.session.is_some() {
            credential = credential.session(self.session);
        }
        for (_, set) in self.cached {
            credential = set(credential);
        }
        if let Some(clock) = self.clock {
            credential = credential.clock(clock);
        }
        Ok(IceServers::fetched(credential.build()?, keys))
    }
}

/// An error about a part of the source, by the name that the part was given under.
fn as_given(error: Error, own: &[(&str, &str)]) -> Error {
    match own.iter().find(|(part, _)| error.argument() == Some(*part)) {
        Some((_, given)) => error.with_argument(given),
        None => error,
    }
}

fn no_effect(argument: &str, why: &str) -> Error {
    let what = format!("has no effect {why}");
    Error::of_argument(ErrorKind::InvalidArgument, argument, what)
}

impl fmt::Debug for IceServersBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServersBuilder").field("ttl", &self.options.ttl).finish_non_exhaustive()
    }
}
