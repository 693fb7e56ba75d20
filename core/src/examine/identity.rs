//! The identity, as the products that the token is for take it.

use serde_json::{Map, Value};

use super::findings::{Finding, Findings};
use super::text::{kind_of, quoted};
use crate::finding::FindingKind;
use crate::limits::VIDEO_IDENTITY_MAX_CHARS;
use crate::token::{IDENTITY_KEY, check_identity, has_other_characters, is_long_for_voice};

/// Looks at whom the token is for.
pub(super) fn examine(grants: &Map<String, Value>, out: &mut Findings) {
    let at = |kind| Finding::of_claim(kind, &["grants", IDENTITY_KEY]);
    match grants.get(IDENTITY_KEY) {
        // A player needs none.
        None if grants.len() == 1 && grants.contains_key("player") => {}
        None => out.add(at(FindingKind::IdentityMissing)),
        Some(Value::String(empty)) if empty.is_empty() => {
            out.add(at(FindingKind::IdentityMissing).message("the identity is empty"));
        }
        Some(Value::String(identity)) => text(identity, grants, out),
        Some(value) => {
            let message = format!("the identity is {}, not a text", kind_of(value));
            out.add(at(FindingKind::IdentityType).message(message));
        }
    }
}

fn text(identity: &str, grants: &Map<String, Value>, out: &mut Findings) {
    let at = |kind| Finding::of_claim(kind, &["grants", IDENTITY_KEY]);
    let max = if grants.contains_key("video") { VIDEO_IDENTITY_MAX_CHARS } else { usize::MAX };
    if let Err(error) = check_identity(identity, max) {
        out.add(at(FindingKind::IdentityTooLong).message(format!("the {}", error.message())));
    }
    if identity.trim() != identity || identity.chars().any(char::is_control) {
        let what = "begins or ends with white space, or has a control character in it";
        let message = format!("{} {what}", quoted(identity));
        out.add(at(FindingKind::IdentitySpace).message(message));
    }
    if !grants.contains_key("voice") {
        return;
    }
    let found = [
        (FindingKind::VoiceIdentity, has_other_characters(identity)),
        (FindingKind::VoiceIdentityLength, is_long_for_voice(identity)),
    ];
    for (kind, _) in found.into_iter().filter(|(_, holds)| *holds) {
        out.add(at(kind).message(format!("{}: {}", quoted(identity), kind.meaning())));
    }
}
