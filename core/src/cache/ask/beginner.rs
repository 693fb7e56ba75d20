//! What a grant can be asked of, and the first step of asking: begin, and hand on the ticket.

use super::begin::Begin;
use super::options::BeginOptions;
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::cache::store::Hit;
use crate::clock::Clock;
use crate::error::Result;

/// What a grant can be asked of: a key of a cache, or its handle.
pub(crate) trait Beginner {
    /// Whether a caller may ask for this at all.
    fn check(&self, options: BeginOptions) -> Result<()>;

    fn begin(&self, options: BeginOptions) -> Result<Begin>;

    /// A hit that leaves nothing to do, if that can be told faster than by [`Beginner::begin`].
    #[inline]
    fn hit_at_once(&self, _options: BeginOptions) -> Result<Option<Hit>> {
        Ok(None)
    }

    /// The clock that the caller's time is measured by.
    fn clock(&self) -> Clock;
}

/// What a caller got.
pub(crate) enum Begun {
    Now(Result<Hit>),
    Later(Waiter),
}

/// What the caller who has to see to a fetch has of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// It waits for the grant.
    Waits,
    /// It has a grant already; the next one is for others.
    HasGrant,
}

/// Begins, and hands on the ticket if this caller has to see to the fetch.
#[inline]
pub(crate) fn begin(
    from: &impl Beginner,
    options: BeginOptions,
    fetch: &impl Fn(Ticket, Caller),
) -> Begun {
    match from.begin(options) {
        Err(error) => Begun::Now(Err(error)),
        Ok(Begin::Hit(hit)) => Begun::Now(Ok(hit)),
        Ok(Begin::HitAndFetch(hit, ticket)) => {
            fetch(ticket, Caller::HasGrant);
            Begun::Now(Ok(hit))
        }
        Ok(Begin::Fetch(ticket, waiter)) => {
            fetch(ticket, Caller::Waits);
            Begun::Later(waiter)
        }
        Ok(Begin::Wait(waiter)) => Begun::Later(waiter),
    }
}
