//! TURN credentials as a coturn server with `use-auth-secret` takes them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Usernames remembered so that they can be revoked; the oldest are forgotten for more.
const ISSUED_MAX: usize = 10_000;

pub(crate) struct Turn {
    key: hmac::Key,
    pub(crate) urls: Vec<String>,
    issued: Mutex<BTreeSet<String>>,
}

/// A user of a TURN server until a time.
pub(crate) struct Credential {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Turn {
    pub(crate) fn new(secret: String, urls: Vec<String>) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        Self { key, urls, issued: Mutex::default() }
    }

    /// A new credential until `expiry`, in unix seconds; none if the machine gives no random numbers.
    pub(crate) fn issue(&self, expiry: i64) -> Option<Credential> {
        let mut random = [0; 8];
        SystemRandom::new().fill(&mut random).ok()?;
        // coturn takes no username without the time it ends at.
        let username = format!("{expiry}:{:016x}", u64::from_be_bytes(random));
        let password = STANDARD.encode(hmac::sign(&self.key, username.as_bytes()));
        let mut issued = self.issued.lock();
        if issued.len() >= ISSUED_MAX {
            issued.pop_first();
        }
        issued.insert(username.clone());
        Some(Credential { username, password })
    }

    /// Whether there was such a user.
    pub(crate) fn revoke(&self, username: &str) -> bool {
        self.issued.lock().remove(username)
    }
}
