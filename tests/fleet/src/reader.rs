//! Reads streams until its input ends, as one process of a fleet; then prints a line of JSON about itself. The
//! environment says which streams, which fleet if any, and which upstream.

#![allow(clippy::print_stdout, reason = "this program talks to the one that starts it")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, stdin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, Fleet, PlaybackMinter};

const EVERY: Duration = Duration::from_millis(200);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let streams: usize = setting("READER_STREAMS")?.parse()?;
    let first_one: usize = std::env::var("READER_FIRST").unwrap_or_default().parse().unwrap_or(0);
    let live = minter()?;
    println!("ready");
    stdin().lock().lines().next().transpose()?;
    static ENDS: AtomicBool = AtomicBool::new(false);
    thread::spawn(|| {
        stdin().lock().lines().for_each(drop);
        ENDS.store(true, Ordering::Relaxed);
    });
    let start = Instant::now();
    let (mut reads, mut first, mut slowest) = (0_usize, Duration::ZERO, Duration::ZERO);
    let mut errors = BTreeSet::new();
    while !ENDS.load(Ordering::Relaxed) {
        for stream in 0..streams {
            let before = Instant::now();
            let stream = (first_one + stream) % streams;
            if let Err(error) = live.token(&format!("VJ{stream:032x}"), "alice") {
                errors.insert(error.code());
            }
            match reads {
                0 => first = before.elapsed(),
                // All but the first of each stream.
                _ if reads >= streams => slowest = slowest.max(before.elapsed()),
                _ => {}
            }
            reads += 1;
        }
        thread::sleep(EVERY);
    }
    let (first, slowest) = (first.as_secs_f64(), slowest.as_secs_f64());
    let age = start.elapsed().as_secs_f64();
    let fetches = live.stats()?.fetches;
    println!(
        "{{\"reads\": {reads}, \"first_s\": {first}, \"slowest_s\": {slowest}, \"age_s\": {age}, \
         \"fetches\": {fetches}, \"errors\": {errors:?}}}"
    );
    Ok(())
}

fn minter() -> Result<PlaybackMinter, Failure> {
    let [account, key, secret] =
        ["ACCOUNT_SID", "API_KEY", "API_SECRET"].map(|name| setting(&format!("TWILIO_{name}")));
    let key = ApiKey::new(&account?, &key?, &secret?)?;
    let builder = PlaybackMinter::builder(&key).base_url(setting("GRANTMINT_BASE_URL")?);
    Ok(match std::env::var("GRANTMINT_FLEET") {
        Ok(fleet) => builder.fleet(in_front(fleet.parse()?)?).build()?,
        Err(_) => builder.build()?,
    })
}

/// With the folder of the machine that this process stands for, if there are several.
#[cfg(feature = "redis")]
fn in_front(fleet: Fleet) -> Result<Fleet, Failure> {
    match std::env::var("READER_HOST") {
        Ok(path) => Ok(fleet.host_path(path)?.timeout(Duration::from_secs(2))?),
        Err(_) => Ok(fleet),
    }
}

#[cfg(not(feature = "redis"))]
#[allow(clippy::unnecessary_wraps, reason = "as with servers")]
fn in_front(fleet: Fleet) -> Result<Fleet, Failure> {
    Ok(fleet)
}

fn setting(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| format!("{name} is not set").into())
}
