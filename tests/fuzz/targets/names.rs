//! See `grantmint_fuzz::names`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::names::check(input));
