//! See `grantmint_fuzz::mint`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::mint::check(input));
