//! What an emulator is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::faults::Fault;
use crate::sid::is_sid;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The account of the built-in key. Obviously made up, but well-formed.
pub const DEMO_ACCOUNT_SID: &str = "ACde300000000000000000000000000000";
/// The SID of the built-in key.
pub const DEMO_KEY_SID: &str = "SKde300000000000000000000000000000";
/// The secret of the built-in key. It is public, so it protects nothing.
pub const DEMO_SECRET: &str = "not-a-secret-emulator-demo-key-0";
/// The auth token of the account of the built-in key.
pub const DEMO_AUTH_TOKEN: &str = "00000000000000000000000000000000";
/// The built-in TURN key of Cloudflare's service.
pub const DEMO_TURN_KEY_ID: &str = "00000000000000000000000000000001";
/// Its API token.
pub const DEMO_TURN_API_TOKEN: &str = "not-a-secret-emulator-turn-token";
/// What TURN credentials are signed with unless told otherwise: `static-auth-secret` of a coturn server.
pub const DEMO_TURN_SECRET: &str = "not-a-secret-emulator-turn-secret";
/// Where TURN credentials are for unless told otherwise.
pub const DEFAULT_TURN_URL: &str = "turn:127.0.0.1:3478?transport=udp";
/// Requests per second that an account may make unless told otherwise. The real number was never public.
pub const DEFAULT_RATE: f64 = 50.0;
/// Requests that an idle account may make at once unless told otherwise.
pub const DEFAULT_BURST: u32 = 50;

/// The largest `max_connections`.
const MAX_CONNECTIONS: usize = 65_536;

/// What an emulator is started with; `Config::default()` listens on a free port of 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Allows `listen` to be an address that other machines can reach.
    pub allow_remote: bool,
    /// The API keys that may call, and whose tokens are believed.
    pub keys: Vec<ApiKey>,
    /// The PlayerStreamers that exist, in whatever case; empty means every well-formed SID does.
    pub streamers: Vec<String>,
    /// Requests per second of one account; 0 switches the limit off.
    pub rate: f64,
    /// Requests that an idle account may make at once.
    pub burst: u32,
    /// What a 429 says about coming back.
    pub retry_after: RetryAfter,
    /// Pads every grant to at least this many bytes of JSON.
    pub grant_bytes: usize,
    /// Signs TURN credentials, so that a coturn server with this `static-auth-secret` takes them.
    pub turn_secret: String,
    /// Where that server is.
    pub turn_urls: Vec<String>,
    /// Faults in force from the start.
    pub faults: Vec<Fault>,
    /// Serves HTTPS with this kind of certificate instead of HTTP.
    #[cfg(feature = "tls")]
    pub tls: Option<Tls>,
    /// Connections served at once; more wait until one ends.
    pub max_connections: usize,
    /// Threads that serve them.
    pub worker_threads: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_remote: false,
            keys: vec![ApiKey::demo()],
            streamers: Vec::new(),
            rate: DEFAULT_RATE,
            burst: DEFAULT_BURST,
            retry_after: RetryAfter::Absent,
            grant_bytes: 0,
            turn_secret: DEMO_TURN_SECRET.to_owned(),
            turn_urls: vec![DEFAULT_TURN_URL.to_owned()],
            faults: Vec::new(),
            #[cfg(feature = "tls")]
            tls: None,
            max_connections: 1024,
            worker_threads: 2,
        }
    }
}

impl Config {
    /// Says what is wrong with this configuration, if anything.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !self.allow_remote && !self.listen.ip().is_loopback() {
            return Err(format!(
                "{} is not a loopback address and allow_remote is off",
                self.listen
            ));
        }
        if self.keys.is_empty() {
            return Err("at least one API key is needed".to_owned());
        }
        if let Some(bad) = self.streamers.iter().find(|sid| !is_sid(sid, "VJ")) {
            return Err(format!("{bad:?} is no PlayerStreamer SID (VJ and 32 hexadecimal digits)"));
        }
        check_limit(self.rate, self.burst)?;
        if !(1..=MAX_CONNECTIONS).contains(&self.max_connections) {
            return Err(format!("connections must be 1 to {MAX_CONNECTIONS}"));
        }
        if self.grant_bytes > crate::grant::MAX_PADDED_BYTES {
            return Err(format!("a grant has {} bytes at most", crate::grant::MAX_PADDED_BYTES));
        }
        self.faults.iter().try_for_each(Fault::check)
    }
}

/// Says what is wrong with a request limit, if anything.
pub(crate) fn check_limit(rate: f64, burst: u32) -> Result<(), String> {
    if !rate.is_finite() || rate < 0.0 || (rate > 0.0 && burst == 0) {
        return Err("the rate must be 0 or more, and the burst at least 1".to_owned());
    }
    Ok(())
}

