//! The emulator as a value: starts with [`Emulator::start`], stops when dropped.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Instant;

use grantmint_core::judge::Refusal;
#[cfg(feature = "tls")]
use tokio_rustls::TlsAcceptor;

use crate::background::Background;
use crate::config::{Config, check_limit};
use crate::counters::Counters;
use crate::faults::Fault;
use crate::join::{JoinRequest, Joined};
use crate::play::Admission;
use crate::server::Server;
use crate::state::State;

/// A running emulator. It serves from threads of its own until it is dropped.
pub struct Emulator {
    // Dropped first: nothing is served any more once the rest goes.
    _background: Background,
    state: Arc<State>,
    address: SocketAddr,
    #[cfg(feature = "tls")]
    ca_pem: Option<String>,
}

impl Emulator {
    /// Starts an emulator; it accepts connections when this returns.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a configuration that makes no sense, and whatever the system says to listening
    /// and to starting threads.
    pub fn start(config: Config) -> io::Result<Self> {
        config.check().map_err(invalid_input)?;
        let (max_connections, threads) = (config.max_connections, config.worker_threads);
        #[cfg(feature = "tls")]
        let (tls, ca_pem) = {
            let setup = config.tls.map(|tls| tls.set_up()).transpose().map_err(io::Error::other)?;
            setup.map(|setup| (TlsAcceptor::from(setup.config), setup.ca_pem)).unzip()
        };

        let listener = TcpListener::bind(config.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let base_url = if tls.is_some() { secure_url(address) } else { plain_url(address) };
        #[cfg(not(feature = "tls"))]
        let base_url = plain_url(address);
        let state = Arc::new(State::new(config, base_url)?);

        let background = Background::start("emulator", threads)?;
        background.run(|stop| {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let server = Server {
                state: Arc::clone(&state),
                #[cfg(feature = "tls")]
                tls,
                stop,
            };
            Ok(server.listen(listener, max_connections))
        })?;
        Ok(Self {
            _background: background,
            state,
            address,
            #[cfg(feature = "tls")]
            ca_pem,
        })
    }

    /// Where it answers, without a trailing slash: `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate authority that a client is to trust, in PEM; `None` without TLS.
    #[cfg(feature = "tls")]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// What it has counted so far.
    pub fn counters(&self) -> Counters {
        self.state.counting.snapshot()
    }

    /// Zeroes the counters, removes the faults, and fills the throttle's buckets.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// Another request limit from now on: requests per second of one account, 0 for none, and requests that an
    /// idle account may make at once.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a rate that is negative or no number, and for a burst of 0 with a rate over 0; then the
    /// limit stays as it was.
    pub fn set_limit(&self, rate: f64, burst: u32) -> io::Result<()> {
        check_limit(rate, burst).map_err(invalid_input)?;
        self.state.throttle.set_limit(rate, burst, Instant::now());
        Ok(())
    }

    /// Replaces the fault rules.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a rule that makes no sense; then there are no rules.
    pub fn set_faults(&self, faults: Vec<Fault>) -> io::Result<()> {
        self.state.clear_faults();
        self.state.add_faults(faults).map_err(invalid_input)
    }

    /// Adds a fault rule behind those in force.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a rule that makes no sense, or one too many.
    pub fn add_fault(&self, fault: Fault) -> io::Result<()> {
        self.state.add_faults(vec![fault]).map_err(invalid_input)
    }

    /// The fault rules in force.
    pub fn faults(&self) -> Vec<Fault> {
        self.state.list_faults()
    }

    /// Removes the fault rules.
    pub fn clear_faults(&self) {
        self.state.clear_faults();
    }

    /// Does what the player and the CDN do with `token` for a page of `origin`.
    ///
    /// # Errors
    ///
    /// Why the player is turned away.
    pub fn play(&self, token: &str, origin: Option<&str>) -> Result<Admission, Refusal> {
        self.state.play(token, origin)
    }

    /// Does what a video room does with the request's token.
    ///
    /// # Errors
    ///
    /// Why the participant is turned away.
    pub fn join(&self, request: &JoinRequest) -> Result<Joined, Refusal> {
        self.state.join(request)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

/// Certificates name localhost, so that is the host of an https URL.
#[cfg(feature = "tls")]
fn secure_url(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

fn plain_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn invalid_input(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
