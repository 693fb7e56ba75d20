//! Which fleet a cache belongs to, as a host program says it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

#[cfg(target_os = "linux")]
use super::check::{Place, share};
use super::claim::Stores;
#[cfg(target_os = "linux")]
use super::host;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
use super::redis::{self, RedisOptions};
#[cfg(target_os = "linux")]
use super::store::Findings;
use super::store::FleetFinding;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// A secret is at least as long as the keys that are made of it.
const SECRET_MIN_BYTES: usize = 32;
const SECRET_MAX_BYTES: usize = 1024;
/// No path of Linux is longer.
const PATH_MAX_BYTES: usize = 4000;
/// No name of what a source fetches is longer.
pub(crate) const NAMESPACE_MAX_BYTES: usize = 128;

/// The processes that share grants, each in front of its own cache: those of one user on one machine.
///
/// Of all processes of a fleet one fetches each grant, and the others take over what it brings; after a 429 all of
/// them wait. The way is a private folder with files and locks; no server is needed. Grants lie there sealed,
/// with a key made from the secret of the API key. Linux only so far.
///
/// # Examples
///
/// ```no_run
/// use grantmint_core::{ApiKey, Fleet, PlaybackMinter};
///
/// # let key = ApiKey::new("AC00000000000000000000000000000001", "SK00000000000000000000000000000002", "secret")?;
/// let live = PlaybackMinter::builder(&key).fleet(Fleet::host()).build()?;
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Fleet {
    way: Way,
    secret: Option<Arc<Secret>>,
}

/// How processes share.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// Through a folder, or the usual one.
    Host(Option<PathBuf>),
    #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
    /// Through a server, with a folder in front or without one.
    Redis { options: Box<RedisOptions>, front: Option<Option<PathBuf>> },
}

impl Fleet {
    /// The processes of this user on this machine, by a folder that is found by itself: `grantmint` in
    /// `$XDG_RUNTIME_DIR`, else `/dev/shm/grantmint-` and the number of the user, else the same in the folder for
    /// temporary files.
    #[must_use]
    pub fn host() -> Self {
        Self::by(Way::Host(None))
    }

    fn by(way: Way) -> Self {
        Self { way, secret: None }
    }

    /// The processes that name this folder, which is made if it is not there: containers that share it, for
    /// example. It has to lie on a local file system and to belong to this user alone.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a path that is empty, relative or over 4,000 bytes.
    pub fn host_at(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let wrong = |what| Err(Error::of_argument(ErrorKind::InvalidArgument, "path", what));
        if path.as_os_str().is_empty() {
            return wrong("must not be empty: name a folder, or leave it out");
        }
        if path.as_os_str().len() > PATH_MAX_BYTES {
            return wrong("must have 4,000 bytes at most");
        }
        if !path.is_absolute() {
            return wrong("must be absolute, so that all processes mean the same folder");
        }
        if path.as_os_str().as_encoded_bytes().contains(&0) {
            return wrong("must not have a zero byte in it");
        }
        Ok(Self::by(Way::Host(Some(path.to_owned()))))
    }

