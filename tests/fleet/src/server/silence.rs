//! Upstream takes calls and never answers, from the start. Each process asks the server itself, which is the worst
//! for the server: behind folders there would be one for each machine.

use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, Fleet, PlaybackMinter, TokenOptions};
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};
use grantmint_emulator::{Fault, FaultKind};
use grantmint_redis::Redis;

use super::Failure;
use super::info::Info;
use super::member::{Member, wait};
use crate::finding::{Finding, at_most, figure};

const PROCESSES: usize = 200;
const STREAMS: u32 = 50;
const TIME: Duration = Duration::from_secs(60);
/// Each stream of each process has a caller so often.
const EVERY: Duration = Duration::from_secs(2);
/// All of them share a few processors here, so that the server may be answered late, too.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn judge() -> Result<Vec<Finding>, Failure> {
    let emulator = Emulator::start(Config { rate: 0.0, ..Config::default() })?;
    emulator.set_faults(vec![Fault::new(FaultKind::Stall { ms: None })])?;
    let redis = Redis::plain();
    let url = format!("redis://127.0.0.1:{}", redis.port());
    let arguments = [emulator.base_url().to_owned(), url];
    let start = |_| Member::start("silence", &arguments);
    let mut members = (0..PROCESSES).map(start).collect::<Result<Vec<_>, _>>()?;
    let (before, begun) = (Info::of(&redis)?, Instant::now());
    for member in &mut members {
        member.go()?;
    }
    thread::sleep(TIME);
    let (after, seconds) = (Info::of(&redis)?, begun.elapsed().as_secs_f64());
    let calls = emulator.counters().requests as f64;
    drop(members);
    let processor = 100.0 * (after.processor - before.processor) / seconds;
    let questions = (after.questions - before.questions) / seconds;
    Ok(vec![
        at_most("% of one processor that the server took", processor, 20.0, "<= 20"),
        at_most("calls per stream and second", calls / f64::from(STREAMS) / seconds, 1.0, "<= 1"),
        figure("questions a second", questions),
        figure("questions of each process a second", questions / PROCESSES as f64),
        figure("calls", calls),
    ])
}

/// `BASE_URL REDIS`.
pub(super) fn member(arguments: &[String]) -> Result<(), Failure> {
    let [base_url, redis] = arguments else { return Err("a member is told two things".into()) };
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
    let fleet = Fleet::redis(redis)?.without_host()?.timeout(PATIENCE)?;
    let live = PlaybackMinter::builder(&key).base_url(base_url).fleet(fleet).build()?;
    wait()?;
    let (start, mut random) = (Instant::now(), fastrand::Rng::new());
    let first = random.f64();
    for call in 0_u32.. {
        let at = (EVERY / STREAMS).mul_f64(f64::from(call) + first);
        thread::sleep(at.saturating_sub(start.elapsed()));
        let stream = format!("VJ{:032x}", random.u32(..STREAMS));
        drop(live.token_then(&stream, "alice", TokenOptions::new(), drop));
    }
    Ok(())
}
