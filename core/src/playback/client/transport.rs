//! One HTTP request: connections, TLS, proxy and time limits.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Body, Proxy};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::playback::options::{ClientOptions, is_loopback};

/// Of the time that a request has, connecting may take this part.
const CONNECT_PART: u32 = 2;
/// An idle connection is kept no longer than this.
const IDLE_MAX: Duration = Duration::from_secs(15);
/// The machine slept if boot time has run ahead of the monotonic clock by this much: the other ends
/// of idle connections are likely gone.
const GAP: Duration = Duration::from_secs(5);
/// An answer's header may be so large.
const HEADER_MAX_BYTES: usize = 16 * 1024;
/// A file of certificates may be so large.
const CA_FILE_MAX_BYTES: u64 = 4 * 1024 * 1024;

pub(super) struct Transport {
    config: Arc<Config>,
    agent: ForkCell<Connections>,
}

/// What connections are made with; immutable, so that a forked child may use it too.
struct Config {
    https_only: bool,
    tls: TlsConfig,
    proxy: Option<Proxy>,
}

/// This process's connections.
struct Connections {
    born: Generation,
    config: Arc<Config>,
    current: ArcSwap<Pool>,
}

/// Connections made since the machine last slept.
struct Pool {
    agent: Agent,
    /// Both clocks when the pool was made.
    boot: Duration,
    monotonic: Instant,
}

impl Transport {
    pub(super) fn new(options: &ClientOptions, base_url: &str) -> Result<Self> {
        let https_only = base_url.starts_with("https:");
        debug_assert!(
            https_only
                || is_loopback(
                    base_url.parse::<http::Uri>().ok().as_ref().and_then(http::Uri::host)
                )
        );
        let config = Config { https_only, tls: tls(options)?, proxy: proxy(options)? };
        let config = Arc::new(config);
        let agent = ForkCell::new(Connections::new(Arc::clone(&config)));
        Ok(Self { config, agent })
    }

    /// Sends a form and returns the answer, whatever its status.
    pub(super) fn post(
        &self,
        url: &str,
        authorization: &str,
        form: Vec<(&str, String)>,
        timeout: Duration,
    ) -> Result<Response<Body>> {
        let agent = self.agent.get().agent();
        agent
            .post(url)
            .config()
            .https_only(self.config.https_only)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout / CONNECT_PART))
            .timeout_resolve(Some(timeout / CONNECT_PART))
            .build()
            .header("Authorization", authorization)
            .header("Accept", "application/json")
            .send_form(form)
            .map_err(|error| explained(&error))
    }
}

impl Connections {
    fn new(config: Arc<Config>) -> Self {
        let current = ArcSwap::from_pointee(Pool::new(&config));
        Self { born: fork::generation(), config, current }
    }

    fn agent(&self) -> Agent {
        let pool = self.current.load();
        if pool.slept() {
            let fresh = Pool::new(&self.config);
            let agent = fresh.agent.clone();
            self.current.store(Arc::new(fresh));
            return agent;
        }
        pool.agent.clone()
    }
}

impl Reborn for Connections {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    fn reborn(&self) -> Self {
        Self::new(Arc::clone(&self.config))
    }
}

impl Pool {
    fn new(config: &Config) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(config.https_only)
            .proxy(config.proxy.clone())
            .tls_config(config.tls.clone())
            .user_agent(concat!("grantmint/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(HEADER_MAX_BYTES)
            .max_idle_age(IDLE_MAX)
            .max_idle_connections_per_host(4)
            .build()
            .new_agent();
        let boot = Clock::system().now().boot();
        Self { agent, boot, monotonic: Instant::now() }
    }

    /// Whether the machine has slept since the pool was made.
    fn slept(&self) -> bool {
        let boot = Clock::system().now().boot().saturating_sub(self.boot);
        boot.saturating_sub(self.monotonic.elapsed()) > GAP
    }
}

/// The cryptography is passed explicitly: the process-wide default belongs to the host.
fn tls(options: &ClientOptions) -> Result<TlsConfig> {
    let roots = match &options.ca_file {
        None => RootCerts::WebPki,
        Some(path) => RootCerts::new_with_certs(&certificates(path)?),
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(roots)
        .build())
}

fn certificates(path: &std::path::Path) -> Result<Vec<Certificate<'static>>> {
    let invalid = |why| Error::new(ErrorKind::InvalidArgument, why);
    let unreadable = || invalid("ca_file cannot be read");
    if fs::metadata(path).map_err(|_| unreadable())?.len() > CA_FILE_MAX_BYTES {
        return Err(invalid("ca_file is over 4 MiB"));
    }
    let pem = fs::read(path).map_err(|_| unreadable())?;
    let items: Result<Vec<_>, _> = parse_pem(&pem).collect();
    let items = items.map_err(|_| invalid("ca_file is not a PEM file"))?;
    let certificates: Vec<_> = items
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(invalid("ca_file holds no certificate"));
    }
    Ok(certificates)
}

fn proxy(options: &ClientOptions) -> Result<Option<Proxy>> {
    let Some(text) = &options.proxy else {
        return Ok(None);
    };
    let invalid = || Error::new(ErrorKind::InvalidUrl, "proxy must be an http URL");
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(invalid());
    }
    Proxy::new(text).map(Some).map_err(|_| invalid())
}

/// What went wrong, without a word of what was sent or received.
pub(super) fn explained(error: &ureq::Error) -> Error {
    let (kind, message) = match error {
        ureq::Error::Timeout(_) => timed_out(),
        ureq::Error::HostNotFound => {
            (ErrorKind::UpstreamConnect, "upstream's host name cannot be resolved")
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
        _ => (ErrorKind::UpstreamConnect, "no connection to upstream, or it broke"),
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
