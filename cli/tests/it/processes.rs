//! Pipes, signals and full disks: what other processes do to a run.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use grantmint_core::decode;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Run, run, with_key, words};

fn million() -> Command {
    with_key(words("token video --identity user-{n} --count 1000000"))
}

fn piped(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let mut child = piped(&mut million());
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(decode(line.trim_end()).unwrap().identity(), Some("user-1"));
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for line in [
        "token video --identity a",
        "token video --identity u{n} --count 100000",
        "token video --identity a -o json",
        "fleet check",
        "check",
        "man",
        "completions bash",
        "--help",
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let run = run(with_key(words(line)).stdout(full));
        let expected = "grantmint: stdout: cannot be written to: no storage space\n";
        assert_eq!((run.code, run.err.as_str()), (1, expected), "{line}");
    }
}

#[test]
fn ctrl_c_says_where_to_go_on() {
    let mut child = piped(&mut million());
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    interrupt(&child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    let written = 1 + rest.lines().count();
    assert!(written < 1_000_000 && rest.ends_with('\n'));
    let last = decode(rest.lines().last().unwrap()).unwrap();
    assert_eq!(last.identity(), Some(format!("user-{written}").as_str()));
    let line = format!(
        "grantmint: Ctrl-C: {written} tokens written; --from-line {} goes on\n",
        written + 1
    );
    assert_eq!((run.code, run.err), (130, line));
}

#[test]
fn ctrl_c_ends_a_run_that_waits_for_a_line() {
    let mut child = piped(&mut with_key(words("token video --identities -")));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"alice\n").unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut token = String::new();
    // Each token is there when its line is, as after `tail -f |`.
    stdout.read_line(&mut token).unwrap();
    assert_eq!(decode(token.trim_end()).unwrap().identity(), Some("alice"));
    stdin.write_all(b"bob\nca").unwrap();
    token.clear();
    stdout.read_line(&mut token).unwrap();
    assert_eq!(decode(token.trim_end()).unwrap().identity(), Some("bob"));
    interrupt(&child);
    let run = Run::from(child.wait_with_output().unwrap());
    let line = "grantmint: Ctrl-C: 2 tokens written; --from-line 3 goes on\n";
    assert_eq!((run.code, run.err.as_str()), (130, line));
    drop(stdin);
}

#[test]
fn stdin_is_read_only_when_a_flag_says_so() {
    // What reads the pipe of a `while read` loop ends the loop.
    let script = r#"printf 'a\nb\nc\n' | while read -r name; do "$0" token video --identity "$name" -o none && echo "$name"; done"#;
    let program = env!("CARGO_BIN_EXE_grantmint");
    let mut shell = Command::new("sh");
    let of_key = with_key([""; 0]);
    let variables = of_key.get_envs().filter_map(|(name, value)| Some((name, value?)));
    shell.args(["-c", script, program]).envs(variables);
    assert_eq!(run(&mut shell).good(), "a\nb\nc\n");
    // Nor is a pipe that nobody closes waited for.
    for line in ["token video --identity a -o none", "check -q", "fleet check --silent", "man"] {
        let mut child = piped(&mut with_key(words(line)));
        let stdin = child.stdin.take().unwrap();
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, 0, "{line}: {run:?}");
        drop(stdin);
    }
}

#[test]
fn a_pipe_that_does_not_block_gets_every_token() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    // As Node.js leaves the pipes that it has looked at.
    theirs.set_nonblocking(true).unwrap();
    let mut command = with_key(words("token video --identity user-{n} --count 20000"));
    let mut child = command.stdout(OwnedFd::from(theirs)).spawn().unwrap();
    // Else the end of the stream is never seen.
    drop(command);
    let mut tokens = String::new();
    ours.read_to_string(&mut tokens).unwrap();
    assert_eq!((child.wait().unwrap().code(), tokens.lines().count()), (Some(0), 20_000));
}

#[test]
fn who_ignores_ctrl_c_for_a_run_in_the_background_is_obeyed() {
    let mut shell = Command::new("sh");
    let of_key = with_key([""; 0]);
    shell.envs(of_key.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let script = r#"trap "" INT; exec "$0" token video --identities - -o jsonl"#;
    let mut child = piped(shell.args(["-c", script, env!("CARGO_BIN_EXE_grantmint")]));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    for name in ["alice", "bob"] {
        writeln!(stdin, "{name}").unwrap();
        line.clear();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains(name), "{line}");
        interrupt(&child);
    }
    drop(stdin);
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

/// No signal that it has no handler for ends the first process of a container.
#[cfg(target_os = "linux")]
#[test]
fn the_first_process_of_a_container_can_be_ended() {
    let contained: Vec<_> =
        words("unshare --user --map-root-user --pid --fork --kill-child").collect();
    let may_contain = Command::new(contained[0]).args(&contained[1..]).arg("true").output();
    if !may_contain.is_ok_and(|output| output.status.success()) {
        eprintln!("not tried: this system lets nobody make a container");
        return;
    }
    for (line, signal, code) in [
        ("emulator --port 0", Signal::SIGTERM, 143),
        ("emulator --port 0", Signal::SIGINT, 130),
        ("token video --identities -", Signal::SIGTERM, 143),
    ] {
        // One that cannot be ended is killed, which is another code.
        let mut command = Command::new("timeout");
        command.args(["--signal=KILL", "60"]).args(&contained);
        let of_key = with_key([""; 0]);
        command.envs(of_key.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut outer = piped(command.arg(env!("CARGO_BIN_EXE_grantmint")).args(words(line)));
        let mut stdin = outer.stdin.take().unwrap();
        stdin.write_all(b"alice\n").unwrap();
        let mut first = String::new();
        BufReader::new(outer.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "{line}");
        let inner = child_of(child_of(outer.id()));
        kill(Pid::from_raw(inner.try_into().unwrap()), signal).unwrap();
        assert_eq!(outer.wait().unwrap().code(), Some(code), "{line} {signal}");
        drop(stdin);
    }
}

/// The only child of a process that has one thread.
#[cfg(target_os = "linux")]
fn child_of(process: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    children.unwrap().trim().parse().unwrap()
}
