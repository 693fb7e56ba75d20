//! One token, looked at from all sides.

use std::fmt;

use serde_json::{Map, Value};

use super::findings::{Finding, Findings, Part};
use super::options::{ExamineOptions, Time};
use super::signature::{self, Signature};
use super::{claims, grants, header, service};
use crate::credentials::ApiKey;
use crate::error::Error;
use crate::finding::{FindingKind, Severity};
use crate::judge::{self, Refusal, Room};
use crate::presets::Service;
use crate::token::{Decoded, Object, Parts, check_grants};

/// The number of Twilio's error list for a token that is none.
const INVALID_TOKEN: u32 = 20101;

/// Looks at a token from all sides: structure, header, signature, times, identity and grants. Where
/// [`verify`](crate::verify) stops at the first fault, this finds all, and what will go wrong later.
///
/// `keys` are those that the token may be signed with; the one that `iss` names is taken. Without any the signature is not
/// checked. It never fails and does not panic, whatever the text is; a text over 128 KiB is not read.
///
/// There is an error among the findings if, and only if, `verify` refuses the token with the same key, time and
/// leeway, and the first finding then is of the same kind. The one exception is
/// [`FindingKind::LifetimeTooLong`]: that alone Twilio refuses, and `verify` does not.
///
/// A token of another service for which there is a preset, such as LiveKit, is known by its claims
/// ([`Examination::service`]). It is held against that service's rules in place of Twilio's, and its errors are those of
/// [`verify_jwt`](crate::verify_jwt) with the secret of [`ExamineOptions::secret`].
///
/// # Example: all that is wrong
///
/// ```
/// use grantmint_core::{ApiKey, ExamineOptions, TokenMinter, VoiceGrant, examine};
///
/// let key = ApiKey::new(
///     "AC00000000000000000000000000000001",
///     "SK00000000000000000000000000000002",
///     "the secret shown once in the console",
/// )?;
/// let voice = VoiceGrant::new().incoming_allow(true);
/// let jwt = TokenMinter::builder(&key).grant(voice).build()?.mint_at("a b", 1_900_000_000)?;
/// let two_hours_later = ExamineOptions::new().now(1_900_007_200);
/// let examination = examine(&jwt, &[key], &two_hours_later);
/// let codes: Vec<_> = examination.findings().iter().map(|finding| finding.code()).collect();
/// assert_eq!(codes, ["token_expired", "voice_identity"]);
/// assert!(examination.is_verified() && !examination.is_valid());
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[must_use]
pub fn examine(token: &str, keys: &[ApiKey], options: &ExamineOptions) -> Examination {
    let (time, mut out) = (options.time(), Findings::default());
    let Some(parts) = out.take(Parts::split(token), |error| malformed(error, Part::Token)) else {
        return Examination::new(options, time, out);
    };
    let service = parts.claims().ok().and_then(|claims| Service::of(claims.members()));
    if let Some(service) = service {
        let (header, claims, signature, times) =
            service::examine(service, token, &parts, options, &mut out);
        let examined = Examination::new(options, time, out);
        return Examination {
            header,
            claims,
            signature,
            times,
            service: Some(service),
            ..examined
        };
    }
    let header = out.take(parts.header(), |error| malformed(error, Part::Header));
    let bytes = out.take(parts.signature(), |error| malformed(error, Part::Signature));
    let is_checkable = header.as_ref().is_some_and(|header| header::examine(header, &mut out));
    // They are read before the signature is checked for the name of the key alone.
    let claims = parts.claims();
    let issuer = claims.as_ref().ok().and_then(|claims| claims.text("iss"));
    let (signature, key) = match bytes.filter(|_| is_checkable) {
        Some(bytes) => signature::check(&parts, &bytes, keys, issuer, &mut out),
        None => (Signature::Unchecked, None),
    };
    let claims = out.take(claims, |error| malformed(error, Part::Claims));
    let times =
        claims.as_ref().map(|claims| examine_claims(header.as_ref(), claims, key, time, &mut out));
    let times = times.unwrap_or_default();
    Examination { header, claims, signature, times, ..Examination::new(options, time, out) }
}

fn malformed(error: &Error, part: Part) -> Finding {
    Finding::of_error(error, part, &[]).by_twilio(INVALID_TOKEN)
}

fn examine_claims(
    header: Option<&Object>,
    claims: &Object,
    key: Option<&ApiKey>,
    time: Time,
    out: &mut Findings,
) -> claims::Moments {
    claims::parties(claims, key, out);
    let grants = claims.get("grants").and_then(Value::as_object);
    let moments = claims::Moments::read(claims, out);
    moments.check(time, grants.is_some_and(|grants| grants.contains_key("voice")), out);
    out.take(check_grants(claims), |error| claims::no_grants(claims, error));
    claims::others(claims, out);
    if let Some(grants) = grants {
        grants::examine(header, grants, time.now, out);
    }
    moments
}

/// What was found in a token. Its `Debug` shows none of the token.
pub struct Examination {
    header: Option<Object>,
    claims: Option<Object>,
    signature: Signature,
    service: Option<Service>,
    findings: Vec<Finding>,
    now: u64,
    times: claims::Moments,
    options: ExamineOptions,
}

