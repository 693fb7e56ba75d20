//! How long a credential lives, as its answer says.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::choices::Lifetime;
use super::dates;
use super::pointer::Pointer;
use super::slots::refused;
use crate::error::{Error, ErrorKind, Result};
use crate::json_string::unescaped;
use crate::wiped::WipedString;

/// No lifetime is longer than that of a short-lived credential.
pub(crate) const MAX: u32 = 172_800;
/// Whoever says that a credential lives longer has another unit in mind.
const NONSENSE: f64 = 5.0 * 365.0 * 86_400.0;

/// Where an answer may say it, in the order in which it is looked for.
pub(super) struct Lifetimes {
    sources: Vec<From>,
    max: Duration,
}

enum From {
    There(Unit, Pointer),
    Known(Duration),
}

#[derive(Clone, Copy)]
enum Unit {
    /// A part of a second, or many of them.
    Span(f64),
    /// A point in time, in so many seconds since 1970.
    End(f64),
    Iso8601,
    Rfc2822,
    Jwt,
}

/// What an answer says, and whether that is more than may be.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    pub(super) lifetime: Duration,
    pub(super) is_cut: bool,
}

impl Lifetimes {
    pub(super) fn new(given: &[Lifetime], ttl: Option<u32>, max: u32) -> Result<Self> {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        if !(1..=MAX).contains(&max) {
            return Err(bad_ttl("max_lifetime", max));
        }
        if let Some(ttl) = ttl.filter(|ttl| !(1..=MAX).contains(ttl)) {
            return Err(bad_ttl("ttl", ttl));
        }
        if given.is_empty() {
            return Err(refused(
                "lifetime",
                "is needed: where an answer says it, or asked or constant",
            ));
        }
        let there =
            |unit, pointer: &String| Ok(From::There(unit, Pointer::parse("lifetime", pointer)?));
        let source = |lifetime: &Lifetime| match lifetime {
            Lifetime::Seconds(at) => there(Unit::Span(1.0), at),
            Lifetime::Minutes(at) => there(Unit::Span(60.0), at),
            Lifetime::Milliseconds(at) => there(Unit::Span(1e-3), at),
            Lifetime::Epoch(at) => there(Unit::End(1.0), at),
            Lifetime::EpochMs(at) => there(Unit::End(1e-3), at),
            Lifetime::Iso8601(at) => there(Unit::Iso8601, at),
            Lifetime::Rfc2822(at) => there(Unit::Rfc2822, at),
            Lifetime::Jwt(at) => there(Unit::Jwt, at),
            Lifetime::Asked => match ttl {
                Some(ttl) => Ok(From::Known(seconds(ttl))),
                None => Err(refused("lifetime", "is what was asked for, which needs ttl")),
            },
            Lifetime::Constant(constant) if (1..=MAX).contains(constant) => {
                Ok(From::Known(seconds(*constant)))
            }
            Lifetime::Constant(constant) => Err(bad_ttl("lifetime", *constant)),
        };
        let sources: Vec<From> = given.iter().map(source).collect::<Result<_>>()?;
        let is_last = |(index, source): (usize, &From)| {
            matches!(source, From::There(..)) || index + 1 == sources.len()
        };
        match sources.iter().enumerate().all(is_last) {
            true => Ok(Self { sources, max: seconds(max) }),
            false => Err(refused(
                "lifetime",
                "has something behind asked or constant, which would never be looked at",
            )),
        }
    }

    /// The longest lifetime that can come.
    pub(super) fn longest(&self) -> Duration {
        match &self.sources[..] {
            [From::Known(known)] => *known.min(&self.max),
            _ => self.max,
        }
    }

    /// Whether all of them are in the whole of an answer, or in none.
    pub(super) fn are_of_text(&self) -> bool {
        self.sources.iter().all(|source| match source {
            From::There(unit, pointer) => pointer.is_whole() && matches!(unit, Unit::Jwt),
            From::Known(_) => true,
        })
    }

