//! See `grantmint_fuzz::wire`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::wire::check(input));
