//! What browsers take, made of what services answer: a list of servers, each with `urls`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};
use crate::wiped::WipedString;

/// No service has more servers.
const SERVERS_MAX: usize = 64;

/// One server, or a service's whole answer, as services write them. What is kept is kept as it is written.
#[derive(Deserialize)]
struct Server<'a> {
    #[serde(borrow)]
    urls: Option<&'a RawValue>,
    /// The name of before, and Matrix's.
    #[serde(borrow)]
    url: Option<&'a RawValue>,
    #[serde(borrow)]
    uris: Option<&'a RawValue>,
    #[serde(borrow)]
    username: Option<&'a RawValue>,
    #[serde(borrow)]
    credential: Option<&'a RawValue>,
    #[serde(borrow)]
    password: Option<&'a RawValue>,
    #[serde(borrow, rename = "iceServers")]
    ice_servers: Option<&'a RawValue>,
}

/// The servers in a list, in one server, or in an object that holds either as `iceServers`, as a list. Those that have
/// no URL which a browser can use are left out.
pub(super) fn servers(json: &str) -> Result<WipedString> {
    let json = json.trim_ascii();
    if json.starts_with('{') {
        let server: Server<'_> = serde_json::from_str(json).map_err(|_| none())?;
        return match server.ice_servers {
            Some(inner) if inner.get() != json => servers(inner.get()),
            _ => list(&[server]),
        };
    }
    let all: Vec<Server<'_>> = serde_json::from_str(json).map_err(|_| none())?;
    list(&all)
}

fn list(all: &[Server<'_>]) -> Result<WipedString> {
    if all.len() > SERVERS_MAX {
        return Err(none());
    }
    let mut text = WipedString::with_capacity(1024);
    text.push('[');
    for server in all {
        let Some(urls) = server.usable_urls() else { continue };
        if text.len() > 1 {
            text.push(',');
        }
        server.write(&urls, &mut text)?;
    }
    text.push(']');
    if text.len() == 2 { Err(none()) } else { Ok(text) }
}

impl Server<'_> {
    /// Its URLs, but for those at port 53, to which browsers do not connect: they would wait in vain.
    fn usable_urls(&self) -> Option<Vec<String>> {
        let urls = self.urls.or(self.uris).or(self.url)?.get();
        let all: Vec<String> = match urls.starts_with('"') {
            true => vec![serde_json::from_str(urls).ok()?],
            false => serde_json::from_str(urls).ok()?,
        };
        let usable: Vec<String> = all.into_iter().filter(|url| is_usable(url)).collect();
        (!usable.is_empty()).then_some(usable)
    }

    fn write(&self, urls: &[String], text: &mut WipedString) -> Result<()> {
        text.push_str("{\"urls\":");
        serde_json::to_writer(&mut *text, urls).map_err(|_| none())?;
        let members =
            [("username", self.username), ("credential", self.credential.or(self.password))];
        for (name, value) in members {
            let Some(value) = value.map(RawValue::get).filter(|value| *value != "null") else {
                continue;
            };
            if !value.starts_with('"') {
                return Err(none());
            }
            text.push_str(",\"");
            text.push_str(name);
            text.push_str("\":");
            text.push_str(value);
        }
        text.push('}');
        Ok(())
    }
}

/// Whether a URL is one of STUN or TURN, at a port that browsers connect to.
pub(super) fn is_usable(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let host = rest.split('?').next().unwrap_or_default();
    matches!(scheme, "stun" | "stuns" | "turn" | "turns")
        && !host.is_empty()
        && !host.ends_with(":53")
}

fn none() -> Error {
    let message = "the answer of upstream holds no ICE servers; check value";
    Error::new(ErrorKind::UpstreamNoGrant, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_services_write_becomes_what_browsers_take() {
        let turn = r#"[{"urls":["turn:a:3478"],"username":"u","credential":"c"}]"#;
        for (json, expected) in [
            (r#"[{"urls":"turn:a:3478","username":"u","credential":"c"}]"#, turn),
            (
                r#"{"iceServers":[{"urls":["turn:a:3478"],"username":"u","credential":"c","ttl":1}]}"#,
                turn,
            ),
            (r#"{"iceServers":{"username":"u","urls":["turn:a:3478"],"credential":"c"}}"#, turn),
            (r#"{"username":"u","password":"c","uris":["turn:a:3478"],"ttl":86400}"#, turn),
            (
                r#"[{"url":"turn:a:3478","urls":"turn:a:3478","username":"u","credential":"c"}]"#,
                turn,
            ),
            (r#"[{"url":"stun:a","username":null}]"#, r#"[{"urls":["stun:a"]}]"#),
            (
                r#"[{"urls":["stun:a:53","turn:a:53?transport=udp"]},{"urls":["stun:a:3478","stun:a:53"]}]"#,
                r#"[{"urls":["stun:a:3478"]}]"#,
            ),
        ] {
            assert_eq!(&*servers(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn what_holds_no_server_is_an_error() {
        for json in [
            "[]",
            "{}",
            "1",
            "\"turn:a\"",
            "[1]",
            r#"[{"urls":[]}]"#,
            r#"[{"urls":"https://a"}]"#,
            r#"[{"urls":1}]"#,
            r#"[{"urls":"turn:a","username":1}]"#,
            r#"{"iceServers":[]}"#,
            r#"{"iceServers":{"iceServers":{}}}"#,
            r#"[{"urls":["stun:a:53"]}]"#,
        ] {
            assert_eq!(servers(json).unwrap_err().kind(), ErrorKind::UpstreamNoGrant, "{json}");
        }
    }
}
