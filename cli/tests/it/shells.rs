//! Completions as the shells themselves take them. A shell that this machine lacks is noted by the Makefile.

use std::fs;
use std::process::Command;

use crate::support::{Folder, grantmint, has, run};

/// Writes the completions of a shell into a folder under the name that the shell looks for.
fn written(folder: &Folder, shell: &str, name: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, run(&mut grantmint(["completions", shell])).good()).unwrap();
    path.display().to_string()
}

fn said(program: &str, args: &[&str]) -> String {
    run(Command::new(program).args(args).env("TERM", "dumb")).out
}

/// What each shell offers for a command line that is begun.
fn offers(offered: impl Fn(&str) -> String) {
    for (line, expected) in [
        ("grantmint tok", "token"),
        ("grantmint token vid", "video"),
        ("grantmint token chat --chat-s", "--chat-service-sid"),
        ("grantmint fleet ch", "check"),
        ("grantmint token video -o col", "columns"),
    ] {
        let offered = offered(line);
        assert!(offered.contains(expected), "{line}: {offered}");
    }
}

#[test]
fn bash_completes() {
    let folder = Folder::new();
    let file = written(&folder, "bash", "grantmint");
    offers(|line| {
        let script = format!(
            "source {file}; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _grantmint grantmint \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
             echo \"${{COMPREPLY[@]}}\""
        );
        said("bash", &["--norc", "-c", &script])
    });
}

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    let folder = Folder::new();
    written(&folder, "zsh", "_grantmint");
    let functions = folder.path().display();
    offers(|line| {
        // A shell in a terminal of its own, into which a Tab is typed; then all of the line is shown.
        let script = format!(
            "zmodload zsh/zpty; zpty z zsh -f -i; \
             zpty -w z 'unsetopt beep prompt_cr prompt_sp; PROMPT=rea''dy; fpath=({functions} $fpath); autoload -U compinit; \
             compinit -u -D; bindkey -e; zstyle \":completion:*\" menu no'; \
             zpty -r -m z seen '*compinit*ready*'; zpty -w -n z $'{line}\\t'; zpty -w z ' # do''ne'; \
             zpty -r -m z seen '*done*'; print -r -- \"$seen\""
        );
        said("zsh", &["-f", "-c", &script])
    });
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    let folder = Folder::new();
    let file = written(&folder, "fish", "grantmint.fish");
    offers(|line| {
        said("fish", &["--no-config", "-c", &format!("source {file}; complete -C '{line}'")])
    });
}
