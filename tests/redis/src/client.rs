//! Asks a server anything, one question at a time.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A connection of a test.
#[derive(Debug)]
pub struct Client(BufReader<TcpStream>);

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Nothing is there.
    Nothing,
    /// A number.
    Number(i64),
    /// A text.
    Text(Vec<u8>),
    /// It refuses.
    Error(String),
    /// Several.
    List(Vec<Self>),
}

impl Client {
    /// Connects to a server of this machine.
    ///
    /// # Errors
    ///
    /// If nothing listens there.
    pub fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a command and reads the reply.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or what comes is no reply.
    pub fn ask(&mut self, parts: &[&[u8]]) -> io::Result<Reply> {
        let mut bytes = format!("*{}\r\n", parts.len()).into_bytes();
        for part in parts {
            bytes.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
            bytes.extend_from_slice(part);
            bytes.extend_from_slice(b"\r\n");
        }
        self.0.get_mut().write_all(&bytes)?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let strange = || io::Error::from(io::ErrorKind::InvalidData);
        let text = line.trim_end();
        let (kind, rest) = text.split_at_checked(1).ok_or_else(strange)?;
        let number = || rest.parse::<i64>().map_err(|_| strange());
        Ok(match kind {
            "+" => Reply::Text(rest.into()),
            "-" => Reply::Error(rest.to_owned()),
            ":" => Reply::Number(number()?),
            "$" => match usize::try_from(number()?) {
                Ok(length) => Reply::Text(self.bytes(length)?),
                Err(_) => Reply::Nothing,
            },
            "*" => {
                (0..number()?).map(|_| self.reply()).collect::<io::Result<_>>().map(Reply::List)?
            }
            _ => return Err(strange()),
        })
    }

    fn bytes(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length + 2];
        self.0.read_exact(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }
}
