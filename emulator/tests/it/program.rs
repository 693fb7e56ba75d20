//! The program: its help, its one line, its end.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use grantmint_emulator::{Config, Emulator};

use crate::client::{STREAMER, grant, talk};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_grantmint-emulator"))
}

/// The program while it runs; ended when a test is done with it.
struct Started(Child, BufReader<ChildStdout>);

impl Started {
    fn with(arguments: &[&str]) -> Self {
        let mut child = program().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self(child, output)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_help_shows_a_call_of_each_endpoint_and_every_fault() {
    let help = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    for word in [
        "/PlaybackGrant",
        "/emulator/play",
        "/emulator/join",
        "/emulator/counters",
        "/emulator/reset",
        "/emulator/faults",
        "/emulator/health",
        "/emulator/keys",
        "latency",
        "clock_offset",
        "no_date",
        "proxy_date",
        "status",
        "throttle",
        "redirect",
        "cut_before",
        "cut_body",
        "slow_body",
        "stall",
        "garbage_bytes",
        "not_json",
        "empty_body",
        "no_grant",
        "string_grant",
        "null_grant",
        "array_grant",
        "oversize",
        "truncated_json",
        "short_grant",
        "opaque_url",
        "wrong_status",
        grantmint_emulator::DEMO_KEY_SID,
        grantmint_emulator::DEMO_SECRET,
    ] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn it_tells_its_url_and_serves() {
    let fault = r#"{"kind":"status","status":503}"#;
    let mut child = Started::with(&["--listen", "127.0.0.1:0", "--fault", fault]);
    let line = child.line();
    let address = line.strip_prefix("grantmint-emulator listens on http://").unwrap();
    for name in ["ACCOUNT_SID", "API_KEY", "API_SECRET"] {
        assert!(child.line().starts_with(&format!("export TWILIO_{name}=")), "{name}");
    }
    let path = crate::client::grant_path(STREAMER);
    let request = format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = talk(TcpStream::connect(address).unwrap(), &request).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 503 "));
}

#[test]
#[cfg(unix)]
fn it_ends_well_at_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut child = Started::with(&["--listen", "127.0.0.1:0"]);
        child.line();
        // The shell's own kill: not every system has the program.
        let kill = format!("kill {signal} {}", child.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert!(child.0.wait().unwrap().success(), "{signal}");
    }
}

#[test]
fn it_writes_the_authority_and_runs_a_proxy() {
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/emulator-ca.pem");
    let arguments = [
        "--listen=127.0.0.1:0",
        "--tls=good",
        "--tls-ca-out",
        file,
        "--connect-proxy=127.0.0.1:0",
        "--proxy-auth=user:pass",
    ];
    let mut child = Started::with(&arguments);
    assert!(child.line().starts_with("grantmint-emulator listens on https://localhost:"));
    assert!(child.line().starts_with("its CONNECT proxy listens on http://127.0.0.1:"));
    let pem = std::fs::read_to_string(file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn mistakes_on_the_command_line_are_told_without_the_secret() {
    for arguments in [
        ["--key", "AC1:SK1:hush"],
        ["--fault", "{}"],
        ["--listen", "0.0.0.0:0"],
        ["--streamer", "VJ1"],
        ["--retry-after", "soon"],
    ] {
        let output = program().args(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!told.is_empty() && !told.contains("hush"), "{told}");
    }
}

#[test]
fn dropping_an_emulator_frees_its_port_and_ends_idle_connections() {
    let emulator = Emulator::start(Config::default()).unwrap();
    grant(&emulator, "");
    let address = emulator.address();
    let mut idle = TcpStream::connect(address).unwrap();
    idle.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    drop(emulator);
    assert_eq!(idle.read(&mut [0; 1]).unwrap_or(0), 0);
    Emulator::start(Config { listen: address, ..Config::default() }).unwrap();
}
