//! What all connections share.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use grantmint_core::judge::Refusal;

use crate::access_token::AccessToken;
use crate::auth::Keys;
use crate::clock::Clock;
use crate::config::{Config, RetryAfter};
use crate::counters::Counting;
use crate::es384::UrlSigner;
use crate::fault_queue::{CallFaults, FaultQueue};
use crate::faults::Fault;
use crate::join::{self, JoinRequest, Joined};
use crate::play::{Admission, Cdn};
use crate::throttle::Throttle;
use crate::turn::Turn;

/// What all connections share. Every lock in it is held for a few lines and never across an await.
pub(crate) struct State {
    pub(crate) base_url: String,
    pub(crate) keys: Keys,
    pub(crate) throttle: Throttle,
    pub(crate) retry_after: RetryAfter,
    pub(crate) grant_bytes: usize,
    pub(crate) counting: Counting,
    pub(crate) cdn: Cdn,
    pub(crate) turn: Turn,
    pub(crate) clock: Clock,
    pub(crate) in_flight: InFlight,
    /// In lower case, as clients of the endpoint may spell them otherwise than whoever named them here.
    /// `None`: every well-formed SID exists.
    streamers: Option<HashSet<String>>,
    faults: FaultQueue,
}

/// How many PlaybackGrant calls are in flight.
#[derive(Default)]
pub(crate) struct InFlight(AtomicU64);

/// One call in flight; ends when dropped, so a client that goes away is not counted for ever.
pub(crate) struct Call<'a>(&'a InFlight);

impl State {
    pub(crate) fn new(config: Config, base_url: String) -> io::Result<Self> {
        let signer = UrlSigner::generate().map_err(|_| io::Error::other("no random numbers"))?;
        let streamers: HashSet<_> =
            config.streamers.iter().map(|sid| sid.to_ascii_lowercase()).collect();
        let state = Self {
            base_url,
            keys: Keys::new(config.keys),
            throttle: Throttle::new(config.rate, config.burst),
            retry_after: config.retry_after,
            grant_bytes: config.grant_bytes,
            counting: Counting::default(),
            cdn: Cdn::new(signer),
            turn: Turn::new(config.turn_secret, config.turn_urls),
            clock: Clock::default(),
            in_flight: InFlight::default(),
            streamers: (!streamers.is_empty()).then_some(streamers),
            faults: FaultQueue::default(),
        };
        state.add_faults(config.faults).map_err(io::Error::other)?;
        Ok(state)
    }

    /// Whether the PlayerStreamer of this well-formed SID exists.
    pub(crate) fn has_streamer(&self, sid: &str) -> bool {
        let exist = self.streamers.as_ref();
        exist.is_none_or(|streamers| streamers.contains(&sid.to_ascii_lowercase()))
    }

    pub(crate) fn play(&self, token: &str, origin: Option<&str>) -> Result<Admission, Refusal> {
        let now = self.clock.now();
        let outcome = AccessToken::verify(token, &self.keys, now)
            .and_then(|token| self.cdn.admit(&token, origin, now));
        self.counting.played(&outcome);
        outcome
    }

    pub(crate) fn join(&self, request: &JoinRequest) -> Result<Joined, Refusal> {
        let now = request.at.unwrap_or_else(|| self.clock.now());
        let outcome = AccessToken::verify(&request.token, &self.keys, now)
            .and_then(|token| join::admit(&token, request));
        self.counting.joined(&outcome);
        outcome
    }

    pub(crate) fn take_faults(&self, streamer: &str) -> CallFaults {
        let call = self.faults.take(streamer);
        if call.clock_offset != 0 {
            self.set_clock();
        }
        call
    }

    pub(crate) fn add_faults(&self, faults: Vec<Fault>) -> Result<(), String> {
        self.faults.add(faults)?;
        self.set_clock();
        Ok(())
    }

    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
        self.set_clock();
    }

    pub(crate) fn list_faults(&self) -> Vec<Fault> {
        self.faults.list()
    }

    pub(crate) fn reset(&self) {
        self.clear_faults();
        self.throttle.reset();
        self.counting.reset();
    }

    fn set_clock(&self) {
        self.clock.set_offset(self.faults.clock_offset());
    }
}

impl InFlight {
    /// Counts one more, and says how many that makes.
    pub(crate) fn enter(&self) -> (Call<'_>, u64) {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        (Call(self), number)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
