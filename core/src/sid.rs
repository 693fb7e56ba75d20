//! Twilio's string identifiers: two letters that tell the kind, then 32 hexadecimal digits.

use std::fmt;
use std::str;

use crate::error::{Error, ErrorKind, Result};

/// The number of characters in every SID.
const SID_LEN: usize = 34;

/// What a SID names, which decides its first two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SidKind {
    /// `AC…`, an account.
    Account,
    /// `SK…`, an API key.
    Key,
    /// `VJ…`, a player streamer.
    PlayerStreamer,
    /// `AP…`, a TwiML application.
    Application,
    /// `CR…`, a push credential.
    PushCredential,
    /// `IS…`, a chat or sync service.
    Service,
    /// `RL…`, a chat deployment role.
    Role,
    /// `WS…`, a task router workspace.
    Workspace,
    /// `WK…`, a task router worker.
    Worker,
    /// `CP…`, a legacy configuration profile.
    ConfigurationProfile,
}

impl SidKind {
    /// The two letters that every SID of this kind starts with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Account => "AC",
            Self::Key => "SK",
            Self::PlayerStreamer => "VJ",
            Self::Application => "AP",
            Self::PushCredential => "CR",
            Self::Service => "IS",
            Self::Role => "RL",
            Self::Workspace => "WS",
            Self::Worker => "WK",
            Self::ConfigurationProfile => "CP",
        }
    }
}

/// A validated SID. Copied by value: it is 34 bytes of ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sid([u8; SID_LEN]);

impl Sid {
    /// Checks the prefix, the length and the digits of a SID.
    ///
    /// A player streamer's SID becomes part of a cache key, so its digits are put into lower case:
    /// otherwise one stream could fill the cache under many spellings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`]; the message names the argument, never its value.
    pub fn parse(kind: SidKind, argument: &str, text: &str) -> Result<Self> {
        let malformed = || {
            let prefix = kind.prefix();
            let what = format!("must be {prefix} followed by 32 hexadecimal digits");
            Error::of_argument(ErrorKind::InvalidSid, argument, what)
        };
        let mut sid: [u8; SID_LEN] = text.as_bytes().try_into().map_err(|_| malformed())?;
        let (prefix, digits) = sid.split_at_mut(2);
        if prefix != kind.prefix().as_bytes() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(malformed());
        }
        if kind == SidKind::PlayerStreamer {
            digits.make_ascii_lowercase();
        }
        Ok(Self(sid))
    }

    /// The SID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("a SID is ASCII by construction")
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdefABCDEF0123456789";

    #[test]
    fn the_right_prefix_and_32_digits_are_a_sid() {
        let text = format!("SK{HEX}");
        assert_eq!(Sid::parse(SidKind::Key, "key_sid", &text).unwrap().as_str(), text);
    }

    #[test]
    fn a_streamer_has_one_spelling() {
        let sid = Sid::parse(SidKind::PlayerStreamer, "streamer", &format!("VJ{HEX}")).unwrap();
        assert_eq!(sid.as_str(), format!("VJ{}", HEX.to_ascii_lowercase()));
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        let wrong = [
            String::new(),
            format!("AC{HEX}"),
            format!("sk{HEX}"),
            format!("SK{}", &HEX[1..]),
            format!("SK{HEX}0"),
            format!("SK{}g", &HEX[1..]),
            format!("SK{}é", &HEX[2..]),
            format!(" SK{}", &HEX[1..]),
        ];
        for text in wrong {
            let error = Sid::parse(SidKind::Key, "key_sid", &text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSid, "{text:?}");
            assert!(text.is_empty() || !error.to_string().contains(&text));
        }
    }
}
