//! Many Access Tokens that differ only in their identity.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Object};
use napi_derive::napi;

use crate::access_token::{Advice, advice};
use crate::api_key::ApiKey;
use crate::argument::whole;
use crate::clock::{self, ManualClock};
use crate::error::{OrThrow as _, Result};
use crate::grants::{self, Grant};
use crate::hot;
use crate::hot::wiped::Wiped;

/// The options of a minter. What is left out has core's default.
#[napi(object, object_to_js = false)]
pub struct TokenMinterOptions {
    /// How many seconds each token is valid.
    pub ttl: Option<f64>,
    /// The Unix second before which no token is valid.
    pub nbf: Option<f64>,
    /// Whether each token has a `jti` of its own.
    pub unique: Option<bool>,
}

/// The native part of a `TokenMinter`.
#[napi]
pub struct TokenMinter {
    minter: Arc<grantmint_core::TokenMinter>,
}

#[napi]
impl TokenMinter {
    /// A minter of tokens with these grants.
    #[napi(catch_unwind, factory)]
    pub fn of(
        key: &ApiKey,
        grants: Vec<ClassInstance<'_, Grant>>,
        options: TokenMinterOptions,
        clock: Option<&ManualClock>,
    ) -> Result<Self> {
        let mut builder = grantmint_core::TokenMinter::builder(&key.key)
            .grants(grants::all(&grants))
            .unique(options.unique.unwrap_or(false))
            .clock(clock::of(clock));
        if let Some(ttl) = options.ttl {
            builder = builder.ttl(whole(ttl));
        }
        if let Some(nbf) = options.nbf {
            builder = builder.nbf(whole(nbf));
        }
        Ok(Self { minter: Arc::new(builder.build().or_throw()?) })
    }

    /// The functions `mint` and `mintMany`, which are on the hot path.
    #[napi(catch_unwind)]
    pub fn hot<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut functions = Object::new(env)?;
        functions.set("mint", hot::token_minter::mint(env, &self.minter)?)?;
        functions.set("mintMany", hot::token_minter::mint_many(env, &self.minter)?)?;
        Ok(functions)
    }

    /// The token of one viewer, issued at a Unix second of the caller's choice.
    #[napi(catch_unwind)]
    pub fn mint_at(&self, identity: String, now: f64) -> Result<Wiped> {
        let now = whole(now);
        self.minter.mint_at(&identity, now).or_throw().map(Wiped::from)
    }

    /// Advice on this kind of token.
    #[napi(catch_unwind)]
    pub fn warnings(&self) -> Vec<Advice> {
        advice(&self.minter.warnings())
    }
}
