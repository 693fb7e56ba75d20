//! The names of what is in a store. Who reads a store learns from them neither streams nor accounts.

use std::fmt;

/// The name of one place in a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Slot([u8; 16]);

impl Slot {
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The name as 32 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The first bits of the name, as a number below 2^56.
    pub(crate) fn number(&self) -> u64 {
        self.0[..7].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.hex())
    }
}
