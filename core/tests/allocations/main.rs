//! A mint allocates once, a mint into a buffer that is large enough not at all. A binary of its own,
//! since it has an allocator of its own.

#![allow(unsafe_code, reason = "an allocator has no safe interface")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use grantmint_core::{ApiKey, JwtMinter, PlaybackGrant, TokenMinter, VideoGrant};

/// Counts what each thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator as it came; the count is a thread-local
// cell that needs neither allocation nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises about `layout` are those that the system asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, so from the system, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Minters of small and large tokens.
fn minters() -> Vec<TokenMinter> {
    let key = ApiKey::new(
        "AC0123456789abcdef0123456789abcdef",
        "SK0123456789abcdef0123456789abcdef",
        "0123456789abcdefghijklmnopqrstuv",
    )
    .unwrap();
    let playback = |bytes: usize| {
        let json = format!(r#"{{"playbackUrl":"https://x.example/?token={}"}}"#, "t".repeat(bytes));
        let grant = PlaybackGrant::from_json(&json).unwrap();
        TokenMinter::builder(&key).grant(grant).build().unwrap()
    };
    let video = TokenMinter::builder(&key).grant(VideoGrant::new().room("r")).build().unwrap();
    vec![video, playback(900), playback(60_000)]
}

/// Identities of 4 to 51 characters.
fn identities() -> impl Iterator<Item = String> {
    (4..=51).map(|length| "viewer-0123456789_".chars().cycle().take(length).collect())
}

/// The allocations of one call. The first is left out, as a thread may set up its own state, and
/// the worst, as the prefix is made anew when the second changes.
fn allocations(mut call: impl FnMut()) -> usize {
    call();
    let mut counts = [0; 4].map(|_: usize| {
        let before = ALLOCATIONS.get();
        call();
        ALLOCATIONS.get() - before
    });
    counts.sort_unstable();
    assert_eq!(counts[0], counts[2], "most calls allocate alike");
    counts[0]
}

#[test]
fn slots_allocate_nothing() {
    let minter = JwtMinter::livekit("key", "0123456789abcdefghijklmnopqrstuv").build().unwrap();
    for name in ["Alice", "\"Alice\"", &"a".repeat(256)] {
        let slots = [("room", "r".into()), ("room_join", true.into()), ("name", name.into())];
        assert_eq!(allocations(|| drop(minter.mint("alice", &slots))), 1);
        let mut buffer = String::with_capacity(4096);
        assert_eq!(allocations(|| minter.mint_into(&mut buffer, "alice", &slots).unwrap()), 0);
    }
}

#[test]
fn a_mint_allocates_the_token_and_nothing_else() {
    for minter in minters() {
        for identity in identities() {
            assert_eq!(allocations(|| drop(minter.mint(&identity))), 1);
        }
        let escaped = "\u{1}".repeat(128);
        assert_eq!(allocations(|| drop(minter.mint(&escaped))), 1);
    }
}

#[test]
fn a_mint_into_a_buffer_that_is_large_enough_allocates_nothing() {
    for minter in minters() {
        let mut buffer = String::with_capacity(100_000);
        for identity in identities() {
            assert_eq!(allocations(|| minter.mint_into(&mut buffer, &identity).unwrap()), 0);
        }
        let escaped = "\"".repeat(128);
        assert_eq!(allocations(|| minter.mint_into(&mut buffer, &escaped).unwrap()), 0);
    }
}
