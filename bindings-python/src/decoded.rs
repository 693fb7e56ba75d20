//! The content of a token that was checked or taken apart.

use grantmint_core::WipedString;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::json::from_text;

/// The content of a token. Its repr shows none of it, and its pickle lacks the signature.
///
/// Example:
///     >>> content = decode(TokenMinter(key, ttl=60).mint("alice"))
///     >>> content.expires_at - content.issued_at
///     60
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct Decoded {
    content: grantmint_core::Decoded,
    /// The token up to its signature.
    unsigned: WipedString,
}

impl Decoded {
    pub(crate) fn new(token: &str, content: grantmint_core::Decoded) -> Self {
        let end = token.rfind('.').map_or(0, |dot| dot + 1);
        Self { content, unsigned: token[..end].into() }
    }
}

#[pymethods]
impl Decoded {
    /// The header as a dict.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, self.content.header_json())
    }

    /// The claims as a dict.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, self.content.claims_json())
    }

    /// The header as JSON, byte for byte.
    #[getter]
    fn header_json(&self) -> &str {
        self.content.header_json()
    }

    /// The claims as JSON, byte for byte.
    #[getter]
    fn claims_json(&self) -> &str {
        self.content.claims_json()
    }

    /// The grants as a dict, with the identity among them.
    #[getter]
    fn grants<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.content.grants() {
            Some(_) => Ok(Some(self.claims(py)?.get_item("grants")?)),
            None => Ok(None),
        }
    }

    /// Whom the token is for, if that is a text.
    #[getter]
    fn identity(&self) -> Option<&str> {
        self.content.identity()
    }

    /// iss: the SID of the key that signed, in an Access Token.
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.content.issuer()
    }

    /// sub: the SID of the account, in an Access Token.
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.content.subject()
    }

    /// jti: the token's own identifier.
    #[getter]
    fn jti(&self) -> Option<&str> {
        self.content.jti()
    }

    /// twr of the header: the region.
    #[getter]
    fn region(&self) -> Option<&str> {
        self.content.region()
    }

    /// iat: when the token was issued, in Unix seconds.
    #[getter]
    fn issued_at(&self) -> Option<u64> {
        self.content.issued_at()
    }

    /// nbf: when the token becomes valid, in Unix seconds, rounded up.
    #[getter]
    fn not_before(&self) -> Option<u64> {
        self.content.not_before()
    }

    /// exp: when the token expires, in Unix seconds, rounded down.
    #[getter]
    fn expires_at(&self) -> Option<u64> {
        self.content.expires_at()
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

    fn __repr__(&self) -> &'static str {
        "Decoded(...)"
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, self.content.claims_json()).hash()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        Ok((py.import("grantmint")?.getattr("decode")?, (&self.unsigned,)))
    }
}
