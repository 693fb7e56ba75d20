//! With whom a cache is shared, as those say it who use one, and their part of the cache that comes of it.

use std::sync::Arc;

use super::identity::{AccountAt, CacheIdentity};
use super::limiter::AccountLimiter;
use super::registry::Registry;
use crate::cache::{AccountOptions, CachePolicy, Credentials, GrantCache, Limiter, Tenant};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fleet::{Access, Fleet};

/// The longest name of a shared cache.
const NAME_MAX_BYTES: usize = 128;

/// With whom a cache is shared. Nothing said: with all who are found by the same identity.
pub(crate) struct Sharing {
    pub(crate) cache: Option<GrantCache>,
    pub(crate) share: Option<String>,
    pub(crate) isolated: bool,
    pub(crate) policy: Option<CachePolicy>,
    pub(crate) fleet: Option<Fleet>,
    pub(crate) clock: Option<Clock>,
    /// Where it is found what is shared.
    pub(crate) registry: Arc<Registry>,
}

/// Who wants a part of a cache.
pub(crate) struct User<'a> {
    /// Who is throttled together.
    pub(crate) account: &'a AccountAt,
    /// By which the part of the cache is found.
    pub(crate) part: &'a str,
    pub(crate) credentials: Credentials<'a>,
    pub(crate) limits: &'a AccountOptions,
    /// What is fetched, as all processes of a fleet know it, given what they named it.
    pub(crate) scope: &'a dyn Fn(Option<String>) -> String,
    /// By what the cache is found if no name is said; none for a cache of its own.
    pub(crate) identity: Option<CacheIdentity>,
}

impl Default for Sharing {
    fn default() -> Self {
        Self {
            cache: None,
            share: None,
            isolated: false,
            policy: None,
            fleet: None,
            clock: None,
            registry: Registry::of_process(),
        }
    }
}

impl Sharing {
    /// The part of the cache that was given, named, shared by all of one identity, or its own.
    pub(crate) fn tenant(&self, user: User<'_>) -> Result<Tenant> {
        self.one_way_to_share()?;
        if let Some(cache) = &self.cache {
            for (name, given) in
                [("policy", self.policy.is_some()), ("fleet", self.fleet.is_some())]
            {
                if given {
                    return clash(name, "cannot be given with cache, which has its own");
                }
            }
            return Ok(self.tenant_of(cache.clone(), &user));
        }
        if let Some(clock) = &self.clock {
            self.check_clock()?;
            return Ok(self.tenant_of(self.new_cache(clock.clone(), None), &user));
        }
        if self.fleet.is_some() && user.identity.is_none() && self.share.is_none() {
            return clash("fleet", "needs share beside source: a name for what that fetches");
        }
        let access = self.fleet.as_ref().map(|fleet| self.access(fleet)).transpose()?;
        let make = || self.new_cache(self.registry.clock(), access.as_ref());
        let cache = match self.identity(&user)? {
            Some(identity) => self.registry.cache(&identity, make),
            None => make(),
        };
        Ok(self.tenant_of(cache, &user))
    }

    /// A cache is given, named or its own: at most one of the three.
    fn one_way_to_share(&self) -> Result<()> {
        let ways = [
            ("cache", self.cache.is_some()),
            ("share", self.share.is_some()),
            ("isolated", self.isolated),
        ];
        let mut given = ways.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name);
        match (given.next(), given.next()) {
            (Some(one), Some(other)) => {
                clash(other, &format!("cannot be given with {one}: give one of the two"))
            }
            _ => Ok(()),
        }
    }

    fn check_clock(&self) -> Result<()> {
        if self.share.is_some() {
            return clash(
                "share",
                "cannot be given with clock: a cache with its own clock is not shared",
            );
        }
        if self.fleet.is_some() {
            return clash(
                "fleet",
                "cannot be given with clock: other processes go by the machine's",
            );
        }
        Ok(())
    }

    /// The store that all processes of a fleet share.
    fn access(&self, fleet: &Fleet) -> Result<Arc<Access>> {
        Ok(Access::new(fleet.open()?, fleet.own_secret(), self.share.as_deref()))
    }

    /// Who the cache is shared with, if anybody.
    fn identity(&self, user: &User<'_>) -> Result<Option<CacheIdentity>> {
        let Some(name) = &self.share else {
            return Ok(user.identity.clone().filter(|_| !self.isolated));
        };
        if name.is_empty() || name.len() > NAME_MAX_BYTES {
            let what = format!("must have 1 to 128 bytes, not {}", name.len());
            return clash("share", &what);
        }
        Ok(Some(CacheIdentity::Name {
            account: user.account.clone(),
            name: name.as_str().into(),
            policy: self.policy.clone().unwrap_or_default(),
            fleet: self.fleet.clone(),
        }))
    }

    fn tenant_of(&self, cache: GrantCache, user: &User<'_>) -> Tenant {
        let scope = (user.scope)(cache.namespace());
        // By another clock an account's times mean nothing.
        let is_manual = cache.clock().is_manual();
        let limiter = || -> Arc<dyn Limiter> {
            match is_manual && !self.registry.clock().is_manual() {
                true => Arc::new(AccountLimiter::new()),
                false => self.registry.limiter(user.account),
            }
        };
        let tenant = Tenant::new(cache, user.part, &scope, &user.credentials, limiter);
        tenant.limit(user.limits);
        tenant
    }

    fn new_cache(&self, clock: Clock, fleet: Option<&Arc<Access>>) -> GrantCache {
        let policy = self.policy.clone().unwrap_or_default();
        let builder = GrantCache::builder().policy(policy).clock(clock);
        match fleet {
            Some(fleet) => builder.shared_by(fleet).build(),
            None => builder.build(),
        }
    }
}

fn clash<T>(argument: &str, what: &str) -> Result<T> {
    Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
}
