//! When a cache refreshes grants and makes callers wait, and how many grants it holds.

use std::time::Duration;

use grantmint_core::ErrorKind;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::argument::{given, refusal};
use crate::builder::set_given;
use crate::error::{OrRaise as _, invalid};
use crate::number::{Count, Number};
use crate::time::Seconds;
use crate::unknown;

/// When a cache refreshes grants, when it makes callers wait, and how many streams it holds. Times
/// that are left out are derived from the lifetime of each grant.
///
/// Args:
///     wait_below: Below this remaining lifetime callers wait for a fetch, in seconds; 20 for grants of
///         60 s, 5 for 15 s.
///     soft_point: At this remaining lifetime a refresh is due, in seconds; 30 for grants of 60 s, 8
///         for 15 s.
///     safety_margin: Subtracted from every lifetime, for clocks that differ and for time in transit,
///         in seconds; 2 for grants of 60 s, 1 for 15 s.
///     fetch_timeout: How long one fetch may take, in seconds, at most 48 hours; 4 for grants of 60 s,
///         3 for 15 s.
///     max_keys: How many streams the cache holds at most: 10,000 if left out.
///     jitter: Used in place of every random number, 0 to 1, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_argument.
///
/// Example:
///     >>> CachePolicy(max_keys=100, fetch_timeout=2)
///     CachePolicy(fetch_timeout=2.0, max_keys=100)
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(Clone, PartialEq)]
pub(crate) struct CachePolicy {
    policy: grantmint_core::CachePolicy,
    /// Below this remaining lifetime callers wait, in seconds.
    #[pyo3(get)]
    wait_below: Option<f64>,
    /// At this remaining lifetime a refresh is due, in seconds.
    #[pyo3(get)]
    soft_point: Option<f64>,
    /// What is subtracted from every lifetime, in seconds.
    #[pyo3(get)]
    safety_margin: Option<f64>,
    /// How long one fetch may take, in seconds.
    #[pyo3(get)]
    fetch_timeout: Option<f64>,
    /// The number used in place of every random number, 0 to 1, if there is one.
    #[pyo3(get)]
    jitter: Option<f64>,
}

/// What a pickle of a policy holds: the function that makes it, and its arguments.
type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, Bound<'py, PyDict>));

#[pymethods]
impl CachePolicy {
    #[new]
    #[pyo3(
        signature = (
            *more,
            wait_below=None,
            soft_point=None,
            safety_margin=None,
            fetch_timeout=None,
            max_keys=None,
            jitter=None,
            **unknown
        ),
        text_signature = "(*, wait_below=None, soft_point=None, safety_margin=None, \
                          fetch_timeout=None, max_keys=None, jitter=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        more: &Bound<'_, PyTuple>,
        wait_below: Option<Seconds<'_>>,
        soft_point: Option<Seconds<'_>>,
        safety_margin: Option<Seconds<'_>>,
        fetch_timeout: Option<Seconds<'_>>,
        max_keys: Option<Count<'_>>,
        jitter: Option<Number<'_>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let wait_below = given(wait_below, "wait_below")?;
        let soft_point = given(soft_point, "soft_point")?;
        let safety_margin = given(safety_margin, "safety_margin")?;
        let fetch_timeout = given(fetch_timeout, "fetch_timeout")?;
        let max_keys = given(max_keys, "max_keys")?;
        let jitter = given(jitter, "jitter")?;
        let mut builder = grantmint_core::CachePolicy::builder();
        set_given!(builder, {
            wait_below: wait_below,
            soft_point: soft_point,
            safety_margin: safety_margin,
            fetch_timeout: fetch_timeout,
            max_keys: max_keys.map(|keys| usize::try_from(keys).unwrap_or(usize::MAX)),
            jitter: jitter,
        });
        let number = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        Ok(Self {
            policy: builder.build().or_raise()?,
            wait_below: number(wait_below),
            soft_point: number(soft_point),
            safety_margin: number(safety_margin),
            fetch_timeout: number(fetch_timeout),
            jitter,
        })
    }

    /// How many streams the cache holds at most.
    #[getter]
    fn max_keys(&self) -> usize {
        self.policy.max_keys()
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.fields(py)?.values().to_tuple().hash()
    }

    /// The object itself, which never changes.
    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    /// The object itself, which never changes.
    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut shown = Vec::new();
        for (name, value) in self.fields(py)? {
            if !value.is_none() {
                shown.push(format!("{name}={}", value.repr()?));
            }
        }
        Ok(format!("CachePolicy({})", shown.join(", ")))
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let kind = this.get_type();
        let fields = this.get().fields(this.py())?;
        Ok((kind.getattr("_of")?, (kind.into_any(), fields)))
    }

    /// Makes a policy from a pickle.
    #[staticmethod]
    fn _of<'py>(
        kind: &Bound<'py, PyType>,
        fields: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        kind.call((), Some(fields))
    }
}

impl CachePolicy {
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        fields.set_item("wait_below", self.wait_below)?;
        fields.set_item("soft_point", self.soft_point)?;
        fields.set_item("safety_margin", self.safety_margin)?;
        fields.set_item("fetch_timeout", self.fetch_timeout)?;
        fields.set_item("max_keys", self.max_keys())?;
        fields.set_item("jitter", self.jitter)?;
        Ok(fields)
    }
}

/// The policy of a `policy=` argument: a [`CachePolicy`], or a dict of its arguments.
pub(crate) fn of(policy: &Bound<'_, PyAny>) -> PyResult<grantmint_core::CachePolicy> {
    if let Ok(policy) = policy.cast::<CachePolicy>() {
        return Ok(policy.get().policy.clone());
    }
    let Ok(fields) = policy.cast::<PyDict>() else {
        let needed = "a CachePolicy or a dict of its arguments";
        let what = refusal(policy.as_borrowed(), needed);
        return Err(invalid(ErrorKind::InvalidArgument, "policy", what));
    };
    let kind = policy.py().get_type::<CachePolicy>();
    let policy = kind.call(PyTuple::empty(policy.py()), Some(fields))?;
    Ok(policy.cast::<CachePolicy>()?.get().policy.clone())
}
