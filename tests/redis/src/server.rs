//! One server, as a process of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::client::{Client, Reply};
use crate::folder::Folder;

const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// What else stands on its command line.
    pub arguments: Vec<String>,
    /// It speaks TLS on a port of its own.
    pub tls: bool,
    /// Its clock, as `faketime` has it: `-20s`.
    pub clock: Option<String>,
}

/// A server that is stopped with this.
#[derive(Debug)]
pub struct Redis {
    setup: Setup,
    child: Option<Child>,
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
        let mut redis = Self { setup, child: None, folder: Folder::new(), port, tls_port };
        if redis.setup.tls {
            redis.certify();
        }
        redis.start_again();
        redis
    }

    /// One with nothing special to it.
    #[must_use]
    pub fn plain() -> Self {
        Self::start(Setup::default())
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
        self.kill();
        let mut command = match &self.setup.clock {
            Some(clock) => {
                let mut command = Command::new("faketime");
                command.args(["-f", clock, "redis-server"]);
                command
            }
            None => Command::new("redis-server"),
        };
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
        self.child = Some(command.spawn().expect("redis-server, of the package of that name"));
        let start = Instant::now();
        while !self.answers() {
            assert!(start.elapsed() < STARTS_WITHIN, "redis-server does not come up");
            thread::sleep(Duration::from_millis(10));
        }
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

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
