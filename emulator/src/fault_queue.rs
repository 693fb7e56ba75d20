//! The fault rules in force, and what they come to for one call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::faults::{Fault, FaultKind};

/// Rules beyond this number are refused.
const MAX_RULES: usize = 1024;

/// The rules in force, in the order they were given.
#[derive(Default)]
pub(crate) struct FaultQueue {
    rules: Mutex<Vec<Fault>>,
    /// Their number, so that a call without faults takes no lock.
    count: AtomicUsize,
}

/// What the faults come to for one call.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CallFaults {
    pub(crate) delay: Duration,
    pub(crate) clock_offset: i64,
    pub(crate) no_date: bool,
    /// By how much the clock is ahead that writes the `Date`.
    pub(crate) proxy_date: i64,
    /// The one fault that decides the answer.
    pub(crate) kind: Option<FaultKind>,
}

impl FaultQueue {
    pub(crate) fn add(&self, faults: Vec<Fault>) -> Result<(), String> {
        faults.iter().try_for_each(Fault::check)?;
        let mut rules = self.rules.lock();
        if rules.len() + faults.len() > MAX_RULES {
            return Err(format!("more than {MAX_RULES} fault rules"));
        }
        rules.extend(faults.into_iter().filter(|fault| fault.times != Some(0)));
        self.count.store(rules.len(), Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn clear(&self) {
        let mut rules = self.rules.lock();
        rules.clear();
        self.count.store(0, Ordering::Relaxed);
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.rules.lock().clone()
    }

    /// By how much the rules in force set the clock off.
    pub(crate) fn clock_offset(&self) -> i64 {
        let offset = |fault: &Fault| match fault.kind {
            FaultKind::ClockOffset { s } => s,
            _ => 0,
        };
        self.rules.lock().iter().map(offset).fold(0, i64::saturating_add)
    }

    /// What happens to a call for `streamer`; uses up one time of each rule that takes part.
    pub(crate) fn take(&self, streamer: &str) -> CallFaults {
        let mut call = CallFaults::default();
        if self.count.load(Ordering::Relaxed) == 0 {
            return call;
        }
        let mut rules = self.rules.lock();
        for fault in rules.iter_mut().filter(|fault| fault.concerns(streamer)) {
            if fault.kind.combines() || call.kind.is_none() {
                call.add(&fault.kind);
                fault.times = fault.times.map(|times| times - 1);
            }
        }
        rules.retain(|fault| fault.times != Some(0));
        self.count.store(rules.len(), Ordering::Relaxed);
        call
    }
}

impl Fault {
    fn concerns(&self, streamer: &str) -> bool {
        self.streamer.as_deref().is_none_or(|sid| sid.eq_ignore_ascii_case(streamer))
    }
}

impl CallFaults {
    fn add(&mut self, kind: &FaultKind) {
        match *kind {
            FaultKind::Latency { ms, jitter_ms } => {
                let ms = ms.saturating_add(random_up_to(jitter_ms));
                self.delay = self.delay.saturating_add(Duration::from_millis(ms));
            }
            FaultKind::ClockOffset { s } => self.clock_offset = self.clock_offset.saturating_add(s),
            FaultKind::NoDate => self.no_date = true,
            FaultKind::ProxyDate { s } => self.proxy_date = self.proxy_date.saturating_add(s),
            _ => self.kind = Some(kind.clone()),
        }
    }
}

fn random_up_to(most: u64) -> u64 {
    let mut bytes = [0; 8];
    if most > 0 && SystemRandom::new().fill(&mut bytes).is_err() {
        return 0;
    }
    u64::from_le_bytes(bytes) % most.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "VJaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "VJbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn queue(faults: impl IntoIterator<Item = Fault>) -> FaultQueue {
        let queue = FaultQueue::default();
        queue.add(faults.into_iter().collect()).unwrap();
        queue
    }

    #[test]
    fn rules_are_used_up_in_order() {
        let queue = queue([
            Fault::new(FaultKind::status(503)).times(2),
            Fault::new(FaultKind::CutBefore).times(1),
        ]);
        let kinds: Vec<_> = (0..4).map(|_| queue.take(A).kind).collect();
        let down = Some(FaultKind::status(503));
        assert_eq!(kinds, [down.clone(), down, Some(FaultKind::CutBefore), None]);
        assert!(queue.list().is_empty());
    }

    #[test]
    fn some_kinds_combine_and_streamers_are_kept_apart() {
        let queue = queue([
            Fault::new(FaultKind::latency(5)),
            Fault::new(FaultKind::latency(6)).streamer(A),
            Fault::new(FaultKind::EmptyBody).streamer(A),
            Fault::new(FaultKind::NoGrant),
            Fault::new(FaultKind::NoDate),
        ]);
        let (a, b) = (queue.take(A), queue.take(B));
        assert_eq!((a.delay.as_millis(), a.kind), (11, Some(FaultKind::EmptyBody)));
        assert_eq!((b.delay.as_millis(), b.kind), (5, Some(FaultKind::NoGrant)));
        assert!(a.no_date && b.no_date);
    }

    #[test]
    fn a_streamer_is_the_same_in_upper_case() {
        let upper = A.to_uppercase();
        let queue = queue([Fault::new(FaultKind::NoGrant).streamer(&upper)]);
        assert_eq!(queue.take(A).kind, Some(FaultKind::NoGrant));
        assert_eq!(queue.take(&upper).kind, Some(FaultKind::NoGrant));
        assert_eq!(queue.take(B).kind, None);
    }

    #[test]
    fn the_clock_is_off_only_while_its_rule_stands() {
        let queue = queue([Fault::new(FaultKind::ClockOffset { s: -90 }).times(1)]);
        assert_eq!(queue.clock_offset(), -90);
        assert_eq!(queue.take(A).clock_offset, -90);
        assert_eq!(queue.clock_offset(), 0);
    }

    #[test]
    fn there_is_a_bound() {
        let queue = FaultQueue::default();
        let rule = Fault::new(FaultKind::CutBody);
        assert!(queue.add(vec![rule.clone(); MAX_RULES]).is_ok());
        assert!(queue.add(vec![rule]).is_err());
    }
}
