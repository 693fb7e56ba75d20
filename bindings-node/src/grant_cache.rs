//! The grant cache by itself, for grants of any service.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, Key};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::account;
use crate::argument::{from_ms, from_seconds, whole};
use crate::asked::Asked;
use crate::clock::{self, ManualClock};
use crate::error::{OrThrow as _, Result, from_napi};
use crate::fleet::Fleet;
use crate::hit::Hit;
use crate::inbox::What;
use crate::js_number::to_ms;
use crate::policy::PolicyOptions;
use crate::port::Port;
use crate::stats::{Event, Stats, events};
use crate::ticket::Ticket;
use crate::waiter::Waiter;

/// The lifetime of a key's grants if the caller gives none: that of Twilio's grants.
const TTL: Duration = Duration::from_secs(grantmint_core::GRANT_TTL_MAX as u64);

/// The native part of a `GrantCache`.
#[napi]
pub struct GrantCache {
    pub(crate) cache: grantmint_core::GrantCache,
}

/// How often a cache may fetch. What is left out has core's default.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct LimitOptions {
    pub rate_limited: Option<bool>,
    pub calls_per_second: Option<f64>,
    pub burst: Option<f64>,
    pub max_fetches: Option<f64>,
}

/// What is there at once.
#[napi(object, object_from_js = false)]
pub struct Tried {
    /// The grant.
    pub hit: Option<Hit>,
    /// The ticket, if a fetch is due.
    pub ticket: Option<Ticket>,
}

fn options(min_remaining_ms: Option<f64>, timeout_ms: Option<f64>) -> BeginOptions {
    BeginOptions::new()
        .min_remaining(min_remaining_ms.map(from_ms))
        .timeout(timeout_ms.map(from_ms))
}

fn key(text: &str, ttl: Option<f64>) -> Result<Key> {
    Key::new(text, ttl.map_or(TTL, from_seconds)).or_throw()
}

#[napi]
impl GrantCache {
    /// A cache.
    #[napi(catch_unwind, factory)]
    pub fn of(
        policy: Option<PolicyOptions>,
        clock: Option<&ManualClock>,
        limits: LimitOptions,
        fleet: Option<&Fleet>,
        namespace: Option<String>,
    ) -> Result<Self> {
        let mut builder = grantmint_core::GrantCache::builder().clock(clock::of(clock));
        if let Some(policy) = policy {
            builder = builder.policy(policy.to_core()?);
        }
        let account = account::options(limits.calls_per_second, limits.burst, limits.max_fetches);
        let builder = builder.limits(limits.rate_limited, &account).or_throw()?;
        let fleet = fleet.map(|fleet| &fleet.fleet);
        let builder = builder.fleet_if(fleet, namespace.as_deref()).or_throw()?;
        Ok(Self { cache: builder.build() })
    }

    /// Begins a call. Its answer comes through the port under a number, and before that a ticket if
    /// this call has to fetch the grant. Whether the answer is still to come.
    #[napi(catch_unwind)]
    pub fn get(
        &self,
        port: &Port,
        number: i64,
        text: String,
        ttl: Option<f64>,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) -> Result<bool> {
        let (key, options) = (key(&text, ttl)?, options(min_remaining_ms, timeout_ms));
        let inbox = Arc::clone(&port.inbox);
        let fetch = move |ticket| inbox.leave(number, What::Fetch(ticket));
        let grant = self.cache.get_async(&key, options, fetch);
        Ok(port.inbox.begin(number, Asked::Grant(Box::pin(grant))))
    }

    /// A grant that is there now, and a ticket if a fetch is due.
    #[napi(catch_unwind)]
    pub fn try_get(
        &self,
        port: &Port,
        text: String,
        ttl: Option<f64>,
        min_remaining_ms: Option<f64>,
    ) -> Result<Tried> {
        let (key, options) = (key(&text, ttl)?, options(min_remaining_ms, None));
        let due = Cell::new(None);
        let hit = self.cache.try_get(&key, options, |ticket| due.set(Some(ticket))).or_throw()?;
        let ticket = due.into_inner().map(|ticket| Ticket::new(ticket, &port.inbox));
        Ok(Tried { hit: hit.as_ref().map(Hit::from), ticket })
    }

