//! Why a TLS connection was not trusted, in words that say what to do.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

pub(super) const OF_NO_KNOWN_REASON: &str = "the TLS connection to upstream cannot be trusted: check \
     its certificate, ca_file, the host name and the local clock";

/// What the certificate or the handshake was refused for. None of it is a secret.
pub(super) fn explained(error: &Error) -> String {
    let Some(why) = reason(error) else { return OF_NO_KNOWN_REASON.to_owned() };
    format!("the TLS connection to upstream cannot be trusted: {why}")
}

fn reason(error: &Error) -> Option<&'static str> {
    match error {
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::AlertReceived(AlertDescription::HandshakeFailure) => Some(
            "upstream knows no way that this library does to prove who it is. A certificate on the \
             curve P-521 cannot be checked: use P-256, P-384, Ed25519 or RSA",
        ),
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            Some("upstream speaks no TLS that this library does: it needs TLS 1.2 or 1.3")
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Some("what answers does not speak TLS; check the port in base_url")
        }
        _ => None,
    }
}

fn of_certificate(error: &CertificateError) -> Option<&'static str> {
    #[allow(deprecated, reason = "as long as rustls makes it")]
    Some(match error {
        CertificateError::UnknownIssuer => {
            "its certificate is by an authority that is not trusted here; name that authority's \
             certificate in ca_file"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another host name; check base_url"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired, or this machine's clock is ahead"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet, or this machine's clock is behind"
        }
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate is signed in a way that cannot be checked, such as with the curve P-521 or \
             SHA-1: use P-256, P-384, Ed25519 or RSA with SHA-256"
        }
        CertificateError::BadSignature => {
            "the signature of its certificate is not by the authority that it names; check ca_file"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its certificate is not one for servers (extended key usage serverAuth)"
        }
        CertificateError::Revoked => "its certificate was revoked",
        CertificateError::Other(other) if is_authoritys(other) => {
            "its certificate is an authority's own, as `openssl req -x509` makes unless told otherwise; \
             a server needs one with basicConstraints CA:FALSE"
        }
        _ => return None,
    })
}

/// What rustls has no name for it hands on.
fn is_authoritys(other: &rustls::OtherError) -> bool {
    other.to_string() == "CaUsedAsEndEntity"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_that_fails_has_its_reason_as_well() {
        for (error, word) in [
            (Error::AlertReceived(AlertDescription::HandshakeFailure), "P-521"),
            (Error::AlertReceived(AlertDescription::ProtocolVersion), "TLS 1.2"),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), "does not speak TLS"),
            (Error::InvalidCertificate(CertificateError::Revoked), "revoked"),
            (Error::InvalidCertificate(CertificateError::BadSignature), "ca_file"),
        ] {
            assert!(explained(&error).contains(word), "{error:?}");
        }
        assert_eq!(explained(&Error::DecryptError), OF_NO_KNOWN_REASON);
    }
}