    /// Seals what is shared with this secret, 32 to 1,024 random bytes that all processes have, in place of the API
    /// key's: then all keys of the account share grants, and to exchange the key costs no call. A
    /// [`GrantCache`](crate::GrantCache), which has no API key, needs one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for another length.
    pub fn secret(mut self, secret: &[u8]) -> Result<Self> {
        if !(SECRET_MIN_BYTES..=SECRET_MAX_BYTES).contains(&secret.len()) {
            let what = format!("must have 32 to 1,024 random bytes, not {}", secret.len());
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "secret", what));
        }
        self.secret = Some(Arc::new(Secret::new(secret)));
        Ok(self)
    }

    /// Where the store of this fleet lies, for people: its folder, which is made if it is not there, and checked; or its
    /// server, which is not asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] if the folder cannot be made or used, or others may use it;
    /// [`ErrorKind::Unsupported`] where there are no fleets.
    #[cfg(target_os = "linux")]
    pub fn place(&self) -> Result<String> {
        match &self.way {
            Way::Host(path) => host::place(path.as_deref())
                .map_err(|what| Error::of_argument(ErrorKind::InvalidArgument, "fleet", what)),
            #[cfg(feature = "fleet-redis")]
            Way::Redis { options, .. } => options.check().map(|()| options.place()),
        }
    }

    /// Tries whether processes can share here, and says of each thing that a fleet needs how it stands. What is left in
    /// the store for it ends by itself. Waits for the server, some seconds at most in all.
    ///
    /// # Errors
    ///
    /// Of what was given: [`ErrorKind::InvalidUrl`] for a URL that is not allowed, [`ErrorKind::InvalidArgument`] for a
    /// file of certificates that cannot be read; [`ErrorKind::Unsupported`] where there are no fleets.
    #[cfg(target_os = "linux")]
    pub fn check(&self) -> Result<Vec<FleetFinding>> {
        let (mut found, place) = (Findings::default(), Place::new());
        let mut folder = |path: &Option<PathBuf>| match host::place(path.as_deref()) {
            Ok(path) => {
                found.good("folder", format!("{path}: of this user alone"));
                true
            }
            Err(what) => {
                found.bad("folder", what);
                false
            }
        };
        let is_of_use = match &self.way {
            Way::Host(path) => folder(path),
            #[cfg(feature = "fleet-redis")]
            Way::Redis { options, front } => {
                front.as_ref().map(folder);
                redis::check(options, &place.slot, &mut found)?
            }
        };
        if is_of_use {
            share(&place, &*self.open()?.store, &mut found);
        }
        Ok(found.all())
    }

    /// It has been tried nowhere else.
    #[cfg(not(target_os = "linux"))]
    pub fn check(&self) -> Result<Vec<FleetFinding>> {
        self.open().map(|_| Vec::new())
    }

    /// Whether the URL has a password in it, which is shown nowhere.
    #[must_use]
    pub fn has_password(&self) -> bool {
        match &self.way {
            Way::Host(_) => false,
            #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
            Way::Redis { options, .. } => options.has_password(),
        }
    }

    /// It has been tried nowhere else.
    #[cfg(not(target_os = "linux"))]
    pub fn place(&self) -> Result<String> {
        self.open().map(|_| String::new())
    }

    /// The URL of the server, with three dots in place of user and password. None without a server.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match &self.way {
            Way::Host(_) => None,
            #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
            Way::Redis { options, .. } => Some(options.url()),
        }
    }

    pub(crate) fn own_secret(&self) -> Option<&[u8]> {
        self.secret.as_deref().map(Secret::expose)
    }

    /// The stores of this fleet.
    #[cfg(target_os = "linux")]
    pub(crate) fn open(&self) -> Result<Stores> {
        match &self.way {
            Way::Host(path) => Ok(Stores { front: None, store: host::open(path.as_deref()) }),
            #[cfg(feature = "fleet-redis")]
            Way::Redis { options, front } => {
                let front = front.as_ref().map(|path| host::open(path.as_deref()));
                Ok(Stores { front, store: redis::open(options)? })
            }
        }
    }

    /// It has been tried nowhere else.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn open(&self) -> Result<Stores> {
        let what = "works on Linux only so far: leave it out here";
        Err(Error::of_argument(ErrorKind::Unsupported, "fleet", what))
    }
}

/// Through Redis 6 or later, or Valkey: the processes of any number of machines.
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
impl Fleet {
    /// The processes that name this server: `rediss://user:password@host:port`, `redis://` for this machine or with
    /// [`Fleet::insecure`], or `redis+unix:///path` for a socket of this machine. It is connected to when it is first
    /// needed; that it is not there is no error. `redis+cluster://host1,host2` and `rediss+cluster://` name servers of
    /// a cluster.
    ///
    /// A user of the server with these rights can do what a fleet needs and nothing else:
    /// `~{grantmint:* -@all +eval +evalsha +time +get +getrange +set +del +strlen`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for anything else.
    pub fn redis(url: &str) -> Result<Self> {
        Ok(Self::through(RedisOptions::new(url)?))
    }

    /// Puts up to 64 letters, digits, dots, dashes and underscores into the names of all keys, so that fleets of
    /// one server can be told apart by eye. Processes share only with those of the same prefix.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for anything else, and for a fleet without a server.
    pub fn prefix(mut self, prefix: &str) -> Result<Self> {
        self.redis_options("prefix")?.set_prefix(prefix)?;
        Ok(self)
    }

