//! Sets the options of core's builders that the host has given.

/// Calls the builder's method of each name, unless its value is None.
macro_rules! set_given {
    ($builder:ident, { $($method:ident: $value:expr),+ $(,)? }) => {
        $(if let Some(value) = $value {
            $builder = $builder.$method(value);
        })+
    };
}

pub(crate) use set_given;
