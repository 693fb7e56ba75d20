//! The processes of many machines that share grants, through a server.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::time::Duration;

use grantmint_core::Fleet;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple, PyType};

use crate::argument::{Argument, Kind, given};
use crate::error::OrRaise as _;
use crate::flag;
use crate::text::{FilePath, OfFilePath, Text};
use crate::time::Seconds;
use crate::unknown;
use crate::verify::SharedSecret;

/// The processes of any number of machines that share grants, through a server of Redis 6 or later, or Valkey: of
/// all of them one fetches each grant, the others take over what it brings, and after a 429 all wait. Minters and
/// caches take it as fleet=. The server is connected to when it is first needed; while it is away, each machine
/// goes on by itself. Linux only so far.
///
/// Args:
///     url: "rediss://user:password@host:port"; "redis://" for this machine, or with insecure;
///         "redis+unix:///path" for a socket of this machine; "rediss+cluster://host1,host2" for servers of a
///         cluster.
///     host: The folder through which the processes of each machine share first, so that one of them talks
///         to the server for all. True for the one that HostFleet() finds, False for none.
///     prefix: What the names of all keys begin with after "grantmint", at most 64 letters, digits, dots, dashes
///         and underscores. Processes share only with those of the same prefix.
///     secret: As of HostFleet.
///     ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
///     timeout: How long an answer of the server is waited for, 0.01 to 2 seconds, or as a timedelta; 0.25 if
///         None.
///     insecure: Whether "redis://" may name another machine. Who listens on the way learns the password, when
///         grants end and how often they are fetched, and no grant.
///
/// Raises:
///     InvalidArgumentError: invalid_url, or invalid_argument for the other arguments.
///     GrantmintError: unsupported, where there are no fleets.
///
/// Example:
///     >>> RedisFleet("rediss://app:hunter2@redis.example.com", prefix="live")
///     RedisFleet('rediss://...@redis.example.com', prefix='live')
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct RedisFleet {
    pub(super) fleet: Fleet,
    /// The URL, with three dots in place of user and password.
    shown: String,
    options: Options,
    has_secret: bool,
}

/// What was given beside the URL and the secret.
#[derive(PartialEq)]
struct Options {
    host: Front,
    prefix: Option<String>,
    ca_file: Option<PathBuf>,
    timeout: Option<Duration>,
    insecure: bool,
}

/// What a pickle of a fleet holds: the function that makes it, and its arguments.
type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, String, Bound<'py, PyDict>));

#[pymethods]
impl RedisFleet {
    #[new]
    #[pyo3(
        signature = (
            url, *more, host=Argument::Default(Front::Usual), prefix=None, secret=None, ca_file=None, timeout=None,
            insecure=false, **unknown
        ),
        text_signature = "(url, *, host=True, prefix=None, secret=None, ca_file=None, timeout=None, \
                          insecure=False)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        url: Text<'_>,
        more: &Bound<'_, PyTuple>,
        host: Argument<'_, OfFront>,
        prefix: Option<Text<'_>>,
        secret: Option<Argument<'_, SharedSecret>>,
        ca_file: Option<FilePath<'_>>,
        timeout: Option<Seconds<'_>>,
        #[pyo3(from_py_with = flag::insecure)] insecure: bool,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let url = url.named("url")?;
        let options = Options {
            host: host.named("host")?,
            prefix: given(prefix, "prefix")?.map(str::to_owned),
            ca_file: given(ca_file, "ca_file")?,
            timeout: given(timeout, "timeout")?,
            insecure,
        };
        let secret = given(secret, "secret")?;
        let mut fleet = options.set_on(Fleet::redis(url).or_raise()?).or_raise()?;
        if let Some(secret) = secret {
            fleet = fleet.secret(secret).or_raise()?;
        }
        // Said here rather than where the fleet is used.
        fleet.place().or_raise()?;
        let shown = fleet.url().unwrap_or_default();
        Ok(Self { fleet, shown, options, has_secret: secret.is_some() })
    }

    /// The URL, with three dots in place of user and password.
    #[getter]
    fn url(&self) -> &str {
        &self.shown
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.shown, &self.options.prefix, self.has_secret).hash(&mut hasher);
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
        let mut shown = vec![self.shown.as_str().into_pyobject(py)?.repr()?.to_string()];
        for (name, value) in self.options.given(py)? {
            shown.push(format!("{name}={}", value.repr()?));
        }
        if self.has_secret {
            shown.push("secret=...".to_owned());
        }
        Ok(format!("RedisFleet({})", shown.join(", ")))
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let fleet = this.get();
        if fleet.has_secret || fleet.shown.contains(HIDDEN) {
            return Err(PyTypeError::new_err(
                "a RedisFleet with a password or a secret is not pickled: make it in each process, from its environment",
            ));
        }
        let kind = this.get_type();
        let options = fleet.options.given(this.py())?;
        Ok((kind.getattr("_of")?, (kind.into_any(), fleet.shown.clone(), options)))
    }

    /// Makes a fleet from a pickle.
    #[staticmethod]
    fn _of<'py>(
        kind: &Bound<'py, PyType>,
        url: &Bound<'py, PyAny>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        kind.call((url,), Some(options))
    }
}

impl Options {
    fn set_on(&self, mut fleet: Fleet) -> grantmint_core::Result<Fleet> {
        fleet = match &self.host {
            Front::Usual => fleet,
            Front::None => fleet.without_host()?,
            Front::At(path) => {
                fleet.host_path(path).map_err(|error| error.with_argument("host"))?
            }
        };
        if let Some(prefix) = &self.prefix {
            fleet = fleet.prefix(prefix)?;
        }
        if let Some(path) = &self.ca_file {
            fleet = fleet.ca_file(path)?;
        }
        if let Some(timeout) = self.timeout {
            fleet = fleet.timeout(timeout)?;
        }
        if self.insecure { fleet.insecure() } else { Ok(fleet) }
    }

    /// The arguments that are not left at their defaults, by name.
    fn given<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let given = PyDict::new(py);
        match &self.host {
            Front::Usual => {}
            Front::None => given.set_item("host", false)?,
            Front::At(path) => given.set_item("host", path.as_os_str())?,
        }
        if let Some(prefix) = &self.prefix {
            given.set_item("prefix", prefix)?;
        }
        if let Some(path) = &self.ca_file {
            given.set_item("ca_file", path.as_os_str())?;
        }
        if let Some(timeout) = self.timeout {
            given.set_item("timeout", timeout.as_secs_f64())?;
        }
        if self.insecure {
            given.set_item("insecure", true)?;
        }
        Ok(given)
    }
}

/// What stands for user and password.
const HIDDEN: &str = "://...@";

/// The folder in front of a server.
#[derive(PartialEq)]
enum Front {
    Usual,
    None,
    At(PathBuf),
}

/// The value of a `host=` argument.
struct OfFront;

impl Kind for OfFront {
    type Value<'a> = Front;

    const NEEDED: &'static str = "True, False or the path of a folder";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<Front> {
        if value.is_instance_of::<PyBool>() {
            return Ok(if value.extract()? { Front::Usual } else { Front::None });
        }
        OfFilePath::convert(value, name).map(Front::At)
    }
}
