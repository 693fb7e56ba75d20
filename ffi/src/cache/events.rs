//! The latest events of a cache.

use grantmint_core::{Error, ErrorKind, Event, EventKind};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options::{self, Options};
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// Events of a cache, oldest first.
pub struct grantmint_events_t(Vec<Event>);

class!(grantmint_events_t);

impl grantmint_events_t {
    pub(crate) fn new(events: Vec<Event>) -> Self {
        Self(events)
    }
}

/// What happened. Later versions may add kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_event_kind_t {
    /// Something that this version has no kind for.
    GRANTMINT_EVENT_OTHER = 0,
    /// A fetch was sent upstream.
    GRANTMINT_EVENT_FETCH_SENT = 1,
    /// A fetch brought the grant of `generation`.
    GRANTMINT_EVENT_FETCH_SUCCEEDED = 2,
    /// A fetch failed with `status`.
    GRANTMINT_EVENT_FETCH_FAILED = 3,
    /// A fetch was given up before it had a grant or an error.
    GRANTMINT_EVENT_FETCH_ABANDONED = 4,
    /// The key was dropped to make space for another.
    GRANTMINT_EVENT_EVICTED = 5,
    /// The host invalidated the key.
    GRANTMINT_EVENT_INVALIDATED = 6,
    /// The host emptied the cache.
    GRANTMINT_EVENT_PURGED = 7,
    /// The host changed the credentials.
    GRANTMINT_EVENT_ROTATED = 8,
    /// The cache starts anew in a forked child, with the grants that are still good.
    GRANTMINT_EVENT_FORKED = 9,
    /// The key was refused, for the first time within a minute, as the account's rate leaves no room
    /// for its fetch.
    GRANTMINT_EVENT_NO_ROOM = 10,
    /// After a 429 the account is called less often.
    GRANTMINT_EVENT_RATE_CUT = 11,
    /// Another minter of the account has set other limits; of each the lower holds.
    GRANTMINT_EVENT_LIMITS_DIFFER = 12,
    /// The grant of `generation` came from another process of the fleet, which had fetched it.
    GRANTMINT_EVENT_FLEET_VALUE = 13,
    /// What the fleet shares by has failed: it is not used for some seconds, and this process fetches
    /// for itself. `grantmint_stats_fleet_trouble` says what is wrong.
    GRANTMINT_EVENT_FLEET_BROKEN = 14,
    /// What the fleet shares by works again.
    GRANTMINT_EVENT_FLEET_BACK = 15,
    /// A credential that came lives longer than may be; its lifetime was cut.
    GRANTMINT_EVENT_LIFETIME_CUT = 16,
    /// What the fleet shares by takes no writes, so that no process can get the right to fetch for all.
    GRANTMINT_EVENT_FLEET_READ_ONLY = 17,
    /// The fleet's server cannot do what a fleet needs, such as to run scripts or tell the time.
    GRANTMINT_EVENT_FLEET_UNSUPPORTED = 18,
    /// A grant came from another process that ends more than two seconds sooner by this machine's clock
    /// than by that of what the fleet shares by.
    GRANTMINT_EVENT_FLEET_SKEWED = 19,
}

