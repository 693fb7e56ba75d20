//! Many threads on one minter through the functions that C calls, with a source written as C would
//! write it. Runs under ThreadSanitizer too.
//!
//! A program without the test harness, and with each thread joined by itself: the standard library
//! is not instrumented, so ThreadSanitizer cannot see how those wait.

#![allow(clippy::print_stdout, reason = "it reports as the usual harness does")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use grantmint::*;

const THREADS: usize = 16;
const ROUNDS: usize = 50;
const STREAMERS: [&str; 2] =
    ["VJ00000000000000000000000000000001", "VJ00000000000000000000000000000002"];

fn text(text: &str) -> grantmint_str_t {
    grantmint_str_t { data: text.as_ptr().cast(), len: text.len() }
}

fn ok(status: grantmint_status_t) {
    assert_eq!(status, grantmint_status_t::GRANTMINT_OK);
}

/// Calls a function that hands out an object.
macro_rules! made {
    ($function:ident($($argument:expr),*)) => {{
        let mut out = ptr::null_mut();
        // SAFETY: all objects live, all texts can be read, `out` has room for a pointer.
        ok(unsafe { $function($($argument,)* &mut out, ptr::null_mut()) });
        out
    }};
}

/// What the source counts.
#[derive(Default)]
struct Calls {
    begun: AtomicUsize,
    freed: AtomicUsize,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// A pointer that threads share, as C does without asking.
struct Shared<T>(*mut T);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

// SAFETY: [handles] a minter may be used by any number of threads.
unsafe impl<T> Send for Shared<T> {}

impl<T> Shared<T> {
    fn get(self) -> *mut T {
        self.0
    }
}

/// Completes at once, or on a thread of its own, in turn.
unsafe extern "C" fn fetch(
    userdata: *mut c_void,
    _request: *const grantmint_grant_request_t,
    ticket: *mut grantmint_ticket_t,
) {
    // SAFETY: `userdata` is the counts, which outlive the source.
    let calls = unsafe { &*userdata.cast::<Calls>() };
    let ticket = Shared(ticket);
    let complete = move || {
        // SAFETY: [handles] the ticket is this function's alone.
        ok(unsafe {
            grantmint_ticket_complete(
                ticket.get(),
                text(r#"{"playbackUrl":"https://example.com/"}"#),
                0,
                ptr::null_mut(),
            )
        });
    };
    if calls.begun.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
        complete();
    } else {
        calls.threads.lock().unwrap().push(thread::spawn(complete));
    }
}

unsafe extern "C" fn note_free(userdata: *mut c_void) {
    // SAFETY: `userdata` is the counts, which outlive the source.
    unsafe { &*userdata.cast::<Calls>() }.freed.fetch_add(1, Ordering::Release);
}

unsafe extern "C" fn note_answer(
    userdata: *mut c_void,
    status: grantmint_status_t,
    token: *mut grantmint_playback_token_t,
    error: *mut grantmint_error_t,
) {
    ok(status);
    assert!(error.is_null());
    // SAFETY: [callbacks] the token is this function's to free; `userdata` is a count of its own.
    unsafe {
        grantmint_playback_token_free(token);
        drop(Arc::from_raw(userdata.cast::<AtomicUsize>()));
    }
}

fn main() {
    let calls = Calls::default();
    let userdata = (&raw const calls).cast_mut().cast();
    let key = made!(grantmint_api_key_new(
        text("AC00000000000000000000000000000001"),
        text("SK00000000000000000000000000000002"),
        text("a secret of more than 32 characters in all")
    ));
    let source = made!(grantmint_source_new(Some(fetch), userdata, Some(note_free)));
    // SAFETY: a zero stands for every default.
    let mut options: grantmint_playback_minter_options_t = unsafe { std::mem::zeroed() };
    options.struct_size = size_of_val(&options);
    options.source = source;
    let minter = Shared(made!(grantmint_playback_minter_new(key, &options)));
    // SAFETY: [handles] the minter keeps what it needs of both.
    unsafe {
        grantmint_source_free(source);
        grantmint_api_key_free(key);
    }

    let answers = Arc::new(AtomicUsize::new(0));
    let started: Vec<_> = (0..THREADS)
        .map(|index| {
            let answers = Arc::clone(&answers);
            thread::spawn(move || ask(minter, index, &answers))
        })
        .collect();
    started.into_iter().for_each(|thread| thread.join().unwrap());
    // Each answer that came has dropped its count.
    eventually(|| Arc::strong_count(&answers) == 1);
    // SAFETY: [handles] nobody uses it any more.
    unsafe { grantmint_playback_minter_free(minter.get()) };
    eventually(|| calls.freed.load(Ordering::Acquire) == 1);
    let begun = calls.begun.load(Ordering::Relaxed);
    assert!((STREAMERS.len()..THREADS * ROUNDS / 4).contains(&begun), "{begun}");
    let completing = std::mem::take(&mut *calls.threads.lock().unwrap());
    completing.into_iter().for_each(|thread| thread.join().unwrap());
    println!("threads: {begun} fetches, 1 passed, 0 failed");
}

/// What one thread does: all ways to get a token, and now and then what disturbs the others.
fn ask(minter: Shared<grantmint_playback_minter_t>, index: usize, answers: &Arc<AtomicUsize>) {
    let minter: *const _ = minter.get();
    let streamer = text(STREAMERS[index % STREAMERS.len()]);
    let stream = made!(grantmint_playback_minter_stream(minter, streamer));
    let mut last = 0;
    for round in 0..ROUNDS {
        let token = match round % 3 {
            0 => made!(grantmint_playback_minter_token(minter, streamer, text("a"), ptr::null())),
            _ => made!(grantmint_stream_minter_token(stream, text("b"), ptr::null())),
        };
        let bare = made!(grantmint_playback_minter_try_token(minter, streamer, text("c")));
        let userdata = Arc::into_raw(Arc::clone(answers)).cast_mut().cast();
        // SAFETY: [handles], [strings], [callbacks] each object lives and is this thread's alone,
        // but for the minter.
        unsafe {
            let generation = grantmint_playback_token_generation(token);
            assert!(generation >= last && grantmint_playback_token_jwt(token).len > 100);
            last = generation;
            grantmint_playback_token_free(token);
            grantmint_string_free(bare);
            ok(grantmint_stream_minter_token_then(
                stream,
                text("d"),
                ptr::null(),
                Some(note_answer),
                userdata,
                ptr::null_mut(),
            ));
        }
        if round == ROUNDS / 2 && index < STREAMERS.len() {
            let (ignored, none) = (ptr::null_mut(), ptr::null_mut());
            // SAFETY: [handles], [strings], [outputs] both outputs may be null.
            ok(unsafe {
                grantmint_playback_minter_invalidate_if(minter, streamer, last, ignored, none)
            });
        }
        if round % 10 == 0 {
            let stats = made!(grantmint_playback_minter_stats(minter));
            let events = made!(grantmint_playback_minter_drain_events(minter));
            // SAFETY: [handles] both are this thread's alone.
            unsafe {
                grantmint_stats_free(stats);
                grantmint_events_free(events);
            }
        }
    }
    // SAFETY: [handles] it is this thread's alone.
    unsafe { grantmint_stream_minter_free(stream) };
}

/// Waits in real time until something has come true, at most ten seconds.
fn eventually(holds: impl Fn() -> bool) {
    let came = (0..2000).any(|_| {
        thread::sleep(Duration::from_millis(5));
        holds()
    });
    assert!(came, "within ten seconds");
}
