//! Where a server is, as its URL says.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::authority::Authority;

/// No sensible URL is longer.
const URL_MAX_BYTES: usize = 2048;
/// So many servers of a cluster are enough to find the others.
const HOSTS_MAX: usize = 16;
pub(super) const DEFAULT_PORT: u16 = 6379;

/// A checked URL. What it has a password in shows nobody.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(super) at: Where,
    pub(super) user: Option<Box<str>>,
    pub(super) password: Option<Zeroizing<Vec<u8>>>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Where {
    /// The socket in a file.
    File(PathBuf),
    Network {
        is_tls: bool,
        is_cluster: bool,
        /// One, or some of a cluster's.
        authorities: Vec<Authority>,
    },
}

impl Address {
    /// Reads a URL, or tells what is wrong with it, without a word of it.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        if url.len() > URL_MAX_BYTES {
            return Err("must have 2,048 bytes at most");
        }
        let (scheme, rest) = url.split_once("://").ok_or(NO_URL)?;
        match scheme.to_ascii_lowercase().as_str() {
            "redis" => Self::network(rest, false, false),
            "rediss" => Self::network(rest, true, false),
            "redis+cluster" => Self::network(rest, false, true),
            "rediss+cluster" => Self::network(rest, true, true),
            "redis+unix" => Self::file(rest),
            _ => Err(NO_URL),
        }
    }

    fn network(rest: &str, is_tls: bool, is_cluster: bool) -> Result<Self, &'static str> {
        // A password may have an @ in it, or a slash, a host has neither.
        let (login, place) = split_last(rest, "@");
        let (host, path) = place.split_at(place.find(['/', '?', '#']).unwrap_or(place.len()));
        if !matches!(path, "" | "/" | "/0") {
            return Err(
                "must end after the port: no database is chosen, and all else is an option",
            );
        }
        let hosts = host.split(',').take(HOSTS_MAX + 1);
        let authorities = hosts.map(|host| Authority::parse(host, Some(DEFAULT_PORT)));
        let authorities = authorities.collect::<Result<Vec<_>, _>>()?;
        if authorities.len() > if is_cluster { HOSTS_MAX } else { 1 } {
            return Err("must name one server, or at most 16 of a cluster behind redis+cluster://");
        }
        let (user, password) = login.map(login_of).transpose()?.unwrap_or_default();
        Ok(Self { at: Where::Network { is_tls, is_cluster, authorities }, user, password })
    }

    fn file(rest: &str) -> Result<Self, &'static str> {
        // A path begins with a slash, and may have an @ in it.
        let (login, path) = match rest.split_once("@/") {
            Some((login, path)) if !rest.starts_with('/') => (Some(login), format!("/{path}")),
            _ => (None, rest.to_owned()),
        };
        if !path.starts_with('/') || path.len() < 2 || path.contains(['?', '#', '\0']) {
            return Err(
                "must have the absolute path of a socket, such as redis+unix:///run/redis/redis.sock",
            );
        }
        let (user, password) = login.map(login_of).transpose()?.unwrap_or_default();
        Ok(Self { at: Where::File(Path::new(&path).to_owned()), user, password })
    }

    /// The URL, with three dots in place of user and password.
    pub(crate) fn url(&self) -> String {
        let (scheme, place) = match &self.at {
            Where::File(path) => ("redis+unix", path.display().to_string()),
            Where::Network { is_tls, is_cluster, authorities } => {
                let scheme = match (is_tls, is_cluster) {
                    (false, false) => "redis",
                    (true, false) => "rediss",
                    (false, true) => "redis+cluster",
                    (true, true) => "rediss+cluster",
                };
                (scheme, joined(authorities))
            }
        };
        let login = if self.password.is_some() { "...@" } else { "" };
        format!("{scheme}://{login}{place}")
    }

    /// Whether what is said can be read on its way: another machine, without TLS.
    pub(crate) fn is_in_the_open(&self) -> bool {
        match &self.at {
            Where::File(_) => false,
            Where::Network { is_tls, authorities, .. } => {
                !is_tls && !authorities.iter().all(Authority::is_loopback)
            }
        }
    }
}

const NO_URL: &str = "must be a URL that begins with rediss://, redis://, redis+unix://, rediss+cluster:// or redis+cluster://, \
     such as rediss://host.example:6380";

/// How troubles name it, and how it is shown: without the user.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Where::File(path) => write!(f, "redis at {}", path.display()),
            Where::Network { authorities, .. } => {
                write!(f, "redis at {}", joined(authorities))
            }
        }
    }
}

fn joined(authorities: &[Authority]) -> String {
    let names: Vec<_> = authorities.iter().map(ToString::to_string).collect();
    names.join(",")
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

type Login = (Option<Box<str>>, Option<Zeroizing<Vec<u8>>>);

/// The user and the password.
fn login_of(text: &str) -> Result<Login, &'static str> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    if password.is_empty() {
        return match user {
            "" => Ok((None, None)),
            _ => Err("must have a password beside the user: user:password@, or :password@"),
        };
    }
    let user =
        String::from_utf8(unescaped(user).to_vec()).map_err(|_| "must have a user in UTF-8")?;
    let user = Some(user).filter(|user| !user.is_empty()).map(Into::into);
    Ok((user, Some(unescaped(password))))
}

