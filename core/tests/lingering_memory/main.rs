//! What is kept of minters that are gone, counted by an allocator of this binary's own: as much after
//! 100,000 of them as after the first thousand. One test only: whatever else ran at the same time would be
//! counted too.

#![allow(unsafe_code, reason = "an allocator has no safe interface")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "it tells the figures")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grantmint_core::{
    ApiKey, Fetched, GrantRequest, GrantSource, PlaybackMinter, PlaybackMinterBuilder, Result,
    forget,
};

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting the bytes that are in use.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on unchanged to the system's allocator, which keeps the contract;
// the counting allocates nothing and cannot unwind. The provided `realloc` and `alloc_zeroed` are
// built on these two.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises about `layout` are those that the system's asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the pointer came from `alloc` above and so from the system's allocator, with the
        // same layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

const ACCOUNTS: usize = 1000;
const MINTERS: usize = 100_000;
/// A cache with one grant of 600 bytes, its account included.
const BYTES_PER_ACCOUNT: usize = 24 * 1024;
const STREAMER: &str = "VJ00000000000000000000000000000001";

static FETCHES: AtomicUsize = AtomicUsize::new(0);

struct Padded;

impl GrantSource for Padded {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        FETCHES.fetch_add(1, Ordering::Relaxed);
        Fetched::new(format!("{{\"x\":\"{}\"}}", "g".repeat(592)))
    }
}

fn builder(account: usize) -> PlaybackMinterBuilder {
    let account = format!("AC{account:032x}");
    let key = ApiKey::new(&account, &format!("SK{:032x}", 1), "a secret of some length").unwrap();
    PlaybackMinter::builder(&key)
}

/// A request whose handler makes a minter.
fn handle(account: usize) {
    let live = builder(account).source(Padded).share("all").build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    // As with the built-in client, which fetches nothing here. Its caches are kept, too.
    drop(builder(account % 20).base_url("http://127.0.0.1:9").build().unwrap());
}

/// What the process has in memory, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

#[test]
fn a_hundred_thousand_minters_leave_as_much_as_the_first_thousand() {
    let (start, before) = (Instant::now(), LIVE.load(Ordering::Relaxed));
    let resident_before = resident();
    (0..ACCOUNTS / 2).for_each(handle);
    let each = (LIVE.load(Ordering::Relaxed) - before) / (ACCOUNTS / 2);
    (ACCOUNTS / 2..ACCOUNTS).for_each(handle);
    let (full, resident_full) = (LIVE.load(Ordering::Relaxed), resident());
    (ACCOUNTS..MINTERS).for_each(|number| handle(number % ACCOUNTS));
    let grown = LIVE.load(Ordering::Relaxed).saturating_sub(full);
    println!(
        "{each} bytes an account, {grown} more after {MINTERS} minters in {:?}",
        start.elapsed()
    );
    println!("resident: {resident_before}, {resident_full}, {} KiB", resident());
    assert!(each <= BYTES_PER_ACCOUNT, "{each} bytes an account");
    // Grants that ended meanwhile were fetched once more, which leaves events.
    let rounds = usize::try_from(start.elapsed().as_secs() / 20).unwrap() + 1;
    let fetches = FETCHES.load(Ordering::Relaxed);
    assert!(fetches <= ACCOUNTS * rounds, "{fetches} fetches");
    assert!(grown <= 2 * 1024 * 1024, "{grown} bytes more");
    forget();
    // The thread that watches the time may be looking at all that is kept, which is gone when it has.
    let end = Instant::now() + Duration::from_secs(10);
    let left = || LIVE.load(Ordering::Relaxed).saturating_sub(before);
    while left() > 512 * 1024 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(left() <= 512 * 1024, "{} bytes left", left());
}