    /// Trusts the certificate authorities in this PEM file instead of the built-in ones. It is read when a cache is
    /// made with the fleet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a fleet without a server.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Result<Self> {
        self.redis_options("ca_file")?.set_ca_file(path.as_ref());
        Ok(self)
    }

    /// How long an answer of the server is waited for: 10 ms to 2 s, 250 ms unless this is called.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for another time, and for a fleet without a server.
    pub fn timeout(mut self, timeout: std::time::Duration) -> Result<Self> {
        self.redis_options("timeout")?.set_timeout(timeout)?;
        Ok(self)
    }

    /// Allows `redis://` to another machine. Who listens on the way learns the password, when grants end and how
    /// often they are fetched, and no grant.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a fleet without a server.
    pub fn insecure(mut self) -> Result<Self> {
        self.redis_options("insecure")?.allow_insecure();
        Ok(self)
    }

    /// Has every process talk to the server itself. Otherwise the processes of each user on each machine share through
    /// a folder first, and one of them talks to the server for all.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a fleet without a server.
    pub fn without_host(self) -> Result<Self> {
        self.with_front("without_host", None)
    }

    /// The folder through which the processes of each machine share, in place of the usual one.
    ///
    /// # Errors
    ///
    /// As of [`Fleet::host_at`]; [`ErrorKind::InvalidArgument`] for a fleet without a server.
    pub fn host_path(self, path: impl AsRef<Path>) -> Result<Self> {
        match Self::host_at(path)?.way {
            Way::Host(path) => self.with_front("host_path", Some(path)),
            Way::Redis { .. } => Ok(self),
        }
    }

    fn with_front(mut self, argument: &str, front: Option<Option<PathBuf>>) -> Result<Self> {
        self.redis_options(argument)?;
        if let Way::Redis { front: before, .. } = &mut self.way {
            *before = front;
        }
        Ok(self)
    }

    fn through(options: RedisOptions) -> Self {
        Self::by(Way::Redis { options: Box::new(options), front: Some(None) })
    }

    fn redis_options(&mut self, argument: &str) -> Result<&mut RedisOptions> {
        match &mut self.way {
            Way::Redis { options, .. } => Ok(options),
            Way::Host(_) => {
                let what = "has no effect without a server: give the URL of one, or leave it out";
                Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
            }
        }
    }

    fn of_url(url: &str) -> Option<Result<Self>> {
        let is_url = url.split_once("://").is_some_and(|(scheme, _)| scheme.starts_with("redis"));
        is_url.then(|| {
            let fleet =
                RedisOptions::new(url).and_then(|options| options.check().map(|()| options));
            let fleet = fleet.map_err(|error| {
                let what = format!("names a server, whose {}", error.message());
                Error::of_argument(error.kind(), "fleet", what)
            });
            fleet.map(Self::through)
        })
    }
}

