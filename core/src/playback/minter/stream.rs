//! One stream of a minter: where its grant is cached, and its tokens prepared but for the viewer.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::signing::Signing;
use super::token::PlaybackToken;
use crate::cache::{BeginOptions, Handle, Hit, Sighting, StillFresh};
use crate::error::Result;
use crate::playback::grant::streamer_of;
use crate::sync;
use crate::token::{PlaybackGrant, Prefix};

/// A stream as its minter keeps it: looked up once, its tokens prepared.
pub(super) struct Stream {
    pub(super) handle: Arc<Handle>,
    prefix: ArcSwapOption<Prepared>,
}

/// The prefix of all tokens of one stream, one grant, one key and one second.
struct Prepared {
    generation: u64,
    /// By which to ask whether the grant is still fresh, if it was seen in the cache.
    seen: Option<Sighting>,
    epoch: u64,
    prefix: Prefix,
}

impl Stream {
    pub(super) fn new(handle: Handle) -> Self {
        Self { handle: Arc::new(handle), prefix: ArcSwapOption::empty() }
    }

    /// The SID of the stream, in its one spelling.
    #[inline]
    pub(super) fn streamer(&self) -> &str {
        streamer_of(self.handle.key())
    }

    /// Drops what is prepared, which holds a grant.
    pub(super) fn drop_prepared(&self) {
        self.prefix.store(None);
    }

    /// The token of one viewer with what is prepared, if the grant in it is still fresh.
    #[inline]
    pub(super) fn mint_prepared(
        &self,
        signing: &Signing,
        identity: &str,
        options: BeginOptions,
    ) -> Result<Option<PlaybackToken>> {
        let prepared = self.prefix.load();
        let Some(ready) = prepared.as_deref() else { return Ok(None) };
        let Some(seen) = &ready.seen else { return Ok(None) };
        let epoch = signing.epoch();
        let is_of_use = |fresh: &StillFresh| {
            ready.is_for(ready.generation, epoch, signing.second(fresh.second()))
        };
        let Some(fresh) = self.handle.still_fresh(seen, options, is_of_use)? else {
            return Ok(None);
        };
        let jwt = ready.prefix.mint_by(identity, || self.handle.machine_time(fresh.now()))?;
        Ok(Some(PlaybackToken::fresh(jwt, &fresh, ready.generation)))
    }

    /// The token of one viewer around a grant.
    #[inline]
    pub(super) fn mint(&self, hit: &Hit, signing: &Signing, identity: &str) -> Result<String> {
        let second = signing.second(hit.second());
        // Before the key is read, so that what is prepared with a new key is never taken for old.
        let epoch = signing.epoch();
        let now = || self.handle.machine_time(hit.now());
        // What was prepared for those who waited is prepared once more, to be looked at from then on without
        // the grant.
        let is_good = |ready: &Prepared| {
            ready.is_for(hit.generation(), epoch, second)
                && (ready.seen.is_some() || !hit.is_of_entry())
        };
        match self.prefix.load().as_ref() {
            Some(ready) if is_good(ready) => ready.prefix.mint_by(identity, now),
            ready => {
                self.prepare(hit, signing, epoch, second, ready)?.prefix.mint_by(identity, now)
            }
        }
    }

    /// Prepares another prefix, and publishes it unless that would be a step back: threads that
    /// read the clock around the turn of a second must not undo each other's work.
    #[cold]
    fn prepare(
        &self,
        hit: &Hit,
        signing: &Signing,
        epoch: u64,
        second: u64,
        published: Option<&Arc<Prepared>>,
    ) -> Result<Arc<Prepared>> {
        sync::step();
        let grant = PlaybackGrant::from_json(hit.grant().as_str())?;
        let prefix = signing.stamp(second, &grant)?;
        let (generation, seen) = (hit.generation(), hit.sighting());
        let fresh = Arc::new(Prepared { generation, seen, epoch, prefix });
        sync::step();
        if published.is_none_or(|old| old.yields_to(&fresh)) {
            self.prefix.store(Some(Arc::clone(&fresh)));
        }
        Ok(fresh)
    }
}

impl Prepared {
    #[inline]
    fn is_for(&self, generation: u64, epoch: u64, second: u64) -> bool {
        self.generation == generation && self.epoch == epoch && self.prefix.second() == second
    }

