//! What a check of a store has found, one line for each thing that was tried.

#[cfg(target_os = "linux")]
use super::trouble::Trouble;

/// What a check of a fleet has found of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetFinding {
    /// The thing, in one word that stays the same: `folder`, `connect`, `tls`, `login`, `acl`, `time`, `role`,
    /// `eviction`, `clock`, `delay`, `lease` or `grant`.
    pub what: &'static str,
    /// How it stands.
    pub state: FleetState,
    /// That in words, and what to do if something is wrong. No password is in it.
    pub message: String,
    /// Whether the same check may find it well later.
    pub is_retryable: bool,
}

/// How one thing stands that a fleet needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FleetState {
    /// As it should be.
    Good,
    /// It works, and might be better.
    Warning,
    /// It was not tried, or cannot be seen.
    Unknown,
    /// Processes cannot share because of it.
    Bad,
}

/// The findings so far.
#[cfg(target_os = "linux")]
#[derive(Default)]
pub(crate) struct Findings(Vec<FleetFinding>);

#[cfg(target_os = "linux")]
impl Findings {
    pub(crate) fn good(&mut self, what: &'static str, message: impl Into<String>) {
        self.add(what, FleetState::Good, message.into(), false);
    }

    pub(crate) fn bad(&mut self, what: &'static str, message: impl Into<String>) {
        self.add(what, FleetState::Bad, message.into(), false);
    }

    pub(crate) fn trouble(&mut self, what: &'static str, trouble: Trouble) {
        self.bad(what, trouble.what);
    }

    pub(crate) fn all(self) -> Vec<FleetFinding> {
        self.0
    }

    fn add(&mut self, what: &'static str, state: FleetState, message: String, is_retryable: bool) {
        self.0.push(FleetFinding { what, state, message, is_retryable });
    }
}

/// What is to be said of a server alone.
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
impl Findings {
    pub(crate) fn warning(&mut self, what: &'static str, message: impl Into<String>) {
        self.add(what, FleetState::Warning, message.into(), false);
    }

    pub(crate) fn unknown(&mut self, what: &'static str, message: impl Into<String>) {
        self.add(what, FleetState::Unknown, message.into(), false);
    }

    /// What may be over soon.
    pub(crate) fn down(&mut self, what: &'static str, message: impl Into<String>) {
        self.add(what, FleetState::Bad, message.into(), true);
    }
}
