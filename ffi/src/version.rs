//! The version of the library.

use crate::str::grantmint_str_t;

/// The version of the library that the program runs with, such as `0.1.0`. The header that it was
/// compiled with has `GRANTMINT_VERSION`. The text is static.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_version() -> grantmint_str_t {
    grantmint_str_t::of(env!("CARGO_PKG_VERSION"))
}

/// That version as a number: major × 1,000,000 + minor × 1,000 + patch, as
/// `GRANTMINT_VERSION_NUMBER`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn grantmint_version_number() -> u32 {
    const fn number(text: &str) -> u32 {
        let (digits, mut value, mut index) = (text.as_bytes(), 0, 0);
        while index < digits.len() && digits[index].is_ascii_digit() {
            value = value * 10 + (digits[index] - b'0') as u32;
            index += 1;
        }
        value
    }
    const {
        number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
            + number(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
            + number(env!("CARGO_PKG_VERSION_PATCH"))
    }
}
