//! The streams that a minter has been asked for, each looked up once.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::stream::Stream;

/// Streams by the spelling they were asked by. Copy-on-write and without a lock, so that neither a
/// hit nor a forked child ever waits. A stream whose entry has left the cache leaves here with the
/// next that comes, so there are never more than the cache has keys.
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
    pub(super) fn add(&self, streamer: &str, stream: Stream) -> Arc<Stream> {
        let stream = Arc::new(stream);
        loop {
            let current = self.0.load();
            if let Some(found) = current.get(streamer) {
                return Arc::clone(found);
            }
            let mut next = HashMap::clone(&current);
            next.retain(|_, stream| stream.handle.is_bound());
            next.insert(streamer.into(), Arc::clone(&stream));
            let before = self.0.compare_and_swap(&*current, Arc::new(next));
            if Arc::ptr_eq(&before, &current) {
                return stream;
            }
        }
    }

    pub(super) fn clear(&self) {
        self.0.store(Arc::default());
    }
}
