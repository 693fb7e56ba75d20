//! Credentials of a coturn server that has `use-auth-secret`: signed here, without a call.

use std::time::Duration;

use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::json;
use zeroize::Zeroizing;

use super::shape::is_usable;
use crate::base64_text;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::wiped::WipedString;

/// coturn refuses longer ones.
const USERNAME_MAX_BYTES: usize = 500;
/// Later times are none to it.
const TIME_MAX: u64 = i32::MAX as u64;
const URLS_MAX: usize = 16;

/// Signs for the servers at some URLs.
pub(super) struct Coturn {
    secret: Secret,
    /// As JSON.
    urls: String,
    ttl: u32,
    clock: Clock,
}

impl Coturn {
    pub(super) fn new(secret: &str, urls: &[String], ttl: u32, clock: Clock) -> Result<Self> {
        if secret.is_empty() {
            return Err(refused("secret", "must not be empty: it is static-auth-secret of coturn"));
        }
        let is_url =
            |url: &String| is_usable(url) && url.bytes().all(|byte| byte.is_ascii_graphic());
        if !(1..=URLS_MAX).contains(&urls.len()) || !urls.iter().all(is_url) {
            return Err(refused(
                "urls",
                "must be 1 to 16 URLs such as turn:turn.example:3478?transport=udp, not at port 53, \
                 to which browsers do not connect",
            ));
        }
        Ok(Self {
            secret: Secret::new(secret.as_bytes()),
            urls: json!(urls).to_string(),
            ttl,
            clock,
        })
    }

    /// The servers, with a credential for an identity, and for how long that is good.
    pub(super) fn sign(&self, identity: Option<&str>) -> Result<(WipedString, Duration)> {
        let now = self.clock.now().wall();
        // Whole seconds, and not less than what is promised.
        let begun = u64::from(now.subsec_nanos() > 0);
        let expiry = now.as_secs().saturating_add(begun).saturating_add(self.ttl.into());
        if expiry > TIME_MAX {
            return Err(refused("ttl", "ends after the year 2038, which coturn does not know"));
        }
        if identity.is_some_and(|identity| identity.contains([' ', '"', '\'', '\\'])) {
            return Err(refused(
                "identity",
                "must not have spaces, quotation marks or backslashes, which coturn refuses",
            ));
        }
        let username = match identity {
            Some(identity) => format!("{expiry}:{identity}"),
            None => expiry.to_string(),
        };
        if username.len() > USERNAME_MAX_BYTES {
            return Err(refused("identity", "must be short enough for a username of 500 bytes"));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.expose());
        let tag = hmac::sign(&key, username.as_bytes());
        let mut password = Zeroizing::new(String::with_capacity(32));
        base64_text::push(&STANDARD, tag.as_ref(), &mut password);
        let mut text = WipedString::with_capacity(64 + self.urls.len() + username.len() * 2);
        for part in ["[{\"urls\":", &self.urls, ",\"username\":", &json!(username).to_string()] {
            text.push_str(part);
        }
        for part in [",\"credential\":\"", &password, "\"}]"] {
            text.push_str(part);
        }
        Ok((text, Duration::from_secs(self.ttl.into())))
    }
}

fn refused(argument: &str, what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidArgument, argument, what)
}
