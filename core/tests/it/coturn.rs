//! A real coturn server, which allocates relays for what `IceServers` hands out, and for nothing else. Run by
//! `make test-turn`, as not every machine has one.

use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use grantmint_core::{IceServers, ManualClock, Value};
use grantmint_emulator::{Config, DEMO_TURN_API_TOKEN, DEMO_TURN_KEY_ID, Emulator};

use crate::support::{eventually, key};

const SECRET: &str = "north of the wall";

/// A server on this machine, until it is dropped.
struct Coturn {
    process: Child,
    port: u16,
}

impl Coturn {
    fn start() -> Self {
        let port = free_port();
        let options =
            ["-n", "--no-cli", "--no-tls", "--no-dtls", "--realm=grantmint", "--use-auth-secret"];
        let process = Command::new("turnserver")
            .args(options)
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers"])
            .args([format!("--listening-port={port}"), format!("--static-auth-secret={SECRET}")])
            .args(["--no-stdout-log", "--log-file=/dev/null", "--pidfile=/dev/null"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("turnserver is installed");
        let coturn = Self { process, port };
        eventually("coturn answers", move || answers(port));
        coturn
    }

    fn url(&self) -> String {
        format!("turn:127.0.0.1:{}?transport=udp", self.port)
    }

    /// Whether it allocates a relay for the credential of one of these servers.
    fn allocates(&self, ice_servers: &str) -> bool {
        let servers: Value = serde_json::from_str(ice_servers).unwrap();
        let relay =
            servers.as_array().unwrap().iter().find(|server| server["username"].is_string());
        let text = |name: &str| relay.unwrap()[name].as_str().unwrap().to_owned();
        self.takes(&text("username"), &text("credential"))
    }

    /// Whether it allocates a relay. If not, it has refused the credential.
    fn takes(&self, username: &str, password: &str) -> bool {
        let output = Command::new("turnutils_uclient")
            .args(["-u", username, "-w", password, "-p", &self.port.to_string()])
            .args(["-y", "-n", "1", "-m", "1", "-c", "127.0.0.1"])
            .output()
            .expect("turnutils_uclient is installed");
        let said = String::from_utf8_lossy(&output.stdout);
        let (takes, is_refused) =
            (output.status.success(), said.contains("Cannot complete Allocation"));
        assert!(takes != is_refused, "{said}");
        takes
    }
}

/// Whether a STUN server answers a request for one's own address (RFC 8489).
fn answers(port: u16) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], b"a dozen byte"].concat();
    let sent = socket.send_to(&request, ("127.0.0.1", port));
    sent.is_ok() && socket.recv(&mut [0; 512]).is_ok()
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that is free for both.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

#[test]
#[ignore = "needs coturn: make test-turn"]
fn what_is_signed_here_is_taken_and_what_is_not_is_refused() {
    let coturn = Coturn::start();
    let urls = || [coturn.url()];
    let servers = IceServers::coturn(SECRET, urls()).ttl(60).build().unwrap();
    for identity in [None, Some("alice"), Some("å😀@example")] {
        assert!(coturn.allocates(servers.get(identity).unwrap().ice_servers()), "{identity:?}");
    }
    let wrong = IceServers::coturn("another", urls()).build().unwrap();
    assert!(!coturn.allocates(wrong.get(None).unwrap().ice_servers()), "another secret");
    let an_hour_ago = ManualClock::new(now() - Duration::from_secs(3600));
    let ended = IceServers::coturn(SECRET, urls()).ttl(60).clock(&an_hour_ago).build().unwrap();
    assert!(!coturn.allocates(ended.get(Some("alice")).unwrap().ice_servers()), "it has ended");
}

#[test]
#[ignore = "needs coturn: make test-turn"]
fn what_the_emulators_services_hand_out_is_taken() {
    let coturn = Coturn::start();
    let config = Config {
        turn_secret: SECRET.to_owned(),
        turn_urls: vec![coturn.url()],
        ..Config::default()
    };
    let emulator = Emulator::start(config).unwrap();
    for builder in
        [IceServers::twilio(&key()), IceServers::cloudflare(DEMO_TURN_KEY_ID, DEMO_TURN_API_TOKEN)]
    {
        let servers = builder.base_url(emulator.base_url()).isolated().build().unwrap();
        for identity in [None, Some("alice")] {
            assert!(coturn.allocates(servers.get(identity).unwrap().ice_servers()), "{identity:?}");
        }
    }
    assert!(!coturn.takes(&format!("{}:alice", now().as_secs() + 60), "a guess"));
}

fn now() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap()
}
