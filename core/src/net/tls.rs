//! TLS 1.2 and 1.3, and who is trusted.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::failure::Failure;
use super::stream::Stream;

/// The certificate authorities that are trusted.
#[derive(Clone)]
pub(crate) struct Roots(Arc<RootCertStore>);

impl Roots {
    /// Mozilla's, of the time when the library was built.
    pub(crate) fn built_in() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self(Arc::new(RootCertStore { roots }))
    }

    /// These alone. What is none of an authority is passed over.
    pub(crate) fn of(certificates: Vec<CertificateDer<'static>>) -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(certificates);
        Self(Arc::new(store))
    }
}

/// How TLS is spoken, with the sessions that can be resumed. It has a lock, so a forked child makes its own.
pub(crate) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// The cryptography is passed explicitly: the process-wide default belongs to the host. Nothing is read from
    /// the environment, and no key is logged.
    pub(crate) fn new(roots: &Roots) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("ring has ciphers for both versions")
            .with_root_certificates(Arc::clone(&roots.0))
            .with_no_client_auth();
        Self(Arc::new(config))
    }

    /// Puts TLS around a connection to a host, which has to prove that it is that host.
    pub(super) fn around(&self, mut stream: Stream, host: &str) -> Result<Stream, Failure> {
        let name = ServerName::try_from(host).map_err(|_| Failure::Tls(None))?.to_owned();
        let connection = ClientConnection::new(Arc::clone(&self.0), name);
        let mut connection = connection.map_err(|error| Failure::Tls(Some(error)))?;
        connection.complete_io(&mut stream)?;
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, stream))))
    }
}
