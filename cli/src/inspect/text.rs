//! A report of a few lines. What is quoted of a token may not command the terminal.

use std::fmt::Write as _;

use grantmint_core::judge::Refusal;
use grantmint_core::{Examination, Finding, Map, Part, Service, Severity, Signature, Value};

use super::spans::{date, lifetime, span};
use crate::output::{Mark, Style};

/// No more is quoted of one value.
const QUOTED_MAX_CHARS: usize = 64;

pub(super) fn report(examination: &Examination, room: Option<&str>, style: Style) -> String {
    let mut out = format!("{} {}\n", style.mark(mark(examination)), headline(examination));
    if let Some(claims) = examination.claims() {
        let _ = writeln!(out, "  {}", content(examination, claims));
    }
    let places = examination.findings().iter().map(|found| place(found).chars().count());
    let width = places.max().unwrap_or_default();
    for finding in examination.findings() {
        let _ = writeln!(out, "  {}", line(finding, width));
    }
    if examination.claims().is_some() && examination.service().is_none() {
        let _ = writeln!(out, "  {}", judges(examination, room));
    }
    out
}

fn mark(examination: &Examination) -> Mark {
    let worst = examination.findings().first().map(Finding::severity);
    match worst {
        _ if examination.is_valid() => Mark::Good,
        Some(Severity::Error) => Mark::Bad,
        // A warning is enough where the user is strict.
        _ if examination.is_verified() => Mark::Bad,
        _ => Mark::Unknown,
    }
}

/// When the token is valid, and who signed it.
fn headline(examination: &Examination) -> String {
    let times = examination.times();
    let validity = match (times.expires_at, times.expires_in, times.not_before) {
        (Some(end), Some(left), _) if left <= 0 => {
            format!("expired {} ago ({})", span(left.unsigned_abs()), date(end))
        }
        (_, _, Some(start)) if start > times.now => {
            format!("valid in {} ({})", span(start - times.now), date(start))
        }
        (Some(end), Some(left), _) => {
            format!("{} left (until {})", span(left.unsigned_abs()), date(end))
        }
        _ if examination.claims().is_none() => "no Access Token".to_owned(),
        _ => "no end that could be read".to_owned(),
    };
    let signature = match examination.signature() {
        Signature::Good(sid) => format!("signature good, key {}", short(sid.as_str())),
        Signature::Wrong(sid) => format!("signature wrong, key {}", short(sid.as_str())),
        Signature::GoodOfService => "signature good".to_owned(),
        Signature::WrongOfService => "signature wrong".to_owned(),
        _ => "signature not verified".to_owned(),
    };
    format!("{validity}; {signature}")
}

/// Whom the token is for, and what it opens.
fn content(examination: &Examination, claims: &Map<String, Value>) -> String {
    let grants = claims.get("grants").and_then(Value::as_object);
    let text = |of: Option<&Map<String, Value>>, name: &str| {
        of.and_then(|members| members.get(name)?.as_str()).map(quoted)
    };
    let times = examination.times();
    let issued = times.issued_at.filter(|issued| *issued <= times.now);
    let service = examination.service().map(Service::name);
    let account = text(Some(claims), "sub").filter(|_| service.is_none());
    let parts = [
        service.map(str::to_owned),
        text(grants, "identity").map(|identity| format!("identity {identity}")),
        account.map(|account| format!("account {}", short(&account))),
        text(examination.header(), "alg"),
        issued.map(|issued| format!("issued {} ago", span(times.now - issued))),
        times.lifetime.map(|seconds| format!("for {}", lifetime(seconds))),
    ];
    let opened = grants.into_iter().flatten().filter(|(key, _)| *key != "identity");
    let opened = opened.map(|(key, grant)| match text(grant.as_object(), "room") {
        Some(room) if key == "video" => format!("video: room {room}"),
        _ => quoted(key),
    });
    parts.into_iter().flatten().chain(opened).collect::<Vec<_>>().join(" · ")
}

fn line(finding: &Finding, width: usize) -> String {
    let severity = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warn",
        _ => "note",
    };
    let twilio = finding.twilio().map_or_else(String::new, |code| format!(", Twilio {code}"));
    let (place, text, fix) = (place(finding), finding.text(), finding.fix());
    let (code, number) = (finding.code(), finding.kind().number());
    format!("{severity:<5}  {place:<width$}  {text}: {fix}   {code} {number}{twilio}")
}

/// Where in the token it is.
fn place(finding: &Finding) -> &str {
    match (finding.path(), finding.part()) {
        ("", Part::Header) => "header",
        ("", Part::Claims) => "claims",
        ("", Part::Signature) => "signature",
        ("", _) => "token",
        (path, _) => path,
    }
}

/// What a player, a room and Voice say of it.
fn judges(examination: &Examination, room: Option<&str>) -> String {
    let says = |outcome: Result<(), Refusal>| match outcome {
        Ok(()) => "admits".to_owned(),
        Err(refusal) => format!("refuses: {}", refusal.message.replacen("There is", "there is", 1)),
    };
    let room = room.map_or_else(|| "room".to_owned(), |room| format!("room {}", quoted(room)));
    format!(
        "player {} · {room} {} · Voice {}",
        says(examination.player()),
        says(examination.room()),
        says(examination.voice())
    )
}

/// A value as it stands, without what a terminal would obey.
fn quoted(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(QUOTED_MAX_CHARS) {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(QUOTED_MAX_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// `SK…0002`.
fn short(sid: &str) -> String {
    match (sid.get(..2), sid.len().checked_sub(4).and_then(|at| sid.get(at..))) {
        (Some(kind), Some(end)) if sid.len() == 34 => format!("{kind}…{end}"),
        _ => sid.to_owned(),
    }
}
