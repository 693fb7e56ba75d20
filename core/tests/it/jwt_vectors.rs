//! Tokens of other services, by their official packages or as documented: ours say the same, and theirs verify.

use std::path::Path;

use grantmint_core::{
    Decoded, JwtMinter, JwtMinterBuilder, Slot, SlotValue, VerifyOptions, verify_jwt,
};
use serde_json::{Map, Value, json};

/// One token as somebody else made it, with what they were given.
struct Case(Value);

fn cases(file: &str, count: usize) -> Vec<Case> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(vectors.join(file)).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases: Vec<_> = file["cases"].as_array().unwrap().iter().cloned().map(Case).collect();
    assert_eq!(cases.len(), count);
    cases
}

impl Case {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn decoded(&self, token: &str, secret: &str) -> Decoded {
        let options = VerifyOptions::new().now(self.number("now"));
        verify_jwt(token, secret.as_bytes(), &options).unwrap()
    }

    fn slots(&self) -> Map<String, Value> {
        self.0["slots"].as_object().unwrap().clone()
    }

    /// The official token says what ours do, by slots that each token fills and by slots that are bound.
    fn check(
        &self,
        builder: JwtMinterBuilder,
        slots: &Map<String, Value>,
        official: &str,
        secret: &str,
    ) {
        let official = self.decoded(official, secret);
        let minter = builder.ttl(self.number("ttl")).build().unwrap();
        let texts: Vec<String> = slots.values().map(Value::to_string).collect();
        let with_texts = slots.iter().zip(&texts);
        let values: Vec<_> =
            with_texts.map(|((name, value), text)| (&**name, slot(value, text))).collect();
        let now = self.number("now");
        for ours in [
            minter.mint_at(None, &values, now).unwrap(),
            minter.bind(&values).unwrap().mint_at(None, &[], now).unwrap(),
        ] {
            let ours = self.decoded(&ours, secret);
            assert_eq!(ours.claims(), official.claims(), "{}", self.0);
            assert_eq!(ours.header(), official.header(), "{}", self.0);
        }
    }
}

fn slot<'a>(value: &'a Value, text: &'a str) -> SlotValue<'a> {
    match value {
        Value::String(text) => text.into(),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => number.as_i64().unwrap().into(),
        _ => SlotValue::Json(text),
    }
}

/// The arguments of LiveKit's packages as slots.
fn livekit_slots(case: &Case) -> Map<String, Value> {
    let mut slots = case.0["video"].as_object().unwrap().clone();
    slots.insert("identity".into(), case.0["identity"].clone());
    for name in ["attributes", "room_preset"] {
        if let Some(value) = case.0.get(name) {
            slots.insert(name.into(), value.clone());
        }
    }
    slots
}

#[test]
fn tokens_of_livekit_are_those_of_its_packages() {
    for case in cases("livekit_tokens.json", 9) {
        let secret = case.text("api_secret");
        if case.text("identity").len() > 256 {
            refused_by_the_server(&case);
            continue;
        }
        let builder = || JwtMinter::livekit(case.text("api_key"), secret).backdate(0);
        let slots = livekit_slots(&case);
        case.check(builder().typ(None), &slots, case.text("livekit_server_sdk"), secret);
        // The Python package writes what servers take for granted.
        let mut slots = slots;
        for name in ["can_publish", "can_subscribe", "can_publish_data"] {
            slots.entry(name).or_insert(json!(true));
        }
        case.check(builder(), &slots, case.text("livekit_api"), secret);
    }
}

/// The packages mint what the server refuses. Claims by hand can say it, too.
fn refused_by_the_server(case: &Case) {
    let (key, secret) = (case.text("api_key"), case.text("api_secret"));
    let refused = JwtMinter::livekit(key, secret).bind("identity", case.text("identity")).build();
    assert_eq!(refused.unwrap_err().message(), "identity is over 256 bytes");
    let builder = JwtMinter::builder(secret.as_bytes()).no_identity().typ(None);
    let builder = builder.iat(false).nbf(true).claim("iss", key).slot(Slot::text("sub"));
    let builder = builder.claim(["video", "roomJoin"], true).claim(["video", "room"], "r");
    let slots = Map::from_iter([("sub".to_owned(), case.0["identity"].clone())]);
    case.check(builder, &slots, case.text("livekit_server_sdk"), secret);
}

#[test]
fn tokens_of_zoom_are_those_of_its_sample() {
    for case in cases("zoom_tokens.json", 6) {
        let secret = case.text("secret");
        let builder = JwtMinter::zoom_video_sdk(case.text("key"), secret);
        case.check(builder, &case.slots(), case.text("official"), secret);
    }
}

#[test]
fn tokens_of_jitsi_are_as_documented() {
    for case in cases("jitsi_tokens.json", 2) {
        let secret = case.text("secret");
        let builder =
            JwtMinter::jitsi(case.text("key"), secret, case.text("aud"), case.text("sub"));
        let builder = builder.iat(false).nbf(false).backdate(0);
        case.check(builder, &case.slots(), case.text("official"), secret);
    }
}

#[test]
fn tokens_of_daily_are_as_documented() {
    for case in cases("daily_tokens.json", 3) {
        let secret = case.text("secret");
        let builder = JwtMinter::daily(case.text("key"), secret);
        case.check(builder, &case.slots(), case.text("official"), secret);
    }
}
