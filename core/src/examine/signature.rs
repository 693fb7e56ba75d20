//! Who signed.

use zeroize::Zeroizing;

use super::findings::{Finding, Findings, Part};
use super::text::quoted;
use crate::credentials::ApiKey;
use crate::finding::FindingKind;
use crate::limits::SECRET_ADVISED_BYTES;
use crate::sid::Sid;
use crate::token::{Algorithm, Parts, check_signature, has_short_secret};

/// What is known of a token's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signature {
    /// It is that of the key with this SID.
    Good(Sid),
    /// The token names the key with this SID as its issuer, and that key has not signed it.
    Wrong(Sid),
    /// None of the keys given is the one that the token names, and none has signed it. So it is if none is given.
    NoKey,
    /// A token of another service, which the secret of [`ExamineOptions::secret`](super::ExamineOptions::secret) has signed.
    GoodOfService,
    /// A token of another service, which that secret has not signed.
    WrongOfService,
    /// There is none that could be checked: the token is malformed, or names another algorithm.
    Unchecked,
}

impl Signature {
    /// The SID of the key that the token was checked with.
    #[must_use]
    pub fn key_sid(&self) -> Option<&Sid> {
        match self {
            Self::Good(sid) | Self::Wrong(sid) => Some(sid),
            Self::GoodOfService | Self::WrongOfService | Self::NoKey | Self::Unchecked => None,
        }
    }

    /// `good`, `wrong`, `no_key` or `unchecked`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Good(_) | Self::GoodOfService => "good",
            Self::Wrong(_) | Self::WrongOfService => "wrong",
            Self::NoKey => "no_key",
            Self::Unchecked => "unchecked",
        }
    }
}

/// Checks a signature that can be checked with the key that `issuer` names; without it, with all. Also tells which
/// key the claims are then to be held against.
pub(super) fn check<'k>(
    parts: &Parts<'_>,
    signature: &Zeroizing<Vec<u8>>,
    keys: &'k [ApiKey],
    issuer: Option<&str>,
    out: &mut Findings,
) -> (Signature, Option<&'k ApiKey>) {
    let check = |key: &ApiKey| {
        check_signature(Algorithm::Hs256, key.secret().expose(), parts.signed, signature)
    };
    let is_named = |key: &&ApiKey| Some(key.key_sid().as_str()) == issuer;
    let signer = match keys.iter().find(is_named) {
        // A key may be given twice, with its secrets of before and after a rotation.
        Some(_) => keys.iter().filter(is_named).find(|key| check(key).is_ok()),
        None => keys.iter().find(|key| check(key).is_ok()),
    };
    if let Some(key) = signer {
        if has_short_secret(key) {
            out.add(Finding::new(FindingKind::ShortSecret, Part::Signature, &[]));
        }
        return (Signature::Good(*key.key_sid()), Some(key));
    }
    match keys.iter().find(is_named) {
        Some(key) => {
            out.take(check(key), |error| Finding::of_error(error, Part::Signature, &[]));
            (Signature::Wrong(*key.key_sid()), Some(key))
        }
        None => {
            out.add(no_key(keys, issuer));
            (Signature::NoKey, None)
        }
    }
}

/// Checks the signature of another service's token with the secret that was given for it.
pub(super) fn check_with_secret(
    parts: &Parts<'_>,
    signature: &Zeroizing<Vec<u8>>,
    secret: Option<&[u8]>,
    out: &mut Findings,
) -> Signature {
    let Some(secret) = secret else {
        let unchecked = Finding::new(FindingKind::SignatureUnchecked, Part::Signature, &[]);
        let message = "the signature was not checked, as no secret was given";
        out.add(unchecked.message(message).fix_by("give the secret that the service has"));
        return Signature::NoKey;
    };
    if secret.len() < SECRET_ADVISED_BYTES {
        let short = Finding::new(FindingKind::ShortSecret, Part::Signature, &[]);
        out.add(short.fix_by("give the service a secret of 32 random bytes or more"));
    }
    let checked = check_signature(Algorithm::Hs256, secret, parts.signed, signature);
    match out.take(checked, |error| Finding::of_error(error, Part::Signature, &[])) {
        Some(()) => Signature::GoodOfService,
        None => Signature::WrongOfService,
    }
}

fn no_key(keys: &[ApiKey], issuer: Option<&str>) -> Finding {
    let named = issuer.map_or_else(|| "that signed it".to_owned(), quoted);
    if keys.is_empty() {
        let unchecked = Finding::new(FindingKind::SignatureUnchecked, Part::Signature, &[]);
        return unchecked.fix_by(format!("give the API key {named}"));
    }
    Finding::new(FindingKind::TokenSignature, Part::Signature, &[])
        .message("none of the keys given has signed the token, and none is the one that iss names")
        .fix_by(format!("give the API key {named}"))
}
