//! One HTTP request: its connection, TLS, proxy and time limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, Transport as Wire,
};
use ureq::{Agent, Body, Proxy};

use super::certificates::Certificates;
use super::failure::{explained, explained_through_proxy};
use super::names::Names;
use super::offline;
use super::priming::prime;
use super::route::Route;
use super::url::checked_proxy;
use crate::clock::Clock;
use crate::clock::nanos;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::thread::boot_nanos;
use crate::watch::{self, Watched};

/// No request has longer.
const TIMEOUT_MAX: Duration = Duration::from_secs(3600);
/// Of the time that a request has, connecting may take this part.
const CONNECT_PART: u32 = 2;
/// An idle connection is kept no longer than this: less than servers commonly keep theirs, so that
/// none is used at the moment in which upstream closes it. The request would be lost and is not sent
/// twice. Connections that were closed before are found out when they are taken up.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(4);
/// The machine slept if boot time has run ahead of the monotonic clock by this much: the other ends
/// of idle connections are likely gone.
const GAP: Duration = Duration::from_secs(5);
/// An answer's header may be so large.
const HEADER_MAX_BYTES: usize = 16 * 1024;

/// One way to upstream, with the connections that are idle on it. While the library's watching thread
/// runs it closes them once they are [`IDLE_MAX`] old, else the next request does.
pub(crate) struct Transport(ForkCell<Connections>);

/// What connections are made with; immutable, so that a forked child may use it too.
struct Config {
    https_only: bool,
    tls: TlsConfig,
    proxy: Option<Proxy>,
    /// Nothing is sent.
    is_offline: bool,
}

/// This process's connections.
struct Connections {
    born: Generation,
    config: Arc<Config>,
    /// Outlives the pools, so that TLS is prepared once and its sessions are resumed.
    connector: Arc<DefaultConnector>,
    /// None before the first request, and when none has been sent for a while.
    current: ArcSwapOption<Pool>,
}

/// Connections made since the machine last slept.
struct Pool {
    agent: Agent,
    /// When it was used last, in nanoseconds since boot.
    used: AtomicU64,
    /// The time that requests have by default. A setting of the single request would have the agent
    /// prepare TLS anew for each connection, without resuming sessions.
    timeout: Duration,
    /// Both clocks when the pool was made.
    boot: Duration,
    monotonic: Instant,
}

impl Transport {
    /// A way to upstream that trusts the certificates of a file which has been read, or the built-in ones.
    /// Offline it sends nothing.
    pub(super) fn new(
        route: &Route,
        certificates: Option<&Certificates>,
        is_offline: bool,
    ) -> Result<Arc<Self>> {
        prime();
        let https_only = route.is_https();
        let tls = tls(certificates)?;
        let proxy = proxy(route.proxy(), https_only)?;
        let config = Config { https_only, tls, proxy, is_offline };
        Ok(Arc::new(Self(ForkCell::new(Connections::new(Arc::new(config))))))
    }

    /// Sends a form and returns the answer, whatever its status. One request: no retry, no redirect.
    pub(crate) fn post(
        self: &Arc<Self>,
        url: &str,
        authorization: &str,
        form: Vec<(&str, String)>,
        timeout: Duration,
    ) -> Result<Response<Body>> {
        let connections = self.0.get();
        if connections.config.is_offline {
            return offline::refused();
        }
        let timeout = timeout.min(TIMEOUT_MAX);
        let pool = connections.pool(timeout);
        let request = pool.agent.post(url);
        let request = if timeout == pool.timeout {
            request
        } else {
            request
                .config()
                .timeout_global(Some(timeout))
                .timeout_connect(Some(timeout / CONNECT_PART))
                .timeout_resolve(Some(timeout / CONNECT_PART))
                .build()
        };
        let answer = request
            .header("Authorization", authorization)
            .header("Accept", "application/json")
            .send_form(form);
        pool.used.store(boot_nanos(), Ordering::Relaxed);
        watch::beside(self, boot_nanos().saturating_add(nanos(IDLE_MAX)));
        answer.map_err(|error| match self.0.get().config.proxy {
            Some(_) => explained_through_proxy(&error),
            None => explained(&error),
        })
    }
}

impl Watched for Transport {
    fn next_wakeup(&self) -> Option<Duration> {
        self.0.get().current.load().as_ref().map(|pool| pool.idle_left())
    }

