//! A token from the page's form.

use std::time::{SystemTime, UNIX_EPOCH};

use grantmint_core::{
    AccessToken, AccessTokenGrant, ApiKey, ChatGrant, Error, PlaybackMinter, Result, SyncGrant,
    TaskRouterGrant, VideoGrant, VoiceGrant, decode,
};
use serde::{Deserialize, Serialize};

use super::server::Problem;

/// More further grants than any token has use for.
const GRANTS_MAX: usize = 8;

/// What is to be in a token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    identity: String,
    /// In seconds.
    ttl: u64,
    /// Seconds from now.
    #[serde(default)]
    not_before_in: Option<u64>,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    region: String,
    grants: Vec<GrantForm>,
}

/// One grant. Texts that are empty were not filled in.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum GrantForm {
    Video { room: String },
    Voice { application: String, incoming: bool },
    Chat { service: String },
    Sync { service: String },
    Taskrouter { workspace: String, worker: String, role: String },
    Playback { streamer: String },
}

/// A token that was made.
#[derive(Serialize)]
pub(super) struct Made {
    jwt: String,
    expires_at: Option<u64>,
    /// The page's clock may differ from this machine's.
    now: u64,
    /// What remains of the playback grant in it, in milliseconds.
    grant_remaining_ms: Option<u64>,
    warnings: Vec<String>,
}

/// Makes the token. `base_url` is where playback grants come from, if not from Twilio.
pub(super) fn generate(form: &Form, key: &ApiKey, base_url: Option<&str>) -> Result<Made, Problem> {
    if !(1..=GRANTS_MAX).contains(&form.grants.len()) {
        return Err(Problem::new(422, "grants", "A token has 1 to 8 grants."));
    }
    if form.streamer().is_some() && form.not_before_in.is_some() {
        return Err(Problem::new(422, "nbf", "nbf is not for playback, which begins now").at("nbf"));
    }
    let with_region = match form.region.as_str() {
        "" => Ok(key.clone()),
        region => key.with_region(region),
    };
    let key = with_region.map_err(|error| problem(&error))?;
    let made = match form.streamer() {
        Some(streamer) => form.playback(&key, streamer, base_url),
        None => form.token(&key),
    };
    made.map_err(|error| problem(&error))
}

impl Form {
    fn streamer(&self) -> Option<&str> {
        self.grants.iter().find_map(|grant| match grant {
            GrantForm::Playback { streamer } => Some(streamer.as_str()),
            _ => None,
        })
    }

    fn others(&self) -> impl Iterator<Item = AccessTokenGrant> {
        self.grants.iter().filter_map(GrantForm::to_grant)
    }

    fn token(&self, key: &ApiKey) -> Result<Made> {
        let mut builder = AccessToken::builder(key, &self.identity)
            .ttl(self.ttl)
            .unique(self.unique)
            .grants(self.others());
        if let Some(wait) = self.not_before_in {
            builder = builder.nbf(now().saturating_add(wait));
        }
        let token = builder.build()?;
        let warnings = token.warnings().iter().map(ToString::to_string).collect();
        Ok(Made { warnings, ..Made::new(token.to_jwt()?) })
    }

    fn playback(&self, key: &ApiKey, streamer: &str, base_url: Option<&str>) -> Result<Made> {
        let mut builder = PlaybackMinter::builder(key).ttl(self.ttl);
        for grant in self.others() {
            builder = builder.grant(grant);
        }
        if let Some(base_url) = base_url {
            builder = builder.base_url(base_url);
        }
        let token = builder.build()?.token(streamer, &self.identity)?;
        let grant_remaining_ms = token.grant_remaining.as_millis().try_into().ok();
        Ok(Made { grant_remaining_ms, ..Made::new(token.jwt) })
    }
}

impl GrantForm {
    /// The grant, but for a playback grant, which is fetched.
    fn to_grant(&self) -> Option<AccessTokenGrant> {
        Some(match self {
            Self::Video { room } if room.is_empty() => VideoGrant::new().into(),
            Self::Video { room } => VideoGrant::new().room(room).into(),
            Self::Voice { application, incoming } => {
                let grant = VoiceGrant::new().incoming_allow(*incoming);
                match application.as_str() {
                    "" => grant.into(),
                    sid => grant.outgoing_application_sid(sid).into(),
                }
            }
            Self::Chat { service } => ChatGrant::new().service_sid(service).into(),
            Self::Sync { service } => SyncGrant::new().service_sid(service).into(),
            Self::Taskrouter { workspace, worker, role } => {
                TaskRouterGrant::new().workspace_sid(workspace).worker_sid(worker).role(role).into()
            }
            Self::Playback { .. } => return None,
        })
    }
}

impl Made {
    fn new(jwt: String) -> Self {
        let expires_at = decode(&jwt).ok().and_then(|token| token.expires_at());
        Self { jwt, expires_at, now: now(), grant_remaining_ms: None, warnings: Vec::new() }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// What core says, as the page is told.
pub(super) fn problem(error: &Error) -> Problem {
    let status = if error.is_retryable() { 503 } else { 422 };
    let problem = Problem::new(status, error.code(), error.message());
    match error.argument() {
        Some(argument) => problem.at(argument),
        None => problem,
    }
}
