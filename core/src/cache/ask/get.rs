//! A grant by blocking: begin, wait, and begin again after a fetch that was dropped.

use std::cell::Cell;

use super::beginner::{Beginner, Begun, Caller, begin};
use super::options::BeginOptions;
use super::rounds::Rounds;
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::cache::store::Hit;
use crate::error::Result;

/// A grant, waiting for it if need be. `fetch` is handed the ticket if this caller has to see to the
/// fetch. It should not run the fetch itself for a caller that has a grant already.
#[inline]
pub(crate) fn get(
    from: &impl Beginner,
    options: BeginOptions,
    fetch: impl Fn(Ticket, Caller),
) -> Result<Hit> {
    get_after(from, options, fetch, |_| {})
}

/// As [`get`], for a host program's own function: where other processes are asked first, a caller that waits does so
/// before the function is called, which it is only if this process has to fetch.
#[inline]
pub(crate) fn get_in_turn(
    from: &impl Beginner,
    options: BeginOptions,
    fetch: impl Fn(Ticket),
) -> Result<Hit> {
    // Kept until the caller has its answer: one whose time is over is told that, not that the fetch was dropped.
    let kept = Cell::new(None);
    let hand = |ticket, caller| kept.set(hand_now(ticket, caller, &fetch));
    get_after(from, options, hand, |waiter| {
        let ticket: Option<Ticket> = kept.take();
        kept.set(ticket.and_then(|ticket| ticket.hand_in_turn(waiter.time_left(), &fetch)));
    })
}

/// Hands a ticket to the host's function, unless it waits for other processes with its caller: then it is given back.
pub(super) fn hand_now(ticket: Ticket, caller: Caller, fetch: &impl Fn(Ticket)) -> Option<Ticket> {
    if caller == Caller::Waits && ticket.asks_others() {
        return Some(ticket);
    }
    if let Some(ticket) = ticket.unless_served() {
        fetch(ticket);
    }
    None
}

#[inline]
fn get_after(
    from: &impl Beginner,
    options: BeginOptions,
    fetch: impl Fn(Ticket, Caller),
    before_wait: impl Fn(&Waiter),
) -> Result<Hit> {
    if let Some(hit) = from.hit_at_once(options)? {
        return Ok(hit);
    }
    match begin(from, options, &fetch) {
        Begun::Now(result) => result,
        Begun::Later(waiter) => wait(waiter, from, options, &fetch, &before_wait),
    }
}

/// A grant that is there now and keeps the promise, or none. Never waits, and tells of no error but
/// the caller's own: how a fetch failed it does not say, whatever kind of error that was. `fetch` is handed the ticket as in [`get`].
#[inline]
pub(crate) fn try_get(
    from: &impl Beginner,
    options: BeginOptions,
    fetch: impl Fn(Ticket),
) -> Result<Option<Hit>> {
    if let Some(hit) = from.hit_at_once(options)? {
        return Ok(Some(hit));
    }
    from.check(options)?;
    let hand = |ticket: Ticket, _| ticket.unless_served().map_or((), &fetch);
    Ok(match begin(from, options, &hand) {
        Begun::Now(result) => result.ok(),
        Begun::Later(waiter) => waiter.at_once(),
    })
}

fn wait(
    mut waiter: Waiter,
    from: &impl Beginner,
    options: BeginOptions,
    fetch: &impl Fn(Ticket, Caller),
    before_wait: &impl Fn(&Waiter),
) -> Result<Hit> {
    let mut rounds = Rounds::new(from, options);
    loop {
        before_wait(&waiter);
        match waiter.wait() {
            Err(error) if rounds.goes_on_after(&error) => {}
            result => return result,
        }
        match begin(from, rounds.options(from), fetch) {
            Begun::Now(result) => return result,
            Begun::Later(next) => waiter = next,
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cache::{Begin, GrantCache, Key};
    use crate::fleet::Fleet;

    fn ticket(cache: &GrantCache) -> Ticket {
        let key = Key::new("key", Duration::from_secs(60)).unwrap();
        match cache.begin(&key, BeginOptions::new()).unwrap() {
            Begin::Fetch(ticket, _) => ticket,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_ticket_is_kept_only_while_its_caller_waits_for_other_processes() {
        let folder = std::env::temp_dir().join(format!("grantmint-get-{}", std::process::id()));
        let fleet = Fleet::host_at(&folder).unwrap().secret(&[7; 32]).unwrap();
        let alone = || GrantCache::builder().build();
        let shared = || GrantCache::builder().fleet(&fleet, "tests").unwrap().build();
        for (cache, caller, is_kept) in [
            (shared(), Caller::Waits, true),
            (shared(), Caller::HasGrant, false),
            (alone(), Caller::Waits, false),
            (alone(), Caller::HasGrant, false),
        ] {
            let called = Cell::new(false);
            let kept = hand_now(ticket(&cache), caller, &|_| called.set(true));
            assert_eq!((kept.is_some(), called.get()), (is_kept, !is_kept));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
