//! Findings while they are collected.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::text::pointer;
use crate::error::Error;
use crate::finding::{FindingKind, Severity};

/// More warnings and notes than these are not listed.
const MOST: usize = 100;

/// The part of a token that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// The text as a whole.
    Token,
    /// The header.
    Header,
    /// The claims.
    Claims,
    /// The signature.
    Signature,
}

/// One thing that is wrong with a token, or good to know of it.
///
/// The message may quote the beginning of a claim, without control characters: do not log it where the token itself may
/// not be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    kind: FindingKind,
    part: Part,
    path: String,
    message: Cow<'static, str>,
    fix: Cow<'static, str>,
    twilio: Option<u32>,
}

impl Finding {
    /// A finding that says what its kind says.
    pub(super) fn new(kind: FindingKind, part: Part, path: &[&str]) -> Self {
        Self {
            kind,
            part,
            path: pointer(path),
            message: Cow::Borrowed(kind.meaning()),
            fix: Cow::Borrowed(kind.fix()),
            twilio: kind.twilio(),
        }
    }

    /// A finding among the claims.
    pub(super) fn of_claim(kind: FindingKind, path: &[&str]) -> Self {
        Self::new(kind, Part::Claims, path)
    }

    /// What `verify` says.
    pub(super) fn of_error(error: &Error, part: Part, path: &[&str]) -> Self {
        let kind = FindingKind::of_error(error.kind()).unwrap_or(FindingKind::TokenMalformed);
        Self::new(kind, part, path).message(error.message().to_owned())
    }

    /// The same in other words.
    pub(super) fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// The same with other advice.
    pub(super) fn fix_by(mut self, fix: impl Into<Cow<'static, str>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The same where Twilio has no say.
    pub(super) fn of_service(mut self) -> Self {
        self.twilio = None;
        self
    }

    /// The same by another number of Twilio's error list.
    pub(super) fn by_twilio(mut self, code: u32) -> Self {
        self.twilio = Some(code);
        self
    }

    /// What was found.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// Where.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// Where within the header or the claims: a JSON pointer such as `/grants/identity`, empty for the whole. Names
    /// over 48 characters are cut, and control characters in them escaped.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.message
    }

    /// What to do about it, in one line.
    #[must_use]
    pub fn fix(&self) -> &str {
        &self.fix
    }

    /// The number of Twilio's error list that clients see, where it is known.
    #[must_use]
    pub fn twilio(&self) -> Option<u32> {
        self.twilio
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut finding = serializer.serialize_struct("Finding", 8)?;
        finding.serialize_field("code", self.code())?;
        finding.serialize_field("number", &self.kind.number())?;
        finding.serialize_field("twilio", &self.twilio)?;
        finding.serialize_field("severity", self.severity().name())?;
        finding.serialize_field("part", &self.part)?;
        finding.serialize_field("path", &self.path)?;
        finding.serialize_field("message", &self.message)?;
        finding.serialize_field("fix", &self.fix)?;
        finding.end()
    }
}

/// Findings in the order in which the token is looked at, which is that of `verify`.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// Whether there is more than is listed.
    is_cut: bool,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        // Of errors a token has a handful, and none may be lost.
        if self.found.len() < MOST || finding.severity() == Severity::Error {
            self.found.push(finding);
        } else if !self.is_cut {
            self.is_cut = true;
            self.found.push(Finding::new(FindingKind::MoreFindings, Part::Token, &[]));
        }
    }

    /// What a step came to, or nothing and what is wrong.
    pub(super) fn take<T>(
        &mut self,
        outcome: Result<T, Error>,
        to_finding: impl FnOnce(&Error) -> Finding,
    ) -> Option<T> {
        outcome.map_err(|error| self.add(to_finding(&error))).ok()
    }

    /// Twilio has no say in any of them.
    pub(super) fn all_of_service(&mut self) {
        for finding in &mut self.found {
            finding.twilio = None;
            if finding.kind == FindingKind::TokenClaims {
                finding.fix = Cow::Borrowed("give the token an exp, in seconds since 1970");
            }
        }
    }

    /// The worst first; what is equally bad stays in order.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.found.sort_by_key(Finding::severity);
        self.found
    }
}
