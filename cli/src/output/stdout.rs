//! Results on their way to stdout: whole lines, in large pieces.

use std::fs::File;
use std::io::{self, Write as _};

use zeroize::Zeroizing;

use crate::exit::Failure;

/// So much is written in one go.
const PIECE: usize = 256 * 1024;

/// Stdout with a buffer of our own. It is wiped, as tokens lie in it.
pub(crate) struct Stdout {
    file: File,
    buffer: Zeroizing<Vec<u8>>,
}

impl Stdout {
    pub(crate) fn open() -> Result<Self, Failure> {
        let file = duplicate().map_err(|error| failed(&error))?;
        Ok(Self { file, buffer: Zeroizing::new(Vec::new()) })
    }

    /// One line, in parts, without its end.
    pub(crate) fn line<'a>(
        &mut self,
        parts: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Failure> {
        for part in parts {
            self.text(part)?;
        }
        self.text("\n")
    }

    /// A part of a line. It is handed on when the buffer is full.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        if self.buffer.len() + text.len() > PIECE {
            self.flush()?;
        }
        // Grown by what one run needs at most, so that few tokens cost little and none is left in freed memory.
        if self.buffer.capacity() < PIECE && self.buffer.len() + text.len() > self.buffer.capacity()
        {
            self.grow(text.len());
        }
        self.buffer.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Hands on what there is.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        let written = write_all(&mut self.file, &self.buffer);
        self.buffer.clear();
        written.map_err(|error| failed(&error))
    }

    fn grow(&mut self, more: usize) {
        const FIRST: usize = 8 * 1024;
        let wanted = if self.buffer.is_empty() { FIRST } else { PIECE };
        let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(more)));
        larger.extend_from_slice(&self.buffer);
        self.buffer = larger;
    }
}

/// A second descriptor of stdout: the standard library's own has a buffer that looks for ends of lines.
fn duplicate() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        io::stdout().as_fd().try_clone_to_owned().map(File::from)
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle as _;
        io::stdout().as_handle().try_clone_to_owned().map(File::from)
    }
}

fn write_all(file: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            // Ctrl-C: what is in the buffer is finished first.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Some programs leave a pipe so that writers are to come again.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait(file)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn wait(file: &File) -> io::Result<()> {
    use std::os::fd::AsFd as _;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    match poll(&mut [PollFd::new(file.as_fd(), PollFlags::POLLOUT)], PollTimeout::NONE) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(unix))]
fn wait(_: &File) -> io::Result<()> {
    std::thread::yield_now();
    Ok(())
}

/// Whoever read it may have seen enough; anything else is a failure.
fn failed(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::reader_gone(),
        kind => Failure::failed(format!("stdout: cannot be written to: {kind}")),
    }
}
