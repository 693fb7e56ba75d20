//! The source of grants of a minter that was given none.

use std::sync::Arc;

use super::options::ClientOptions;
use super::source::AsyncGrantSource;
use crate::credentials::ApiKey;
use crate::error::Result;

/// The built-in client with a key.
#[cfg(feature = "http")]
pub(crate) fn built_in_source(
    key: &ApiKey,
    options: &ClientOptions,
) -> Result<Arc<dyn AsyncGrantSource>> {
    Ok(Arc::new(super::client::PlaybackGrantClient::new(key, options)?))
}

/// A build without the built-in client has no such source.
#[cfg(not(feature = "http"))]
pub(crate) fn built_in_source(
    _key: &ApiKey,
    _options: &ClientOptions,
) -> Result<Arc<dyn AsyncGrantSource>> {
    use crate::error::{Error, ErrorKind};
    Err(Error::new(
        ErrorKind::Unsupported,
        "this build has no HTTP client: give a source of grants",
    ))
}
