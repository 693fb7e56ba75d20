//! ICE servers for browsers, and what callers get of them.

pub(crate) mod credentials;
pub(crate) mod factories;
pub(crate) mod parts;
pub(crate) mod servers;
