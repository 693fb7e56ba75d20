//! The sessions of docs/cli.md and of the README, run in one shell from the first to the last.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use grantmint_emulator::{Config, DEMO_SECRET, Emulator};

use crate::support::{Folder, has, run};

/// What the page calls the emulator.
const URL: &str = "http://127.0.0.1:8900";
const END: &str = "--- the end of this one";
/// What stands for any text within a line.
const ANY: char = '…';

/// A command, and what it says.
#[derive(Clone)]
struct Step {
    command: String,
    expected: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { command: command.into(), expected: vec![] })
                }
                (None, Some(step)) => step.expected.push(line.to_owned()),
                (None, None) => panic!("what says {line}?"),
            }
        }
    }
    // A machine need not have it.
    steps.retain(|step| has("jq") || !step.command.contains("jq "));
    steps
}

/// Programs that keep secrets, as the page uses them.
fn keyrings(folder: &Folder) {
    let env = "TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001\n\
               TWILIO_API_KEY=SK00000000000000000000000000000002\nTWILIO_API_SECRET=a secret of thirty-two characters";
    for (name, says) in [("secret-tool", DEMO_SECRET), ("pass", env)] {
        let path = folder.file(name, &format!("#!/bin/sh\ncat <<'EOF'\n{says}\nEOF\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

fn is_like(line: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once(ANY) else { return line == pattern };
    let Some(mut line) = line.strip_prefix(head) else { return false };
    let (middle, tail) = rest.rsplit_once(ANY).unwrap_or(("", rest));
    for part in middle.split(ANY) {
        let Some(start) = line.find(part) else { return false };
        line = &line[start + part.len()..];
    }
    line.ends_with(tail)
}

#[test]
fn the_sessions_of_the_pages_are_as_they_say() {
    let emulator = Emulator::start(Config::default()).unwrap();
    let folder = Folder::new();
    keyrings(&folder);
    let page = |path: &str| {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
        fs::read_to_string(page).unwrap().replace(URL, emulator.base_url())
    };
    // The first has the key that the second takes for granted.
    let steps = [steps(&page("docs/cli.md")), steps(&page("README.md"))].concat();
    assert!(steps.len() > 20, "{}", steps.len());
    let script: String =
        steps.iter().map(|step| format!("{{ {}\n}} 2>&1\necho '{END}'\n", step.command)).collect();
    let program = Path::new(env!("CARGO_BIN_EXE_grantmint")).parent().unwrap().display();
    let path = format!("{program}:{}:/usr/local/bin:/usr/bin:/bin", folder.path().display());
    let mut shell = Command::new("bash");
    shell.args(["--norc", "-c", &script]).current_dir(folder.path()).env_clear();
    shell.env("PATH", path).env("HOME", folder.path()).env("XDG_RUNTIME_DIR", folder.path());
    let run = run(&mut shell);
    let end = format!("{END}\n");
    let mut said = run.out.split(&end);
    for Step { command, expected } in &steps {
        let lines: Vec<&str> = said.next().unwrap().lines().collect();
        let is_so = lines.len() == expected.len()
            && lines.iter().zip(expected).all(|(line, pattern)| is_like(line, pattern));
        assert!(
            is_so,
            "$ {command}\n{}\nThe page says:\n{}",
            lines.join("\n"),
            expected.join("\n")
        );
    }
}

#[test]
fn a_pattern_is_the_line_but_for_what_is_left_out() {
    for (line, pattern, expected) in [
        ("eyJabc", "eyJ…", true),
        ("a 5 b", "a … b", true),
        ("a 5 bc", "a … b", false),
        ("abc", "abc", true),
        ("abcd", "abc", false),
        ("xeyJ", "eyJ…", false),
        ("key SK…0000 x", "key SK…0000 x", true),
    ] {
        assert_eq!(is_like(line, pattern), expected, "{line} {pattern}");
    }
}
