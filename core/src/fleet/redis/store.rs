//! The store on a server, as one process has it open: each call becomes the run of a script.

use std::sync::Arc;
use std::time::Duration;

use super::command::Command;
use super::job::{Job, Said};
use super::leases::{Held, LEASE, token};
use super::names::{Names, Of};
use super::pending;
use super::said::AskedAt;
use super::scripts::Script;
use super::server::Server;
use super::servers::Servers;
use super::words::trouble;
use crate::clock::nanos;
use crate::fleet::store::{Admitted, Answer, Asked, Ended, Told};
use crate::fleet::store::{Chair, Claim, Head, Lease, Pacing, SharedStore, Slot, Target, Wanted};
use crate::fork::{ForkCell, Generation, Reborn, generation};
use crate::random;
use crate::thread::boot_nanos;

/// What nobody waits for is sent within this, or not at all.
pub(super) const TOLD: u64 = 5_000_000_000;
/// How long a lease lasts that nobody renews, by a test's clock.
const LEASE_BY_HAND: u64 = 86_400_000_000_000;
/// Nothing is kept for longer: a year and a day.
const KEPT_MOST_MILLIS: u64 = 366 * 86_400_000;

/// The store on a server.
pub(crate) struct RedisStore(ForkCell<Ours>);

/// As this process has it open.
struct Ours {
    born: Generation,
    /// Those that were named, which are asked in the same way.
    named: Arc<[Arc<Server>]>,
    names: Arc<Names>,
    servers: Arc<Servers>,
}

impl RedisStore {
    pub(super) fn new(named: Vec<Arc<Server>>, prefix: &str) -> Self {
        let (named, names) = (Arc::from(named), Arc::new(Names::new(prefix)));
        Self(ForkCell::new(Ours::new(named, names)))
    }

    /// One with a connection of its own.
    #[cfg(any(test, feature = "test-helpers"))]
    pub(super) fn alone(server: Server) -> Self {
        let named: Arc<[_]> = Arc::new([Arc::new(server)]);
        let (servers, names) = (Servers::of(&named), Arc::new(Names::new("")));
        Self(ForkCell::new(Ours { born: generation(), named, names, servers }))
    }

    /// Gives a lease back, if it is held.
    pub(super) fn give_back(&self, lease: &Lease) -> Option<Answer<()>> {
        let ours = self.0.get();
        ours.servers.let_go(lease.number).then(|| {
            let keys = vec![ours.name(&lease.slot, Of::Lease(lease.chair))];
            let job = ours.job((Script::Release, TOLD), keys, vec![token(lease.number)], 0);
            pending::ask(
                &ours.servers.link(job.command.key()),
                job,
                |said| said.is_done().map(|_| Ok(())),
                None,
            )
        })
    }
}

impl Ours {
    fn new(named: Arc<[Arc<Server>]>, names: Arc<Names>) -> Self {
        let servers = Servers::shared(&named);
        Self { born: generation(), named, names, servers }
    }

    fn server(&self) -> &Server {
        &self.named[0]
    }

    fn name(&self, slot: &Slot, of: Of) -> Vec<u8> {
        self.names.name(slot, of)
    }

    /// A command that is asked now, at `time` by the caller's clock.
    fn job(
        &self,
        (script, waits): (Script, u64),
        keys: Vec<Vec<u8>>,
        mut arguments: Vec<Vec<u8>>,
        time: u64,
    ) -> Arc<Job> {
        if self.server().is_by_hand {
            arguments.push(format!("{}.{:03}", time / 1000, time % 1000).into_bytes());
        }
        let (asked, follows) = (boot_nanos(), self.servers.follows());
        let command = Command::new(script, keys, arguments);
        Job::new(command, asked, asked.saturating_add(waits), follows)
    }

    /// When an account was asked about a call, once it has said something; `time` is the caller's.
    fn asked_at(&self, call: u64, time: u64) -> impl Fn(&Said) -> AskedAt + Copy + use<> {
        let by_hand = self.server().is_by_hand.then_some(time);
        move |said| AskedAt { call, answered: by_hand.unwrap_or(said.answered) }
    }

