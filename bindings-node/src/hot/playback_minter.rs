//! The hot functions of a `PlaybackMinter`.

use grantmint_core::{PlaybackMinter, WipedString};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use super::call::Call;
use super::failure::Result;
use super::function::{Hot, function};
use super::playback_token::{array, options};

/// `tryToken(streamer, identity)`: a JWT or null.
pub(crate) fn try_token<'env>(
    env: &'env Env,
    minter: &PlaybackMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"tryToken", TryToken(minter.clone()))
}

/// `atOnce(streamer, identity, minRemainingMs)`: null, or an array that holds the token.
pub(crate) fn at_once<'env>(
    env: &'env Env,
    minter: &PlaybackMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"atOnce", AtOnce(minter.clone()))
}

struct TryToken(PlaybackMinter);

impl Hot for TryToken {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "streamer", |streamer| {
            call.text(1, "identity", |identity| self.0.try_token(streamer, identity))
        })???;
        jwt.map_or_else(|| call.null(), |jwt| call.ascii(&WipedString::from(jwt)))
    }
}

struct AtOnce(PlaybackMinter);

impl Hot for AtOnce {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let options = options(call, 2)?;
        let token = call.text(0, "streamer", |streamer| {
            call.text(1, "identity", |identity| self.0.token_at_once(streamer, identity, options))
        })???;
        token.map_or_else(|| call.null(), |token| array(call, token))
    }
}
