//! What a key costs, counted by an allocator of this binary's own. One test only: whatever else
//! ran at the same time would be counted too.

#![allow(unsafe_code, reason = "an allocator has no safe interface")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, Grant, GrantCache, Key, ManualClock};

const KEYS: usize = 10_000;
/// On top of the grant itself.
const BYTES_PER_KEY: usize = 512;

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

/// A key of the usual form and length: the streamer and the origin of its player.
fn key(number: usize) -> Key {
    let text = format!("VJ{number:032x} https://www.example.com");
    Key::new(&text, Duration::from_secs(60)).unwrap()
}

#[test]
fn a_key_costs_its_grant_and_at_most_512_bytes() {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let grant = "g".repeat(1000);
    let before = LIVE.load(Ordering::Relaxed);
    let cache = GrantCache::builder().clock(&clock).build();
    for number in 0..KEYS {
        let begun = cache.begin(&key(number), BeginOptions::default()).unwrap();
        let Begin::Fetch(mut ticket, waiter) = begun else { panic!("a new key has no grant") };
        ticket.start();
        ticket.complete(Grant::new(grant.as_str()), Duration::from_secs(60));
        assert!(waiter.try_result().unwrap().is_ok());
    }
    assert_eq!(cache.stats().keys, KEYS);
    let spent = (LIVE.load(Ordering::Relaxed) - before) / KEYS - grant.len();
    println!("{spent} bytes per key on top of its grant");
    assert!(spent <= BYTES_PER_KEY, "{spent} bytes per key on top of its grant");
}
