//! Asks for a token of each stream that it reads the number of, as a process of a fleet, and prints what the caller sees: a
//! code, and the milliseconds that it took. At the end it prints how fetches without a lease came about, what was not
//! taken over, the fleet's events, and what was wrong.

use std::env;
use std::io::{self, BufRead as _, Write as _};
use std::time::Instant;

use grantmint_core::{ApiKey, PlaybackMinter};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let live = PlaybackMinter::builder(&ApiKey::from_env()?)
        .base_url(env::var("GRANTMINT_BASE_URL")?)
        .fleet(env::var("GRANTMINT_FLEET")?.parse()?)
        .build()?;
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let start = Instant::now();
        let result = live.token(&format!("VJ{:0>32}", line?), "alice");
        let took = start.elapsed().as_millis();
        let code = result.as_ref().map_or_else(|error| error.kind().code(), |_| "ok");
        writeln!(out, "{code} {took}")?;
    }
    let fleet = live.stats()?.fleet.ok_or("no fleet")?;
    let events: Vec<_> = live.drain_events()?.iter().map(|event| event.kind.as_str()).collect();
    let events: Vec<_> = events.into_iter().filter(|kind| kind.starts_with("fleet_")).collect();
    writeln!(
        out,
        "{} {} {} {} {} [{}] {}",
        fleet.alone_failed,
        fleet.alone_nolease,
        fleet.alone_late,
        fleet.alone_rejected,
        fleet.rejected,
        events.join(","),
        fleet.trouble.unwrap_or_default(),
    )?;
    Ok(())
}
