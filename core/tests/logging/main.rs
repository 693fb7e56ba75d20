//! What a host's logger learns of the libraries below, at every level.
//! A binary of its own: there is one logger for the whole process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;

use grantmint_core::{ApiKey, PlaybackMinter};
use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind, Tls,
};
use log::{LevelFilter, Log, Metadata, Record};

const STREAMER: &str = "VJ00000000000000000000000000000001";
const OTHER: &str = "VJ00000000000000000000000000000002";
/// `SK…:secret` of the demo key in base64, but for its end.
const BASIC: &str = "U0tkZTMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA";

/// Writes down everything it is told.
struct Notes(Mutex<String>);

impl Log for Notes {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        writeln!(self.0.lock().unwrap(), "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

#[test]
fn a_log_at_every_level_holds_no_secret_grant_token_or_identity() {
    static NOTES: Notes = Notes(Mutex::new(String::new()));
    log::set_logger(&NOTES).unwrap();
    log::set_max_level(LevelFilter::Trace);

    let secure = Config { tls: Some(Tls::Good), ..Config::default() };
    let emulators = [Config::default(), secure].map(|config| Emulator::start(config).unwrap());
    let tokens = emulators.each_ref().map(tokens_and_errors);

    let text = NOTES.0.lock().unwrap().clone();
    assert!(text.contains("rustls"), "the TLS library logs: {text}");
    for secret in [DEMO_SECRET, BASIC, "playbackUrl", "token=", "identity-of"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(tokens.iter().all(|token| !text.contains(token.as_str())), "{text}");
}

/// Has tokens made and calls refused, and returns a token.
fn tokens_and_errors(emulator: &Emulator) -> String {
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).unwrap();
    let mut live = PlaybackMinter::builder(&key).base_url(emulator.base_url());
    if let Some(pem) = emulator.ca_pem() {
        let ca = std::env::temp_dir().join(format!("grantmint-logging-{}.pem", std::process::id()));
        fs::write(&ca, pem).unwrap();
        live = live.ca_file(&ca);
    }
    let live = live.build().unwrap();
    let token = live.token(STREAMER, "identity-of-alice").unwrap();
    for fault in [FaultKind::NoGrant, FaultKind::CutBody, FaultKind::status(401)] {
        emulator.add_fault(Fault::new(fault).times(1)).unwrap();
        live.token(OTHER, "identity-of-alice").unwrap_err();
        live.invalidate(OTHER).unwrap();
        live.rotate(&key).unwrap();
    }
    token.jwt
}
