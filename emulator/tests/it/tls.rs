//! Certificates, good and bad, through the eyes of a client that trusts `ca_pem` alone.

use std::io;
use std::sync::Arc;

use grantmint_emulator::{Config, Emulator, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{connect, parse, talk};

fn start(tls: Tls) -> Emulator {
    Emulator::start(Config { tls: Some(tls), ..Config::default() }).unwrap()
}

fn health(emulator: &Emulator, host: &'static str) -> io::Result<u16> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(emulator.ca_pem().unwrap().as_bytes());
    roots.add(authority.unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = ServerName::try_from(host).unwrap();
    let client = ClientConnection::new(Arc::new(config), host).unwrap();
    let stream = StreamOwned::new(client, connect(emulator)?);
    let request = "GET /emulator/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    Ok(parse(&talk(stream, request)?).status)
}

#[test]
fn a_good_certificate_is_good_for_both_names() {
    let emulator = start(Tls::Good);
    assert!(emulator.base_url().starts_with("https://localhost:"));
    assert_eq!(health(&emulator, "localhost").unwrap(), 200);
    assert_eq!(health(&emulator, "127.0.0.1").unwrap(), 200);
}

#[test]
fn bad_certificates_are_each_refused_for_their_reason() {
    for (tls, reason) in [
        (Tls::UnknownCa, "UnknownIssuer"),
        (Tls::WrongHost, "not valid for name"),
        (Tls::Expired, "expired"),
        (Tls::NotYetValid, "not valid yet"),
        (Tls::Authority, "CaUsedAsEndEntity"),
        (Tls::UnusualSignature, "UnsupportedSignatureAlgorithm"),
    ] {
        let error = health(&start(tls), "localhost").unwrap_err().to_string();
        assert!(error.contains(reason), "{tls:?}: {error}");
    }
}

#[test]
fn without_tls_there_is_no_authority() {
    let emulator = Emulator::start(Config::default()).unwrap();
    assert_eq!(emulator.ca_pem(), None);
    assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
}
