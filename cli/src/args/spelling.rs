//! Other spellings of a command.

use std::ffi::OsString;

use crate::exit::Failure;

const CAPABILITY: &str = "token capability: Capability Tokens came before Access Tokens, and are not made here; \
     twilio-cli still makes them";

/// The command line with `token:video`, as twilio-cli's plugin has it, spelled as `token video`.
pub(crate) fn spelled_out(args: &[OsString]) -> Result<Vec<OsString>, Failure> {
    let mut args = args.to_vec();
    let kind = args.get(1).and_then(|arg| arg.to_str()?.strip_prefix("token:"));
    if let Some(kind) = kind.map(OsString::from) {
        args.splice(1..2, ["token".into(), kind]);
    }
    let is_token = args.get(1).is_some_and(|arg| arg == "token");
    let is_capability = |arg: &OsString| arg.to_string_lossy().starts_with("capability");
    if is_token && args.get(2).is_some_and(is_capability) {
        return Err(Failure::usage(CAPABILITY));
    }
    Ok(args)
}
