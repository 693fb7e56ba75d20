//! Looking up host names without hanging on them.
//!
//! The system's look-up cannot be cancelled. So each runs on a thread of its own, and a caller waits
//! for it no longer than its own time. The number of such threads is limited for the process, and for
//! each name, so that a name whose server hangs does not keep the others out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::deadline::Deadline;
use super::descriptors::none_left;
use super::failure::Failure;
use super::place::Place;
use crate::fork::{self, Generation, LazyForkCell, Reborn};
use crate::sync::{Condvar, Mutex};
use crate::thread::{contained, start_thread};

/// A look-up that takes longer than this is not waited for by newcomers while they may start one of
/// their own: it may hang on a name server that is gone.
const JOINED_FOR: Duration = Duration::from_secs(1);
/// No more addresses of a name are tried.
const ADDRESSES_MAX: usize = 16;
/// Look-ups at once in a process, those that hang included.
const AT_ONCE: usize = 8;
/// Of them, look-ups of one name.
const AT_ONCE_OF_A_NAME: usize = 4;

/// The look-ups that are under way in this process.
struct Lookups {
    born: Generation,
    running: Mutex<Vec<Arc<Lookup>>>,
}

/// One look-up, for all who wait for it.
struct Lookup {
    name: String,
    started: Instant,
    found: Mutex<Option<Found>>,
    ended: Condvar,
}

/// The addresses, or how the look-up failed.
type Found = Result<Vec<SocketAddr>, Failed>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    NotFound,
    /// No thread could be started.
    NoThread,
    /// No file or socket could be opened; with the system's number for why.
    NoneLeft(i32),
}

/// The addresses of a place, looked up until the deadline unless it is one itself.
pub(super) fn addresses(place: &Place, end: Deadline) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(address) = place.host().parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, place.port())]);
    }
    let mut found = lookups().look_up(place.to_string(), end.left()?, system)?;
    found.truncate(ADDRESSES_MAX);
    if found.is_empty() { Err(Failure::HostNotFound) } else { Ok(found) }
}

fn lookups() -> Arc<Lookups> {
    static LOOKUPS: LazyForkCell<Lookups> = LazyForkCell::new();
    LOOKUPS.get(Lookups::new)
}

impl Reborn for Lookups {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    fn reborn(&self) -> Self {
        Self::new()
    }
}

impl Lookups {
    fn new() -> Self {
        Self { born: fork::generation(), running: Mutex::default() }
    }

    /// Waits for a look-up of the name, for a time at most.
    fn look_up(
        self: &Arc<Self>,
        name: String,
        time: Duration,
        search: impl FnOnce(&str) -> Found + Send + 'static,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let late = || Failure::Socket(io::ErrorKind::TimedOut.into());
        let lookup = self.join_or_start(name, search).ok_or_else(late)?;
        let found = lookup.wait(time).ok_or_else(late)?;
        found.map_err(|failed| match failed {
            Failed::NotFound => Failure::HostNotFound,
            Failed::NoThread => Failure::Socket(io::ErrorKind::OutOfMemory.into()),
            Failed::NoneLeft(number) => Failure::Socket(io::Error::from_raw_os_error(number)),
        })
    }

    /// The look-up of a name to wait for; none if there are too many of other names.
    fn join_or_start(
        self: &Arc<Self>,
        name: String,
        search: impl FnOnce(&str) -> Found + Send + 'static,
    ) -> Option<Arc<Lookup>> {
        let mut running = self.running.lock();
        let of_name = running.iter().filter(|lookup| lookup.name == name).count();
        let is_full = running.len() >= AT_ONCE || of_name >= AT_ONCE_OF_A_NAME;
        let newest = running.iter().rev().find(|lookup| lookup.name == name);
        if let Some(lookup) = newest
            && (lookup.started.elapsed() < JOINED_FOR || is_full)
        {
            return Some(Arc::clone(lookup));
        }
        if is_full {
            return None;
        }
        let lookup = Arc::new(Lookup::of(name));
        running.push(Arc::clone(&lookup));
        drop(running);
        let (this, shared) = (Arc::clone(self), Arc::clone(&lookup));
        let run = move || {
            contained(|| shared.end(search(&shared.name)));
            this.forget(&shared);
        };
        if !start_thread("grantmint-dns".to_owned(), run) {
            lookup.end(Err(Failed::NoThread));
            self.forget(&lookup);
        }
        Some(lookup)
    }

