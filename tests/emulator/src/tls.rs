//! HTTPS with good and bad certificates, made at start.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The kind of certificate that the emulator shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// For localhost and 127.0.0.1, by the authority of [`Emulator::ca_pem`](crate::Emulator::ca_pem).
    Good,
    /// By another authority than that one.
    UnknownCa,
    /// By the right authority for another host.
    WrongHost,
    /// By the right authority, but long expired.
    Expired,
}

/// A server's side of TLS, and the authority that clients are to trust.
pub(crate) struct TlsSetup {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: String,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Tls {
    pub(crate) fn set_up(self) -> Result<TlsSetup, BoxError> {
        let (trusted, ca_pem) = authority("grantmint emulator CA")?;
        let issuer = match self {
            Self::UnknownCa => authority("grantmint emulator unknown CA")?.0,
            _ => trusted,
        };
        let key = KeyPair::generate()?;
        let certificate = self.leaf()?.signed_by(&key, &issuer)?.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        Ok(TlsSetup { config: server_config(certificate, key)?, ca_pem })
    }

    fn leaf(self) -> Result<CertificateParams, BoxError> {
        let hosts: &[&str] = match self {
            Self::WrongHost => &["elsewhere.invalid"],
            _ => &["localhost", "127.0.0.1"],
        };
        let hosts = hosts.iter().copied().map(str::to_owned);
        let mut leaf = CertificateParams::new(hosts.collect::<Vec<_>>())?;
        leaf.distinguished_name.push(DnType::CommonName, "grantmint emulator");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if self == Self::Expired {
            leaf.not_before = date_time_ymd(2020, 1, 1);
            leaf.not_after = date_time_ymd(2021, 1, 1);
        }
        Ok(leaf)
    }
}

fn authority(name: &str) -> Result<(Issuer<'static, KeyPair>, String), BoxError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), pem))
}

fn server_config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, BoxError> {
    // The provider is named here: a process-wide default would be the caller's to install.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
