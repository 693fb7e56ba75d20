//! The streams that a minter has been asked for, each looked up once.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::stream::Stream;
use crate::cache::{Follower, Key};
use crate::hash_trie::{HashTrie, Loaded};
use crate::playback::grant::streamer_of;
use crate::sid::Sid;

/// Streams by their SID in its one spelling: a caller may spell it in many ways.
/// Without a lock, so that neither a hit nor a forked child ever waits. A stream goes with its entry in the
/// cache, so there are never more than the cache has keys. In a forked child those of its parent go bit by
/// bit: whoever adds a stream drops what has no entry beside it in the trie.
///
/// With n streams, to find one, to add one and to drop one takes O(log n) steps each.
#[derive(Default)]
pub(super) struct Streams {
    all: HashTrie<Arc<Stream>>,
    hasher: RandomState,
}

impl Streams {
    /// The streams as they are now. Keeps no reference to any of them: to count them would make all threads meet
    /// at one number.
    #[inline]
    pub(super) fn load(&self) -> Loaded<Arc<Stream>> {
        self.all.load()
    }

    /// One of those, if it is there.
    #[inline]
    pub(super) fn find<'a>(
        &self,
        loaded: &'a Loaded<Arc<Stream>>,
        streamer: &str,
    ) -> Option<&'a Arc<Stream>> {
        let hash = self.hasher.hash_one(streamer);
        loaded.find(hash, |stream| stream.streamer() == streamer)
    }

    /// Adds a stream, unless another thread was faster; returns the one to use.
    pub(super) fn add(self: &Arc<Self>, streamer: &Sid, stream: Stream) -> Arc<Stream> {
        let hash = self.hasher.hash_one(streamer.as_str());
        let new = Arc::new(stream);
        let is_it = |other: &Arc<Stream>| other.streamer() == streamer.as_str();
        if let Some(found) = self.all.add(hash, &new, is_it, |other| other.handle.is_bound()) {
            return found;
        }
        if !new.handle.follow(Arc::downgrade(self) as _) {
            // Its entry has left the cache meanwhile, and nobody will tell.
            self.all.remove(hash, |other| Arc::ptr_eq(other, &new));
        }
        new
    }

    /// Drops what is prepared with the grants of each.
    pub(super) fn drop_prepared(&self) {
        self.all.all().iter().for_each(|stream| stream.drop_prepared());
    }

    pub(super) fn clear(&self) {
        self.all.clear();
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.all.all().len()
    }
}

impl Follower for Streams {
    /// What was prepared with its grants is wiped.
    fn evicted(&self, key: &Key) {
        let streamer = streamer_of(key);
        let hash = self.hasher.hash_one(streamer);
        self.all.remove(hash, |other| other.streamer() == streamer);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::clock::ManualClock;
    use crate::credentials::ApiKey;
    use crate::playback::PlaybackMinter;
    use crate::playback::grant::test_support::Fixed;

    /// The digits of a SID with upper case where `bits` has ones.
    fn spelled(bits: u32) -> String {
        let case = |place: u32| if bits >> place & 1 == 1 { 'A' } else { 'a' };
        format!("VJ{}", (0..32).map(case).collect::<String>())
    }

    #[test]
    fn a_stream_is_kept_once_however_often_its_spelling_changes() {
        let key = ApiKey::new(&format!("AC{:032}", 1), &format!("SK{:032}", 1), "secret").unwrap();
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let live = PlaybackMinter::builder(&key).source(Fixed).clock(&clock).build().unwrap();
        for bits in (0..=u32::MAX).step_by(1 << 22) {
            live.token(&spelled(bits), "alice").unwrap();
            live.try_token(&spelled(bits), "alice").unwrap().unwrap();
        }
        assert_eq!(live.shared().unwrap().streams.len(), 1);
        assert_eq!(live.stats().unwrap().keys, 1);
    }
}
