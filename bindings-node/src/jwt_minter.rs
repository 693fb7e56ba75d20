//! JSON Web Tokens of any service: fixed claims, and slots for what differs.

use std::sync::Arc;

use grantmint_core::{ClaimPath, JwtMinterBuilder, SlotValue, WipedString};
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;

use crate::access_token::{Advice, advice};
use crate::argument::whole;
use crate::clock::{self, ManualClock};
use crate::error::{OrThrow as _, Result};
use crate::hot;
use crate::hot::wiped::Wiped;
use crate::slots::{Claim, Given, OpenSlot, Slot, values};
use crate::verify::parsed;

/// What a kind of token is made from. What is left out has core's default.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct JwtOptions {
    pub typ: Option<String>,
    pub no_typ: Option<bool>,
    pub algorithm: Option<String>,
    pub ttl: Option<f64>,
    pub max_ttl: Option<f64>,
    pub iat: Option<bool>,
    /// Whether tokens become valid when they are minted.
    pub nbf_minted: Option<bool>,
    /// The Unix second at which tokens become valid.
    pub nbf: Option<f64>,
    pub backdate: Option<f64>,
    pub unique: Option<bool>,
    pub identity: Option<Slot>,
    pub no_identity: Option<bool>,
    /// All claims that are fixed, as a JSON object.
    pub claims: Option<String>,
    /// Fixed claims beside slots.
    pub members: Vec<Claim>,
    pub slots: Vec<Slot>,
    pub header: Vec<Claim>,
    pub bound: Vec<Given>,
}

/// A kind of token that is being put together.
#[napi]
pub struct JwtKind {
    builder: Option<JwtMinterBuilder>,
}

/// The native part of a `JwtMinter`.
#[napi]
pub struct JwtMinter {
    minter: Arc<grantmint_core::JwtMinter>,
}

#[napi]
impl JwtKind {
    /// Tokens of any service.
    #[napi(catch_unwind, factory)]
    pub fn of(secret: Uint8Array) -> Self {
        Self::new(grantmint_core::JwtMinter::builder(&secret))
    }

    /// Tokens of LiveKit.
    #[napi(catch_unwind, factory)]
    pub fn livekit(api_key: String, api_secret: String) -> Self {
        let secret = WipedString::from(api_secret);
        Self::new(grantmint_core::JwtMinter::livekit(&api_key, &secret))
    }

    /// The same, of two variables.
    #[napi(catch_unwind, factory)]
    pub fn livekit_from_env(api_key: Option<String>, api_secret: Option<String>) -> Result<Self> {
        let lookup = |name: &str| match name {
            "LIVEKIT_API_KEY" => api_key.clone(),
            _ => api_secret.clone(),
        };
        Ok(Self::new(grantmint_core::JwtMinter::livekit_from_lookup(lookup).or_throw()?))
    }

    /// Tokens of Zoom's Video SDK.
    #[napi(catch_unwind, factory)]
    pub fn zoom_video_sdk(sdk_key: String, sdk_secret: String) -> Self {
        let secret = WipedString::from(sdk_secret);
        Self::new(grantmint_core::JwtMinter::zoom_video_sdk(&sdk_key, &secret))
    }

    /// Tokens of a Jitsi Meet.
    #[napi(catch_unwind, factory)]
    pub fn jitsi(app_id: String, app_secret: String, aud: String, sub: String) -> Self {
        let secret = WipedString::from(app_secret);
        Self::new(grantmint_core::JwtMinter::jitsi(&app_id, &secret, &aud, &sub))
    }

    /// Tokens of Daily.
    #[napi(catch_unwind, factory)]
    pub fn daily(domain_id: String, api_key: String) -> Self {
        let secret = WipedString::from(api_key);
        Self::new(grantmint_core::JwtMinter::daily(&domain_id, &secret))
    }

    fn new(builder: JwtMinterBuilder) -> Self {
        Self { builder: Some(builder) }
    }

    /// The minter, once.
    #[napi(catch_unwind)]
    pub fn build(&mut self, options: JwtOptions, clock: Option<&ManualClock>) -> Result<JwtMinter> {
        let Some(builder) = self.builder.take() else {
            return Err(napi::Error::new(napi::Status::GenericFailure.into(), "it has been built"));
        };
        let builder = options.set_claims(options.set_times(builder)?)?;
        JwtMinter::new(builder.clock(clock::of(clock)).build().or_throw()?)
    }
}

