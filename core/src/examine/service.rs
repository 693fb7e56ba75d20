//! A token of another service for which there is a preset: what that service would say of it.

use super::claims::Moments;
use super::findings::{Finding, Findings, Part};
use super::names::meant;
use super::options::{ExamineOptions, Time};
use super::signature::{Signature, check_with_secret};
use super::text::shown;
use crate::finding::FindingKind;
use crate::limits::JWT_ADVISED_BYTES;
use crate::presets::Service;
use crate::token::{Algorithm, Object, Parts, check_algorithm, check_critical};

/// Looks at all of it; the header and the claims are handed on if they can be read.
pub(super) fn examine(
    service: Service,
    token: &str,
    parts: &Parts<'_>,
    options: &ExamineOptions,
    out: &mut Findings,
) -> (Option<Object>, Option<Object>, Signature, Moments) {
    let of = |error: &_, part| Finding::of_error(error, part, &[]).of_service();
    let header = out.take(parts.header(), |error| of(error, Part::Header));
    let bytes = out.take(parts.signature(), |error| of(error, Part::Signature));
    let is_checkable = header.as_ref().is_some_and(|header| examine_header(header, out));
    let signature = match bytes.filter(|_| is_checkable) {
        Some(bytes) => check_with_secret(parts, &bytes, options.secret_of_service(), out),
        None => Signature::Unchecked,
    };
    let claims = out.take(parts.claims(), |error| of(error, Part::Claims));
    let times = claims.as_ref().map(|claims| examine_claims(service, claims, options.time(), out));
    if token.len() > JWT_ADVISED_BYTES {
        out.add(Finding::new(FindingKind::TokenLong, Part::Token, &[]));
    }
    let name = service.name();
    let note = Finding::new(FindingKind::OtherService, Part::Token, &[]);
    out.add(note.message(format!("the token is one of {name}, and Twilio takes none of it")));
    out.all_of_service();
    (header, claims, signature, times.unwrap_or_default())
}

fn examine_header(header: &Object, out: &mut Findings) -> bool {
    let checked = check_algorithm(header, Algorithm::Hs256).and_then(|()| check_critical(header));
    let finding = |message: &str, name: &str| {
        let finding = Finding::new(FindingKind::TokenAlgorithm, Part::Header, &[name]);
        finding
            .message(message.to_owned())
            .fix_by("sign with HS256, and name no critical extension")
    };
    let name = if header.get("crit").is_some() { "crit" } else { "alg" };
    out.take(checked, |error| finding(error.message(), name)).is_some()
}

fn examine_claims(service: Service, claims: &Object, time: Time, out: &mut Findings) -> Moments {
    let moments = Moments::read(claims, out);
    moments.check_of_service(time, out);
    times(service, claims, &moments, time, out);
    for fault in service.faults(claims.members()) {
        let kind = match fault.is_missing {
            true => FindingKind::ServiceClaimMissing,
            false => FindingKind::ServiceClaim,
        };
        out.add(Finding::of_claim(kind, &fault.path).message(fault.what));
    }
    let lifetime = moments.lifetime(time.now);
    for warning in service.advice(claims.members(), lifetime) {
        out.add(Finding::of_claim(warning.kind(), &[place(warning.kind())]));
    }
    misspelled(service, claims, out);
    moments
}

/// The claim that advice is about.
fn place(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::ZoomTtl => "exp",
        FindingKind::ZoomTopicLong => "tpc",
        _ => "room",
    }
}

fn times(service: Service, claims: &Object, moments: &Moments, time: Time, out: &mut Findings) {
    for name in ["exp", "nbf", "iat"] {
        if claims.time(name).ok().flatten().is_some_and(|time| time.has_fraction) {
            let message = format!("{name} has a fraction, which many services refuse");
            out.add(Finding::of_claim(FindingKind::TimeFraction, &[name]).message(message));
        }
    }
    if let (Some(iat), Some(exp)) = (moments.iat, moments.exp)
        && let Err(what) = service.check_lifetime(exp.whole.saturating_sub(iat.whole))
    {
        out.add(Finding::of_claim(FindingKind::ServiceLifetime, &["exp"]).message(what));
    }
    // One without iat is taken to be as new as it can be.
    let minted = moments.iat.map_or(time.now, |iat| iat.whole);
    let is_late = |nbf: u64| nbf <= time.now && nbf.saturating_add(service.backdate()) > minted;
    if moments.nbf.is_some_and(|nbf| is_late(nbf.whole)) {
        out.add(Finding::of_claim(FindingKind::NotBackdated, &["nbf"]));
    }
}

/// Names that the service does not know, and that are near to one that it does.
fn misspelled(service: Service, claims: &Object, out: &mut Findings) {
    for (object, members) in claims.members() {
        let Some(members) = members.as_object() else { continue };
        let known: Vec<_> = service.members(object).collect();
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            if let Some(meant) = meant(name, known.iter().copied()) {
                let finding = Finding::of_claim(FindingKind::MemberMisspelled, &[object, name]);
                let message = format!("{object} has no member {}", shown(name));
                out.add(finding.message(message).fix_by(format!("call it {meant}")));
            }
        }
    }
}
