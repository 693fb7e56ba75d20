//! Sources that only hand their tickets on, to a loop or a thread of the host: a request counts as sent when
//! that starts the ticket, and not before.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use grantmint_core::{
    AccountOptions, AsyncGrantSource, Error, ErrorKind, Fetched, Freshness, GrantRequest,
    ManualClock, PlaybackMinter, PlaybackToken, Result, SourceTicket, Stats, TokenOptions,
};

use crate::support::{minter_from, streamer};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// After this a ticket that nobody has started is given up: the time limit of a fetch, and a second.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// Hands its tickets on to the test, which is the host's loop.
struct HandingOn(Sender<SourceTicket>);

impl AsyncGrantSource for HandingOn {
    fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
        self.0.send(ticket).unwrap();
    }

    fn hands_on(&self) -> bool {
        true
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
        Self::with(AccountOptions::new())
    }

    fn with(account: AccountOptions) -> Self {
        static WORLDS: AtomicUsize = AtomicUsize::new(0);
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let (send, tickets) = channel();
        // Limiters are shared by base URL.
        let builder =
            minter_from(HandingOn(send)).base_url(format!("https://handed-on-{number}.test"));
        let live = builder.clock(&clock).account(account).isolated().build().unwrap();
        Self { live, clock, tickets }
    }

    /// Asks for a stream's token, with much time.
    fn ask(&self, stream: usize) -> Asked {
        let options = TokenOptions::new().timeout(10 * MINUTE);
        Box::pin(self.live.token_async(&streamer(stream), "alice", options))
    }

    fn prefetch(&self, stream: usize) -> SourceTicket {
        self.live.prefetch(&streamer(stream)).unwrap();
        self.handed_on()
    }

    /// The ticket that was handed on, which is there without waiting.
    fn handed_on(&self) -> SourceTicket {
        self.tickets.try_recv().expect("a ticket was handed on")
    }

    fn stats(&self) -> Stats {
        self.live.stats().unwrap()
    }

    fn errors(&self, kind: ErrorKind) -> u64 {
        let errors = self.stats().errors;
        errors.iter().find(|(other, _)| *other == kind).map_or(0, |(_, count)| *count)
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

fn answer(ticket: SourceTicket) {
    ticket.complete(Fetched::new("{}").unwrap());
}

fn throttle(ticket: SourceTicket, pause: Duration) {
    ticket.fail(Error::new(ErrorKind::Throttled, "on purpose").with_retry_after(pause));
}

#[test]
fn what_is_never_started_is_no_fetch_costs_no_request_and_makes_room_for_another() {
    // One request, and the next after ten seconds.
    let world = World::with(AccountOptions::new().calls_per_second(0.1).burst(1));
    let mut asked = world.ask(1);
    assert!(poll(&mut asked).is_pending());
    let mut late = world.handed_on();
    assert_eq!((world.stats().fetches, world.stats().in_flight), (0, 1));
    world.clock.advance(GIVEN_UP);
    let error = ready(&mut asked).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    assert!(error.retry_after().is_some());
    assert_eq!((world.stats().in_flight, world.errors(ErrorKind::Overloaded)), (0, 1));

    let mut next = world.prefetch(1);
    assert!(late.start().is_none(), "it is over");
    assert_eq!(world.stats().fetches, 0);
    assert!(next.start().is_some_and(|time| !time.is_zero()));
    answer(next);
    assert!(ready(&mut world.ask(1)).is_ok());
    let stats = world.stats();
    assert_eq!((stats.fetches, stats.in_flight, stats.fetch_latency.count), (1, 0, 1));
    assert_eq!(world.errors(ErrorKind::UpstreamTimeout), 0);
}

#[test]
fn a_ticket_that_is_dropped_before_it_is_started_costs_no_request() {
    let world = World::with(AccountOptions::new().calls_per_second(0.1).burst(1));
    let mut asked = world.ask(1);
    assert!(poll(&mut asked).is_pending());
    drop(world.handed_on());
    assert!(poll(&mut asked).is_pending(), "it begins again");
    let mut ticket = world.handed_on();
    assert!(ticket.start().is_some());
    answer(ticket);
    assert!(ready(&mut asked).is_ok());
    assert_eq!(world.stats().fetches, 1);
}

#[test]
fn a_ticket_that_waits_for_a_while_is_sent_once_and_its_lifetime_counts_from_its_start() {
    let world = World::new();
    let mut asked = world.ask(1);
    assert!(poll(&mut asked).is_pending());
    let mut ticket = world.handed_on();
    world.clock.advance(3 * SECOND);
    assert_eq!(world.stats().fetches, 0);
    let time = ticket.start().unwrap();
    assert_eq!((time, ticket.timeout()), (4 * SECOND, 4 * SECOND), "all of it");
    world.clock.advance(2 * SECOND);
    answer(ticket);
    let token = ready(&mut asked).unwrap();
    // Less what it took and the safety margin of 2 s.
    assert_eq!(token.grant_remaining, MINUTE - 2 * SECOND - 2 * SECOND);
    let stats = world.stats();
    assert_eq!((stats.fetches, stats.refreshes, world.tickets.try_recv().is_err()), (1, 0, true));
    assert_eq!(stats.fetch_latency.sum, 2 * SECOND);
}

#[test]
fn a_request_that_was_sent_has_its_time_from_its_start() {
    let world = World::new();
    let mut asked = world.ask(1);
    assert!(poll(&mut asked).is_pending());
    let mut ticket = world.handed_on();
    world.clock.advance(3 * SECOND);
    assert!(ticket.start().is_some());
    world.clock.advance(GIVEN_UP - Duration::from_millis(1));
    assert!(poll(&mut asked).is_pending());
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(ready(&mut asked).unwrap_err().kind(), ErrorKind::UpstreamTimeout);
}

#[test]
fn what_was_handed_on_before_a_429_is_not_sent_in_the_cool_down() {
    let world = World::new();
    let (mut one, mut asked) = (world.prefetch(1), world.ask(2));
    assert!(poll(&mut asked).is_pending());
    let mut two = world.handed_on();
    assert!(one.start().is_some());
    throttle(one, 10 * SECOND);
    assert!(two.start().is_none());
    let error = ready(&mut asked).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(error.retry_after().is_some_and(|time| time >= 10 * SECOND), "{error:?}");
    assert_eq!(ready(&mut world.ask(2)).unwrap_err().kind(), ErrorKind::Throttled);
    let stats = world.stats();
    assert_eq!((stats.fetches, stats.throttled, stats.in_flight), (1, 1, 0));

    world.clock.advance(20 * SECOND);
    let mut probe = world.prefetch(2);
    assert!(probe.start().is_some());
    answer(probe);
    assert!(ready(&mut world.ask(2)).is_ok());
    assert_eq!(world.stats().fetches, 2);
}

#[test]
fn a_host_that_stalls_with_the_probe_gives_it_back() {
    let world = World::new();
    let mut one = world.prefetch(1);
    assert!(one.start().is_some());
    throttle(one, SECOND);
    world.clock.advance(3 * SECOND);
    let mut stalled = world.prefetch(2);
    world.clock.advance(GIVEN_UP);
    assert!(stalled.start().is_none());
    let mut probe = world.prefetch(3);
    assert!(probe.start().is_some());
    assert_eq!(world.stats().fetches, 2);
    answer(probe);
}

#[test]
fn what_was_invalidated_before_its_start_is_not_sent_and_callers_get_what_is_fetched_after() {
    let world = World::new();
    let mut asked = world.ask(1);
    assert!(poll(&mut asked).is_pending());
    let mut before = world.handed_on();
    world.live.invalidate(&streamer(1)).unwrap();
    assert!(before.start().is_none());
    drop(before);
    assert!(poll(&mut asked).is_pending(), "it begins again");
    let mut after = world.handed_on();
    assert!(after.start().is_some());
    answer(after);
    assert!(ready(&mut asked).is_ok());
    assert_eq!((world.stats().fetches, world.stats().in_flight), (1, 0));
}

#[test]
fn while_a_refresh_is_not_started_callers_get_the_cached_grant() {
    let world = World::new();
    let mut ticket = world.prefetch(1);
    assert!(ticket.start().is_some());
    answer(ticket);
    // So old that callers wait for a refresh whose request has been sent.
    world.clock.advance(40 * SECOND);
    let mut first = world.ask(1);
    assert!(poll(&mut first).is_pending());
    let mut stalled = world.handed_on();
    assert_eq!(ready(&mut world.ask(1)).unwrap().freshness, Freshness::Refreshing);
    world.clock.advance(GIVEN_UP);
    assert!(ready(&mut first).unwrap().grant_remaining > Duration::ZERO);
    assert!(stalled.start().is_none());
    assert_eq!((world.stats().fetches, world.errors(ErrorKind::Overloaded)), (1, 1));

    let mut second = world.ask(1);
    let mut refresh = match poll(&mut second) {
        Poll::Ready(token) => {
            assert!(token.is_ok());
            world.handed_on()
        }
        Poll::Pending => world.handed_on(),
    };
    assert!(refresh.start().is_some());
    assert!(poll(&mut world.ask(1)).is_pending(), "the request has been sent");
    answer(refresh);
    assert_eq!(world.stats().fetches, 2);
}
