//! An upstream or a proxy written by hand, for what the emulator is too well-behaved for: it shows what a
//! request looks like on the wire, says what nobody should, and closes connections when it should not.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

pub(crate) const GRANT: &str =
    r#"{"grant":{"playbackUrl":"https://x.invalid/","playerStreamerSid":"VJ1"}}"#;

/// Answers every request until the process ends.
pub(crate) struct Raw {
    pub(crate) url: String,
    /// Each request's head and body.
    pub(crate) requests: Receiver<String>,
    /// One message for each connection that it has closed.
    pub(crate) closed: Receiver<()>,
    connections: Arc<AtomicUsize>,
}

/// What is said to a request.
#[derive(Clone)]
pub(crate) struct Says {
    pub(crate) bytes: Vec<u8>,
    /// One byte after the other, with so much time between them.
    pub(crate) every: Option<Duration>,
    /// The connection is closed after that.
    pub(crate) closes: bool,
}

/// All of it at once, on a connection that stays open.
pub(crate) fn says(text: impl Into<String>) -> Says {
    Says { bytes: text.into().into_bytes(), every: None, closes: false }
}

/// A grant, in a body of a stated length.
pub(crate) fn grant() -> String {
    format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{GRANT}", GRANT.len())
}

impl Raw {
    /// Answers so many requests on each connection, promises to keep it open and closes it.
    pub(crate) fn closing_after(requests_each: usize) -> Self {
        Self::answering(move |number| Says { closes: number == requests_each, ..says(grant()) })
    }

    /// Says the same to each request.
    pub(crate) fn saying(answer: Says) -> Self {
        Self::answering(move |_| answer.clone())
    }

    /// Says what goes with the number of the request on its connection, from one.
    fn answering(answer: impl Fn(usize) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((request, requests), (close, closed)) = (channel(), channel());
        let (answer, connections) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::Relaxed);
                let (answer, request, close) =
                    (Arc::clone(&answer), request.clone(), close.clone());
                // A client that goes away ends its connection, which is all there is to do.
                thread::spawn(move || serve(stream.unwrap(), &*answer, &request, &close).ok());
            }
        });
        Self { url, requests, closed, connections }
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(usize) -> Says,
    seen: &Sender<String>,
    closed: &Sender<()>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    for number in 1.. {
        let Some(request) = read_request(&mut reader) else { break };
        // Nobody may be listening any more.
        let _ = seen.send(request);
        let Says { bytes, every, closes } = answer(number);
        match every {
            None => stream.write_all(&bytes)?,
            Some(time) => {
                for byte in bytes {
                    stream.write_all(&[byte])?;
                    thread::sleep(time);
                }
            }
        }
        if closes {
            stream.shutdown(Shutdown::Both)?;
            let _ = closed.send(());
            break;
        }
    }
    Ok(())
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
