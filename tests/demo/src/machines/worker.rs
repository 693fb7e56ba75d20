//! One of the processes: viewers come to it, and it prints what it tells each of them, and after how long.

use std::io::{BufRead as _, Read as _, Write as _, stdin, stdout};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use std::{process, thread};

use grantmint_core::{ApiKey, Fleet, PlaybackMinter, PlaybackToken, TokenOptions};
use grantmint_emulator::{DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET};

use super::Failure;
use crate::ORIGIN;

/// By this first argument a process knows that it is one of them.
pub(crate) const WORKER: &str = "--worker";
const VIEWERS_PER_SECOND: u32 = 10;
/// All of them share a few processors here, so that the server may be answered late, too.
const PATIENCE: Duration = Duration::from_secs(2);

/// `BASE_URL STREAMS SECONDS NUMBER [REDIS FOLDER]`.
pub(crate) fn work(mut arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut next = || arguments.next().ok_or("a worker is told four things");
    let base_url = next()?;
    let (streams, seconds, number): (u32, u32, u32) =
        (next()?.parse()?, next()?.parse()?, next()?.parse()?);
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
    let mut live = PlaybackMinter::builder(&key).base_url(base_url).allow_origin(ORIGIN);
    if let (Some(redis), Some(folder)) = (arguments.next(), arguments.next()) {
        live = live.fleet(Fleet::redis(&redis)?.host_path(folder)?.timeout(PATIENCE)?);
    }
    let live = live.build()?;
    stdin().lock().read_line(&mut String::new())?;
    thread::spawn(|| {
        let _ = stdin().lock().read_to_end(&mut Vec::new());
        process::exit(1);
    });
    let (told, tells) = channel();
    thread::spawn(move || come(&live, streams, seconds * VIEWERS_PER_SECOND, number, &told));
    let mut out = stdout().lock();
    // Until the last of them has been told something.
    for line in tells {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Viewers come one after the other, whatever became of those before.
fn come(live: &PlaybackMinter, streams: u32, viewers: u32, number: u32, told: &Sender<String>) {
    let start = Instant::now();
    for viewer in 0..viewers {
        let at = Duration::from_secs(1) / VIEWERS_PER_SECOND * viewer;
        thread::sleep(at.saturating_sub(start.elapsed()));
        // All streams in turn, at each process in another order.
        let stream = (viewer * 37 + number * 13) % streams + 1;
        let (asked, told) = (Instant::now(), told.clone());
        let tell = move |result: grantmint_core::Result<PlaybackToken>| {
            let wait = asked.elapsed().as_micros();
            let said = match result {
                Ok(token) => token.jwt,
                Err(error) => error.code().to_owned(),
            };
            let _ = told.send(format!("{said} {wait}"));
        };
        let identity = format!("viewer-{}-{viewer}", process::id());
        drop(live.token_then(&format!("VJ{stream:032x}"), &identity, TokenOptions::new(), tell));
    }
}
