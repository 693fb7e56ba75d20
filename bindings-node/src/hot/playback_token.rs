//! What `atOnce` takes and gives: the options of a token, and the token as an array.

use grantmint_core::{PlaybackToken, TokenOptions, WipedString};
use napi::sys;

use super::call::Call;
use super::failure::Result;
use crate::argument::from_ms;
use crate::error::code;
use crate::js_number::{number, to_ms};

/// The options whose `minRemainingMs` is an argument, if it is given.
pub(super) fn options(call: &Call, index: usize) -> Result<TokenOptions> {
    let min_remaining = call.number(index)?.map(from_ms);
    Ok(TokenOptions::new().min_remaining(min_remaining))
}

/// The array of a token: JWT, remaining milliseconds, freshness and generation and, if the grant is
/// degraded, code and message of the reason.
pub(super) fn array(call: &Call, token: PlaybackToken) -> Result<sys::napi_value> {
    let mut values = vec![
        call.ascii(&WipedString::from(token.jwt))?,
        call.double(to_ms(token.grant_remaining))?,
        call.ascii(token.freshness.as_str())?,
        call.double(number(token.generation))?,
    ];
    if let Some(reason) = &token.reason {
        values.extend([call.utf8(&code(reason))?, call.utf8(reason.message())?]);
    }
    let array = call.array(values.len())?;
    for (index, value) in values.into_iter().enumerate() {
        call.put(array, index, value)?;
    }
    Ok(array)
}
