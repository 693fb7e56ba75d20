//! How a request failed that brought no answer, in words that say what to do.

use std::io;

use crate::error::{Error, ErrorKind};

/// What went wrong, without a word of what was sent or received.
pub(crate) fn explained(error: &ureq::Error) -> Error {
    let (kind, message) = match error {
        ureq::Error::Timeout(_) => timed_out(),
        ureq::Error::HostNotFound => {
            (ErrorKind::UpstreamConnect, "upstream's host name cannot be resolved; check base_url")
        }
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::TlsRequired => untrusted(),
        ureq::Error::Io(error) if is_tls(error) => untrusted(),
        ureq::Error::Io(error)
            if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) =>
        {
            timed_out()
        }
        ureq::Error::ConnectProxyFailed(_) => {
            (ErrorKind::UpstreamConnect, "the proxy refused to connect to upstream")
        }
        ureq::Error::BodyExceedsLimit(_) => {
            (ErrorKind::UpstreamTooLarge, "the answer of upstream is over 64 KiB")
        }
        ureq::Error::LargeResponseHeader(..) => {
            (ErrorKind::UpstreamTooLarge, "the header of upstream's answer is over 16 KiB")
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            (ErrorKind::UpstreamConnect, "upstream does not speak HTTP as it should")
        }
        _ => (ErrorKind::UpstreamConnect, "no connection to upstream, or it broke; check base_url"),
    };
    Error::new(kind, message)
}

fn timed_out() -> (ErrorKind, &'static str) {
    (ErrorKind::UpstreamTimeout, "upstream did not answer in time")
}

fn untrusted() -> (ErrorKind, &'static str) {
    (
        ErrorKind::UpstreamTls,
        "the TLS connection to upstream cannot be trusted: check its certificate, ca_file, the host \
         name and the local clock",
    )
}

fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}
