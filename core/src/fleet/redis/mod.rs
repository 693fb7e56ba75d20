//! The store of processes on many machines: Redis 6 or later, or Valkey, which their users run already.
//!
//! **Nobody waits for the network.** A claim is asked by callers that may block and by event loops that must not, and
//! both end up in the same few functions. So each question is posted to the one thread that owns the connection
//! (`link`), and its answer is looked at later (`pending`): a task is woken when it comes, and whoever has no
//! task is told to look again in some milliseconds, by the way that is there for waiting for another process's fetch.
//! An answer that has not come within the server's time-out is trouble like any other. What is left for others is told
//! and not waited for: who finds it missing claims and calls itself. So a connection takes one thread in each process,
//! which is gone after a minute without questions, no lock is held while anything is sent, and a store in memory or in a folder, which
//! answers right there, takes the same way as before.
//!
//! Each question is one script, which reads the server's clock and does all it does in one step. Times in the store
//! are by that clock. The server is trusted with nothing: what it hands out is sealed.

mod acl;
mod address;
#[cfg(any(test, feature = "test-helpers"))]
mod by_hand;
mod check;
mod cluster;
mod command;
mod job;
mod leases;
mod line;
mod link;
mod names;
mod open;
mod options;
mod pending;
mod probe;
mod reply;
mod said;
mod scripts;
mod server;
mod servers;
mod store;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use self::store::RedisStore;
use crate::error::Result;
use crate::fleet::store::SharedStore;

#[cfg(any(test, feature = "test-helpers"))]
pub(crate) use by_hand::RedisByHand;
pub(crate) use check::check;
pub(crate) use options::RedisOptions;

/// The store on a server, which is connected to when it is first asked.
pub(crate) fn open(options: &RedisOptions) -> Result<Arc<dyn SharedStore>> {
    Ok(Arc::new(RedisStore::new(options.servers()?, options.prefix())))
}