    /// Closes the connections. The agent closes none before its next request, but all when it is dropped.
    fn poll(self: Arc<Self>) {
        let connections = self.0.get();
        let current = connections.current.load();
        if current.as_ref().is_some_and(|pool| pool.idle_left().is_zero()) {
            connections.current.compare_and_swap(&*current, None);
        }
    }
}

impl Connections {
    fn new(config: Arc<Config>) -> Self {
        let (born, connector) = (fork::generation(), Arc::default());
        Self { born, config, connector, current: ArcSwapOption::empty() }
    }

    /// The connections to use; new ones after a suspend.
    fn pool(&self, timeout: Duration) -> Arc<Pool> {
        let current = self.current.load();
        if let Some(pool) = current.as_ref().filter(|pool| !pool.slept()) {
            pool.used.store(boot_nanos(), Ordering::Relaxed);
            return Arc::clone(pool);
        }
        let agent = agent(&self.config, timeout, Prepared(Arc::clone(&self.connector)), Names);
        let fresh = Arc::new(Pool::new(agent, timeout));
        let before = self.current.compare_and_swap(&*current, Some(Arc::clone(&fresh)));
        match &*before {
            // Another thread was faster.
            Some(other) if current.as_ref().is_none_or(|old| !Arc::ptr_eq(old, other)) => {
                Arc::clone(other)
            }
            _ => fresh,
        }
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
    fn new(agent: Agent, timeout: Duration) -> Self {
        let boot = Clock::system().now().boot();
        Self { agent, used: AtomicU64::new(nanos(boot)), timeout, boot, monotonic: Instant::now() }
    }

    /// How long until its connections are too old to be used.
    fn idle_left(&self) -> Duration {
        let end = self.used.load(Ordering::Relaxed).saturating_add(nanos(IDLE_MAX));
        Duration::from_nanos(end.saturating_sub(boot_nanos()))
    }

    /// Whether the machine has slept since the pool was made.
    fn slept(&self) -> bool {
        let boot = Clock::system().now().boot().saturating_sub(self.boot);
        boot.saturating_sub(self.monotonic.elapsed()) > GAP
    }
}

/// Makes connections for one agent after the other.
#[derive(Debug)]
struct Prepared(Arc<DefaultConnector>);

impl Connector<()> for Prepared {
    type Out = Box<dyn Wire>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        self.0.connect(details, chained)
    }
}

/// What sends requests, with everything set that would otherwise come from the environment or be
/// without a limit.
fn agent(
    config: &Config,
    timeout: Duration,
    connector: impl Connector<()>,
    resolver: impl Resolver,
) -> Agent {
    let settings = Agent::config_builder()
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
        .timeout_global(Some(timeout))
        .timeout_connect(Some(timeout / CONNECT_PART))
        .timeout_resolve(Some(timeout / CONNECT_PART))
        .build();
    Agent::with_parts(settings, connector, resolver)
}

/// The cryptography is passed explicitly: the process-wide default belongs to the host.
fn tls(certificates: Option<&Certificates>) -> Result<TlsConfig> {
    let roots = match certificates {
        None => RootCerts::WebPki,
        Some(file) => RootCerts::new_with_certs(&file.parse()?),
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(roots)
        .build())
}

