//! What is in a text that holds a token, and what is wrong with it.

use std::slice;
use std::time::{SystemTime, UNIX_EPOCH};

use grantmint_core::{
    ApiKey, ExamineOptions, Result, TokenMinter, VoiceGrant, WipedString, examine, find_token,
};
use serde::Deserialize;

use super::server::Problem;

/// What is to be looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    text: String,
    /// The time to judge at, in Unix seconds; now if absent.
    at: Option<u64>,
    /// The room that the token is meant for; any if absent.
    room: Option<String>,
}

/// The examination as JSON.
pub(super) fn inspect(ask: &Ask, key: &ApiKey) -> Result<WipedString, Problem> {
    let token = find_token(&ask.text)
        .map_err(|error| Problem::new(422, error.code(), error.message()).at("text"))?;
    let mut options = ExamineOptions::new();
    if let Some(at) = ask.at {
        options = options.now(at);
    }
    if let Some(room) = &ask.room {
        options = options.room(room);
    }
    Ok(examine(&token, slice::from_ref(key), &options).to_json())
}

/// A token with mistakes in it, to try this with: of an hour ago, and for nobody whom Voice takes.
pub(super) fn example(key: &ApiKey) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let minter = TokenMinter::builder(key).grant(VoiceGrant::new().incoming_allow(true)).build()?;
    minter.mint_at("a b", now.saturating_sub(3_780))
}
