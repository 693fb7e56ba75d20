//! See `grantmint_fuzz::verify`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::verify::check(input));
