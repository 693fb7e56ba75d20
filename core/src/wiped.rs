//! Text that leaves no copy of itself behind in freed memory.

use std::fmt;
use std::io;
use std::mem;
use std::ops::Deref;

use zeroize::{Zeroize as _, optimization_barrier};

/// Text that is wiped when it is dropped, and whose old memory is wiped when it grows: a `String`
/// that grows leaves a copy behind. For tokens and grants.
///
/// # Example: a token that is wiped after use
///
/// ```
/// use grantmint_core::{ApiKey, TokenMinter, WipedString};
///
/// # let key = ApiKey::new(
/// #     "AC00000000000000000000000000000001",
/// #     "SK00000000000000000000000000000002",
/// #     "the secret shown once in the console",
/// # )?;
/// let minter = TokenMinter::builder(&key).build()?;
/// let jwt = WipedString::from(minter.mint("alice")?);
/// assert!(jwt.starts_with("eyJ"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Default, PartialEq, Eq, Hash)]
pub struct WipedString(String);

impl WipedString {
    /// An empty text, without an allocation.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// An empty text that holds so many bytes before it grows.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// A text from bytes, which are wiped if they are not UTF-8.
    pub(crate) fn from_utf8(bytes: Vec<u8>) -> Option<Self> {
        let refused = match String::from_utf8(bytes) {
            Ok(text) => return Some(Self(text)),
            Err(error) => error,
        };
        refused.into_bytes().zeroize();
        None
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends a character.
    pub fn push(&mut self, character: char) {
        self.reserve(character.len_utf8());
        self.0.push(character);
    }

    /// Appends a text.
    pub fn push_str(&mut self, text: &str) {
        self.reserve(text.len());
        self.0.push_str(text);
    }

    /// Puts the parts of another text in place of what it holds, which is wiped.
    #[inline]
    pub fn set(&mut self, parts: [&str; 2]) {
        self.wipe();
        replace(&mut self.0, parts);
    }

    /// Empties and wipes it. It keeps its allocation for the next text.
    #[inline]
    pub fn wipe(&mut self) {
        let len = self.0.len();
        if len == 0 {
            return;
        }
        let bytes = overwritten(mem::take(&mut self.0), len);
        self.0 = String::from_utf8(bytes).unwrap_or_default();
    }

    /// The text as a `String`, which nobody wipes.
    #[must_use]
    pub fn into_string(mut self) -> String {
        mem::take(&mut self.0)
    }

    /// Sees to it that so many more bytes fit.
    fn reserve(&mut self, more: usize) {
        let (len, capacity) = (self.0.len(), self.0.capacity());
        if capacity - len < more {
            let mut larger = Self::with_capacity((len + more).max(capacity * 2));
            larger.0.push_str(&self.0);
            *self = larger;
        }
    }
}

/// The parts of a text in one allocation, which is somebody else's.
#[inline]
pub(crate) fn joined(parts: [&str; 2]) -> String {
    let mut text = String::with_capacity(parts[0].len() + parts[1].len());
    text.push_str(parts[0]);
    text.push_str(parts[1]);
    text
}

/// Puts the parts of a text in place of what a buffer of somebody else's holds. If they do not fit
/// it gets a new allocation, and the old one is wiped.
#[inline]
pub(crate) fn replace(buffer: &mut String, parts: [&str; 2]) {
    let len = parts[0].len() + parts[1].len();
    if buffer.capacity() < len {
        let old = mem::replace(buffer, String::with_capacity(len));
        drop(WipedString(old));
    }
    buffer.clear();
    buffer.push_str(parts[0]);
    buffer.push_str(parts[1]);
}

/// Fills so many bytes of a text's memory with zeros, and gives it back empty.
#[inline]
fn overwritten(text: String, len: usize) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    bytes.clear();
    bytes.resize(len, 0);
    // The compiler must not leave out what nobody reads.
    optimization_barrier(bytes.as_slice());
    bytes.clear();
    bytes
}

impl Drop for WipedString {
    #[inline]
    fn drop(&mut self) {
        // All of it: what it was made from may have been longer once.
        let capacity = self.0.capacity();
        drop(overwritten(mem::take(&mut self.0), capacity));
    }
}

impl Clone for WipedString {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Deref for WipedString {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for WipedString {
    #[inline]
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for WipedString {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Write for WipedString {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// For writers of JSON, which write whole characters.
impl io::Write for WipedString {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push_str(str::from_utf8(bytes).map_err(io::Error::other)?);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for WipedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WipedString(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_is_written() {
        let mut text = WipedString::new();
        let mut expected = String::new();
        for part in ["a", "", "å\"\n", &"long".repeat(100)] {
            text.push_str(part);
            text.push('é');
            serde_json::to_writer(&mut text, part).unwrap();
            fmt::Write::write_fmt(&mut text, format_args!("{part}")).unwrap();
            expected += &format!("{part}é{}{part}", serde_json::to_string(part).unwrap());
        }
        assert_eq!(text.as_str(), expected);
        assert_eq!(text.clone().into_string(), expected);
        assert!(io::Write::write(&mut text, b"\xff").is_err());
        assert_eq!(format!("{text:?}"), "WipedString(..)");
        let capacity = text.0.capacity();
        text.wipe();
        assert!(text.is_empty() && text.0.capacity() == capacity);
    }

    #[test]
    fn a_buffer_that_is_too_small_is_exchanged() {
        let mut buffer = String::from("old");
        replace(&mut buffer, ["a longer", " text"]);
        assert_eq!(buffer, "a longer text");
        let allocation = buffer.as_ptr();
        replace(&mut buffer, ["", "short"]);
        assert_eq!((buffer.as_str(), buffer.as_ptr()), ("short", allocation));
    }
}
