//! The CONNECT proxy.

use std::net::TcpStream;

use grantmint_emulator::{Config, ConnectProxy, Emulator};

use crate::client::{basic, talk};

fn through(proxy: &ConnectProxy, target: &str, headers: &str, then: &str) -> String {
    let stream = TcpStream::connect(proxy.url().strip_prefix("http://").unwrap()).unwrap();
    let request = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{headers}\r\n{then}");
    String::from_utf8(talk(stream, &request).unwrap()).unwrap()
}

fn health(proxy: &ConnectProxy, emulator: &Emulator, headers: &str) -> String {
    let get = "GET /emulator/health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    through(proxy, &emulator.address().to_string(), headers, get)
}

#[test]
fn it_opens_tunnels_and_counts_them() {
    let emulator = Emulator::start(Config::default()).unwrap();
    let proxy = ConnectProxy::start().unwrap();
    let answer = health(&proxy, &emulator, "");
    assert!(answer.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK"));
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 0));
}

#[test]
fn it_wants_credentials_if_told() {
    let emulator = Emulator::start(Config::default()).unwrap();
    let proxy = ConnectProxy::start_with_auth("user", "pass").unwrap();
    let header = |password| format!("proxy-authorization: {}\r\n", basic("user", password));
    let target = emulator.address().to_string();
    assert!(through(&proxy, &target, "", "").starts_with("HTTP/1.1 407 "));
    assert!(through(&proxy, &target, &header("guess"), "").starts_with("HTTP/1.1 407 "));
    assert!(health(&proxy, &emulator, &header("pass")).starts_with("HTTP/1.1 200 "));
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 2));
}

#[test]
fn it_goes_to_loopback_only() {
    let proxy = ConnectProxy::start().unwrap();
    assert!(through(&proxy, "192.0.2.1:80", "", "").starts_with("HTTP/1.1 403 "));
    assert!(through(&proxy, "nonsense", "", "").starts_with("HTTP/1.1 502 "));
}
