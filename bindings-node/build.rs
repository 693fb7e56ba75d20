//! Link arguments of the addon.

fn main() {
    napi_build::setup();
    // The library's threads may outlive the last worker that loaded it: it is never unloaded.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
