//! Tells the linker how the shared library is named, and that it stays loaded.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let unix_with_elf = env::var("CARGO_CFG_TARGET_OS")
        .is_ok_and(|os| ["linux", "android", "freebsd", "netbsd", "openbsd"].contains(&&*os));
    if unix_with_elf {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libgrantmint.so.{}", series());
        // The fork hook and the fetcher threads point into the library: it stays once loaded.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}

/// What programs ask for: the releases that fit the one they were linked with. That is the major
/// version, and before 1.0, where a minor version may change everything, the minor version too.
fn series() -> String {
    let [major, minor] = ["CARGO_PKG_VERSION_MAJOR", "CARGO_PKG_VERSION_MINOR"]
        .map(|name| env::var(name).unwrap_or_default());
    if major == "0" { format!("0.{minor}") } else { major }
}
