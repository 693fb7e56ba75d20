//! See `grantmint_fuzz::grant`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::grant::check(input));
