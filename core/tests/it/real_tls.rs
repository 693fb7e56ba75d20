//! Certificates, good and bad, and proxies, over real sockets.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grantmint_core::{ErrorKind, PlaybackMinter};
use grantmint_emulator::{Config, ConnectProxy, Emulator, Tls};

use crate::support::{STREAMER, emulator, key, minter_of, refusal, streamer};

fn secure(tls: Tls) -> Emulator {
    Emulator::start(Config { tls: Some(tls), ..Config::default() }).unwrap()
}

/// A file with an emulator's certificate authority; gone when dropped.
struct CaFile(PathBuf);

impl CaFile {
    fn of(emulator: &Emulator) -> Self {
        Self::holding(emulator.ca_pem().unwrap())
    }

    fn holding(pem: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("grantmint-ca-{}-{number}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, pem).unwrap();
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
    for (tls, reason) in [
        (Tls::UnknownCa, "by an authority that is not trusted here"),
        (Tls::WrongHost, "for another host name"),
        (Tls::Expired, "has expired"),
        (Tls::NotYetValid, "not valid yet"),
        (Tls::Authority, "an authority's own"),
        (Tls::UnusualSignature, "P-521"),
    ] {
        let emulator = secure(tls);
        let ca = CaFile::of(&emulator);
        let live = minter_of(&emulator).ca_file(&ca.0).build().unwrap();
        let start = Instant::now();
        let error = live.token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamTls, "{tls:?}: {error}");
        assert!(error.message().contains(reason), "{tls:?}: {error}");
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
        assert_eq!(error.kind(), ErrorKind::ProxyRefused);
        assert!(error.message().contains("407") && !error.is_retryable(), "{error}");
        let shown = format!("{error:?} {live:?}");
        assert!(!shown.contains("wrong-word") && !shown.contains("p@ss"), "{shown}");
    }
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 2));
}

#[test]
fn a_proxy_that_speaks_tls_itself_has_to_be_trusted_too() {
    let (plain, tls) = (emulator(), secure(Tls::Good));
    let proxy = ConnectProxy::start_secure().unwrap();
    let both = CaFile::holding(&[tls.ca_pem().unwrap(), proxy.ca_pem().unwrap()].concat());
    for upstream in [&plain, &tls] {
        let live = minter_of(upstream).ca_file(&both.0).proxy(proxy.url()).build().unwrap();
        for number in 0..3 {
            upstream.play(&live.token(&streamer(number), "alice").unwrap().jwt, None).unwrap();
        }
        assert_eq!(upstream.counters().connections, 1);
    }
    assert_eq!(proxy.tunnels(), 2);
    let one = CaFile::of(&tls);
    let live = minter_of(&tls).ca_file(&one.0).proxy(proxy.url()).build().unwrap();
    assert_eq!(live.token(STREAMER, "alice").unwrap_err().kind(), ErrorKind::UpstreamTls);
    assert_eq!(proxy.tunnels(), 2);
}

#[test]
fn a_proxy_that_is_not_there_is_what_to_check() {
    for proxy in ["http://127.0.0.1:1", "http://localhost:1"] {
        let live = minter_of(&emulator()).proxy(proxy).build().unwrap();
        let error = live.token(STREAMER, "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamConnect);
        assert!(error.message().contains("check proxy"), "{error}");
        assert!(!error.message().contains("base_url"), "{error}");
    }
}

#[test]
fn a_host_that_a_proxy_does_not_let_out_is_a_refusal() {
    // The emulator's proxy goes to loopback addresses only.
    let proxy = ConnectProxy::start().unwrap();
    let live = PlaybackMinter::builder(&key()).base_url("https://192.0.2.1").proxy(proxy.url());
    let error = live.build().unwrap().token(STREAMER, "alice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProxyRefused, "{error}");
    assert!(error.message().contains("403"), "{error}");
}

#[test]
fn what_does_not_speak_tls_is_said_to() {
    let emulator = emulator();
    let url = emulator.base_url().replace("http:", "https:");
    let error = minter_of(&emulator).base_url(url).build().unwrap();
    let error = error.token(STREAMER, "alice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UpstreamTls, "{error}");
    assert!(error.message().contains("does not speak TLS"), "{error}");
}

/// The limit is one for the whole process, so this runs in one of its own.
#[cfg(unix)]
#[test]
fn a_process_without_a_file_to_spare_is_told_so() {
    let limited = "ulimit -n 64 && exec \"$0\" --exact real_tls::with_all_files_open --ignored";
    let mut child = Command::new("sh");
    let output =
        child.args(["-c", limited]).arg(std::env::current_exe().unwrap()).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
}

#[cfg(unix)]
#[test]
#[ignore = "run by a_process_without_a_file_to_spare_is_told_so"]
fn with_all_files_open() {
    let ways = ["http://127.0.0.1:1", "http://localhost:1", "https://host.example"];
    let minter = |url: &str| PlaybackMinter::builder(&key()).base_url(url).build().unwrap();
    let minters = ways.map(minter);
    let through = PlaybackMinter::builder(&key()).base_url(ways[0]).proxy(ways[1]).build().unwrap();
    let mut open: Vec<_> = std::iter::from_fn(|| fs::File::open("/dev/null").ok()).collect();
    let said: Vec<_> = minters
        .iter()
        .chain([&through])
        .map(|live| live.token(STREAMER, "alice").unwrap_err().message().to_owned())
        .collect();
    let refused = PlaybackMinter::builder(&key()).ca_file("Cargo.toml").build().unwrap_err();
    open.clear();
    assert!(said.iter().all(|message| message.contains("ulimit -n")), "{said:?}");
    assert!(refused.message().contains("ulimit -n"), "{refused}");
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

/// Environment variables and the TLS library's default are one for the whole process, so this runs in
/// one of its own.
#[test]
fn no_key_log_is_written_and_the_default_of_the_tls_library_is_left_alone() {
    let log = std::env::temp_dir().join(format!("grantmint-key-log-{}", std::process::id()));
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "real_tls::where_a_key_log_is_asked_for", "--ignored"]);
    let output = child.env("SSLKEYLOGFILE", &log).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
    assert!(!log.exists(), "{}", log.display());
}

#[test]
#[ignore = "run by no_key_log_is_written_and_the_default_of_the_tls_library_is_left_alone"]
fn where_a_key_log_is_asked_for() {
    let emulator = secure(Tls::Good);
    let ca = CaFile::of(&emulator);
    let live = minter_of(&emulator).ca_file(&ca.0).build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
