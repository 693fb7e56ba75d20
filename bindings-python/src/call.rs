//! One call for a token that the host waits for: on its thread or on its event loop. The library's
//! threads leave here what came, and never call the interpreter.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use grantmint_core::{PendingCall, PlaybackToken, Result};
use pyo3::prelude::*;

use crate::error::{OrRaise as _, exception};
use crate::job::{Held, Job};
use crate::lock::lock;
use crate::playback_token;
use crate::port::Port;
use crate::source::Source;

/// How long a thread waits before it looks whether the user has pressed Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);

/// Where the news for one caller are left.
pub(crate) struct Letterbox {
    state: Mutex<State>,
    bell: Bell,
}

#[derive(Default)]
struct State {
    result: Option<Result<PlaybackToken>>,
    job: Option<Held>,
    closed: bool,
}

/// How the caller learns that there are news.
enum Bell {
    Thread(Condvar),
    Loop(Arc<Port>, u64),
}

/// What came.
pub(crate) enum News {
    Answer(Result<PlaybackToken>),
    /// The caller is to run its source.
    Lead(Held),
}

impl Letterbox {
    fn of_thread() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), bell: Bell::Thread(Condvar::new()) })
    }

    fn of_loop(port: Arc<Port>) -> Arc<Self> {
        let number = port.next_number();
        Arc::new(Self { state: Mutex::default(), bell: Bell::Loop(port, number) })
    }

    fn answer(&self, result: Result<PlaybackToken>) {
        lock(&self.state).result = Some(result);
        self.ring();
    }

    /// Hands the duty to fetch to this caller, or back if it does not wait any more.
    pub(crate) fn offer(&self, job: Held) -> Option<Held> {
        if let Bell::Loop(port, _) = &self.bell
            && port.is_deaf()
        {
            return Some(job);
        }
        let mut state = lock(&self.state);
        if state.closed || state.result.is_some() || state.job.is_some() {
            return Some(job);
        }
        state.job = Some(job);
        drop(state);
        self.ring();
        None
    }

    fn ring(&self) {
        match &self.bell {
            Bell::Thread(changed) => changed.notify_all(),
            Bell::Loop(port, number) => port.ring(*number),
        }
    }

    /// What came first: a job before an answer, since an answer ends the call.
    fn take(state: &mut State) -> Option<News> {
        match state.job.take() {
            Some(job) if state.result.is_none() => Some(News::Lead(job)),
            job => {
                // Too late to lead: whoever closes the letterbox hands the job on.
                state.job = job;
                state.result.take().map(News::Answer)
            }
        }
    }

    fn look(&self) -> Option<News> {
        Self::take(&mut lock(&self.state))
    }

    /// Waits for news, for a slice of time at most.
    fn wait(&self) -> Option<News> {
        let state = lock(&self.state);
        let Bell::Thread(changed) = &self.bell else { return None };
        let none = |state: &mut State| state.job.is_none() && state.result.is_none();
        let waited = changed.wait_timeout_while(state, SLICE, none);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        Self::take(&mut state)
    }

    /// Takes nothing more; returns the job that nobody took out.
    fn close(&self) -> Option<Held> {
        let mut state = lock(&self.state);
        state.closed = true;
        state.job.take()
    }
}

/// Begins a call: [`grantmint_core::PlaybackMinter::token_then`] of a minter, or of a stream.
pub(crate) trait Begin: FnOnce(Answer) -> PendingCall + Send {}
impl<F: FnOnce(Answer) -> PendingCall + Send> Begin for F {}

/// The callback of a call.
pub(crate) type Answer = Box<dyn FnOnce(Result<PlaybackToken>) + Send>;

/// A call that is waited for.
struct Waiting {
    letterbox: Arc<Letterbox>,
    pending: PendingCall,
}

impl Waiting {
    fn begin(
        letterbox: Arc<Letterbox>,
        source: Option<&Arc<Source>>,
        streamer: &str,
        begin: impl Begin,
    ) -> Self {
        // Signed up first: the duty to fetch may come before the call below returns.
        if let Some(source) = source {
            source.sign_up(streamer, &letterbox);
        }
        let answer = Arc::clone(&letterbox);
        let pending = begin(Box::new(move |result| answer.answer(result)));
        Self { letterbox, pending }
    }

