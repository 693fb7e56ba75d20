//! Playback tokens: one call of all processes, or one for each.

use grantmint_emulator::{Config, Emulator, Fault, FaultKind};

use crate::support::{Folder, STREAMER, run, run_on};

/// An upstream, and command lines for it with its key and a fleet of the test's own.
struct Upstream {
    emulator: Emulator,
    fleet: Folder,
}

impl Upstream {
    fn new() -> Self {
        Self { emulator: Emulator::start(Config::default()).unwrap(), fleet: Folder::new() }
    }

    fn command(&self, line: &str) -> std::process::Command {
        let mut command = crate::support::grantmint(line.split_whitespace());
        command.args(["--base-url", self.emulator.base_url()]);
        command
            .env("TWILIO_ACCOUNT_SID", grantmint_emulator::DEMO_ACCOUNT_SID)
            .env("TWILIO_API_KEY", grantmint_emulator::DEMO_KEY_SID)
            .env("TWILIO_API_SECRET", grantmint_emulator::DEMO_SECRET)
            .env("XDG_RUNTIME_DIR", self.fleet.path());
        command
    }

    fn calls(&self) -> u64 {
        self.emulator.counters().requests
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_runs_in_a_loop_are_one_call() {
    let upstream = Upstream::new();
    for number in 0..100 {
        let line = format!("token playback {STREAMER} --identity viewer-{number}");
        let token = run(&mut upstream.command(&line)).good();
        upstream.emulator.play(token.trim_end(), None).unwrap();
    }
    assert_eq!(upstream.calls(), 1);
}

#[test]
fn without_a_fleet_each_run_calls() {
    let upstream = Upstream::new();
    for _ in 0..3 {
        let line = format!(
            "token playback {STREAMER} --identity a --no-fleet --allow-origin https://a.example"
        );
        let token = run(&mut upstream.command(&line)).good();
        upstream.emulator.play(token.trim_end(), Some("https://a.example")).unwrap();
        assert!(upstream.emulator.play(token.trim_end(), Some("https://b.example")).is_err());
    }
    assert_eq!(upstream.calls(), 3);
}

#[test]
fn many_tokens_of_one_run_are_one_call() {
    let upstream = Upstream::new();
    let line = format!("token playback {STREAMER} --identities - --no-fleet --with video:room=r");
    let names: String = (0..1000).map(|number| format!("viewer-{number}\n")).collect();
    let out = run_on(&mut upstream.command(&line), names).good();
    assert_eq!((out.lines().count(), upstream.calls()), (1000, 1));
    upstream.emulator.play(out.lines().last().unwrap(), None).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_that_cannot_be_used_costs_a_call_and_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;

    let upstream = Upstream::new();
    std::fs::set_permissions(upstream.fleet.path(), std::fs::Permissions::from_mode(0o755))
        .unwrap();
    let folder = upstream.fleet.path().display().to_string();
    let line = format!("token playback {STREAMER} --identity a --fleet host:{folder}");
    let run = run(&mut upstream.command(&line));
    assert_eq!(run.code, 0);
    upstream.emulator.play(run.out.trim_end(), None).unwrap();
    let expected = format!(
        "grantmint: warning: each run fetches for itself: {folder}: its group or others may use it: \
         its mode is 755, not 700\n"
    );
    assert_eq!(run.err, expected);
}

#[test]
fn what_can_be_tried_again_has_an_exit_code_of_its_own() {
    let upstream = Upstream::new();
    let token = format!("token playback {STREAMER} --identity a --no-fleet");
    let grant = format!("grant {STREAMER}");
    for line in [&token, &grant] {
        let failed = |kind: FaultKind| {
            upstream.emulator.set_faults(vec![Fault::new(kind).times(1)]).unwrap();
            run(&mut upstream.command(line)).failed()
        };
        let (code, text) = failed(FaultKind::status(503));
        assert_eq!(code, 4, "{text}");
        let (code, text) = failed(FaultKind::status(429));
        assert!(code == 4 && text.contains("429"), "{text}");
        let (code, text) = failed(FaultKind::status(403));
        assert!(code == 1 && text.starts_with("upstream answered 403"), "{text}");
    }
    let mut wrong = upstream.command(&grant);
    let (code, text) = run(wrong.env("TWILIO_API_SECRET", "another")).failed();
    assert_eq!(
        (code, text.as_str()),
        (1, "upstream answered 401 with error 20003; check the key's SID and secret")
    );
}

#[test]
fn a_failed_fetch_says_where_to_go_on() {
    let upstream = Upstream::new();
    upstream.emulator.add_fault(Fault::new(FaultKind::status(503))).unwrap();
    let line = format!("token playback {STREAMER} --identity u{{n}} --count 5 --no-fleet");
    let (code, text) = run(&mut upstream.command(&line)).failed();
    assert_eq!(code, 4);
    assert!(text.starts_with("number 1: upstream answered 503"), "{text}");
    assert!(text.ends_with(". 0 tokens written; --from-line 1"), "{text}");
}

#[test]
fn a_grant_and_its_request() {
    let upstream = Upstream::new();
    let grant = run(&mut upstream.command(&format!("grant {STREAMER} --grant-ttl 15"))).good();
    let parsed: serde_json::Value = serde_json::from_str(&grant).unwrap();
    assert_eq!(parsed["playerStreamerSid"], STREAMER);
    assert_eq!(grant.lines().count(), 1);
    for command in [format!("grant {STREAMER}"), format!("token playback {STREAMER} --identity a")]
    {
        let line = format!("{command} --curl --allow-origin https://a.example --grant-ttl 30");
        let expected = format!(
            "curl --config - --data Ttl=30 --data-urlencode 'AccessControlAllowOrigin=https://a.example' \
             '{}/v1/PlayerStreamers/{STREAMER}/PlaybackGrant' <<EOF\n\
             user = \"$TWILIO_API_KEY:$TWILIO_API_SECRET\"\nEOF\n",
            upstream.emulator.base_url()
        );
        assert_eq!(run(&mut upstream.command(&line)).good(), expected);
    }
    assert_eq!(upstream.calls(), 1);
}

#[test]
fn bad_values_are_told_by_their_flags() {
    let upstream = Upstream::new();
    let other = "token playback VJ1 --identity a";
    let playback = format!("token playback {STREAMER} --identity a --no-fleet");
    for (line, expected) in [
        (other.to_owned(), "the streamer must be VJ followed by 32 hexadecimal digits"),
        (format!("{playback} --grant-ttl 61"), "--grant-ttl must be 1 to 60 seconds, not 61"),
        (format!("{playback} --grant-ttl x"), "--grant-ttl must be 1 to 60 seconds"),
        (
            format!("{playback} --timeout 0"),
            "--timeout must be a number of seconds above 0, such as 5 or 0.5, and at most an hour",
        ),
        (format!("grant {STREAMER} --proxy ftp://a"), "--proxy must be an http URL"),
    ] {
        let (code, text) = run(&mut upstream.command(&line)).failed();
        assert_eq!((code, text.as_str()), (1, expected), "{line}");
    }
    assert_eq!(upstream.calls(), 0);
}
