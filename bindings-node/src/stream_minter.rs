//! Tokens for the viewers of one stream.

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::asked::Asked;
use crate::error::Result;
use crate::hot;
use crate::port::Port;
use crate::token_options::token_options;

/// The native part of a `StreamMinter`.
#[napi]
pub struct StreamMinter {
    pub(crate) stream: grantmint_core::StreamMinter,
}

#[napi]
impl StreamMinter {
    /// The functions `tryToken` and `atOnce`, which are on the hot path.
    #[napi(catch_unwind)]
    pub fn hot<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut functions = Object::new(env)?;
        functions.set("tryToken", hot::stream_minter::try_token(env, &self.stream)?)?;
        functions.set("atOnce", hot::stream_minter::at_once(env, &self.stream)?)?;
        Ok(functions)
    }

    /// Begins a call. Its answer comes through the port under a number.
    #[napi(catch_unwind)]
    pub fn begin(
        &self,
        port: &Port,
        number: i64,
        identity: String,
        min_remaining_ms: Option<f64>,
        timeout_ms: Option<f64>,
    ) -> Result<()> {
        let options = token_options(min_remaining_ms, timeout_ms);
        let token = self.stream.token_async(&identity, options);
        port.inbox.begin(number, Asked::Token(token));
        Ok(())
    }
}