    fn end(self, source: Option<&Arc<Source>>) {
        self.pending.cancel();
        if let Some(source) = source {
            source.leave(&self.letterbox);
            if let Some(job) = self.letterbox.close() {
                source.offer(job);
            }
        }
    }
}

/// A token, waiting for it on this thread. Ctrl-C ends the wait, not the fetch.
pub(crate) fn wait(
    py: Python<'_>,
    source: Option<&Arc<Source>>,
    streamer: &str,
    begin: impl Begin,
) -> PyResult<playback_token::PlaybackToken> {
    let letterbox = Letterbox::of_thread();
    let waiting = py.detach(|| Waiting::begin(Arc::clone(&letterbox), source, streamer, begin));
    let mut failure = None;
    let result = loop {
        match py.detach(|| letterbox.wait()) {
            Some(News::Answer(result)) => break Ok(result),
            Some(News::Lead(job)) => match run_source(py, source, job) {
                Ok(raised) => failure = raised,
                Err(error) => break Err(error),
            },
            None => {}
        }
        if let Err(error) = py.check_signals() {
            break Err(error);
        }
    };
    py.detach(|| waiting.end(source));
    match result? {
        Ok(token) => Ok(playback_token::PlaybackToken::new(py, &token)),
        Err(error) => Err(with_cause(py, &error, failure)),
    }
}

/// Runs the source on this thread; returns what it raised.
fn run_source(
    py: Python<'_>,
    source: Option<&Arc<Source>>,
    job: Held,
) -> PyResult<Option<Py<PyAny>>> {
    let Some(source) = source else { return Ok(None) };
    let job = Py::new(py, Job::new(job, Arc::clone(source)))?;
    let run = py.import("grantmint._sources")?.getattr("run")?;
    let raised = run.call1((job,))?;
    Ok((!raised.is_none()).then(|| raised.unbind()))
}

/// The exception of an error. Whoever ran the source that failed is shown what it raised.
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

/// A call that a task waits for.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct TokenCall {
    letterbox: Arc<Letterbox>,
    waiting: Mutex<Option<Waiting>>,
    source: Option<Arc<Source>>,
}

impl TokenCall {
    pub(crate) fn begin(
        py: Python<'_>,
        port: &Arc<Port>,
        source: Option<&Arc<Source>>,
        streamer: &str,
        begin: impl Begin,
    ) -> Self {
        let letterbox = Letterbox::of_loop(Arc::clone(port));
        let waiting = py.detach(|| {
            if let Some(source) = source {
                source.heard_from(port);
            }
            Waiting::begin(Arc::clone(&letterbox), source, streamer, begin)
        });
        Self { letterbox, waiting: Mutex::new(Some(waiting)), source: source.cloned() }
    }
}

#[pymethods]
impl TokenCall {
    /// What its loop's port calls it.
    #[getter]
    fn number(&self) -> u64 {
        match &self.letterbox.bell {
            Bell::Loop(_, number) => *number,
            Bell::Thread(_) => 0,
        }
    }

    /// The token, a Job to run, or None if neither has come; raises what the call ended in.
    fn step(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match py.detach(|| self.letterbox.look()) {
            None => Ok(None),
            Some(News::Answer(result)) => {
                let token = playback_token::PlaybackToken::new(py, &result.or_raise()?);
                Ok(Some(Py::new(py, token)?.into_any()))
            }
            Some(News::Lead(job)) => match &self.source {
                Some(source) => {
                    Ok(Some(Py::new(py, Job::new(job, Arc::clone(source)))?.into_any()))
                }
                None => Ok(None),
            },
        }
    }

    /// Ends the wait; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            let waiting = lock(&self.waiting).take();
            if let Some(waiting) = waiting {
                waiting.end(self.source.as_ref());
            }
        });
    }
}
