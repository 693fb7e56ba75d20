//! How a REST endpoint of credentials is described.

use std::fmt;
use std::path::PathBuf;

use serde_json::Value;

use super::choices::{Auth, Format, Lifetime, Method, Per, RetryUnit};
use super::signed::GivenAuth;
use crate::error::{ErrorKind, Result};
use crate::setters::route_setters;
use crate::wiped::WipedString;

pub(super) type Pair = (String, WipedString);

/// Describes a [`RestSource`](crate::RestSource). Texts may have slots: `{name}` stands for one of `vars` or `secrets`, `{key}` for what a
/// caller asks for, `{ttl}` for the lifetime that is asked for, `{now}` and `{now_ms}` for the time since 1970; `{{` is
/// a brace.
pub struct RestSourceBuilder {
    pub(super) url: String,
    pub(super) method: Method,
    pub(super) auth: Option<GivenAuth>,
    pub(super) headers: Vec<Pair>,
    pub(super) query: Vec<Pair>,
    pub(super) form: Option<Vec<Pair>>,
    pub(super) json: Option<Value>,
    pub(super) vars: Vec<Pair>,
    pub(super) secrets: Vec<Pair>,
    pub(super) arguments: &'static [&'static str],
    pub(super) per: Per,
    pub(super) distinct: bool,
    pub(super) ttl: Option<u32>,
    pub(super) answer: Format,
    pub(super) value: String,
    pub(super) lifetime: Vec<Lifetime>,
    pub(super) max_lifetime: u32,
    pub(super) ok: Vec<u16>,
    pub(super) ok_when: Vec<(String, Value)>,
    pub(super) error: Option<String>,
    pub(super) errors: Vec<(String, ErrorKind)>,
    pub(super) throttled: Vec<u16>,
    pub(super) retry_after: (String, RetryUnit),
    pub(super) exclusive: bool,
    pub(super) proxy: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) shape: Option<Shape>,
}

/// What is made of a credential before it is cached.
pub(crate) type Shape = fn(&str) -> Result<WipedString>;

impl RestSourceBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            method: Method::default(),
            auth: None,
            headers: Vec::new(),
            query: Vec::new(),
            form: None,
            json: None,
            vars: Vec::new(),
            secrets: Vec::new(),
            arguments: &[],
            per: Per::default(),
            distinct: false,
            ttl: None,
            answer: Format::default(),
            value: String::new(),
            lifetime: Vec::new(),
            max_lifetime: 86_400,
            ok: vec![200, 201],
            ok_when: Vec::new(),
            error: None,
            errors: Vec::new(),
            throttled: Vec::new(),
            retry_after: ("Retry-After".to_owned(), RetryUnit::default()),
            exclusive: false,
            proxy: None,
            ca_file: None,
            shape: None,
        }
    }

    /// How the endpoint is asked; `POST` by default.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What `Authorization` says; nothing by default.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(GivenAuth::Auth(auth));
        self
    }

    /// A header: visible ASCII. Those that HTTP itself needs are refused, and `Authorization` beside
    /// [`auth`](Self::auth).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into().into()));
        self
    }

    /// A member of the URL's query. Servers write queries to their logs: put a secret there only if the service leaves
    /// no choice.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into().into()));
        self
    }

    /// A field of the form in the body.
    #[must_use]
    pub fn form(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.form.get_or_insert_default().push((name.into(), value.into().into()));
        self
    }

    /// The JSON in the body. Its texts may have slots, its names may not; `"{ttl:int}"` alone becomes a number.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.json = Some(body);
        self
    }

    /// A value of a slot. Each has to be used.
    #[must_use]
    pub fn var(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.vars.push((name.into(), value.into().into()));
        self
    }

    /// The same of a secret: it may not stand in the URL's host and path.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.secrets.push((name.into(), value.into().into()));
        self
    }

    /// Who may share one credential; all callers by default.
    #[must_use]
    pub fn per(mut self, per: Per) -> Self {
        self.per = per;
        self
    }

    /// With [`Per::Key`]: each key has a credential of its own, though the request is the same for all.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// The lifetime to ask for in seconds, `1..=172_800`: what `{ttl}` stands for.
    #[must_use]
    pub fn ttl(mut self, seconds: u32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// What an answer is; JSON by default.
    #[must_use]
    pub fn answer(mut self, format: Format) -> Self {
        self.answer = format;
        self
    }

    /// Where the credential stands in a JSON answer, as a JSON pointer; the whole answer by default.
    #[must_use]
    pub fn value(mut self, pointer: impl Into<String>) -> Self {
        self.value = pointer.into();
        self
    }

    /// Where the answer says how long its credential lives. Of several the first counts that is there.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime.push(lifetime);
        self
    }

    /// The longest lifetime in seconds, `1..=172_800`; a day by default. A longer one that comes is cut, with an event.
    #[must_use]
    pub fn max_lifetime(mut self, seconds: u32) -> Self {
        self.max_lifetime = seconds;
        self
    }

    /// The statuses that a credential comes with; 200 and 201 by default.
    #[must_use]
    pub fn ok(mut self, statuses: &[u16]) -> Self {
        self.ok = statuses.to_vec();
        self
    }

    /// What an answer says at a JSON pointer if it holds a credential: for services that answer errors with 200.
    #[must_use]
    pub fn ok_when(mut self, pointer: impl Into<String>, value: Value) -> Self {
        self.ok_when.push((pointer.into(), value));
        self
    }

    /// Where an answer that refuses has its code, as a JSON pointer. It is shown in messages if it is short and plain.
    #[must_use]
    pub fn error(mut self, pointer: impl Into<String>) -> Self {
        self.error = Some(pointer.into());
        self
    }

    /// What such a code means, whatever the status: one of the kinds 300 to 305.
    #[must_use]
    pub fn error_code(mut self, code: impl Into<String>, kind: ErrorKind) -> Self {
        self.errors.push((code.into(), kind));
        self
    }

    /// Statuses beside 429 that mean that there were too many requests.
    #[must_use]
    pub fn throttled(mut self, statuses: &[u16]) -> Self {
        self.throttled = statuses.to_vec();
        self
    }

    /// The header that says when to come back; `Retry-After` by default.
    #[must_use]
    pub fn retry_after(mut self, header: impl Into<String>, unit: RetryUnit) -> Self {
        self.retry_after = (header.into(), unit);
        self
    }

    /// Each new credential ends the one before. Then it is refreshed as late as can be, and processes have to share it:
    /// a [`Credential`](crate::Credential) of it needs a [`Fleet`](crate::Fleet).
    #[must_use]
    pub fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }

    route_setters!();

    /// The slots whose values are arguments by themselves, by the names that callers know them by.
    #[must_use]
    pub(crate) fn arguments(mut self, names: &'static [&'static str]) -> Self {
        self.arguments = names;
        self
    }

    /// Has something made of each credential that comes.
    #[must_use]
    pub(crate) fn shaped(mut self, shape: Shape) -> Self {
        self.shape = Some(shape);
        self
    }
}

impl fmt::Debug for RestSourceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestSourceBuilder").finish_non_exhaustive()
    }
}
