//! The port of one environment (the main thread or a worker), through which it takes out what the
//! library's threads leave for it.
//!
//! A cleanup hook closes the inbox when the environment ends.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Function, Object};
use napi_derive::napi;

use crate::delivery::Delivery;
use crate::error::{Result, from_napi};
use crate::hot::waker::EnvWaker;
use crate::inbox::Inbox;
use crate::job::Job;

/// The port of one environment.
#[napi]
pub struct Port {
    pub(crate) inbox: Arc<Inbox>,
}

#[napi]
impl Port {
    /// A port whose environment looks into it when `look` is called. `resource` stands for it in async hooks.
    #[napi(catch_unwind, factory)]
    pub fn open(env: &Env, resource: Object<'_>, look: Function<'_, (), ()>) -> Result<Self> {
        let inbox = Arc::new(Inbox::default());
        inbox.open(EnvWaker::new(env, resource, look).map_err(|error| from_napi(&error))?);
        // Added after the waker was made, so that it runs before Node ends the waker by itself.
        env.add_env_cleanup_hook(Arc::clone(&inbox), |inbox| inbox.close())
            .map_err(|error| from_napi(&error))?;
        Ok(Self { inbox })
    }

    /// Whether to keep the environment alive.
    #[napi(catch_unwind)]
    pub fn keep_alive(&self, env: &Env, keep: bool) -> Result<()> {
        let kept =
            self.inbox.with_waker(|waker| if keep { waker.refer(env) } else { waker.unref(env) });
        kept.unwrap_or(Ok(())).map_err(|error| from_napi(&error))
    }

    /// What came for calls since the last look.
    #[napi(catch_unwind)]
    pub fn take(&self) -> Vec<Delivery> {
        let news = self.inbox.take_news().into_iter();
        news.map(|news| Delivery::of(news, &self.inbox)).collect()
    }

    /// A fetch that a source has to run, if there is one.
    #[napi(catch_unwind)]
    pub fn next_job(&self) -> Option<Job> {
        self.inbox.take_job().map(|job| Job::new(job, &self.inbox))
    }

    /// Cancels a call. The fetch that it waits for goes on.
    #[napi(catch_unwind)]
    pub fn cancel(&self, number: i64) {
        self.inbox.cancel(number);
    }
}
