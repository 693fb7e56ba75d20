//! By what sources are told apart: everything that they were given, secrets too.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::choices::Auth;
use super::options::{Pair, RestSourceBuilder};

/// Made from secrets, and so kept as one.
pub(super) type Digest = Zeroizing<[u8; 32]>;

/// Of all that a source was given. Two that differ in anything differ in this.
pub(super) fn whole(given: &RestSourceBuilder) -> Digest {
    let mut digest = Parts(Sha256::new());
    digest.part(b"grantmint rest 1");
    for text in [&given.url, &given.value, &given.retry_after.0] {
        digest.part(text.as_bytes());
    }
    digest.shown(&given.error);
    // Of what has no secret in it all that can be seen.
    digest.shown(&(
        given.method,
        given.per,
        given.distinct,
        given.ttl,
        given.answer,
        &given.lifetime,
    ));
    digest.shown(&(given.max_lifetime, &given.ok, &given.ok_when, &given.errors, &given.throttled));
    digest.shown(&(given.retry_after.1, given.exclusive, &given.proxy, &given.ca_file));
    digest.shown(&(&given.json, given.shape.is_some()));
    for pairs in [&given.headers, &given.query, &given.vars, &given.secrets] {
        digest.pairs(pairs);
    }
    digest.pairs(given.form.as_deref().unwrap_or_default());
    digest.shown(&given.form.is_some());
    digest.auth(given.auth.as_ref());
    digest.end()
}

/// Of what upstream knows the caller by: whoever has the same is throttled together.
pub(super) fn credential(given: &RestSourceBuilder) -> Digest {
    let mut digest = Parts(Sha256::new());
    digest.part(b"grantmint rest credential 1");
    digest.auth(given.auth.as_ref());
    let is_authorization = |(name, _): &&Pair| name.eq_ignore_ascii_case("authorization");
    given.headers.iter().filter(is_authorization).for_each(|pair| digest.part(pair.1.as_bytes()));
    digest.pairs(&given.secrets);
    digest.end()
}

struct Parts(Sha256);

impl Parts {
    fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn shown(&mut self, what: &impl std::fmt::Debug) {
        self.part(Zeroizing::new(format!("{what:?}")).as_bytes());
    }

    fn pairs(&mut self, pairs: &[Pair]) {
        self.shown(&pairs.len());
        for (name, value) in pairs {
            self.part(name.as_bytes());
            self.part(value.as_bytes());
        }
    }

    fn auth(&mut self, auth: Option<&Auth>) {
        let texts = match auth {
            None => [None, None],
            Some(Auth::Signed(minter)) => {
                self.shown(&auth);
                return self.part(minter.fingerprint().as_bytes());
            }
            Some(Auth::Basic(user, password) | Auth::BasicForm(user, password)) => {
                [Some(user), Some(password)]
            }
            Some(Auth::Bearer(token)) => [Some(token), None],
        };
        self.shown(&auth);
        texts.into_iter().flatten().for_each(|text| self.part(text.as_bytes()));
    }

    fn end(self) -> Digest {
        Zeroizing::new(self.0.finalize().into())
    }
}
