//! When a token is issued, becomes valid and ends.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::{BACKDATE_MAX, JWT_TTL_MAX, TTL_DEFAULT, TTL_MAX, TTL_MIN};
use crate::token::{check_nbf, check_unix_seconds};
use crate::wiped::WipedString;

/// From when on a token is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotBefore {
    /// It does not say.
    #[default]
    Absent,
    /// From its minting on, less what it is backdated by.
    Minted,
    /// From a Unix second on.
    At(u64),
}

impl From<bool> for NotBefore {
    fn from(minted: bool) -> Self {
        if minted { Self::Minted } else { Self::Absent }
    }
}

impl From<u64> for NotBefore {
    fn from(unix_seconds: u64) -> Self {
        Self::At(unix_seconds)
    }
}

/// The times of all tokens of a minter, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) ttl: u64,
    pub(crate) min_ttl: u64,
    pub(crate) max_ttl: u64,
    pub(crate) iat: bool,
    pub(crate) nbf: NotBefore,
    pub(crate) backdate: u64,
}

impl Times {
    pub(crate) const DEFAULT: Self = Self {
        ttl: TTL_DEFAULT,
        min_ttl: TTL_MIN,
        max_ttl: TTL_MAX,
        iat: true,
        nbf: NotBefore::Absent,
        backdate: 0,
    };

    pub(super) fn check(&self) -> Result<()> {
        let Self { ttl, min_ttl, max_ttl, backdate, .. } = *self;
        let invalid = |argument: &str, what: String| {
            Err(Error::of_argument(ErrorKind::InvalidTtl, argument, what))
        };
        if !(min_ttl..=JWT_TTL_MAX).contains(&max_ttl) {
            let what = format!("must be {min_ttl} to {JWT_TTL_MAX} seconds, not {max_ttl}");
            return invalid("max_ttl", what);
        }
        if !(min_ttl..=max_ttl).contains(&ttl) {
            let what = format!("must be {min_ttl} to {max_ttl} seconds (max_ttl), not {ttl}");
            return invalid("ttl", what);
        }
        if backdate > BACKDATE_MAX {
            let what = format!("must be at most {BACKDATE_MAX} seconds, not {backdate}");
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "backdate", what));
        }
        if backdate > 0 && !self.iat && self.nbf != NotBefore::Minted {
            let what = "sets iat and nbf back, of which these tokens have neither";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "backdate", what));
        }
        match self.nbf {
            NotBefore::At(second) => check_unix_seconds("nbf", second),
            NotBefore::Absent | NotBefore::Minted => Ok(()),
        }
    }

    /// The first second, not sooner than `now`, whose tokens become valid before they end.
    pub(super) fn first_second(&self, now: u64) -> u64 {
        match self.nbf {
            NotBefore::At(second) => now.max((second + 1).saturating_sub(self.ttl)),
            NotBefore::Absent | NotBefore::Minted => now,
        }
    }

    /// Writes the first members of the claims.
    pub(super) fn write(&self, json: &mut WipedString, now: u64) -> Result<()> {
        check_unix_seconds("now", now)?;
        let (end, backdated) = (now + self.ttl, now.saturating_sub(self.backdate));
        // Writing into a text cannot fail.
        let _ = write!(json, r#""exp":{end}"#);
        if self.iat {
            let _ = write!(json, r#","iat":{backdated}"#);
        }
        let nbf = match self.nbf {
            NotBefore::Absent => return Ok(()),
            NotBefore::Minted => backdated,
            NotBefore::At(second) => second,
        };
        check_nbf(nbf, end, "now + ttl")?;
        let _ = write!(json, r#","nbf":{nbf}"#);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(times: Times) -> String {
        let mut json = WipedString::new();
        times.write(&mut json, 1_000).unwrap();
        json.into_string()
    }

    fn told(times: Times) -> String {
        times.check().unwrap_err().message().to_owned()
    }

    const PLAIN: Times = Times::DEFAULT;

    #[test]
    fn times_are_whole_seconds_and_end_last() {
        assert_eq!(written(PLAIN), r#""exp":4600,"iat":1000"#);
        let both = Times { nbf: NotBefore::Minted, backdate: 10, ..PLAIN };
        assert_eq!(written(both), r#""exp":4600,"iat":990,"nbf":990"#);
        let later = Times { iat: false, nbf: NotBefore::At(4_599), ..PLAIN };
        assert_eq!(written(later), r#""exp":4600,"nbf":4599"#);
        let never = Times { nbf: NotBefore::At(4_600), ..PLAIN };
        let error = never.write(&mut WipedString::new(), 1_000).unwrap_err();
        assert_eq!(error.message(), "nbf (4600) must lie before the token's end, now + ttl (4600)");
        assert_eq!(never.first_second(1_000), 1_001);
        assert_eq!(written(Times { backdate: 300, ..PLAIN }), r#""exp":4600,"iat":700"#);
    }

    #[test]
    fn lifetimes_are_bounded() {
        assert!(Times { ttl: 86_400, ..PLAIN }.check().is_ok());
        for ttl in [0, 86_401] {
            let what = format!("ttl must be 1 to 86400 seconds (max_ttl), not {ttl}");
            assert_eq!(told(Times { ttl, ..PLAIN }), what);
        }
        assert!(Times { ttl: 86_401, max_ttl: 172_800, ..PLAIN }.check().is_ok());
        for max_ttl in [0, 31_536_001] {
            let what = format!("max_ttl must be 1 to 31536000 seconds, not {max_ttl}");
            assert_eq!(told(Times { max_ttl, ..PLAIN }), what);
        }
        let late = Times { nbf: NotBefore::At(1_700_000_000_000), ..PLAIN };
        assert_eq!(told(late), "nbf lies after the year 9999: is it in milliseconds?");
    }

    #[test]
    fn what_is_backdated_is_there_and_not_far_off() {
        let far = Times { backdate: 301, ..PLAIN };
        assert_eq!(told(far), "backdate must be at most 300 seconds, not 301");
        let nothing = Times { backdate: 5, iat: false, ..PLAIN };
        assert!(told(nothing).starts_with("backdate sets iat and nbf back"));
    }
}
