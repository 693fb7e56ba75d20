//! The switch for tests: with `GRANTMINT_OFFLINE` no request leaves the machine.

use std::env;
use std::process::Command;

use grantmint_core::{ErrorKind, PlaybackMinter};

use crate::support::{STREAMER, emulator, key};

/// The environment is the process's, so each case is a process of its own: this test again.
const CHILD: &str = "real_offline::in_a_process_of_its_own";

fn run_child(offline: Option<&str>) {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", CHILD, "--ignored"]).env_remove("GRANTMINT_OFFLINE");
    if let Some(value) = offline {
        child.env("GRANTMINT_OFFLINE", value);
    }
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{offline:?}: {said}");
}

#[test]
fn offline_only_loopback_is_reached() {
    for value in [None, Some("0"), Some("1"), Some("true")] {
        run_child(value);
    }
}

#[test]
#[ignore = "the test above runs it, with the variable set"]
fn in_a_process_of_its_own() {
    let is_offline = env::var("GRANTMINT_OFFLINE").is_ok_and(|value| value != "0");
    let emulator = emulator();
    let here = PlaybackMinter::builder(&key()).base_url(emulator.base_url()).build().unwrap();
    here.token(STREAMER, "alice").unwrap();

    // No such host, and no proxy on this machine: found out only by whoever sends a request.
    let there = || PlaybackMinter::builder(&key()).base_url("https://upstream.invalid");
    for builder in [there(), there().proxy("http://127.0.0.1:1"), there().isolated()] {
        let error = builder.build().unwrap().token(STREAMER, "alice").unwrap_err();
        if is_offline {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().starts_with("GRANTMINT_OFFLINE is set"), "{error}");
        } else {
            assert_ne!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
    }
    if is_offline {
        let closed = PlaybackMinter::builder(&key()).build().unwrap();
        let error = closed.token(STREAMER, "alice").unwrap_err();
        assert_eq!(
            (error.kind(), error.message().contains("2023")),
            (ErrorKind::Unsupported, false)
        );
    }
}