    /// Asks for a grant: an object with `outcome`, and `hit`, `ticket` and `waiter` where there are.
    #[napi(catch_unwind)]
    pub fn begin<'env>(
        &self,
        env: &'env Env,
        port: &Port,
        text: String,
        ttl: Option<f64>,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) -> Result<Object<'env>> {
        let options = options(min_remaining_ms, timeout_ms);
        let begun = self.cache.begin(&key(&text, ttl)?, options).or_throw()?;
        let (outcome, hit, ticket, waiter) = match begun {
            Begin::Hit(hit) => ("hit", Some(Hit::from(&hit)), None, None),
            Begin::HitAndFetch(hit, ticket) => {
                ("hit_and_fetch", Some(Hit::from(&hit)), Some(ticket), None)
            }
            Begin::Fetch(ticket, waiter) => ("fetch", None, Some(ticket), Some(waiter)),
            Begin::Wait(waiter) => ("wait", None, None, Some(waiter)),
        };
        let ticket = ticket.map(|ticket| Ticket::new(ticket, &port.inbox));
        let object = || {
            let mut object = Object::new(env)?;
            object.set("outcome", outcome)?;
            object.set("hit", hit)?;
            object.set("ticket", ticket)?;
            object.set("waiter", waiter.map(Waiter::new))?;
            Ok(object)
        };
        object().map_err(|error: napi::Error| from_napi(&error))
    }

    /// The ticket to fetch a key's grant before anybody asks for it, if that is due.
    #[napi(catch_unwind)]
    pub fn prefetch(&self, port: &Port, text: String, ttl: Option<f64>) -> Result<Option<Ticket>> {
        let ticket = self.cache.prefetch(&key(&text, ttl)?).or_throw()?;
        Ok(ticket.map(|ticket| Ticket::new(ticket, &port.inbox)))
    }

    /// Keeps a key's grant fresh for a time, also if nobody asks for it.
    #[napi(catch_unwind)]
    pub fn keep_warm(&self, text: String, ms: f64, ttl: Option<f64>) -> Result<()> {
        self.cache.keep_warm(&key(&text, ttl)?, from_ms(ms)).or_throw()
    }

    /// Ends the fetches that are past their timeout, and gives the tickets that are due of keys kept warm.
    #[napi(catch_unwind)]
    pub fn poll(&self, port: &Port) -> Vec<Ticket> {
        self.cache.poll().into_iter().map(|ticket| Ticket::new(ticket, &port.inbox)).collect()
    }

    /// After how many milliseconds `poll` has something to do.
    #[napi(catch_unwind)]
    pub fn next_wakeup_ms(&self) -> Option<f64> {
        self.cache.next_wakeup().map(to_ms)
    }

    /// Empties one entry.
    #[napi(catch_unwind)]
    pub fn invalidate(&self, text: String, ttl: Option<f64>) -> Result<bool> {
        Ok(self.cache.invalidate(&key(&text, ttl)?))
    }

    /// Empties one entry if it holds the grant of this generation.
    #[napi(catch_unwind)]
    pub fn invalidate_if(&self, text: String, which: f64, ttl: Option<f64>) -> Result<bool> {
        Ok(self.cache.invalidate_if(&key(&text, ttl)?, whole(which)))
    }

    /// Empties the cache for all who share it.
    #[napi(catch_unwind)]
    pub fn purge(&self) {
        self.cache.purge();
    }

    /// Starts anew with other credentials.
    #[napi(catch_unwind)]
    pub fn rotate(&self) {
        self.cache.rotate();
    }

    /// What the cache has done.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Stats {
        Stats { stats: self.cache.stats() }
    }

    /// What happened lately.
    #[napi(catch_unwind)]
    pub fn drain_events(&self) -> Vec<Event> {
        events(self.cache.drain_events())
    }

    /// Behaves from now on as in a forked child.
    #[napi(catch_unwind)]
    pub fn simulate_fork(&self) {
        self.cache.simulate_fork();
    }
}
