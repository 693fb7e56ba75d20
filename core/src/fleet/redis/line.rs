//! One connection to a server: how it is made, and what goes over it. Once it is made nothing here waits.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rustix::net::sockopt;

use super::command::{Command, packed};
use super::reply::{Incoming, Reply};
use super::scripts::Script;
use super::server::{At, Server};
use super::words::{Reach, of_error, of_failure, of_socket, trouble};
use crate::fleet::store::Trouble;
use crate::net::{Deadline, Dialer, Failure, Stream, Tls};
use crate::thread::boot_nanos;

/// How long it may take to look a name up, connect, speak TLS and be let in, all together.
const CONNECT: Duration = Duration::from_secs(5);
/// From when on the kernel asks whether the other end is there, and how often.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long what was sent may stay without the other end's kernel having it.
#[cfg(target_os = "linux")]
const UNSENT_MILLIS: u32 = 5_000;
/// No server's clock is right that shows another year than these, in microseconds: 2020 to 2100.
const PLAUSIBLE: std::ops::Range<i64> = 1_577_836_800_000_000..4_102_444_800_000_000;
/// A server's clock goes as the one since boot does, but for this, in nanoseconds.
const DRIFT_MAX: u64 = 1_000_000_000;
/// No more waits to be sent.
const OUTGOING_MAX_BYTES: usize = 16 * 1024 * 1024;

/// An open connection.
pub(super) struct Line {
    stream: Stream,
    incoming: Incoming,
    outgoing: Vec<u8>,
    is_flushed: bool,
    clock: Clock,
}

/// What is known of the server's clock. Times are nanoseconds.
enum Clock {
    /// It is a test's.
    ByHand,
    Unseen,
    /// What it and the one since boot showed at first.
    Seen {
        shown: u64,
        asked: u64,
    },
}

/// Why there is no connection, or none any more.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) what: String,
    pub(super) reach: Reach,
}

impl Line {
    /// Connects and is let in. Whether the server can be used, its first answer shows. Waits on this thread.
    pub(super) fn open(server: &Server, tls: Option<&Tls>) -> Result<Self, Broken> {
        let line = Self::connect(server, tls);
        let mut line = line.map_err(|failure| Broken::new(of_failure(&failure)))?;
        line.log_in(server)?;
        line.stream.poll_from_now_on()?;
        Ok(line)
    }

    /// Connects, and no more. Waits on this thread, as all does that is asked before anything polls.
    pub(super) fn connect(server: &Server, tls: Option<&Tls>) -> Result<Self, Failure> {
        let end = Deadline::after(CONNECT);
        let mut stream = connect(server, tls, end)?;
        stream.set_deadline(end);
        Ok(Self {
            stream,
            incoming: Incoming::default(),
            outgoing: Vec::new(),
            is_flushed: true,
            clock: if server.is_by_hand { Clock::ByHand } else { Clock::Unseen },
        })
    }

    /// How long all that is asked from now on may take.
    pub(super) fn may_take(&mut self, time: Duration) {
        self.stream.set_deadline(Deadline::after(time));
    }

    /// Says who this is, if the URL does.
    pub(super) fn log_in(&mut self, server: &Server) -> Result<(), Broken> {
        let Some(login) = &server.login else { return Ok(()) };
        let mut parts = vec![&b"AUTH"[..]];
        parts.extend(login.user.as_ref().map(|user| user.as_bytes()));
        parts.push(login.password.expose());
        self.asked(&packed(&parts)).map(drop)
    }

    /// Looks at the server's clock for the first time.
    pub(super) fn look_at_clock(&mut self, server: &Server) -> Result<(), Broken> {
        let asked = boot_nanos();
        let command = Command::new(Script::Time, vec![], vec![]);
        let reply = self.asked(&command.in_full(&server.scripts))?;
        self.time(reply, asked, boot_nanos()).map(drop)
    }

    /// The server's time, with which each answer of a script begins, and the rest of it. Until the first one has come it
    /// is not known whether the server can be used at all. All times are nanoseconds.
    pub(super) fn time(
        &mut self,
        reply: Reply,
        asked: u64,
        answered: u64,
    ) -> Result<(u64, Vec<Reply>), Broken> {
        let is_first = matches!(self.clock, Clock::Unseen);
        let strange = |first| match is_first {
            true => Broken::unsupported(first),
            false => Broken { what: STRANGE.to_owned(), reach: Reach::Answer },
        };
        let Reply::List(mut parts) = reply else { return Err(strange(NO_REDIS)) };
        let micros = match parts.first() {
            Some(Reply::Number(micros)) if !is_first || PLAUSIBLE.contains(micros) => *micros,
            _ => return Err(strange(NO_TIME)),
        };
        parts.remove(0);
        let shown = micros.unsigned_abs().saturating_mul(1000);
        match self.keeps_time(shown, asked, answered) {
            true => Ok((shown, parts)),
            false => Err(Broken::unsupported(NO_CLOCK)),
        }
    }

    /// Sends a command and waits for a reply that is no error.
    fn asked(&mut self, command: &[u8]) -> Result<Reply, Broken> {
        match self.reply(command)? {
            Reply::Error(text) => Err(Broken::of_error(&text)),
            reply => Ok(reply),
        }
    }

