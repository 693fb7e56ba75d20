//! The names of what lies on a server. All begin in the same way, so that a user can be allowed these alone, and what
//! belongs to one account has the same part in braces, so that a cluster keeps it together.

use crate::fleet::store::{Chair, Slot};

/// How names begin.
pub(super) struct Names(Box<str>);

/// What a name is of.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Value,
    Pause,
    Lease(Chair),
    Cell,
}

impl Names {
    /// With a part of the user's own, if one was given.
    pub(super) fn new(prefix: &str) -> Self {
        let colon = if prefix.is_empty() { "" } else { ":" };
        Self(format!("{{grantmint:1:{prefix}{colon}").into())
    }

    pub(super) fn name(&self, slot: &Slot, of: Of) -> Vec<u8> {
        let (first, second) = slot.hex_parts();
        let kind = match of {
            Of::Value => "v",
            Of::Pause => "p",
            Of::Lease(Chair::None | Chair::First) => "l",
            Of::Lease(Chair::Second) => "m",
            Of::Cell => "b",
        };
        format!("{}{first}}}{second}:{kind}", self.0).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_account_have_one_part_in_braces() {
        let slot = Slot::new(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        let name = |names: Names, of| String::from_utf8(names.name(&slot, of)).unwrap();
        let (value, lease) = (Of::Value, Of::Lease(Chair::Second));
        assert_eq!(name(Names::new(""), value), "{grantmint:1:00010203}0405060708090a0b0c0d0e0f:v");
        assert_eq!(
            name(Names::new("staging"), lease),
            "{grantmint:1:staging:00010203}0405060708090a0b0c0d0e0f:m"
        );
    }
}
