//! What a cache answers when it is asked for a grant: a grant, a ticket, a waiter, or two of these.

use grantmint_core::Begin;
use pyo3::prelude::*;

use crate::hit::{self, Hit};
use crate::ticket::Ticket;
use crate::waiter::Waiter;

/// What begin returned, as parts that may cross threads.
pub(crate) struct Outcome {
    kind: &'static str,
    hit: Option<hit::Parts>,
    ticket: Option<grantmint_core::Ticket>,
    waiter: Option<grantmint_core::Waiter>,
}

impl From<Begin> for Outcome {
    fn from(begin: Begin) -> Self {
        let empty = |kind| Self { kind, hit: None, ticket: None, waiter: None };
        match begin {
            Begin::Hit(hit) => Self { hit: Some(hit.into()), ..empty("hit") },
            Begin::HitAndFetch(hit, ticket) => {
                let hit = Some(hit.into());
                Self { hit, ticket: Some(ticket), ..empty("hit_and_fetch") }
            }
            Begin::Fetch(ticket, waiter) => {
                Self { ticket: Some(ticket), waiter: Some(waiter), ..empty("fetch") }
            }
            Begin::Wait(waiter) => Self { waiter: Some(waiter), ..empty("wait") },
        }
    }
}

/// What begin returned.
///
/// Example:
///     >>> begun = GrantCache().begin("key")
///     >>> begun.outcome, begun.grant
///     ('fetch', None)
#[pyclass(frozen, get_all, module = "grantmint")]
pub(crate) struct Begun {
    /// What to do: "hit", "hit_and_fetch", "fetch" or "wait".
    outcome: &'static str,
    /// A grant to use, after "hit" and "hit_and_fetch".
    grant: Option<Py<Hit>>,
    /// The ticket of the fetch to run, after "hit_and_fetch" and "fetch".
    ticket: Option<Py<Ticket>>,
    /// What to wait for, after "fetch" and "wait".
    waiter: Option<Py<Waiter>>,
}

impl Begun {
    pub(crate) fn new(py: Python<'_>, outcome: Outcome) -> PyResult<Self> {
        Ok(Self {
            outcome: outcome.kind,
            grant: outcome.hit.map(|hit| Py::new(py, Hit::new(hit))).transpose()?,
            ticket: outcome.ticket.map(|ticket| Py::new(py, Ticket::new(ticket))).transpose()?,
            waiter: outcome.waiter.map(|waiter| Py::new(py, Waiter::new(waiter))).transpose()?,
        })
    }
}

#[pymethods]
impl Begun {
    fn __repr__(&self) -> String {
        format!("Begun(outcome='{}', ...)", self.outcome)
    }
}