impl From<EventKind> for grantmint_event_kind_t {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::FetchSent => Self::GRANTMINT_EVENT_FETCH_SENT,
            EventKind::FetchSucceeded { .. } => Self::GRANTMINT_EVENT_FETCH_SUCCEEDED,
            EventKind::FetchFailed(_) => Self::GRANTMINT_EVENT_FETCH_FAILED,
            EventKind::FetchAbandoned => Self::GRANTMINT_EVENT_FETCH_ABANDONED,
            EventKind::Evicted => Self::GRANTMINT_EVENT_EVICTED,
            EventKind::Invalidated => Self::GRANTMINT_EVENT_INVALIDATED,
            EventKind::Purged => Self::GRANTMINT_EVENT_PURGED,
            EventKind::Rotated => Self::GRANTMINT_EVENT_ROTATED,
            EventKind::Forked => Self::GRANTMINT_EVENT_FORKED,
            EventKind::NoRoom => Self::GRANTMINT_EVENT_NO_ROOM,
            EventKind::RateCut => Self::GRANTMINT_EVENT_RATE_CUT,
            EventKind::LimitsDiffer => Self::GRANTMINT_EVENT_LIMITS_DIFFER,
            EventKind::FleetValue { .. } => Self::GRANTMINT_EVENT_FLEET_VALUE,
            EventKind::FleetBroken => Self::GRANTMINT_EVENT_FLEET_BROKEN,
            EventKind::FleetBack => Self::GRANTMINT_EVENT_FLEET_BACK,
            EventKind::LifetimeCut => Self::GRANTMINT_EVENT_LIFETIME_CUT,
            EventKind::FleetReadOnly => Self::GRANTMINT_EVENT_FLEET_READ_ONLY,
            EventKind::FleetUnsupported => Self::GRANTMINT_EVENT_FLEET_UNSUPPORTED,
            EventKind::FleetSkewed => Self::GRANTMINT_EVENT_FLEET_SKEWED,
            _ => Self::GRANTMINT_EVENT_OTHER,
        }
    }
}

/// One event. Its texts belong to the `grantmint_events_t` that it came from.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_event_t {
    /// `sizeof` this struct; set by `GRANTMINT_EVENT_INIT`.
    pub struct_size: usize,
    /// What happened, by the name that is the same in all languages, such as `fetch_sent`.
    pub name: grantmint_str_t,
    /// The text of the key; none for events of the whole cache, of a credential that all callers share, and
    /// of ICE servers, whose keys are identities.
    pub key: grantmint_str_t,
    /// When it happened, in nanoseconds since boot.
    pub boot_ns: u64,
    /// When it happened, in nanoseconds since 1970.
    pub unix_ns: u64,
    /// The generation of the grant that a fetch or another process brought, or 0.
    pub generation: u64,
    /// What happened: a `grantmint_event_kind_t`.
    pub kind: i32,
    /// Why a fetch failed: a `grantmint_status_t`; 0 for other events.
    pub status: i32,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_event_t {}

impl From<&Event> for grantmint_event_t {
    fn from(event: &Event) -> Self {
        let nanos = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (generation, status) = match event.kind {
            EventKind::FetchSucceeded { generation } | EventKind::FleetValue { generation } => {
                (generation, 0)
            }
            EventKind::FetchFailed(kind) => (0, kind.number()),
            _ => (0, 0),
        };
        Self {
            struct_size: size_of::<Self>(),
            name: grantmint_str_t::of(event.kind.as_str()),
            key: grantmint_str_t::of_optional(event.key.as_ref().map(|key| key.text())),
            boot_ns: nanos(event.at.boot()),
            unix_ns: nanos(event.at.wall()),
            generation,
            kind: grantmint_event_kind_t::from(event.kind) as i32,
            status,
        }
    }
}

/// How many events there are; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_events_len(events: *const grantmint_events_t) -> usize {
    or_empty(|| {
        // SAFETY: [handles]
        let events = unsafe { handle::shared(events, "events")? };
        Ok(events.0.len())
    })
}

/// Reads one of the events, counted from 0.
///
/// `event`: filled in as far as its `struct_size` reaches.
///
/// Statuses: `invalid_argument` for an index beyond the last, `struct_size`.
///
/// # Safety
///
/// [handles], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_events_get(
    events: *const grantmint_events_t,
    index: usize,
    event: *mut grantmint_event_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let events = unsafe { handle::shared(events, "events")? };
        let found = events.0.get(index).ok_or_else(beyond)?;
        // SAFETY: [structs]
        unsafe { options::write(&found.into(), event) }
    })
}

fn beyond() -> Error {
    Error::new(ErrorKind::InvalidArgument, "index lies beyond the last")
}

/// Frees events; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_events_free(events: *mut grantmint_events_t) {
    // SAFETY: [handles]
    unsafe { handle::free(events) };
}
