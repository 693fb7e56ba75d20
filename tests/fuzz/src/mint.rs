//! Any kind of token for any identity: what is minted is what was asked for.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use grantmint_core::limits::{IDENTITY_MAX_BYTES, TTL_MAX, UNIX_SECONDS_MAX};
use grantmint_core::{
    AccessToken, AccessTokenGrant, Algorithm, ApiKey, ChatGrant, CustomGrant, ErrorKind,
    IpMessagingGrant, Json, ManualClock, PlaybackGrant, RtcGrant, SyncGrant, TaskRouterGrant,
    TokenMinter, VerifyOptions, VideoGrant, VoiceGrant, decode, sign, verify,
};
use serde_json::{Map, Value, json};

use crate::{ACCOUNT_SID, KEY, KEY_SID, SECRET, check_error};

/// What to mint.
#[derive(Arbitrary, Debug)]
struct Input<'a> {
    now: u32,
    ttl: Option<u32>,
    nbf: Option<u64>,
    unique: bool,
    region: bool,
    grants: Vec<Asked<'a>>,
    identity: &'a str,
    other_identity: &'a str,
}

/// A grant to ask for. A SID is spelled from a byte, so that most are well formed.
#[derive(Arbitrary, Clone, Debug)]
enum Asked<'a> {
    Video { room: &'a str },
    Voice { incoming: bool, application: u8, params: Option<&'a str>, endpoint: &'a str },
    Chat { service: u8, endpoint: &'a str },
    Sync { service: u8, endpoint: &'a str },
    TaskRouter { workspace: u8, role: &'a str },
    Playback { json: &'a str },
    Rtc { profile: u8 },
    IpMessaging { service: u8, role: u8 },
    Custom { key: &'a str, json: &'a str },
}

impl Asked<'_> {
    /// The grant; none if its JSON or its key is refused, which is another check's business.
    fn grant(&self) -> Option<AccessTokenGrant> {
        Some(match *self {
            Self::Video { room } => VideoGrant::new().room(room).into(),
            Self::Voice { incoming, application, params, endpoint } => {
                let grant = VoiceGrant::new()
                    .incoming_allow(incoming)
                    .outgoing_application_sid(sid("AP", application))
                    .endpoint_id(endpoint);
                match params {
                    Some(params) => {
                        grant.outgoing_application_params(Json::parse(params).ok()?).into()
                    }
                    None => grant.into(),
                }
            }
            Self::Chat { service, endpoint } => {
                ChatGrant::new().service_sid(sid("IS", service)).endpoint_id(endpoint).into()
            }
            Self::Sync { service, endpoint } => {
                SyncGrant::new().service_sid(sid("IS", service)).endpoint_id(endpoint).into()
            }
            Self::TaskRouter { workspace, role } => {
                TaskRouterGrant::new().workspace_sid(sid("WS", workspace)).role(role).into()
            }
            Self::Playback { json } => PlaybackGrant::from_json(json).ok()?.into(),
            Self::Rtc { profile } => {
                RtcGrant::new().configuration_profile_sid(sid("CP", profile)).into()
            }
            Self::IpMessaging { service, role } => IpMessagingGrant::new()
                .service_sid(sid("IS", service))
                .deployment_role_sid(sid("RL", role))
                .into(),
            Self::Custom { key, json } => {
                CustomGrant::new(key, Json::parse(json).ok()?).ok()?.into()
            }
        })
    }

    /// What stands in the token, as Twilio's documentation has it.
    fn expected(&self) -> Value {
        let without_empty = |members: &[(&str, String)]| {
            let set = members.iter().filter(|(_, text)| !text.is_empty());
            set.map(|(name, text)| ((*name).to_owned(), json!(text))).collect::<Map<_, _>>()
        };
        let text = |text: &str| text.to_owned();
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("it was read before");
        match *self {
            Self::Video { room } => without_empty(&[("room", text(room))]).into(),
            Self::Voice { incoming, application, params, endpoint } => {
                let mut members = without_empty(&[("endpoint_id", text(endpoint))]);
                if incoming {
                    members.insert("incoming".into(), json!({"allow": true}));
                }
                if application != 0 {
                    let mut outgoing = json!({"application_sid": sid("AP", application)});
                    let empty = [json!(null), json!(""), json!([]), json!({})];
                    if let Some(params) = params.map(read).filter(|params| !empty.contains(params))
                    {
                        outgoing["params"] = params;
                    }
                    members.insert("outgoing".into(), outgoing);
                }
                members.into()
            }
            Self::Chat { service, endpoint } | Self::Sync { service, endpoint } => {
                let members =
                    [("service_sid", sid("IS", service)), ("endpoint_id", text(endpoint))];
                without_empty(&members).into()
            }
            Self::TaskRouter { workspace, role } => {
                without_empty(&[("workspace_sid", sid("WS", workspace)), ("role", text(role))])
                    .into()
            }
            Self::Rtc { profile } => {
                without_empty(&[("configuration_profile_sid", sid("CP", profile))]).into()
            }
            Self::IpMessaging { service, role } => {
                let members =
                    [("service_sid", sid("IS", service)), ("deployment_role_sid", sid("RL", role))];
                without_empty(&members).into()
            }
            Self::Playback { json } | Self::Custom { json, .. } => read(json),
        }
    }
}

/// None, a good one, or one that is too short.
fn sid(prefix: &str, byte: u8) -> String {
    match byte {
        0 => String::new(),
        255 => format!("{prefix}1"),
        _ => format!("{prefix}{byte:032x}"),
    }
}

/// Mints in every way there is, and takes the tokens apart.
pub fn check(input: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(input)) else { return };
    let key = if input.region { KEY.with_region("ie1").expect("a region") } else { KEY.clone() };
    let clock = ManualClock::new(Duration::from_secs(input.now.into()));
    let asked: Vec<_> = input.grants.iter().filter(|asked| asked.grant().is_some()).collect();
    let mut builder = TokenMinter::builder(&key).clock(&clock).unique(input.unique);
    builder = builder.grants(asked.iter().filter_map(|asked| asked.grant()));
    if let Some(ttl) = input.ttl {
        builder = builder.ttl(ttl.into());
    }
    if let Some(nbf) = input.nbf {
        builder = builder.nbf(nbf);
    }
    let minter = match builder.build() {
        Ok(minter) => minter,
        Err(error) => return check_refused(&error, &input, &asked),
    };
    let tokens = check_minted(&minter, &input, &key, &asked);
    let Some(token) = tokens else { return };
    check_ways(&minter, &input, &token);
    check_escaped(&minter, input.now);
    check_single(&input, &key, &clock, &asked, &token);
}

fn check_refused(error: &grantmint_core::Error, input: &Input<'_>, asked: &[&Asked<'_>]) {
    let ttl_is_wrong = input.ttl.is_some_and(|ttl| !(1..=TTL_MAX).contains(&ttl.into()));
    assert_eq!(error.kind() == ErrorKind::InvalidTtl, ttl_is_wrong, "{error}");
    let time = ErrorKind::InvalidArgument;
    if !ttl_is_wrong {
        let nbf_is_wrong = input.nbf.is_some_and(|nbf| nbf > UNIX_SECONDS_MAX);
        assert_eq!(error.kind() == time, nbf_is_wrong, "{error}");
    }
    let kinds = [ErrorKind::InvalidTtl, time, ErrorKind::InvalidSid, ErrorKind::InvalidGrant];
    assert!(kinds.contains(&error.kind()), "{error}");
    assert!(error.kind() != ErrorKind::InvalidSid || !asked.is_empty());
}

/// The token of the identity, if it is a good one.
fn check_minted(
    minter: &TokenMinter,
    input: &Input<'_>,
    key: &ApiKey,
    asked: &[&Asked<'_>],
) -> Option<String> {
    let (identity, now) = (input.identity, u64::from(input.now));
    let video = asked.iter().any(|asked| matches!(asked, Asked::Video { .. }));
    let good = (1..=IDENTITY_MAX_BYTES).contains(&identity.len())
        && !(video && identity.chars().count() > 128);
    let end = now + u64::from(input.ttl.unwrap_or(3600));
    let starts = input.nbf.is_none_or(|nbf| nbf < end);
    let token = match minter.mint(identity) {
        Ok(token) => token,
        Err(error) if error.argument() == Some("nbf") => {
            assert!(!starts, "refused: {error}");
            check_error(&error, &[ErrorKind::InvalidArgument]);
            return None;
        }
        Err(error) => {
            assert!(!good, "refused: {error}");
            check_error(&error, &[ErrorKind::InvalidIdentity]);
            return None;
        }
    };
    assert!(good && starts, "accepted");
    let decoded = decode(&token).expect("a good token");
    // The prepared way of signing against the plain one.
    let (header, claims) = (decoded.header_json(), decoded.claims_json());
    let plain = sign(Algorithm::Hs256, header, claims, SECRET.as_bytes());
    assert_eq!(plain.as_deref(), Ok(token.as_str()));
    assert_eq!(Value::Object(decoded.claims().clone()), expected(input, asked, decoded.jti()));
    assert_eq!(decoded.region(), input.region.then_some("ie1"));
    let at = |now| verify(&token, key, &VerifyOptions::new().now(now));
    let started = input.nbf.is_none_or(|nbf| nbf <= now);
    assert_eq!(at(now).is_ok(), started);
    assert_eq!(at(end).map_err(|error| error.kind()), Err(ErrorKind::TokenExpired));
    Some(token)
}

fn expected(input: &Input<'_>, asked: &[&Asked<'_>], jti: Option<&str>) -> Value {
    let now = input.now;
    let mut grants = Map::new();
    for asked in asked {
        let grant = asked.grant().expect("it was asked for");
        grants.insert(grant.key().to_owned(), asked.expected());
    }
    grants.insert("identity".into(), input.identity.into());
    let jti = jti.expect("each token has one");
    assert_eq!(input.unique, jti != format!("{KEY_SID}-{now}"));
    let end = u64::from(now) + u64::from(input.ttl.unwrap_or(3600));
    let mut claims = json!({
        "jti": jti, "iss": KEY_SID, "sub": ACCOUNT_SID, "iat": now, "exp": end, "grants": grants,
    });
    if let Some(nbf) = input.nbf {
        claims["nbf"] = nbf.into();
    }
    claims
}

/// All ways to mint come to one token, unless each is to have a name of its own.
fn check_ways(minter: &TokenMinter, input: &Input<'_>, token: &str) {
    let identity = input.identity;
    let mut into = "what was there".to_owned();
    minter.mint_into(&mut into, identity).expect("as above");
    let at = minter.mint_at(identity, input.now.into()).expect("as above");
    for other in [&into, &at] {
        assert_eq!(other == token, !input.unique);
        assert_eq!(other.len(), token.len());
    }
    let many = minter.mint_many(&[identity, input.other_identity]);
    let other = minter.mint(input.other_identity);
    match (many, other) {
        (Ok(many), Ok(other)) if !input.unique => assert_eq!(many, [token, &other]),
        (Ok(many), Ok(_)) => assert_eq!(many.len(), 2),
        (Err(many), Err(other)) => {
            assert_eq!(many.message(), other.with_argument("identities[1]").message());
        }
        _ => panic!("together other than each by itself"),
    }
}

/// Each control character alone decides whether an identity takes the way with escapes.
fn check_escaped(minter: &TokenMinter, number: u32) {
    let identity: String = ['a'].into_iter().chain(char::from_u32(number % 0x22)).collect();
    let token = decode(&minter.mint(&identity).expect("a good identity")).expect("a good token");
    assert_eq!(token.identity(), Some(identity.as_str()));
}

fn check_single(
    input: &Input<'_>,
    key: &ApiKey,
    clock: &ManualClock,
    asked: &[&Asked<'_>],
    token: &str,
) {
    let mut builder = AccessToken::builder(key, input.identity)
        .clock(clock)
        .unique(input.unique)
        .grants(asked.iter().filter_map(|asked| asked.grant()))
        .valid_until(u64::from(input.now) + u64::from(input.ttl.unwrap_or(3600)));
    if let Some(nbf) = input.nbf {
        builder = builder.nbf(nbf);
    }
    let single = builder.build().and_then(|token| token.to_jwt()).expect("as the minter's");
    assert_eq!(single == token, !input.unique);
}
