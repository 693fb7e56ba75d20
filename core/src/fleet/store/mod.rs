//! Where processes leave what they share, and what is in there: slots, values, leases, pauses, and the cell of an
//! account. A store reads none of it but what stands in plain sight.

mod answer;
mod cell;
mod clock;
#[cfg(test)]
pub(crate) mod contract;
mod findings;
mod head;
mod look;
#[cfg(any(test, feature = "test-helpers"))]
pub(crate) mod memory;
mod shared;
mod slot;
mod trouble;

pub(crate) use answer::{Answer, Answered, Pending};
pub(crate) use cell::{Admitted, Asked, Cell, Ended, Pass, Told};
pub(crate) use clock::StoreClock;
#[cfg(target_os = "linux")]
pub(crate) use findings::Findings;
pub use findings::{FleetFinding, FleetState};
pub(crate) use head::{HEAD_BYTES, Head, Kind, VALUE_MAX_BYTES};
pub(crate) use look::{Found, Part, is_as_seen, look, may_replace};
pub(crate) use shared::{Chair, Claim, Lease, Pacing, Seen, SharedStore, Target, Wanted};
pub(crate) use slot::Slot;
pub(crate) use trouble::Trouble;
