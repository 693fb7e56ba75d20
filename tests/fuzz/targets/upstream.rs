//! See `grantmint_fuzz::upstream`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::upstream::check(input));
