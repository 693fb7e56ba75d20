//! ICE servers for browsers.

pub(crate) mod ice_credentials;
mod ice_servers;
mod ice_servers_options;

pub use ice_credentials::*;
pub use ice_servers::*;
pub use ice_servers_options::*;
