//! See `grantmint_fuzz::store`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::store::check(input));
