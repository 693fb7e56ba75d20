//! What grants are fetched with, and whether upstream refuses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arc_swap::ArcSwapOption;

use super::block::Block;
use crate::clock::Now;

/// A key at upstream, or a function of the host program: what grants are fetched with. A refusal is known
/// of it alone, so that one wrong key in a shared cache holds up nobody who has a good one.
#[derive(Default)]
pub(crate) struct Credential {
    refusal: ArcSwapOption<Refusal>,
    /// How often in a row it was refused.
    refusals: AtomicU32,
}

struct Refusal {
    block: Block,
    /// The process, as its part of the cache is numbered, that was refused. A child tries for itself.
    process: u64,
}

impl Credential {
    /// No fetch with it until this ends.
    pub(crate) fn refuse(&self, process: u64, block: Block) {
        self.refusal.store(Some(Arc::new(Refusal { block, process })));
        self.refusals.fetch_add(1, Ordering::Relaxed);
    }

    /// Upstream took it.
    pub(crate) fn accepted(&self) {
        self.refusals.store(0, Ordering::Relaxed);
    }

    /// How often in a row it was refused.
    pub(crate) fn refusals(&self) -> u32 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// It may be tried again.
    pub(crate) fn forgive(&self) {
        self.refusal.store(None);
        self.accepted();
    }

    /// Until when it was refused, in nanoseconds since boot.
    pub(crate) fn refused_until(&self) -> u64 {
        self.refusal.load().as_ref().map_or(0, |refusal| refusal.block.until)
    }

    /// What holds back its fetches now.
    pub(crate) fn block(&self, process: u64, now: Now) -> Option<Block> {
        let refusal = self.refusal.load();
        let known = refusal.as_ref().filter(|known| known.process == process)?;
        (known.block.until > now.boot_nanos()).then(|| known.block.clone())
    }
}
