//! The servers that this process talks to: all caches that name the same ones share the connections.

use std::sync::{Arc, Weak};

use super::cluster::{Cluster, follows};
use super::job::Follows;
use super::link::Link;
use super::server::Server;
use crate::fork::{Generation, LazyForkCell, Reborn, generation};
use crate::sync::Mutex;

/// One server, or a cluster.
pub(super) enum Servers {
    One(Arc<Link>),
    Cluster(Arc<Cluster>),
}

impl Servers {
    /// Those that were named; one is no cluster unless it was said to be.
    pub(super) fn of(named: &[Arc<Server>]) -> Arc<Self> {
        Arc::new(match named {
            [one] if !one.is_of_cluster => Self::One(Link::new(one)),
            seeds => Self::Cluster(Cluster::new(seeds)),
        })
    }

    /// Those that were named, with the connections that this process has to them.
    pub(super) fn shared(named: &[Arc<Server>]) -> Arc<Self> {
        static PROCESS: LazyForkCell<Registry> = LazyForkCell::new();
        PROCESS.get(Registry::new).find(named)
    }

    /// The way to the server that has a key.
    pub(super) fn link(&self, key: &[u8]) -> Arc<Link> {
        match self {
            Self::One(link) => Arc::clone(link),
            Self::Cluster(cluster) => cluster.link(key),
        }
    }

    /// Renews a lease no more; whether it was held.
    pub(super) fn let_go(&self, number: u64) -> bool {
        match self {
            Self::One(link) => link.let_go(number),
            Self::Cluster(cluster) => cluster.let_go(number),
        }
    }

    /// Whether a connection is open to any of them.
    pub(super) fn is_connected(&self) -> bool {
        match self {
            Self::One(link) => link.is_connected(),
            Self::Cluster(cluster) => cluster.is_connected(),
        }
    }

    /// Where a command goes that another server should have.
    pub(super) fn follows(&self) -> Option<Follows> {
        match self {
            Self::One(_) => None,
            Self::Cluster(cluster) => Some(follows(cluster)),
        }
    }
}

struct Registry {
    born: Generation,
    known: Mutex<Vec<([u8; 32], Weak<Servers>)>>,
}

impl Registry {
    fn new() -> Self {
        Self { born: generation(), known: Mutex::default() }
    }

    fn find(&self, named: &[Arc<Server>]) -> Arc<Servers> {
        let identity = named.first().map_or([0; 32], |server| server.identity);
        let mut known = self.known.lock();
        known.retain(|(_, servers)| servers.strong_count() > 0);
        let found = known.iter().find(|(other, _)| *other == identity);
        if let Some(servers) = found.and_then(|(_, servers)| servers.upgrade()) {
            return servers;
        }
        let servers = Servers::of(named);
        known.push((identity, Arc::downgrade(&servers)));
        servers
    }
}

impl Reborn for Registry {
    fn is_foreign(&self) -> bool {
        self.born != generation()
    }

    /// Empty: the connections are the parent's.
    fn reborn(&self) -> Self {
        Self::new()
    }
}
