//! The signature algorithms.

use grantmint_core::{Algorithm, Error, ErrorKind, Result};

/// A signature algorithm. Twilio accepts HS256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_algorithm_t {
    /// HMAC with SHA-256.
    GRANTMINT_HS256 = 256,
    /// HMAC with SHA-384.
    GRANTMINT_HS384 = 384,
    /// HMAC with SHA-512.
    GRANTMINT_HS512 = 512,
}

pub(crate) fn of_number(value: i32) -> Result<Algorithm> {
    match value {
        256 => Ok(Algorithm::Hs256),
        384 => Ok(Algorithm::Hs384),
        512 => Ok(Algorithm::Hs512),
        _ => {
            Err(Error::new(ErrorKind::InvalidArgument, "algorithm is not a grantmint_algorithm_t"))
        }
    }
}
