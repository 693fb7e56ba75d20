//! An HTTP client that hides nothing: what it gets is what was on the wire.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantmint_emulator::{DEMO_KEY_SID, DEMO_SECRET, Emulator};
use serde_json::Value;

pub(crate) const STREAMER: &str = "VJ00000000000000000000000000000001";
pub(crate) const ORIGIN: &str = "https://www.example.com";

/// An answer as it was on the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    head: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn promised(&self) -> usize {
        self.header("content-length").expect("a length is given").parse().unwrap()
    }
}

/// A grant from the documented call.
pub(crate) fn grant(emulator: &Emulator, form: &str) -> Answer {
    post_form(emulator, &grant_path(STREAMER), form)
}

pub(crate) fn post_form(emulator: &Emulator, path: &str, form: &str) -> Answer {
    let authorization = basic(DEMO_KEY_SID, DEMO_SECRET);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    send(emulator, "POST", path, &headers, form)
}

pub(crate) fn send(
    emulator: &Emulator,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nhost: emulator\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    parse(&exchange(emulator, &request).expect("the emulator answers"))
}

/// Sends `request` as it is, and returns all that comes back until the connection is closed.
pub(crate) fn exchange(emulator: &Emulator, request: &str) -> io::Result<Vec<u8>> {
    talk(connect(emulator)?, request)
}

pub(crate) fn connect(emulator: &Emulator) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(emulator.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    Ok(stream)
}

pub(crate) fn talk(mut stream: impl Read + Write, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

pub(crate) fn parse(wire: &[u8]) -> Answer {
    let end = wire.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(wire[..end].to_vec()).expect("a head of text");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    Answer { status, body: wire[end + 4..].to_vec(), head }
}

pub(crate) fn grant_path(streamer: &str) -> String {
    format!("/v1/PlayerStreamers/{streamer}/PlaybackGrant")
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}
