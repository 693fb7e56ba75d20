//! All of this in a browser.

use crate::args::PageArgs;
use crate::credentials::api_key;
use crate::exit::{Exit, Failure};

/// Runs until Ctrl-C.
pub(crate) fn run(args: &PageArgs) -> Result<Exit, Failure> {
    let _key = api_key(&args.credentials)?;
    Ok(Exit::Good)
}
