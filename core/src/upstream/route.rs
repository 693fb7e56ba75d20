//! How upstream is reached: where, through which proxy, and whom to trust.

use std::path::PathBuf;

use super::url::checked_base_url;
use crate::error::Result;

/// A checked way to upstream. Those who reach it in the same way may share a cache.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Route {
    base_url: Box<str>,
    proxy: Option<String>,
    ca_file: Option<PathBuf>,
}

impl Route {
    /// A way to a base URL, through a proxy if one is given, trusting the certificate authorities of
    /// a file if one is given. The proxy and the file are checked when connections are made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) for the base URL.
    pub(crate) fn new(
        base_url: &str,
        proxy: Option<String>,
        ca_file: Option<PathBuf>,
    ) -> Result<Self> {
        Ok(Self { base_url: checked_base_url(base_url)?, proxy, ca_file })
    }

    /// Scheme, host and port, and a path if there is one, in their one spelling.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    #[cfg(feature = "http")]
    pub(super) fn is_https(&self) -> bool {
        self.base_url.starts_with("https:")
    }

    #[cfg(feature = "http")]
    pub(super) fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    #[cfg(feature = "http")]
    pub(super) fn ca_file(&self) -> Option<&std::path::Path> {
        self.ca_file.as_deref()
    }
}