impl JwtOptions {
    fn set_times(&self, mut builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        if let Some(algorithm) = &self.algorithm {
            builder = builder.algorithm(parsed(algorithm)?);
        }
        if let Some(ttl) = self.ttl {
            builder = builder.ttl(whole(ttl));
        }
        if let Some(ttl) = self.max_ttl {
            builder = builder.max_ttl(whole(ttl));
        }
        if let Some(iat) = self.iat {
            builder = builder.iat(iat);
        }
        if let Some(minted) = self.nbf_minted {
            builder = builder.nbf(minted);
        }
        if let Some(second) = self.nbf {
            builder = builder.nbf(whole(second));
        }
        if let Some(seconds) = self.backdate {
            builder = builder.backdate(whole(seconds));
        }
        if let Some(unique) = self.unique {
            builder = builder.unique(unique);
        }
        Ok(builder)
    }

    fn set_claims(&self, mut builder: JwtMinterBuilder) -> Result<JwtMinterBuilder> {
        if self.no_typ == Some(true) {
            builder = builder.typ(None);
        }
        if let Some(typ) = &self.typ {
            builder = builder.typ(typ.as_str());
        }
        if self.no_identity == Some(true) {
            builder = builder.no_identity();
        }
        if let Some(slot) = &self.identity {
            builder = builder.identity(slot.to_core()?);
        }
        for Claim { path, json } in &self.header {
            builder =
                builder.header(path.first().map_or("", String::as_str), SlotValue::Json(json));
        }
        if let Some(json) = &self.claims {
            builder = builder.claims(json);
        }
        for Claim { path, json } in &self.members {
            builder = builder.claim(ClaimPath::from(path.clone()), SlotValue::Json(json));
        }
        for slot in &self.slots {
            builder = builder.slot(slot.to_core()?);
        }
        for (name, value) in values(&self.bound) {
            builder = builder.bind(name, value);
        }
        Ok(builder)
    }
}

#[napi]
impl JwtMinter {
    fn new(minter: grantmint_core::JwtMinter) -> Result<Self> {
        Ok(Self { minter: Arc::new(minter) })
    }

    /// The functions `mint` and `mintMany`, which are on the hot path.
    #[napi(catch_unwind)]
    pub fn hot<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut functions = Object::new(env)?;
        functions.set("mint", hot::jwt_minter::mint(env, &self.minter)?)?;
        functions.set("mintMany", hot::jwt_minter::mint_many(env, &self.minter)?)?;
        Ok(functions)
    }

    /// The slots that a mint may fill, in the order in which the hot functions number them.
    #[napi(catch_unwind)]
    pub fn slots(&self) -> Vec<OpenSlot> {
        let slots = self.minter.slots().iter();
        slots
            .map(|slot| OpenSlot { name: slot.name().to_owned(), kind: slot.kind().name() })
            .collect()
    }

    /// The token of one user, with slots by their names.
    #[napi(catch_unwind)]
    pub fn mint_named(&self, identity: Option<String>, given: Vec<Given>) -> Result<Wiped> {
        let minted = self.minter.mint(identity.as_deref(), &values(&given));
        minted.or_throw().map(Wiped::from)
    }

    /// The token of one user, issued at a Unix second of the caller's choice.
    #[napi(catch_unwind)]
    pub fn mint_at(&self, identity: Option<String>, given: Vec<Given>, now: f64) -> Result<Wiped> {
        let minted = self.minter.mint_at(identity.as_deref(), &values(&given), whole(now));
        minted.or_throw().map(Wiped::from)
    }

    /// A minter whose slots of these names have their values already.
    #[napi(catch_unwind)]
    pub fn bind(&self, given: Vec<Given>) -> Result<Self> {
        Self::new(self.minter.bind(&values(&given)).or_throw()?)
    }

    /// Advice on this kind of token.
    #[napi(catch_unwind)]
    pub fn warnings(&self) -> Vec<Advice> {
        advice(&self.minter.warnings())
    }
}
