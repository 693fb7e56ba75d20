//! How a request failed that brought no answer, in words that say what to do.

use std::borrow::Cow;
use std::io;

use super::descriptors::none_left;
use super::distrust;
use crate::error::{Error, ErrorKind};

type Told = (ErrorKind, Cow<'static, str>);

/// What went wrong, without a word of what was sent or received.
pub(crate) fn explained(error: &ureq::Error) -> Error {
    let (kind, message) = of_request(error);
    Error::new(kind, message)
}

/// The same of a request that goes through a proxy: what fails before there is a tunnel, fails there.
pub(super) fn explained_through_proxy(error: &ureq::Error) -> Error {
    let connect = |message: &'static str| (ErrorKind::UpstreamConnect, message.into());
    let (kind, message) = match error {
        ureq::Error::HostNotFound => {
            connect("the proxy's host name cannot be resolved; check proxy")
        }
        ureq::Error::ConnectProxyFailed(reason) => no_tunnel(reason),
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            connect("the proxy cannot be connected to: nothing listens there; check proxy")
        }
        _ => match of_request(error) {
            (ErrorKind::UpstreamConnect, message) if message == NO_CONNECTION => {
                connect("no connection to the proxy or through it, or it broke; check proxy")
            }
            (ErrorKind::UpstreamTimeout, _) => {
                (ErrorKind::UpstreamTimeout, "the proxy or upstream did not answer in time".into())
            }
            other => other,
        },
    };
    Error::new(kind, message)
}

const NO_CONNECTION: &str = "no connection to upstream, or it broke; check base_url";

fn of_request(error: &ureq::Error) -> Told {
    let (kind, message) = match error {
        ureq::Error::Timeout(_) => timed_out(),
        ureq::Error::HostNotFound => {
            (ErrorKind::UpstreamConnect, "upstream's host name cannot be resolved; check base_url")
        }
        ureq::Error::Rustls(error) => return distrusted(error),
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => {
            (ErrorKind::UpstreamTls, distrust::OF_NO_KNOWN_REASON)
        }
        ureq::Error::Io(error) => return of_socket(error),
        ureq::Error::BodyExceedsLimit(_) => {
            (ErrorKind::UpstreamTooLarge, "the answer of upstream is over 64 KiB")
        }
        ureq::Error::LargeResponseHeader(..) => {
            (ErrorKind::UpstreamTooLarge, "the header of upstream's answer is over 16 KiB")
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            (ErrorKind::UpstreamConnect, "upstream does not speak HTTP as it should")
        }
        _ => (ErrorKind::UpstreamConnect, NO_CONNECTION),
    };
    (kind, message.into())
}

fn of_socket(error: &io::Error) -> Told {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return distrusted(error);
    }
    let (kind, message) = match (none_left(error), error.kind()) {
        (Some(what), _) => (ErrorKind::UpstreamConnect, what),
        (None, io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => timed_out(),
        (None, _) => (ErrorKind::UpstreamConnect, NO_CONNECTION),
    };
    (kind, message.into())
}

fn distrusted(error: &rustls::Error) -> Told {
    (ErrorKind::UpstreamTls, distrust::explained(error).into())
}

fn timed_out() -> (ErrorKind, &'static str) {
    (ErrorKind::UpstreamTimeout, "upstream did not answer in time")
}

/// The proxy opened no tunnel. What it refuses it will refuse again; what it could not do it may do later.
fn no_tunnel(reason: &str) -> Told {
    let is_number = |part: &&str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
    let status = reason.split([' ', '/']).find(is_number).and_then(|part| part.parse::<u16>().ok());
    let refused = |status, what: &str| {
        (ErrorKind::ProxyRefused, format!("the proxy answered {status}; {what}").into())
    };
    match status {
        Some(status @ (401 | 407)) => refused(status, "check the user and the password in proxy"),
        Some(status @ 403) => refused(status, "it does not let this host be reached"),
        Some(status @ (200..=399 | 400 | 402 | 404..=407 | 409..=428 | 430..=499)) => {
            refused(status, "check that proxy is an HTTP proxy which allows CONNECT")
        }
        Some(status) => {
            let message = format!("the proxy answered {status}: it has no connection to upstream");
            (ErrorKind::UpstreamConnect, message.into())
        }
        None => (ErrorKind::UpstreamConnect, "the proxy closed the connection; check proxy".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through_proxy(error: &ureq::Error) -> Error {
        explained_through_proxy(error)
    }

    #[test]
    fn what_a_proxy_refuses_is_not_tried_again() {
        let answered = |status: u16| {
            let reason = format!("proxy server responded {status}/{status}");
            through_proxy(&ureq::Error::ConnectProxyFailed(reason))
        };
        for status in [201, 302, 400, 401, 403, 404, 405, 407] {
            let error = answered(status);
            assert_eq!(error.kind(), ErrorKind::ProxyRefused, "{status}");
            assert!(error.message().contains(&status.to_string()), "{error}");
        }
        for status in [408, 429, 500, 502, 503, 504] {
            let error = answered(status);
            assert_eq!(error.kind(), ErrorKind::UpstreamConnect, "{status}");
            assert!(error.message().contains(&status.to_string()), "{error}");
        }
    }

    #[test]
    fn what_fails_on_the_way_to_a_proxy_is_said_of_it() {
        let io = |kind: io::ErrorKind| ureq::Error::Io(kind.into());
        for error in [
            ureq::Error::HostNotFound,
            ureq::Error::ConnectionFailed,
            ureq::Error::ConnectProxyFailed("proxy server did not respond".to_owned()),
            io(io::ErrorKind::ConnectionRefused),
            io(io::ErrorKind::HostUnreachable),
        ] {
            let told = through_proxy(&error);
            assert_eq!(told.kind(), ErrorKind::UpstreamConnect, "{told}");
            assert!(told.message().ends_with("check proxy"), "{told}");
            assert!(!explained(&error).message().contains("proxy"), "{error}");
        }
        let late = through_proxy(&io(io::ErrorKind::TimedOut));
        assert_eq!(late.kind(), ErrorKind::UpstreamTimeout);
    }
}