    /// Whether another prefix is newer: of a later key or grant, or of another second of the same. One whose
    /// grant is in the cache is, too, than one of a grant that was only handed to waiters: all later
    /// callers want it.
    fn yields_to(&self, other: &Self) -> bool {
        let (this, that) = ((self.epoch, self.generation), (other.epoch, other.generation));
        let is_lasting = self.epoch == other.epoch && self.seen.is_none() && other.seen.is_some();
        this < that || is_lasting || this == that && !self.prefix.is_ahead_of(other.prefix.second())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::thread;
    use std::time::Duration;

    use super::super::options::TokenOptions;
    use crate::cache::CachePolicy;
    use crate::clock::ManualClock;
    use crate::credentials::ApiKey;
    use crate::playback::PlaybackMinter;
    use crate::playback::grant::{
        AsyncGrantSource, Fetched, GrantRequest, SourceTicket, source_fn,
    };

    const STREAMER: &str = "VJ00000000000000000000000000000001";

    struct ByHand(Sender<SourceTicket>);

    impl AsyncGrantSource for ByHand {
        fn begin_fetch(&self, _: &GrantRequest, ticket: SourceTicket) {
            self.0.send(ticket).unwrap();
        }
    }

    #[test]
    fn the_first_hit_prepares_for_all_after_it() {
        let key = ApiKey::new(&format!("AC{:032}", 1), &format!("SK{:032}", 1), "secret").unwrap();
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let source = source_fn(|_, _| Fetched::new("{}"));
        let live = PlaybackMinter::builder(&key).source(source).clock(&clock).build().unwrap();
        let is_seen = || {
            live.token(STREAMER, "alice").unwrap();
            let stream = live.shared().unwrap().stream(STREAMER, TokenOptions::default()).unwrap();
            stream.prefix.load().as_ref().is_some_and(|ready| ready.seen.is_some())
        };
        assert_eq!([is_seen(), is_seen()], [false, true]);
    }

    #[test]
    fn what_is_prepared_is_of_no_use_once_its_grant_breaks_the_promise() {
        let key = ApiKey::new(&format!("AC{:032}", 1), &format!("SK{:032}", 1), "secret").unwrap();
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let policy = CachePolicy::builder().jitter(0.0).safety_margin(Duration::from_millis(1500));
        let source = source_fn(|_, _| Fetched::new("{}"));
        let builder = PlaybackMinter::builder(&key).source(source).policy(policy.build().unwrap());
        let live = builder.clock(&clock).build().unwrap();
        let promise = Duration::from_secs(30);
        let options = TokenOptions::default().min_remaining(promise);
        let generation = || {
            let token = live.token_with(STREAMER, "alice", options).unwrap();
            assert!(token.grant_remaining >= promise, "{:?}", token.grant_remaining);
            token.generation
        };
        let first = generation();
        // It goes below its last thirty seconds within the second for which it is prepared.
        clock.advance(Duration::from_millis(28_100));
        assert_eq!([generation(), generation()], [first, first]);
        clock.advance(Duration::from_millis(800));
        assert!(generation() > first);
    }

    #[test]
    fn what_is_prepared_for_waiters_alone_gives_way_to_the_grant_in_the_cache() {
        let (send, tickets) = channel();
        let key = ApiKey::new(&format!("AC{:032}", 1), &format!("SK{:032}", 1), "secret").unwrap();
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let builder = PlaybackMinter::builder(&key).source(ByHand(send)).clock(&clock);
        let live = builder.build().unwrap();
        let waiting = || {
            let live = live.clone();
            let token = thread::spawn(move || live.token(STREAMER, "alice").unwrap());
            (tickets.recv().unwrap(), token)
        };
        let (early, first) = waiting();
        live.invalidate(STREAMER).unwrap();
        let (late, second) = waiting();
        late.complete(Fetched::new("{}").unwrap());
        let stored = second.join().unwrap().generation;
        early.complete(Fetched::new("{}").unwrap());
        assert!(first.join().unwrap().generation > stored);
        assert_eq!(live.token(STREAMER, "bob").unwrap().generation, stored);
        let stream = live.shared().unwrap().stream(STREAMER, TokenOptions::default()).unwrap();
        assert_eq!(stream.prefix.load().as_ref().unwrap().generation, stored);
    }
}
