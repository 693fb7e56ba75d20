//! One call for a token that its caller waits for: a thread, a task or a greenlet.
//!
//! The caller itself asks core for the token, holding the interpreter: what core judges then is what the
//! caller gets, however long it was held up before.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use grantmint_core::{PlaybackToken as CoreToken, Result, TokenFuture};
use pyo3::prelude::*;

use crate::error::{OrRaise as _, exception};
use crate::fork::Generation;
use crate::imported::RUN;
use crate::interrupt;
use crate::job::{Job, PendingFetch};
use crate::lock::lock;
use crate::mailbox::Mailbox;
use crate::playback_token::PlaybackToken;
use crate::port::Port;
use crate::source::{Place, Source};

const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A token, waiting for it on this thread. Ctrl-C ends the wait, not the fetch.
pub(crate) fn wait(
    py: Python<'_>,
    source: Option<&Arc<Source>>,
    streamer: &str,
    asked: TokenFuture,
) -> PyResult<PlaybackToken> {
    let mut call = OpenCall::new(Mailbox::of_thread(), source.cloned(), streamer, asked);
    let mut raised = None;
    let result = loop {
        if let Poll::Ready(result) = call.poll() {
            break Ok(result);
        }
        if let Some(fetch) = call.mailbox.take_fetch() {
            match run(py, fetch) {
                Ok(exception) => raised = exception,
                Err(error) => break Err(error),
            }
        } else if let Err(interrupted) = call.wait(py) {
            break Err(interrupted);
        }
        call.survive_fork(streamer);
    };
    py.detach(|| call.end());
    match result? {
        Ok(token) => Ok(PlaybackToken::new(py, token)),
        Err(error) => Err(with_cause(py, &error, raised)),
    }
}

/// Runs a fetch on this thread; returns the exception that the function raised, if it did.
fn run(py: Python<'_>, fetch: PendingFetch) -> PyResult<Option<Py<PyAny>>> {
    let job = Py::new(py, Job::new(fetch))?;
    let raised = RUN.call(py, (job,))?;
    Ok((!raised.is_none()).then(|| raised.unbind()))
}

/// The exception of an error. The caller that ran the function finds what it raised as the cause.
fn with_cause(py: Python<'_>, error: &grantmint_core::Error, cause: Option<Py<PyAny>>) -> PyErr {
    let raised = match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => return failure,
    };
    if let Some(cause) = cause
        && error.kind() == grantmint_core::ErrorKind::SourceFailed
    {
        raised.set_cause(py, Some(PyErr::from_value(cause.into_bound(py))));
    }
    raised
}

/// A call that has not been ended.
struct OpenCall {
    mailbox: Arc<Mailbox>,
    /// The source, and the caller's place among its waiters.
    source: Option<(Arc<Source>, Place)>,
    asked: TokenFuture,
    process: Generation,
}

impl OpenCall {
    fn new(
        mailbox: Arc<Mailbox>,
        source: Option<Arc<Source>>,
        streamer: &str,
        asked: TokenFuture,
    ) -> Self {
        // Added first: the fetch to run may come during the first look.
        let source = source.map(|source| {
            let place = source.add_caller(streamer, &mailbox);
            (source, place)
        });
        Self { mailbox, source, asked, process: Generation::now() }
    }

    /// The token, if there is one now.
    fn poll(&mut self) -> Poll<Result<CoreToken>> {
        self.mailbox.look();
        let waker = Waker::from(Arc::clone(&self.mailbox));
        self.asked.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Waits on this thread until there is something to look at, or for a while: the library watches
    /// the caller's time, unless it could start no thread for that.
    fn wait(&self, py: Python<'_>) -> PyResult<()> {
        let (mailbox, process, start) = (&self.mailbox, self.process, Instant::now());
        interrupt::wait(py, |time| {
            let is_child = process != Generation::now();
            let look = is_child || start.elapsed() >= LOOK_AGAIN || mailbox.wait(time);
            look.then_some(())
        })
    }

    /// In a child that was forked meanwhile, has the call go on there. A thread of the parent may hold
    /// the lock of the mailbox for ever.
    fn survive_fork(&mut self, streamer: &str) {
        if self.process == Generation::now() {
            return;
        }
        self.process = Generation::now();
        std::mem::forget(std::mem::replace(&mut self.mailbox, Mailbox::of_thread()));
        if let Some((source, place)) = &mut self.source {
            *place = source.add_caller(streamer, &self.mailbox);
        }
    }

    /// Ends the wait. A fetch that this caller was to run and has not taken out goes to others.
    fn end(self) {
        let Self { mailbox, source, asked, .. } = self;
        drop(asked);
        let Some((source, place)) = source else { return };
        source.remove_caller(place);
        if let Some(fetch) = mailbox.close() {
            source.offer(fetch);
        }
    }
}

/// A call that a task or a greenlet waits for.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct TokenCall {
    mailbox: Arc<Mailbox>,
    /// Locked only by who holds the interpreter, so no fork comes between.
    call: Mutex<Option<OpenCall>>,
}

impl TokenCall {
    pub(crate) fn new(
        port: &Arc<Port>,
        source: Option<&Arc<Source>>,
        streamer: &str,
        asked: TokenFuture,
    ) -> Self {
        let mailbox = Mailbox::of_task(Arc::clone(port));
        if let Some(source) = source
            && source.is_coroutine()
        {
            source.note_port(port);
        }
        let call = OpenCall::new(Arc::clone(&mailbox), source.cloned(), streamer, asked);
        Self { mailbox, call: Mutex::new(Some(call)) }
    }
}

#[pymethods]
impl TokenCall {
    /// The number under which its port names it.
    #[getter]
    fn number(&self) -> u64 {
        self.mailbox.number()
    }

    /// The token, a Job to run, or None if neither has come; raises the error of the call.
    fn step(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let mut open = lock(&self.call);
        let Some(call) = open.as_mut() else { return Ok(None) };
        let polled = call.poll();
        drop(open);
        if let Poll::Ready(result) = polled {
            self.close(py);
            return Ok(Some(Py::new(py, PlaybackToken::new(py, result.or_raise()?))?.into_any()));
        }
        let fetch = self.mailbox.take_fetch();
        fetch.map(|fetch| Ok(Py::new(py, Job::new(fetch))?.into_any())).transpose()
    }

    /// Ends the wait; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        let call = lock(&self.call).take();
        if let Some(call) = call {
            py.detach(|| call.end());
        }
    }
}
