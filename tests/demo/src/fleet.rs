//! The same show with an audience spread over processes, as a fleet: this program starts itself once for each.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs, process};

use grantmint_core::{ApiKey, Fleet, PlaybackMinter};
use grantmint_emulator::{DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use crate::{ORIGIN, Show};

const PROCESSES: usize = 8;
/// By this first argument a process knows that it is one of them.
pub(crate) const MEMBER: &str = "--member";

/// Lets the audience in through eight processes, and says how often they called upstream together; whether that was once
/// for each stream, and everybody was let in.
pub(crate) fn let_in(show: &Show, emulator: &Emulator) -> Result<bool, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("grantmint-demo-{}", process::id()));
    let viewers = show.viewers / PROCESSES;
    let streams = show.streamers.len();
    let start = || -> Result<Child, Box<dyn Error>> {
        let mut command = Command::new(env::current_exe()?);
        command.args([MEMBER, emulator.base_url()]).arg(&folder);
        command.args([viewers.to_string(), streams.to_string()]);
        Ok(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?)
    };
    let mut members = (0..PROCESSES).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    // All begin together.
    for member in &mut members {
        drop(member.stdin.take());
    }
    let mut tokens = 0;
    for mut member in members {
        let mut said = String::new();
        member.stdout.take().ok_or("a process says nothing")?.read_to_string(&mut said)?;
        let played = said.lines().filter(|jwt| emulator.play(jwt, Some(ORIGIN)).is_ok());
        tokens += if member.wait()?.success() { played.count() } else { 0 };
    }
    let _ = fs::remove_dir_all(&folder);
    let calls = emulator.counters().requests;
    println!(
        "{PROCESSES} processes of one fleet: {tokens} of {} viewers let in with {calls} calls upstream, one for each of \
         {streams} streams",
        viewers * PROCESSES
    );
    Ok(tokens == viewers * PROCESSES && calls == streams as u64)
}

/// What one of the processes does: prints a token for each of its viewers.
pub(crate) fn member(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let mut next = || arguments.next().ok_or("a member is told four things");
    let (base_url, folder) = (next()?, next()?);
    let (viewers, streams): (usize, usize) = (next()?.parse()?, next()?.parse()?);
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
    let live = PlaybackMinter::builder(&key)
        .base_url(base_url)
        .allow_origin(ORIGIN)
        .fleet(Fleet::host_at(Path::new(&folder))?)
        .build()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let mut out = std::io::stdout().lock();
    for viewer in 0..viewers {
        let streamer = format!("VJ{:032x}", viewer % streams + 1);
        let jwt = live.token(&streamer, &format!("viewer-{}-{viewer}", process::id()))?.jwt;
        writeln!(out, "{jwt}")?;
    }
    Ok(())
}
