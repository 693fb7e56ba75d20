//! How a fleet shares through a server, as a host program says it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::address::{Address, DEFAULT_PORT, Where};
use super::scripts::Scripts;
use super::server::{At, Login, Server};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Certificates, Place, Roots};
use crate::secret::Secret;

const PREFIX_MAX_BYTES: usize = 64;
/// How long an answer of the server is waited for.
const TIMEOUT: Duration = Duration::from_millis(250);
const TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_secs(2);

/// A server, and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedisOptions {
    address: Address,
    prefix: Box<str>,
    ca_file: Option<PathBuf>,
    timeout: Duration,
    is_insecure: bool,
}

impl RedisOptions {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let address = Address::parse(url);
        let address =
            address.map_err(|what| Error::of_argument(ErrorKind::InvalidUrl, "url", what))?;
        let (prefix, ca_file) = ("".into(), None);
        Ok(Self { address, prefix, ca_file, timeout: TIMEOUT, is_insecure: false })
    }

    pub(crate) fn set_prefix(&mut self, prefix: &str) -> Result<()> {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if prefix.len() > PREFIX_MAX_BYTES || !prefix.bytes().all(is_plain) {
            let what = "must have at most 64 letters, digits, dots, dashes and underscores";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "prefix", what));
        }
        self.prefix = prefix.into();
        Ok(())
    }

    pub(crate) fn set_ca_file(&mut self, path: &Path) {
        self.ca_file = Some(path.to_owned());
    }

    pub(crate) fn set_timeout(&mut self, timeout: Duration) -> Result<()> {
        if !TIMEOUTS.contains(&timeout) {
            let what = "must be 10 ms to 2 s";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "timeout", what));
        }
        self.timeout = timeout;
        Ok(())
    }

    pub(crate) fn allow_insecure(&mut self) {
        self.is_insecure = true;
    }

    /// Whether what is said can be read on its way, and that was not allowed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] if so.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_in_the_open() && !self.is_insecure {
            let what = "must begin with rediss://: without TLS only this machine is talked to, unless insecure says \
                        otherwise";
            return Err(Error::of_argument(ErrorKind::InvalidUrl, "url", what));
        }
        Ok(())
    }

    /// Whether others could read what is said.
    pub(super) fn is_in_the_open(&self) -> bool {
        self.address.is_in_the_open()
    }

    /// Whether the URL has a password in it.
    pub(crate) fn has_password(&self) -> bool {
        self.address.password.is_some()
    }

    /// Where the server is, for people: without the user.
    pub(crate) fn place(&self) -> String {
        self.address.to_string()
    }

    /// The URL, with three dots in place of user and password.
    pub(crate) fn url(&self) -> String {
        self.address.url()
    }

    /// What names begin with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The servers that are named, with the file of certificates read.
    pub(super) fn servers(&self) -> Result<Vec<Arc<Server>>> {
        self.check()?;
        // Upstream has such a file, too.
        let of_fleet = |error: Error| error.with_argument("fleet.ca_file");
        let certificates = self.ca_file.as_deref().map(Certificates::read);
        let certificates = certificates.transpose().map_err(of_fleet)?;
        let trusted = certificates.as_ref().map(Certificates::roots);
        let trusted = trusted.transpose().map_err(of_fleet)?;
        let roots = trusted.unwrap_or_else(Roots::built_in);
        let (at, is_of_cluster) = match &self.address.at {
            Where::File(path) => (vec![(At::File(path.clone()), self.address.to_string())], false),
            Where::Network { is_tls, is_cluster, authorities } => {
                let at = |authority| At::Network {
                    place: Place::of(authority, DEFAULT_PORT),
                    roots: is_tls.then(|| roots.clone()),
                };
                let named = |authority| (at(authority), format!("redis at {authority}"));
                (authorities.iter().map(named).collect(), *is_cluster)
            }
        };
        let login = self.address.password.as_ref().map(|password| {
            Arc::new(Login { user: self.address.user.clone(), password: Secret::new(password) })
        });
        let (scripts, identity) = (Scripts::new(), self.identity(certificates.as_ref()));
        let server = |(at, name): (At, String)| Server {
            at,
            name: name.into(),
            login: login.clone(),
            timeout: self.timeout,
            scripts: Arc::clone(&scripts),
            is_by_hand: false,
            is_of_cluster,
            is_insecure: self.is_insecure,
            identity,
        };
        Ok(at.into_iter().map(server).map(Arc::new).collect())
    }

    /// The same for those who name the same servers in the same way.
    fn identity(&self, certificates: Option<&Certificates>) -> [u8; 32] {
        let Address { at, user, password } = &self.address;
        let kind: &[u8] = match at {
            Where::File(_) => b"file",
            Where::Network { is_tls: true, is_cluster: true, .. } => b"rediss+cluster",
            Where::Network { is_tls: true, .. } => b"rediss",
            Where::Network { is_cluster: true, .. } => b"redis+cluster",
            Where::Network { .. } => b"redis",
        };
        let name = self.address.to_string();
        let trusted = certificates.map_or([0; 32], Certificates::digest);
        let millis = self.timeout.as_millis().to_le_bytes();
        let parts: [&[u8]; 7] = [
            kind,
            name.as_bytes(),
            user.as_deref().unwrap_or_default().as_bytes(),
            password.as_deref().map_or(&[], Vec::as_slice),
            &trusted,
            &millis,
            &[u8::from(self.is_insecure)],
        ];
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}
