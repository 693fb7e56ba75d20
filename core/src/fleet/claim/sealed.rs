//! What is sealed into a value and into a pause.

use std::time::Duration;

use super::keys::Keys;
use crate::clock::{Now, nanos, nanos_of};
use crate::error::{Error, ErrorKind};
use crate::fleet::store::{Head, Kind, Slot, StoreClock};
use crate::random;
use crate::wiped::WipedString;

/// No pause holds for longer, whatever a store says.
pub(crate) const PAUSE_MAX: Duration = Duration::from_secs(3600);
/// No text of an error is longer in a store.
const MESSAGE_MAX_BYTES: usize = 512;

/// Clocks that differ by more do not go together, in nanoseconds.
const SKEW: u64 = 2_000_000_000;

/// A credential as a store knows it.
pub(crate) type CredentialName = [u8; 16];

/// A value that is left for others.
pub(crate) struct Left<'a> {
    pub(crate) text: &'a str,
    /// When it was asked for.
    pub(crate) sent: Now,
    /// For how long it lives from then on.
    pub(crate) lifetime: Duration,
}

/// A value that another has left.
#[derive(Debug)]
pub(crate) struct Brought {
    pub(crate) text: WipedString,
    pub(crate) lifetime: Duration,
    /// How old it is, by whichever clock says more.
    pub(crate) age: Duration,
    pub(crate) head: Head,
    /// It ends so much sooner by this machine's clock than by the store's that one of them is wrong.
    pub(crate) is_skewed: bool,
}

/// What upstream said to another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pause {
    pub(crate) error: Error,
    /// Until when no call is made, in nanoseconds since boot.
    pub(crate) until: u64,
    /// Whom it concerns alone, if not everybody.
    pub(crate) credential: Option<CredentialName>,
}

impl Left<'_> {
    /// Seals the value; `head` says the rest.
    pub(crate) fn seal(&self, keys: &Keys, slot: &Slot, head: &Head) -> Option<Vec<u8>> {
        let wall_end = self.sent.plus(self.lifetime).wall_nanos();
        let mut contents = zeroize::Zeroizing::new(Vec::with_capacity(16 + self.text.len()));
        contents.extend_from_slice(&wall_end.to_le_bytes());
        contents.extend_from_slice(&nanos(self.lifetime).to_le_bytes());
        contents.extend_from_slice(self.text.as_bytes());
        keys.seal(slot, head, &contents)
    }
}

impl Brought {
    /// Opens a value that was asked for with a lifetime of `ttl`. None if it is not what it seems to be.
    pub(crate) fn open(
        keys: &Keys,
        slot: &Slot,
        left: &[u8],
        ttl: Duration,
        clock: StoreClock,
        now: Now,
    ) -> Option<Self> {
        let (head, contents) = keys.open(slot, left)?;
        let (wall_end, rest) = number(&contents)?;
        let (lifetime, text) = number(rest)?;
        let lifetime = Duration::from_nanos(lifetime);
        if head.kind != Kind::Grant || lifetime > ttl || lifetime.is_zero() {
            return None;
        }
        let left = clock.since_boot(head.end).saturating_sub(now.boot_nanos());
        let left_by_wall = wall_end.saturating_sub(now.wall_nanos());
        let is_skewed = left_by_wall.saturating_add(SKEW) < left;
        let left = left.min(left_by_wall);
        let text = WipedString::from_utf8(text.to_vec())?;
        // What says that it ends later than it could is no older than nothing.
        let age = lifetime.saturating_sub(Duration::from_nanos(left));
        Some(Self { text, lifetime, age, head, is_skewed })
    }
}

impl Pause {
    /// A little longer, so that not all who read it come back at the same moment.
    pub(crate) fn spread(mut self, time: u64) -> Self {
        let left = self.until.saturating_sub(time) as f64 / 1e9;
        let more = (left / 4.0).min(5.0) * random::unit();
        self.until = self.until.saturating_add(nanos_of(more));
        self
    }

