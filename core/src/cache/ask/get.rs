//! A grant by blocking: begin, wait, and begin again after a fetch that was dropped.

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
    if let Some(hit) = from.hit_at_once(options)? {
        return Ok(hit);
    }
    match begin(from, options, &fetch) {
        Begun::Now(result) => result,
        Begun::Later(waiter) => wait(waiter, from, options, &fetch),
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
    Ok(match begin(from, options, &|ticket, _| fetch(ticket)) {
        Begun::Now(result) => result.ok(),
        Begun::Later(waiter) => waiter.fallback(),
    })
}

fn wait(
    mut waiter: Waiter,
    from: &impl Beginner,
    options: BeginOptions,
    fetch: &impl Fn(Ticket, Caller),
) -> Result<Hit> {
    let mut rounds = Rounds::new(from, options);
    loop {
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
