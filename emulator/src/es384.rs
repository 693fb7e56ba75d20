//! ES384 JSON Web Tokens: the kind inside a playback URL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{
    ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

/// Signs playback URLs with a key made at start, and checks what it signed. One signature costs more
/// than half a millisecond, so only calls that are granted get one.
pub(crate) struct UrlSigner {
    pair: EcdsaKeyPair,
    public: UnparsedPublicKey<Vec<u8>>,
    random: SystemRandom,
}

/// The claims of a playback URL's token. The names are those of the video CDN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UrlClaims {
    #[serde(rename = "aws:channel-arn")]
    pub(crate) channel_arn: String,
    #[serde(
        rename = "aws:access-control-allow-origin",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) origin: Option<String>,
    pub(crate) exp: i64,
    /// Makes each grant differ from every other.
    pub(crate) jti: String,
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
}

/// Why a URL token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlTokenError {
    Malformed,
    Signature,
}

impl UrlSigner {
    pub(crate) fn generate() -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random)?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
            .map_err(|_| Unspecified)?;
        let public = pair.public_key().as_ref().to_vec();
        let public = UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, public);
        Ok(Self { pair, public, random })
    }

    /// Signs a token for the channel that ends at `exp`.
    pub(crate) fn sign(
        &self,
        channel_arn: String,
        origin: Option<String>,
        exp: i64,
    ) -> Result<String, Unspecified> {
        let claims = UrlClaims { channel_arn, origin, exp, jti: self.nonce()? };
        let header = Header { alg: "ES384", typ: "JWT" };
        let mut token = encode_json(&header);
        token.push('.');
        token.push_str(&encode_json(&claims));
        let signature = self.pair.sign(&self.random, token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The claims of a token that this emulator signed. Says nothing about its expiry.
    pub(crate) fn verify(&self, token: &str) -> Result<UrlClaims, UrlTokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(UrlTokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(UrlTokenError::Malformed)?;
        let header = decode(header)?;
        let header: Header<'_> =
            serde_json::from_slice(&header).map_err(|_| UrlTokenError::Malformed)?;
        if header.alg != "ES384" || header.typ != "JWT" {
            return Err(UrlTokenError::Malformed);
        }
        let claims =
            serde_json::from_slice(&decode(claims)?).map_err(|_| UrlTokenError::Malformed)?;
        self.public
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| UrlTokenError::Signature)?;
        Ok(claims)
    }

    fn nonce(&self) -> Result<String, Unspecified> {
        let mut bytes = [0; 12];
        self.random.fill(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn encode_json(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).expect("string keys and plain values"))
}

fn decode(part: &str) -> Result<Vec<u8>, UrlTokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| UrlTokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_verifies_with_a_claim_for_each_restriction() {
        let signer = UrlSigner::generate().unwrap();
        let origin = Some("https://a".to_owned());
        let token = signer.sign("arn:x".to_owned(), origin.clone(), 7).unwrap();
        let claims = signer.verify(&token).unwrap();
        assert_eq!((claims.channel_arn.as_str(), claims.exp), ("arn:x", 7));
        assert_eq!(claims.origin, origin);
        let again = signer.sign("arn:x".to_owned(), origin, 7).unwrap();
        assert_ne!(signer.verify(&again).unwrap().jti, claims.jti);
    }

    #[test]
    fn refuses_another_key_and_no_token() {
        let signer = UrlSigner::generate().unwrap();
        let other = UrlSigner::generate().unwrap();
        let token = other.sign("arn:x".to_owned(), None, 7).unwrap();
        assert_eq!(signer.verify(&token), Err(UrlTokenError::Signature));
        for text in ["", "123", "a.b.c", "..", "eyJ9.eyJ9.x"] {
            assert_eq!(signer.verify(text), Err(UrlTokenError::Malformed), "{text}");
        }
    }
}