/// An API key: it may call the endpoint, and tokens signed with its secret are believed.
#[derive(Clone)]
pub struct ApiKey {
    /// The account it belongs to, `AC…`.
    pub account_sid: String,
    /// Its own SID, `SK…`.
    pub key_sid: String,
    /// The secret that signs tokens.
    pub secret: String,
}

impl ApiKey {
    /// A key from its three parts.
    ///
    /// # Errors
    ///
    /// Says which part is malformed, without repeating the secret.
    pub fn new(account_sid: &str, key_sid: &str, secret: &str) -> Result<Self, String> {
        if !is_sid(account_sid, "AC") {
            return Err("the account SID must be AC and 32 hexadecimal digits".to_owned());
        }
        if !is_sid(key_sid, "SK") {
            return Err("the key SID must be SK and 32 hexadecimal digits".to_owned());
        }
        if secret.is_empty() {
            return Err("the secret is empty".to_owned());
        }
        Ok(Self {
            account_sid: account_sid.to_owned(),
            key_sid: key_sid.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// The built-in key, made of the `DEMO_…` constants.
    pub fn demo() -> Self {
        Self {
            account_sid: DEMO_ACCOUNT_SID.to_owned(),
            key_sid: DEMO_KEY_SID.to_owned(),
            secret: DEMO_SECRET.to_owned(),
        }
    }

    /// The lines that give a shell this key, for programs that read it from the environment.
    pub fn exports(&self) -> String {
        let Self { account_sid, key_sid, secret } = self;
        format!(
            "export TWILIO_ACCOUNT_SID={account_sid}\nexport TWILIO_API_KEY={key_sid}\n\
             export TWILIO_API_SECRET={secret}\n"
        )
    }
}

impl FromStr for ApiKey {
    type Err = String;

    /// Reads `AC…:SK…:secret`; the secret may itself hold colons.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(account), Some(key), Some(secret)) => Self::new(account, key, secret),
            _ => Err("a key is written AC…:SK…:secret".to_owned()),
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("account_sid", &self.account_sid)
            .field("key_sid", &self.key_sid)
            .finish_non_exhaustive()
    }
}

/// What a 429 of the throttle says in `Retry-After`. Twilio promises no such header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// Nothing, as the documentation has it.
    #[default]
    Absent,
    /// A number of seconds.
    Seconds(u32),
    /// An HTTP-date that many seconds ahead.
    Date(u32),
}

impl FromStr for RetryAfter {
    type Err = String;

    /// Reads `none`, `7` or `date:7`.
    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = |digits: &str| {
            digits.parse().map_err(|_| "Retry-After is written none, 7 or date:7".to_owned())
        };
        match text.strip_prefix("date:") {
            _ if text == "none" => Ok(Self::Absent),
            Some(digits) => seconds(digits).map(Self::Date),
            None => seconds(text).map(Self::Seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_key_is_well_formed() {
        assert!(ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET).is_ok());
        assert!(Config::default().check().is_ok());
    }

    #[test]
    fn a_key_is_read_with_colons_in_its_secret_and_never_shows_it() {
        let key: ApiKey = format!("{DEMO_ACCOUNT_SID}:{DEMO_KEY_SID}:s3:cr:et").parse().unwrap();
        assert_eq!(key.secret, "s3:cr:et");
        assert!(!format!("{key:?}").contains("cr"));
        let swapped = format!("{DEMO_KEY_SID}:{DEMO_ACCOUNT_SID}:hush").parse::<ApiKey>();
        assert!(!swapped.unwrap_err().contains("hush"));
    }

    #[test]
    fn retry_after_has_three_forms() {
        assert_eq!("none".parse(), Ok(RetryAfter::Absent));
        assert_eq!("7".parse(), Ok(RetryAfter::Seconds(7)));
        assert_eq!("date:7".parse(), Ok(RetryAfter::Date(7)));
        assert!("soon".parse::<RetryAfter>().is_err());
    }

    #[test]
    fn bad_configurations_are_named() {
        let bad = [
            Config { listen: SocketAddr::from(([0, 0, 0, 0], 0)), ..Config::default() },
            Config { keys: Vec::new(), ..Config::default() },
            Config { streamers: vec!["VJ1".to_owned()], ..Config::default() },
            Config { rate: f64::NAN, ..Config::default() },
            Config { burst: 0, ..Config::default() },
            Config { max_connections: 0, ..Config::default() },
            Config { grant_bytes: usize::MAX, ..Config::default() },
        ];
        for config in bad {
            assert!(config.check().is_err(), "{config:?}");
        }
    }
}
