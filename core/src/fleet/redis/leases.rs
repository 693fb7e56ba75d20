//! The leases that this process holds, which end by themselves unless they are renewed.

use super::command::Command;
use super::job::Follows;
use super::scripts::Script;

/// How long a lease lasts, in nanoseconds: that long others wait for a holder that is gone.
pub(super) const LEASE: u64 = 2_000_000_000;
/// A fetch that is over by then needs no renewal.
const RENEWED_AFTER: u64 = 1_000_000_000;
/// No fetch takes longer, whatever a host program's function does, and the wait before it included.
const HELD_MOST: u64 = 90_000_000_000;

/// A lease and when it was last known to be this process's, in nanoseconds since boot.
pub(super) struct Held {
    pub(super) number: u64,
    pub(super) key: Vec<u8>,
    pub(super) taken: u64,
    pub(super) renewed: u64,
    /// Where it is renewed if another server has it by then.
    pub(super) follows: Option<Follows>,
}

#[derive(Default)]
pub(super) struct Leases(Vec<Held>);

impl Leases {
    pub(super) fn add(&mut self, held: Held) {
        self.0.push(held);
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, number: u64) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held.number != number);
        self.0.len() < before
    }

    /// Takes those out whose keys another server has.
    pub(super) fn take(&mut self, is_taken: impl Fn(&[u8]) -> bool) -> Vec<Held> {
        self.0.extract_if(.., |held| is_taken(&held.key)).collect()
    }

    /// The renewals that are due: all together, once one is.
    pub(super) fn due(&mut self, time: u64) -> Vec<(Command, Option<Follows>)> {
        self.0.retain(|held| time.saturating_sub(held.taken) < HELD_MOST);
        if self.next().is_none_or(|next| next > time) {
            return Vec::new();
        }
        let half = time.saturating_sub(RENEWED_AFTER / 2);
        let due = self.0.iter_mut().filter(|held| held.renewed <= half);
        due.map(|held| {
            held.renewed = time;
            let lasts = (LEASE / 1000).to_string().into_bytes();
            let arguments = vec![token(held.number), lasts];
            let command = Command::new(Script::Renew, vec![held.key.clone()], arguments);
            (command, held.follows.clone())
        })
        .collect()
    }

    /// When the next one is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.iter().map(|held| held.renewed.saturating_add(RENEWED_AFTER)).min()
    }
}

/// What tells a lease apart from all others, as scripts have it.
pub(super) fn token(number: u64) -> Vec<u8> {
    format!("{number:016x}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn leases_are_renewed_together_and_not_for_ever() {
        let mut leases = Leases::default();
        for (number, at) in [(1, 0), (2, SECOND / 2), (3, SECOND * 3 / 4)] {
            leases.add(Held { number, key: vec![], taken: at, renewed: at, follows: None });
        }
        assert_eq!(leases.due(SECOND - 1).len(), 0);
        assert_eq!(leases.due(SECOND).len(), 2, "the third has time");
        assert_eq!(leases.next(), Some(SECOND * 7 / 4));
        assert!(leases.remove(3) && !leases.remove(3));
        let elsewhere = leases.take(|key| key.is_empty());
        assert!(leases.next().is_none() && elsewhere.len() == 2);
        elsewhere.into_iter().for_each(|held| leases.add(held));
        for second in 2..90 {
            assert_eq!(leases.due(second * SECOND).len(), 2, "{second}");
        }
        assert_eq!(leases.due(91 * SECOND).len(), 0);
        assert_eq!(leases.next(), None);
    }
}
