// What the examples of playback minters have: a minter whose source needs no network, and a stream.
// Each includes this file as a module.

use std::time::Duration;

use grantmint_core::{ApiKey, Fetched, GrantRequest, GrantSource, PlaybackMinter, Result};

struct Source;

impl GrantSource for Source {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        Fetched::new(r#"{"playbackUrl":"https://example.com/"}"#)
    }
}

pub fn live() -> Result<(PlaybackMinter, &'static str)> {
    let key = ApiKey::new(
        "AC00000000000000000000000000000001",
        "SK00000000000000000000000000000002",
        "the secret shown once in the console",
    )?;
    let live = PlaybackMinter::builder(&key).source(Source).build()?;
    Ok((live, "VJ00000000000000000000000000000001"))
}
