//! What `begin` tells its caller to do.

use std::ptr;

use grantmint_core::Begin;

use crate::cache::hit::grantmint_hit_t;
use crate::cache::ticket::grantmint_ticket_t;
use crate::cache::waiter::grantmint_waiter_t;
use crate::handle;

/// What the caller of `grantmint_grant_cache_begin` has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_outcome_t {
    /// Nothing: the call failed.
    GRANTMINT_NOTHING = 0,
    /// Use `hit`.
    GRANTMINT_HIT = 1,
    /// Use `hit`, and do the fetch of `ticket`, which refreshes the grant.
    GRANTMINT_HIT_AND_FETCH = 2,
    /// Do the fetch of `ticket`, and wait for it with `waiter`.
    GRANTMINT_FETCH = 3,
    /// Wait with `waiter` for the fetch that another caller is doing.
    GRANTMINT_WAIT = 4,
}

/// What the caller of `grantmint_grant_cache_begin` gets. It owns what is not null: the ticket is
/// to be completed, failed or freed, the others are to be used and freed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_begin_t {
    /// What to do.
    pub outcome: grantmint_outcome_t,
    /// The grant, or null.
    pub hit: *mut grantmint_hit_t,
    /// The ticket of the fetch that the caller has to do, or null.
    pub ticket: *mut grantmint_ticket_t,
    /// For waiting until the fetch ends, or null.
    pub waiter: *mut grantmint_waiter_t,
}

impl grantmint_begin_t {
    pub(crate) const NOTHING: Self = Self {
        outcome: grantmint_outcome_t::GRANTMINT_NOTHING,
        hit: ptr::null_mut(),
        ticket: ptr::null_mut(),
        waiter: ptr::null_mut(),
    };

    pub(crate) fn new(begin: Begin) -> Self {
        use grantmint_outcome_t::*;
        let hit = |hit| handle::new(grantmint_hit_t::new(hit));
        let ticket = |ticket| handle::new(grantmint_ticket_t::of_cache(ticket));
        let waiter = |waiter| handle::new(grantmint_waiter_t::new(waiter));
        match begin {
            Begin::Hit(h) => Self { outcome: GRANTMINT_HIT, hit: hit(h), ..Self::NOTHING },
            Begin::HitAndFetch(h, t) => Self {
                outcome: GRANTMINT_HIT_AND_FETCH,
                hit: hit(h),
                ticket: ticket(t),
                ..Self::NOTHING
            },
            Begin::Fetch(t, w) => Self {
                outcome: GRANTMINT_FETCH,
                ticket: ticket(t),
                waiter: waiter(w),
                ..Self::NOTHING
            },
            Begin::Wait(w) => Self { outcome: GRANTMINT_WAIT, waiter: waiter(w), ..Self::NOTHING },
        }
    }
}
