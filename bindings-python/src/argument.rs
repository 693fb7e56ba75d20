//! An argument as it came. It is converted when its name is known, so that every error says the name.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// A kind of argument: what it has to be, and how it is converted.
pub(crate) trait Kind {
    /// What it is converted to.
    type Value<'a>;

    /// What it has to be, as errors say it after "must be".
    const NEEDED: &'static str;

    /// Converts it. A `TypeError` is replaced by one that says what came and what is needed; all
    /// other errors are to name the argument themselves.
    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<Self::Value<'a>>;

    /// What else the `TypeError` says: what to write instead, or what to look at.
    fn advice(_value: Borrowed<'_, '_, PyAny>, _name: &str) -> &'static str {
        ""
    }
}

/// An argument that has not been converted yet, or its default.
pub(crate) enum Argument<'a, K: Kind> {
    Given(Borrowed<'a, 'a, PyAny>),
    Default(K::Value<'a>),
}

impl<'a, K: Kind> Argument<'a, K> {
    /// The value of the argument of this name.
    #[inline]
    pub(crate) fn named(self, name: &str) -> PyResult<K::Value<'a>> {
        match self {
            Self::Given(value) => {
                K::convert(value, name).map_err(|error| named::<K>(error, value, name))
            }
            Self::Default(value) => Ok(value),
        }
    }
}

impl<'a, 'py: 'a, K: Kind> FromPyObject<'a, 'py> for Argument<'a, K> {
    type Error = PyErr;

    #[inline]
    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self::Given(value))
    }
}

/// The value of an argument that may be left out.
#[inline]
pub(crate) fn given<'a, K: Kind>(
    argument: Option<Argument<'a, K>>,
    name: &str,
) -> PyResult<Option<K::Value<'a>>> {
    argument.map(|argument| argument.named(name)).transpose()
}

/// Python's own `TypeError` names no argument, and may show the value.
#[cold]
pub(crate) fn named<K: Kind>(error: PyErr, value: Borrowed<'_, '_, PyAny>, name: &str) -> PyErr {
    if error.is_instance_of::<PyTypeError>(value.py()) {
        return wrong_type(value, name, K::NEEDED, K::advice(value, name));
    }
    error
}

/// The `TypeError` for an argument: its name, what it has to be, what came, and some advice.
#[cold]
pub(crate) fn wrong_type(
    value: Borrowed<'_, '_, PyAny>,
    name: &str,
    needed: &str,
    advice: &str,
) -> PyErr {
    PyTypeError::new_err(format!("{name} {}{advice}", refusal(value, needed)))
}

/// What an argument has to be, and what came.
pub(crate) fn refusal(value: Borrowed<'_, '_, PyAny>, needed: &str) -> String {
    format!("must be {needed}, not {}", what_came(value, needed))
}

/// The type of a value, never the value, which may be a secret.
fn what_came(value: Borrowed<'_, '_, PyAny>, needed: &str) -> String {
    if value.is_none() {
        return "None".to_owned();
    }
    if let Ok(class) = value.cast::<PyType>() {
        return format!("the class {}", name_of(&class, needed));
    }
    let class = value.get_type();
    let name = name_of(&class, needed);
    // The classes of two copies of the library have the same names.
    match name.strip_prefix("grantmint.") {
        Some(ours) => {
            let ours = ours.rsplit('.').next().unwrap_or(ours);
            format!("the {ours} of another copy of grantmint")
        }
        None => name,
    }
}

/// A type's name; with its module if the name alone would be that of a type that is needed.
fn name_of(class: &Bound<'_, PyType>, needed: &str) -> String {
    let Ok(name) = class.name() else { return "an object".to_owned() };
    let name = name.to_string();
    let is_needed = needed.split(|c: char| !c.is_alphanumeric()).any(|word| word == name)
        || name.ends_with("Grant") && needed.contains("a grant");
    match class.module() {
        Ok(module) if is_needed && module != "builtins" => format!("{module}.{name}"),
        _ => name,
    }
}
