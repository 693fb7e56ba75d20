//! The streams that a minter has been asked for, each looked up once.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::stream::Stream;
use crate::sid::Sid;

/// Streams by their SID in its one spelling: a caller may spell it in many ways.
/// Copy-on-write and without a lock, so that neither a hit nor a forked child ever waits. Whoever adds
/// a stream drops those whose entries have left the cache, so there are never more than the cache has
/// keys.
#[derive(Default)]
pub(super) struct Streams(ArcSwap<Map>);

type Map = HashMap<Box<str>, Arc<Stream>>;

impl Streams {
    /// All of them, to look one up.
    #[inline]
    pub(super) fn load(&self) -> Guard<Arc<Map>> {
        self.0.load()
    }

    /// Adds a stream, unless another thread was faster; returns the one to use.
    pub(super) fn add(&self, streamer: &Sid, stream: Stream) -> Arc<Stream> {
        let stream = Arc::new(stream);
        loop {
            let current = self.0.load();
            if let Some(found) = current.get(streamer.as_str()) {
                return Arc::clone(found);
            }
            let mut next = HashMap::clone(&current);
            next.retain(|_, stream| stream.handle.is_bound());
            next.insert(streamer.as_str().into(), Arc::clone(&stream));
            let before = self.0.compare_and_swap(&*current, Arc::new(next));
            if Arc::ptr_eq(&before, &current) {
                return stream;
            }
        }
    }

    /// Drops what is prepared with the grants of each.
    pub(super) fn drop_prepared(&self) {
        self.0.load().values().for_each(|stream| stream.drop_prepared());
    }

    pub(super) fn clear(&self) {
        self.0.store(Arc::default());
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
        assert_eq!(live.shared().unwrap().streams.load().len(), 1);
        assert_eq!(live.stats().unwrap().keys, 1);
    }
}
