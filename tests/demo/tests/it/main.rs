//! Runs the demo of four machines for seconds.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use grantmint_redis::Folder;

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_fleet_lets_everybody_in_on_a_server() {
    let run = show(Folder::new().path(), "4").output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let row = |name: &str| {
        let row = said.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        row.split_whitespace().map(|cell| cell.parse().unwrap()).collect::<Vec<u32>>()
    };
    assert_eq!(row("viewers asked"), [1280, 1280]);
    assert_eq!((row("let in by the player")[1], row("calls upstream")[1]), (1280, 10));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn however_it_ends_nothing_is_left_of_what_runs_on_a_server() {
    // As by Ctrl-C, which all processes get, and as by a kill, which one gets.
    for (signal, whom) in [("INT", "-"), ("KILL", "")] {
        let folder = Folder::new();
        let mut child = show(folder.path(), "60").spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(said.next().unwrap().unwrap().starts_with("4 machines"));
        let start = Instant::now();
        while running(folder.path()) < 60 {
            assert!(start.elapsed() < Duration::from_secs(20), "its processes do not come up");
        }
        send(signal, whom, &child);
        child.wait().unwrap();
        while running(folder.path()) > 0 || fs::read_dir(folder.path()).unwrap().count() > 0 {
            assert!(start.elapsed() < Duration::from_secs(40), "something is left after {signal}");
        }
    }
}

/// The demo, as a group of processes whose files are in a folder.
fn show(folder: &Path, seconds: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantmint-demo"));
    command.args(["--machines", seconds, "--streams", "10"]).env("TMPDIR", folder);
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How many processes have their files in a folder.
fn running(folder: &Path) -> usize {
    let theirs = format!("TMPDIR={}", folder.display());
    let is_theirs = |path: &Path| {
        let variables = fs::read(path.join("environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|variable| variable == theirs.as_bytes())
    };
    fs::read_dir("/proc").unwrap().flatten().filter(|entry| is_theirs(&entry.path())).count()
}

fn send(signal: &str, whom: &str, child: &Child) {
    let process = format!("{whom}{}", child.id());
    let sent = Command::new("kill").args(["-s", signal, "--", &process]).status();
    assert!(sent.unwrap().success(), "no signal {signal}");
}
