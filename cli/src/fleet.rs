//! `fleet check`: whether processes can share grants here.

use std::time::Duration;

use grantmint_core::{
    BeginOptions, Error, ErrorKind, Fleet, Grant, GrantCache, Key, Start, Ticket,
};
use zeroize::Zeroizing;

use crate::args::FleetArgs;
use crate::exit::{Exit, Failure};
use crate::flags::named;
use crate::report::Report;

/// How long what is left in the store is of use to anybody.
const LIFETIME: Duration = Duration::from_secs(15);
const NAMESPACE: &str = "grantmint fleet check";

/// Tries the store with a grant of nothing, under a name of its own: one cache fetches it, as one process would, and
/// another has to get it from the store.
pub(crate) fn run(args: &FleetArgs) -> Result<Exit, Failure> {
    let fleet: Fleet = args.fleet.parse().map_err(named)?;
    let mut report = Report::default();
    match fleet.place() {
        Ok(place) => {
            report.good("folder", format!("{place}: of this user alone"));
            try_it(fleet, &mut report)?;
        }
        Err(error) => report.bad("folder", named(error)),
    }
    report.end(args.messages.silent)
}

fn try_it(fleet: Fleet, report: &mut Report) -> Result<(), Failure> {
    let fleet = fleet.secret(&*secret()?)?;
    let key = Key::new("a grant of nothing", LIFETIME)?;
    let (one, other) = (cache(&fleet)?, cache(&fleet)?);
    one.get(&key, BeginOptions::default(), fetch)?;
    match trouble(&one) {
        None if leases(&one) == 1 => {
            report.good("lease", "one process at a time has the right to fetch")
        }
        trouble => {
            report.bad("lease", in_store(trouble));
            return Ok(());
        }
    }
    let taken = other.get(&key, BeginOptions::default(), |ticket| {
        ticket.fail(Error::new(
            ErrorKind::SourceFailed,
            "the store did not hand over what was left in it",
        ));
    });
    match (taken, trouble(&other)) {
        (Ok(_), None) => report.good("grant", "what one process fetches the others take over"),
        (_, trouble) => report.bad("grant", in_store(trouble)),
    }
    Ok(())
}

/// Of this run alone: its names in the store are nobody else's.
fn secret() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut secret = Zeroizing::new([0; 32]);
    let filled = getrandom::fill(&mut *secret);
    filled.map_err(|_| Failure::failed("the system gives no random numbers"))?;
    Ok(secret)
}

fn cache(fleet: &Fleet) -> Result<GrantCache, Error> {
    Ok(GrantCache::builder().fleet(fleet, NAMESPACE)?.build())
}

fn fetch(mut ticket: Ticket) {
    if let Start::Go(_) = ticket.start() {
        ticket.complete(Grant::new("{}"), LIFETIME);
    }
}

fn leases(cache: &GrantCache) -> u64 {
    cache.stats().fleet.map_or(0, |fleet| fleet.leases)
}

fn trouble(cache: &GrantCache) -> Option<String> {
    cache.stats().fleet.and_then(|fleet| fleet.trouble)
}

fn in_store(trouble: Option<String>) -> Failure {
    Failure::failed(trouble.unwrap_or_else(|| "the store gives no lease".to_owned()))
}
