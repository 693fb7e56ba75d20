//! What cargo does not say to the linker by itself.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let unix_with_elf = env::var("CARGO_CFG_TARGET_OS")
        .is_ok_and(|os| ["linux", "android", "freebsd", "netbsd", "openbsd"].contains(&&*os));
    if unix_with_elf {
        // Programs ask for the library by its ABI version, which is that of incompatible releases.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libgrantmint.so.0");
        // The fork hook and the fetcher threads point into the library: it stays once loaded.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
