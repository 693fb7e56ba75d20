//! Callers that are held up after their grant has come: it is judged where it is handed over, not where
//! it came in.

use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use grantmint_core::{
    AsyncGrantSource, Begin, BeginOptions, ErrorKind, Fetched, Freshness, Grant, GrantCache,
    GrantRequest, Key, ManualClock, PlaybackMinter, PlaybackToken, Result, SourceTicket,
    TokenOptions, decode,
};

use crate::support::{STREAMER, key};

const START: u64 = 1_700_000_000;
const MINUTE: Duration = Duration::from_secs(60);
const LEAST: Duration = Duration::from_secs(5);

/// Hands its tickets to the test.
struct ByHand(Sender<SourceTicket>);

impl AsyncGrantSource for ByHand {
    fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
        self.0.send(ticket).unwrap();
    }
}

type Asked = Pin<Box<dyn Future<Output = Result<PlaybackToken>>>>;

struct World {
    live: PlaybackMinter,
    clock: ManualClock,
    tickets: Receiver<SourceTicket>,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::new(Duration::from_secs(START));
        let (send, tickets) = channel();
        let builder = PlaybackMinter::builder(&key()).source(ByHand(send)).clock(&clock);
        Self { live: builder.isolated().build().unwrap(), clock, tickets }
    }

    fn ask(&self, timeout: Duration) -> Asked {
        let options = TokenOptions::new().timeout(timeout).min_remaining(LEAST);
        Box::pin(self.live.token_async(STREAMER, "alice", options))
    }

    fn answer(&self) {
        let ticket = self.tickets.recv_timeout(Duration::from_secs(60)).unwrap();
        ticket.complete(Fetched::new("{}").unwrap());
    }
}

fn poll(asked: &mut Asked) -> Poll<Result<PlaybackToken>> {
    asked.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn ready(asked: &mut Asked) -> Result<PlaybackToken> {
    match poll(asked) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the call still waits"),
    }
}

#[test]
fn a_grant_that_died_before_it_was_looked_at_is_fetched_again() {
    let world = World::new();
    let mut asked = world.ask(10 * MINUTE);
    assert!(poll(&mut asked).is_pending());
    world.answer();
    world.clock.advance(2 * MINUTE);
    assert!(poll(&mut asked).is_pending(), "it begins again");
    world.answer();
    world.clock.advance(Duration::from_secs(3));
    let token = ready(&mut asked).unwrap();
    assert!(token.grant_remaining >= LEAST);
    let issued = decode(&token.jwt).unwrap().issued_at();
    assert_eq!(issued, Some(START + 123), "it is minted when it is handed over");
}

#[test]
fn a_caller_whose_time_is_over_by_then_is_told_so() {
    let world = World::new();
    let mut asked = world.ask(Duration::from_secs(5));
    assert!(poll(&mut asked).is_pending());
    world.answer();
    world.clock.advance(2 * MINUTE);
    assert_eq!(ready(&mut asked).unwrap_err().kind(), ErrorKind::DeadlineExceeded);
}

#[test]
fn a_grant_that_came_meanwhile_serves_a_late_caller() {
    let world = World::new();
    let mut held_up = world.ask(10 * MINUTE);
    assert!(poll(&mut held_up).is_pending());
    world.answer();
    world.clock.advance(2 * MINUTE);
    let mut other = world.ask(MINUTE);
    assert!(poll(&mut other).is_pending());
    world.answer();
    let (other, late) = (ready(&mut other).unwrap(), ready(&mut held_up).unwrap());
    assert_eq!((late.generation, late.freshness), (other.generation, Freshness::Fresh));
    assert_eq!(late.reason, None);
}

#[test]
fn a_grant_that_never_kept_the_promise_is_not_fetched_again_and_again() {
    let world = World::new();
    let mut asked = world.ask(10 * MINUTE);
    assert!(poll(&mut asked).is_pending());
    let ticket = world.tickets.recv_timeout(Duration::from_secs(60)).unwrap();
    ticket.complete(Fetched::new("{}").unwrap().with_ttl(Duration::from_secs(4)));
    assert_eq!(ready(&mut asked).unwrap_err().kind(), ErrorKind::GrantTooShort);
}

#[test]
fn a_waiter_that_is_looked_at_too_late_says_to_begin_again() {
    let clock = ManualClock::new(Duration::from_secs(START));
    let cache = GrantCache::builder().clock(&clock).build();
    let key = Key::new("service", MINUTE).unwrap();
    let Ok(Begin::Fetch(mut ticket, waiter)) = cache.begin(&key, BeginOptions::default()) else {
        panic!("nobody fetches")
    };
    ticket.start();
    ticket.complete(Grant::new("a grant"), MINUTE);
    clock.advance(2 * MINUTE);
    let told = waiter.try_result().expect("the fetch is over").unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Abandoned);
}
