//! The store on a server, by a clock that a test moves. As time stands still meanwhile, every answer is waited for.

use std::time::Duration;

use super::scripts::Scripts;
use super::server::{At, Server};
use super::store::{RedisStore, TOLD};
use crate::fleet::store::{Admitted, Answer, Asked, Told};
use crate::fleet::store::{Claim, Lease, Pacing, SharedStore, Slot, Target, Wanted};
use crate::net::Place;

/// The store, as one process has it open.
pub(crate) struct RedisByHand(RedisStore);

impl RedisByHand {
    /// On a port of this machine.
    pub(crate) fn new(port: u16) -> Self {
        let place = Place::new("127.0.0.1", port);
        let server = Server {
            at: At::Network { place, roots: None },
            name: "redis".into(),
            login: None,
            timeout: Duration::from_nanos(TOLD),
            scripts: Scripts::by_hand(),
            is_by_hand: true,
            is_of_cluster: false,
            is_insecure: false,
            identity: [0; 32],
        };
        Self(RedisStore::alone(server))
    }
}

fn waited<T>(answer: Answer<T>) -> Answer<T> {
    Answer::Now(answer.result())
}

impl SharedStore for RedisByHand {
    fn claim(&self, wanted: &Wanted, time: u64) -> Answer<Claim> {
        waited(self.0.claim(wanted, time))
    }

    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Answer<bool> {
        waited(self.0.publish(target, value, time))
    }

    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Answer<bool> {
        waited(self.0.pause(target, pause, time))
    }

    fn release(&self, lease: &Lease) {
        if let Some(answer) = self.0.give_back(lease) {
            let _ = answer.result();
        }
    }

    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Answer<()> {
        waited(self.0.replace(slot, value, time))
    }

    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Answer<Admitted> {
        waited(self.0.admit(cell, asked, time))
    }

    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Answer<()> {
        waited(self.0.report(cell, told, time))
    }

    fn is_by_hand(&self) -> bool {
        true
    }

    fn pacing(&self) -> Pacing {
        self.0.pacing()
    }
}
