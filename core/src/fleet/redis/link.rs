//! The one connection of this process to a server, and the thread that it belongs to: that connects, sends what all
//! ask for, reads the answers, and renews leases. It starts with the first question, and is gone with its connection
//! after a minute without any.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::job::Job;
use super::leases::{Held, Leases};
use super::line::{Broken, Line};
use super::open::Open;
use super::server::{At, Server};
use super::words::trouble;
use crate::clock::nanos_of;
use crate::fleet::store::Trouble;
use crate::fork::{Generation, generation};
use crate::net::Tls;
use crate::random;
use crate::sync::Mutex;
use crate::thread::{boot_nanos, contained, start_thread};

const SECOND: u64 = 1_000_000_000;
/// A connection is closed that nobody has used for so long, before a balancer drops it without a word.
const IDLE: u64 = 60 * SECOND;
/// After a loss all processes would come back at the same moment: each waits for a part of this, in seconds.
const SPREAD: f64 = 2.0;
/// It is doubled with each connection that cannot be made, up to this.
const SPREAD_MAX: f64 = 15.0;
/// Where it would be of no use to come back soon: this and up to three times as much more.
const REFUSED: f64 = 15.0;
/// So many questions wait at most.
const QUEUE_MAX: usize = 4096;

/// The way to a server. Belongs to one process.
pub(super) struct Link {
    born: Generation,
    pub(super) server: Arc<Server>,
    tls: Option<Tls>,
    state: Mutex<State>,
    is_connected: AtomicBool,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<Job>>,
    /// Wakes the thread, if there is one.
    bell: Option<UnixStream>,
    /// No connection is made before this, and why.
    rests: Option<(u64, Trouble)>,
    /// Connections in a row that could not be made, or were of no use.
    failures: i32,
    leases: Leases,
}

impl Link {
    pub(super) fn new(server: &Arc<Server>) -> Arc<Self> {
        let tls = match &server.at {
            At::Network { roots: Some(roots), .. } => Some(Tls::new(roots)),
            _ => None,
        };
        let (born, server) = (generation(), Arc::clone(server));
        let is_connected = AtomicBool::new(false);
        Arc::new(Self { born, server, tls, state: Mutex::default(), is_connected })
    }

    /// Has a command sent. Never waits.
    pub(super) fn post(self: &Arc<Self>, job: &Arc<Job>) -> Result<(), Trouble> {
        let mut state = self.state.lock();
        if let Some((until, trouble)) = &state.rests
            && *until > boot_nanos()
        {
            return Err(trouble.clone());
        }
        if state.queue.len() >= QUEUE_MAX {
            return Err(self.trouble("too many questions wait for it"));
        }
        state.queue.push_back(Arc::clone(job));
        if state.is_woken() {
            return Ok(());
        }
        match self.start() {
            Some(bell) => {
                state.bell = Some(bell);
                Ok(())
            }
            None => {
                state.queue.clear();
                Err(self.trouble("no thread or no socket for its connection can be had"))
            }
        }
    }

