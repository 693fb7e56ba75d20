//! The scripts that a server runs, by their digests. Each begins by reading the clock.

use std::sync::Arc;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// What a server runs in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Time,
    Claim,
    Publish,
    Pause,
    Release,
    Renew,
    Replace,
    Admit,
    Report,
}

/// All scripts, in the order of [`Script`].
pub(super) struct Scripts(Vec<Text>);

/// A script, and the digest that the server knows it by.
pub(super) struct Text {
    pub(super) source: String,
    pub(super) digest: String,
}

const CLOCK: &str = include_str!("scripts/clock.lua");
#[cfg(any(test, feature = "test-helpers"))]
const CLOCK_BY_HAND: &str = include_str!("scripts/clock_by_hand.lua");
const HEADS: &str = include_str!("scripts/heads.lua");
const CELL: &str = include_str!("scripts/cell.lua");
const LET_THROUGH: &str = include_str!("scripts/let_through.lua");

const ALL: [(Script, &[&str]); 9] = [
    (Script::Time, &[include_str!("scripts/time.lua")]),
    (Script::Claim, &[HEADS, CELL, LET_THROUGH, include_str!("scripts/claim.lua")]),
    (Script::Publish, &[HEADS, include_str!("scripts/publish.lua")]),
    (Script::Pause, &[HEADS, include_str!("scripts/pause.lua")]),
    (Script::Release, &[HEADS, include_str!("scripts/release.lua")]),
    (Script::Renew, &[HEADS, include_str!("scripts/renew.lua")]),
    (Script::Replace, &[HEADS, include_str!("scripts/replace.lua")]),
    (Script::Admit, &[HEADS, CELL, LET_THROUGH, include_str!("scripts/admit.lua")]),
    (Script::Report, &[HEADS, CELL, include_str!("scripts/report.lua")]),
];

impl Scripts {
    /// Those that go by the server's clock.
    pub(super) fn new() -> Arc<Self> {
        Self::with_clock(CLOCK)
    }

    /// Those that go by a clock of a test, which is an argument more.
    #[cfg(any(test, feature = "test-helpers"))]
    pub(super) fn by_hand() -> Arc<Self> {
        Self::with_clock(CLOCK_BY_HAND)
    }

    fn with_clock(clock: &str) -> Arc<Self> {
        let text = |(_, parts): &(Script, &[&str])| {
            let source = parts.iter().fold(clock.to_owned(), |all, part| all + part);
            let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, source.as_bytes());
            let digest = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            Text { source, digest }
        };
        Arc::new(Self(ALL.iter().map(text).collect()))
    }

    pub(super) fn text(&self, script: Script) -> &Text {
        let at = ALL.iter().position(|(known, _)| *known == script);
        &self.0[at.unwrap_or(0)]
    }
}
