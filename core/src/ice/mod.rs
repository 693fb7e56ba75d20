//! Credentials of TURN servers for browsers: of Twilio, Cloudflare and any other service, or signed here for coturn.
//!
//! `servers` is what callers ask, `builder` how it is put together; `services` are the sources, `shape` makes what
//! browsers take of their answers, `coturn` signs. Uses `credential` and `rest`.

mod builder;
mod coturn;
mod issued;
mod servers;
mod services;
mod shape;

pub use builder::IceServersBuilder;
pub use issued::IceCredentials;
pub use servers::{IceFuture, IceServers};
