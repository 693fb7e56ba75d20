//! The claims but the grants: who issued the token, for which account, and when it is valid.

use super::findings::{Finding, Findings, Part};
use super::options::Time;
use super::text::quoted;
use crate::credentials::ApiKey;
use crate::error::Error;
use crate::finding::FindingKind;
use crate::limits::{LEEWAY_MAX, TTL_MAX, UNIX_SECONDS_MAX};
use crate::sid::{Sid, SidKind};
use crate::token::{
    Object, Time as Claimed, check_end, check_party, check_start, end, is_long_ttl_for_voice,
};

/// Numbers of Twilio's error list: for the issuer and the subject, for times that are none, and for grants.
const INVALID_PARTY: u32 = 20103;
const INVALID_TIME: u32 = 20104;
const INVALID_GRANTS: u32 = 20106;

/// The kind of SID that `iss` and `sub` are.
const PARTIES: [(&str, SidKind); 2] = [("iss", SidKind::Key), ("sub", SidKind::Account)];

/// Holds `iss` and `sub` against the key, or against what every token has if there is no key.
pub(super) fn parties(claims: &Object, key: Option<&ApiKey>, out: &mut Findings) {
    for (name, kind) in PARTIES {
        let sid =
            key.map(|key| if kind == SidKind::Key { key.key_sid() } else { key.account_sid() });
        let checked = match (sid, claims.text(name)) {
            // The only thing left to look at is its shape.
            (None, Some(text)) if Sid::parse(kind, name, text).is_ok() => Ok(()),
            (sid, _) => check_party(claims, name, sid.map_or("", Sid::as_str)),
        };
        out.take(checked, |error| {
            let finding = Finding::of_error(error, Part::Claims, &[name]);
            let finding = finding.by_twilio(INVALID_PARTY);
            match claims.text(name) {
                Some(text) => finding.message(wrong_party(name, kind, text, sid)),
                None => finding,
            }
        });
    }
}

fn wrong_party(name: &str, kind: SidKind, text: &str, wanted: Option<&Sid>) -> String {
    let found = quoted(text);
    let belongs = if kind == SidKind::Key { "an API key's SID" } else { "an account's SID" };
    if let Some((other, whose)) = swapped(kind).filter(|(prefix, _)| text.starts_with(prefix)) {
        return format!("{name} is {found}: {other}… is {whose} SID; are iss and sub swapped?");
    }
    match wanted {
        Some(sid) => format!("{name} is {found}, not {sid}"),
        None => format!("{name} is {found}, which is not {belongs}"),
    }
}

/// What stands there if both are swapped.
fn swapped(kind: SidKind) -> Option<(&'static str, &'static str)> {
    match kind {
        SidKind::Key => Some(("AC", "an account's")),
        SidKind::Account => Some(("SK", "an API key's")),
        _ => None,
    }
}

/// The points in time of a token that could be read.
#[derive(Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) iat: Option<Claimed>,
    pub(super) nbf: Option<Claimed>,
    pub(super) exp: Option<Claimed>,
}

