//! What listens as a server does, and is none.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Listens on a free port of this machine, and answers whatever it hears with this, so many times over.
///
/// # Panics
///
/// If there is no free port.
#[must_use]
pub fn answering(with: &[u8], times: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let with = with.to_vec();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let with = with.clone();
            thread::spawn(move || answer(stream, &with, times));
        }
    });
    port
}

fn answer(mut stream: TcpStream, with: &[u8], times: usize) {
    let mut heard = [0; 4096];
    while stream.read(&mut heard).is_ok_and(|count| count > 0) {
        if (0..times).any(|_| stream.write_all(with).is_err()) {
            return;
        }
    }
}