/// What stands for other characters is put back; a % before anything else is one.
fn unescaped(text: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| {
                rest = after;
                high << 4 | low
            }),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn split_last<'a>(text: &'a str, at: &str) -> (Option<&'a str>, &'a str) {
    text.rsplit_once(at).map_or((None, text), |(before, after)| (Some(before), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(url: &str) -> (Option<String>, Option<String>) {
        let address = Address::parse(url).unwrap();
        let password =
            address.password.map(|password| String::from_utf8(password.to_vec()).unwrap());
        (address.user.map(Into::into), password)
    }

    #[test]
    fn what_is_a_url_of_a_server_and_where_that_is() {
        for (url, shown) in [
            ("redis://localhost", "redis at localhost"),
            ("rediss://Host.Example:6380/", "redis at host.example:6380"),
            ("REDISS://user:secret@host.example:6379/0", "redis at host.example"),
            ("redis://[0::1]:7000", "redis at [::1]:7000"),
            ("redis+cluster://h1,h2:7000/", "redis at h1,h2:7000"),
            ("rediss+cluster://:secret@h1", "redis at h1"),
            ("redis+unix:///run/redis.sock", "redis at /run/redis.sock"),
            ("redis+unix://user:secret@/run/a@b.sock", "redis at /run/a@b.sock"),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!((address.to_string(), format!("{address:?}")), (shown.into(), shown.into()));
        }
    }

    #[test]
    fn a_url_is_shown_without_user_and_password() {
        for (url, shown) in [
            ("REDISS://Host.Example:6380/0", "rediss://host.example:6380"),
            ("redis://alice:se@cret@h", "redis://...@h"),
            ("redis://:@h", "redis://h"),
            ("redis+unix://:secret@/run/a@b.sock", "redis+unix://...@/run/a@b.sock"),
            ("redis+cluster://h1,h2:7000", "redis+cluster://h1,h2:7000"),
            ("rediss+cluster://:secret@h1", "rediss+cluster://...@h1"),
        ] {
            assert_eq!(Address::parse(url).unwrap().url(), shown);
        }
    }

    #[test]
    fn a_password_may_have_any_character_in_it() {
        for (url, user, password) in [
            ("redis://h", None, None),
            ("redis://:@h", None, None),
            ("redis://:secret@h", None, Some("secret")),
            ("redis://alice:secret@h", Some("alice"), Some("secret")),
            ("redis://al%69ce:p%40ss%25@h", Some("alice"), Some("p@ss%")),
            ("redis://alice:p@ss:w/rd?#@h:1", Some("alice"), Some("p@ss:w/rd?#")),
            ("redis://alice:100%@h", Some("alice"), Some("100%")),
            ("redis://alice:%zz%2@h", Some("alice"), Some("%zz%2")),
            ("redis+unix://:p%2Fx@/run/x", None, Some("p/x")),
        ] {
            assert_eq!(login(url), (user.map(Into::into), password.map(Into::into)), "{url}");
        }
    }

    #[test]
    fn what_is_none_is_refused_without_a_word_of_it() {
        let long = format!("redis://{}", "hunter2".repeat(300));
        for url in [
            "",
            "hunter2",
            "http://hunter2",
            "redis:/hunter2",
            "redis:hunter2",
            "valkey://hunter2",
            "redis://",
            "redis://hunter2:0",
            "redis://hunter2:65536",
            "redis://hunter2:x",
            "redis://hunter2:",
            "redis://hunter2@h",
            "redis://h/1hunter2",
            "redis://h#hunter2",
            "redis://hunter2,h",
            "redis+cluster://hunter2,",
            "redis+cluster://a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,hunter2",
            "redis://h?hunter2",
            "redis://h/0#hunter2",
            "redis://h hunter2",
            "redis+unix://hunter2",
            "redis+unix://",
            "redis+unix:///",
            "redis+unix:///run/x#hunter2",
            &long,
        ] {
            let what = Address::parse(url).unwrap_err();
            assert!(!what.contains("hunter2"), "{url}");
        }
    }

    #[test]
    fn what_others_could_read_is_known() {
        for (url, expected) in [
            ("redis://127.0.0.1", false),
            ("redis://localhost:1", false),
            ("redis://[::1]", false),
            ("redis://10.0.0.1", true),
            ("redis://localhost.example", true),
            ("rediss://10.0.0.1", false),
            ("redis+unix:///x", false),
            ("redis+cluster://127.0.0.1,10.0.0.1", true),
            ("rediss+cluster://127.0.0.1,10.0.0.1", false),
        ] {
            assert_eq!(Address::parse(url).unwrap().is_in_the_open(), expected, "{url}");
        }
    }
}
