//! What the tests against the emulator share.

pub(crate) mod load;
pub(crate) mod raw;
pub(crate) mod tokens;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    ApiKey, AsyncGrantSource, CachePolicy, CachePolicyBuilder, ErrorKind, Fleet, PlaybackMinter,
    PlaybackMinterBuilder, TokenOptions,
};
use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind,
};

pub(crate) const STREAMER: &str = "VJ00000000000000000000000000000001";

/// A stream of its own for each number.
pub(crate) fn streamer(number: usize) -> String {
    format!("VJ{number:032x}")
}

pub(crate) fn key() -> ApiKey {
    ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).unwrap()
}

/// An emulator at a port that none had before it. What minters leave behind is kept for a while under
/// the base URL, and must not be found by the next test.
pub(crate) fn emulator() -> Emulator {
    static USED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let emulator = Emulator::start(Config::default()).unwrap();
    let is_new = USED.lock().unwrap().insert(emulator.base_url().to_owned());
    // The one with the used port ends only when another has been found.
    if is_new { emulator } else { self::emulator() }
}

/// An emulator whose every call meets this fault.
pub(crate) fn faulty(kind: FaultKind) -> Emulator {
    let emulator = emulator();
    emulator.add_fault(Fault::new(kind)).unwrap();
    emulator
}

/// A minter of an emulator's grants. Limiters and caches are shared by base URL, so those of two
/// emulators have nothing in common.
pub(crate) fn minter_of(emulator: &Emulator) -> PlaybackMinterBuilder {
    PlaybackMinter::builder(&key()).base_url(emulator.base_url())
}

pub(crate) fn minter(emulator: &Emulator) -> PlaybackMinter {
    minter_of(emulator).build().unwrap()
}

/// The kind of the error that a first token ends in.
pub(crate) fn refusal(minter: &PlaybackMinter) -> ErrorKind {
    minter.token(STREAMER, "alice").unwrap_err().kind()
}

/// Runs a function on many threads that start together, and returns what each brought.
pub(crate) fn at_once<T: Send + 'static>(
    threads: usize,
    run: impl Fn(usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (run, barrier) = (Arc::new(run), Arc::new(Barrier::new(threads)));
    let started: Vec<_> = (0..threads)
        .map(|index| {
            let (run, barrier) = (Arc::clone(&run), Arc::clone(&barrier));
            let builder = thread::Builder::new().stack_size(256 * 1024);
            let body = move || {
                barrier.wait();
                run(index)
            };
            builder.spawn(body).unwrap()
        })
        .collect();
    started.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Waits in real time until something has come true, at most five seconds.
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("within five seconds: {what}");
}

/// Whether the long variants run: `make test-long`.
pub(crate) fn long() -> bool {
    std::env::var_os("GRANTMINT_LONG").is_some()
}

/// A key of an account of its own for each call, so that its limiter is shared with no other test.
pub(crate) fn lonely_key() -> ApiKey {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    ApiKey::new(&format!("AC{number:032x}"), &format!("SK{number:032x}"), "a secret").unwrap()
}

/// A minter of what a source brings, alone with its account.
pub(crate) fn minter_from(source: impl AsyncGrantSource + 'static) -> PlaybackMinterBuilder {
    PlaybackMinter::builder(&lonely_key()).source(source)
}

/// Refreshes as early as may be: after a quarter of a grant's lifetime.
pub(crate) fn early() -> CachePolicyBuilder {
    CachePolicy::builder().soft_point(Duration::from_secs(600))
}

pub(crate) fn within(ms: u64) -> TokenOptions {
    TokenOptions::new().timeout(Duration::from_millis(ms))
}

/// A folder that is gone with the test, by which processes share.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("grantmint-fleet-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn fleet(&self) -> Fleet {
        Fleet::host_at(&self.0).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
