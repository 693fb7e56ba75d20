//! The bytes of a request.

use std::fmt::Write as _;

use crate::net::USER_AGENT;
use crate::wiped::WipedString;

/// What is asked, but of whom.
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    /// The path from the root on, and the query if there is one.
    pub(crate) target: &'a str,
    /// Names and values, which are checked by whoever gives them.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// What `Content-Type` says, and the body; a GET has none.
    pub(crate) body: Option<(&'a str, &'a str)>,
}

impl Request<'_> {
    /// The whole request to a host and, if it is not the scheme's own, a port. It holds secrets, so it is wiped.
    pub(crate) fn bytes(&self, authority: &str) -> WipedString {
        let Self { method, target, headers, body } = self;
        let content = body.map_or("", |(_, content)| content);
        let mut text =
            WipedString::with_capacity(512 + authority.len() + target.len() + content.len());
        push(&mut text, &[method, " ", target, " HTTP/1.1\r\n"]);
        if body.is_some() {
            push(&mut text, &["content-length: ", &content.len().to_string(), "\r\n"]);
        }
        push(&mut text, &["user-agent: ", USER_AGENT, "\r\nhost: ", authority, "\r\n"]);
        for (name, value) in *headers {
            push(&mut text, &[name, ": ", value, "\r\n"]);
        }
        if let Some((kind, _)) = body {
            push(&mut text, &["content-type: ", kind, "\r\n"]);
        }
        push(&mut text, &["\r\n", content]);
        text
    }
}

fn push(text: &mut WipedString, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}

/// What the body of a form says it is.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A form, or a query, as browsers send it.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> WipedString {
    let mut text = WipedString::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        push_form_encoded(&mut text, name);
        text.push('=');
        push_form_encoded(&mut text, value);
    }
    text
}

/// Appends a part of a form.
pub(crate) fn push_form_encoded(text: &mut WipedString, part: &str) {
    push_encoded(text, part, |byte| matches!(byte, b'*' | b'-' | b'.' | b'_'), Some('+'));
}

/// Appends a step of a path, whatever is in it.
pub(crate) fn push_path_encoded(text: &mut WipedString, part: &str) {
    push_encoded(text, part, |byte| matches!(byte, b'-' | b'.' | b'_' | b'~'), None);
}

fn push_encoded(
    text: &mut WipedString,
    part: &str,
    stays: impl Fn(u8) -> bool,
    space: Option<char>,
) {
    for byte in part.bytes() {
        match (byte, space) {
            (b' ', Some(space)) => text.push(space),
            _ if byte.is_ascii_alphanumeric() || stays(byte) => text.push(byte.into()),
            _ => {
                let written = write!(text, "%{byte:02X}");
                debug_assert!(written.is_ok(), "it grows");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_what_it_was_given_and_nothing_that_ends_a_value() {
        let value = "a b+c&d=e%f\r\n\0~å/*-._Z9";
        let text = form([("Ttl", "45"), ("a&b", value)]);
        assert_eq!(&*text, "Ttl=45&a%26b=a+b%2Bc%26d%3De%25f%0D%0A%00%7E%C3%A5%2F*-._Z9");
        assert_eq!(&*form([]), "");
    }

    #[test]
    fn a_step_of_a_path_ends_no_step() {
        let mut text = WipedString::new();
        push_path_encoded(&mut text, "a/b?c#d e%2F~å");
        assert_eq!(&*text, "a%2Fb%3Fc%23d%20e%252F~%C3%A5");
    }

    #[test]
    fn a_request_without_a_body_says_nothing_of_one() {
        let headers = [("accept", "text/plain")];
        let request = Request { method: "GET", target: "/a?b=c", headers: &headers, body: None };
        let expected = format!(
            "GET /a?b=c HTTP/1.1\r\nuser-agent: {USER_AGENT}\r\nhost: h:1\r\naccept: text/plain\r\n\r\n"
        );
        assert_eq!(&*request.bytes("h:1"), expected);
    }
}
