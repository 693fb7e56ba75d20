//! HTTPS with good and bad certificates, made at start.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
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
    /// By the right authority, but of the year 2100.
    NotYetValid,
    /// The authority's own, which `openssl req -x509` makes by default.
    Authority,
    /// By the right authority, but signed with an algorithm that few can check: ECDSA with SHA-512, as
    /// on the curve P-521.
    UnusualSignature,
}

/// A server's side of TLS, and the authority that clients are to trust.
pub(crate) struct TlsSetup {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: String,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Tls {
    pub(crate) fn set_up(self) -> Result<TlsSetup, BoxError> {
        let (trusted, own) = authority("grantmint emulator CA")?;
        let ca_pem = own.pem();
        let (certificate, key) = match self {
            Self::Authority => (own.der().clone(), trusted.key().serialize_der()),
            Self::UnknownCa => self.signed_by(&authority("grantmint emulator unknown CA")?.0)?,
            _ => self.signed_by(&trusted)?,
        };
        let config = server_config(certificate, PrivateKeyDer::try_from(key)?)?;
        Ok(TlsSetup { config, ca_pem })
    }

    fn signed_by(self, issuer: &Authority) -> Result<(CertificateDer<'static>, Vec<u8>), BoxError> {
        let key = KeyPair::generate()?;
        let mut certificate = self.leaf()?.signed_by(&key, issuer)?.der().clone();
        if self == Self::UnusualSignature {
            certificate = CertificateDer::from(with_unusual_signature(&certificate));
        }
        Ok((certificate, key.serialize_der()))
    }

    fn leaf(self) -> Result<CertificateParams, BoxError> {
        let names: &[&str] = match self {
            Self::WrongHost => &["elsewhere.invalid"],
            _ => HERE,
        };
        let mut leaf = CertificateParams::new(hosts(names))?;
        leaf.distinguished_name.push(DnType::CommonName, "grantmint emulator");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if self == Self::Expired {
            leaf.not_before = date_time_ymd(2020, 1, 1);
            leaf.not_after = date_time_ymd(2021, 1, 1);
        }
        if self == Self::NotYetValid {
            leaf.not_before = date_time_ymd(2100, 1, 1);
            leaf.not_after = date_time_ymd(2101, 1, 1);
        }
        Ok(leaf)
    }
}

type Authority = Issuer<'static, KeyPair>;

fn authority(name: &str) -> Result<(Authority, Certificate), BoxError> {
    let mut params = CertificateParams::new(hosts(HERE))?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let own = params.self_signed(&key)?;
    Ok((Issuer::new(params, key), own))
}

/// The certificate with another name for how it was signed: the signature does not matter to those who
/// do not know that algorithm.
fn with_unusual_signature(certificate: &[u8]) -> Vec<u8> {
    const ECDSA_WITH_SHA256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    const SHA512: u8 = 0x04;
    let mut renamed = certificate.to_vec();
    for start in 0..=renamed.len() - ECDSA_WITH_SHA256.len() {
        let end = start + ECDSA_WITH_SHA256.len();
        if renamed[start..end] == ECDSA_WITH_SHA256 {
            renamed[end - 1] = SHA512;
        }
    }
    renamed
}

const HERE: &[&str] = &["localhost", "127.0.0.1"];

fn hosts(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
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
