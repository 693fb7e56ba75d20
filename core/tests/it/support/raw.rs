//! An upstream written by hand, for what the emulator is too well-behaved for: it shows what a
//! request looks like on the wire, and closes connections when it should not.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const GRANT: &str = r#"{"grant":{"playbackUrl":"https://x.invalid/","playerStreamerSid":"VJ1"}}"#;

/// Answers every request with a grant until the process ends.
pub(crate) struct Raw {
    pub(crate) url: String,
    /// Each request's head and body.
    pub(crate) requests: Receiver<String>,
    /// One message for each connection that it has closed.
    pub(crate) closed: Receiver<()>,
}

impl Raw {
    /// Answers so many requests on each connection, promises to keep it open and closes it.
    pub(crate) fn closing_after(requests_each: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((request, requests), (close, closed)) = (channel(), channel());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (request, close) = (request.clone(), close.clone());
                thread::spawn(move || serve(stream.unwrap(), requests_each, &request, &close));
            }
        });
        Self { url, requests, closed }
    }
}

fn serve(mut stream: TcpStream, requests: usize, seen: &Sender<String>, closed: &Sender<()>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for _ in 0..requests {
        let Some(request) = read_request(&mut reader) else { return };
        // Nobody may be listening any more.
        let _ = seen.send(request);
        let length = GRANT.len();
        let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {length}\r\n\r\n{GRANT}");
        stream.write_all(answer.as_bytes()).unwrap();
    }
    stream.shutdown(Shutdown::Both).unwrap();
    let _ = closed.send(());
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        text.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    text.push_str(str::from_utf8(&body).unwrap());
    Some(text)
}
