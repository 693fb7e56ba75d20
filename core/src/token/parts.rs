//! The three parts of a token, and the objects that two of them are.

use std::mem;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::{TOKEN_MAX_BYTES, UNIX_SECONDS_MAX};
use crate::strict_json;
use crate::wiped::WipedString;

/// A point in time of a token.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    pub(crate) whole: u64,
    pub(crate) has_fraction: bool,
}

impl Time {
    fn of(value: &Value) -> Option<Self> {
        let time = match value.as_u64() {
            Some(whole) => Self { whole, has_fraction: false },
            None => Self::of_float(value.as_f64()?)?,
        };
        (time.whole <= UNIX_SECONDS_MAX).then_some(time)
    }

    #[allow(clippy::cast_possible_truncation, reason = "the range is checked, the rest dropped")]
    fn of_float(seconds: f64) -> Option<Self> {
        // The bound is exact in 53 bits. A number that is none is in no range.
        let valid = (0.0..=UNIX_SECONDS_MAX as f64).contains(&seconds);
        valid.then_some(Self { whole: seconds as u64, has_fraction: seconds.fract() > 0.0 })
    }

    pub(crate) fn rounded_up(self) -> u64 {
        self.whole + u64::from(self.has_fraction)
    }
}

/// A header or claims: the text and what it says. Wiped on drop.
#[derive(Clone, PartialEq)]
pub(crate) struct Object {
    json: WipedString,
    members: Map<String, Value>,
}

impl Object {
    /// A claim that is a point in time. The standard allows fractions, and the official Python
    /// library writes them if its ttl is one.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Time>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let time = Time::of(value);
        time.map(Some).ok_or_else(|| {
            let message = format!("{name} is not a number of seconds from 0 to the year 9999");
            Error::new(ErrorKind::TokenClaims, message)
        })
    }

    /// The text, byte for byte.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    fn read(what: &str, base64: &str) -> Result<Self> {
        let bytes = mem::take(&mut *decode_part(what, base64)?);
        let json = WipedString::from_utf8(bytes)
            .ok_or_else(|| malformed(&format!("{what} is not UTF-8")))?;
        let members =
            strict_json::object(&json).map_err(|why| malformed(&format!("{what} {why}")))?;
        Ok(Self { json, members })
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        wipe_members(&mut self.members);
    }
}

fn wipe_members(members: &mut Map<String, Value>) {
    for (name, mut value) in mem::take(members) {
        drop(WipedString::from(name));
        wipe_value(&mut value);
    }
}

fn wipe_value(value: &mut Value) {
    match value {
        Value::String(text) => drop(WipedString::from(mem::take(text))),
        Value::Array(values) => values.iter_mut().for_each(wipe_value),
        Value::Object(members) => wipe_members(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The three parts of a token, still encoded.
pub(crate) struct Parts<'a> {
    /// What the signature is over: the header, a dot and the claims.
    pub(crate) signed: &'a str,
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    /// Looks at sizes and dots only.
    pub(crate) fn split(token: &'a str) -> Result<Self> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(malformed("the token is over 128 KiB"));
        }
        if token.starts_with("Bearer ") {
            let what = "must be the JWT alone, without \"Bearer \" before it";
            return Err(Error::of_argument(ErrorKind::TokenMalformed, "token", what));
        }
        let parts = token.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            (!claims.contains('.')).then_some(Self { signed, header, claims, signature })
        });
        parts.ok_or_else(|| malformed("the token does not have three parts"))
    }

    pub(crate) fn header(&self) -> Result<Object> {
        Object::read("the header", self.header)
    }

    pub(crate) fn claims(&self) -> Result<Object> {
        Object::read("the payload", self.claims)
    }

    /// The bytes of the signature; none at all in a token that is not signed.
    pub(crate) fn signature(&self) -> Result<Zeroizing<Vec<u8>>> {
        decode_part("the signature", self.signature)
    }
}

/// One spelling for each content: no padding, no white space, no stray bits in the last character.
fn decode_part(what: &str, base64: &str) -> Result<Zeroizing<Vec<u8>>> {
    // Also if it goes wrong half-way, it is wiped.
    let mut bytes = Zeroizing::new(vec![0; base64.len().div_ceil(4) * 3]);
    let len = BASE64_URL_SAFE_NO_PAD
        .decode_slice(base64, &mut bytes)
        .map_err(|_| malformed(&format!("{what} is not canonical base64url")))?;
    bytes.truncate(len);
    Ok(bytes)
}

/// A header in base64, with the dot after it.
pub(crate) fn encoded_header(json: &str) -> String {
    let mut header = BASE64_URL_SAFE_NO_PAD.encode(json);
    header.push('.');
    header
}

/// The error of a text that is no token.
pub(crate) fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::TokenMalformed, message.to_owned())
}
