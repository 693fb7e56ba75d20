//! A claim that each token has its own value of.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use grantmint_core::{ClaimPath, ErrorKind, LengthUnit, SlotKind};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyString, PyTuple, PyType};

use crate::argument::{Argument, Kind, given, wrong_type};
use crate::error::invalid;
use crate::flag;
use crate::number::Count;
use crate::text::{OfText, Text};
use crate::unknown;

/// A claim that each token has its own value of, among the claims of a JwtMinter. Where it stands there, the claim
/// stands in the token. An optional slot that a token does not fill is left out, and with it a dict that only such
/// slots are in.
///
/// Args:
///     name: The name by which a mint gives its value, 1 to 64 bytes.
///     type: What it takes: str, int, bool or "json", which is anything that can be written as JSON; str if None.
///     required: Whether each token must have a value for it, and a text must not be empty.
///     max: The longest text or JSON, in bytes of UTF-8; 64 KiB if None.
///     one_of: The only texts that are allowed.
///
/// Raises:
///     InvalidArgumentError: invalid_argument or invalid_utf8. What is wrong with the name or with type, max and
///         one_of together, JwtMinter tells.
///
/// Example:
///     >>> Slot("room", required=True, max=256)
///     Slot('room', str, required=True, max=256)
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct Slot {
    name: String,
    kind: SlotKind,
    required: bool,
    max: Option<usize>,
    one_of: Option<Vec<String>>,
}

/// What a pickle of a slot holds: the function that makes it, and its arguments.
type Reduced<'py> =
    (Bound<'py, PyAny>, (Bound<'py, PyAny>, String, Bound<'py, PyAny>, Bound<'py, PyDict>));

#[pymethods]
impl Slot {
    #[new]
    #[pyo3(
        signature = (
            name, r#type=None, *more, required=false, max=None, one_of=None, **unknown
        ),
        text_signature = "(name, type=None, *, required=False, max=None, one_of=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        name: Text<'_>,
        r#type: Option<Argument<'_, OfType>>,
        more: &Bound<'_, PyTuple>,
        #[pyo3(from_py_with = flag::required)] required: bool,
        max: Option<Count<'_>>,
        one_of: Option<Bound<'_, PyAny>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        Ok(Self {
            name: name.named("name")?.to_owned(),
            kind: given(r#type, "type")?.unwrap_or(SlotKind::Text),
            required,
            max: given(max, "max")?.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
            one_of: one_of.as_ref().map(texts).transpose()?,
        })
    }

    /// The name by which a mint gives its value.
    #[getter]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.name, self.kind.name(), self.required, self.max, &self.one_of).hash(&mut hasher);
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
        let kind = match self.kind {
            SlotKind::Text => "str",
            SlotKind::Integer => "int",
            SlotKind::Bool => "bool",
            _ => "'json'",
        };
        let mut shown = vec![PyString::new(py, &self.name).repr()?.to_string(), kind.to_owned()];
        for (name, value) in self.options(py)? {
            shown.push(format!("{name}={}", value.repr()?));
        }
        Ok(format!("Slot({})", shown.join(", ")))
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let (py, slot, class) = (this.py(), this.get(), this.get_type());
        let kind = match slot.kind {
            SlotKind::Text => py.get_type::<PyString>().into_any(),
            SlotKind::Integer => py.get_type::<PyInt>().into_any(),
            SlotKind::Bool => py.get_type::<PyBool>().into_any(),
            _ => PyString::new(py, "json").into_any(),
        };
        let fields = (class.clone().into_any(), slot.name.clone(), kind, slot.options(py)?);
        Ok((class.getattr("_of")?, fields))
    }

    /// Makes a slot from a pickle.
    #[staticmethod]
    fn _of<'py>(
        class: &Bound<'py, PyType>,
        name: &str,
        kind: &Bound<'py, PyAny>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.call((name, kind), Some(options))
    }
}

impl Slot {
    /// As core has it, for the claim at a path.
    pub(super) fn at(&self, path: impl Into<ClaimPath>) -> grantmint_core::Slot {
        let mut slot = grantmint_core::Slot::new(&self.name, self.kind).at(path);
        if self.required {
            slot = slot.required();
        }
        if let Some(max) = self.max {
            slot = slot.max_len(max, LengthUnit::Bytes);
        }
        match &self.one_of {
            Some(texts) => slot.one_of(texts),
            None => slot,
        }
    }

    /// The arguments that are not left at their defaults, by name.
    fn options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let options = PyDict::new(py);
        if self.required {
            options.set_item("required", true)?;
        }
        if let Some(max) = self.max {
            options.set_item("max", max)?;
        }
        if let Some(texts) = &self.one_of {
            options.set_item("one_of", texts)?;
        }
        Ok(options)
    }
}

/// What a slot takes.
struct OfType;

impl Kind for OfType {
    type Value<'a> = SlotKind;

    const NEEDED: &'static str = r#"str, int, bool or "json""#;

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<SlotKind> {
        let py = value.py();
        for (class, kind) in [
            (py.get_type::<PyString>(), SlotKind::Text),
            (py.get_type::<PyInt>(), SlotKind::Integer),
            (py.get_type::<PyBool>(), SlotKind::Bool),
        ] {
            if value.is(&class) {
                return Ok(kind);
            }
        }
        match OfText::convert(value, name)? {
            "json" => Ok(SlotKind::Json),
            _ => {
                Err(invalid(ErrorKind::InvalidArgument, name, format!("must be {}", Self::NEEDED)))
            }
        }
    }
}

/// The `one_of`: any iterable of str but one.
fn texts(values: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let refused = || wrong_type(values.as_borrowed(), "one_of", "a list of str", "");
    if values.is_instance_of::<PyString>() || values.is_instance_of::<PyBytes>() {
        return Err(refused());
    }
    let each = values.try_iter().map_err(|_| refused())?.enumerate();
    each.map(|(index, value)| {
        let value = value?;
        Ok(Text::Given(value.as_borrowed()).named(&format!("one_of[{index}]"))?.to_owned())
    })
    .collect()
}
