//! The hot functions of a `StreamMinter`.

use grantmint_core::{StreamMinter, WipedString};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use super::call::Call;
use super::failure::Result;
use super::function::{Hot, function};
use super::playback_token::{array, options};

/// `tryToken(identity)`: a JWT or null.
pub(crate) fn try_token<'env>(
    env: &'env Env,
    stream: &StreamMinter,
) -> napi::Result<Unknown<'env>> {
    function(env, c"tryToken", TryToken(stream.clone()))
}

/// `atOnce(identity, minRemainingMs)`: null, or an array that holds the token.
pub(crate) fn at_once<'env>(env: &'env Env, stream: &StreamMinter) -> napi::Result<Unknown<'env>> {
    function(env, c"atOnce", AtOnce(stream.clone()))
}

struct TryToken(StreamMinter);

impl Hot for TryToken {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "identity", |identity| self.0.try_token(identity))??;
        jwt.map_or_else(|| call.null(), |jwt| call.ascii(&WipedString::from(jwt)))
    }
}

struct AtOnce(StreamMinter);

impl Hot for AtOnce {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let options = options(call, 1)?;
        let token =
            call.text(0, "identity", |identity| self.0.token_at_once(identity, options))??;
        token.map_or_else(|| call.null(), |token| array(call, token))
    }
}
