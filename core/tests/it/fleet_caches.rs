//! A host program's own cache in a fleet: its function is called only if this process has to fetch. Each cache stands
//! for a process of its own.

use std::sync::mpsc::channel;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, ErrorKind, Fleet, Freshness, Grant, GrantCache, Hit, Key, Result, Start,
    Ticket,
};

const LIFETIME: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(10);

/// A folder that is gone with the test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("grantmint-fleet-caches-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn cache(&self) -> GrantCache {
        let fleet = Fleet::host_at(&self.0).unwrap().secret(&[7; 32]).unwrap();
        GrantCache::builder().fleet(&fleet, "tests").unwrap().build()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn key() -> Key {
    Key::new("key", LIFETIME).unwrap()
}

fn fetch(mut ticket: Ticket) {
    assert!(matches!(ticket.start(), Start::Go(_)));
    ticket.complete(Grant::new("a grant"), LIFETIME);
}

fn never(_: Ticket) {
    panic!("another process has it");
}

/// The ticket of a process that fetches for all.
fn holder(cache: &GrantCache) -> Ticket {
    let Begin::Fetch(mut ticket, _) = cache.begin(&key(), BeginOptions::new()).unwrap() else {
        panic!("nobody has fetched it");
    };
    assert!(matches!(ticket.start(), Start::Go(_)));
    ticket
}

#[test]
fn what_another_has_is_taken_over_by_every_way_to_ask() {
    let folder = Folder::new("taken-over");
    folder.cache().get(&key(), BeginOptions::new(), fetch).unwrap();
    let options = BeginOptions::new();
    assert_eq!(folder.cache().get(&key(), options, never).unwrap().as_str(), "a grant");
    let at_once = folder.cache().try_get(&key(), options, never).unwrap();
    let at_once = at_once.unwrap();
    assert_eq!((at_once.as_str(), at_once.freshness()), ("a grant", Freshness::Fresh));
    let (told, tells) = channel();
    let answer = move |hit: Result<Hit>| told.send(hit.unwrap().as_str().to_owned()).unwrap();
    drop(folder.cache().get_then(&key(), options, never, answer));
    assert_eq!(tells.recv_timeout(LONG).unwrap(), "a grant");
}

#[test]
fn a_caller_waits_for_another_process_before_its_function_is_called() {
    let folder = Folder::new("waits");
    let (first, second) = (folder.cache(), folder.cache());
    let ticket = holder(&first);
    let (told, tells) = channel();
    let answer = move |hit: Result<Hit>| told.send(hit.unwrap().as_str().to_owned()).unwrap();
    let call = second.get_then(&key(), BeginOptions::new(), never, answer);
    assert!(tells.try_recv().is_err());
    ticket.complete(Grant::new("the first's"), LIFETIME);
    assert_eq!(tells.recv_timeout(LONG).unwrap(), "the first's");
    drop(call);
}

#[test]
fn a_callers_time_runs_out_before_another_process_has_fetched() {
    let folder = Folder::new("time");
    let (first, second) = (folder.cache(), folder.cache());
    let ticket = holder(&first);
    let brief = BeginOptions::new().timeout(Duration::from_millis(50));
    let error = second.get(&key(), brief, never).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    let (told, tells) = channel();
    let answer = move |hit: Result<Hit>| told.send(hit.unwrap_err().kind()).unwrap();
    drop(second.get_then(&key(), brief, never, answer));
    assert_eq!(tells.recv_timeout(LONG).unwrap(), ErrorKind::DeadlineExceeded);
    drop(ticket);
    // Who gave up fetches after all when it is asked again, and so does whoever waits for it.
    assert_eq!(second.get(&key(), BeginOptions::new(), fetch).unwrap().as_str(), "a grant");
}

#[test]
fn a_grant_that_is_too_short_for_all_is_fetched_once() {
    let folder = Folder::new("too-short");
    let short = |mut ticket: Ticket| {
        assert!(matches!(ticket.start(), Start::Go(_)));
        ticket.complete(Grant::new("a grant"), Duration::from_secs(6));
    };
    let told = |fetch: &dyn Fn(Ticket)| {
        folder.cache().get(&key(), BeginOptions::new(), fetch).map(drop).unwrap_err()
    };
    assert_eq!(told(&short).kind(), ErrorKind::GrantTooShort);
    let other = told(&never);
    assert_eq!(other.kind(), ErrorKind::GrantTooShort);
    assert!(other.retry_after().is_some(), "{other:?}");
}
