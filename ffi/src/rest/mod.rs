//! Sources that are described and not programmed.

pub(crate) mod rest_source;

pub use rest_source::*;
