//! Many tokens in one run.

use grantmint_core::decode;
use serde_json::Value;

use crate::support::{Folder, Run, run, run_on, verified, with_key, words};

fn identities(tokens: &str) -> Vec<String> {
    let identity = |token: &str| decode(token).unwrap().identity().unwrap().to_owned();
    tokens.lines().map(identity).collect()
}

/// Tokens for what is on stdin.
fn minted(flags: &str, input: impl Into<Vec<u8>>) -> Run {
    let line = format!("token video --identities - {flags}");
    run_on(&mut with_key(words(&line)), input)
}

#[test]
fn a_token_a_line_in_order() {
    let many: Vec<String> = (0..50_000).map(|number| format!("user {number}")).collect();
    let out = minted("", many.join("\n")).good();
    verified(out.lines().next().unwrap());
    assert_eq!(identities(&out), many);
    assert_eq!(minted("", "").good(), "");
}

#[test]
fn a_file_of_windows() {
    let folder = Folder::new();
    let file = folder.file("names", "\u{feff}alice\r\nbob\r\nÅsa");
    let line = format!("token video --identities {}", file.display());
    assert_eq!(identities(&run(&mut with_key(words(&line))).good()), ["alice", "bob", "Åsa"]);
    let line = "token video --identities /nonexistent";
    let expected = "--identities: cannot be read: entity not found";
    assert_eq!(run(&mut with_key(words(line))).failed(), (1, expected.to_owned()));
}

#[test]
fn numbers_count() {
    let counted = |flags: &str| run(&mut with_key(words(&format!("token video {flags}")))).good();
    let out = counted("--identity user-{n}-{n} --count 3");
    assert_eq!(identities(&out), ["user-1-1", "user-2-2", "user-3-3"]);
    let out = counted("--identity u{n} --count 12 --from-line 11");
    assert_eq!(identities(&out), ["u11", "u12"]);
    assert_eq!(counted("--identity u{n} --count 3 --from-line 9"), "");
    let out = counted("--identity same --count 3 --unique");
    let jti = |token: &str| decode(token).unwrap().jti().unwrap().to_owned();
    let mut unique: Vec<String> = out.lines().map(jti).collect();
    unique.dedup();
    assert_eq!(unique.len(), 3);
    // A brace is a name's like any other where nothing is counted.
    assert_eq!(identities(&counted("--identity u{n}")), ["u{n}"]);
}

#[test]
fn a_bad_line_says_where_to_go_on() {
    let long = "x".repeat(5000);
    for (bad, what) in [
        (b"".to_vec(), "must not be empty"),
        (b"\xff".to_vec(), "is not UTF-8"),
        (vec![b'x'; 600], "is over 512 bytes"),
        (long.into_bytes(), "is over 4 KiB"),
    ] {
        let input = [b"a\nb\n", &bad[..], b"\nd\n"].concat();
        let run = minted("", input.clone());
        let line = format!(
            "grantmint: line 3: the identity {what}. 2 tokens written; mend it, then --from-line 3\n"
        );
        assert_eq!((run.code, run.err), (1, line));
        assert_eq!(identities(&run.out), ["a", "b"]);

        let skipped = minted("--skip-bad", input.clone());
        let line = format!(
            "grantmint: warning: line 3: the identity {what}; skipped\n\
             grantmint: warning: tokens written: 3, lines skipped: 1\n"
        );
        assert_eq!((skipped.code, skipped.err), (0, line));
        assert_eq!(identities(&skipped.out), ["a", "b", "d"]);

        assert_eq!(identities(&minted("--from-line 4", input).good()), ["d"]);
    }
}

#[test]
fn ten_megabytes_without_a_line_break() {
    let run = minted("", vec![b'x'; 10 << 20]);
    let line = "line 1: the identity is over 4 KiB. 0 tokens written; mend it, then --from-line 1";
    assert_eq!(run.failed(), (1, line.to_owned()));
    let line = "the secret must be one line that is not empty";
    let mut alone = with_key(words("token video --identity a --secret-stdin"));
    alone.env_remove("TWILIO_API_SECRET");
    assert_eq!(run_on(&mut alone, vec![b'\n'; 200_000]).failed(), (1, line.to_owned()));
    let line = "--secret-stdin: is over 256 KiB";
    assert_eq!(run_on(&mut alone, vec![b'x'; 10 << 20]).failed(), (1, line.to_owned()));
}

#[test]
fn no_more_than_ten_bad_lines_are_named() {
    let run = minted("--skip-bad", "\n".repeat(1000));
    assert_eq!((run.code, run.err.lines().count()), (0, 11));
    assert!(run.err.ends_with("tokens written: 0, lines skipped: 1000\n"), "{}", run.err);
}

#[test]
fn what_is_written_is_whole_in_every_layout() {
    let run = minted("-o json", "a\nb\n\n");
    assert_eq!(run.code, 1);
    let parsed: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(parsed.as_array().unwrap().len(), 2);
    assert_eq!(minted("-o json", "").good(), "[]\n");
    let lines = minted("-o jsonl", "a \"b\"\nå\n").good();
    let identity = |line: &str| serde_json::from_str::<Value>(line).unwrap()["identity"].clone();
    assert_eq!(lines.lines().map(identity).collect::<Vec<_>>(), ["a \"b\"", "å"]);
}
