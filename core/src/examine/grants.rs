//! The grants: which products the token opens, and whether it does.

use serde_json::{Map, Value};

use super::findings::{Finding, Findings, Part};
use super::names::{meant, plain};
use super::text::{kind_of, shown};
use super::{identity, members};
use crate::finding::FindingKind;
use crate::judge::{Refusal, player};
use crate::token::{IDENTITY_KEY, Object, SHAPES, is_no_region_of_video};

/// Looks at everything in `grants`.
pub(super) fn examine(
    header: Option<&Object>,
    grants: &Map<String, Value>,
    now: u64,
    out: &mut Findings,
) {
    identity::examine(grants, out);
    let of_products = grants.iter().filter(|(key, _)| *key != IDENTITY_KEY);
    if of_products.clone().count() == 0 {
        out.add(Finding::of_claim(FindingKind::GrantsEmpty, &["grants"]));
    }
    for (key, value) in of_products {
        grant(key, value, out);
    }
    voice(grants, out);
    if let Some(region) = header.and_then(|header| header.text("twr"))
        && grants.contains_key("video")
        && is_no_region_of_video(region)
    {
        out.add(Finding::new(FindingKind::VideoRegion, Part::Header, &["twr"]));
    }
    if grants.contains_key("player")
        && let Err(refusal) = player(grants, None, now)
    {
        out.add(refused_by_player(&refusal));
    }
}

fn grant(key: &str, value: &Value, out: &mut Findings) {
    let path = ["grants", key];
    let Some(shape) = SHAPES.iter().find(|shape| shape.key == key) else {
        return out.add(unknown(key));
    };
    if let Some(successor) = shape.successor {
        let message = format!("Twilio has replaced {key} by {successor}");
        let finding = Finding::of_claim(FindingKind::GrantLegacy, &path).message(message);
        out.add(finding.fix_by(format!("use a {successor} grant")));
    }
    match value {
        Value::Object(members) => members::examine(members, shape.members, &path, out),
        // What is wrong with it a player tells.
        _ if key == "player" => {}
        _ => {
            let message = format!("the {key} grant is {}, not an object", kind_of(value));
            out.add(Finding::of_claim(FindingKind::GrantMalformed, &path).message(message));
        }
    }
}

fn unknown(key: &str) -> Finding {
    let path = ["grants", key];
    let by_alias = SHAPES.iter().find(|shape| shape.aliases.contains(&plain(key).as_str()));
    let found = by_alias.map(|shape| shape.key);
    match found.or_else(|| meant(key, SHAPES.iter().map(|shape| shape.key))) {
        Some(known) => Finding::of_claim(FindingKind::GrantMisspelled, &path)
            .message(format!("Twilio does not know a grant called {}", shown(key)))
            .fix_by(format!("call it {known}")),
        None => Finding::of_claim(FindingKind::GrantUnknown, &path)
            .message(format!("no product of Twilio is known that takes a grant {}", shown(key))),
    }
}

/// What of a voice grant no single member says.
fn voice(grants: &Map<String, Value>, out: &mut Findings) {
    let Some(voice) = grants.get("voice").and_then(Value::as_object) else { return };
    let outgoing = voice.get("outgoing").and_then(Value::as_object);
    let takes_calls = voice.get("incoming").is_some_and(|incoming| incoming["allow"] == true);
    let makes_calls = outgoing.is_some_and(|outgoing| outgoing.contains_key("application_sid"));
    if outgoing.is_some_and(|outgoing| outgoing.contains_key("params")) && !makes_calls {
        let path = ["grants", "voice", "outgoing", "params"];
        let message = "params reach nobody without application_sid beside them";
        out.add(Finding::of_claim(FindingKind::VoiceParams, &path).message(message));
    }
    if !takes_calls && !makes_calls {
        out.add(Finding::of_claim(FindingKind::VoiceOpensNothing, &["grants", "voice"]));
    }
}

fn refused_by_player(refusal: &Refusal) -> Finding {
    Finding::of_claim(FindingKind::PlayerRefuses, &["grants", "player"])
        .message(format!("a player refuses the grant: {}", refusal.message))
        .by_twilio(refusal.code)
}
