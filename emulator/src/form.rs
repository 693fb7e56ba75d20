//! The form of a PlaybackGrant request: its content type, its two fields, and their limits.

use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;

/// What a well-formed request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GrantForm {
    /// Lifetime of the grant in seconds.
    pub(crate) ttl: i64,
    /// The one origin that may play, `*`, or any if absent.
    pub(crate) origin: Option<String>,
}

const DEFAULT_TTL_S: i64 = 15;
const MAX_TTL_S: i64 = 60;

impl GrantForm {
    /// Reads the form, or says why it is refused. Both fields may be left out, so an empty body is a
    /// form too, with or without a content type.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, &'static str> {
        if !(is_form(headers) || body.is_empty() && !headers.contains_key(CONTENT_TYPE)) {
            return Err("Content-Type must be application/x-www-form-urlencoded");
        }
        let (mut ttl, mut origin) = (None, None);
        for (name, value) in form_urlencoded::parse(body) {
            let taken = match name.as_ref() {
                "Ttl" => ttl.replace(read_ttl(&value)?).is_some(),
                "AccessControlAllowOrigin" => origin.replace(read_origin(&value)?).is_some(),
                _ => return Err("Unknown parameter: only Ttl and AccessControlAllowOrigin exist"),
            };
            if taken {
                return Err("A parameter is given twice");
            }
        }
        Ok(Self { ttl: ttl.unwrap_or(DEFAULT_TTL_S), origin })
    }
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn read_ttl(value: &str) -> Result<i64, &'static str> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    match value.parse() {
        Ok(ttl @ 1..=MAX_TTL_S) if digits => Ok(ttl),
        _ => Err("Ttl must be a whole number of seconds from 1 to 60"),
    }
}

fn read_origin(value: &str) -> Result<String, &'static str> {
    if value == "*" || is_origin(value) {
        Ok(value.to_owned())
    } else {
        Err("AccessControlAllowOrigin must be a full origin, such as https://www.example.com, or *")
    }
}

/// Whether `text` is `scheme://host[:port]` and nothing more.
fn is_origin(text: &str) -> bool {
    let Some(authority) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    match split_port(authority) {
        (host, None) => is_host(host),
        (host, Some(port)) => is_host(host) && is_port(port),
    }
}

/// Splits off the port, minding the colons of a bracketed IPv6 address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn read(content_type: Option<&str>, body: &str) -> Result<GrantForm, &'static str> {
        let content_type = content_type.map(|value| (CONTENT_TYPE, value.parse().unwrap()));
        GrantForm::read(&HeaderMap::from_iter(content_type), body.as_bytes())
    }

    #[test]
    fn reads_both_fields_and_their_defaults() {
        let full =
            read(Some(FORM), "Ttl=60&AccessControlAllowOrigin=https%3A%2F%2Fwww.example.com");
        assert_eq!(full.unwrap().origin.as_deref(), Some("https://www.example.com"));
        assert_eq!(read(Some(FORM), ""), Ok(GrantForm { ttl: 15, origin: None }));
        assert_eq!(read(None, ""), Ok(GrantForm { ttl: 15, origin: None }));
        let with_charset = read(Some("application/x-www-form-urlencoded; charset=UTF-8"), "Ttl=1");
        assert_eq!(with_charset, Ok(GrantForm { ttl: 1, origin: None }));
    }

    #[test]
    fn refuses_what_is_not_documented() {
        for body in
            ["Ttl=0", "Ttl=61", "Ttl=-1", "Ttl=%2B5", "Ttl=1.5", "Ttl=", "Ttl=99999999999999"]
        {
            assert!(read(Some(FORM), body).is_err(), "{body}");
        }
        for body in ["ttl=60", "Ttl=1&Ttl=1", "Colour=red"] {
            assert!(read(Some(FORM), body).is_err(), "{body}");
        }
        assert!(read(Some("application/json"), "").is_err());
        assert!(read(Some("application/json"), "{}").is_err());
        assert!(read(None, "Ttl=60").is_err());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_only() {
        for good in [
            "https://a",
            "http://localhost:3000",
            "https://www.example.com",
            "https://[::1]:8443",
            "http://127.0.0.1",
            "https://[2001:db8::1]",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "null",
            "www.example.com",
            "ftp://a",
            "https://",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://a:",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "https://a b",
            "https://a..b",
            "https://[::g]",
            "https://a?b",
            "https://*.a.com",
            "https://a,https://b",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
