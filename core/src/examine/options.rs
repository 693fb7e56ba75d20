//! How to examine.

use std::sync::Arc;

use crate::clock::exact_unix_seconds;
use crate::limits::{LEEWAY_MAX, UNIX_SECONDS_MAX};
use crate::secret::Secret;

/// At what time to examine a token, how strictly, and for which room and page.
///
/// # Example: tomorrow, for one room
///
/// ```
/// use grantmint_core::ExamineOptions;
///
/// let options = ExamineOptions::new().now(1_900_000_000).room("DailyStandup").strict(true);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExamineOptions {
    now: Option<u64>,
    leeway: u64,
    pub(super) strict: bool,
    pub(super) room: Option<String>,
    pub(super) room_sid: Option<String>,
    pub(super) origin: Option<String>,
    secret: Option<Arc<Secret>>,
}

impl ExamineOptions {
    /// The machine's time, no leeway, warnings allowed, any room and any page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The Unix second to take for the present one; one after the year 9999 is taken for its end.
    #[must_use]
    pub fn now(mut self, unix_seconds: u64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// How many seconds `exp`, `nbf` and `iat` may be off; more than 300 are taken for 300.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Whether a token with a warning is not valid either.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The unique name of the room that the token is meant for.
    #[must_use]
    pub fn room(mut self, name: impl Into<String>) -> Self {
        self.room = Some(name.into());
        self
    }

    /// The SID of that room, `RM…`.
    #[must_use]
    pub fn room_sid(mut self, sid: impl Into<String>) -> Self {
        self.room_sid = Some(sid.into());
        self
    }

    /// The origin of the page that the player is on, such as `https://www.example.com`.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// The secret to check the signature with if the token is one of another service: see
    /// [`Examination::service`](super::Examination::service).
    #[must_use]
    pub fn secret(mut self, secret: &[u8]) -> Self {
        self.secret = Some(Arc::new(Secret::new(secret)));
        self
    }

    pub(super) fn secret_of_service(&self) -> Option<&[u8]> {
        self.secret.as_deref().map(Secret::expose)
    }

    pub(super) fn time(&self) -> Time {
        let now = self.now.unwrap_or_else(exact_unix_seconds).min(UNIX_SECONDS_MAX);
        Time { now, leeway: self.leeway.min(LEEWAY_MAX) }
    }
}

/// When a token is examined, in Unix seconds, and by how many seconds its clock may be off.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub(super) now: u64,
    pub(super) leeway: u64,
}