    /// The lifetime that is left of what an answer says. It is `now` by upstream's clock, since 1970, and the answer was
    /// written so long ago.
    pub(super) fn read(&self, json: &str, now: Duration, age: Duration) -> Result<Said> {
        let found = self.sources.iter().find_map(|source| match source {
            From::Known(known) => Some(Ok(known.as_secs_f64() - age.as_secs_f64())),
            From::There(unit, pointer) => {
                let json = pointer.find(json).filter(|json| *json != "null")?;
                Some(unit.read(json, now, age))
            }
        });
        let seconds = found.unwrap_or_else(|| Err(bad("is missing; check lifetime")))?;
        if seconds >= NONSENSE {
            return Err(bad("lies years ahead; check its unit in lifetime"));
        }
        if !seconds.is_finite() || seconds <= 0.0 {
            return Err(bad(
                "is over before it begins; check its unit in lifetime, and this machine's clock",
            ));
        }
        let lifetime = Duration::from_secs_f64(seconds);
        Ok(Said { lifetime: lifetime.min(self.max), is_cut: lifetime > self.max })
    }
}

impl Unit {
    /// The seconds from `now` on that a JSON value says, which was written so long ago.
    fn read(self, json: &str, now: Duration, age: Duration) -> Result<f64> {
        let until = |end: f64| end - now.as_secs_f64();
        let of_text = |read: fn(&str) -> Option<Duration>| {
            let text =
                unescaped(json).ok_or_else(|| bad("is no text; check its unit in lifetime"))?;
            read(&text)
                .map(|end| until(end.as_secs_f64()))
                .ok_or_else(|| bad("is no date with a time zone; check its unit in lifetime"))
        };
        match self {
            Self::Span(seconds) => Ok(number(json)? * seconds - age.as_secs_f64()),
            Self::End(seconds) => Ok(until(number(json)? * seconds)),
            Self::Iso8601 => of_text(dates::iso8601),
            Self::Rfc2822 => of_text(dates::rfc2822),
            Self::Jwt => {
                let token = unescaped(json);
                let exp = token.as_deref().and_then(expiry);
                exp.map(until).ok_or_else(|| bad("is no JSON Web Token with exp; check lifetime"))
            }
        }
    }
}

/// A number, or a text of one.
fn number(json: &str) -> Result<f64> {
    let wrong = || bad("is no number; check its unit in lifetime");
    let text = match json.starts_with('"') {
        true => unescaped(json).ok_or_else(wrong)?,
        false => WipedString::from(json.to_owned()),
    };
    let text = text.trim();
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse::<f64>().ok().filter(|_| is_decimal).ok_or_else(wrong)
}

#[derive(Deserialize)]
struct Claims {
    exp: Option<f64>,
}

/// The `exp` of a token, whose signature nobody checks: it only says when to ask again.
fn expiry(token: &str) -> Option<f64> {
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?);
    serde_json::from_slice::<Claims>(&claims).ok()?.exp
}

fn bad_ttl(argument: &str, seconds: u32) -> Error {
    let what = format!("must be 1 to 172,800 seconds, not {seconds}");
    Error::of_argument(ErrorKind::InvalidTtl, argument, what)
}

