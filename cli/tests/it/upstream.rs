//! `check` and `fleet check`: what is right and what is wrong, each with its reason.

use grantmint_emulator::{
    Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator, Fault, FaultKind, Tls,
};

use crate::support::{ACCOUNT, Folder, KEY, Run, grantmint, run, with_key, words};

fn check(emulator: &Emulator, flags: &str) -> Run {
    run(&mut command(emulator, flags))
}

fn command(emulator: &Emulator, flags: &str) -> std::process::Command {
    let line = format!("check --base-url {} {flags}", emulator.base_url());
    let mut command = grantmint(words(&line));
    command
        .env("TWILIO_ACCOUNT_SID", DEMO_ACCOUNT_SID)
        .env("TWILIO_API_KEY", DEMO_KEY_SID)
        .env("TWILIO_API_SECRET", DEMO_SECRET);
    command
}

/// The line about one thing.
fn about<'a>(run: &'a Run, what: &str) -> &'a str {
    let mut lines = run.out.lines();
    lines
        .find(|line| line.split_whitespace().nth(1) == Some(what))
        .unwrap_or_else(|| panic!("{run:?}"))
}

#[test]
fn all_is_well() {
    let emulator = Emulator::start(Config::default()).unwrap();
    let run = check(&emulator, "");
    let expected = format!(
        "✓ key      {DEMO_KEY_SID} of {DEMO_ACCOUNT_SID}, from the environment; upstream takes it\n\
         ✓ network  upstream was reached\n\
         – tls      not used: plain http, on loopback\n\
         ✓ clock    within 5 s of upstream's\n"
    );
    assert_eq!(run.good(), expected);
    assert_eq!(check(&emulator, "--silent").good(), "");
}

#[test]
fn without_an_upstream_the_key_alone_is_looked_at() {
    let run_of = run(&mut with_key(["check"]));
    assert_eq!(
        about(&run_of, "key"),
        format!("✓ key      {KEY} of {ACCOUNT}, from the environment; its shape is right")
    );
    assert_eq!(about(&run_of, "network"), "– network  not tried: --base-url names no upstream");
    assert_eq!(run_of.code, 0);
    let none = run(&mut grantmint(["check"]));
    assert_eq!((none.code, none.out.lines().count()), (1, 1));
    assert!(about(&none, "key").starts_with("✗ key      no credentials: "), "{none:?}");
}

#[test]
fn a_wrong_key_clock_or_network_has_its_own_line() {
    let key = grantmint_emulator::ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, "another").unwrap();
    let other = Emulator::start(Config { keys: vec![key], ..Config::default() }).unwrap();
    let run = check(&other, "");
    assert_eq!(
        about(&run, "key"),
        "✗ key      upstream answered 401 with error 20003; check the key's SID and secret"
    );
    assert!(about(&run, "network").starts_with('✓'), "{run:?}");
    assert_eq!(run.code, 1);

    let emulator = Emulator::start(Config::default()).unwrap();
    emulator.add_fault(Fault::new(FaultKind::ClockOffset { s: -90 }).times(1)).unwrap();
    let run = check(&emulator, "");
    let line = about(&run, "clock");
    assert!(
        line.starts_with("✗ clock    this machine is ")
            && line.ends_with(" s ahead of upstream: set its clock"),
        "{line}"
    );
    assert_eq!(run.code, 1);

    emulator.add_fault(Fault::new(FaultKind::status(503)).times(1)).unwrap();
    let run = check(&emulator, "");
    assert!(about(&run, "upstream").starts_with("✗ upstream upstream answered 503"), "{run:?}");
    assert_eq!(run.code, 4);

    let nobody = crate::support::run(&mut with_key(["check", "--base-url", "http://127.0.0.1:1"]));
    assert!(
        about(&nobody, "network").starts_with('✗') && about(&nobody, "key").starts_with('–'),
        "{nobody:?}"
    );
    assert_eq!(nobody.code, 4);
}

#[test]
fn a_certificate_has_its_own_line() {
    let folder = Folder::new();
    let at = |tls: Tls| Emulator::start(Config { tls: Some(tls), ..Config::default() }).unwrap();
    let good = at(Tls::Good);
    let ca = folder.file("ca.pem", good.ca_pem().unwrap());
    let run = check(&good, &format!("--ca-file {}", ca.display()));
    assert_eq!((run.code, about(&run, "tls")), (0, "✓ tls      the certificate is trusted"));
    for tls in [Tls::Good, Tls::Expired, Tls::WrongHost] {
        let run = check(&at(tls), "");
        assert!(about(&run, "tls").starts_with("✗ tls      "), "{run:?}");
        assert_eq!(run.code, 1);
    }
}

#[test]
fn a_proxy_has_its_own_line() {
    let emulator = Emulator::start(Config { tls: Some(Tls::Good), ..Config::default() }).unwrap();
    let folder = Folder::new();
    let ca = folder.file("ca.pem", emulator.ca_pem().unwrap());
    let proxy = |credentials: Option<(&str, &str)>| {
        grantmint_emulator::ConnectProxy::listen("127.0.0.1:0".parse().unwrap(), credentials)
            .unwrap()
    };
    let open = proxy(None);
    let flags = |url: &str| format!("--ca-file {} --proxy {url}", ca.display());
    let run = check(&emulator, &flags(&open.url()));
    assert_eq!((run.code, about(&run, "proxy")), (0, "✓ proxy    upstream is reached through it"));
    let closed = proxy(Some(("user", "password")));
    let url = closed.url().replace("://", "://user:password@");
    let (code, line) = check(&emulator, &flags(&url)).failed();
    assert!(code == 2 && line.contains("HTTPS_PROXY") && !line.contains("password@"), "{line}");
    let of_env =
        |command: &mut std::process::Command| crate::support::run(command.env("HTTPS_PROXY", &url));
    let run_of = of_env(&mut command(&emulator, &flags("env")));
    assert_eq!(
        (run_of.code, about(&run_of, "proxy")),
        (0, "✓ proxy    upstream is reached through it")
    );
    let unread = of_env(&mut command(&emulator, &format!("--ca-file {}", ca.display())));
    assert_eq!(
        about(&unread, "proxy"),
        "! proxy    HTTPS_PROXY is set and not read: --proxy env does"
    );
    let run = check(&emulator, &flags(&closed.url()));
    assert_eq!(
        (run.code, about(&run, "proxy")),
        (1, "✗ proxy    the proxy answered 407; check the user and the password in proxy")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_fleet_is_tried() {
    let folder = Folder::new();
    for flag in ["--fleet ", ""] {
        let line = format!("fleet check {flag}host:{}/fleet", folder.path().display());
        let run = run(&mut grantmint(words(&line)));
        assert_eq!((run.code, run.out.lines().count()), (0, 3), "{run:?}");
        assert!(run.out.lines().all(|line| line.starts_with('✓')), "{run:?}");
    }
    let (code, text) = run(&mut grantmint(words("fleet check host --fleet host"))).failed();
    assert_eq!((code, text.as_str()), (2, "FLEET and --fleet exclude each other"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_others_may_use_is_no_fleet() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let line = format!("fleet check --fleet host:{}", folder.path().display());
    let run_of = run(&mut grantmint(words(&line)));
    assert_eq!(run_of.code, 1);
    assert!(
        run_of.out.starts_with("✗ folder   ") && run_of.out.contains("its mode is 770, not 700"),
        "{run_of:?}"
    );
    let line = "--fleet must be host, or host: and the path of a folder";
    assert_eq!(run(&mut grantmint(words("fleet check --fleet x"))).failed(), (1, line.to_owned()));
}
