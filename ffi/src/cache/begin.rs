//! What a caller of `begin` is to do.

use std::ptr;

use grantmint_core::Begin;

use crate::cache::hit::grantmint_hit_t;
use crate::cache::ticket::grantmint_ticket_t;
use crate::cache::waiter::grantmint_waiter_t;
use crate::handle;

/// What a caller of `grantmint_grant_cache_begin` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_outcome_t {
    /// Nothing: the call failed.
    GRANTMINT_NOTHING = 0,
    /// Use `hit`.
    GRANTMINT_HIT = 1,
    /// Use `hit`, and have its successor fetched for `ticket`.
    GRANTMINT_HIT_AND_LEAD = 2,
    /// Have a grant fetched for `ticket`, and wait with `waiter`.
    GRANTMINT_LEAD = 3,
    /// Wait with `waiter` for the fetch in the air.
    GRANTMINT_WAIT = 4,
}

/// What a caller of `grantmint_grant_cache_begin` gets. What is not null is the caller's to bring
/// to an end or to free.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_begin_t {
    /// What to do.
    pub outcome: grantmint_outcome_t,
    /// A grant, or null.
    pub hit: *mut grantmint_hit_t,
    /// The duty to fetch, or null.
    pub ticket: *mut grantmint_ticket_t,
    /// A place among those who wait, or null.
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
            Begin::HitAndLead(h, t) => Self {
                outcome: GRANTMINT_HIT_AND_LEAD,
                hit: hit(h),
                ticket: ticket(t),
                ..Self::NOTHING
            },
            Begin::Lead(t, w) => Self {
                outcome: GRANTMINT_LEAD,
                ticket: ticket(t),
                waiter: waiter(w),
                ..Self::NOTHING
            },
            Begin::Wait(w) => Self { outcome: GRANTMINT_WAIT, waiter: waiter(w), ..Self::NOTHING },
        }
    }
}
