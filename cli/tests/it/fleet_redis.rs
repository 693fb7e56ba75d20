//! Fleets through a server: `fleet check`, and runs that share what one of them fetches. Real servers are started for the
//! tests, which `make test-redis` sees to.

use std::process::Command;

use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};
use grantmint_redis::{Redis, Setup};

use crate::support::{Folder, Run, STREAMER, grantmint, run, words};

/// A machine of its own: a folder that no other has.
struct Machine(Folder);

impl Machine {
    fn new() -> Self {
        Self(Folder::new())
    }

    fn command(&self, line: &str) -> Command {
        let mut command = grantmint(words(line));
        command.env("XDG_RUNTIME_DIR", self.0.path());
        command
    }
}

fn check(line: &str) -> Run {
    run(&mut Machine::new().command(&format!("fleet check {line}")))
}

/// The mark of the line about one thing.
fn mark(run: &Run, what: &str) -> char {
    let line = run.out.lines().find(|line| line.split_whitespace().nth(1) == Some(what));
    line.unwrap_or_else(|| panic!("nothing of {what}: {run:?}")).chars().next().unwrap()
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn what_a_server_is_good_for_is_said_line_by_line() {
    let redis = Redis::plain();
    let run = check(&format!("redis://127.0.0.1:{}", redis.port()));
    let marks: String = run.out.chars().filter(|c| "✓✗!–".contains(*c)).collect();
    assert_eq!((run.code, run.err.as_str(), marks.as_str()), (0, "", "✓✓–✓✓✓✓✓✓✓✓✓"), "{run:?}");
    let silent = check(&format!("--silent --fleet redis://127.0.0.1:{}", redis.port()));
    assert_eq!((silent.code, silent.out.as_str()), (0, ""));
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn a_server_that_is_away_can_be_tried_again_and_a_wrong_one_cannot() {
    let mut redis = Redis::plain();
    redis.ask(["ACL", "SETUSER", "fleet", "on", ">hunter2", "~{grantmint:*", "-@all", "+eval"]);
    let url = format!("redis://fleet:hunter2@127.0.0.1:{}", redis.port());
    let of_env = run(Machine::new().command("fleet check env").env("GRANTMINT_FLEET", &url));
    assert_eq!((of_env.code, mark(&of_env, "acl")), (1, '✗'), "{of_env:?}");
    assert!(of_env.out.contains("+time +evalsha +set +get +strlen +getrange +del"), "{of_env:?}");
    assert!(!of_env.out.contains("hunter2"));
    let url = format!("redis://127.0.0.1:{}", redis.port());
    redis.kill();
    let away = check(&url);
    assert_eq!((away.code, mark(&away, "connect")), (4, '✗'), "{away:?}");
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn an_authority_of_ones_own_is_a_flag() {
    let redis = Redis::start(Setup { tls: true, ..Setup::default() });
    let url = format!("rediss://localhost:{}", redis.tls_port());
    let unknown = check(&url);
    assert_eq!((unknown.code, mark(&unknown, "tls")), (1, '✗'), "{unknown:?}");
    let known = check(&format!("{url} --fleet-ca-file {}", redis.ca_file().display()));
    assert_eq!((known.code, mark(&known, "tls")), (0, '✓'), "{known:?}");
}

#[test]
fn a_password_is_taken_from_the_environment_alone() {
    for line in
        ["fleet check redis://:hunter2@127.0.0.1", "fleet check --fleet rediss://a:hunter2@h"]
    {
        let (code, text) = run(&mut grantmint(words(line))).failed();
        assert_eq!(code, 2, "{line}");
        assert!(text.contains("GRANTMINT_FLEET") && !text.contains("hunter2"), "{text}");
    }
    for (line, code, expected) in [
        ("fleet check env", 1, "--fleet env: GRANTMINT_FLEET is not set"),
        ("fleet check redis://10.0.0.1", 1, "must begin with rediss://"),
        ("fleet check redis://hunter2@h/1", 1, "must end after the port"),
        ("fleet check host --fleet-prefix x", 1, "--fleet-prefix has no effect without a server"),
        (
            "fleet check redis://127.0.0.1:1 --fleet-prefix é",
            1,
            "--fleet-prefix must have at most 64",
        ),
        ("fleet check rediss://h --fleet-ca-file /nonexistent", 1, "--fleet-ca-file"),
    ] {
        let (found, text) = run(&mut Machine::new().command(line)).failed();
        assert!(found == code && text.contains(expected), "{line}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn runs_on_many_machines_are_one_call() {
    let (redis, emulator) = (Redis::plain(), Emulator::start(Config::default()).unwrap());
    redis.ask(["CONFIG", "SET", "requirepass", "hunter2"]);
    for number in 0..20 {
        let line = format!(
            "token playback {STREAMER} --identity viewer-{number} --fleet env --base-url {}",
            emulator.base_url()
        );
        let mut command = Machine::new().command(&line);
        command
            .env("GRANTMINT_FLEET", format!("redis://:hunter2@127.0.0.1:{}", redis.port()))
            .env("TWILIO_ACCOUNT_SID", DEMO_ACCOUNT_SID)
            .env("TWILIO_API_KEY", DEMO_KEY_SID)
            .env("TWILIO_API_SECRET", DEMO_SECRET);
        let token = run(&mut command).good();
        emulator.play(token.trim_end(), None).unwrap();
    }
    assert_eq!(emulator.counters().requests, 1);
}
