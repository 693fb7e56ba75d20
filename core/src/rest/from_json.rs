//! A description as JSON, by the names of the builder's methods: for other languages, and for files.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::choices::{Auth, Format, Lifetime, Method, Per, RetryUnit};
use super::options::RestSourceBuilder;
use super::signed::{GivenAuth, Signed};
use super::slots::refused;
use super::source::RestSource;
use crate::error::{Error, ErrorKind, Result};
use crate::strict_json;
use crate::wiped::WipedString;

impl RestSource {
    /// A builder that is described by a JSON object with the names of its methods, such as
    /// `{"url": …, "auth": {"bearer": "{token}"}, "value": "/token", "lifetime": [{"seconds": "/expires_in"}]}`. Secrets
    /// stay out of it: they are given with [`RestSourceBuilder::secret`].
    ///
    /// A bearer that is signed for each request is `{"signed": {"secret": "{secret}", "claims": {…}, "ttl": 300}}`,
    /// with the names of the methods of a [`JwtMinterBuilder`](crate::JwtMinterBuilder): `claims`, `header`, `typ`,
    /// `algorithm`, `ttl`, `max_ttl`, `iat`, `nbf`, `backdate` and `unique`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for an option that is not known, given twice or of another type.
    ///
    /// # Example
    ///
    /// ```
    /// use grantmint_core::RestSource;
    ///
    /// let source = RestSource::from_json(
    ///     r#"{"url": "https://api.deepgram.com/v1/auth/grant", "headers": {"Authorization": "Token {key_}"},
    ///         "json": {"ttl_seconds": "{ttl:int}"}, "ttl": 30, "value": "/access_token",
    ///         "lifetime": [{"seconds": "/expires_in"}]}"#,
    /// )?;
    /// let source = source.secret("key_", "a secret").build()?;
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<RestSourceBuilder> {
        let given = strict_json::object(text).map_err(|what| refused("source", what))?;
        let url = match given.get("url") {
            Some(Value::String(url)) => url.clone(),
            _ => return Err(refused("url", "is needed, as a text")),
        };
        given
            .iter()
            .try_fold(Self::builder(url), |builder, (name, value)| builder.with(name, value))
    }
}

impl RestSourceBuilder {
    /// With one option.
    fn with(mut self, name: &str, value: &Value) -> Result<Self> {
        match name {
            "url" => {}
            "method" => {
                self.method = one_of(
                    name,
                    value,
                    &[("GET", Method::Get), ("POST", Method::Post), ("PUT", Method::Put)],
                )?;
            }
            "auth" if value.is_null() => {}
            "auth" => self.auth = Some(auth(value)?),
            "headers" => self.headers = pairs(name, value)?,
            "query" => self.query = pairs(name, value)?,
            "form" => self.form = Some(pairs(name, value)?),
            "json" => self.json = Some(value.clone()),
            "vars" => self.vars = pairs(name, value)?,
            "per" => {
                let known = [("shared", Per::Shared), ("key", Per::Key), ("call", Per::Call)];
                self.per = one_of(name, value, &known)?;
            }
            "distinct" => self.distinct = truth(name, value)?,
            "ttl" => self.ttl = Some(seconds(name, value)?),
            "answer" => {
                self.answer =
                    one_of(name, value, &[("json", Format::Json), ("text", Format::Text)])?;
            }
            "value" => self.value = text(name, value)?,
            "lifetime" => {
                self.lifetime = list(name, value)?.iter().map(lifetime).collect::<Result<_>>()?
            }
            "max_lifetime" => self.max_lifetime = seconds(name, value)?,
            "ok" => self.ok = statuses(name, value)?,
            "ok_when" => self.ok_when = members(name, value)?.clone().into_iter().collect(),
            "error" => self.error = Some(text(name, value)?),
            "errors" => {
                let meaning = |(code, kind): (&String, &Value)| Ok((code.clone(), meaning(kind)?));
                self.errors = members(name, value)?.iter().map(meaning).collect::<Result<_>>()?;
            }
            "throttled" => self.throttled = statuses(name, value)?,
            "retry_after" => self.retry_after = retry_after(value)?,
            "exclusive" => self.exclusive = truth(name, value)?,
            "proxy" => self.proxy = Some(text(name, value)?),
            "ca_file" => self.ca_file = Some(text(name, value)?.into()),
            _ => return Err(refused("source", "has an option that is not known")),
        }
        Ok(self)
    }
}

