//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use grantmint_emulator::{
    ApiKey, Config, DEFAULT_BURST, DEFAULT_RATE, DEFAULT_TURN_URL, DEMO_TURN_SECRET, Fault,
    RetryAfter, Tls,
};

/// An emulator of the PlaybackGrant endpoint, of the player, of the CDN and of a video room.
///
/// POST /v1/PlayerStreamers/VJ…/PlaybackGrant is answered as documented, and strictly. The other
/// endpoints judge the Access Tokens made from its grants, count, and make it fail on request; run with
/// --help for examples of each.
#[derive(Debug, Parser)]
#[command(version, after_long_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8900", value_name = "ADDRESS")]
    listen: SocketAddr,

    /// Allow --listen to be an address that other machines can reach
    ///
    /// The endpoints under /emulator/ ask for no credentials, so whoever reaches them steers the emulator.
    #[arg(long)]
    allow_remote: bool,

    /// An API key that may call and whose tokens are believed: AC…:SK…:secret (repeatable)
    ///
    /// Without any there is one built-in key. At the start the program prints it, as three lines for a shell.
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,

    /// A PlayerStreamer that exists, VJ… (repeatable)
    ///
    /// Without any, every well-formed SID exists.
    #[arg(long = "streamer", value_name = "SID")]
    streamers: Vec<String>,

    /// Requests per second of one account; 0 for no limit
    #[arg(long, default_value_t = DEFAULT_RATE)]
    rate: f64,

    /// Requests that an idle account may make at once
    #[arg(long, default_value_t = DEFAULT_BURST)]
    burst: u32,

    /// What a 429 says in Retry-After: none, a number of seconds, or date:SECONDS for an HTTP-date
    #[arg(long, default_value = "none", value_name = "WHEN")]
    retry_after: RetryAfter,

    /// Pad every grant to at least this many bytes of JSON
    #[arg(long, default_value_t = 0, value_name = "BYTES")]
    grant_bytes: usize,

    /// What TURN credentials are signed with: static-auth-secret of a coturn server
    #[arg(long, default_value = DEMO_TURN_SECRET, value_name = "SECRET")]
    turn_secret: String,

    /// Where that server is (repeatable)
    #[arg(long = "turn-url", default_value = DEFAULT_TURN_URL, value_name = "URL")]
    turn_urls: Vec<String>,

    /// A fault rule as JSON, in force from the start (repeatable)
    #[arg(long = "fault", value_name = "JSON", value_parser = read_fault)]
    faults: Vec<Fault>,

    /// Serve HTTPS, with a certificate of this kind
    #[arg(long, value_enum, value_name = "KIND")]
    tls: Option<TlsKind>,

    /// Write the certificate authority that clients are to trust to this file, in PEM
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_ca_out: Option<PathBuf>,

    /// Also run a CONNECT proxy there, which goes to loopback addresses only
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) connect_proxy: Option<SocketAddr>,

    /// Basic credentials that the proxy wants
    #[arg(long, value_name = "USER:PASSWORD", requires = "connect_proxy")]
    proxy_auth: Option<String>,

    /// Connections served at once; more wait until one ends
    #[arg(long, default_value_t = 1024, value_name = "NUMBER")]
    max_connections: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TlsKind {
    /// For localhost and 127.0.0.1, by the authority of --tls-ca-out
    Good,
    /// By another authority
    UnknownCa,
    /// For another host
    WrongHost,
    /// Long expired
    Expired,
    /// Of the year 2100
    NotYetValid,
    /// The authority's own
    Authority,
    /// Signed with ECDSA and SHA-512, as on the curve P-521
    UnusualSignature,
}

impl Cli {
    /// Whether the built-in key is the only one.
    pub(crate) const fn has_no_key(&self) -> bool {
        self.keys.is_empty()
    }

    /// The configuration that the arguments ask for.
    ///
    /// Keys are read here and not while parsing, where a mistake would be shown with the secret in it.
    pub(crate) fn into_config(self) -> Result<Config, String> {
        let keys = self.keys.iter().map(|key| key.parse());
        let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            keys.push(ApiKey::demo());
        }
        Ok(Config {
            listen: self.listen,
            allow_remote: self.allow_remote,
            keys,
            streamers: self.streamers,
            rate: self.rate,
            burst: self.burst,
            retry_after: self.retry_after,
            grant_bytes: self.grant_bytes,
            turn_secret: self.turn_secret,
            turn_urls: self.turn_urls,
            faults: self.faults,
            tls: self.tls.map(Tls::from),
            max_connections: self.max_connections,
            ..Config::default()
        })
    }

    /// User and password that the proxy wants. Without a colon there is only a user.
    pub(crate) fn proxy_credentials(&self) -> Option<(&str, &str)> {
        let text = self.proxy_auth.as_deref()?;
        Some(text.split_once(':').unwrap_or((text, "")))
    }
}

