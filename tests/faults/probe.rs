//! Asks for one token and prints what the caller sees: a code, the milliseconds that it took, and the
//! milliseconds after which to come back.

use std::env;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, PlaybackMinter, Result};

fn main() -> Result<()> {
    let mut builder = PlaybackMinter::builder(&ApiKey::from_env()?);
    if let Ok(url) = env::var("GRANTMINT_BASE_URL") {
        builder = builder.base_url(url);
    }
    if let Ok(file) = env::var("GRANTMINT_CA_FILE") {
        builder = builder.ca_file(file);
    }
    let live = builder.build()?;
    let start = Instant::now();
    let result = live.token("VJ00000000000000000000000000000001", "alice");
    let took = start.elapsed().as_millis();
    let (code, wait) = match &result {
        Ok(_) => ("ok", None),
        Err(error) => (error.kind().code(), error.retry_after()),
    };
    let wait = wait.unwrap_or(Duration::ZERO).as_millis();
    let _ = writeln!(io::stdout(), "{code} {took} {wait}");
    Ok(())
}
