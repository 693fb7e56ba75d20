//! The API key that signs tokens.

use std::cell::Cell;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::argument::{Kind, given, wrong_type};
use crate::error::OrRaise as _;
use crate::text::Text;
use crate::unknown;

/// An API key of an account. It is checked when it is made. Its secret is never shown, and is wiped
/// from memory once nothing uses the key any more.
///
/// Args:
///     account_sid: The account, AC and 32 hexadecimal digits.
///     key_sid: The key, SK and 32 hexadecimal digits.
///     secret: The key's secret, which the console shows once; at most 4,096 bytes.
///     region: Twilio's region that tokens name in their header, such as "ie1".
///
/// Raises:
///     InvalidArgumentError: invalid_sid, invalid_credentials (swapped SIDs, no secret),
///         invalid_argument (region) or invalid_utf8.
///
/// Example:
///     >>> ApiKey("AC" + "0" * 31 + "1", "SK" + "0" * 31 + "2", "the secret", region="ie1").region
///     'ie1'
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct ApiKey(pub(crate) grantmint_core::ApiKey);

#[pymethods]
impl ApiKey {
    #[new]
    #[pyo3(
        signature = (account_sid, key_sid, secret, *more, region=None, **unknown),
        text_signature = "(account_sid, key_sid, secret, *, region=None)"
    )]
    fn new(
        py: Python<'_>,
        account_sid: Text<'_>,
        key_sid: Text<'_>,
        secret: Text<'_>,
        more: &Bound<'_, PyTuple>,
        region: Option<Text<'_>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let (account_sid, key_sid) = (account_sid.named("account_sid")?, key_sid.named("key_sid")?);
        let key = grantmint_core::ApiKey::new(account_sid, key_sid, secret.named("secret")?);
        let key = key.or_raise()?;
        Ok(Self(match given(region, "region")? {
            Some(region) => key.with_region(region).or_raise()?,
            None => key,
        }))
    }

    /// The key that the variables TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET hold.
    ///
    /// Args:
    ///     env: A mapping to read instead of os.environ.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_credentials names the variable that is missing; otherwise
    ///         as ApiKey.
    #[classmethod]
    #[pyo3(signature = (env=None))]
    fn from_env(cls: &Bound<'_, PyType>, env: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let env = match env {
            Some(env) => env,
            None => cls.py().import("os")?.getattr("environ")?,
        };
        if !env.hasattr("get")? {
            return Err(wrong_type(env.as_borrowed(), "env", "a mapping such as os.environ", ""));
        }
        let wrong = Cell::new(None);
        let lookup = |name: &str| {
            let value = env.call_method1("get", (name,)).ok().filter(|value| !value.is_none())?;
            match Text::Given(value.as_borrowed()).named(&format!("env['{name}']")) {
                Ok(text) => Some(text.to_owned()),
                Err(error) => {
                    wrong.set(error.is_instance_of::<PyTypeError>(env.py()).then_some(error));
                    None
                }
            }
        };
        let key = grantmint_core::ApiKey::from_lookup(lookup);
        wrong.take().map_or_else(|| key.or_raise().map(Self), Err)
    }

    /// The account's SID.
    #[getter]
    fn account_sid(&self) -> &str {
        self.0.account_sid().as_str()
    }

    /// The key's SID: the issuer of every token.
    #[getter]
    fn key_sid(&self) -> &str {
        self.0.key_sid().as_str()
    }

    /// The region that tokens name, if any.
    #[getter]
    fn region(&self) -> Option<&str> {
        self.0.region()
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

    fn __repr__(&self) -> String {
        let region = self.0.region().map(|region| format!(", region='{region}'"));
        format!(
            "ApiKey('{}', '{}', ...{})",
            self.0.account_sid(),
            self.0.key_sid(),
            region.unwrap_or_default()
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "an ApiKey holds a secret and is not pickled: make it in each process, from its environment",
        ))
    }
}

impl Kind for ApiKey {
    type Value<'a> = &'a Self;

    const NEEDED: &'static str = "an ApiKey";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<&'a Self> {
        Ok(value.cast::<Self>()?.get())
    }

    fn advice(_: Borrowed<'_, '_, PyAny>, _: &str) -> &'static str {
        ": write ApiKey(account_sid, key_sid, secret) or ApiKey.from_env()"
    }
}
