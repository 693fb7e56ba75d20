//! The names of what is in a store. Who reads a store learns from them neither streams nor accounts.

use std::fmt;

/// So many bytes at the beginning are the same of slots that are beside each other.
const BESIDE: usize = 4;

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

    /// The slot of such a name.
    pub(crate) fn of_hex(text: &str) -> Option<Self> {
        let (digits, rest) = text.as_bytes().as_chunks::<2>();
        let digits: &[[u8; 2]; 16] = digits.try_into().ok().filter(|_| rest.is_empty())?;
        let mut bytes = [0; 16];
        for (byte, [high, low]) in bytes.iter_mut().zip(digits) {
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        Some(Self(bytes))
    }

    /// The last bits of the name, as a number below 2^56.
    pub(crate) fn number(&self) -> u64 {
        self.0[16 - 7..].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// The same, but that its name begins as another's does: a store on several servers keeps both on one.
    pub(crate) fn beside(mut self, other: &Self) -> Self {
        self.0[..BESIDE].copy_from_slice(&other.0[..BESIDE]);
        self
    }

    /// The name as 32 hexadecimal digits, in two parts: those that slots have in common which are beside each other,
    /// and those that tell them apart.
    #[cfg(feature = "fleet-redis")]
    pub(crate) fn hex_parts(&self) -> (String, String) {
        let mut first = self.hex();
        let second = first.split_off(2 * BESIDE);
        (first, second)
    }
}

/// The value of a digit as [`Slot::hex`] writes it.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_found_by_its_name() {
        let slot = Slot::new(std::array::from_fn(|index| u8::try_from(index * 17).unwrap()));
        let name = slot.hex();
        assert_eq!(name, "00112233445566778899aabbccddeeff");
        assert_eq!(Slot::of_hex(&name), Some(slot));
        assert_eq!(slot.number(), 0x0099_aabb_ccdd_eeff);
        let other = Slot::new([7; 16]).beside(&slot);
        assert_eq!(other.hex(), "00112233070707070707070707070707");
        for other in ["", &name[1..], &format!("{name}0"), &name.to_uppercase(), &"é".repeat(16)] {
            assert_eq!(Slot::of_hex(other), None, "{other}");
        }
    }
}
