//! Other ways to make the same token, each with what can be prepared prepared.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::crypto::{CryptoProvider, KeyUtils, aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::cases::{ACCOUNT_SID, Case, KEY_SID, SECRET, TTL};

/// The floor: a keyed HMAC-SHA256 of 40 bytes, and nothing else.
pub struct Floor(Hmac<Sha256>);

impl Floor {
    /// With the key's part of the work done.
    #[must_use]
    pub fn new() -> Self {
        Self(Hmac::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length"))
    }

    /// One tag.
    #[must_use]
    pub fn tag(&self, message: &[u8; 40]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self::new()
    }
}

/// The crate `jsonwebtoken`, with its key and header prepared.
pub struct JsonWebToken<'a> {
    case: &'a Case,
    grant: &'a RawValue,
    key: EncodingKey,
    header: Header,
    use_aws_lc: bool,
}

impl<'a> JsonWebToken<'a> {
    /// Signs with one of its two backends.
    #[must_use]
    pub fn new(case: &'a Case, use_aws_lc: bool) -> Self {
        // Both backends serve in one process through a provider that switches. A second
        // installation fails and changes nothing.
        let _ = SWITCH.install_default();
        let mut header = Header::new(Algorithm::HS256);
        header.cty = Some("twilio-fpa;v=1".to_owned());
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        Self { case, grant: raw(case), key, header, use_aws_lc }
    }

    /// One token.
    #[must_use]
    pub fn mint(&self, identity: &str) -> String {
        USE_AWS_LC.store(self.use_aws_lc, Ordering::Relaxed);
        let claims = Claims::new(self.case, self.grant, identity);
        jsonwebtoken::encode(&self.header, &claims, &self.key).expect("the claims serialize")
    }
}

static USE_AWS_LC: AtomicBool = AtomicBool::new(false);

static SWITCH: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        let aws_lc = USE_AWS_LC.load(Ordering::Relaxed);
        let provider =
            if aws_lc { &aws_lc::DEFAULT_PROVIDER } else { &rust_crypto::DEFAULT_PROVIDER };
        (provider.signer_factory)(algorithm, key)
    },
    verifier_factory: |algorithm, key| {
        (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(algorithm, key)
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// `serde_json`, `base64` and `hmac` by hand: the header encoded and the key hashed in advance,
/// the text built in one string.
pub struct ByHand<'a> {
    case: &'a Case,
    grant: &'a RawValue,
    mac: Hmac<Sha256>,
    header: String,
}

impl<'a> ByHand<'a> {
    /// With everything but the claims prepared.
    #[must_use]
    pub fn new(case: &'a Case) -> Self {
        let mac = Floor::new().0;
        let header = r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}"#;
        let header = BASE64_URL_SAFE_NO_PAD.encode(header) + ".";
        Self { case, grant: raw(case), mac, header }
    }

    /// One token.
    #[must_use]
    pub fn mint(&self, identity: &str) -> String {
        let claims = Claims::new(self.case, self.grant, identity);
        let claims = serde_json::to_vec(&claims).expect("the claims serialize");
        let capacity = self.header.len() + claims.len().div_ceil(3) * 4 + 44;
        let mut token = String::with_capacity(capacity);
        token.push_str(&self.header);
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let mut mac = self.mac.clone();
        mac.update(token.as_bytes());
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), &mut token);
        token
    }
}

fn raw(case: &Case) -> &RawValue {
    serde_json::from_str(&case.grant_json).expect("a grant is JSON")
}

/// The claims of an Access Token, as `serde` writes them. The clock is read for each.
#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    iss: &'static str,
    sub: &'static str,
    iat: u64,
    exp: u64,
    grants: Grants<'a>,
}

impl<'a> Claims<'a> {
    fn new(case: &'a Case, grant: &'a RawValue, identity: &'a str) -> Self {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = elapsed.expect("the clock is past 1970").as_secs();
        Self {
            jti: format!("{KEY_SID}-{now}"),
            iss: KEY_SID,
            sub: ACCOUNT_SID,
            iat: now,
            exp: now + TTL,
            grants: Grants { key: case.grant_key, grant, identity },
        }
    }
}

struct Grants<'a> {
    key: &'a str,
    grant: &'a RawValue,
    identity: &'a str,
}

impl Serialize for Grants<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.key, self.grant)?;
        map.serialize_entry("identity", self.identity)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use grantmint_core::{VerifyOptions, verify};

    use super::*;
    use crate::cases::key;

    #[test]
    fn all_make_tokens_of_the_same_content() {
        for case in [Case::video(), Case::playback(900)] {
            let tokens = [
                case.minter().mint("alice").unwrap(),
                JsonWebToken::new(&case, false).mint("alice"),
                JsonWebToken::new(&case, true).mint("alice"),
                ByHand::new(&case).mint("alice"),
            ];
            let decoded =
                tokens.map(|token| verify(&token, &key(), &VerifyOptions::new()).unwrap());
            for other in &decoded[1..] {
                assert_eq!(other.header(), decoded[0].header());
                assert_eq!(other.grants(), decoded[0].grants());
                assert!(other.claims().keys().eq(decoded[0].claims().keys()));
            }
        }
    }
}
