//! What is in a token, and what is wrong with it.

use grantmint_core::{AccessToken, JwtMinter, TokenMinter, VideoGrant, VoiceGrant};
use serde_json::Value;

use crate::support::{ACCOUNT, Folder, KEY, Run, SECRET, grantmint, key, run, run_on, with_key};

const NOW: u64 = 1_900_000_000;

/// A token of that second for an hour.
fn token(identity: &str) -> String {
    let minter = TokenMinter::builder(&key()).grant(VideoGrant::new().room("DailyStandup"));
    minter.build().unwrap().mint_at(identity, NOW).unwrap()
}

fn inspected(token: &str, flags: &[&str]) -> Run {
    run(&mut with_key([&["inspect", token][..], flags].concat()))
}

fn at(seconds: u64) -> String {
    (NOW + seconds).to_string()
}

#[test]
fn a_good_token_an_expired_one_and_one_of_the_future() {
    let good = inspected(&token("alice"), &["--at", &at(60), "--room", "DailyStandup"]);
    let expected = "\
✓ 59 minutes left (until 2030-03-17 18:46:40 UTC); signature good, key SK…0002
  identity alice · account AC…0001 · HS256 · issued 60 seconds ago · for 1 h · video: room DailyStandup
  player refuses: there is no player grant · room DailyStandup admits · Voice refuses: there is no voice grant
";
    assert_eq!(good.good(), expected);

    let expired = inspected(&token("alice"), &["--at", &at(3780)]);
    let expected = "\
✗ expired 3 minutes ago (2030-03-17 18:46:40 UTC); signature good, key SK…0002
  identity alice · account AC…0001 · HS256 · issued 63 minutes ago · for 1 h · video: room DailyStandup
  error  /exp  the token expired 180 s ago: mint a new one; a client that reconnects is refused too   token_expired 203, Twilio 20104
  player refuses: the token has expired · room refuses: the token has expired · Voice refuses: the token has expired
";
    assert_eq!((expired.code, expired.out.as_str(), expired.err.as_str()), (1, expected, ""));
    // The clocks are so far apart.
    assert_eq!(inspected(&token("alice"), &["--at", &at(3780), "--leeway", "300"]).code, 0);

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let later = AccessToken::builder(&key(), "alice").nbf(now + 600).build().unwrap().to_jwt();
    let later = inspected(&later.unwrap(), &[]);
    assert!(later.code == 1 && later.out.starts_with("✗ valid in "), "{later:?}");
}

#[test]
fn without_a_key_nothing_is_verified() {
    let token = token("alice");
    for command in [
        &mut grantmint(["inspect", &token, "--at", &at(1)]),
        &mut grantmint(["inspect", &token, "--at", &at(1), "-o", "json"]),
        &mut grantmint(["inspect", &token, "--at", &at(1), "--silent"]),
    ] {
        assert_eq!((run(command).code, run(command).err.as_str()), (3, ""));
    }
    // What is bad without a key, too.
    assert_eq!(run(&mut grantmint(["inspect", &token, "--at", &at(4000)])).code, 1);
    // Half a key is none.
    let half = run(grantmint(["inspect", &token, "--at", &at(1)]).env("TWILIO_API_KEY", KEY));
    assert_eq!(half.code, 3);
    assert!(
        half.err.starts_with("grantmint: warning: the signature is not checked: no credentials: ")
    );
}

#[test]
fn another_secret_and_a_changed_token_are_bad() {
    let token = token("alice");
    let wrong = run(with_key(["inspect", &token, "--at", &at(1)]).env("TWILIO_API_SECRET", "x"));
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.out.starts_with("✗ 59 minutes left")
            && wrong.out.contains("signature wrong, key SK…0002")
    );
    let (head, _) = token.rsplit_once('.').unwrap();
    let none = inspected(&format!("{head}."), &["--at", &at(1)]);
    assert_eq!(none.code, 1);
}

