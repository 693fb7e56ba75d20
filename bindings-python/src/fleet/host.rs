//! The processes of one user on one machine that share grants.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use grantmint_core::Fleet;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::argument::{Argument, given};
use crate::error::OrRaise as _;
use crate::text::FilePath;
use crate::unknown;
use crate::verify::SharedSecret;

/// The processes of one user on one machine that share grants: of all of them one fetches each grant, the
/// others take over what it brings, and after a 429 all wait. Minters and caches take it as fleet=. They
/// share by a private folder; no server is needed. Linux only so far.
///
/// Args:
///     path: The folder, absolute and on a local file system. It is made if it is not there, and belongs
///         to this user alone. If None, one is found that all processes of the user find.
///     secret: 32 to 1,024 random bytes that all processes have. What is shared is sealed with them in
///         place of the API key's secret: then all keys of the account share, and rotation costs no
///         request. A GrantCache, which has no key, needs it.
///
/// Raises:
///     InvalidArgumentError: invalid_argument for a path or a secret that is none.
///
/// Example:
///     >>> HostFleet("/run/app/grants")
///     HostFleet('/run/app/grants')
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct HostFleet {
    pub(super) fleet: Fleet,
    path: Option<PathBuf>,
    has_secret: bool,
}

/// What a pickle of a fleet holds: its class and its arguments.
type Reduced<'py> = (Bound<'py, PyType>, (Option<Bound<'py, PyString>>,));

#[pymethods]
impl HostFleet {
    #[new]
    #[pyo3(
        signature = (path=None, *more, secret=None, **unknown),
        text_signature = "(path=None, *, secret=None)"
    )]
    fn new(
        py: Python<'_>,
        path: Option<FilePath<'_>>,
        more: &Bound<'_, PyTuple>,
        secret: Option<Argument<'_, SharedSecret>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let path = given(path, "path")?;
        let mut fleet = match &path {
            Some(path) => Fleet::host_at(path).or_raise()?,
            None => Fleet::host(),
        };
        let secret = given(secret, "secret")?;
        if let Some(secret) = secret {
            fleet = fleet.secret(secret).or_raise()?;
        }
        Ok(Self { fleet, path, has_secret: secret.is_some() })
    }

    /// The folder; None if it is found by itself.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        let text = |path: &PathBuf| path.as_os_str().into_pyobject(py);
        Ok(self.path.as_ref().map(text).transpose()?)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.path, self.has_secret).hash(&mut hasher);
        hasher.finish()
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
        if let Some(path) = self.path(py)? {
            shown.push(path.repr()?.to_string());
        }
        if self.has_secret {
            shown.push("secret=...".to_owned());
        }
        Ok(format!("HostFleet({})", shown.join(", ")))
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        if this.get().has_secret {
            return Err(PyTypeError::new_err(
                "a HostFleet with a secret is not pickled: make it in each process, from its environment",
            ));
        }
        Ok((this.get_type(), (this.get().path(this.py())?,)))
    }
}
