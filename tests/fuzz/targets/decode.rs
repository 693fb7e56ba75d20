//! See `grantmint_fuzz::decode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::decode::check(input));
