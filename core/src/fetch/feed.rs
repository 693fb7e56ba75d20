//! A cache joined to the source that fetches for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::fetchers::{self, Job};
use super::lanes::Lane;
use super::source::Source;
use crate::cache::{self, BeginOptions, Beginner, Caller, GetFuture, Hit, Key, Tenant, Ticket};
use crate::error::Result;
use crate::watch::{self, Watched};

/// A cache and the source that fetches for it.
pub(crate) struct Feed {
    tenant: Tenant,
    source: ArcSwap<Arc<dyn Source>>,
    /// It has been closed: it looks after the fetches in flight and keeps nothing warm.
    closed: AtomicBool,
}

impl Feed {
    pub(crate) fn new(tenant: Tenant, source: Arc<dyn Source>) -> Arc<Self> {
        tenant.take_threads(!source.hands_on());
        let source = ArcSwap::from_pointee(source);
        Arc::new(Self { tenant, source, closed: AtomicBool::new(false) })
    }

    /// The part of the cache that is fetched for.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Fetches from another source from now on; returns the one before.
    pub(crate) fn set_source(&self, source: Arc<dyn Source>) -> Arc<Arc<dyn Source>> {
        self.tenant.take_threads(!source.hands_on());
        self.source.swap(Arc::new(source))
    }

    /// A grant, waiting for it if need be.
    #[inline]
    pub(crate) fn get(
        self: &Arc<Self>,
        from: &impl Beginner,
        options: BeginOptions,
    ) -> Result<Hit> {
        cache::get(from, options, |ticket, caller| self.dispatch_or_run(ticket, caller))
    }

    /// A grant that is there now and keeps the promise, or none. Never waits, and tells of no error
    /// but the caller's own; sets off the fetch that is due.
    pub(crate) fn try_get(
        self: &Arc<Self>,
        from: &impl Beginner,
        options: BeginOptions,
    ) -> Result<Option<Hit>> {
        cache::try_get(from, options, |ticket| self.dispatch(ticket))
    }

    /// A grant as a future, within the caller's time.
    pub(crate) fn get_async<B: Beginner>(
        self: &Arc<Self>,
        from: B,
        options: BeginOptions,
    ) -> GetFuture<B, impl Fn(Ticket) + use<B>> {
        let feed = Arc::clone(self);
        cache::get_async(from, options, move |ticket| feed.dispatch(ticket))
    }

    /// Fetches for a key before anybody asks for it.
    pub(crate) fn prefetch(self: &Arc<Self>, key: &Key) -> Result<()> {
        if let Some(ticket) = self.tenant.prefetch(key)? {
            self.dispatch(ticket);
        }
        Ok(())
    }

    /// Keeps a key fresh without it being read.
    pub(crate) fn keep_warm(self: &Arc<Self>, key: &Key, time: Duration) -> Result<()> {
        self.tenant.keep_warm(key, time, Arc::downgrade(self) as _)?;
        if self.closed.load(Ordering::Relaxed) {
            // It was closed meanwhile.
            self.tenant.let_cool();
        }
        watch::over(self);
        Ok(())
    }

    /// Sends nothing any more but what callers wait for.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.tenant.let_cool();
    }

    /// Has a fetch run, and watched in case it never ends.
    fn dispatch(self: &Arc<Self>, ticket: Ticket) {
        if let Err(job) = self.submit(ticket) {
            job.refuse();
        }
    }

    /// The same for a caller that blocks: where no thread can be started, it runs the fetch itself if it
    /// waits for it.
    fn dispatch_or_run(self: &Arc<Self>, ticket: Ticket, caller: Caller) {
        match self.submit(ticket) {
            Err(job) if caller == Caller::Waits => job.run_here(),
            Err(job) => job.refuse(),
            Ok(()) => {}
        }
    }

    fn submit(self: &Arc<Self>, ticket: Ticket) -> std::result::Result<(), Job> {
        watch::over(self.tenant.timeouts());
        let source = Arc::clone(&**self.source.load());
        fetchers::submit(Lane(self.tenant.part()), Job { ticket, source })
    }
}

/// What it keeps warm.
impl Watched for Feed {
    fn next_wakeup(&self) -> Option<Duration> {
        self.tenant.next_warm()
    }

    fn is_by_hand(&self) -> bool {
        self.tenant.cache().clock().is_manual()
    }

    fn poll(self: Arc<Self>) {
        for ticket in self.tenant.poll_warm() {
            self.dispatch(ticket);
        }
    }
}
