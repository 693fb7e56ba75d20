//! Who may call: Basic credentials of a configured API key.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use ring::hmac;

use crate::config::ApiKey;

/// The configured keys by their SID, each with its secret prepared for checking signatures.
pub(crate) struct Keys(HashMap<String, Key>);

/// One configured key.
pub(crate) struct Key {
    pub(crate) account_sid: String,
    pub(crate) mac: hmac::Key,
    secret: String,
}

impl Keys {
    pub(crate) fn new(keys: Vec<ApiKey>) -> Self {
        let entry = |key: ApiKey| {
            let mac = hmac::Key::new(hmac::HMAC_SHA256, key.secret.as_bytes());
            (key.key_sid, Key { account_sid: key.account_sid, mac, secret: key.secret })
        };
        Self(keys.into_iter().map(entry).collect())
    }

    pub(crate) fn get(&self, key_sid: &str) -> Option<&Key> {
        self.0.get(key_sid)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Key)> {
        self.0.iter().map(|(sid, key)| (sid.as_str(), key))
    }

    /// The key that the request's Basic credentials name and prove. An account SID with its auth token
    /// is not among what this endpoint is documented to take, so it is refused.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Option<&Key> {
        let (key_sid, secret) = basic(headers)?;
        // Not in constant time: the secrets here are made up and guard nothing.
        self.get(&key_sid).filter(|key| key.secret == secret)
    }

    /// The key with a secret, for services whose keys are nothing else.
    pub(crate) fn of_secret(&self, secret: &str) -> Option<&Key> {
        self.0.values().find(|key| key.secret == secret)
    }

    /// Whether an account has a key here.
    pub(crate) fn has_account(&self, account_sid: &str) -> bool {
        self.iter().any(|(_, key)| key.account_sid == account_sid)
    }
}

/// The user and the password of Basic credentials.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = STANDARD.decode(credentials(headers, "basic")?).ok()?;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// What follows a scheme in `Authorization`.
pub(crate) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (found, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then_some(credentials.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET};

    fn authenticated(value: &str) -> bool {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
        Keys::new(vec![ApiKey::demo()]).authenticate(&headers).is_some()
    }

    fn basic(user: &str, password: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    }

    #[test]
    fn only_a_key_and_its_secret_pass() {
        assert!(authenticated(&basic(DEMO_KEY_SID, DEMO_SECRET)));
        assert!(authenticated(&basic(DEMO_KEY_SID, DEMO_SECRET).replace("Basic", "bAsIc")));
        assert!(!authenticated(&basic(DEMO_ACCOUNT_SID, DEMO_SECRET)));
        assert!(!authenticated(&basic(DEMO_KEY_SID, "guess")));
        assert!(!authenticated(&basic(DEMO_KEY_SID, "")));
        assert!(!authenticated("Basic !!!"));
        assert!(!authenticated("Basic"));
        assert!(!authenticated("Bearer abc"));
    }
}
