//! One call for a token that its caller waits for: a thread, a task or a greenlet.

use std::sync::Arc;

use grantmint_core::{PendingCall, Result};
use pyo3::prelude::*;

use crate::error::{OrRaise as _, exception};
use crate::imported::RUN;
use crate::interrupt;
use crate::job::{Job, PendingFetch};
use crate::mailbox::{Mailbox, Message};
use crate::one_use::OneUse;
use crate::playback_token::PlaybackToken;
use crate::port::Port;
use crate::source::Source;

/// Begins a call: [`grantmint_core::PlaybackMinter::token_then`] of a minter, or of a stream.
pub(crate) trait Begin: FnOnce(Answer) -> PendingCall + Send {}
impl<F: FnOnce(Answer) -> PendingCall + Send> Begin for F {}

/// The callback of a call.
pub(crate) type Answer = Box<dyn FnOnce(Result<grantmint_core::PlaybackToken>) + Send>;

/// A token, waiting for it on this thread. Ctrl-C ends the wait, not the fetch.
pub(crate) fn wait(
    py: Python<'_>,
    source: Option<&Arc<Source>>,
    streamer: &str,
    begin: impl Begin,
) -> PyResult<PlaybackToken> {
    let mailbox = Mailbox::of_thread();
    let call =
        py.detach(|| OpenCall::begin(Arc::clone(&mailbox), source.cloned(), streamer, begin));
    let mut raised = None;
    let result = loop {
        match interrupt::wait(py, |time| mailbox.wait(time)) {
            Ok(Message::Answer(result)) => break Ok(result),
            Ok(Message::Fetch(fetch)) => match run(py, fetch) {
                Ok(exception) => raised = exception,
                Err(error) => break Err(error),
            },
            Err(interrupted) => break Err(interrupted),
        }
    };
    py.detach(|| call.end());
    match result? {
        Ok(token) => Ok(PlaybackToken::new(py, &token)),
        Err(error) => Err(with_cause(py, &error, raised)),
    }
}

/// Runs a fetch on this thread; returns the exception that the function raised, if it did.
fn run(py: Python<'_>, fetch: PendingFetch) -> PyResult<Option<Py<PyAny>>> {
    let job = Py::new(py, Job::new(fetch))?;
    let raised = RUN.get(py)?.call1((job,))?;
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

/// A call that has begun and has not been ended.
struct OpenCall {
    mailbox: Arc<Mailbox>,
    source: Option<Arc<Source>>,
    pending: PendingCall,
}

impl OpenCall {
    fn begin(
        mailbox: Arc<Mailbox>,
        source: Option<Arc<Source>>,
        streamer: &str,
        begin: impl Begin,
    ) -> Self {
        // Added first: the fetch to run may come before the call below returns.
        if let Some(source) = &source {
            source.add_caller(streamer, &mailbox);
        }
        let answered = Arc::clone(&mailbox);
        let pending = begin(Box::new(move |result| answered.answer(result)));
        Self { mailbox, source, pending }
    }

    /// Ends the wait. A fetch that this caller was to run and has not taken out goes to others.
    fn end(self) {
        self.pending.cancel();
        if let Some(source) = &self.source {
            source.remove_caller(&self.mailbox);
            if let Some(fetch) = self.mailbox.close() {
                source.offer(fetch);
            }
        }
    }
}

/// A call that a task or a greenlet waits for.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct TokenCall {
    mailbox: Arc<Mailbox>,
    call: OneUse<OpenCall>,
}

impl TokenCall {
    pub(crate) fn begin(
        py: Python<'_>,
        port: &Arc<Port>,
        source: Option<&Arc<Source>>,
        streamer: &str,
        begin: impl Begin,
    ) -> Self {
        let mailbox = Mailbox::of_task(Arc::clone(port));
        let call = py.detach(|| {
            if let Some(source) = source
                && source.is_coroutine()
            {
                source.note_port(port);
            }
            OpenCall::begin(Arc::clone(&mailbox), source.cloned(), streamer, begin)
        });
        Self { mailbox, call: OneUse::new(call) }
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
        match py.detach(|| self.mailbox.take()) {
            None => Ok(None),
            Some(Message::Answer(result)) => {
                let token = PlaybackToken::new(py, &result.or_raise()?);
                Ok(Some(Py::new(py, token)?.into_any()))
            }
            Some(Message::Fetch(fetch)) => Ok(Some(Py::new(py, Job::new(fetch))?.into_any())),
        }
    }

    /// Ends the wait; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        self.call.use_up(py, OpenCall::end);
    }
}
