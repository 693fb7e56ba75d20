//! How upstream is reached: where, through which proxy, and whom to trust.

use std::path::PathBuf;

use super::url::BaseUrl;
#[cfg(feature = "http")]
use super::url::checked_proxy;
#[cfg(feature = "http")]
use crate::authority::Authority;
use crate::error::Result;

/// A checked way to upstream. Those who reach it in the same way may share a cache.
#[derive(Clone)]
pub(crate) struct Route {
    base_url: BaseUrl,
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
        Ok(Self { base_url: BaseUrl::parse(base_url)?, proxy, ca_file })
    }

    /// Scheme, host and port, and a path if there is one: what is called.
    #[cfg(feature = "http")]
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url.called
    }

    /// Where upstream is, in the one spelling that all who call it agree on.
    pub(crate) fn place(&self) -> &str {
        &self.base_url.place
    }

    /// The host and port that are called.
    #[cfg(feature = "http")]
    pub(super) fn authority(&self) -> &Authority {
        &self.base_url.authority
    }

    /// What the path of everything that is called begins with; empty, or with a slash before each step.
    #[cfg(feature = "http")]
    pub(crate) fn path(&self) -> &str {
        &self.base_url.path
    }

    #[cfg(feature = "http")]
    pub(super) fn is_https(&self) -> bool {
        self.base_url.called.starts_with("https:")
    }

    /// Whether neither upstream nor the proxy is another machine.
    #[cfg(feature = "http")]
    pub(super) fn is_local(&self) -> bool {
        let is_here = |proxy| checked_proxy(proxy).is_ok_and(|place| place.is_loopback());
        self.base_url.is_loopback && self.proxy().is_none_or(is_here)
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

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        let places = (self.place(), &self.proxy, &self.ca_file);
        places == (other.place(), &other.proxy, &other.ca_file)
    }
}

impl Eq for Route {}

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_local_if_all_of_it_is() {
        let route =
            |url, proxy: Option<&str>| Route::new(url, proxy.map(Into::into), None).unwrap();
        for url in ["http://127.0.0.1:8900", "https://localhost:1/path", "http://[::1]:8900"] {
            assert!(route(url, None).is_local(), "{url}");
            assert!(route(url, Some("http://127.0.0.1:3128")).is_local(), "{url}");
            assert!(!route(url, Some("http://proxy.example:3128")).is_local(), "{url}");
        }
        assert!(!route("https://media.twilio.com", None).is_local());
        assert!(!route("https://localhost.example", Some("http://127.0.0.1:1")).is_local());
    }
}
