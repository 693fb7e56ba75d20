//! The source of grants of a minter that was given none: the built-in client, made with a key.

use std::sync::Arc;

use super::options::ClientOptions;
use super::source::AsyncGrantSource;
use crate::credentials::ApiKey;
use crate::error::Result;

/// The built-in client but for its key, which can be exchanged.
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "there is no such client then"))]
pub(crate) struct BuiltIn {
    options: ClientOptions,
    /// Whether its connections are its own.
    is_alone: bool,
}

impl BuiltIn {
    pub(crate) fn new(options: ClientOptions, is_alone: bool) -> Self {
        Self { options, is_alone }
    }

    /// The client with a key.
    #[cfg(feature = "http")]
    pub(crate) fn source(&self, key: &ApiKey) -> Result<Arc<dyn AsyncGrantSource>> {
        use super::client::PlaybackGrantClient;
        Ok(match self.is_alone {
            true => Arc::new(PlaybackGrantClient::alone(key, &self.options)?),
            false => Arc::new(PlaybackGrantClient::new(key, &self.options)?),
        })
    }

    /// A build without the built-in client has no such source.
    #[cfg(not(feature = "http"))]
    pub(crate) fn source(&self, _key: &ApiKey) -> Result<Arc<dyn AsyncGrantSource>> {
        use crate::error::{Error, ErrorKind};
        Err(Error::new(
            ErrorKind::Unsupported,
            "this build has no HTTP client: give a source of grants",
        ))
    }
}
