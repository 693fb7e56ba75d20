//! The PlaybackGrant request over HTTPS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::answer;
use super::check::UpstreamCheck;
use super::fetched::Fetched;
use super::options::ClientOptions;
use super::origin::Origin;
use super::request::GrantRequest;
use super::source::GrantSource;
use crate::base64_text;
use crate::credentials::ApiKey;
use crate::error::{ErrorKind, Result};
use crate::upstream::{self, Answer, Request, Route, SharedTransport};

const CLOSED_ENDPOINT: &str = "Twilio closed this endpoint in 2023: set source, or base_url to the \
     emulator";

/// Calls `POST {base_url}/v1/PlayerStreamers/{VJ…}/PlaybackGrant` with an API key: one request, no
/// retry and no redirect. Connections are kept for 4 s for the next call of any client of the process
/// that reaches upstream in the same way, but not over a fork or a suspend.
///
/// If the environment variable `GRANTMINT_OFFLINE` is set to 1 when a client is made, its requests to any host
/// but loopback fail with [`ErrorKind::Unsupported`] and are not sent: a switch for tests.
#[derive(Clone)]
pub struct PlaybackGrantClient(Arc<Client>);

struct Client {
    base_url: Box<str>,
    /// What the path of every request begins with.
    path: Box<str>,
    authorization: Zeroizing<String>,
    transport: SharedTransport,
    /// Upstream is the endpoint that Twilio has closed: errors say so.
    is_closed_endpoint: bool,
}

impl PlaybackGrantClient {
    /// A client for an API key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) for the base URL or the proxy's (plain
    /// http is allowed on loopback only),
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a file of certificates
    /// that cannot be read.
    pub fn new(key: &ApiKey, options: &ClientOptions) -> Result<Self> {
        let route = options.route()?;
        Ok(Self::over(SharedTransport::find(&route)?, key, options, &route))
    }

    /// As [`PlaybackGrantClient::new`], with connections of its own.
    pub(super) fn alone(key: &ApiKey, options: &ClientOptions) -> Result<Self> {
        let route = options.route()?;
        Ok(Self::over(SharedTransport::alone(&route)?, key, options, &route))
    }

    fn over(
        transport: SharedTransport,
        key: &ApiKey,
        options: &ClientOptions,
        route: &Route,
    ) -> Self {
        Self(Arc::new(Client {
            base_url: route.base_url().into(),
            path: route.path().into(),
            authorization: basic_auth(key),
            transport,
            is_closed_endpoint: options.is_closed_endpoint(),
        }))
    }

    /// Tries the way to upstream and the key with one request, which brings no grant.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use grantmint_core::{ApiKey, ClientOptions, PlaybackGrantClient};
    ///
    /// let client = PlaybackGrantClient::new(&ApiKey::from_env()?, &ClientOptions::new())?;
    /// let check = client.check(Duration::from_secs(5));
    /// match check.key {
    ///     Ok(()) => println!("upstream takes the key"),
    ///     Err(error) => println!("{error}"), // such as: upstream_tls: …
    /// }
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn check(&self, timeout: Duration) -> UpstreamCheck {
        let answer = UpstreamCheck::request().and_then(|request| self.post(&request, timeout));
        match answer {
            Ok(answer) => UpstreamCheck::of(answer),
            Err(error) => UpstreamCheck { key: Err(error), clock_offset_ms: None },
        }
    }

    fn post(&self, request: &GrantRequest, timeout: Duration) -> Result<Answer> {
        let (ttl, origin) = (request.ttl().to_string(), request.origin().map(Origin::to_string));
        let origin = origin.as_deref().map(|origin| ("AccessControlAllowOrigin", origin));
        let form = upstream::form([("Ttl", &*ttl)].into_iter().chain(origin));
        let headers =
            [("authorization", self.0.authorization.as_str()), ("accept", "application/json")];
        let body = Some((upstream::FORM, form.as_str()));
        let sent = Request { method: "POST", target: &self.path(request), headers: &headers, body };
        self.0.transport.send(&sent, timeout)
    }

    fn path(&self, request: &GrantRequest) -> String {
        format!("{}/v1/PlayerStreamers/{}/PlaybackGrant", self.0.path, request.streamer())
    }
}

impl GrantSource for PlaybackGrantClient {
    fn fetch(&self, request: &GrantRequest, timeout: Duration) -> Result<Fetched> {
        let answer = self.post(request, timeout);
        let fetched = answer.and_then(|answer| answer::read(answer, request));
        fetched.map_err(|error| match error.kind() {
            // It says already what to set.
            ErrorKind::Unsupported => error,
            _ if self.0.is_closed_endpoint => error.with_hint(CLOSED_ENDPOINT),
            _ => error,
        })
    }
}

fn basic_auth(key: &ApiKey) -> Zeroizing<String> {
    let mut pair = Zeroizing::new(key.key_sid().as_str().as_bytes().to_vec());
    // Grown once to its full size, so that no half of it stays behind in freed memory.
    pair.reserve_exact(1 + key.secret().expose().len());
    pair.push(b':');
    pair.extend_from_slice(key.secret().expose());
    let mut header = Zeroizing::new(String::with_capacity(8 + pair.len().div_ceil(3) * 4));
    header.push_str("Basic ");
    base64_text::push(&STANDARD, &pair, &mut header);
    header
}

impl fmt::Debug for PlaybackGrantClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaybackGrantClient")
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}
