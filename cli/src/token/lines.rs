//! One identity a line, read as it comes.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use crate::exit::Failure;
use crate::input;

/// So much is read in one go.
const PIECE: usize = 256 * 1024;
/// No identity is longer by far.
const LINE_MAX_BYTES: usize = 4096;

pub(super) struct Lines {
    input: BufReader<File>,
    line: Vec<u8>,
    number: u64,
    first: u64,
}

/// A line of the input, and what makes it no identity.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) identity: Result<&'a str, &'static str>,
}

impl Lines {
    pub(super) fn of_file(path: &Path) -> Result<Self, Failure> {
        File::open(path).map(Self::new).map_err(unreadable)
    }

    pub(super) fn of_stdin() -> Result<Self, Failure> {
        input::stdin().map(Self::new).map_err(unreadable)
    }

    fn new(file: File) -> Self {
        let input = BufReader::with_capacity(PIECE, file);
        Self { input, line: Vec::with_capacity(LINE_MAX_BYTES), number: 0, first: 1 }
    }

    /// Passes over what comes before a line.
    pub(super) fn from(mut self, first: u64) -> Self {
        self.first = first;
        self
    }

    pub(super) fn next(
        &mut self,
        mut before_wait: impl FnMut() -> Result<(), Failure>,
    ) -> Result<Option<Line<'_>>, Failure> {
        while self.number + 1 < self.first {
            if self.read(&mut before_wait)?.is_none() {
                return Ok(None);
            }
        }
        let Some(fits) = self.read(&mut before_wait)? else { return Ok(None) };
        let line = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        let identity = match (fits, str::from_utf8(line)) {
            (false, _) => Err("is over 4 KiB"),
            (true, Err(_)) => Err("is not UTF-8"),
            (true, Ok(text)) if self.number == 1 => {
                Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
            }
            (true, Ok(text)) => Ok(text),
        };
        Ok(Some(Line { number: self.number, identity }))
    }

    /// Reads a line, and says whether it is all there: what is too long is passed over. None at the end, or after
    /// Ctrl-C.
    fn read(
        &mut self,
        before_wait: &mut impl FnMut() -> Result<(), Failure>,
    ) -> Result<Option<bool>, Failure> {
        self.line.clear();
        let (mut fits, mut is_begun) = (true, false);
        loop {
            if self.input.buffer().is_empty() && !self.fill(before_wait)? {
                return Ok(None);
            }
            let bytes = self.input.buffer();
            let is_end = bytes.is_empty();
            if is_end && !is_begun {
                return Ok(None);
            }
            is_begun = true;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            // A line's end may have two bytes.
            fits &= self.line.len() + part.len() <= LINE_MAX_BYTES + 1;
            if fits {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if is_end || end.is_some() {
                self.number += 1;
                return Ok(Some(fits));
            }
        }
    }

    /// Waits for the next piece, which is empty at the end; false after Ctrl-C.
    fn fill(
        &mut self,
        before_wait: &mut impl FnMut() -> Result<(), Failure>,
    ) -> Result<bool, Failure> {
        before_wait()?;
        while input::wait_for(self.input.get_ref()).map_err(unreadable)? {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                filled => return filled.map(|_| true).map_err(unreadable),
            }
        }
        Ok(false)
    }
}

fn unreadable(error: io::Error) -> Failure {
    input::unreadable("--identities", &error)
}
