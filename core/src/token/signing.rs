//! A secret made ready to sign with one of the three algorithms.

use std::sync::Arc;

use hmac::Hmac;
use sha2::{Sha384, Sha512};

use super::algorithm::{Algorithm, keyed};
use super::signer::Signer;

/// What is done with a secret once for all tokens. Cheap to clone, wiped with the last clone.
///
/// The algorithm that nearly all services use has a path of its own; the other two go through the
/// `hmac` crate.
#[derive(Clone)]
pub(crate) enum Signing {
    Sha256(Arc<Signer>),
    Sha384(Arc<Hmac<Sha384>>),
    Sha512(Arc<Hmac<Sha512>>),
}

impl Signing {
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::Sha256(Arc::new(Signer::new(secret))),
            Algorithm::Hs384 => Self::Sha384(Arc::new(keyed(secret))),
            Algorithm::Hs512 => Self::Sha512(Arc::new(keyed(secret))),
        }
    }
}
