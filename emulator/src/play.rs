//! A play: what the player does with an Access Token, and then the CDN with the URL inside it.

use std::collections::HashMap;
use std::sync::Arc;

use grantmint_core::judge::{self, PlayerGrant, Refusal};
use parking_lot::Mutex;
use serde::Serialize;

use crate::access_token::AccessToken;
use crate::es384::{UrlClaims, UrlSigner, UrlTokenError};
use crate::grant::Channel;
use crate::refusal;

/// A player that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Admission {
    /// Who it is, if the token says so; a player needs no identity.
    pub identity: Option<String>,
    /// The PlayerStreamer it watches.
    pub streamer: String,
}

/// The CDN's side: the key that signs playback URLs, and the URL tokens it has already seen to be good.
/// A whole audience shows the same few, and checking a signature costs about a millisecond.
pub(crate) struct Cdn {
    signer: UrlSigner,
    verified: Mutex<HashMap<String, Arc<UrlClaims>>>,
}

/// Verified URL tokens remembered at a time.
const MAX_VERIFIED: usize = 1024;

impl Cdn {
    pub(crate) fn new(signer: UrlSigner) -> Self {
        Self { signer, verified: Mutex::default() }
    }

    pub(crate) fn signer(&self) -> &UrlSigner {
        &self.signer
    }

    /// Judges a player that shows a verified `token` and comes from `origin`, at the unix second `now`.
    pub(crate) fn admit(
        &self,
        token: &AccessToken,
        origin: Option<&str>,
        now: i64,
    ) -> Result<Admission, Refusal> {
        let grant = PlayerGrant::of(&token.grants)?;
        let url = grant.url()?;
        let claims = self.url_claims(url.token)?;
        let channel = Channel::of(grant.streamer);
        if claims.channel_arn != channel.arn() || url.base != channel.url() {
            return Err(refusal::CHANNEL_MISMATCH);
        }
        let limits = judge::UrlClaims::of(url.token).ok_or(refusal::URL_TOKEN_MALFORMED)?;
        limits.admit(origin, u64::try_from(now).unwrap_or(0))?;
        let identity = token.identity().map(str::to_owned);
        Ok(Admission { identity, streamer: grant.streamer.to_owned() })
    }

    /// The claims of a URL token whose signature is good; checked once, then remembered.
    fn url_claims(&self, url_token: &str) -> Result<Arc<UrlClaims>, Refusal> {
        if let Some(claims) = self.verified.lock().get(url_token) {
            return Ok(Arc::clone(claims));
        }
        let claims = self.signer.verify(url_token).map_err(|error| match error {
            UrlTokenError::Malformed => refusal::URL_TOKEN_MALFORMED,
            UrlTokenError::Signature => refusal::URL_TOKEN_SIGNATURE,
        })?;
        let claims = Arc::new(claims);
        let mut verified = self.verified.lock();
        // Grants last a minute, so most of a full table is of no more use, and the rest is soon back.
        if verified.len() >= MAX_VERIFIED {
            verified.clear();
        }
        verified.insert(url_token.to_owned(), Arc::clone(&claims));
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verified_tokens_are_remembered_within_a_bound() {
        let cdn = Cdn::new(UrlSigner::generate().unwrap());
        let token = cdn.signer().sign("arn".to_owned(), None, 1).unwrap();
        let first = cdn.url_claims(&token).unwrap();
        assert!(Arc::ptr_eq(&first, &cdn.url_claims(&token).unwrap()));
        let filler = (1..MAX_VERIFIED).map(|number| (number.to_string(), Arc::clone(&first)));
        cdn.verified.lock().extend(filler);
        cdn.url_claims(&cdn.signer().sign("arn".to_owned(), None, 2).unwrap()).unwrap();
        assert!(cdn.verified.lock().len() <= MAX_VERIFIED);
    }
}
