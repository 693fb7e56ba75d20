//! One server, as a process of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::client::{Client, Reply};
use crate::folder::Folder;
use crate::guard::Guard;

/// So many parts the keys of a cluster have.
const PARTS: u16 = 16_384;
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// What else stands on its command line.
    pub arguments: Vec<String>,
    /// It speaks TLS on a port of its own.
    pub tls: bool,
    /// By how many seconds its clock is ahead.
    pub ahead: i64,
}

/// A server that is stopped with this.
#[derive(Debug)]
pub struct Redis {
    setup: Setup,
    child: Option<Child>,
    guard: Option<Guard>,
    folder: Folder,
    port: u16,
    tls_port: u16,
}

impl Redis {
    /// Starts a server on free ports of this machine.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    #[must_use]
    pub fn start(setup: Setup) -> Self {
        let (port, tls_port) = (free_port(), free_port());
        let mut redis =
            Self { setup, child: None, guard: None, folder: Folder::new(), port, tls_port };
        if redis.setup.tls {
            redis.certify();
        }
        // Somebody else may have taken a port since it was found to be free.
        while !redis.comes_up() {
            (redis.port, redis.tls_port) = (free_port(), free_port());
        }
        redis
    }

    /// One with nothing special to it.
    #[must_use]
    pub fn plain() -> Self {
        Self::start(Setup::default())
    }

    /// One that has all that this one has, and goes on having it; its clock is ahead by so many seconds.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    #[must_use]
    pub fn replica(&self, ahead: i64) -> Self {
        self.ask(["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
        let arguments = ["--replicaof", "127.0.0.1", &self.port.to_string()];
        let arguments = arguments.map(str::to_owned).to_vec();
        let replica = Self::start(Setup { arguments, ahead, ..Setup::default() });
        let start = Instant::now();
        while self.ask(["WAIT", "1", "100"]) != Reply::Number(1) {
            assert!(start.elapsed() < STARTS_WITHIN, "the replica does not come up");
        }
        replica
    }

    /// Makes a replica one of its own, with all that the other has.
    ///
    /// # Panics
    ///
    /// If one of them does not answer.
    pub fn promote(&self, from: &Self) {
        // Waits for what the same connection has written, and so for all before it.
        let mut client = Client::connect(from.port).expect("a connection");
        for command in [&[&b"SET"[..], b"last", b"1"][..], &[b"WAIT", b"1", b"5000"]] {
            client.ask(command).expect("an answer");
        }
        self.ask(["REPLICAOF", "NO", "ONE"]);
    }

    /// Servers that have a part of the keys each, and know each other.
    ///
    /// # Panics
    ///
    /// If they do not come up.
    #[must_use]
    pub fn cluster(count: u16) -> Vec<Self> {
        let arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "15000"];
        let setup = Setup { arguments: arguments.map(str::to_owned).to_vec(), ..Setup::default() };
        let all: Vec<_> = (0..count).map(|_| Self::start(setup.clone())).collect();
        let part = PARTS / count;
        for (index, redis) in (0..count).zip(&all) {
            let last = if index + 1 == count { PARTS } else { part * (index + 1) } - 1;
            let (first, last) = ((part * index).to_string(), last.to_string());
            redis.ask(["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
            redis.ask(["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
            all[0].ask(["CLUSTER", "MEET", "127.0.0.1", &redis.port.to_string()]);
        }
        let start = Instant::now();
        let is_up = |redis: &Self| {
            let Reply::Text(info) = redis.ask(["CLUSTER", "INFO"]) else { return false };
            let info = String::from_utf8_lossy(&info).into_owned();
            let knows = format!("cluster_known_nodes:{count}");
            info.contains("cluster_state:ok") && info.contains(&knows)
        };
        while !all.iter().all(is_up) {
            assert!(start.elapsed() < STARTS_WITHIN, "the cluster does not come up");
            thread::sleep(Duration::from_millis(20));
        }
        all
    }

    /// Where it listens without TLS.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens with TLS.
    #[must_use]
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// A folder that is gone with it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file of its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The file with the certificate that it is to be trusted by.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Asks it something.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub fn ask<const N: usize>(&self, parts: [&str; N]) -> Reply {
        let parts = parts.map(str::as_bytes);
        Client::connect(self.port).and_then(|mut client| client.ask(&parts)).expect("an answer")
    }

    /// Stops it as a crash does.
    ///
    /// # Panics
    ///
    /// If it cannot be stopped.
    pub fn kill(&mut self) {
        if let Some(guard) = self.guard.take() {
            guard.dismiss();
        }
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a server to stop");
            child.wait().expect("a server that has stopped");
        }
    }

    /// Starts it once more, empty.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn start_again(&mut self) {
        assert!(self.comes_up(), "redis-server does not come up");
    }

    /// Starts it; false if its process ends right away.
    fn comes_up(&mut self) -> bool {
        self.kill();
        let mut command = Command::new(program());
        if self.setup.ahead != 0 {
            command.env("LD_PRELOAD", self.clock()).env("AHEAD", self.setup.ahead.to_string());
        }
        let folder = self.folder.path();
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "no", "--daemonize", "no", "--loglevel", "warning"]);
        command.arg("--dir").arg(folder).arg("--unixsocket").arg(self.socket());
        if self.setup.tls {
            let file = |name: &str| folder.join(name);
            command.args(["--tls-port", &self.tls_port.to_string(), "--tls-auth-clients", "no"]);
            command.arg("--tls-cert-file").arg(file("cert.pem"));
            command.arg("--tls-key-file").arg(file("key.pem"));
            command.arg("--tls-ca-cert-file").arg(file("ca.pem"));
        }
        command.args(&self.setup.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("redis-server, of the package of that name");
        self.guard = Some(Guard::over(child.id(), folder));
        self.child = Some(child);
        let start = Instant::now();
        while !self.answers() {
            if self.has_ended() {
                return false;
            }
            assert!(start.elapsed() < STARTS_WITHIN, "redis-server does not come up");
            thread::sleep(Duration::from_millis(10));
        }
        !self.has_ended()
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().is_ok_and(|ended| ended.is_some()))
    }

    /// Whether it answers anything at all.
    fn answers(&self) -> bool {
        Client::connect(self.port).and_then(|mut client| client.ask(&[b"PING"])).is_ok()
    }

    /// Sends its process a signal, by name: `STOP`, `CONT`.
    ///
    /// # Panics
    ///
    /// If there is no such process or signal.
    pub fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("a server that runs");
        let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
        assert!(sent.expect("kill").success(), "no signal {name}");
    }

    /// Makes what sets its clock.
    fn clock(&self) -> PathBuf {
        let (source, made) = ("clock.c", "clock.so");
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path(source), include_str!("clock.c")).expect("a file");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(path(made)).arg(path(source));
        assert!(compiler.status().expect("a C compiler").success(), "clock.c does not compile");
        path(made)
    }

    /// Makes the files that its TLS needs.
    fn certify(&self) {
        let key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, key).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).expect("names of this machine");
        let certificate = certificate.signed_by(&key, &authority).expect("a certificate");
        let write = |name: &str, text: String| fs::write(self.folder.path().join(name), text);
        write("ca.pem", authority.pem()).expect("a file");
        write("cert.pem", certificate.pem()).expect("a file");
        write("key.pem", key.serialize_pem()).expect("a file");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server that is tried: `GRANTMINT_REDIS_SERVER` names another, such as that of Valkey.
fn program() -> String {
    env::var("GRANTMINT_REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
