//! What a host's logger learns of the libraries below, at every level that a running service should
//! have. At the finest, TRACE, `ureq_proto` writes down each byte, the key in it: SECURITY.md says so.
//! A binary of its own: there is one logger for the whole process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::sync::Mutex;

use grantmint_core::{ApiKey, PlaybackMinter};
use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind,
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
fn a_log_down_to_debug_holds_no_secret_grant_token_or_identity() {
    static NOTES: Notes = Notes(Mutex::new(String::new()));
    log::set_logger(&NOTES).unwrap();
    log::set_max_level(LevelFilter::Debug);

    let emulator = Emulator::start(Config::default()).unwrap();
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).unwrap();
    let live = PlaybackMinter::builder(&key).base_url(emulator.base_url()).build().unwrap();
    let token = live.token(STREAMER, "identity-of-alice").unwrap();
    for fault in [FaultKind::NoGrant, FaultKind::CutBody, FaultKind::status(401)] {
        emulator.add_fault(Fault::new(fault).times(1)).unwrap();
        live.token(OTHER, "identity-of-alice").unwrap_err();
        live.invalidate(OTHER).unwrap();
        live.rotate(&key).unwrap();
    }

    let text = NOTES.0.lock().unwrap().clone();
    assert!(text.contains("ureq"), "the client logs: {text}");
    for secret in [DEMO_SECRET, BASIC, "playbackUrl", "token=", "identity-of", &token.jwt] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
