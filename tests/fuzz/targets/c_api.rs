//! See `grantmint_fuzz::c_api`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::c_api::check(input));