    /// Whether there is a connection.
    pub(super) fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Relaxed)
    }

    /// Whether no connection is made for now, as that has failed.
    pub(super) fn rests(&self) -> bool {
        self.state.lock().rests.as_ref().is_some_and(|(until, _)| *until > boot_nanos())
    }

    /// Keeps a lease until it is let go.
    pub(super) fn hold(&self, held: Held) {
        let mut state = self.state.lock();
        state.leases.add(held);
        // It sleeps until something is to be renewed. One that is gone has no connection either.
        state.is_woken();
    }

    /// Gives up the leases whose keys another server has, for that to renew.
    pub(super) fn hand_over(&self, is_theirs: impl Fn(&[u8]) -> bool) -> Vec<Held> {
        self.state.lock().leases.take(is_theirs)
    }

    /// Renews a lease no more; whether it was held.
    pub(super) fn let_go(&self, number: u64) -> bool {
        self.state.lock().leases.remove(number)
    }

    pub(super) fn trouble(&self, what: &str) -> Trouble {
        trouble(&self.server.name, what, false)
    }

    fn start(self: &Arc<Self>) -> Option<UnixStream> {
        let (bell, heard) = UnixStream::pair().ok()?;
        bell.set_nonblocking(true).ok()?;
        heard.set_nonblocking(true).ok()?;
        let link = Arc::clone(self);
        let run = move || contained(|| link.serve(&heard));
        start_thread("grantmint-redis".to_owned(), run).then_some(bell)
    }

    /// The thread's lifetime.
    fn serve(&self, bell: &UnixStream) {
        let (mut open, mut used) = (None::<Open>, boot_nanos());
        loop {
            if self.born != generation() {
                // Foreign code that was called here forked, and this is the child.
                return std::mem::forget(open);
            }
            let time = boot_nanos();
            let (jobs, renewals) = self.take(time);
            if !jobs.is_empty() || !renewals.is_empty() {
                used = time;
                if let Some(broken) = self.send(&mut open, jobs, renewals) {
                    self.lose(open.take(), &broken);
                    continue;
                }
            }
            let Some(wait) = self.rest(used.saturating_add(IDLE)) else { return };
            let is_woken =
                open.as_mut().map_or_else(|| listen(bell, wait), |open| open.wait(bell, wait));
            let mut rung = [0; 64];
            while is_woken && (&*bell).read(&mut rung).is_ok_and(|count| count > 0) {}
            let Some(line) = &mut open else { continue };
            match line.go_on(&self.server, &self.is_connected) {
                Ok(()) if line.has_worked() => self.state.lock().failures = 0,
                Ok(()) => {}
                Err(broken) => self.lose(open.take(), &broken),
            }
        }
    }

    /// What is to be sent now.
    fn take(&self, time: u64) -> (VecDeque<Arc<Job>>, Vec<Arc<Job>>) {
        let mut state = self.state.lock();
        let (jobs, due) = (std::mem::take(&mut state.queue), state.leases.due(time));
        drop(state);
        let until = time.saturating_add(SECOND);
        let renewal = |(command, follows)| Job::new(command, time, until, follows);
        (jobs, due.into_iter().map(renewal).collect())
    }

    /// Sends commands, on a connection that is made if there is none; returns what went wrong.
    fn send(
        &self,
        open: &mut Option<Open>,
        jobs: VecDeque<Arc<Job>>,
        renewals: Vec<Arc<Job>>,
    ) -> Option<Broken> {
        if open.is_none() {
            match Line::open(&self.server, self.tls.as_ref()) {
                Ok(line) => *open = Some(Open::new(line)),
                Err(broken) => {
                    self.failed(jobs, &broken);
                    return None;
                }
            }
            self.state.lock().rests = None;
        }
        let open = open.as_mut()?;
        let late = || trouble(&self.server.name, "it has not answered in time", false);
        let now = boot_nanos();
        for job in jobs {
            if job.is_over(now) { job.end(Err(late())) } else { open.add(job, &self.server) }
        }
        renewals.into_iter().for_each(|job| open.add(job, &self.server));
        open.flush().err()
    }

    /// There is no connection, or none of use: all who ask are told, for a while.
    fn failed(&self, jobs: impl IntoIterator<Item = Arc<Job>>, broken: &Broken) {
        let trouble = broken.trouble(&self.server);
        let mut state = self.state.lock();
        let spread = (SPREAD * 2_f64.powi(state.failures)).min(SPREAD_MAX);
        state.failures = (state.failures + 1).min(10);
        let rest = match broken.reach.is_of_server() {
            true => REFUSED * (1.0 + 3.0 * random::unit()),
            false => spread * random::unit(),
        };
        state.rests = Some((boot_nanos().saturating_add(nanos_of(rest)), trouble.clone()));
        let late = std::mem::take(&mut state.queue);
        drop(state);
        jobs.into_iter().chain(late).for_each(|job| job.end(Err(trouble.clone())));
    }

    /// The connection broke. What was under way on one that had worked goes once more, on another; else all
    /// processes that lost theirs come back one after the other.
    fn lose(&self, open: Option<Open>, broken: &Broken) {
        self.is_connected.store(false, Ordering::Relaxed);
        let Some(open) = open else { return };
        if !open.has_worked() {
            return self.failed(open.end(), broken);
        }
        let (time, trouble) = (boot_nanos(), broken.trouble(&self.server));
        let is_of_server = broken.reach.is_of_server();
        let (again, lost): (Vec<_>, Vec<_>) =
            open.end().partition(|job| !is_of_server && job.goes_again(time));
        let mut state = self.state.lock();
        if again.is_empty() && state.queue.is_empty() {
            let rest = if is_of_server { REFUSED } else { SPREAD };
            let until = time.saturating_add(nanos_of(rest * random::unit()));
            state.rests = Some((until, trouble.clone()));
        }
        again.into_iter().rev().for_each(|job| state.queue.push_front(job));
        drop(state);
        lost.into_iter().for_each(|job| job.end(Err(trouble.clone())));
    }

    /// How long there is nothing to do; none if the thread ends. A thread with leases stays.
    fn rest(&self, idle_at: u64) -> Option<Duration> {
        let mut state = self.state.lock();
        let time = boot_nanos();
        let next = match state.leases.next() {
            Some(next) => next,
            None if state.queue.is_empty() && idle_at <= time => {
                state.bell = None;
                self.is_connected.store(false, Ordering::Relaxed);
                return None;
            }
            None => idle_at,
        };
        let wait = if state.queue.is_empty() { next.saturating_sub(time) } else { 0 };
        Some(Duration::from_nanos(wait))
    }
}

impl State {
    /// Wakes the thread; false if there is none.
    fn is_woken(&self) -> bool {
        let Some(bell) = &self.bell else { return false };
        // If it cannot be rung it is ringing.
        let _ = (&*bell).write(&[1]);
        true
    }
}

/// Waits to be woken, for a time at most.
fn listen(bell: &UnixStream, time: Duration) -> bool {
    let mut polled = [PollFd::new(bell, PollFlags::IN)];
    let time = Timespec::try_from(time).ok();
    poll(&mut polled, time.as_ref()).is_ok_and(|count| count > 0)
}
