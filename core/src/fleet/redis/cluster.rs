//! The servers of a cluster, each of which has a part of the keys. Which one has which is learnt from what they say
//! when the wrong one is asked; nobody asks for the whole list.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use redis_protocol::redis_keyslot;

use super::job::{Follows, Job, Redirect};
use super::link::Link;
use super::server::Server;
use crate::fleet::store::Trouble;
use crate::sync::Mutex;

/// No more servers are known of one cluster.
const SERVERS_MAX: usize = 1000;

/// A cluster, as this process knows it.
pub(super) struct Cluster {
    /// Those that were named.
    seeds: Vec<Arc<Link>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// By host and port.
    links: HashMap<String, Arc<Link>>,
    /// Who has the keys of a part.
    owners: HashMap<u16, Arc<Link>>,
}

impl Cluster {
    pub(super) fn new(seeds: &[Arc<Server>]) -> Arc<Self> {
        let seeds = seeds.iter().map(Link::new).collect();
        Arc::new(Self { seeds, known: Mutex::default() })
    }

    /// The server that has a key, as far as is known. One that cannot be reached is passed over: another says who has
    /// taken its place.
    pub(super) fn link(&self, key: &[u8]) -> Arc<Link> {
        let known = self.known.lock();
        let owner = known.owners.get(&redis_keyslot(key));
        let mut all = owner.into_iter().chain(&self.seeds).chain(known.links.values());
        let one = all.find(|link| !link.rests());
        Arc::clone(one.or(owner).unwrap_or(&self.seeds[0]))
    }

    /// Has a command sent to the server that another has named.
    pub(super) fn redirect(&self, job: &Arc<Job>, to: &Redirect) -> Result<(), Trouble> {
        let link = self.named(&to.address)?;
        if to.is_for_good {
            self.moves(to.part, &link);
        }
        link.post(job)
    }

    /// A server has the keys of a part from now on, and renews their leases; in one step, so that none is missed that is
    /// let go meanwhile.
    fn moves(&self, part: u16, to: &Arc<Link>) {
        let mut known = self.known.lock();
        known.owners.insert(part, Arc::clone(to));
        let others = self.seeds.iter().chain(known.links.values());
        let others = others.filter(|other| !Arc::ptr_eq(other, to));
        let is_of_part = |key: &[u8]| redis_keyslot(key) == part;
        others.flat_map(|other| other.hand_over(is_of_part)).for_each(|held| to.hold(held));
    }

    /// Renews a lease no more; whether it was held.
    pub(super) fn let_go(&self, number: u64) -> bool {
        let known = self.known.lock();
        self.seeds.iter().chain(known.links.values()).any(|link| link.let_go(number))
    }

    pub(super) fn is_connected(&self) -> bool {
        let known = self.known.lock();
        self.seeds.iter().chain(known.links.values()).any(|link| link.is_connected())
    }

    fn named(&self, address: &str) -> Result<Arc<Link>, Trouble> {
        let mut known = self.known.lock();
        if let Some(link) = known.links.get(address) {
            return Ok(Arc::clone(link));
        }
        let first = &self.seeds[0];
        if known.links.len() >= SERVERS_MAX {
            return Err(first.trouble("its cluster names more servers than there can be"));
        }
        let server = first.server.of_cluster(address);
        let server = server.map_err(|what| first.trouble(what))?;
        let link = Link::new(&Arc::new(server));
        known.links.insert(address.to_owned(), Arc::clone(&link));
        Ok(link)
    }
}

/// Where a job goes that is sent to the wrong server.
pub(super) fn follows(cluster: &Arc<Cluster>) -> Follows {
    let cluster: Weak<Cluster> = Arc::downgrade(cluster);
    Arc::new(move |job, to| match cluster.upgrade() {
        Some(cluster) => cluster.redirect(job, to),
        None => Ok(()),
    })
}