/// The times of a token in Unix seconds, and how they stand to the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The second that the token was examined at.
    pub now: u64,
    /// `iat`.
    pub issued_at: Option<u64>,
    /// `nbf`, a fraction rounded up.
    pub not_before: Option<u64>,
    /// `exp`, a fraction dropped.
    pub expires_at: Option<u64>,
    /// Seconds until `exp`; negative if that is past.
    pub expires_in: Option<i64>,
    /// Seconds from when the token was made until `exp`.
    pub lifetime: Option<u64>,
}

impl Examination {
    fn new(options: &ExamineOptions, time: Time, findings: Findings) -> Self {
        Self {
            header: None,
            claims: None,
            signature: Signature::Unchecked,
            service: None,
            findings: findings.sorted(),
            now: time.now,
            times: claims::Moments::default(),
            options: options.clone(),
        }
    }

    /// Whether the token is verified and no error was found; if examined strictly, no warning either.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let worst = self.findings.first().map(Finding::severity);
        let allowed = if self.options.strict { Severity::Note } else { Severity::Warning };
        self.is_verified() && worst.is_none_or(|worst| worst >= allowed)
    }

    /// Whether a key that was given has signed the token. Such a token can still be expired, or for another account.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        matches!(self.signature, Signature::Good(_) | Signature::GoodOfService)
    }

    /// What is known of the signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The service whose token it is, if that is not Twilio but one for which there is a preset: it is known by its
    /// claims. What was found is then what that service would say.
    #[must_use]
    pub fn service(&self) -> Option<Service> {
        self.service
    }

    /// All that was found, the worst first; what is equally bad in the order in which `verify` looks. More than a
    /// hundred are not listed.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The members of the header, if it could be read.
    #[must_use]
    pub fn header(&self) -> Option<&Map<String, Value>> {
        self.header.as_ref().map(Object::members)
    }

    /// The members of the claims, if they could be read.
    #[must_use]
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        self.claims.as_ref().map(Object::members)
    }

    /// The content of the token, if all of it could be read: a copy.
    #[must_use]
    pub fn decoded(&self) -> Option<Decoded> {
        Some(Decoded::of(self.header.clone()?, self.claims.clone()?))
    }

    /// When the token is valid.
    #[must_use]
    pub fn times(&self) -> Times {
        let claims::Moments { iat, nbf, exp } = self.times;
        let expires_at = exp.map(|exp| exp.whole);
        Times {
            now: self.now,
            issued_at: iat.map(|iat| iat.whole),
            not_before: nbf.map(|nbf| nbf.rounded_up()),
            expires_at,
            expires_in: expires_at.map(|end| end.cast_signed() - self.now.cast_signed()),
            lifetime: self.times.lifetime(self.now),
        }
    }

    /// What the video room of [`ExamineOptions::room`] says, or any room if none was named.
    ///
    /// # Errors
    ///
    /// Why it refuses the token: the first error among the findings, or what [`judge::room`] says.
    pub fn room(&self) -> Result<(), Refusal> {
        let room =
            Room { name: self.options.room.as_deref(), sid: self.options.room_sid.as_deref() };
        judge::room(
            self.header.as_ref().and_then(|header| header.text("twr")),
            self.judged()?,
            &room,
        )
    }

    /// What a player on a page of [`ExamineOptions::origin`] says, or on any page if none was named.
    ///
    /// # Errors
    ///
    /// Why it refuses the token: the first error among the findings, or what [`judge::player`] says.
    pub fn player(&self) -> Result<(), Refusal> {
        judge::player(self.judged()?, self.options.origin.as_deref(), self.now)
    }

    /// What Voice says.
    ///
    /// # Errors
    ///
    /// Why it refuses the token: the first error among the findings, or what [`judge::voice`] says.
    pub fn voice(&self) -> Result<(), Refusal> {
        judge::voice(self.judged()?)
    }

    /// The grants to judge by, unless everybody refuses the token for another reason. Twilio has all keys: that the right
    /// one was not given here is none.
    fn judged(&self) -> Result<&Map<String, Value>, Refusal> {
        let is_fault = |finding: &&Finding| {
            let is_for_want_of_a_key =
                finding.kind() == FindingKind::TokenSignature && self.signature == Signature::NoKey;
            finding.severity() == Severity::Error && !is_for_want_of_a_key
        };
        let of =
            |kind, twilio: Option<u32>| Refusal::of_finding(kind, twilio.unwrap_or(INVALID_TOKEN));
        if self.service.is_some() {
            return Err(of(FindingKind::OtherService, None));
        }
        if let Some(fault) = self.findings.iter().find(is_fault) {
            return Err(of(fault.kind(), fault.twilio()));
        }
        let grants = self.claims().and_then(|claims| claims.get("grants")?.as_object());
        grants.ok_or_else(|| of(FindingKind::TokenClaims, None))
    }
}

impl fmt::Debug for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination")
            .field("signature", &self.signature)
            .field("is_valid", &self.is_valid())
            .finish_non_exhaustive()
    }
}
