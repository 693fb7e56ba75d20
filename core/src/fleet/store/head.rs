//! What stands in plain sight before each sealed value and pause, so that a store can judge it unopened.
//! It is sealed against changes with the rest.

/// The bytes of a head.
pub(crate) const HEAD_BYTES: usize = 48;
/// No store hands out more.
pub(crate) const VALUE_MAX_BYTES: usize = 96 * 1024;

const MAGIC: [u8; 4] = *b"gmf1";

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Grant,
    /// Nothing: whatever was there is not to be used.
    Tombstone,
    /// What upstream said.
    Pause,
    /// Who held the lease failed, for reasons of its own.
    Note,
}

/// What stands before a value or a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    /// Tells it apart from all others.
    pub(crate) generation: u64,
    /// That of its account when it was left: see [`Seen`](super::shared::Seen).
    pub(crate) epoch: u64,
    /// Until when it is of use, in nanoseconds since boot.
    pub(crate) end: u64,
    /// How long its call took, in nanoseconds.
    pub(crate) took: u64,
    /// Of a note: how many in a row there have been.
    pub(crate) failures: u32,
}

impl Head {
    /// Reads the head of what is in a store; none if that is nothing of ours.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > VALUE_MAX_BYTES || bytes.get(..4)? != MAGIC {
            return None;
        }
        let kind = match bytes.get(4..8)? {
            [1, 0, 0, 0] => Kind::Grant,
            [2, 0, 0, 0] => Kind::Tombstone,
            [3, 0, 0, 0] => Kind::Pause,
            [4, 0, 0, 0] => Kind::Note,
            _ => return None,
        };
        let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        Some(Self {
            kind,
            generation: number(8)?,
            epoch: number(16)?,
            end: number(24)?,
            took: number(32)?,
            failures: u32::try_from(number(40)?).ok()?,
        })
    }

    pub(crate) fn bytes(&self) -> [u8; HEAD_BYTES] {
        let kind: u8 = match self.kind {
            Kind::Grant => 1,
            Kind::Tombstone => 2,
            Kind::Pause => 3,
            Kind::Note => 4,
        };
        let mut bytes = [0; HEAD_BYTES];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4] = kind;
        let numbers =
            [self.generation, self.epoch, self.end, self.took, self.failures.into()].into_iter();
        for (place, number) in bytes[8..].chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Whether it is a grant of an epoch that lives until a time at least.
    pub(crate) fn is_of_use(&self, epoch: u64, end: u64) -> bool {
        self.kind == Kind::Grant && self.epoch == epoch && self.end >= end
    }

    /// Whether it holds back calls at a time.
    pub(crate) fn holds(&self, time: u64) -> bool {
        self.kind == Kind::Pause && self.end > time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_all_else_is_not() {
        for kind in [Kind::Grant, Kind::Tombstone, Kind::Pause, Kind::Note] {
            let head = Head { kind, generation: 1, epoch: 2, end: 3, took: 4, failures: 5 };
            let bytes = head.bytes();
            assert_eq!(Head::read(&bytes), Some(head));
            for end in 0..HEAD_BYTES {
                assert_eq!(Head::read(&bytes[..end]), None, "torn at {end}");
            }
            for index in 0..8 {
                let mut changed = bytes;
                changed[index] ^= 0x80;
                assert_eq!(Head::read(&changed), None, "changed at {index}");
            }
        }
        assert_eq!(Head::read(&vec![0; VALUE_MAX_BYTES + 1]), None);
    }
}
