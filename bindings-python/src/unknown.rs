//! Refuses arguments that a constructor does not have, and says which one may be meant.

use pyo3::PyClass;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// How close a name has to be to one that exists: `origin` is meant for `allow_origin`, but `max_keys`
/// not for `max_fetches`.
const CLOSE: f64 = 0.65;

/// Refuses the arguments of a constructor that are left over, by position or by name. A constructor
/// takes all of them (`*more, **unknown`), because Python's own error for them says no name that
/// would do. What its arguments are its text signature says, which leaves out these two.
#[inline]
pub(crate) fn refuse<T: PyClass>(
    py: Python<'_>,
    more: Option<&Bound<'_, PyTuple>>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    if is_nothing(more, unknown) {
        return Ok(());
    }
    refuse_in(py, T::NAME, &signature::<T>(py)?, more, unknown)
}

/// The same for a function of this name and signature.
pub(crate) fn refuse_in(
    py: Python<'_>,
    function: &str,
    signature: &str,
    more: Option<&Bound<'_, PyTuple>>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    if more.is_some_and(|more| !more.is_empty()) {
        return Err(by_position(function, signature));
    }
    match unknown.and_then(|unknown| unknown.iter().next()) {
        Some((name, _)) => Err(by_name(py, function, signature, &name.to_string())?),
        None => Ok(()),
    }
}

#[inline]
fn is_nothing(more: Option<&Bound<'_, PyTuple>>, unknown: Option<&Bound<'_, PyDict>>) -> bool {
    more.is_none_or(PyTupleMethods::is_empty) && unknown.is_none_or(PyDictMethods::is_empty)
}

#[cold]
fn by_position(function: &str, signature: &str) -> PyErr {
    let (first, named) = signature.split_once("*, ").unwrap_or((signature, ""));
    let (only, others) = match names(first).join(", ") {
        none if none.is_empty() => ("no argument".to_owned(), "them"),
        some => (format!("only {some}"), "the others"),
    };
    let such_as = names(named).first().map(|name| format!(", such as {name}=…"));
    PyTypeError::new_err(format!(
        "{function}() takes {only} by position; write {others} by name{}",
        such_as.unwrap_or_default()
    ))
}

#[cold]
fn by_name(py: Python<'_>, function: &str, signature: &str, unknown: &str) -> PyResult<PyErr> {
    let known = names(signature);
    let matches = py.import("difflib")?.getattr("get_close_matches")?;
    let close = matches.call1((unknown, &known, 1, CLOSE))?;
    let meant = match close.get_item(0) {
        Ok(close) => format!("did you mean {close}?"),
        Err(_) => format!("it has {}", known.join(", ")),
    };
    Ok(PyTypeError::new_err(format!("{function}() has no argument {unknown}; {meant}")))
}

/// Such as `(key, *, ttl=None)`.
fn signature<T: PyClass>(py: Python<'_>) -> PyResult<String> {
    T::type_object(py).getattr("__text_signature__")?.extract()
}

/// The names of the arguments in a signature, without those of our own use.
fn names(signature: &str) -> Vec<&str> {
    let each = signature.trim_matches(['(', ')']).split(", ");
    let names = each.filter_map(|one| one.split('=').next());
    names.filter(|name| !name.is_empty() && !name.starts_with(['*', '_', '$'])).collect()
}
