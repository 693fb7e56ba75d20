//! Secrets on the command line, which are refused before anything else looks at them.

use std::ffi::{OsStr, OsString};

use crate::exit::Failure;

/// What people try, as other tools have it.
const LONG: [&str; 4] = ["--secret", "--api-secret", "--api-key-secret", "--auth-token"];
const SHORT: &str = "-S";

/// Refuses a flag that would bring a secret: every user of a machine can read all arguments of its
/// programs, and shells keep them.
pub(crate) fn refuse_secrets(args: &[OsString]) -> Result<(), Failure> {
    let mut flags = args.iter().map(OsString::as_os_str).take_while(|arg| *arg != "--");
    match flags.find_map(secret_flag) {
        Some(flag) => Err(Failure::usage(format!(
            "{flag}: not a flag, on purpose: every user of this machine can read it (ps), your shell \
             keeps it. Use TWILIO_API_SECRET, --env-file or --secret-stdin."
        ))),
        None => Ok(()),
    }
}

/// The flag without what stands behind it.
fn secret_flag(arg: &OsStr) -> Option<&'static str> {
    let text = arg.to_string_lossy();
    let name = text.split_once('=').map_or(&*text, |(name, _)| name);
    let long = LONG.into_iter().find(|long| name == *long);
    long.or_else(|| text.starts_with(SHORT).then_some(SHORT))
}
