//! Tokens of other services: a minter, its slots, and the services that are built in.

mod claims;
mod given;
pub(crate) mod minter;
mod options;
mod presets;
pub(crate) mod slot;
