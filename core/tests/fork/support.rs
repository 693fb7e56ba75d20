//! What the tests of forked children share.

use std::process;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, PlaybackMinter, PlaybackMinterBuilder};
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

pub(crate) const STREAMER: &str = "VJ00000000000000000000000000000001";

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(90);

pub(crate) fn streamer(number: usize) -> String {
    format!("VJ{number:032x}")
}

pub(crate) fn key() -> ApiKey {
    ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).unwrap()
}

/// An upstream without a limit: many processes share the account.
pub(crate) fn emulator() -> Emulator {
    start(Config::default())
}

pub(crate) fn start(config: Config) -> Emulator {
    Emulator::start(Config { rate: 0.0, ..config }).unwrap()
}

pub(crate) fn minter_of(emulator: &Emulator) -> PlaybackMinterBuilder {
    PlaybackMinter::builder(&key()).base_url(emulator.base_url())
}

/// Ends the program if a test does not end.
pub(crate) struct Watchdog {
    start: Instant,
    call_off: Sender<()>,
}

impl Watchdog {
    pub(crate) fn over(test: &'static str) -> Self {
        let (call_off, called_off) = channel::<()>();
        thread::spawn(move || {
            if called_off.recv_timeout(LIMIT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                println!("test {test} hangs");
                process::exit(1);
            }
        });
        Self { start: Instant::now(), call_off }
    }

    pub(crate) fn call_off(self) -> Duration {
        drop(self.call_off);
        self.start.elapsed()
    }
}
