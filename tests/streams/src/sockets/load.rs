//! The callers.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{PlaybackMinter, TokenOptions};

use super::watched::{Watched, Way};

/// Callers come no closer than this: what is due by then comes together.
const STEP: Duration = Duration::from_millis(1);
/// A thread that waits for its tokens asks so often.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Load {
    minter: PlaybackMinter,
    streamers: Vec<String>,
    watched: Arc<Watched>,
}

impl Load {
    pub(super) fn new(minter: PlaybackMinter, streams: usize, watched: Arc<Watched>) -> Self {
        let streamers = (0..streams).map(|stream| format!("VJ{stream:032x}")).collect();
        Self { minter, streamers, watched }
    }

    /// Callers come at random, so many a second, until the end.
    pub(super) fn come(&self, per_second: f64, end: Duration) {
        let mut random = fastrand::Rng::with_seed(1);
        let mut next = Duration::ZERO;
        while next < end {
            match next.checked_sub(self.watched.start().elapsed()) {
                Some(early) if !early.is_zero() => thread::sleep(early.max(STEP)),
                _ => {
                    self.call_back(&mut random);
                    let pause = -(1.0 - random.f64()).ln() / per_second;
                    next += Duration::from_secs_f64(pause);
                }
            }
        }
    }

    fn call_back(&self, random: &mut fastrand::Rng) {
        let (stream, identity) = (random.usize(..self.streamers.len()), viewer(random));
        let (watched, asked) = (Arc::clone(&self.watched), Instant::now());
        let told = move |result: grantmint_core::Result<_>| {
            let error = result.err().map(|error: grantmint_core::Error| error.kind());
            watched.told(stream, Way::CallBack, asked, error);
        };
        let streamer = &self.streamers[stream];
        drop(self.minter.token_then(streamer, &identity, TokenOptions::new(), told));
    }

    /// One thread asks and waits, and asks what does not wait, until the end.
    pub(super) fn wait(&self, number: u64, end: Duration) {
        let mut random = fastrand::Rng::with_seed(1000 + number);
        while self.watched.start().elapsed() < end {
            let (stream, identity) = (random.usize(..self.streamers.len()), viewer(&mut random));
            let streamer = &self.streamers[stream];
            let asked = Instant::now();
            let result = self.minter.token(streamer, &identity);
            let error = result.err().map(|error| error.kind());
            self.watched.told(stream, Way::Wait, asked, error);
            let asked = Instant::now();
            if let Ok(None) = self.minter.try_token(streamer, &identity) {
                self.watched.nothing_there(asked);
            }
            thread::sleep(PAUSE);
        }
    }
}

fn viewer(random: &mut fastrand::Rng) -> String {
    format!("viewer-{}", random.u32(..))
}
