//! The header.

use super::findings::{Finding, Findings, Part};
use super::text::{kind_of, quoted, shown};
use crate::credentials::is_region;
use crate::finding::FindingKind;
use crate::token::{Algorithm, Object, check_algorithm, check_critical, check_type};

/// The number of Twilio's error list for a header.
const INVALID_HEADER: u32 = 20102;
const KNOWN: &[&str] = &["alg", "crit", "cty", "twr", "typ"];

/// Looks at a header; tells whether its algorithm is the one that signatures are checked with.
pub(super) fn examine(header: &Object, out: &mut Findings) -> bool {
    let at = |kind, name: &str| Finding::new(kind, Part::Header, &[name]).by_twilio(INVALID_HEADER);
    let algorithm = check_algorithm(header, Algorithm::Hs256);
    let is_checkable = algorithm.is_ok();
    out.take(algorithm, |_| {
        at(FindingKind::TokenAlgorithm, "alg")
            .message(format!("alg is {}, not HS256", says(header, "alg")))
    });
    out.take(check_critical(header), |error| {
        at(FindingKind::TokenAlgorithm, "crit").message(error.message().to_owned())
    });
    if check_type(header).is_err() {
        for (name, wanted) in [("typ", "JWT"), ("cty", "twilio-fpa;v=1")] {
            if header.text(name) != Some(wanted) {
                let message = format!("{name} is {}, not {wanted}", says(header, name));
                let fix = format!("write {name} into the header as {wanted}");
                out.add(at(FindingKind::TokenMalformed, name).message(message).fix_by(fix));
            }
        }
    }
    region(header, out);
    for name in header.members().keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        let message = format!("Access Tokens have no {} in their header", shown(name));
        out.add(Finding::new(FindingKind::HeaderUnknown, Part::Header, &[name]).message(message));
    }
    is_checkable
}

fn region(header: &Object, out: &mut Findings) {
    if header.get("twr").is_some() && !header.text("twr").is_some_and(is_region) {
        let message = format!("twr is {}, which names no region", says(header, "twr"));
        let finding = Finding::new(FindingKind::RegionMalformed, Part::Header, &["twr"]);
        out.add(finding.message(message));
    }
}

/// What stands under a name.
fn says(header: &Object, name: &str) -> String {
    match (header.get(name), header.text(name)) {
        (None, _) => "missing".to_owned(),
        (_, Some(text)) => quoted(text),
        (Some(value), None) => kind_of(value).to_owned(),
    }
}
