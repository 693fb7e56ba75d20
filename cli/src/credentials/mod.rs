//! The key that a command signs with, all of it from one place.

mod place;

pub(crate) use place::api_key;
