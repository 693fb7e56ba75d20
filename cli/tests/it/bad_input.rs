//! What is wrong is said in one line, with the right exit code, and nothing on stdout.

use crate::support::{ACCOUNT, KEY, grantmint, run, with_key, words};

#[test]
fn a_bad_command_line() {
    for (line, code, expected) in [
        ("", 2, "a command is missing; --help lists them"),
        ("token", 2, "a command is missing; --help lists them"),
        ("mint", 2, "unknown command; --help lists them"),
        (
            "token hologram --identity a",
            2,
            "unknown kind of token; there are video, voice, chat, sync, taskrouter, playback and custom",
        ),
        ("token video", 2, "missing: --identity"),
        ("token playback --identity a", 2, "missing: VJ…"),
        ("token chat", 2, "missing: --chat-service-sid, --identity"),
        ("token video --identity", 2, "--identity needs a value"),
        ("token video --identity a -o", 2, "--output needs a value"),
        (
            "token video --identity a b",
            2,
            "argument 5 is none of this command's; --help lists them",
        ),
        (
            "token video --identity a --x=b",
            2,
            "argument 5 is none of this command's; --help lists them",
        ),
        (
            "token video --identity a --worker-sid b",
            2,
            "--worker-sid is no flag of this command; --help lists them",
        ),
        ("token video --identity a --identity b", 2, "--identity is there more than once"),
        (
            "token video --identity a --identities f",
            2,
            "--identity and --identities exclude each other",
        ),
        (
            "token video --identity a --count 2",
            2,
            "--count: all tokens would be the same; put {n} into --identity, or add --unique",
        ),
        (
            "token video --identities - --secret-stdin",
            2,
            "--identities - and --secret-stdin both read stdin: use --secret-file",
        ),
        (
            "token video --identity a --skip-bad",
            2,
            "--skip-bad: has no effect without --identities",
        ),
        (
            "token video --identity a --from-line 2",
            2,
            "--from-line: has no effect without --identities or --count",
        ),
        ("completions tcsh", 1, "SHELL must be one of bash, zsh, fish, powershell"),
    ] {
        assert_eq!(run(&mut with_key(words(line))).failed(), (code, expected.to_owned()), "{line}");
    }
}

#[test]
fn a_bad_value() {
    let long = "x".repeat(513);
    for (line, expected) in [
        ("--identity a --ttl 25h", "--ttl must be 1 to 86,400 seconds, not 90000"),
        ("--identity a --ttl 0", "--ttl must be 1 to 86,400 seconds, not 0"),
        (
            "--identity a --ttl -5",
            "--ttl must be 1 to 86,400 seconds, such as 3600, 90m, 4h or 1h10m",
        ),
        (
            "--identity a --nbf tomorrow",
            "--nbf must be Unix seconds, a time from now such as +5m, or 2030-01-31T12:00:00Z",
        ),
        (
            "--identity a --with hologram:a=1",
            "--with: unknown grant; there are video, voice, chat, sync, taskrouter and custom",
        ),
        (
            "--identity a --with chat:room=1",
            "--with chat: unknown field; there are: service_sid, endpoint_id, deployment_role_sid, push_credential_sid",
        ),
        ("--identity a --with chat:service_sid", "--with chat: each field must be NAME=VALUE"),
        (
            "--identity a --with sync:endpoint_id=a,endpoint_id=b",
            "--with sync: endpoint_id is there twice",
        ),
        (
            "--identity a --with voice:incoming_allow=1",
            "--with voice: incoming_allow must be true or false",
        ),
        (
            "--identity a --with chat:service_sid=IS1",
            "--with chat.service_sid must be IS followed by 32 hexadecimal digits",
        ),
        ("--identity a --with video", "a token holds one grant of each kind: one is there twice"),
        (
            "--identity a --with custom:a={",
            "--with custom: what stands behind = must be JSON, at most 64 KiB",
        ),
        ("--identity a --region EU", "--region must be a name such as us1, ie1 or au1"),
        (&format!("--identity {long}"), "--identity is over 512 bytes"),
        (
            &format!("--identity {}", &long[..129]),
            "--identity is over 128 characters, the most with a video grant",
        ),
        (
            &format!("--identity a --room-name {}", &long[..129]),
            "--room-name is over 128 characters",
        ),
        ("--identity a -o yaml", "--output must be one of columns, json, tsv, jsonl, none"),
        ("--identity a{n} --count 0", "--count must be a whole number above 0"),
    ] {
        let line = format!("token video {line}");
        assert_eq!(run(&mut with_key(words(&line))).failed(), (1, expected.to_owned()), "{line}");
    }
}

#[test]
fn an_empty_value_is_refused_rather_than_left_out() {
    for (args, expected) in [
        (["token", "video", "--identity", ""].as_slice(), "--identity must not be empty"),
        (&["token", "video", "--identity=a", "--room-name="], "--room-name must not be empty"),
        (
            &["token", "chat", "--identity=a", "--chat-service-sid="],
            "--chat-service-sid must not be empty",
        ),
    ] {
        assert_eq!(run(&mut with_key(args)).failed(), (1, expected.to_owned()));
    }
}

#[test]
fn swapped_sids() {
    let mut swapped = with_key(words("token video --identity a"));
    swapped.env("TWILIO_ACCOUNT_SID", KEY).env("TWILIO_API_KEY", ACCOUNT);
    let line =
        "TWILIO_ACCOUNT_SID starts with SK: that is an API key's SID; are the arguments swapped?";
    assert_eq!(run(&mut swapped).failed(), (1, line.to_owned()));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let args = [OsStr::new("token"), OsStr::new("video"), OsStr::from_bytes(b"--identity=\xff")];
    assert_eq!(run(&mut grantmint(args)).failed(), (2, "an argument is not UTF-8".to_owned()));
}
