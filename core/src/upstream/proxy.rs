//! The URL of a proxy, which may hold a user and a password.

use zeroize::Zeroizing;

use super::url::checked_proxy;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Place, Proxy};

/// Reads it. With plain http to upstream the proxy must be on this machine, as upstream is.
pub(super) fn parsed(text: &str, https_only: bool) -> Result<Proxy> {
    let refused = |what| Error::of_argument(ErrorKind::InvalidUrl, "proxy", what);
    let place = checked_proxy(text)?;
    if !https_only && !place.is_loopback() {
        // Without TLS to upstream the key would be there for all to read on the way to the proxy.
        return Err(refused("must be on loopback for a base_url with plain http"));
    }
    let is_tls = text.starts_with("https:");
    let proxy = Proxy::new(Place::of(&place, if is_tls { 443 } else { 80 }), is_tls);
    match credentials(text) {
        None => Ok(proxy),
        Some(pair) => {
            let pair = decoded(pair).ok_or_else(|| refused("must be an http URL"))?;
            Ok(proxy.with_credentials(&pair))
        }
    }
}

/// What stands before the host, with its escapes.
fn credentials(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split('/').next()?;
    Some(authority.rsplit_once('@')?.0)
}

/// A user, a colon and a password, without escapes. A colon that is escaped belongs to the user's name or to the
/// password, and looks the same from here on.
fn decoded(pair: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(pair.len() + 1));
    let mut rest = pair.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let escaped = behind.get(..2).filter(|_| *byte == b'%').and_then(hexadecimal);
        rest = if escaped.is_some() { &behind[2..] } else { behind };
        plain.push(escaped.unwrap_or(*byte));
    }
    if !pair.contains(':') {
        plain.push(b':');
    }
    str::from_utf8(&plain).is_ok().then_some(plain)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let is_hexadecimal = digits.iter().all(u8::is_ascii_hexdigit);
    u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok().filter(|_| is_hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_the_machine_through_no_proxy() {
        for address in
            ["http://proxy.example:3128", "http://127.0.0.1.example:1", "http://u:p@1.2.3.4:1"]
        {
            let refused = parsed(address, false).err().unwrap();
            assert_eq!(refused.kind(), ErrorKind::InvalidUrl, "{address}");
            assert!(parsed(address, true).is_ok(), "{address}");
        }
        assert!(parsed("http://u:p@127.0.0.1:3128", false).is_ok());
    }

    #[test]
    fn credentials_are_unescaped_once() {
        let pair = |text: &str| {
            let pair = decoded(credentials(&format!("http://{text}host:1/"))?).unwrap();
            Some(String::from_utf8(pair.to_vec()).unwrap())
        };
        for (text, plain) in [
            ("user:p%40ss%3Aword@", "user:p@ss:word"),
            ("u%40ser:p%2540ss+word@", "u@ser:p%40ss+word"),
            ("user:a:b@", "user:a:b"),
            ("user@", "user:"),
            (":word@", ":word"),
            ("@", ":"),
            ("u%zz:%4@", "u%zz:%4"),
            ("u%+1:%C3%A5@", "u%+1:å"),
        ] {
            assert_eq!(pair(text).as_deref(), Some(plain), "{text}");
        }
        assert_eq!(pair(""), None);
        assert!(decoded("u:%ff").is_none(), "not UTF-8");
        assert!(parsed("http://u:%ff@127.0.0.1:1", false).is_err());
    }
}