    /// Leaves something in the place of a value or a pause, as the holder of a lease or because nobody has one.
    fn leave(&self, script: Script, target: &Target<'_>, left: &[u8], time: u64) -> Answer<bool> {
        let Target { slot, group, lease, seen } = *target;
        if lease.is_some_and(|lease| lease.slot != *slot) {
            return Answer::Now(Ok(false));
        }
        // It is over with this, and others need not wait for it to be given back.
        lease.map(|lease| self.servers.let_go(lease.number));
        let chair = lease.map_or(Chair::First, |lease| lease.chair);
        let keys = [Of::Value, Of::Pause, Of::Lease(chair)];
        let arguments = vec![
            lease.map_or_else(Vec::new, |lease| token(lease.number)),
            generation_bytes(seen),
            left.to_vec(),
        ];
        let mut keys = keys.map(|of| self.name(slot, of)).to_vec();
        keys.push(self.name(group, Of::Value));
        let job = self.job((script, TOLD), keys, arguments, time);
        pending::ask(
            &self.servers.link(job.command.key()),
            job,
            |said| Some(Ok(said.is_done()?)),
            None,
        )
    }
}

impl Reborn for Ours {
    fn is_foreign(&self) -> bool {
        self.born != generation()
    }

    /// With a connection of its own, and none of its parent's leases.
    fn reborn(&self) -> Self {
        Self::new(Arc::clone(&self.named), Arc::clone(&self.names))
    }
}

impl SharedStore for RedisStore {
    fn claim(&self, wanted: &Wanted, time: u64) -> Answer<Claim> {
        let ours = self.0.get();
        let number = random::number();
        let wants_lease = wanted.chair != Chair::None;
        let (slot, lease_name) = (&wanted.slot, ours.name(&wanted.slot, Of::Lease(wanted.chair)));
        let mut keys = vec![
            ours.name(slot, Of::Value),
            ours.name(slot, Of::Pause),
            lease_name.clone(),
            ours.name(&wanted.group, Of::Value),
        ];
        let [first, second] = wanted.not.map(generation_bytes);
        let mut arguments = vec![
            micros(wanted.end.saturating_sub(time)),
            first,
            second,
            if wanted.is_pause_known { b"1".to_vec() } else { Vec::new() },
            if wants_lease { token(number) } else { Vec::new() },
            micros(if ours.server().is_by_hand { LEASE_BY_HAND } else { LEASE }),
        ];
        if let Some((cell, asked)) = &wanted.account {
            keys.push(ours.name(cell, Of::Cell));
            arguments.extend(call(asked));
        }
        let waits = nanos(ours.server().timeout);
        let job = ours.job((Script::Claim, waits), keys, arguments, time);
        let lease = Lease { slot: *slot, chair: wanted.chair, number };
        let servers = Arc::clone(&ours.servers);
        let (held, asked) = (lease_name.clone(), job.asked);
        let account = wanted.account.map(|(_, asked)| ours.asked_at(asked.call, time));
        let reads = move |said: &Said| {
            // In a cluster, that of the server which has answered.
            let link = servers.link(&held);
            let claim = said.claim(lease, account.map(|at| at(said)), &link.server);
            if let Some(Ok(Claim::Lease(..))) = &claim {
                let follows = servers.follows();
                link.hold(Held { number, key: held, taken: asked, renewed: asked, follows });
            }
            claim
        };
        let gives_back =
            ours.job((Script::Release, TOLD), vec![lease_name], vec![token(number)], time);
        let servers = Arc::clone(&ours.servers);
        let unread = move || drop(servers.link(gives_back.command.key()).post(&gives_back));
        let unread = wants_lease.then(|| Box::new(unread) as Box<dyn FnOnce() + Send>);
        pending::ask(&ours.servers.link(job.command.key()), job, reads, unread)
    }

    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Answer<bool> {
        match Head::read(value) {
            Some(_) => self.0.get().leave(Script::Publish, target, value, time),
            None => Answer::Now(Ok(false)),
        }
    }

    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Answer<bool> {
        match pause {
            Some(pause) if Head::read(pause).is_none() => Answer::Now(Ok(false)),
            _ => self.0.get().leave(Script::Pause, target, pause.unwrap_or_default(), time),
        }
    }

