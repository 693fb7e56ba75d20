//! What the threads do: everything that a minter can do, at random.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, PlaybackMinter, PlaybackMinterBuilder, TokenOptions};

use crate::rules::Rules;

pub(crate) const STREAMS: usize = 200;

/// Most viewers watch one of these.
const POPULAR: usize = 8;

/// Whoever waits has an answer after its time and this much more.
const SLACK: Duration = Duration::from_secs(2);

pub(crate) struct Load {
    /// Two that share a cache, and one in a fleet.
    pub(crate) minters: [PlaybackMinter; 3],
    /// What the first two were built with, for minters of one request.
    pub(crate) minter: Box<dyn Fn() -> PlaybackMinterBuilder + Send + Sync>,
    pub(crate) keys: [ApiKey; 2],
    pub(crate) rules: Rules,
}

impl Load {
    /// Asks until the end; returns how often.
    pub(crate) fn run(self: &Arc<Self>, end: Instant) -> u64 {
        let mut operations = 0;
        while Instant::now() < end {
            for _ in 0..100 {
                self.one();
            }
            operations += 100;
            thread::sleep(Duration::from_millis(2));
        }
        operations
    }

    fn one(self: &Arc<Self>) {
        let live = &self.minters[fastrand::usize(..3)];
        let (streamer, identity) = (streamer(), format!("viewer-{}", fastrand::u32(..)));
        match fastrand::u32(..1_000_000) {
            0..950_000 => self.look(live, &streamer, &identity),
            950_000..990_000 => drop(self.wait(live, &streamer, &identity)),
            990_000..999_500 => self.ask_a_minter_of_its_own(&streamer, &identity),
            999_500..999_900 => self.call_back(live, &streamer, identity),
            999_900..999_950 => drop((live.stats().unwrap(), live.drain_events().unwrap())),
            999_950..999_970 => self.rules.done(live.prefetch(&streamer)),
            999_970..999_980 => self.rules.done(live.keep_warm(&streamer, Duration::from_secs(5))),
            999_980..999_985 => drop(live.invalidate(&streamer).unwrap()),
            999_985..999_995 => self.replace(live, &streamer, &identity),
            _ => live.rotate(&self.keys[fastrand::usize(..2)]).unwrap(),
        }
    }

    fn look(&self, live: &PlaybackMinter, streamer: &str, identity: &str) {
        let token = if fastrand::bool() {
            live.try_token(streamer, identity)
        } else {
            match live.stream(streamer) {
                Ok(stream) => stream.try_token(identity),
                Err(error) => return self.rules.error(&error),
            }
        };
        if let Some(jwt) = token.unwrap() {
            self.rules.jwt(&jwt, identity);
        }
    }

    fn wait(&self, live: &PlaybackMinter, streamer: &str, identity: &str) -> Option<u64> {
        let (start, options) = (Instant::now(), patience());
        let result = live.token_with(streamer, identity, options);
        let took = start.elapsed();
        assert!(took <= options.timeout.unwrap() + SLACK, "{took:?} for {options:?}");
        self.rules.answer(result, identity)
    }

    /// As a program does that makes a minter for each request.
    fn ask_a_minter_of_its_own(&self, streamer: &str, identity: &str) {
        let live = (self.minter)().build().unwrap();
        self.wait(&live, streamer, identity);
    }

    fn call_back(self: &Arc<Self>, live: &PlaybackMinter, streamer: &str, identity: String) {
        let this = Arc::clone(self);
        let asked = identity.clone();
        let call = live.token_then(streamer, &asked, patience(), move |result| {
            this.rules.answer(result, &identity);
        });
        if fastrand::bool() {
            call.cancel();
        }
    }

    /// A player has turned the grant down.
    fn replace(&self, live: &PlaybackMinter, streamer: &str, identity: &str) {
        if let Some(generation) = self.wait(live, streamer, identity) {
            live.invalidate_if(streamer, generation).unwrap();
        }
    }
}

fn streamer() -> String {
    let streams = if fastrand::u32(..20) == 0 { STREAMS } else { POPULAR };
    format!("VJ{:032x}", fastrand::usize(..streams))
}

fn patience() -> TokenOptions {
    let timeout = Duration::from_millis(fastrand::u64(0..300));
    TokenOptions::new().timeout(timeout)
}