impl From<TlsKind> for Tls {
    fn from(kind: TlsKind) -> Self {
        match kind {
            TlsKind::Good => Self::Good,
            TlsKind::UnknownCa => Self::UnknownCa,
            TlsKind::WrongHost => Self::WrongHost,
            TlsKind::Expired => Self::Expired,
            TlsKind::NotYetValid => Self::NotYetValid,
            TlsKind::Authority => Self::Authority,
            TlsKind::UnusualSignature => Self::UnusualSignature,
        }
    }
}

fn read_fault(json: &str) -> Result<Fault, serde_json::Error> {
    serde_json::from_str(json)
}

const EXAMPLES: &str = r#"Examples, with the built-in key:

  A playback grant. Ttl is 1 to 60 seconds (15 by default); AccessControlAllowOrigin is one full
  origin, or any if left out. Over the limit the answer is 429 with code 20429.

    curl -X POST http://127.0.0.1:8900/v1/PlayerStreamers/VJ00000000000000000000000000000001/PlaybackGrant \
      -u 'SKde300000000000000000000000000000:not-a-secret-emulator-demo-key-0' \
      -d Ttl=60 -d AccessControlAllowOrigin=https://www.example.com

  Does the player, and then the CDN, take this Access Token? 200 if so, 403 with a reason if not.

    curl http://127.0.0.1:8900/emulator/play \
      -d '{"token": "eyJ…", "origin": "https://www.example.com"}'

  Does a video room take it? "room_sid" (RM…), "reconnect" and "at" (unix seconds) may be left out.

    curl http://127.0.0.1:8900/emulator/join \
      -d '{"token": "eyJ…", "room": "DailyStandup", "reconnect": true}'

  What was called how often, and zero again (that also removes faults and fills the throttle).

    curl http://127.0.0.1:8900/emulator/counters
    curl -X POST http://127.0.0.1:8900/emulator/reset

  Make the next two calls fail with 503 and the third with 429; then list, and remove.

    curl http://127.0.0.1:8900/emulator/faults -d '[
      {"kind": "status", "status": 503, "times": 2},
      {"kind": "throttle", "retry_after": 7, "form": "date", "times": 1}]'
    curl http://127.0.0.1:8900/emulator/faults
    curl -X DELETE http://127.0.0.1:8900/emulator/faults

  Is it up, and which keys does it know (without their secrets)?

    curl http://127.0.0.1:8900/emulator/health
    curl http://127.0.0.1:8900/emulator/keys

Fault rules concern the PlaybackGrant endpoint. Each has a "kind", and may have "times" (calls it
happens to; without end by default) and "streamer" (VJ…, the only one it happens to). A call that meets
a fault still counts as a call.

  Combine with each other and with one rule of any other kind:
    latency        ms, jitter_ms     answers later
    clock_offset   s                 Date, date_created, exp, play and join by a clock that is off
    no_date                          leaves out the Date header
    proxy_date     s                 Date by the clock of a proxy, which is off

  Of the others the first that matches happens, and the throttle does not. Without looking at the call:
    status         status, code, message, retry_after
                                             an error body under any status
    throttle       retry_after, form, raw    429; form is seconds, date or raw
    redirect       status, location          302 by default
    cut_before                               closes the connection without an answer
    stall          ms                        never answers; closes after ms, if given
    garbage_bytes                            answers with bytes that are not HTTP

  To a call that is in order:
    cut_body                         promises the whole body, sends half, and closes
    slow_body      bytes, every_ms   sends the body in pieces
    not_json, empty_body, truncated_json
    no_grant, string_grant, null_grant, array_grant
    oversize       bytes             pads the grant
    short_grant    lifetime_s            the URL's token ends sooner than Ttl
    opaque_url                       the URL's token is no JSON Web Token
    wrong_status   status            the right body under another status"#;
