//! No secret is taken from the command line, and none is in any output.

use clap_flags::every_flag;

use crate::support::{ACCOUNT, Folder, KEY, Run, grantmint, run, run_on, with_key};

const MARK: &str = "hunter2hunter2hunter2hunter2hunt";

fn has_mark(run: &Run) -> bool {
    run.out.contains(MARK) || run.err.contains(MARK)
}

/// The commands and the flags that each of them has, as its help lists them.
mod clap_flags {
    use crate::support::{grantmint, run, words};

    pub(super) const COMMANDS: [&str; 12] = [
        "token video",
        "token voice",
        "token chat",
        "token sync",
        "token taskrouter",
        "token playback",
        "token custom",
        "inspect",
        "grant",
        "check",
        "fleet check",
        "completions",
    ];

    /// Each command with each of its flags.
    pub(super) fn every_flag() -> Vec<(&'static str, String)> {
        let of = |command: &'static str| {
            let help = run(&mut grantmint(words(&format!("{command} --help")))).good();
            let flags = help.split_whitespace().filter(|word| word.starts_with('-'));
            let bare =
                |flag: &str| flag.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).to_owned();
            flags
                .map(bare)
                .filter(|flag| flag.len() > 1)
                .map(|flag| (command, flag))
                .collect::<Vec<_>>()
        };
        COMMANDS.into_iter().flat_map(of).collect()
    }
}

#[test]
fn a_secret_under_any_flag_is_not_repeated() {
    let flags = every_flag();
    assert!(flags.len() > 150, "{}", flags.len());
    for (command, flag) in flags {
        for arg in [format!("{flag}={MARK}"), flag.clone()] {
            let mut args: Vec<&str> = command.split(' ').collect();
            args.extend([arg.as_str(), MARK, "--identity", "alice"]);
            let run = run(&mut with_key(&args));
            assert!(!has_mark(&run), "{args:?}: {run:?}");
            assert_ne!(run.code, 101, "{args:?}: {run:?}");
        }
    }
}

#[test]
fn a_secret_as_an_argument_is_not_repeated() {
    for command in clap_flags::COMMANDS {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.push(MARK);
        let run = run(&mut with_key(&args));
        assert!(!has_mark(&run) && run.code != 0, "{args:?}: {run:?}");
    }
    for args in [&[MARK][..], &["token", MARK], &[MARK, MARK], &["--", MARK], &["token:", MARK]] {
        let run = run(&mut with_key(args));
        assert_eq!((run.code, has_mark(&run)), (2, false), "{args:?}: {run:?}");
    }
    let named = format!("token:{MARK}");
    assert!(!has_mark(&run(&mut with_key([named.as_str()]))));
}

#[test]
fn flags_for_a_secret_are_refused_wherever_they_stand() {
    let line = |flag: &str| {
        format!(
            "{flag}: not a flag, on purpose: every user of this machine can read it (ps), your shell \
             keeps it. Use TWILIO_API_SECRET, --env-file or --secret-stdin."
        )
    };
    for flag in ["--secret", "--api-secret", "--api-key-secret", "--auth-token"] {
        let joined = format!("{flag}={MARK}");
        for args in [
            &["token", "video", "--identity", "a", flag, MARK][..],
            &["token", "video", &joined, "--identity", "a"],
            &[&joined, "token", "video"],
        ] {
            assert_eq!(run(&mut with_key(args)).failed(), (2, line(flag)), "{args:?}");
        }
    }
    for short in [format!("-S{MARK}"), format!("-S={MARK}"), "-S".to_owned()] {
        let args = ["token", "video", "--identity", "a", &short];
        assert_eq!(run(&mut with_key(args)).failed(), (2, line("-S")));
    }
    let help = run(&mut grantmint(["token", "video", "--help"])).good();
    assert!(!help.contains("--secret ") && !help.contains("--auth-token"), "{help}");
}

#[test]
fn the_secret_itself_is_in_no_output() {
    let folder = Folder::new();
    let text =
        format!("TWILIO_ACCOUNT_SID={ACCOUNT}\nTWILIO_API_KEY={KEY}\nTWILIO_API_SECRET={MARK}\n");
    let file = folder.file("env", &text);
    let file = file.to_str().unwrap();
    let streamer = crate::support::STREAMER;
    for line in [
        "token video --identity a -l debug",
        "token video --identity a --ttl 0 -l debug",
        "token video --identity a -o json -l debug",
        &format!(
            "token playback {streamer} --identity a --base-url http://127.0.0.1:1 --no-fleet -l debug"
        ),
        &format!("grant {streamer} --base-url http://127.0.0.1:1 -l debug"),
        &format!("grant {streamer} --curl"),
        "inspect eyJh.eyJq.c2ln -l debug",
        "inspect eyJh.eyJq.c2ln -o json",
        "check -l debug",
        "check -l debug --base-url http://127.0.0.1:1",
    ] {
        let args = line.split(' ').chain(["--env-file", file]);
        let run = run(&mut grantmint(args));
        assert!(!has_mark(&run), "{line}: {run:?}");
    }
    for name in ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY"] {
        // The secret in another's place.
        let run = run(with_key(["token", "video", "--identity", "a"]).env(name, MARK));
        assert_eq!((run.code, has_mark(&run)), (1, false), "{run:?}");
    }
    let twice =
        run_on(&mut with_key(["token", "video", "--identity", "a", "--secret-stdin"]), MARK);
    assert!(!has_mark(&twice), "{twice:?}");
}
