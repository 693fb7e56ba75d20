//! Where the library's threads leave what they have for one environment (the main thread or a worker),
//! and the one handle that wakes it. They never call JavaScript themselves.
//!
//! When the environment ends, a cleanup hook closes the port: the handle is released while nobody can
//! be about to use it, calls are taken back, and duties to fetch are dropped so that others take them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use grantmint_core::{Error, PendingCall, PlaybackToken};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

use crate::error::{Result, code, from_napi};
use crate::hit::Hit;
use crate::source::{Held, Job};
use crate::ticket::Ticket;
use crate::time::{number, to_ms};

/// Wakes the environment; does not keep it alive unless told to.
type Bell = ThreadsafeFunction<(), (), (), Status, false, true>;

/// What the threads see of an environment.
#[derive(Default)]
pub(crate) struct Desk(Mutex<State>);

#[derive(Default)]
struct State {
    /// None before the port is made, and after the environment has ended.
    bell: Option<Bell>,
    /// Whether the environment has been told and has not looked yet.
    told: bool,
    /// The calls that wait.
    calls: HashMap<i64, PendingCall>,
    news: Vec<News>,
    jobs: VecDeque<Held>,
    /// Duties to fetch that JavaScript holds, some of them ended.
    duties: Vec<Weak<dyn Duty>>,
}

/// What came for a call, by its number.
struct News(i64, What);

enum What {
    Token(grantmint_core::Result<PlaybackToken>),
    Grant(grantmint_core::Result<grantmint_core::Hit>),
    /// The duty to fetch for it.
    Lead(grantmint_core::Ticket),
    /// Its waiter should look.
    Rung,
}

impl What {
    fn is_answer(&self) -> bool {
        matches!(self, Self::Token(_) | Self::Grant(_))
    }
}

/// A duty to fetch that is dropped with the environment.
pub(crate) trait Duty: Send + Sync {
    fn give_up(&self);
}

/// A panic elsewhere leaves nothing half done under these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Leaves the answer to a call for a token.
    pub(crate) fn answer(&self, number: i64, result: grantmint_core::Result<PlaybackToken>) {
        self.leave(number, What::Token(result));
    }

    /// Leaves the answer to a call for a grant.
    pub(crate) fn grant(&self, number: i64, result: grantmint_core::Result<grantmint_core::Hit>) {
        self.leave(number, What::Grant(result));
    }

    /// Leaves a call the duty to fetch. Where the environment has ended it is dropped.
    pub(crate) fn lead(&self, number: i64, ticket: grantmint_core::Ticket) {
        self.leave(number, What::Lead(ticket));
    }

    /// Says that a waiter should look.
    pub(crate) fn ring(&self, number: i64) {
        self.leave(number, What::Rung);
    }

    /// Leaves a duty to fetch. Where the environment has ended it is dropped: whoever waits begins
    /// again.
    pub(crate) fn offer(&self, job: Held) {
        let mut job = Some(job);
        self.tell(|state| state.jobs.extend(job.take()));
    }

    /// Notes a call, so that it can be taken back.
    pub(crate) fn note(&self, number: i64, call: PendingCall) {
        let mut state = lock(&self.0);
        if state.bell.is_some() {
            state.calls.insert(number, call);
            return;
        }
        drop(state);
        call.cancel();
    }

    /// Notes a duty that JavaScript has taken over.
    pub(crate) fn watch(&self, duty: &Arc<impl Duty + 'static>) {
        let weak = Arc::downgrade(duty);
        let mut state = lock(&self.0);
        // Those that ended make room when as many are alive as there is room for.
        if state.duties.len() == state.duties.capacity() {
            state.duties.retain(|duty| duty.strong_count() > 0);
        }
        state.duties.push(weak);
    }

    /// A ticket that is dropped with the environment.
    pub(crate) fn held(&self, ticket: grantmint_core::Ticket) -> Ticket {
        let ticket = Ticket::new(ticket);
        self.watch(ticket.duty());
        ticket
    }

    fn leave(&self, number: i64, what: What) {
        let mut news = Some(News(number, what));
        self.tell(|state| state.news.extend(news.take()));
    }

    fn tell(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.0);
        if state.bell.is_none() {
            return;
        }
        change(&mut state);
        let told = std::mem::replace(&mut state.told, true);
        // Under the lock: whoever closes the port takes the bell first.
        if !told && let Some(bell) = &state.bell {
            bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    fn close(&self) {
        // Nothing of it is dropped under the lock: it may lead back here.
        let State { bell, calls, news, jobs, duties, .. } = std::mem::take(&mut *lock(&self.0));
        drop(bell);
        for call in calls.into_values() {
            call.cancel();
        }
        for duty in duties {
            if let Some(duty) = duty.upgrade() {
                duty.give_up();
            }
        }
        drop((news, jobs));
    }
}

