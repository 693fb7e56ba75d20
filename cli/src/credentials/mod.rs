//! The key that a command signs with, all of it from one place.

mod env_file;
mod environment;
mod found;
mod names;
mod place;
mod profile;
mod secret_input;

pub(crate) use place::{Key, api_key, api_key_if_any};
pub(crate) use secret_input::of_file as secret_of_file;
