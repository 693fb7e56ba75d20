//! How the built-in client reaches the PlaybackGrant endpoint.

use std::fmt;
use std::path::PathBuf;

use crate::error::Result;
use crate::setters::route_setters;
use crate::upstream::Route;

/// Twilio's host.
const DEFAULT_BASE_URL: &str = "https://media.twilio.com";

/// How the built-in client reaches upstream. The environment's proxy variables are not read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientOptions {
    /// Scheme, host and port of upstream, without `/v1`. Plain http is allowed on loopback only.
    pub base_url: String,
    /// The URL of an HTTP proxy, which is asked to CONNECT; none by default.
    pub proxy: Option<String>,
    /// A PEM file with the certificate authorities to trust instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { base_url: DEFAULT_BASE_URL.to_owned(), proxy: None, ca_file: None }
    }
}

impl ClientOptions {
    /// Twilio's host, no proxy, the built-in certificate authorities.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`ClientOptions::base_url`].
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    route_setters!();

    /// Whether upstream is the endpoint that Twilio has closed.
    #[cfg(feature = "http")]
    pub(super) fn is_closed_endpoint(&self) -> bool {
        self.base_url == DEFAULT_BASE_URL
    }

    pub(crate) fn route(&self) -> Result<Route> {
        Route::new(&self.base_url, self.proxy.clone(), self.ca_file.clone())
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        f.debug_struct("ClientOptions")
            .field("base_url", &self.base_url)
            .field("proxy", &self.proxy.as_ref().map(|_| ".."))
            .field("ca_file", &self.ca_file)
            .finish()
    }
}
