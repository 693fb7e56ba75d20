//! The proxy that connections go through.

use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::place::Place;
use crate::base64_text;

/// An HTTP proxy, which is asked to CONNECT.
pub(crate) struct Proxy {
    pub(super) place: Place,
    /// Whether TLS is spoken with the proxy itself.
    pub(super) is_tls: bool,
    /// What `Proxy-Authorization` says.
    pub(super) authorization: Option<Zeroizing<String>>,
}

impl Proxy {
    /// A proxy that wants no credentials.
    pub(crate) fn new(place: Place, is_tls: bool) -> Self {
        Self { place, is_tls, authorization: None }
    }

    /// The same with a user and a password, which a colon separates.
    pub(crate) fn with_credentials(self, pair: &[u8]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(6 + pair.len().div_ceil(3) * 4));
        text.push_str("Basic ");
        base64_text::push(&STANDARD, pair, &mut text);
        Self { authorization: Some(text), ..self }
    }

    /// Whether TLS is spoken with the proxy itself.
    pub(crate) fn is_tls(&self) -> bool {
        self.is_tls
    }
}