fn bad(what: &str) -> Error {
    let message = format!("the lifetime in the answer of upstream {what}");
    Error::new(ErrorKind::UpstreamBadLifetime, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_796_000_523);

    fn read(lifetime: Lifetime, json: &str) -> Result<f64, i32> {
        let lifetimes = Lifetimes::new(&[lifetime], None, 86_400).unwrap();
        let said =
            lifetimes.read(json, NOW, Duration::ZERO).map_err(|error| error.kind().number())?;
        Ok(said.lifetime.as_secs_f64())
    }

    fn at(of: fn(String) -> Lifetime) -> Lifetime {
        of("/x".to_owned())
    }

    fn jwt(claims: &str) -> String {
        format!(r#"{{"x":"e30.{}.c2ln"}}"#, URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn each_unit_is_read() {
        for (lifetime, json, seconds) in [
            (at(Lifetime::Seconds), r#"{"x":3600}"#, 3600.0),
            (at(Lifetime::Seconds), r#"{"x":"3599"}"#, 3599.0),
            (at(Lifetime::Seconds), r#"{"x":29.75}"#, 29.75),
            (at(Lifetime::Seconds), r#"{"x":3.6e3}"#, 3600.0),
            (at(Lifetime::Minutes), r#"{"x":10}"#, 600.0),
            (at(Lifetime::Milliseconds), r#"{"x":1500}"#, 1.5),
            (at(Lifetime::Epoch), r#"{"x":1796000583}"#, 60.0),
            (at(Lifetime::EpochMs), r#"{"x":"1796000583000"}"#, 60.0),
            (at(Lifetime::Iso8601), r#"{"x":"2026-11-30T01:03:03Z"}"#, 60.0),
            (at(Lifetime::Iso8601), r#"{"x":"2026-11-30T02:03:03\u002b01:00"}"#, 60.0),
            (at(Lifetime::Rfc2822), r#"{"x":"Mon, 30 Nov 2026 01:03:03 +0000"}"#, 60.0),
            (at(Lifetime::Jwt), &jwt(r#"{"exp":1796000583}"#), 60.0),
            (at(Lifetime::Seconds), r#"{"x":5184000}"#, 86_400.0),
            (Lifetime::Constant(7), "{}", 7.0),
        ] {
            assert_eq!(read(lifetime.clone(), json), Ok(seconds), "{lifetime:?} {json}");
        }
    }

    #[test]
    fn what_says_no_lifetime_is_an_error() {
        let ten_years = r#"{"x":315360000}"#;
        for (lifetime, json) in [
            (at(Lifetime::Seconds), r#"{"x":0}"#),
            (at(Lifetime::Seconds), r#"{"x":-1}"#),
            (at(Lifetime::Seconds), ten_years),
            (at(Lifetime::Seconds), r#"{"x":"soon"}"#),
            (at(Lifetime::Seconds), r#"{"x":true}"#),
            (at(Lifetime::Seconds), r#"{"x":"NaN"}"#),
            (at(Lifetime::Seconds), r#"{"x":"inf"}"#),
            (at(Lifetime::Seconds), r#"{"x":[60]}"#),
            (at(Lifetime::Seconds), r#"{"x":""}"#),
            (at(Lifetime::Seconds), r#"{"x":null}"#),
            (at(Lifetime::Seconds), r#"{"y":60}"#),
            (at(Lifetime::Seconds), r#"{"x":1796000583}"#),
            (at(Lifetime::Epoch), r#"{"x":1796000523}"#),
            (at(Lifetime::Epoch), r#"{"x":1796000583000}"#),
            (at(Lifetime::Iso8601), r#"{"x":"2026-11-30T01:03:03"}"#),
            (at(Lifetime::Iso8601), r#"{"x":60}"#),
            (at(Lifetime::Jwt), r#"{"x":"e30.e30.c2ln"}"#),
            (at(Lifetime::Jwt), r#"{"x":"a text"}"#),
        ] {
            assert_eq!(read(lifetime.clone(), json), Err(316), "{lifetime:?} {json}");
        }
    }

    #[test]
    fn what_a_cache_on_the_way_has_kept_is_as_much_older() {
        let age = Duration::from_secs(50);
        for (lifetime, json, seconds) in [
            (at(Lifetime::Seconds), r#"{"x":60}"#, Some(10)),
            (at(Lifetime::Seconds), r#"{"x":50}"#, None),
            (at(Lifetime::Epoch), r#"{"x":1796000583}"#, Some(60)),
            (Lifetime::Constant(60), "{}", Some(10)),
            (Lifetime::Constant(50), "{}", None),
        ] {
            let lifetimes = Lifetimes::new(&[lifetime], None, 86_400).unwrap();
            let left = lifetimes.read(json, NOW, age).ok().map(|said| said.lifetime.as_secs());
            assert_eq!(left, seconds, "{json}");
        }
    }

    #[test]
    fn the_first_that_is_there_counts_and_a_longer_one_is_cut() {
        let given = [at(Lifetime::Seconds), Lifetime::Epoch("/e".to_owned()), Lifetime::Asked];
        let lifetimes = Lifetimes::new(&given, Some(300), 600).unwrap();
        for (json, seconds, is_cut) in [
            (r#"{"x":60,"e":1}"#, 60, false),
            (r#"{"x":null,"e":1796000543}"#, 20, false),
            (r#"{}"#, 300, false),
            (r#"{"x":601}"#, 600, true),
        ] {
            let expected = Said { lifetime: Duration::from_secs(seconds), is_cut };
            assert_eq!(lifetimes.read(json, NOW, Duration::ZERO).unwrap(), expected, "{json}");
        }
        assert_eq!(lifetimes.longest(), Duration::from_secs(600));
        let known = Lifetimes::new(&[Lifetime::Asked], Some(300), 600).unwrap();
        assert_eq!(known.longest(), Duration::from_secs(300));
    }
}
