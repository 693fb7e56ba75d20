//! A URL's host and port, in the one spelling that browsers write them in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// No name in the DNS is longer, nor is one of its labels.
const NAME_MAX_BYTES: usize = 253;
const LABEL_MAX_BYTES: usize = 63;

/// A host, and the port if it is not the scheme's own. Spellings that mean the same are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    host: String,
    port: Option<u16>,
}

impl Authority {
    /// Reads `host` or `host:port`, or tells what is wrong with it. `default` is the scheme's own port.
    pub(crate) fn parse(text: &str, default: Option<u16>) -> Result<Self, &'static str> {
        let (host, port) = split(text);
        let host = spelled(host).ok_or(
            "must have a host such as host.example, 127.0.0.1 or [::1]: ASCII, with nothing escaped",
        )?;
        let port = port.map(|port| number(port).ok_or("must have a port of 1 to 65535"));
        Ok(Self { host, port: port.transpose()?.filter(|port| Some(*port) != default) })
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost"
            || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Where that is, with the scheme's own port unless there is another.
    #[cfg(feature = "http")]
    pub(crate) fn at(&self, default: u16) -> (&str, u16) {
        (&self.host, self.port.unwrap_or(default))
    }

    /// The same without the dot behind a name, which asks the DNS for exactly this name: the server
    /// is the same.
    pub(crate) fn undotted(&self) -> Self {
        Self { host: self.host.trim_end_matches('.').to_owned(), port: self.port }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The host and what is behind its colon. The colons of an IPv6 address lie within brackets.
fn split(text: &str) -> (&str, Option<&str>) {
    let name_end = text.rfind(']').map_or(0, |end| end + 1);
    match text[name_end..].find(':') {
        Some(colon) => (&text[..name_end + colon], Some(&text[name_end + colon + 1..])),
        None => (text, None),
    }
}

fn spelled(host: &str) -> Option<String> {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse().ok().map(v6),
        None => name(&host.to_ascii_lowercase()),
    }
}

/// An IPv6 address as browsers write it. That of an IPv4 address has no dots there.
fn v6(address: Ipv6Addr) -> String {
    let [.., high, low] = address.segments();
    match address.to_ipv4_mapped() {
        Some(_) => format!("[::ffff:{high:x}:{low:x}]"),
        None => format!("[{address}]"),
    }
}

/// A name, perhaps with a dot behind it. One that ends in a number is an IPv4 address, and the forms
/// of one that programs read differently (`127.1`, `0x7f.0.0.1`, `0127.0.0.1`) are none.
fn name(text: &str) -> Option<String> {
    let labels = text.strip_suffix('.').unwrap_or(text);
    let last = labels.rsplit('.').next()?;
    let fits = labels.len() <= NAME_MAX_BYTES && labels.split('.').all(is_label);
    let valid = fits && (!is_number(last) || text.parse::<Ipv4Addr>().is_ok());
    valid.then(|| text.to_owned())
}

fn is_label(label: &str) -> bool {
    let fits = (1..=LABEL_MAX_BYTES).contains(&label.len());
    fits && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x");
    hexadecimal.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
        || label.bytes().all(|b| b.is_ascii_digit())
}

/// A port: digits alone, as `u16::from_str` would take a sign.
fn number(port: &str) -> Option<u16> {
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    port.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, &'static str> {
        Authority::parse(text, Some(443)).map(|authority| authority.to_string())
    }

    #[test]
    fn spellings_that_mean_the_same_are_the_same() {
        for (text, one) in [
            ("Host.Example", "host.example"),
            ("host.example.", "host.example."),
            ("host.example:443", "host.example"),
            ("host.example:0443", "host.example"),
            ("host.example:08443", "host.example:8443"),
            ("xn--sa-yia.example", "xn--sa-yia.example"),
            ("a_b-c", "a_b-c"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[0:0:0:0:0:0:0:1]", "[::1]"),
            ("[::0001]:1", "[::1]:1"),
            ("[2001:DB8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1]"),
            ("[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
            ("[::127.0.0.1]", "[::7f00:1]"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(one), "{text}");
        }
        let dotted = Authority::parse("host.example.:1", None).unwrap();
        assert_eq!(dotted.undotted().to_string(), "host.example:1");
    }

    #[test]
    fn what_is_no_host_or_port_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = ["a"; 128].join(".");
        for text in [
            "",
            ":443",
            ".",
            "..",
            "a..b",
            ".a",
            "a..",
            "a b",
            "a%62",
            "user@a",
            "åsa.example",
            "*",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0x",
            "0127.0.0.1",
            "127.0.0.1.",
            "256.0.0.1",
            "a.1",
            "::1",
            "[::1",
            "::1]",
            "[::1]]",
            "[::1]a",
            "a[::1]",
            "[fe80::1%25eth0]",
            "[127.0.0.1]",
            "[]",
            &long,
            &longer,
        ] {
            assert!(parsed(text).is_err_and(|what| what.contains("host")), "{text}");
        }
        for port in ["", "0", "00", "65536", "99999", "+443", "-1", "4 43", "4a", "1:2"] {
            let text = format!("a:{port}");
            assert!(parsed(&text).is_err_and(|what| what.contains("port")), "{text}");
        }
    }

    #[test]
    fn this_machine_has_several_names() {
        let is_loopback = |text| Authority::parse(text, None).unwrap().is_loopback();
        for text in ["localhost", "LOCALHOST:1", "127.9.9.9", "[::1]", "[0:0:0:0:0:0:0:1]:1"] {
            assert!(is_loopback(text), "{text}");
        }
        for text in ["localhost.example", "127.0.0.1.example", "10.0.0.1", "[::2]"] {
            assert!(!is_loopback(text), "{text}");
        }
    }
}