impl Moments {
    /// Reads them in the order of `verify`.
    pub(super) fn read(claims: &Object, out: &mut Findings) -> Self {
        let mut take = |name: &'static str, outcome| {
            out.take(outcome, |error| {
                let finding = Finding::of_error(error, Part::Claims, &[name]);
                let finding = finding.by_twilio(INVALID_TIME);
                if is_in_milliseconds(claims, name) {
                    return finding
                        .message(format!("{name} is in milliseconds"))
                        .fix_by("divide it by 1,000: times are in seconds");
                }
                finding
            })
        };
        let exp = take("exp", end(claims).map(Some)).flatten();
        let nbf = take("nbf", claims.time("nbf")).flatten();
        let iat = take("iat", claims.time("iat")).flatten();
        Self { iat, nbf, exp }
    }

    /// From when on the token counts, as far as it says so.
    fn start(&self, now: u64) -> u64 {
        let nbf = self.nbf.map(|nbf| nbf.whole).filter(|nbf| *nbf <= now);
        self.iat.map(|iat| iat.whole).or(nbf).unwrap_or(now)
    }

    /// How many seconds the token is valid from when it was made.
    pub(super) fn lifetime(&self, now: u64) -> Option<u64> {
        Some(self.exp?.whole.saturating_sub(self.start(now)))
    }

    /// Holds them against the clock and against each other.
    pub(super) fn check(&self, time: Time, has_voice: bool, out: &mut Findings) {
        self.hold_against_clock(time, out);
        self.hold_against_each_other(out);
        self.hold_against_limits(time, has_voice, out);
    }

    /// The same for a service that does not say how long its tokens may be valid.
    pub(super) fn check_of_service(&self, time: Time, out: &mut Findings) {
        self.hold_against_clock(time, out);
        self.hold_against_each_other(out);
    }

    fn hold_against_limits(&self, time: Time, has_voice: bool, out: &mut Findings) {
        let lifetime = self.lifetime(time.now).unwrap_or_default();
        let is_too_long = lifetime > TTL_MAX || self.remaining(time.now) > TTL_MAX + LEEWAY_MAX;
        if is_too_long {
            let message = "exp lies more than 24 hours after iat or now, which Twilio refuses";
            let finding = Finding::of_claim(FindingKind::LifetimeTooLong, &["exp"]);
            out.add(finding.message(message));
        } else if has_voice && is_long_ttl_for_voice(lifetime) {
            out.add(Finding::of_claim(FindingKind::VoiceTtl, &["exp"]));
        }
    }

    fn remaining(&self, now: u64) -> u64 {
        self.exp.map_or(0, |exp| exp.whole.saturating_sub(now))
    }

    fn hold_against_clock(&self, Time { now, leeway }: Time, out: &mut Findings) {
        if let Some(exp) = self.exp {
            out.take(check_end(exp, now, leeway), |_| {
                let ago = now - exp.whole;
                let finding = Finding::of_claim(FindingKind::TokenExpired, &["exp"]);
                finding.message(format!("the token expired {ago} s ago"))
            });
        }
        if let Some(nbf) = self.nbf {
            out.take(check_start(nbf, now, leeway), |_| {
                let ahead = nbf.rounded_up() - now;
                let finding = Finding::of_claim(FindingKind::TokenNotYetValid, &["nbf"]);
                finding.message(format!("the token becomes valid in {ahead} s"))
            });
        }
        if let Some(iat) = self.iat.filter(|iat| iat.whole > now + leeway) {
            let ahead = iat.whole - now;
            let finding = Finding::of_claim(FindingKind::IssuedInFuture, &["iat"]);
            out.add(finding.message(format!("iat lies {ahead} s in the future")));
        }
    }

    fn hold_against_each_other(&self, out: &mut Findings) {
        let Some(exp) = self.exp else { return };
        for (name, other) in [("nbf", self.nbf), ("iat", self.iat)] {
            if other.is_some_and(|other| exp.whole <= other.whole) {
                let message = format!("exp does not lie after {name}, so the token is never valid");
                out.add(Finding::of_claim(FindingKind::NeverValid, &["exp"]).message(message));
            }
        }
    }
}

/// Whether a time only makes sense as milliseconds of this age.
fn is_in_milliseconds(claims: &Object, name: &str) -> bool {
    let year_9999 = UNIX_SECONDS_MAX as f64;
    let value = claims.get(name).and_then(serde_json::Value::as_f64);
    value.is_some_and(|value| value > year_9999 && value <= year_9999 * 1000.0)
}

/// `jti`, and an identity where Twilio does not look.
pub(super) fn others(claims: &Object, out: &mut Findings) {
    if claims.text("jti").is_none() {
        out.add(Finding::of_claim(FindingKind::JtiMissing, &["jti"]));
    }
    if claims.get("identity").is_some() {
        out.add(Finding::of_claim(FindingKind::IdentityMisplaced, &["identity"]));
    }
}

/// The grants are missing, or are no object.
pub(super) fn no_grants(claims: &Object, error: &Error) -> Finding {
    let finding = Finding::of_error(error, Part::Claims, &["grants"]);
    let finding = finding.by_twilio(INVALID_GRANTS);
    match claims.get("grant") {
        Some(_) => finding.fix_by("call it grants, not grant"),
        None => finding.fix_by("put the identity and each grant into an object called grants"),
    }
}
