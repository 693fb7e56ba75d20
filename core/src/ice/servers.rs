//! What callers ask for ICE servers.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::coturn::Coturn;
use super::issued::IceCredentials;
use crate::cache::{BeginOptions, Event, PendingCall, Stats, call_back};
use crate::credential::{Credential, Issued};
use crate::error::{Error, ErrorKind, Result};

/// ICE servers that have been asked for. Dropping it ends the wait, never the fetch. Not to be polled again when it is
/// ready.
pub type IceFuture = Pin<Box<dyn Future<Output = Result<IceCredentials>> + Send>>;

/// ICE servers for browsers, with short-lived credentials that all callers share, or that each user has: of Twilio,
/// Cloudflare, any other service, or a coturn server of one's own. Cheap to clone; to be shared by all threads.
///
/// Hand them out to users who have signed in: whoever has a credential can relay through the servers until it ends.
///
/// # Example: a coturn server
///
/// ```
/// use grantmint_core::IceServers;
///
/// let servers = IceServers::coturn("static-auth-secret", ["turn:turn.example:3478?transport=udp"]).build()?;
/// let json = servers.get(Some("alice"))?.to_json();
/// assert!(json.contains(":alice"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct IceServers(Way);

#[derive(Clone)]
enum Way {
    Fetched(Credential, Keys),
    Signed(Arc<Coturn>),
}

/// For whom there are credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// For each identity, and for those who name none.
    All,
    /// As the source says.
    OfSource,
}

impl IceServers {
    pub(super) fn fetched(credential: Credential, keys: Keys) -> Self {
        Self(Way::Fetched(credential, keys))
    }

    pub(super) fn signed(coturn: Coturn) -> Self {
        Self(Way::Signed(Arc::new(coturn)))
    }

    /// The servers, waiting for them if need be. Users who are named have credentials of their own, all others share
    /// one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for the identity; else as of [`Credential::get`].
    pub fn get(&self, identity: Option<&str>) -> Result<IceCredentials> {
        self.get_with(identity, BeginOptions::default())
    }

    /// As [`IceServers::get`], with a promise and a time of its own.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_with(
        &self,
        identity: Option<&str>,
        options: BeginOptions,
    ) -> Result<IceCredentials> {
        match &self.0 {
            Way::Signed(coturn) => signed(coturn, identity),
            Way::Fetched(credential, keys) => {
                let issued = credential.get_with(keys.key(identity).as_deref(), options);
                issued.map(IceCredentials::new).map_err(|error| keys.of_identity(error))
            }
        }
    }

    /// As [`IceServers::get_with`], as a future.
    pub fn get_async(&self, identity: Option<&str>, options: BeginOptions) -> IceFuture {
        match &self.0 {
            Way::Signed(coturn) => {
                let signed = signed(coturn, identity);
                Box::pin(std::future::ready(signed))
            }
            Way::Fetched(credential, keys) => {
                let keys = *keys;
                let issued = credential.get_async(keys.key(identity).as_deref(), options);
                Box::pin(async move {
                    let issued = issued.await.map_err(|error| keys.of_identity(error))?;
                    Ok(IceCredentials::new(issued))
                })
            }
        }
    }

    /// As [`IceServers::get_with`], by callback: see [`Credential::get_then`].
    pub fn get_then(
        &self,
        identity: Option<&str>,
        options: BeginOptions,
        callback: impl FnOnce(Result<IceCredentials>) + Send + 'static,
    ) -> PendingCall {
        call_back(self.get_async(identity, options), callback)
    }

    /// The servers if they are there; never waits. None sets off their fetch.
    ///
    /// # Errors
    ///
    /// As of [`Credential::try_get`].
    pub fn try_get(
        &self,
        identity: Option<&str>,
        options: BeginOptions,
    ) -> Result<Option<IceCredentials>> {
        match &self.0 {
            Way::Signed(coturn) => signed(coturn, identity).map(Some),
            Way::Fetched(credential, keys) => {
                let issued = credential.try_get(keys.key(identity).as_deref(), options);
                let issued = issued.map_err(|error| keys.of_identity(error))?;
                Ok(issued.map(IceCredentials::new))
            }
        }
    }

    /// Keeps them fresh without being read: see [`Credential::keep_warm`]. Nothing to do for what is signed here.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn keep_warm(&self, identity: Option<&str>, time: Duration) -> Result<()> {
        match &self.0 {
            Way::Signed(_) => Ok(()),
            Way::Fetched(credential, keys) => credential
                .keep_warm(keys.key(identity).as_deref(), time)
                .map_err(|error| keys.of_identity(error)),
        }
    }

    /// Drops them if they are those of this generation: see [`Credential::invalidate_if`]. False for what is signed here.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn invalidate_if(&self, identity: Option<&str>, generation: u64) -> Result<bool> {
        match &self.0 {
            Way::Signed(_) => Ok(false),
            Way::Fetched(credential, keys) => {
                let key = keys.key(identity);
                credential
                    .invalidate_if(key.as_deref(), generation)
                    .map_err(|error| keys.of_identity(error))
            }
        }
    }

    /// What the cache has done; none for what is signed here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn stats(&self) -> Result<Option<Stats>> {
        match &self.0 {
            Way::Signed(_) => Ok(None),
            Way::Fetched(credential, _) => credential.stats().map(Some),
        }
    }

    /// The cache's last events since the last call, oldest first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        match &self.0 {
            Way::Signed(_) => Ok(Vec::new()),
            Way::Fetched(credential, _) => credential.drain_events(),
        }
    }

    /// Detaches these servers and their clones from the cache: see [`Credential::close`].
    pub fn close(&self) {
        if let Way::Fetched(credential, _) = &self.0 {
            credential.close();
        }
    }
}

impl Keys {
    /// The key of an identity. That of nobody is no identity's.
    fn key(self, identity: Option<&str>) -> Option<String> {
        match (self, identity) {
            (Self::All, Some("")) => Some(String::new()),
            (Self::All, Some(identity)) => Some(format!("={identity}")),
            (Self::All, None) => Some("-".to_owned()),
            (Self::OfSource, identity) => identity.map(str::to_owned),
        }
    }

    /// An error about the key is one about the identity here, which its mark makes a byte shorter.
    fn of_identity(self, error: Error) -> Error {
        match (self, error.argument()) {
            (Self::All, Some("key")) => {
                let what = "must have 1 to 255 bytes without control characters";
                Error::of_argument(error.kind(), "identity", what)
            }
            (Self::OfSource, Some("key")) => error.with_argument("identity"),
            _ => error,
        }
    }
}

fn signed(coturn: &Coturn, identity: Option<&str>) -> Result<IceCredentials> {
    let is_text = |identity: &str| !identity.is_empty() && !identity.chars().any(char::is_control);
    if identity.is_some_and(|identity| !is_text(identity)) {
        let what = "must be a text without control characters, not empty";
        return Err(Error::of_argument(ErrorKind::InvalidArgument, "identity", what));
    }
    let (servers, remaining) = coturn.sign(identity)?;
    Ok(IceCredentials::new(Issued::signed(servers, remaining)))
}

impl fmt::Debug for IceServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Way::Fetched(credential, _) => f.debug_tuple("IceServers").field(credential).finish(),
            Way::Signed(_) => f.write_str("IceServers(coturn)"),
        }
    }
}
