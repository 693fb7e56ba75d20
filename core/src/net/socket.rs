//! A TCP connection that keeps to a deadline.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::deadline::Deadline;

/// Reads and writes until the deadline, however many of them there are.
pub(crate) struct Socket {
    stream: TcpStream,
    end: Deadline,
    /// It reads and writes what it can without waiting, and the deadline is its user's to keep.
    is_polled: bool,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, end: Deadline) -> Self {
        Self { stream, end, is_polled: false }
    }

    /// Has it wait for nothing any more: [`io::ErrorKind::WouldBlock`] says that it would have to.
    #[cfg(feature = "fleet-redis")]
    pub(super) fn poll_from_now_on(&mut self) -> io::Result<()> {
        self.stream.set_nonblocking(true)?;
        self.is_polled = true;
        Ok(())
    }

    /// The socket itself.
    #[cfg(feature = "fleet-redis")]
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(super) fn set_deadline(&mut self, end: Deadline) {
        self.end = end;
    }

    /// Whether the other end has kept it open and said nothing that it was not asked for.
    pub(super) fn is_quiet(&self) -> bool {
        let look = || {
            self.stream.set_nonblocking(true)?;
            let seen = self.stream.peek(&mut [0]);
            self.stream.set_nonblocking(false)?;
            seen
        };
        look().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Runs a call that blocks no longer than the limit that was set before it, until the deadline.
    fn run<R>(
        &self,
        limit: impl Fn(&TcpStream, Duration) -> io::Result<()>,
        mut call: impl FnMut(&TcpStream) -> io::Result<R>,
    ) -> io::Result<R> {
        loop {
            if self.is_polled {
                return call(&self.stream);
            }
            accepted(limit(&self.stream, self.end.left()?))?;
            match call(&self.stream) {
                Err(error) if is_no_end(error.kind()) => {}
                result => return result,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.run(|stream, time| stream.set_read_timeout(Some(time)), |mut stream| stream.read(into))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = |stream: &TcpStream, time| stream.set_write_timeout(Some(time));
        self.run(limit, |mut stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// macOS refuses a limit when the other end has closed while something was under way to it. What came
/// before that can still be read, and the call itself says what there is to say.
fn accepted(set: io::Result<()>) -> io::Result<()> {
    match set {
        Err(error) if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {
            Ok(())
        }
        result => result,
    }
}

/// A signal came, or the limit passed. The deadline says whether to go on.
fn is_no_end(kind: io::ErrorKind) -> bool {
    // Elsewhere this is what the system says of another end that is gone.
    let is_limit = cfg!(windows) && kind == io::ErrorKind::TimedOut;
    is_limit || matches!(kind, io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    /// Both ends of a connection.
    fn pair(end: Deadline) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (Socket::new(near, end), listener.accept().unwrap().0)
    }

    #[test]
    fn what_comes_after_the_deadline_is_not_read() {
        let (mut near, mut far) = pair(Deadline::after(LONG));
        far.write_all(b"ab").unwrap();
        let mut byte = [0];
        assert_eq!(near.read(&mut byte).unwrap(), 1);
        near.set_deadline(Deadline::after(Duration::ZERO));
        assert_eq!(near.read(&mut byte).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(near.write(b"x").unwrap_err().kind(), io::ErrorKind::TimedOut);
        near.set_deadline(Deadline::after(LONG));
        assert_eq!((near.read(&mut byte).unwrap(), byte), (1, *b"b"));
    }

    #[test]
    fn who_is_silent_and_who_does_not_listen_keeps_nobody_longer() {
        let (mut near, _far) = pair(Deadline::after(Duration::from_millis(20)));
        assert_eq!(near.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        near.set_deadline(Deadline::after(Duration::from_millis(20)));
        let late = loop {
            if let Err(error) = near.write(&[0; 1 << 16]) {
                break error;
            }
        };
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_connection_that_was_closed_or_has_more_to_say_is_not_quiet() {
        let (near, far) = pair(Deadline::after(LONG));
        assert!(near.is_quiet() && near.is_quiet());
        (&far).write_all(b"x").unwrap();
        // Until it is there.
        near.stream.peek(&mut [0]).unwrap();
        assert!(!near.is_quiet());
        let (near, far) = pair(Deadline::after(LONG));
        drop(far);
        assert_eq!(near.stream.peek(&mut [0]).unwrap(), 0);
        assert!(!near.is_quiet());
    }
}