    pub(crate) fn seal(&self, keys: &Keys, slot: &Slot, head: &Head, now: Now) -> Option<Vec<u8>> {
        let length = self.until.saturating_sub(now.boot_nanos()).min(nanos(PAUSE_MAX));
        let wall_end = now.wall_nanos().saturating_add(length);
        let message = self.error.message();
        let end = (0..=message.len().min(MESSAGE_MAX_BYTES)).rev();
        let end = end.into_iter().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
        let contents = [
            &wall_end.to_le_bytes()[..],
            &length.to_le_bytes(),
            &u64::from(self.error.kind().number().cast_unsigned()).to_le_bytes(),
            &[u8::from(self.credential.is_some())],
            &self.credential.unwrap_or_default(),
            &message.as_bytes()[..end],
        ];
        keys.seal(slot, head, &contents.concat())
    }

    /// Opens a pause; none if it is not what it seems to be, or over.
    pub(crate) fn open(
        keys: &Keys,
        slot: &Slot,
        left: &[u8],
        clock: StoreClock,
        now: Now,
    ) -> Option<Self> {
        let (head, contents) = keys.open(slot, left)?;
        let (wall_end, rest) = number(&contents)?;
        let (length, rest) = number(rest)?;
        let (kind, rest) = number(rest)?;
        let (is_of_one, rest) = rest.split_first()?;
        let (credential, message) = rest.split_at_checked(16)?;
        let kind = ErrorKind::from_number(i32::try_from(kind).ok()?)?;
        let message = std::str::from_utf8(message).ok()?.to_owned();
        let left = clock.since_boot(head.end).saturating_sub(now.boot_nanos());
        let left = left.min(wall_end.saturating_sub(now.wall_nanos()));
        let left = left.min(length).min(nanos(PAUSE_MAX));
        (head.kind == Kind::Pause && left > 0).then(|| Self {
            error: Error::new(kind, message),
            until: now.boot_nanos().saturating_add(left),
            credential: (*is_of_one == 1).then(|| credential.try_into().ok()).flatten(),
        })
    }
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u64::from_le_bytes(*number), rest))
}

#[cfg(all(test, feature = "fleet-redis"))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// A value of a minute that was left in a store whose clock is so many seconds behind the writer's wall clock, read
    /// when both have gone on for a second and the reader's wall clock by so many.
    fn read(behind: u64, gone_on: u64) -> Option<Brought> {
        let keys = Keys::new(&[7; 32])?;
        let slot = keys.slot(&[b"slot"]);
        let at =
            |boot: u64, wall: u64| Now::new(Duration::from_nanos(boot), Duration::from_nanos(wall));
        let wall = 1_700_000_000 * SECOND;
        let sent = at(100 * SECOND, wall);
        let shown = wall - behind * SECOND;
        let clock = StoreClock::between(shown, 100 * SECOND, 100 * SECOND);
        let lifetime = Duration::from_secs(60);
        let end = clock.in_store(sent.boot_nanos() + 60 * SECOND);
        let head = Head { kind: Kind::Grant, generation: 1, epoch: 0, end, took: 0, failures: 0 };
        let left = Left { text: "a grant", sent, lifetime }.seal(&keys, &slot, &head)?;
        let now = at(101 * SECOND, wall + gone_on * SECOND);
        let clock = StoreClock::between(shown + SECOND, 101 * SECOND, 101 * SECOND);
        Brought::open(&keys, &slot, &left, lifetime, clock, now)
    }

    #[test]
    fn clocks_that_differ_shorten_a_lifetime_and_are_noticed() {
        for (behind, gone_on, age, is_skewed) in
            [(0, 1, 1, false), (3600, 1, 1, false), (0, 3, 3, false), (0, 4, 4, true)]
        {
            let brought = read(behind, gone_on).unwrap();
            assert_eq!(brought.age, Duration::from_secs(age), "{behind}, {gone_on}");
            assert_eq!(brought.is_skewed, is_skewed, "{behind}, {gone_on}");
        }
    }
}
