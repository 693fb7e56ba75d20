//! The emulator, for whoever has no account: its key, and what it says of a token made with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use crate::support::{grantmint, run, words};

struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_prints_its_key_for_a_shell_and_a_room_takes_what_is_made_with_it() {
    let mut command = grantmint(words("emulator --port 0"));
    let mut started = Started(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(started.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.strip_prefix("# The emulator listens on http://").unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let exports: Vec<String> = lines.by_ref().take(3).collect();
    let mut mint = grantmint(words("token video --identity alice --room-name DailyStandup"));
    for line in &exports {
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        mint.env(name, value);
    }
    let token = run(&mut mint).good();
    let join = |room: &str| {
        let token = token.trim_end();
        ask(&address, &format!(r#"{{"token": "{token}", "room": "{room}"}}"#))
    };
    assert!(join("DailyStandup").starts_with("HTTP/1.1 200 "));
    assert!(join("Retro").starts_with("HTTP/1.1 403 "));
}

fn ask(address: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /emulator/join HTTP/1.1\r\nhost: a\r\nconnection: close";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (code, line) = run(&mut grantmint(words(&format!("emulator --port {port}")))).failed();
    assert_eq!(code, 1);
    assert!(line.contains("--port takes another port"), "{line}");
}

#[test]
fn wrong_values_are_told_what_to_write() {
    for (flag, expected) in [
        ("--port 70000", "--port must be a port: 0 to 65535"),
        ("--rate=-1", "--rate must be a number of requests per second, 0 or more"),
        ("--rate=NaN", "--rate must be a number of requests per second, 0 or more"),
        ("--burst 0", "--burst must be a whole number above 0"),
    ] {
        let (_, line) = run(&mut grantmint(words(&format!("emulator {flag}")))).failed();
        assert_eq!(line, expected);
    }
}