    fn forget(&self, lookup: &Arc<Lookup>) {
        self.running.lock().retain(|other| !Arc::ptr_eq(other, lookup));
    }
}

impl Lookup {
    fn of(name: String) -> Self {
        let started = Instant::now();
        Self { name, started, found: Mutex::default(), ended: Condvar::default() }
    }

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

fn system(name: &str) -> Found {
    name.to_socket_addrs().map(Iterator::collect).map_err(|_| why_not())
}

/// Why a look-up failed. The system does not say that it could not open its own files, so that is tried.
fn why_not() -> Failed {
    let error = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).err();
    let none_left = error.filter(|error| none_left(error).is_some());
    none_left.and_then(|error| error.raw_os_error()).map_or(Failed::NotFound, Failed::NoneLeft)
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

    fn is_late(error: &Failure) -> bool {
        matches!(error, Failure::Socket(error) if error.kind() == io::ErrorKind::TimedOut)
    }

    #[test]
    fn a_look_up_that_hangs_keeps_nobody_longer_than_his_time() {
        let lookups = Arc::new(Lookups::new());
        let (end, until) = channel();
        let start = Instant::now();
        let error = lookups.look_up("a:1".into(), SOON, hanging(until)).unwrap_err();
        assert!(is_late(&error), "{error:?}");
        assert!(start.elapsed() < LONG / 2);
        drop(end);
    }

    #[test]
    fn all_who_want_one_name_wait_for_one_look_up() {
        let lookups = Arc::new(Lookups::new());
        let (end, until) = channel();
        let first = lookups.join_or_start("a:1".into(), hanging(until)).unwrap();
        for _ in 0..50 {
            let joined = lookups.join_or_start("a:1".into(), |_| panic!("a second look-up"));
            let joined = joined.unwrap();
            assert!(Arc::ptr_eq(&joined, &first));
        }
        drop(end);
        assert_eq!(first.wait(LONG).unwrap().unwrap().len(), 1);
    }

    #[test]
    fn a_process_has_eight_look_ups_whoever_wants_them() {
        let lookups = Arc::new(Lookups::new());
        let mut ends = Vec::new();
        for number in 0..AT_ONCE {
            let (end, until) = channel();
            assert!(lookups.join_or_start(format!("{number}:1"), hanging(until)).is_some());
            ends.push(end);
        }
        let start = Instant::now();
        let error = lookups.look_up("another:1".into(), LONG, |_| panic!("a ninth")).unwrap_err();
        assert!(is_late(&error), "{error:?}");
        assert!(start.elapsed() < LONG / 2);
        assert!(lookups.join_or_start("0:1".into(), |_| panic!("a ninth")).is_some());
        drop(ends);
        let start = Instant::now();
        while !lookups.running.lock().is_empty() {
            assert!(start.elapsed() < LONG, "a look-up that is over stays");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_name_that_hangs_leaves_room_for_others() {
        let lookups = Arc::new(Lookups::new());
        let started = Instant::now().checked_sub(JOINED_FOR).unwrap();
        let hung = || Arc::new(Lookup { started, ..Lookup::of("a:1".into()) });
        lookups.running.lock().extend(std::iter::repeat_with(hung).take(AT_ONCE_OF_A_NAME));
        let newest = lookups.running.lock().last().cloned().unwrap();
        let joined = lookups.join_or_start("a:1".into(), |_| panic!("a fifth")).unwrap();
        assert!(Arc::ptr_eq(&joined, &newest));
        lookups.look_up("localhost:1".into(), LONG, system).unwrap();
    }

    #[test]
    fn what_is_an_address_already_is_not_looked_up() {
        for (host, address) in [("127.0.0.1", "127.0.0.1:8900"), ("[::1]", "[::1]:8900")] {
            let found = addresses(&Place::new(host, 8900), Deadline::after(Duration::ZERO));
            assert_eq!(found.unwrap(), [address.parse().unwrap()]);
        }
        let late = addresses(&Place::new("localhost", 1), Deadline::after(Duration::ZERO));
        assert!(is_late(&late.unwrap_err()));
    }

    #[test]
    fn names_are_found_or_not() {
        let find = |host| addresses(&Place::new(host, 80), Deadline::after(LONG));
        let found = find("localhost").unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
        assert!(matches!(find("no such host").unwrap_err(), Failure::HostNotFound));
    }
}
