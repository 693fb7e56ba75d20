//! Token identifiers that no other token has: 64 random bits of this process, then a counter.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::{Error, ErrorKind, Result};
use crate::fork;

/// Numbers that a thread takes from the process at a time, so that threads do not contend.
const NUMBERS_PER_BLOCK: u64 = 1024;

/// The characters of an identifier: 16 bytes in base64url.
pub(super) const JTI_LEN: usize = 22;

/// A fresh identifier.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if the system has no random numbers.
#[inline]
pub(super) fn next() -> Result<[u8; JTI_LEN]> {
    let (process, number) = next_number()?;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&process.to_ne_bytes());
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    let mut text = [0; JTI_LEN];
    BASE64_URL_SAFE_NO_PAD
        .encode_slice(bytes, &mut text)
        .expect("16 bytes are 22 characters of base64url");
    Ok(text)
}

/// A run of numbers that belongs to one thread.
#[derive(Clone, Copy)]
struct Block {
    generation: fork::Generation,
    process: u64,
    next: u64,
    end: u64,
}

thread_local! {
    static BLOCK: Cell<Block> =
        const { Cell::new(Block { generation: 0, process: 0, next: 0, end: 0 }) };
}

#[inline]
fn next_number() -> Result<(u64, u64)> {
    let generation = fork::generation();
    let mut block = BLOCK.get();
    if block.next == block.end || block.generation != generation {
        block = take_block(generation)?;
    }
    BLOCK.set(Block { next: block.next + 1, ..block });
    Ok((block.process, block.next))
}

#[cold]
fn take_block(generation: fork::Generation) -> Result<Block> {
    let process = process(generation)?;
    let next = process.counter.fetch_add(NUMBERS_PER_BLOCK, Ordering::Relaxed);
    Ok(Block { generation, process: process.random, next, end: next + NUMBERS_PER_BLOCK })
}

struct Process {
    generation: fork::Generation,
    random: u64,
    counter: AtomicU64,
}

/// What all threads of this process share; drawn again in a forked child. No lock: a child could
/// inherit it locked.
fn process(generation: fork::Generation) -> Result<Arc<Process>> {
    static PROCESS: ArcSwapOption<Process> = ArcSwapOption::const_empty();
    let ours = |process: &&Arc<Process>| process.generation == generation;
    loop {
        let current = PROCESS.load();
        if let Some(process) = current.as_ref().filter(ours) {
            return Ok(Arc::clone(process));
        }
        let random = draw()?;
        let fresh = Process { generation, random, counter: AtomicU64::new(0) };
        // Whichever thread comes first wins, and all go round once more to take its value.
        PROCESS.compare_and_swap(&current, Some(Arc::new(fresh)));
    }
}

fn draw() -> Result<u64> {
    getrandom::u64().map_err(|_| {
        Error::new(ErrorKind::Unsupported, "the system has no random numbers for unique tokens")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn identifiers_are_base64url_and_differ_across_threads_and_blocks() {
        let draw = || (0..3000).map(|_| next().unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(draw)).collect();
        let all: Vec<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for jti in &all {
            assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(jti).unwrap().len(), 16);
        }
    }

    #[test]
    fn a_block_of_another_generation_is_dropped() {
        thread::spawn(|| {
            let before = next_number().unwrap();
            let block = BLOCK.get();
            BLOCK.set(Block { generation: block.generation.wrapping_add(1), ..block });
            let after = next_number().unwrap();
            assert_ne!(after.1, before.1 + 1, "a child went on with its parent's numbers");
        })
        .join()
        .unwrap();
    }
}
