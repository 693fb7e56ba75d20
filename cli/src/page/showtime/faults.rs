//! The faults of upstream that can be switched on while a show runs.

use grantmint_emulator::{Fault, FaultKind};

/// The page's names of them. Of several the first that decides an answer is the one that happens.
pub(super) const NAMES: [&str; 6] = ["503", "429", "slow", "cut", "garbage", "clock"];

/// The fault of this name.
pub(super) fn named(name: &str) -> Option<Fault> {
    let kind = match name {
        "503" => FaultKind::status(503),
        "429" => FaultKind::throttle(None),
        "slow" => FaultKind::latency(2_000),
        "cut" => FaultKind::CutBefore,
        "garbage" => FaultKind::GarbageBytes,
        "clock" => FaultKind::ClockOffset { s: -30 },
        _ => return None,
    };
    Some(Fault::new(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_fault() {
        assert!(NAMES.iter().all(|name| named(name).is_some()));
        assert!(named("").is_none() && named("503 ").is_none());
    }
}