    /// Sends a command and waits for the reply.
    pub(super) fn reply(&mut self, command: &[u8]) -> Result<Reply, Broken> {
        self.stream.write_all(command)?;
        self.stream.flush()?;
        let mut bytes = [0; 1024];
        loop {
            if let Some(reply) = self.incoming.take().map_err(|_| Broken::unsupported(NO_REDIS))? {
                return Ok(reply);
            }
            match self.stream.read(&mut bytes)? {
                0 => {
                    return Err(Broken::new(CLOSES.to_owned()));
                }
                count => self.incoming.add(&bytes[..count]),
            }
        }
    }

    pub(super) fn socket(&self) -> &TcpStream {
        self.stream.socket()
    }

    /// Adds what is to be sent.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        if self.outgoing.len() + bytes.len() > OUTGOING_MAX_BYTES {
            return Err(Broken::new("it takes nothing more".to_owned()));
        }
        self.outgoing.extend_from_slice(bytes);
        Ok(())
    }

    /// Sends what can be sent; whether that is all.
    pub(super) fn send(&mut self) -> Result<bool, Broken> {
        while !self.outgoing.is_empty() {
            self.is_flushed = false;
            match self.stream.write(&self.outgoing) {
                Ok(count) => drop(self.outgoing.drain(..count)),
                Err(error) if waits(&error) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        if !self.is_flushed {
            match self.stream.flush() {
                Ok(()) => self.is_flushed = true,
                Err(error) if waits(&error) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    /// Reads what has come.
    pub(super) fn receive(&mut self) -> Result<Vec<Reply>, Broken> {
        let (mut replies, mut bytes) = (Vec::new(), [0; 16 * 1024]);
        loop {
            match self.stream.read(&mut bytes) {
                // What came before the end counts, such as why there is no room. The end is met again by the next call.
                Ok(0) | Err(_) if !replies.is_empty() => return Ok(replies),
                Ok(0) if matches!(self.clock, Clock::Unseen) => {
                    return Err(Broken::new(CLOSES.to_owned()));
                }
                Ok(0) => return Err(Broken::new("it closed the connection".to_owned())),
                Ok(count) => self.incoming.add(&bytes[..count]),
                Err(error) if waits(&error) => return Ok(replies),
                Err(error) => return Err(error.into()),
            }
            while let Some(reply) =
                self.incoming.take().map_err(|_| Broken::unsupported(NO_REDIS))?
            {
                replies.push(reply);
            }
        }
    }

    /// Whether the server's clock has gone on as the one since boot has; both in nanoseconds.
    fn keeps_time(&mut self, shown: u64, asked: u64, answered: u64) -> bool {
        let (first, then) = match self.clock {
            Clock::Seen { shown, asked } => (shown, asked),
            Clock::Unseen => {
                self.clock = Clock::Seen { shown, asked };
                return true;
            }
            Clock::ByHand => return true,
        };
        let passed = shown.saturating_sub(first);
        let least = asked.saturating_sub(then).saturating_sub(DRIFT_MAX);
        // The first answer was on its way for a while, too.
        let most = answered.saturating_sub(then).saturating_add(DRIFT_MAX);
        shown.saturating_add(DRIFT_MAX) >= first && (least..=most).contains(&passed)
    }
}

const CLOSES: &str = "it closes the connection: does it speak TLS, or another language?";
const NO_REDIS: &str = "what answers is no Redis or Valkey";
const NO_TIME: &str = "scripts cannot read its clock (TIME), which leases need";
const NO_CLOCK: &str = "its clock (TIME) does not go on as a clock does";
const STRANGE: &str = "it answers what no script of ours does";

/// So that the other end hears of it, though a forked child may have the same socket open.
impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.socket().shutdown(Shutdown::Both);
    }
}

fn connect(server: &Server, tls: Option<&Tls>, end: Deadline) -> Result<Stream, Failure> {
    let stream = match &server.at {
        At::File(path) => Stream::to_file(path, end)?,
        At::Network { place, roots } => {
            let dialer = Dialer { place, proxy: None, is_tls: roots.is_some(), tls };
            dialer.dial(end, CONNECT)?
        }
    };
    if matches!(server.at, At::Network { .. }) {
        let socket = stream.socket();
        sockopt::set_socket_keepalive(socket, true).map_err(io::Error::from)?;
        sockopt::set_tcp_keepidle(socket, KEEP_ALIVE).map_err(io::Error::from)?;
        sockopt::set_tcp_keepintvl(socket, KEEP_ALIVE).map_err(io::Error::from)?;
        #[cfg(target_os = "linux")]
        sockopt::set_tcp_user_timeout(socket, UNSENT_MILLIS).map_err(io::Error::from)?;
    }
    Ok(stream)
}

fn waits(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

impl Broken {
    pub(super) fn new(what: String) -> Self {
        Self { what, reach: Reach::Connection }
    }

    /// The server cannot do what a fleet needs.
    pub(super) fn unsupported(what: &str) -> Self {
        Self { what: what.to_owned(), reach: Reach::Unsupported }
    }

    /// What all are told who ask for something.
    pub(super) fn trouble(&self, server: &Server) -> Trouble {
        let is_unsupported = self.reach == Reach::Unsupported;
        Trouble { is_unsupported, ..trouble(&server.name, &self.what, false) }
    }

    fn of_error(text: &str) -> Self {
        let (what, _, reach) = of_error(text);
        Self { what, reach }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match Failure::from(error) {
            Failure::Socket(error) => Self::new(of_socket(&error)),
            failure => Self::new(of_failure(&failure)),
        }
    }
}
