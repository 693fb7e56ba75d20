//! The bytes of a request: a form that is posted.

use std::fmt::Write as _;

use crate::net::USER_AGENT;
use crate::wiped::WipedString;

/// What is asked of whom.
pub(super) struct Post<'a> {
    /// The host and, if it is not the scheme's own, the port.
    pub(super) authority: &'a str,
    /// The path from the root on.
    pub(super) path: &'a str,
    /// What `Authorization` says.
    pub(super) authorization: &'a str,
    /// Names and values.
    pub(super) form: &'a [(&'a str, String)],
}

impl Post<'_> {
    /// The whole request. It holds the key, so it is wiped.
    pub(super) fn bytes(&self) -> WipedString {
        let body = encoded(self.form);
        let Self { authority, path, authorization, .. } = self;
        let mut text = WipedString::with_capacity(512 + authority.len() + path.len() + body.len());
        let written = write!(
            text,
            "POST {path} HTTP/1.1\r\n\
             content-length: {length}\r\n\
             user-agent: {USER_AGENT}\r\n\
             host: {authority}\r\n\
             authorization: {authorization}\r\n\
             accept: application/json\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
            length = body.len()
        );
        debug_assert!(written.is_ok(), "it grows");
        text
    }
}

/// A form as browsers send it.
fn encoded(form: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in form {
        if !text.is_empty() {
            text.push('&');
        }
        push_encoded(&mut text, name);
        text.push('=');
        push_encoded(&mut text, value);
    }
    text
}

fn push_encoded(text: &mut String, part: &str) {
    for byte in part.bytes() {
        match byte {
            b' ' => text.push('+'),
            b'*' | b'-' | b'.' | b'_' => text.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => text.push(byte.into()),
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
        let value = "a b+c&d=e%f\r\n\0~å/*-._Z9".to_owned();
        let form = [("Ttl", "45".to_owned()), ("a&b", value.clone())];
        let text = encoded(&form);
        assert_eq!(text, "Ttl=45&a%26b=a+b%2Bc%26d%3De%25f%0D%0A%00%7E%C3%A5%2F*-._Z9");
        assert_eq!(encoded(&[]), "");
    }
}
