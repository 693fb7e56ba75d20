//! An open connection, and the commands that are under way on it: answers come in the order of the questions.

use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::command::packed;
use super::job::{Job, Redirect, Said};
use super::line::{Broken, Line};
use super::reply::Reply;
use super::server::Server;
use super::words::{Reach, of_error, trouble};
use crate::fleet::store::Trouble;
use crate::thread::boot_nanos;

/// A server that says nothing for so long, in nanoseconds, is asked on another connection.
const SILENCE_MAX: u64 = 5_000_000_000;

/// A connection in use.
pub(super) struct Open {
    line: Line,
    under_way: VecDeque<Sent>,
    has_worked: bool,
    is_all_sent: bool,
}

/// A command that was sent.
struct Sent {
    /// None for what only goes before another.
    job: Option<Arc<Job>>,
    at: u64,
    /// The script went with it.
    is_full: bool,
}

impl Open {
    pub(super) fn new(line: Line) -> Self {
        let under_way = VecDeque::new();
        Self { line, under_way, has_worked: false, is_all_sent: true }
    }

    /// Whether anything was ever answered on it as a server does that can be used.
    pub(super) fn has_worked(&self) -> bool {
        self.has_worked
    }

    /// Adds a command to what is sent next.
    pub(super) fn add(&mut self, job: Arc<Job>, server: &Server) {
        self.put(job, false, server);
    }

    fn put(&mut self, job: Arc<Job>, is_full: bool, server: &Server) {
        let bytes = match is_full {
            true => job.command.in_full(&server.scripts),
            false => job.command.by_digest(&server.scripts),
        };
        let at = boot_nanos();
        let before = job.is_asking.load(Ordering::Relaxed).then(|| packed(&[b"ASKING"]));
        let all = before.as_deref().map_or_else(Vec::new, Clone::clone);
        match self.line.add(&[&all[..], &bytes[..]].concat()) {
            Ok(()) => {
                let asking = before.map(|_| Sent { job: None, at, is_full });
                self.under_way.extend(asking);
                self.under_way.push_back(Sent { job: Some(job), at, is_full });
            }
            Err(broken) => job.end(Err(trouble(&server.name, &broken.what, false))),
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Broken> {
        self.is_all_sent = self.line.send()?;
        Ok(())
    }

    /// Waits until something comes, can be sent or the bell rings, for a time at most; whether it rang.
    pub(super) fn wait(&mut self, bell: &UnixStream, time: Duration) -> bool {
        let oldest = self.under_way.front().map(|sent| sent.at.saturating_add(SILENCE_MAX));
        let left = oldest.map(|at| Duration::from_nanos(at.saturating_sub(boot_nanos())));
        let time = left.map_or(time, |left| left.min(time));
        let sends = if self.is_all_sent { PollFlags::empty() } else { PollFlags::OUT };
        let mut polled = [
            PollFd::new(bell, PollFlags::IN),
            PollFd::new(self.line.socket(), PollFlags::IN | sends),
        ];
        let time = Timespec::try_from(time).ok();
        poll(&mut polled, time.as_ref()).is_ok_and(|count| count > 0)
            && !polled[0].revents().is_empty()
    }

    /// Sends and reads what it can, and hands out what was answered; whether the connection is of use is told before that.
    pub(super) fn go_on(&mut self, server: &Server, is_of_use: &AtomicBool) -> Result<(), Broken> {
        self.flush()?;
        let received = self.line.receive()?;
        let answered = boot_nanos();
        let mut ended = Vec::with_capacity(received.len());
        for reply in received {
            let Some(sent) = self.under_way.pop_front() else {
                return Err(Broken::unsupported("it says what it was not asked"));
            };
            let Some(job) = sent.job else { continue };
            if let Reply::Error(text) = &reply {
                if text.starts_with("NOSCRIPT") && !sent.is_full {
                    self.has_worked = true;
                    self.put(job, true, server);
                    continue;
                }
                if let Some(followed) = Redirect::read(text).and_then(|to| job.follow(&to)) {
                    self.has_worked = true;
                    ended.extend(followed.err().map(|trouble| ((Err(trouble), None), job)));
                    continue;
                }
            }
            let said = self.said(reply, sent.at, answered, server);
            self.has_worked |= said.1.is_none();
            ended.push((said, job));
        }
        let broken = ended.iter().find_map(|((_, broken), _)| broken.clone());
        is_of_use.store(self.has_worked && broken.is_none(), Ordering::Relaxed);
        // Whoever is told may ask the next question right here.
        ended.into_iter().for_each(|((told, _), job)| job.end(told));
        if let Some(broken) = broken {
            return Err(broken);
        }
        self.flush()?;
        match self.under_way.front() {
            Some(sent) if sent.at.saturating_add(SILENCE_MAX) <= boot_nanos() => {
                Err(Broken::new("it has not answered for 5 s".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// What a reply says, and why the connection is of no use any more, if that is so.
    fn said(
        &mut self,
        reply: Reply,
        asked: u64,
        answered: u64,
        server: &Server,
    ) -> (Result<Said, Trouble>, Option<Broken>) {
        let wrong = |broken: Broken, reads| {
            let trouble = Trouble { reads, ..broken.trouble(server) };
            (Err(trouble), (broken.reach != Reach::Answer).then_some(broken))
        };
        if let Reply::Error(text) = &reply {
            let (what, reads, reach) = of_error(text);
            return wrong(Broken { what, reach }, reads);
        }
        match self.line.time(reply, asked, answered) {
            Ok((time, rest)) => (Ok(Said { time, answered, rest }), None),
            Err(broken) => wrong(broken, false),
        }
    }

    /// The commands that were under way.
    pub(super) fn end(self) -> impl Iterator<Item = Arc<Job>> {
        self.under_way.into_iter().filter_map(|sent| sent.job)
    }
}