fn auth(value: &Value) -> Result<GivenAuth> {
    let wrong = || {
        refused(
            "auth",
            "must be one of basic and basic_form, with a user and a password, bearer, and signed",
        )
    };
    let mut members = members("auth", value)?.iter();
    let (Some((kind, value)), None) = (members.next(), members.next()) else { return Err(wrong()) };
    let pair = || match value.as_array().map(Vec::as_slice) {
        Some([Value::String(user), Value::String(password)]) => Ok((wiped(user), wiped(password))),
        _ => Err(wrong()),
    };
    if kind == "signed" {
        return Signed::read(value).map(GivenAuth::Signed);
    }
    let auth = match kind.as_str() {
        "basic" => pair().map(|(user, password)| Auth::Basic(user, password)),
        "basic_form" => pair().map(|(user, password)| Auth::BasicForm(user, password)),
        "bearer" => value.as_str().map(|token| Auth::Bearer(wiped(token))).ok_or_else(wrong),
        _ => Err(wrong()),
    };
    auth.map(GivenAuth::Auth)
}

fn lifetime(value: &Value) -> Result<Lifetime> {
    let wrong = || {
        refused(
            "lifetime",
            "must be a list of \"asked\" and of one of seconds, minutes, milliseconds, epoch, epoch_ms, iso8601, \
             rfc2822 and jwt with a pointer, or constant with seconds",
        )
    };
    if value == "asked" {
        return Ok(Lifetime::Asked);
    }
    let mut members = value.as_object().ok_or_else(wrong)?.iter();
    let (Some((unit, at)), None) = (members.next(), members.next()) else { return Err(wrong()) };
    if unit == "constant" {
        return seconds("lifetime", at).map(Lifetime::Constant);
    }
    let of: fn(String) -> Lifetime = match unit.as_str() {
        "seconds" => Lifetime::Seconds,
        "minutes" => Lifetime::Minutes,
        "milliseconds" => Lifetime::Milliseconds,
        "epoch" => Lifetime::Epoch,
        "epoch_ms" => Lifetime::EpochMs,
        "iso8601" => Lifetime::Iso8601,
        "rfc2822" => Lifetime::Rfc2822,
        "jwt" => Lifetime::Jwt,
        _ => return Err(wrong()),
    };
    at.as_str().map(|at| of(at.to_owned())).ok_or_else(wrong)
}

fn meaning(value: &Value) -> Result<ErrorKind> {
    one_of(
        "errors",
        value,
        &[
            ("bad_request", ErrorKind::UpstreamBadRequest),
            ("unauthorized", ErrorKind::UpstreamUnauthorized),
            ("forbidden", ErrorKind::UpstreamForbidden),
            ("not_found", ErrorKind::UpstreamNotFound),
            ("throttled", ErrorKind::Throttled),
            ("unavailable", ErrorKind::UpstreamUnavailable),
        ],
    )
}

fn retry_after(value: &Value) -> Result<(String, RetryUnit)> {
    let units = [
        ("s", RetryUnit::Seconds),
        ("ms", RetryUnit::Milliseconds),
        ("epoch", RetryUnit::Epoch),
        ("epoch_ms", RetryUnit::EpochMs),
    ];
    match &list("retry_after", value)?[..] {
        [Value::String(header), unit] => Ok((header.clone(), one_of("retry_after", unit, &units)?)),
        _ => Err(refused("retry_after", "must be the name of a header and a unit")),
    }
}

fn one_of<T: Copy>(argument: &str, value: &Value, known: &[(&str, T)]) -> Result<T> {
    let found = known.iter().find(|(name, _)| value == name);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        must_be(argument, format!("one of {}", names.join(", ")))
    })
}

fn pairs(argument: &str, value: &Value) -> Result<Vec<(String, WipedString)>> {
    let pair = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), wiped(text))),
        _ => Err(must_be(argument, "an object of texts")),
    };
    members(argument, value)?.iter().map(pair).collect()
}

fn members<'a>(argument: &str, value: &'a Value) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| must_be(argument, "an object"))
}

fn list<'a>(argument: &str, value: &'a Value) -> Result<&'a Vec<Value>> {
    value.as_array().ok_or_else(|| must_be(argument, "a list"))
}

fn text(argument: &str, value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| must_be(argument, "a text"))
}

fn truth(argument: &str, value: &Value) -> Result<bool> {
    value.as_bool().ok_or_else(|| must_be(argument, "true or false"))
}

fn statuses(argument: &str, value: &Value) -> Result<Vec<u16>> {
    let status = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
    let statuses: Option<Vec<u16>> = list(argument, value)?.iter().map(status).collect();
    statuses.ok_or_else(|| must_be(argument, "a list of statuses"))
}

fn seconds(argument: &str, value: &Value) -> Result<u32> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| {
        let what = "must be 1 to 172,800 seconds, as a whole number";
        Error::of_argument(ErrorKind::InvalidTtl, argument, what)
    })
}

fn must_be(argument: &str, what: impl Display) -> Error {
    refused(argument, &format!("must be {what}"))
}

fn wiped(text: &str) -> WipedString {
    WipedString::from(text.to_owned())
}
