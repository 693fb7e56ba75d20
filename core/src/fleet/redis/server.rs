//! The server that is asked, as it was named.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::address::DEFAULT_PORT;
use super::scripts::Scripts;
use crate::authority::Authority;
use crate::net::{Place, Roots};
use crate::secret::Secret;

/// Where a server is, and what it is told first. Immutable, so that a forked child may use it too.
pub(super) struct Server {
    pub(super) at: At,
    /// How troubles name it: never with a password.
    pub(super) name: Box<str>,
    pub(super) login: Option<Arc<Login>>,
    /// How long an answer is waited for.
    pub(super) timeout: Duration,
    pub(super) scripts: Arc<Scripts>,
    /// It goes by a test's clock.
    pub(super) is_by_hand: bool,
    /// Others have a part of the keys each.
    pub(super) is_of_cluster: bool,
    /// Without TLS it is talked to on whatever machine.
    pub(super) is_insecure: bool,
    /// The same for those who name the same servers in the same way.
    pub(super) identity: [u8; 32],
}

impl Server {
    /// Another of its cluster, by its host and port, or what is wrong with them.
    pub(super) fn of_cluster(&self, address: &str) -> Result<Self, &'static str> {
        const STRANGE: &str = "its cluster names a server that has no such address";
        let At::Network { roots, place } = &self.at else { return Err(STRANGE) };
        let (host, port) = address.rsplit_once(':').ok_or(STRANGE)?;
        // Servers that do not know their own names leave the host out: it is the one that was asked.
        let host = if host.is_empty() { place.host() } else { host };
        // Servers write IPv6 addresses without brackets.
        let is_bare = host.contains(':') && !host.starts_with('[');
        let text = if is_bare { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let authority = Authority::parse(&text, None).map_err(|_| STRANGE)?;
        if roots.is_none() && !self.is_insecure && !authority.is_loopback() {
            return Err(
                "its cluster has servers on other machines: begin the URL with rediss+cluster://",
            );
        }
        Ok(Self {
            at: At::Network { place: Place::of(&authority, DEFAULT_PORT), roots: roots.clone() },
            name: format!("redis at {authority}").into(),
            login: self.login.clone(),
            timeout: self.timeout,
            scripts: Arc::clone(&self.scripts),
            is_by_hand: self.is_by_hand,
            is_of_cluster: true,
            is_insecure: self.is_insecure,
            identity: self.identity,
        })
    }
}

pub(super) enum At {
    /// With TLS if somebody is trusted.
    Network { place: Place, roots: Option<Roots> },
    /// A socket in a file of this machine.
    File(PathBuf),
}

/// Who is let in.
pub(super) struct Login {
    pub(super) user: Option<Box<str>>,
    pub(super) password: Secret,
}

#[cfg(test)]
mod tests {
    use crate::fleet::redis::RedisOptions;

    #[test]
    fn another_of_a_cluster_is_where_it_says_or_where_the_one_is_that_was_asked() {
        let options = RedisOptions::new("redis+cluster://127.0.0.1:7000").unwrap();
        let asked = options.servers().unwrap().remove(0);
        let named = |address: &str| asked.of_cluster(address).map(|server| server.name);
        assert_eq!(named("127.0.0.1:7001").unwrap(), "redis at 127.0.0.1:7001".into());
        assert_eq!(named("::1:7001").unwrap(), "redis at [::1]:7001".into());
        assert_eq!(named(":7001").unwrap(), "redis at 127.0.0.1:7001".into());
        for wrong in ["", "7001", "127.0.0.1:", ":x", "other.example:7001"] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
    }
}
