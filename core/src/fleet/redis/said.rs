//! What the answers of our scripts mean.

use super::job::Said;
use super::reply::Reply;
use super::server::Server;
use super::words::{of_error, trouble};
use crate::fleet::store::{Admitted, Claim, Head, Kind, Lease, Pass, Seen, Trouble};

/// A call that an account is asked about, and when it was answered, in nanoseconds since boot.
#[derive(Clone, Copy)]
pub(super) struct AskedAt {
    pub(super) call: u64,
    pub(super) answered: u64,
}

impl Said {
    /// The answer of a script that does something or does not.
    pub(super) fn is_done(&self) -> Option<bool> {
        match self.rest[..] {
            [Reply::Number(done)] => Some(done == 1),
            _ => None,
        }
    }

    /// The answer to a claim, of a call that the account is asked about if it is asked at all.
    pub(super) fn claim(
        &self,
        lease: Lease,
        asked: Option<AskedAt>,
        server: &Server,
    ) -> Option<Result<Claim, Trouble>> {
        let (what, rest) = self.rest.split_first()?;
        Some(Ok(match (what.text()?, rest) {
            (b"value", [Reply::Text(value)]) => Claim::Value(value.clone()),
            (b"paused", [Reply::Text(pause)]) => Claim::Paused(pause.clone()),
            (b"nolease", [error]) => {
                let (what, _, _) = of_error(&String::from_utf8_lossy(error.text()?));
                return Some(Err(trouble(&server.name, &what, true)));
            }
            (b"lease", rest) => {
                let (found, account) = rest.split_at_checked(5)?;
                let admitted = asked.and_then(|asked| self.said_of(account, asked));
                Claim::Lease(lease, seen(found)?, admitted)
            }
            (b"busy", rest) => Claim::Busy(seen(rest)?),
            _ => return None,
        }))
    }

    /// The answer to a call that asks whether it may be made.
    pub(super) fn admitted(&self, asked: AskedAt) -> Option<Result<Admitted, Trouble>> {
        Some(Ok(self.said_of(&self.rest, asked)?))
    }

    /// What an account says of a call.
    fn said_of(&self, parts: &[Reply], asked: AskedAt) -> Option<Admitted> {
        let AskedAt { call, answered } = asked;
        let [what, Reply::Number(number), rate] = parts else { return None };
        let rate = std::str::from_utf8(rate.text()?).ok()?.parse().ok()?;
        let wait = number.unsigned_abs().saturating_add(1).saturating_mul(1000);
        let after = || answered.saturating_add(wait);
        Some(match what.text()? {
            b"go" => Admitted::Go(Pass { call, at: self.time, is_probe: *number == 1, rate }),
            b"later" => Admitted::Later(after()),
            b"cooling" => Admitted::Cooling(after()),
            _ => return None,
        })
    }
}

impl Reply {
    fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            // What a script says went wrong, some servers hand on as an error.
            Self::Error(text) => Some(text.as_bytes()),
            _ => None,
        }
    }
}

/// What was in the slot: the head of the value, the epoch, the head of the note, the age of the lease, 1 if something
/// there is none of ours.
fn seen(parts: &[Reply]) -> Option<Seen> {
    let [head, epoch, note, Reply::Number(_), Reply::Number(junk)] = parts else { return None };
    let epoch = u64::from_le_bytes(epoch.text()?.try_into().ok()?);
    let note = Head::read(note.text()?).filter(|note| note.kind == Kind::Note);
    let failures = note.map_or(0, |note| note.failures);
    let has_junk = *junk == 1;
    Some(Seen { head: Head::read(head.text()?), epoch, failures, has_junk })
}
