//! Looking up host names without hanging on them. The system's look-up cannot be cancelled, so each
//! runs on a thread of its own, and those who wait for it go when their time is over.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, config::Config};

use crate::sync::{Condvar, Mutex};
use crate::thread::{contained, start_thread};

/// A look-up that takes longer than this is not waited for by newcomers while they may start one of
/// their own: it may hang on a name server that is gone.
const JOINED_FOR: Duration = Duration::from_secs(1);
/// As many addresses as the agent takes.
const ADDRESSES_MAX: usize = 16;
/// Look-ups at once, those that hang included.
const AT_ONCE: usize = 8;

/// The look-ups that are under way.
#[derive(Clone, Default)]
pub(super) struct Lookups(Arc<Mutex<Vec<Arc<Lookup>>>>);

/// One look-up, for all who wait for it.
struct Lookup {
    name: String,
    started: Instant,
    found: Mutex<Option<Found>>,
    ended: Condvar,
}

/// The addresses, or how the look-up failed.
type Found = Result<Vec<SocketAddr>, io::ErrorKind>;

impl Resolver for Lookups {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let (host, port) = target(uri).ok_or(Error::HostNotFound)?;
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.look_up(format!("{host}:{port}"), *timeout.after, system)?,
        };
        let mut result = self.empty();
        for address in config.ip_family().keep_wanted(addresses.into_iter()).take(ADDRESSES_MAX) {
            result.push(address);
        }
        if result.is_empty() { Err(Error::HostNotFound) } else { Ok(result) }
    }
}

impl Lookups {
    /// Waits for a look-up of the name, for a time at most.
    fn look_up(
        &self,
        name: String,
        time: Duration,
        search: impl FnOnce(&str) -> Found + Send + 'static,
    ) -> Result<Vec<SocketAddr>, Error> {
        let lookup = self.join_or_start(name, search);
        let found = lookup.wait(time).ok_or(Error::Timeout(ureq::Timeout::Resolve))?;
        found.map_err(|kind| match kind {
            io::ErrorKind::OutOfMemory => Error::Io(kind.into()),
            _ => Error::HostNotFound,
        })
    }

    fn join_or_start(
        &self,
        name: String,
        search: impl FnOnce(&str) -> Found + Send + 'static,
    ) -> Arc<Lookup> {
        let mut running = self.0.lock();
        let newest = running.iter().rev().find(|lookup| lookup.name == name);
        if let Some(lookup) = newest
            && (lookup.started.elapsed() < JOINED_FOR || running.len() >= AT_ONCE)
        {
            return Arc::clone(lookup);
        }
        let lookup = Arc::new(Lookup {
            name,
            started: Instant::now(),
            found: Mutex::default(),
            ended: Condvar::default(),
        });
        running.push(Arc::clone(&lookup));
        drop(running);
        let (this, shared) = (self.clone(), Arc::clone(&lookup));
        let run = move || {
            contained(|| shared.end(search(&shared.name)));
            this.forget(&shared);
        };
        if !start_thread("grantmint-dns".to_owned(), run) {
            lookup.end(Err(io::ErrorKind::OutOfMemory));
            self.forget(&lookup);
        }
        lookup
    }

    fn forget(&self, lookup: &Arc<Lookup>) {
        self.0.lock().retain(|other| !Arc::ptr_eq(other, lookup));
    }
}

impl Lookup {
    fn end(&self, found: Found) {
        *self.found.lock() = Some(found);
        self.ended.notify_all();
    }

    fn wait(&self, time: Duration) -> Option<Found> {
        let end = Instant::now() + time;
        let mut found = self.found.lock();
        while found.is_none() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            found = self.ended.wait_for(found, left);
        }
        found.clone()
    }
}

/// The host, without the brackets around an IPv6 address, and the port.
fn target(uri: &Uri) -> Option<(&str, u16)> {
    let default = match uri.scheme_str()? {
        "http" => 80,
        _ => 443,
    };
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    Some((host, uri.port_u16().unwrap_or(default)))
}

fn system(name: &str) -> Found {
    name.to_socket_addrs().map(Iterator::collect).map_err(|error| error.kind())
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookups")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(10);

    /// A look-up that ends when the sender is dropped.
    fn hanging(until: Receiver<()>) -> impl FnOnce(&str) -> Found + Send + 'static {
        move |_| {
            let _ = until.recv();
            Ok(vec![SocketAddr::from(([127, 0, 0, 1], 1))])
        }
    }

    #[test]
    fn a_look_up_that_hangs_keeps_nobody_longer_than_his_time() {
        let lookups = Lookups::default();
        let (end, until) = channel();
        let start = Instant::now();
        let error = lookups.look_up("a:1".into(), SOON, hanging(until)).unwrap_err();
        assert!(matches!(error, Error::Timeout(_)));
        assert!(start.elapsed() < LONG / 2);
        drop(end);
    }

    #[test]
    fn all_who_want_one_name_wait_for_one_look_up() {
        let lookups = Lookups::default();
        let (end, until) = channel();
        let first = lookups.join_or_start("a:1".into(), hanging(until));
        for _ in 0..50 {
            let joined = lookups.join_or_start("a:1".into(), |_| panic!("a second look-up"));
            assert!(Arc::ptr_eq(&joined, &first));
        }
        drop(end);
        assert_eq!(first.wait(LONG).unwrap().unwrap().len(), 1);
    }

    #[test]
    fn what_is_an_address_already_is_not_looked_up() {
        let of = |text: &str| {
            let uri: Uri = text.parse().unwrap();
            target(&uri).map(|(host, port)| (host.parse::<IpAddr>().is_ok(), port))
        };
        assert_eq!(of("http://127.0.0.1:8900/v1"), Some((true, 8900)));
        assert_eq!(of("https://[::1]/v1"), Some((true, 443)));
        assert_eq!(of("https://media.twilio.com/v1"), Some((false, 443)));
    }

    #[test]
    fn names_are_found_or_not() {
        let lookups = Lookups::default();
        let found = lookups.look_up("localhost:80".into(), LONG, system).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback()));
        let unknown = lookups.look_up("no such host:80".into(), LONG, system).unwrap_err();
        assert!(matches!(unknown, Error::HostNotFound));
    }
}
