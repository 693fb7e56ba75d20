//! REST endpoints that hand out short-lived credentials, as they are described.

use grantmint_core::{RestSourceBuilder, Result as CoreResult, WipedString};
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};

/// The native part of a `RestSource`.
#[napi]
pub struct RestSource {
    pub(crate) source: grantmint_core::RestSource,
    description: Description,
}

/// What a source is made from, as it is needed again to change it.
enum Description {
    Json(WipedString, Vec<(String, WipedString)>),
    OAuth2 {
        url: String,
        id: String,
        secret: WipedString,
        form: Vec<(String, WipedString)>,
        transport: Transport,
    },
}

/// How the endpoint is reached.
#[napi(object, object_to_js = false)]
pub struct Transport {
    /// The URL of an HTTP proxy.
    pub proxy: Option<String>,
    /// A file with the certificate authorities to trust.
    pub ca_file: Option<String>,
}

/// A name and its value.
#[napi(object, object_to_js = false)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

#[napi]
impl RestSource {
    /// A source that a JSON text describes, by core's names of the options.
    #[napi(catch_unwind, factory)]
    pub fn of(json: String, secrets: Vec<Pair>) -> Result<Self> {
        Self::described(Description::Json(json.into(), pairs(secrets)))
    }

    /// The source of OAuth 2 access tokens.
    #[napi(catch_unwind, factory)]
    pub fn oauth2(
        url: String,
        client_id: String,
        client_secret: String,
        form: Vec<Pair>,
        transport: Transport,
    ) -> Result<Self> {
        let secret = client_secret.into();
        Self::described(Description::OAuth2 {
            url,
            id: client_id,
            secret,
            form: pairs(form),
            transport,
        })
    }
}

impl RestSource {
    fn described(description: Description) -> Result<Self> {
        let source = description.builder().and_then(RestSourceBuilder::build).or_throw()?;
        Ok(Self { source, description })
    }

    /// The description, to change it.
    pub(crate) fn builder(&self) -> CoreResult<RestSourceBuilder> {
        self.description.builder()
    }
}

impl Description {
    fn builder(&self) -> CoreResult<RestSourceBuilder> {
        match self {
            Self::Json(json, secrets) => {
                let builder = grantmint_core::RestSource::from_json(json)?;
                Ok(secrets
                    .iter()
                    .fold(builder, |builder, (name, value)| builder.secret(name, value.as_str())))
            }
            Self::OAuth2 { url, id, secret, form, transport } => {
                let builder = grantmint_core::oauth2(url, id, secret.as_str());
                let builder = form
                    .iter()
                    .fold(builder, |builder, (name, value)| builder.form(name, value.as_str()));
                Ok(transport.set_on(builder))
            }
        }
    }
}

impl Transport {
    fn set_on(&self, mut builder: RestSourceBuilder) -> RestSourceBuilder {
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(file) = &self.ca_file {
            builder = builder.ca_file(file);
        }
        builder
    }
}

fn pairs(pairs: Vec<Pair>) -> Vec<(String, WipedString)> {
    pairs.into_iter().map(|Pair { name, value }| (name, value.into())).collect()
}
