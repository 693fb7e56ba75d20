//! Sources that are handed a ticket: it may be brought to an end later, from anywhere, or not at
//! all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use grantmint_core::{
    AsyncGrantSource, Error, ErrorKind, Fetched, GrantRequest, PlaybackMinter, SourceTicket,
};

use crate::support::{STREAMER, key};

/// A source of one closure, with the number of its calls.
struct By<F>(Arc<AtomicUsize>, F);

impl<F: Fn(SourceTicket) + Send + Sync> AsyncGrantSource for By<F> {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        assert_eq!(request.streamer().as_str(), STREAMER);
        self.0.fetch_add(1, Ordering::Relaxed);
        (self.1)(ticket);
    }
}

/// A minter with a rate limit of its own, as limiters are shared by base URL.
fn minter(
    name: &str,
    end: impl Fn(SourceTicket) + Send + Sync + 'static,
) -> (PlaybackMinter, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let builder = PlaybackMinter::builder(&key()).base_url(format!("https://{name}.test"));
    (builder.source(By(Arc::clone(&calls), end)).build().unwrap(), calls)
}

fn grant() -> Fetched {
    Fetched::new("{\"a\":1}").unwrap()
}

#[test]
fn a_ticket_may_be_completed_later_and_elsewhere() {
    let (live, calls) = minter("later", |ticket| {
        thread::spawn(move || ticket.complete(grant()));
    });
    assert!(live.token(STREAMER, "alice").is_ok());
    assert!(live.try_token(STREAMER, "bob").unwrap().is_some());
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_dropped_ticket_is_begun_again_and_then_abandoned() {
    let (live, calls) = minter("dropped", drop);
    assert_eq!(live.token(STREAMER, "alice").unwrap_err().kind(), ErrorKind::Abandoned);
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[test]
fn a_ticket_that_a_panic_drops_fails_its_fetch() {
    let (live, calls) = minter("panicking", |_ticket| panic!("in a source, on purpose"));
    assert_eq!(live.token(STREAMER, "alice").unwrap_err().kind(), ErrorKind::SourceFailed);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_held_ticket_keeps_no_fetcher_thread() {
    let held = Arc::new(Mutex::new(Vec::new()));
    let hold = Arc::clone(&held);
    let (live, calls) = minter("held", move |ticket| hold.lock().unwrap().push(ticket));
    let waiting = {
        let live = live.clone();
        thread::spawn(move || live.token(STREAMER, "alice").map(|_| ()))
    };
    crate::support::eventually("the source is called", || calls.load(Ordering::Relaxed) == 1);
    let ticket = held.lock().unwrap().pop().unwrap();
    assert!(!ticket.is_refresh() && !ticket.timeout().is_zero());
    ticket.fail(Error::new(ErrorKind::UpstreamForbidden, "on purpose"));
    assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::UpstreamForbidden);
}
