//! How a request failed that brought no answer, in words that say what to do.

use std::borrow::Cow;
use std::io;

use super::distrust;
use crate::error::{Error, ErrorKind};
use crate::net::{Failure, none_left};

type Told = (ErrorKind, Cow<'static, str>);

/// What went wrong, without a word of what was sent or received.
pub(super) fn explained(failure: &Failure) -> Error {
    let (kind, message) = of_request(failure);
    Error::new(kind, message)
}

/// The same of a request that goes through a proxy: what fails before there is a tunnel, fails there.
pub(super) fn explained_through_proxy(failure: &Failure) -> Error {
    let connect = |message: &'static str| (ErrorKind::UpstreamConnect, message.into());
    let (kind, message) = match failure {
        Failure::HostNotFound => connect("the proxy's host name cannot be resolved; check proxy"),
        Failure::Socket(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            connect("the proxy cannot be connected to: nothing listens there; check proxy")
        }
        _ => match of_request(failure) {
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

fn of_request(failure: &Failure) -> Told {
    let (kind, message) = match failure {
        Failure::HostNotFound => {
            (ErrorKind::UpstreamConnect, "upstream's host name cannot be resolved; check base_url")
        }
        Failure::Socket(error) => of_socket(error),
        Failure::Tls(Some(error)) => {
            return (ErrorKind::UpstreamTls, distrust::explained(error).into());
        }
        Failure::Tls(None) => (ErrorKind::UpstreamTls, distrust::OF_NO_KNOWN_REASON),
        Failure::NoTunnel(status) => return no_tunnel(*status),
        Failure::BodyTooLarge => {
            (ErrorKind::UpstreamTooLarge, "the answer of upstream is over 64 KiB")
        }
        Failure::HeadTooLarge => {
            (ErrorKind::UpstreamTooLarge, "the header of upstream's answer is over 16 KiB")
        }
        Failure::NotHttp => {
            (ErrorKind::UpstreamConnect, "upstream does not speak HTTP as it should")
        }
    };
    (kind, message.into())
}

fn of_socket(error: &io::Error) -> (ErrorKind, &'static str) {
    match (none_left(error), error.kind()) {
        (Some(what), _) => (ErrorKind::UpstreamConnect, what),
        (None, io::ErrorKind::TimedOut) => {
            (ErrorKind::UpstreamTimeout, "upstream did not answer in time")
        }
        (None, _) => (ErrorKind::UpstreamConnect, NO_CONNECTION),
    }
}

/// The proxy opened no tunnel. What it refuses it will refuse again; what it could not do it may do later.
fn no_tunnel(status: Option<u16>) -> Told {
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

    #[test]
    fn what_a_proxy_refuses_is_not_tried_again() {
        let answered = |status: u16| explained_through_proxy(&Failure::NoTunnel(Some(status)));
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
        let socket = |kind: io::ErrorKind| Failure::Socket(kind.into());
        for failure in [
            Failure::HostNotFound,
            socket(io::ErrorKind::ConnectionRefused),
            socket(io::ErrorKind::HostUnreachable),
            Failure::cut_off(),
        ] {
            let told = explained_through_proxy(&failure);
            assert_eq!(told.kind(), ErrorKind::UpstreamConnect, "{told}");
            assert!(told.message().ends_with("check proxy"), "{told}");
            assert!(!explained(&failure).message().contains("proxy"), "{failure:?}");
        }
        let silent = explained_through_proxy(&Failure::NoTunnel(None));
        assert!(silent.message().ends_with("check proxy"), "{silent}");
        let late = explained_through_proxy(&socket(io::ErrorKind::TimedOut));
        assert_eq!(late.kind(), ErrorKind::UpstreamTimeout);
    }
}
