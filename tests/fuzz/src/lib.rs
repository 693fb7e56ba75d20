//! What no input may bring about. Each module checks one input: libFuzzer makes them up, and
//! `cargo test` replays those of the corpus.
//!
//! A check knows by other means what must come out, and panics if it does not. A panic inside the
//! library counts too, also one that the C FFI boundary would have caught.

pub mod c_api;
pub mod decode;
pub mod examine;
pub mod grant;
pub mod mint;
pub mod names;
pub mod store;
pub mod upstream;
pub mod verify;
pub mod wire;

mod json;

use std::sync::LazyLock;

use grantmint_core::{ApiKey, Error, ErrorKind};

const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
const KEY_SID: &str = "SK00000000000000000000000000000002";
const SECRET: &str = "a secret of thirty-two bytes: 01";

/// The key that signs in here. Made up, like every secret among the inputs.
static KEY: LazyLock<ApiKey> = LazyLock::new(|| {
    ApiKey::new(ACCOUNT_SID, KEY_SID, SECRET).expect("two SIDs and a secret are a key")
});

/// Errors can be logged, so their messages are the library's own words: short, in ASCII, and
/// without a word of the input.
fn check_error(error: &Error, allowed: &[ErrorKind]) {
    assert!(allowed.contains(&error.kind()), "{error:?}");
    let message = error.message();
    assert!(!message.is_empty() && message.len() <= 200 && message.is_ascii(), "{message}");
}
