//! What the unit tests of tokens share.

use crate::credentials::ApiKey;

pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(super) const KEY: &str = "SK00000000000000000000000000000002";
pub(super) const SECRET: &str = "hush-hush-hush-hush-hush-hush-32";

pub(super) fn key() -> ApiKey {
    ApiKey::new(ACCOUNT, KEY, SECRET).expect("the key is well-formed")
}