/// They have been tried nowhere else.
#[cfg(all(feature = "fleet-redis", not(target_os = "linux")))]
impl Fleet {
    /// As on Linux, where it works.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`], always.
    pub fn redis(_url: &str) -> Result<Self> {
        let what = "works on Linux only so far: leave it out here";
        Err(Error::of_argument(ErrorKind::Unsupported, "fleet", what))
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn prefix(self, _prefix: &str) -> Result<Self> {
        Ok(self)
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn ca_file(self, _path: impl AsRef<Path>) -> Result<Self> {
        Ok(self)
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn timeout(self, _timeout: std::time::Duration) -> Result<Self> {
        Ok(self)
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn insecure(self) -> Result<Self> {
        Ok(self)
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn without_host(self) -> Result<Self> {
        Ok(self)
    }

    /// As on Linux.
    ///
    /// # Errors
    ///
    /// None: there is no such fleet here.
    pub fn host_path(self, _path: impl AsRef<Path>) -> Result<Self> {
        Ok(self)
    }
}

/// There are none in this build.
#[cfg(not(all(feature = "fleet-redis", target_os = "linux")))]
impl Fleet {
    fn of_url(_url: &str) -> Option<Result<Self>> {
        None
    }
}

/// `host`, `host:` and the path of a folder, or the URL of a server if the feature `fleet-redis` is on.
impl FromStr for Fleet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(fleet) = Self::of_url(text) {
            return fleet;
        }
        match text.split_once(':') {
            None if text == "host" => Ok(Self::host()),
            Some(("host", path)) => Self::host_at(path).map_err(|error| {
                let what = format!("names a folder, whose {}", error.message());
                Error::of_argument(error.kind(), "fleet", what)
            }),
            _ => {
                let what = "must be host, or host: and the path of a folder";
                Err(Error::of_argument(ErrorKind::InvalidUrl, "fleet", what))
            }
        }
    }
}

/// Two fleets are the same if their processes share.
impl PartialEq for Fleet {
    fn eq(&self, other: &Self) -> bool {
        self.way == other.way && self.own_secret() == other.own_secret()
    }
}

impl Eq for Fleet {}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("way", &self.way).finish_non_exhaustive()
    }
}

/// Checks the name of what a source or a host program's own cache fetches.
pub(crate) fn check_namespace(argument: &str, name: &str) -> Result<()> {
    if name.is_empty() || name.len() > NAMESPACE_MAX_BYTES {
        let what = format!("must have 1 to 128 bytes, not {}", name.len());
        return Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_fleet_is_refused() {
        let kind = |text: &str| text.parse::<Fleet>().unwrap_err().kind();
        for text in ["", "hosts", "redis://h", "HOST", "/run/app", "host//x"] {
            assert_eq!(kind(text), ErrorKind::InvalidUrl, "{text:?}");
        }
        let long = format!("host:/{}", "x".repeat(4001));
        for text in ["host:", "host:relative", "host:./x", "host:/a\0b", &long] {
            assert_eq!(kind(text), ErrorKind::InvalidArgument, "{text:?}");
            assert_eq!(text.parse::<Fleet>().unwrap_err().argument(), Some("fleet"));
        }
        assert_eq!("host".parse::<Fleet>().unwrap(), Fleet::host());
        assert_eq!("host:/run/a".parse::<Fleet>().unwrap(), Fleet::host_at("/run/a").unwrap());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_fleet_says_where_it_is_or_why_it_cannot_be() {
        use std::os::unix::fs::PermissionsExt as _;

        let path = std::env::temp_dir().join(format!("grantmint-place-{}", std::process::id()));
        let fleet = Fleet::host_at(&path).unwrap();
        assert!(fleet.place().unwrap().starts_with(path.to_str().unwrap()));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
        let refused = fleet.place().unwrap_err();
        assert_eq!(
            (refused.kind(), refused.argument()),
            (ErrorKind::InvalidArgument, Some("fleet"))
        );
        assert!(refused.message().ends_with("its mode is 750, not 700"), "{refused}");
        std::fs::remove_dir_all(&path).unwrap();
    }

    #[test]
    fn a_secret_has_32_bytes_at_least_and_is_not_shown() {
        assert!(Fleet::host().secret(&[7; 31]).is_err());
        assert!(Fleet::host().secret(&[7; 1025]).is_err());
        let fleet = Fleet::host().secret(&[b'x'; 32]).unwrap();
        assert!(!format!("{fleet:?}").contains("xx") && !format!("{fleet:?}").contains("120"));
        assert_ne!(fleet, Fleet::host());
        assert_eq!(fleet, Fleet::host().secret(&[b'x'; 32]).unwrap());
    }

    #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
    #[test]
    fn a_server_is_named_by_its_url_which_shows_no_password() {
        let url = "rediss://alice:hunter2@host.example";
        let fleet = Fleet::redis(url).unwrap();
        assert_eq!(url.parse::<Fleet>().unwrap(), fleet);
        assert!(
            !format!("{fleet:?}").contains("hunter2") && !format!("{fleet:?}").contains("alice")
        );
        assert_ne!(fleet, Fleet::redis("rediss://alice:hunter3@host.example").unwrap());
        assert_ne!(fleet, fleet.clone().prefix("staging").unwrap());
        let refused = "redis://host.example:1#hunter2".parse::<Fleet>().unwrap_err();
        assert_eq!((refused.kind(), refused.argument()), (ErrorKind::InvalidUrl, Some("fleet")));
        assert!(!refused.message().contains("hunter2"), "{refused}");
    }

    #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
    #[test]
    fn options_of_a_server_are_checked() {
        let fleet = || Fleet::redis("redis://host.example").unwrap();
        let kind =
            |fleet: Result<Fleet>| fleet.map(|fleet| fleet.open().err().map(|error| error.kind()));
        assert_eq!(kind(Ok(fleet())), Ok(Some(ErrorKind::InvalidUrl)), "no TLS");
        assert_eq!(kind(fleet().insecure()), Ok(None));
        let no_file = Fleet::redis("rediss://host.example").unwrap().ca_file("/nowhere");
        assert_eq!(kind(no_file), Ok(Some(ErrorKind::InvalidArgument)));
        for (wrong, argument) in [
            (fleet().prefix("a:b"), "prefix"),
            (fleet().prefix("a}b"), "prefix"),
            (fleet().prefix(&"a".repeat(65)), "prefix"),
            (fleet().timeout(std::time::Duration::ZERO), "timeout"),
            (Fleet::host().prefix("a"), "prefix"),
            (Fleet::host().insecure(), "insecure"),
        ] {
            let wrong = wrong.unwrap_err();
            assert_eq!(
                (wrong.kind(), wrong.argument()),
                (ErrorKind::InvalidArgument, Some(argument))
            );
        }
    }
}
