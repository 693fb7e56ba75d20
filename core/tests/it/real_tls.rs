//! Certificates, good and bad, and proxies, over real sockets.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grantmint_core::ErrorKind;
use grantmint_emulator::{Config, ConnectProxy, Emulator, Tls};

use crate::support::{STREAMER, emulator, minter_of, refusal, streamer};

fn secure(tls: Tls) -> Emulator {
    Emulator::start(Config { tls: Some(tls), ..Config::default() }).unwrap()
}

/// A file with an emulator's certificate authority; gone when dropped.
struct CaFile(PathBuf);

impl CaFile {
    fn of(emulator: &Emulator) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("grantmint-ca-{}-{number}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, emulator.ca_pem().unwrap()).unwrap();
        Self(path)
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_certificate_that_cannot_be_trusted_ends_the_call_before_the_key_is_sent() {
    for tls in [Tls::UnknownCa, Tls::WrongHost, Tls::Expired] {
        let emulator = secure(tls);
        let ca = CaFile::of(&emulator);
        let live = minter_of(&emulator).ca_file(&ca.0).build().unwrap();
        let start = Instant::now();
        let error = live.token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamTls, "{tls:?}: {error}");
        assert!(start.elapsed() < Duration::from_secs(2), "{tls:?}: {:?}", start.elapsed());
        let counters = emulator.counters();
        assert_eq!((counters.requests, counters.connections), (0, 1), "{tls:?}");
    }
}

#[test]
fn a_custom_authority_is_trusted_and_nobody_elses() {
    let emulator = secure(Tls::Good);
    let ca = CaFile::of(&emulator);
    let live = minter_of(&emulator).ca_file(&ca.0).build().unwrap();
    for number in 0..5 {
        emulator.play(&live.token(&streamer(number), "alice").unwrap().jwt, None).unwrap();
    }
    let counters = emulator.counters();
    assert_eq!((counters.requests, counters.connections), (5, 1), "one connection for all calls");
    assert_eq!(refusal(&minter_of(&emulator).build().unwrap()), ErrorKind::UpstreamTls);
}

#[test]
fn a_proxy_is_gone_through_with_and_without_tls() {
    let (plain, tls) = (emulator(), secure(Tls::Good));
    let ca = CaFile::of(&tls);
    let proxy = ConnectProxy::start().unwrap();
    let open = minter_of(&plain).proxy(proxy.url()).build().unwrap();
    let safe = minter_of(&tls).ca_file(&ca.0).proxy(proxy.url()).build().unwrap();
    plain.play(&open.token(STREAMER, "alice").unwrap().jwt, None).unwrap();
    tls.play(&safe.token(STREAMER, "alice").unwrap().jwt, None).unwrap();
    assert_eq!((proxy.tunnels(), proxy.refused()), (2, 0));
    assert_eq!((plain.counters().requests, tls.counters().requests), (1, 1));
}

#[test]
fn a_proxy_gets_its_credentials_and_a_refusal_of_it_shows_none() {
    let emulator = emulator();
    let proxy = ConnectProxy::start_with_auth("user", "p@ss:word").unwrap();
    let with = |user: &str| proxy.url().replace("http://", &format!("http://{user}@"));
    let through = |url: String| minter_of(&emulator).proxy(url).build().unwrap();
    let live = through(with("user:p%40ss%3Aword"));
    emulator.play(&live.token(STREAMER, "alice").unwrap().jwt, None).unwrap();
    for url in [with("user:wrong-word"), proxy.url()] {
        let error = through(url).token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamConnect);
        assert!(!format!("{error:?} {live:?}").contains("word"), "{error:?}");
    }
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 2));
}

#[test]
fn a_proxy_that_is_not_there_is_no_connection() {
    let live = minter_of(&emulator()).proxy("http://127.0.0.1:1").build().unwrap();
    assert_eq!(refusal(&live), ErrorKind::UpstreamConnect);
}

/// Environment variables are one for the whole process, so this runs in one of its own.
#[test]
fn the_environments_proxies_are_not_read() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "real_tls::in_an_environment_full_of_proxies", "--ignored"]);
    for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]
    {
        child.env(name, "http://127.0.0.1:1");
    }
    child.env("NO_PROXY", "127.0.0.1,localhost");
    let output = child.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}

#[test]
#[ignore = "run by the_environments_proxies_are_not_read"]
fn in_an_environment_full_of_proxies() {
    let emulator = emulator();
    minter_of(&emulator).build().unwrap().token(STREAMER, "alice").unwrap();
    // Nor is the list of hosts to reach without one.
    let proxy = ConnectProxy::start().unwrap();
    let live = minter_of(&emulator).proxy(proxy.url()).build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    assert_eq!(proxy.tunnels(), 1);
}
