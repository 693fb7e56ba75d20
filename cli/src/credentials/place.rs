//! Which place the key comes from.

use grantmint_core::ApiKey;

use crate::args::CredentialArgs;
use crate::exit::Failure;

/// The key that the flags and the environment name.
pub(crate) fn api_key(_args: &CredentialArgs) -> Result<ApiKey, Failure> {
    Ok(ApiKey::from_env()?)
}
