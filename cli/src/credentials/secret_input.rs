//! The secret alone, from stdin or a file.

use std::fs::File;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::args::CredentialArgs;
use crate::exit::Failure;
use crate::input::{self, read_small};

/// The secret, if a flag brings it, without the line's end.
pub(super) fn read(args: &CredentialArgs) -> Result<Option<Zeroizing<String>>, Failure> {
    if args.secret_stdin {
        return line(&read_small("--secret-stdin", io::stdin().lock())?).map(Some);
    }
    args.secret_file.as_deref().map(|path| of_file("--secret-file", path)).transpose()
}

/// The secret in the file of a flag.
pub(crate) fn of_file(flag: &'static str, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let file = File::open(path).map_err(|error| input::unreadable(flag, &error))?;
    line(&read_small(flag, file)?)
}

fn line(text: &str) -> Result<Zeroizing<String>, Failure> {
    let secret = text.strip_suffix('\n').unwrap_or(text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() || secret.contains('\n') {
        return Err(Failure::failed("the secret must be one line that is not empty"));
    }
    Ok(Zeroizing::new(secret.to_owned()))
}