#[test]
fn the_token_is_found_in_what_was_copied() {
    let token = token("alice");
    let lines = token.as_bytes().chunks(60).map(|line| String::from_utf8(line.to_vec()).unwrap());
    let broken = lines.collect::<Vec<_>>().join("\n");
    for text in [
        token.clone(),
        format!("Bearer {token}"),
        format!("Authorization: Bearer {token}\r\n"),
        format!("[\n  {{\n    \"jwt\": \"{token}\"\n  }}\n]\n"),
        format!("\"{token}\""),
        broken,
    ] {
        assert_eq!(inspected(&text, &["--at", &at(1)]).code, 0, "{text}");
        for flags in [&["inspect", "--at", &at(1)][..], &["inspect", "-", "--at", &at(1)]] {
            assert_eq!(run_on(&mut with_key(flags), text.clone()).code, 0, "{text}");
        }
    }
    for (text, line) in [
        (
            "hush".to_owned(),
            "the input has no token in it: a token begins with eyJ and has two dots",
        ),
        (format!("{token} {token}x"), "the input has different tokens in it: give one"),
        ("x".repeat(170_000), "the input is over 160 KiB"),
        ("x".repeat(10 << 20), "stdin: is over 256 KiB"),
    ] {
        let run = run_on(&mut with_key(["inspect"]), text);
        assert_eq!(run.failed(), (1, line.to_owned()));
    }
}

#[test]
fn the_key_is_the_one_that_the_token_names() {
    let folder = Folder::new();
    let env = |key: &str, secret: &str| {
        format!("TWILIO_ACCOUNT_SID={ACCOUNT}\nTWILIO_API_KEY={key}\nTWILIO_API_SECRET={secret}\n")
    };
    let other = folder.file("old", &env("SK00000000000000000000000000000009", "another secret"));
    let ours = folder.file("new", &env(KEY, SECRET));
    let before = folder.file("before", &env(KEY, "the secret before the rotation"));
    let token = token("alice");
    let with = |files: &[&std::path::PathBuf]| {
        let flags = files.iter().flat_map(|file| ["--env-file", file.to_str().unwrap()]);
        let args = ["inspect", &token, "--at", "1900000001"].into_iter().chain(flags);
        run(&mut grantmint(args.collect::<Vec<_>>())).code
    };
    assert_eq!(with(&[&other, &ours]), 0);
    assert_eq!(with(&[&before, &ours]), 0);
    assert_eq!(with(&[&other]), 1);
    let secret = folder.file("secret", SECRET);
    let mut alone = grantmint(["inspect", &token, "--at", "1900000001", "--secret-file"]);
    alone.arg(secret).env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    assert_eq!(run(&mut alone).code, 0);
    let both = run_on(&mut grantmint(["inspect", "--secret-stdin"]), "x").failed();
    assert_eq!(both.0, 2);
}

#[test]
fn a_warning_counts_where_one_is_strict() {
    let minter = TokenMinter::builder(&key()).grant(VoiceGrant::new().incoming_allow(true));
    let token = minter.build().unwrap().mint_at("a b", NOW).unwrap();
    let lenient = inspected(&token, &["--at", &at(1)]);
    assert!(
        lenient.code == 0 && lenient.out.contains("warn   /grants/identity  \"a b\": Voice takes")
    );
    assert_eq!(inspected(&token, &["--at", &at(1), "--strict"]).code, 1);
}

#[test]
fn a_room_may_be_named_by_its_sid() {
    let sid = "RM00000000000000000000000000000005";
    let minter = TokenMinter::builder(&key()).grant(VideoGrant::new().room(sid)).build().unwrap();
    let token = minter.mint_at("alice", NOW).unwrap();
    let said = |room: &str| inspected(&token, &["--at", &at(1), "--room", room]).out;
    assert!(said(sid).contains(&format!("room {sid} admits")));
    assert!(said("other").contains("room other refuses: The video grant is for another room"));
}