    fn release(&self, lease: &Lease) {
        // Where it cannot be given back, it ends by itself.
        drop(self.give_back(lease));
    }

    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Answer<()> {
        let ours = self.0.get();
        let Some(head) = Head::read(value) else {
            let what = "a value is not readable or too long";
            return Answer::Now(Err(trouble(&ours.server().name, what, true)));
        };
        let kept = head.end.saturating_sub(time).div_ceil(1_000_000).clamp(1, KEPT_MOST_MILLIS);
        let keys = [Of::Value, Of::Pause].map(|of| ours.name(slot, of)).to_vec();
        let arguments = vec![value.to_vec(), kept.to_string().into_bytes()];
        let job = ours.job((Script::Replace, TOLD), keys, arguments, time);
        pending::ask(
            &ours.servers.link(job.command.key()),
            job,
            |said| said.is_done().map(|_| Ok(())),
            None,
        )
    }

    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Answer<Admitted> {
        let ours = self.0.get();
        let waits = nanos(ours.server().timeout);
        let keys = vec![ours.name(cell, Of::Cell)];
        let job = ours.job((Script::Admit, waits), keys, call(asked).to_vec(), time);
        let asked_at = ours.asked_at(asked.call, time);
        let reads = move |said: &Said| said.admitted(asked_at(said));
        pending::ask(&ours.servers.link(job.command.key()), job, reads, None)
    }

    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Answer<()> {
        let ours = self.0.get();
        let Told { pass, how } = *told;
        let (how, wanted, random) = match how {
            Ended::Answered => ("answered", None, 0.0),
            Ended::Lost => ("lost", None, 0.0),
            Ended::Unsent => ("unsent", None, 0.0),
            Ended::Throttled { asked, random } => ("throttled", asked, random),
        };
        let arguments = vec![
            token(pass.call),
            micros(pass.at),
            if pass.is_probe { b"1".to_vec() } else { b"0".to_vec() },
            how.into(),
            wanted.map_or_else(Vec::new, |asked| micros(nanos(asked))),
            number(random),
        ];
        let job =
            ours.job((Script::Report, TOLD), vec![ours.name(cell, Of::Cell)], arguments, time);
        pending::ask(
            &ours.servers.link(job.command.key()),
            job,
            |said| said.is_done().map(|_| Ok(())),
            None,
        )
    }

    fn is_by_hand(&self) -> bool {
        self.0.get().server().is_by_hand
    }

    fn is_connected(&self) -> bool {
        self.0.get().servers.is_connected()
    }

    fn pacing(&self) -> Pacing {
        Pacing {
            first: Duration::from_millis(20),
            share: 0.5,
            longest: Duration::from_secs(2),
            per_second: 20.0,
        }
    }
}

/// What the script wants that asks an account about a call.
fn call(asked: &Asked) -> [Vec<u8>; 5] {
    [
        token(asked.call),
        number(asked.rate),
        number(asked.most),
        micros(asked.lost_after),
        number(asked.random),
    ]
}

/// A generation as it stands in a head; nothing for none.
fn generation_bytes(generation: Option<u64>) -> Vec<u8> {
    generation.map_or_else(Vec::new, |generation| generation.to_le_bytes().to_vec())
}

/// A time in microseconds.
fn micros(nanos: u64) -> Vec<u8> {
    nanos.div_ceil(1000).to_string().into_bytes()
}

fn number(number: f64) -> Vec<u8> {
    format!("{number:e}").into_bytes()
}