/// What came for a call: a token, a grant, an error, both (a degraded token with its reason), a duty to
/// fetch, or nothing: its waiter should look.
#[napi(object, object_from_js = false)]
pub struct Delivery {
    /// The call.
    pub number: i64,
    /// The token.
    pub jwt: Option<String>,
    /// How long its grant is still good.
    pub remaining_ms: Option<f64>,
    /// How good it is.
    pub freshness: Option<&'static str>,
    /// Which grant it is.
    pub generation: Option<f64>,
    /// The error, as it would be thrown.
    pub code: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// The grant.
    pub hit: Option<Hit>,
    /// The duty to fetch.
    pub ticket: Option<Ticket>,
}

impl Delivery {
    fn nothing(number: i64) -> Self {
        Self {
            number,
            jwt: None,
            remaining_ms: None,
            freshness: None,
            generation: None,
            code: None,
            message: None,
            hit: None,
            ticket: None,
        }
    }

    fn token(id: i64, token: PlaybackToken) -> Self {
        Self {
            jwt: Some(token.jwt),
            remaining_ms: Some(to_ms(token.grant_remaining)),
            freshness: Some(token.freshness.as_str()),
            generation: Some(number(token.generation)),
            code: token.reason.as_ref().map(code),
            message: token.reason.as_ref().map(|reason| reason.message().to_owned()),
            ..Self::nothing(id)
        }
    }

    fn error(number: i64, error: &Error) -> Self {
        let message = Some(error.message().to_owned());
        Self { code: Some(code(error)), message, ..Self::nothing(number) }
    }

    fn of(News(number, what): News, desk: &Desk) -> Self {
        match what {
            What::Token(Ok(token)) => Self::token(number, token),
            What::Grant(Ok(hit)) => Self { hit: Some(Hit::from(&hit)), ..Self::nothing(number) },
            What::Token(Err(error)) | What::Grant(Err(error)) => Self::error(number, &error),
            What::Lead(ticket) => Self { ticket: Some(desk.held(ticket)), ..Self::nothing(number) },
            What::Rung => Self::nothing(number),
        }
    }
}

/// The port of one environment.
#[napi]
pub struct Port {
    pub(crate) desk: Arc<Desk>,
}

#[napi]
impl Port {
    /// A port whose environment looks into it by calling a function.
    #[napi(catch_unwind, factory)]
    pub fn open(env: &Env, look: Function<'_, (), ()>) -> Result<Self> {
        let desk = Arc::new(Desk::default());
        let bell = look.build_threadsafe_function::<()>().weak::<true>().build();
        lock(&desk.0).bell = Some(bell.map_err(|error| from_napi(&error))?);
        // Made after the bell, so that it runs before Node ends the bell by itself.
        env.add_env_cleanup_hook(Arc::clone(&desk), |desk| desk.close())
            .map_err(|error| from_napi(&error))?;
        Ok(Self { desk })
    }

    /// Whether to keep the environment alive.
    #[napi(catch_unwind)]
    #[allow(deprecated, reason = "a clone cannot be kept only while somebody waits: it stays weak")]
    pub fn keep_alive(&self, env: &Env, keep: bool) -> Result<()> {
        match &mut lock(&self.desk.0).bell {
            Some(bell) if keep => bell.refer(env),
            Some(bell) => bell.unref(env),
            None => Ok(()),
        }
        .map_err(|error| from_napi(&error))
    }

    /// What came since the last look.
    #[napi(catch_unwind)]
    pub fn take(&self) -> Vec<Delivery> {
        let mut state = lock(&self.desk.0);
        state.told = false;
        let news = std::mem::take(&mut state.news);
        let answered: Vec<_> = news
            .iter()
            .filter(|News(_, what)| what.is_answer())
            .filter_map(|News(number, _)| state.calls.remove(number))
            .collect();
        drop(state);
        drop(answered);
        news.into_iter().map(|news| Delivery::of(news, &self.desk)).collect()
    }

    /// A duty to fetch, if there is one.
    #[napi(catch_unwind)]
    pub fn next_job(&self) -> Option<Job> {
        let held = lock(&self.desk.0).jobs.pop_front()?;
        let job = Job::new(held);
        self.desk.watch(job.duty());
        Some(job)
    }

    /// Takes a call back; the fetch goes on.
    #[napi(catch_unwind)]
    pub fn cancel(&self, number: i64) {
        let call = lock(&self.desk.0).calls.remove(&number);
        if let Some(call) = call {
            call.cancel();
        }
    }
}