#[test]
fn json_is_that_of_core() {
    let json = inspected(&token("alice"), &["--at", &at(3780), "-o", "json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json.out.lines().count(), 1);
    assert_eq!((&report["valid"], &report["verified"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!(report["times"]["expires_in_s"], -180);
    assert_eq!(report["findings"][0]["code"], "token_expired");
    assert_eq!(report["judges"]["room"]["reason"], "token_expired");
}

#[test]
fn a_token_that_is_watched_is_told_of_when_it_expires() {
    let token = AccessToken::builder(&key(), "alice").ttl(1).build().unwrap().to_jwt().unwrap();
    let watched = inspected(&token, &["--watch"]);
    assert_eq!(watched.code, 1);
    assert!(watched.out.lines().last().unwrap().contains("the token has expired"), "{watched:?}");
}

#[test]
fn a_token_does_not_command_the_terminal() {
    let said = inspected(&token("\u{1b}[2J\u{202e}a\nb\"'"), &["--at", &at(1)]).out;
    assert!(said.contains("identity \\u{1b}[2J\\u{202e}a\\nb\"' · "), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said}");

    let identity = "\u{1b}\u{9b}31m\u{7f}\u{202e}é😀\u{e0041}";
    let said = inspected(&token(identity), &["--at", &at(1), "-o", "json"]).out;
    let line = said.trim_end();
    let obeyed = |c: char| c.is_control() || c == '\u{202e}' || c == '\u{e0041}';
    assert!(!line.contains(obeyed) && line.contains("é😀"), "{line:?}");
    let report: Value = serde_json::from_str(line).unwrap();
    assert_eq!(report["claims"]["grants"]["identity"], identity);
}

#[test]
fn colours_are_there_when_asked_for() {
    let shown = |name: &str, value: &str| {
        run(with_key(["inspect", &token("alice"), "--at", &at(1)]).env(name, value)).out
    };
    assert!(shown("CLICOLOR_FORCE", "1").starts_with("\u{1b}[32m✓\u{1b}[0m"));
    for (name, value) in [("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1"), ("TERM", "xterm")] {
        assert!(shown(name, value).starts_with('✓'), "{name}");
    }
    let both = run(with_key(["inspect", &token("alice"), "--at", &at(1)])
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "1"));
    assert!(both.out.starts_with('✓'));
}

#[test]
fn a_token_of_another_service_is_held_against_its_rules() {
    let folder = Folder::new();
    let minter = JwtMinter::livekit("APIkey", SECRET).bind("room_join", true).build().unwrap();
    let token = minter.mint_at("alice", &[("room", "r".into())], NOW).unwrap();
    let at = at(60);
    let unverified = run(&mut grantmint(["inspect", &token, "--at", &at]));
    assert_eq!(unverified.code, 3, "{unverified:?}");
    let file = folder.file("secret", &format!("{SECRET}\n"));
    let flags = ["--at", &at, "--jwt-secret-file", file.to_str().unwrap()];
    let good = run(&mut grantmint([&["inspect", &token][..], &flags].concat()));
    let expected = "\
✓ 5 hours left (until 2030-03-17 23:46:40 UTC); signature good
  LiveKit · HS256 · for 6 hours
  note   token  the token is one of LiveKit, and Twilio takes none of it: show it to that service   other_service 664
";
    assert_eq!(good.good(), expected);
    let other = folder.file("other", "another secret, of another service");
    let wrong = ["inspect", &token, "--at", &at, "--jwt-secret-file", other.to_str().unwrap()];
    let wrong = run(&mut grantmint(wrong));
    assert!(wrong.code == 1 && wrong.out.contains("signature wrong"), "{wrong:?}");
    let json = run(&mut grantmint([&["inspect", &token, "-o", "json"][..], &flags].concat()));
    let report: Value = serde_json::from_str(&json.good()).unwrap();
    assert_eq!((&report["service"], &report["valid"]), (&"LiveKit".into(), &true.into()));
    let missing = ["inspect", &token, "--jwt-secret-file", "/nonexistent"];
    let (code, line) = run(&mut grantmint(missing)).failed();
    assert!(code == 1 && line.starts_with("--jwt-secret-file"), "{line}");
}
