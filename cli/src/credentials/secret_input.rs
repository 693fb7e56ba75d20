//! The secret alone, from stdin or a file.

use std::fs::File;
use std::io;

use zeroize::Zeroizing;

use crate::args::CredentialArgs;
use crate::exit::Failure;
use crate::input::{self, read_small};

/// The secret, if a flag brings it, without the line's end.
pub(super) fn read(args: &CredentialArgs) -> Result<Option<Zeroizing<String>>, Failure> {
    let text = if args.secret_stdin {
        read_small("--secret-stdin", io::stdin().lock())?
    } else if let Some(path) = &args.secret_file {
        let file = File::open(path).map_err(|error| input::unreadable("--secret-file", &error))?;
        read_small("--secret-file", file)?
    } else {
        return Ok(None);
    };
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() || secret.contains('\n') {
        return Err(Failure::failed("the secret must be one line that is not empty"));
    }
    Ok(Some(Zeroizing::new(secret.to_owned())))
}
