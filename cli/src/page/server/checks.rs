//! What a request has to bring before its body is read. Each check keeps somebody out who can make a browser, or a
//! program of this machine, send requests here.

use hyper::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN,
    TRANSFER_ENCODING,
};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Uri};

use super::answer::Problem;

/// The longest body.
pub(super) const BODY_MAX_BYTES: u64 = 160 * 1024;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The names of this machine for itself.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The names under which the page may be asked for, beside those of loopback.
#[derive(Clone, Debug, Default)]
pub(in crate::page) struct AllowedHosts(Vec<String>);

/// What a path needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::page) enum Need {
    /// A file: anybody may have it.
    File,
    /// To swap the link's code: there is no key yet.
    Code,
    /// The session's key.
    Key,
}

/// Why a request is turned away before its body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::page) enum Refusal {
    Host,
    Method,
    Origin,
    Site,
    Type,
    NoLength,
    TooLong,
    Key,
}

impl AllowedHosts {
    /// `{port}` in a name stands for the page's port.
    pub(in crate::page) fn new(names: &[String], port: u16) -> Self {
        let name = |name: &String| name.replace("{port}", &port.to_string()).to_ascii_lowercase();
        Self(names.iter().map(name).collect())
    }

    fn has(&self, name: &str) -> bool {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        LOOPBACK.into_iter().any(is) || self.0.iter().any(|known| is(known))
    }

    /// The page's own origin, as a browser says it. A proxy that gives the page another name speaks TLS, and may
    /// rewrite either of the two.
    fn is_own(&self, origin: &str, host: &str) -> bool {
        let of_proxy = || {
            origin
                .strip_prefix("https://")
                .is_some_and(|name| self.0.iter().any(|known| known == name))
        };
        origin.strip_prefix("http://") == Some(host) || of_proxy()
    }
}

/// Checks a request's head; `is_key` says whether a text is the session's key.
pub(super) fn check(
    head: &Parts,
    need: Need,
    hosts: &AllowedHosts,
    is_key: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    let host = only(&head.headers, &HOST).filter(|host| is_allowed(host, &head.uri, hosts));
    let host = host.ok_or(Refusal::Host)?;
    if need == Need::File {
        return if head.method == Method::GET { Ok(()) } else { Err(Refusal::Method) };
    }
    if head.method != Method::POST {
        return Err(Refusal::Method);
    }
    if !only(&head.headers, &ORIGIN).is_some_and(|origin| hosts.is_own(origin, host)) {
        return Err(Refusal::Origin);
    }
    // Another port of this machine is `same-site`.
    if head.headers.contains_key(SEC_FETCH_SITE)
        && only(&head.headers, &SEC_FETCH_SITE) != Some("same-origin")
    {
        return Err(Refusal::Site);
    }
    // With any other type a browser sends what a page of another origin has, without asking here first.
    if only(&head.headers, &CONTENT_TYPE) != Some("application/json") {
        return Err(Refusal::Type);
    }
    check_length(&head.headers)?;
    let has_key = || {
        let bearer = only(&head.headers, &AUTHORIZATION)?.strip_prefix("Bearer ")?;
        Some(is_key(bearer))
    };
    match need {
        Need::Key if has_key() != Some(true) => Err(Refusal::Key),
        _ => Ok(()),
    }
}

fn is_allowed(host: &str, uri: &Uri, hosts: &AllowedHosts) -> bool {
    // A request for a proxy names another host before the path.
    let named =
        host.parse::<Authority>().ok().filter(|_| !host.contains('@') && uri.authority().is_none());
    named.is_some_and(|authority| hosts.has(authority.host()))
}

fn check_length(headers: &HeaderMap) -> Result<(), Refusal> {
    let length = only(headers, &CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    match length {
        _ if headers.contains_key(TRANSFER_ENCODING) => Err(Refusal::NoLength),
        None => Err(Refusal::NoLength),
        Some(length) if length > BODY_MAX_BYTES => Err(Refusal::TooLong),
        Some(_) => Ok(()),
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

impl Refusal {
    pub(super) fn problem(self) -> Problem {
        let (status, code, message) = match self {
            Self::Host => {
                (421, "host", "This is no name of the page. A proxy's is allowed by --allow-host.")
            }
            Self::Method => (405, "method", "Files are asked for by GET, all else by POST."),
            Self::Origin => (403, "origin", "Only the page itself may call this."),
            Self::Site => (403, "site", "Only the page itself may call this."),
            Self::Type => (415, "type", "The body's type has to be application/json."),
            Self::NoLength => (411, "length", "The length of the body has to be said."),
            Self::TooLong => (413, "too_long", "The body is longer than 160 KiB."),
            Self::Key => {
                (401, "key", "The session has ended: press Enter in the terminal for a new link.")
            }
        };
        Problem::new(status, code, message)
    }
}
