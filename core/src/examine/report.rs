//! An examination as JSON.

use serde::Serialize;
use serde_json::{Map, Value};

use super::examination::Examination;
use super::findings::Finding;
use crate::judge::Refusal;
use crate::presets::Service;
use crate::wiped::WipedString;

impl Examination {
    /// All of it as JSON on one line, for tools and pages. It has the header and the claims in it, and with them grants:
    /// whoever reads it can use those.
    ///
    /// # Example: what a room says
    ///
    /// ```
    /// use grantmint_core::{ExamineOptions, examine};
    ///
    /// let json = examine("no token", &[], &ExamineOptions::new()).to_json();
    /// let report: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    /// assert_eq!(report["findings"][0]["code"], "token_malformed");
    /// assert_eq!(report["judges"]["room"]["admits"], false);
    /// ```
    #[must_use]
    pub fn to_json(&self) -> WipedString {
        let mut json = WipedString::new();
        serde_json::to_writer(&mut json, &Report::of(self)).expect("texts and plain values");
        json
    }
}

#[derive(Serialize)]
struct Report<'a> {
    valid: bool,
    verified: bool,
    signature: &'static str,
    key_sid: Option<&'a str>,
    /// Another one than Twilio, if its token is known.
    service: Option<&'static str>,
    header: Option<&'a Map<String, Value>>,
    claims: Option<&'a Map<String, Value>>,
    times: Times,
    findings: &'a [Finding],
    judges: Judges,
}

/// Their names say the unit.
#[derive(Serialize)]
struct Times {
    now: u64,
    issued_at: Option<u64>,
    not_before: Option<u64>,
    expires_at: Option<u64>,
    expires_in_s: Option<i64>,
    lifetime_s: Option<u64>,
}

#[derive(Serialize)]
struct Judges {
    room: Verdict,
    player: Verdict,
    voice: Verdict,
}

#[derive(Serialize)]
struct Verdict {
    admits: bool,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

impl<'a> Report<'a> {
    fn of(examination: &'a Examination) -> Self {
        let times = examination.times();
        Self {
            valid: examination.is_valid(),
            verified: examination.is_verified(),
            signature: examination.signature().name(),
            key_sid: examination.signature().key_sid().map(|sid| sid.as_str()),
            service: examination.service().map(Service::name),
            header: examination.header(),
            claims: examination.claims(),
            times: Times {
                now: times.now,
                issued_at: times.issued_at,
                not_before: times.not_before,
                expires_at: times.expires_at,
                expires_in_s: times.expires_in,
                lifetime_s: times.lifetime,
            },
            findings: examination.findings(),
            judges: Judges {
                room: Verdict::of(examination.room()),
                player: Verdict::of(examination.player()),
                voice: Verdict::of(examination.voice()),
            },
        }
    }
}

impl Verdict {
    fn of(outcome: Result<(), Refusal>) -> Self {
        Self { admits: outcome.is_ok(), refusal: outcome.err() }
    }
}
