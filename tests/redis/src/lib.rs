//! Real servers of Redis for tests: started on this machine, stopped with the test, and asked anything by hand. A proxy
//! stands in for a bad network.

mod client;
mod fake;
mod folder;
mod guard;
mod proxy;
mod server;

pub use client::{Client, Reply};
pub use fake::answering;
pub use folder::Folder;
pub use proxy::{Fault, Proxy};
pub use server::{Redis, Setup};