fn proxy(url: Option<&str>, https_only: bool) -> Result<Option<Proxy>> {
    let Some(text) = url else {
        return Ok(None);
    };
    let refused = |what| Error::of_argument(ErrorKind::InvalidUrl, "proxy", what);
    let place = checked_proxy(text)?;
    if !https_only && !place.is_loopback() {
        // Without TLS to upstream the key would be there for all to read on the way to the proxy.
        return Err(refused("must be on loopback for a base_url with plain http"));
    }
    Proxy::new(text).map(Some).map_err(|_| refused("must be an http URL"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::atomic::AtomicUsize;

    use ureq::config::Config as AgentConfig;
    use ureq::unversioned::resolver::ResolvedSocketAddrs;
    use ureq::unversioned::transport::NextTimeout;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(4);

    /// Answers each request with an empty object, and counts the connections.
    struct Upstream {
        address: SocketAddr,
        connections: Arc<AtomicUsize>,
    }

    impl Upstream {
        fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let connections = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&connections);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    count.fetch_add(1, Ordering::Relaxed);
                    std::thread::spawn(move || serve(stream));
                }
            });
            Self { address, connections }
        }

        fn base_url(&self) -> String {
            format!("http://{}", self.address)
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::Relaxed)
        }
    }

    /// The requests of these tests have no body: each ends with an empty line.
    fn serve(stream: TcpStream) -> std::io::Result<()> {
        for line in BufReader::new(stream.try_clone()?).lines() {
            if line?.is_empty() {
                (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
            }
        }
        Ok(())
    }

    fn transport_to(upstream: &Upstream) -> Arc<Transport> {
        let route = Route::new(&upstream.base_url(), None, None).unwrap();
        Transport::new(&route, None, false).unwrap()
    }

    fn post(transport: &Arc<Transport>, upstream: &Upstream, timeout: Duration) {
        let url = format!("{}/v1/PlayerStreamers/VJ1/PlaybackGrant", upstream.base_url());
        let mut answer = transport.post(&url, "Basic x", Vec::new(), timeout).unwrap();
        answer.body_mut().read_to_vec().unwrap();
    }

    #[test]
    fn plain_http_leaves_the_machine_through_no_proxy() {
        let through = |address: &str, https_only| proxy(Some(address), https_only);
        for address in
            ["http://proxy.example:3128", "http://127.0.0.1.example:1", "http://u:p@1.2.3.4:1"]
        {
            let refused = through(address, false).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidUrl, "{address}");
            assert!(through(address, true).unwrap().is_some(), "{address}");
        }
        assert!(through("http://u:p@127.0.0.1:3128", false).unwrap().is_some());
    }

    #[test]
    fn connections_are_kept_whatever_time_a_request_has() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        for timeout in [TIMEOUT, TIMEOUT / 2, Duration::MAX] {
            post(&transport, &upstream, timeout);
        }
        assert_eq!(upstream.connections(), 1);
    }

    #[test]
    fn connections_are_not_kept_over_a_suspend() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        post(&transport, &upstream, TIMEOUT);
        let connections = transport.0.get();
        let pool = connections.pool(TIMEOUT);
        // As if the machine had slept since: boot time went on, the monotonic clock did not.
        let (agent, boot) = (pool.agent.clone(), pool.boot.saturating_sub(GAP * 2));
        let slept = Pool { boot, monotonic: pool.monotonic, ..Pool::new(agent, TIMEOUT) };
        connections.current.store(Some(Arc::new(slept)));
        post(&transport, &upstream, TIMEOUT);
        post(&transport, &upstream, TIMEOUT);
        assert_eq!(upstream.connections(), 2);
    }

    #[test]
    fn connections_are_closed_when_they_are_too_old_to_be_used() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        post(&transport, &upstream, TIMEOUT);
        assert!(transport.next_wakeup().unwrap() > IDLE_MAX / 2);
        Arc::clone(&transport).poll();
        assert!(transport.next_wakeup().is_some(), "not yet");
        let connections = transport.0.get();
        connections.pool(TIMEOUT).used.store(0, Ordering::Relaxed);
        Arc::clone(&transport).poll();
        assert!(transport.next_wakeup().is_none());
        post(&transport, &upstream, TIMEOUT);
        assert_eq!(upstream.connections(), 2);
    }

    /// A name with several addresses.
    #[derive(Debug)]
    struct Several(Vec<SocketAddr>);

    impl Resolver for Several {
        fn resolve(
            &self,
            _: &http::Uri,
            _: &AgentConfig,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let mut all = self.empty();
            self.0.iter().for_each(|address| all.push(*address));
            Ok(all)
        }
    }

    #[test]
    fn of_several_addresses_the_first_that_answers_is_taken() {
        let upstream = Upstream::start();
        // Nothing listens at the first any more, nor at the second on most machines.
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let v6 = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], gone.port()));
        let addresses = Several(vec![v6, gone, upstream.address]);
        let tls = tls(None).unwrap();
        let config = Config { https_only: false, tls, proxy: None, is_offline: false };
        let start = Instant::now();
        let answer = agent(&config, TIMEOUT, DefaultConnector::new(), addresses)
            .get("http://localhost:1/")
            .call()
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert!(start.elapsed() < TIMEOUT / 4, "{:?}", start.elapsed());
    }
}
