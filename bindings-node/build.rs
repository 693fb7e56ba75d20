//! Link arguments of the addon.

use std::env;

fn main() {
    napi_build::setup();
    if !is("CARGO_CFG_TARGET_OS", "linux") {
        return;
    }
    // The library's threads may outlive the last worker that loaded it: it is never unloaded.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    if is("PROFILE", "release") {
        // Node asks for one name alone; all the others are a fifth of the file.
        println!("cargo::rustc-cdylib-link-arg=-Wl,--strip-all");
    }
}

fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}
