//! Sources written by the host: good, bad and endless.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{
    AsyncGrantSource, CachePolicy, Error, ErrorKind, Fetched, GrantRequest, GrantSource,
    ManualClock, Result, SourceTicket, TokenOptions, decode,
};

use crate::support::{STREAMER, at_once, eventually, minter_from, streamer, within};

/// Does what a function says, and counts.
struct Does<F> {
    run: F,
    calls: Arc<Mutex<Vec<Instant>>>,
}

impl<F: Fn(&GrantRequest) -> Result<Fetched> + Send + Sync> GrantSource for Does<F> {
    fn fetch(&self, request: &GrantRequest, _: Duration) -> Result<Fetched> {
        self.calls.lock().unwrap().push(Instant::now());
        (self.run)(request)
    }
}

type Calls = Arc<Mutex<Vec<Instant>>>;

fn does<F: Fn(&GrantRequest) -> Result<Fetched> + Send + Sync>(run: F) -> (Does<F>, Calls) {
    let calls = Calls::default();
    (Does { run, calls: Arc::clone(&calls) }, calls)
}

fn a_grant(request: &GrantRequest) -> Result<Fetched> {
    Fetched::new(format!(r#"{{"playerStreamerSid":"{}"}}"#, request.streamer()))
}

#[test]
fn a_source_is_asked_once_for_all_who_want_its_grant() {
    let (source, calls) = does(|request| {
        thread::sleep(Duration::from_millis(50));
        a_grant(request)
    });
    let live = minter_from(source).build().unwrap();
    let tokens = at_once(50, move |_| live.token(STREAMER, "alice").unwrap());
    for token in &tokens {
        let grants = decode(&token.jwt).unwrap().claims_json().to_owned();
        assert!(grants.contains(STREAMER), "{grants}");
    }
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[test]
fn what_a_source_does_wrong_has_a_name_and_back_off() {
    type Run = fn(&GrantRequest) -> Result<Fetched>;
    let wrong: [(ErrorKind, Run); 5] = [
        (ErrorKind::SourceFailed, |_| panic!("in a source, on purpose")),
        (ErrorKind::UpstreamNoGrant, |_| Fetched::new("\"{}\"")),
        (ErrorKind::UpstreamNotJson, |_| Fetched::new("{")),
        (ErrorKind::GrantTooShort, |r| Ok(a_grant(r)?.with_ttl(Duration::from_secs(4)))),
        (ErrorKind::UpstreamUnavailable, |_| {
            Err(Error::new(ErrorKind::UpstreamUnavailable, "the other service is down"))
        }),
    ];
    for (kind, run) in wrong {
        let (source, calls) = does(run);
        let live = minter_from(source).build().unwrap();
        for identity in ["alice", "bob"] {
            let error = live.token(STREAMER, identity).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        }
        assert_eq!(calls.lock().unwrap().len(), 1, "{kind:?}: the second is told at once");
    }
}

#[test]
fn a_throttled_source_is_left_alone_for_as_long_as_it_says() {
    let (source, calls) = does(|_| {
        let error = Error::new(ErrorKind::Throttled, "too many");
        Err(error.with_retry_after(Duration::from_secs(1)))
    });
    let live = minter_from(source).build().unwrap();
    let start = Instant::now();
    let mut refused = 0;
    while start.elapsed() < Duration::from_millis(950) {
        let error = live.token(&streamer(refused % 5), "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Throttled);
        assert!(error.retry_after().is_some());
        refused += 1;
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(calls.lock().unwrap().len(), 1, "{refused} callers were refused at once");
    eventually("the probe", || {
        let _ = live.token(STREAMER, "alice");
        calls.lock().unwrap().len() == 2
    });
    let calls = calls.lock().unwrap();
    assert!(calls[1] - calls[0] >= Duration::from_secs(1), "{:?}", calls[1] - calls[0]);
}

/// Returns when the test is over.
struct Endless(Mutex<Receiver<()>>);

impl GrantSource for Endless {
    fn fetch(&self, request: &GrantRequest, _: Duration) -> Result<Fetched> {
        let _ = self.0.lock().unwrap().recv();
        a_grant(request)
    }
}

fn endless() -> (Sender<()>, Endless) {
    let (end, until) = channel();
    (end, Endless(Mutex::new(until)))
}

#[test]
fn nobody_waits_for_ever_for_a_source_that_never_returns() {
    let (end, source) = endless();
    // A second of grace comes on top.
    let policy = CachePolicy::builder().fetch_timeout(Duration::from_millis(800)).build().unwrap();
    let live = minter_from(source).grant_ttl(4).policy(policy).build().unwrap();
    let (start, (answer, answers)) = (Instant::now(), channel());
    drop(live.token_then(STREAMER, "alice", TokenOptions::default(), move |token| {
        answer.send(token.unwrap_err().kind()).unwrap();
    }));
    let impatient = live.token_with(STREAMER, "alice", within(200)).unwrap_err();
    assert_eq!(impatient.kind(), ErrorKind::DeadlineExceeded);
    assert!(start.elapsed() < Duration::from_millis(700), "{:?}", start.elapsed());
    let others = live.clone();
    let kinds = at_once(10, move |_| others.token(STREAMER, "alice").unwrap_err().kind());
    assert_eq!(kinds, [ErrorKind::UpstreamTimeout; 10]);
    assert!(start.elapsed() < Duration::from_millis(2800), "{:?}", start.elapsed());
    assert_eq!(answers.recv_timeout(Duration::from_secs(1)).unwrap(), ErrorKind::UpstreamTimeout);
    assert_eq!(live.stats().unwrap().in_flight, 0);
    drop(end);
    // What comes late is still the best there is.
    eventually("the late grant", || live.try_token(STREAMER, "alice").unwrap().is_some());
}

/// Keeps its tickets.
struct Later(Sender<SourceTicket>);

impl AsyncGrantSource for Later {
    fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
        self.0.send(ticket).unwrap();
    }
}

#[test]
fn a_ticket_may_be_brought_to_an_end_later_from_any_thread() {
    let (tickets, begun) = channel();
    let live = minter_from(Later(tickets)).build().unwrap();
    let waiting = thread::spawn({
        let live = live.clone();
        move || live.token(STREAMER, "alice").map(|token| token.freshness)
    });
    let ticket = begun.recv().unwrap();
    assert!(!ticket.is_refresh() && ticket.timeout() > Duration::from_secs(1));
    thread::spawn(move || ticket.complete(Fetched::new("{}").unwrap())).join().unwrap();
    waiting.join().unwrap().unwrap();
}

#[test]
fn a_look_does_not_wait_for_a_source() {
    let (tickets, begun) = channel();
    // By this clock a call that waits does so until it is answered.
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let live = minter_from(Later(tickets)).clock(&clock).build().unwrap();
    let (told, tells) = channel();
    let looking = live.clone();
    thread::spawn(move || told.send(looking.try_token(STREAMER, "alice").unwrap().is_some()));
    let is_there = tells.recv_timeout(Duration::from_secs(30)).expect("it waits");
    assert!(!is_there);
    begun.recv().unwrap().complete(Fetched::new("{}").unwrap());
    assert!(live.try_token(STREAMER, "alice").unwrap().is_some());
}

#[test]
fn a_ticket_that_is_dropped_is_begun_again_twice_at_most() {
    let (tickets, begun) = channel();
    let live = minter_from(Later(tickets)).build().unwrap();
    let dropping = thread::spawn(move || begun.iter().map(drop).count());
    let error = live.token(STREAMER, "alice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Abandoned);
    drop(live);
    assert_eq!(dropping.join().unwrap(), 3);
}
