//! What a stream of a minter costs, its prepared token included, counted by an allocator of this
//! binary's own. One test only: whatever else ran at the same time would be counted too.

#![allow(unsafe_code, reason = "an allocator has no safe interface")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use grantmint_core::{
    ApiKey, CachePolicy, Fetched, GrantRequest, GrantSource, ManualClock, PlaybackMinter, Result,
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

/// On top of two and a half times the grant: once as it came, once in base64 and a little room.
const BYTES_PER_STREAM: usize = 2048;
const STREAMS: usize = 1000;

struct Padded(usize);

impl GrantSource for Padded {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        Fetched::new(format!("{{\"x\":\"{}\"}}", "g".repeat(self.0 - 8)))
    }
}

/// A minter on a clock that stands still but for the rate limit's sake.
fn minter(source: Padded, max_keys: usize) -> (PlaybackMinter, ManualClock) {
    let key = ApiKey::new(&format!("AC{:032x}", 1), &format!("SK{:032x}", 1), "a secret").unwrap();
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let policy = CachePolicy::builder().max_keys(max_keys).build().unwrap();
    let builder = PlaybackMinter::builder(&key).source(source).clock(&clock).policy(policy);
    (builder.build().unwrap(), clock)
}

fn watch(live: &PlaybackMinter, clock: &ManualClock, streams: std::ops::Range<usize>) {
    for number in streams {
        clock.advance(Duration::from_millis(100));
        live.token(&format!("VJ{number:032x}"), "alice").unwrap();
    }
}

#[test]
fn a_stream_costs_two_and_a_half_grants_and_two_kibibytes_and_no_more_than_there_is_room_for() {
    for grant in [100, 600, 4096] {
        let (live, clock) = minter(Padded(grant), STREAMS);
        // What is there once: threads, counters, the ring of events.
        watch(&live, &clock, 0..STREAMS / 10);
        let before = LIVE.load(Ordering::Relaxed);
        watch(&live, &clock, STREAMS / 10..STREAMS);
        let each = (LIVE.load(Ordering::Relaxed) - before) / (STREAMS - STREAMS / 10);
        println!("grants of {grant} bytes: {each} bytes a stream");
        assert!(each <= grant * 5 / 2 + BYTES_PER_STREAM, "{each} bytes for a grant of {grant}");

        let full = LIVE.load(Ordering::Relaxed);
        watch(&live, &clock, STREAMS..STREAMS * 2);
        let stats = live.stats().unwrap();
        assert!(stats.keys <= STREAMS && stats.evictions >= STREAMS as u64, "{}", stats.evictions);
        let grown = LIVE.load(Ordering::Relaxed).saturating_sub(full);
        assert!(grown <= 64 * 1024, "{grown} bytes more, though as many streams went as came");
    }
}
