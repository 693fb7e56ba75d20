//! Tokens of the official Python and Node.js libraries: ours say the same, and theirs verify.

use std::path::Path;
use std::time::Duration;

use grantmint_core::{
    AccessToken, AccessTokenGrant, ApiKey, ChatGrant, Decoded, Json, ManualClock, PlaybackGrant,
    SyncGrant, TaskRouterGrant, TokenMinter, VerifyOptions, VideoGrant, VoiceGrant, decode, verify,
};
use serde_json::Value;

/// One token as both libraries made it, with what they were given.
struct Case(Value);

fn cases() -> Vec<Case> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(vectors.join("access_tokens.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases: Vec<_> = file["cases"].as_array().unwrap().iter().cloned().map(Case).collect();
    assert_eq!(cases.len(), 60);
    cases
}

impl Case {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0[name].as_u64()
    }

    fn now(&self) -> u64 {
        self.number("now").unwrap()
    }

    fn key(&self) -> ApiKey {
        let (account, key) = (self.text("account_sid"), self.text("api_key_sid"));
        let key = ApiKey::new(account, key, self.text("api_key_secret")).unwrap();
        match self.text("region") {
            "" => key,
            region => key.with_region(region).unwrap(),
        }
    }

    fn grants(&self) -> Vec<AccessTokenGrant> {
        self.0["grants"].as_array().unwrap().iter().map(grant).collect()
    }

    fn minted(&self) -> String {
        let builder = TokenMinter::builder(&self.key()).grants(self.grants());
        let builder = builder.ttl(self.number("ttl").unwrap());
        let builder = match self.number("nbf") {
            Some(nbf) => builder.nbf(nbf),
            None => builder,
        };
        builder.build().unwrap().mint_at(self.text("identity"), self.now()).unwrap()
    }

    fn as_access_token(&self) -> String {
        let clock = ManualClock::new(Duration::from_secs(self.now()));
        let builder = AccessToken::builder(&self.key(), self.text("identity"));
        let builder = builder.grants(self.grants()).clock(&clock).ttl(self.number("ttl").unwrap());
        let builder = match self.number("nbf") {
            Some(nbf) => builder.nbf(nbf),
            None => builder,
        };
        builder.build().unwrap().to_jwt().unwrap()
    }

    fn official(&self) -> [&str; 2] {
        [self.text("twilio_python"), self.text("twilio_node")]
    }

    /// The token's own time. Where it becomes valid only later, the leeway reaches that far.
    fn options(&self) -> VerifyOptions {
        let wait = self.number("nbf").unwrap_or(0).saturating_sub(self.now());
        VerifyOptions::new().now(self.now()).leeway(wait)
    }
}

fn grant(fields: &Value) -> AccessTokenGrant {
    let text = |name: &str| fields[name].as_str().unwrap_or_default();
    match text("type") {
        "video" => VideoGrant::new().room(text("room")).into(),
        "voice" => {
            let voice = VoiceGrant::new()
                .incoming_allow(fields["incoming_allow"] == true)
                .outgoing_application_sid(text("outgoing_application_sid"))
                .push_credential_sid(text("push_credential_sid"))
                .endpoint_id(text("endpoint_id"));
            let params = Json::from_value(&fields["outgoing_application_params"]).unwrap();
            voice.outgoing_application_params(params).into()
        }
        "chat" => ChatGrant::new()
            .service_sid(text("service_sid"))
            .endpoint_id(text("endpoint_id"))
            .deployment_role_sid(text("deployment_role_sid"))
            .push_credential_sid(text("push_credential_sid"))
            .into(),
        "sync" => SyncGrant::new()
            .service_sid(text("service_sid"))
            .endpoint_id(text("endpoint_id"))
            .into(),
        "task_router" => TaskRouterGrant::new()
            .workspace_sid(text("workspace_sid"))
            .worker_sid(text("worker_sid"))
            .role(text("role"))
            .into(),
        "playback" => PlaybackGrant::from_value(&fields["grant"]).unwrap().into(),
        other => panic!("a new type of grant: {other}"),
    }
}

#[test]
fn ours_have_the_header_and_claims_of_both_official_libraries() {
    for case in cases() {
        let ours = decode(&case.minted()).unwrap();
        let [python, node] = case.official().map(|token| decode(token).unwrap());
        assert_eq!(ours.header(), python.header());
        assert_eq!(ours.header(), node.header());
        let mut claims = ours.claims().clone();
        assert_eq!(&claims, node.claims(), "{}", case.text("name"));
        // The Python library has no iat. Where no nbf is asked for it would write the present
        // second; the vectors were made with that turned off.
        claims.remove("iat");
        assert_eq!(&claims, python.claims(), "{}", case.text("name"));
    }
}

#[test]
fn one_token_and_a_minter_make_the_same_bytes() {
    for case in cases() {
        assert_eq!(case.minted(), case.as_access_token());
    }
}

#[test]
fn all_official_tokens_verify_and_say_whom_they_are_for() {
    for case in cases() {
        for token in case.official() {
            let decoded: Decoded = verify(token, &case.key(), &case.options()).unwrap();
            assert_eq!(decoded.identity(), Some(case.text("identity")));
            assert_eq!(decoded.expires_at(), Some(case.now() + case.number("ttl").unwrap()));
        }
    }
}

#[test]
fn no_token_verifies_with_one_bit_changed() {
    for (index, case) in cases().iter().enumerate() {
        let (key, options) = (case.key(), case.options());
        // Some tokens at every bit, the others at bits spread all over.
        let step = if index % 20 == 0 { 1 } else { 61 };
        for token in case.official() {
            for bit in (index % step..token.len() * 8).step_by(step) {
                let mut changed = token.as_bytes().to_vec();
                changed[bit / 8] ^= 1 << (bit % 8);
                // What is no text cannot even be handed over.
                let Ok(changed) = String::from_utf8(changed) else { continue };
                assert!(verify(&changed, &key, &options).is_err(), "bit {bit}");
            }
        }
    }
}
