//! See `grantmint_fuzz::examine`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| grantmint_fuzz::examine::check(input));
