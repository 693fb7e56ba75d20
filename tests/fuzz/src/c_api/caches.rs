//! The grant cache as a state machine. Nothing here blocks: whoever waits asks for no time.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;

use arbitrary::Arbitrary;
use grantmint::*;

use super::outcome::check_error;
use super::tokens::is_utf8;
use super::{Pick, Shape, Struct, Text, Texts, World, call, call_for};

/// Every grant starts so, and nothing else does.
const GRANT: &[u8] = b"{\"grant\":";

#[derive(Arbitrary, Debug)]
pub(super) enum Call<'a> {
    New { shape: Shape, policy: Option<Policy>, clock: Pick, rate_limited: i32, limits: Limits },
    Begin { cache: Pick, key: KeyText<'a>, wish: Wish },
    Get { cache: Pick, key: KeyText<'a>, shape: Shape, fetch: Fetch },
    GetThen { cache: Pick, key: KeyText<'a>, shape: Shape, fetch: Fetch, answered: bool },
    TryGet { cache: Pick, key: KeyText<'a>, wish: Wish, fetch: Fetch },
    Handle { cache: Pick, key: KeyText<'a> },
    HandleBegin { handle: Pick, wish: Wish },
    Prefetch { cache: Pick, key: KeyText<'a> },
    KeepWarm { cache: Pick, key: KeyText<'a>, time_ms: u32 },
    NextWakeup { cache: Pick },
    Poll { cache: Pick, fetch: Fetch },
    Invalidate { cache: Pick, key: KeyText<'a>, generation: Option<u64>, told: bool },
    Purge { cache: Pick },
    Rotate { cache: Pick },
    Stats { cache: Pick, shape: Shape, capacity: u8, label: Text<'a> },
    Events { cache: Pick, shape: Shape },
    Start { ticket: Pick },
    ReadTicket { ticket: Pick },
    Complete { ticket: Pick, grant: Text<'a>, lifetime_ms: u32 },
    Fail { ticket: Pick, status: i32, message: Text<'a>, retry_after_ms: u32 },
    PollWaiter { waiter: Pick, then_wait: bool },
    Fallback { waiter: Pick },
    OnReady { waiter: Pick, callback: bool, kept: bool },
    Cancel { registration: Pick },
    ReadHit { hit: Pick },
    FreeCache { cache: Pick },
    FreeHandle { handle: Pick },
    FreeTicket { ticket: Pick },
    FreeWaiter { waiter: Pick },
    FreeRegistration { registration: Pick },
    FreeHit { hit: Pick },
}

#[derive(Arbitrary, Debug)]
pub(super) struct Policy {
    shape: Shape,
    jitter: Option<f64>,
    max_keys: u8,
    times_ms: [u32; 4],
}

/// What is known of an account's limits.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) calls_per_second: f64,
    pub(super) burst: u32,
    pub(super) max_fetches: u32,
}

/// A key: one of a few, so that calls meet, or any.
#[derive(Arbitrary, Debug)]
pub(super) enum KeyText<'a> {
    One(u8),
    Any { text: Text<'a>, ttl_ms: u32 },
}

#[derive(Arbitrary, Debug)]
pub(super) struct Wish {
    shape: Shape,
    timeout_ms: u32,
    min_remaining_ms: u32,
}

/// What becomes of a ticket.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Fetch {
    Keep,
    Complete,
    Fail,
    Free,
    /// There is no function.
    Missing,
}

impl Fetch {
    fn function(self) -> grantmint_ticket_callback_t {
        FETCH.set(self);
        if matches!(self, Self::Missing) { None } else { Some(fetch) }
    }
}

thread_local! {
    /// What is to become of duties that are handed over on this thread. On the library's own they
    /// are dropped.
    static FETCH: Cell<Fetch> = const { Cell::new(Fetch::Free) };
    static KEPT: RefCell<Vec<*mut grantmint_ticket_t>> = const { RefCell::new(Vec::new()) };
}

/// Takes over the tickets that were kept.
pub(super) fn collect(world: &mut World) {
    KEPT.take().into_iter().for_each(|ticket| world.tickets.add(ticket));
}

/// Drops the tickets that were kept by calls which ended with the world.
pub(super) fn collect_none() {
    for ticket in KEPT.take() {
        // SAFETY: [handles] it was handed over and is not used again.
        unsafe { grantmint_ticket_free(ticket) };
    }
    FETCH.set(Fetch::Free);
}

unsafe extern "C" fn fetch(userdata: *mut c_void, ticket: *mut grantmint_ticket_t) {
    assert!(userdata.is_null() && !ticket.is_null());
    // SAFETY: [handles], [strings], [outputs] the ticket is the callee's.
    unsafe {
        match FETCH.get() {
            Fetch::Keep => KEPT.with_borrow_mut(|kept| kept.push(ticket)),
            Fetch::Complete => {
                complete(ticket, text(b"{\"grant\":0}"), 0);
            }
            Fetch::Fail => {
                let status = grantmint_status_t::GRANTMINT_ERR_THROTTLED as i32;
                grantmint_ticket_fail(ticket, status, text(b"busy"), 7, ptr::null_mut());
            }
            Fetch::Free | Fetch::Missing => grantmint_ticket_free(ticket),
        }
    }
}

fn text(bytes: &[u8]) -> grantmint_str_t {
    grantmint_str_t { data: bytes.as_ptr().cast(), len: bytes.len() }
}

/// # Safety
///
/// The ticket is live; it is taken.
unsafe fn complete(
    ticket: *mut grantmint_ticket_t,
    grant: grantmint_str_t,
    lifetime_ms: u32,
) -> bool {
    call(is_utf8(grant), |error| {
        // SAFETY: [handles], [strings], [outputs] as of the caller.
        unsafe { grantmint_ticket_complete(ticket, grant, lifetime_ms, error) }
    })
}

unsafe extern "C" fn answer(
    userdata: *mut c_void,
    status: grantmint_status_t,
    hit: *mut grantmint_hit_t,
    error: *mut grantmint_error_t,
) {
    assert!(userdata.is_null());
    let succeeded = status == grantmint_status_t::GRANTMINT_OK;
    assert_eq!((hit.is_null(), error.is_null()), (!succeeded, succeeded));
    if !succeeded {
        check_error(error, status);
    }
    // SAFETY: [handles] one of them is the callee's, the other null.
    unsafe {
        if succeeded {
            check_hit(hit, true);
        }
        grantmint_hit_free(hit);
        grantmint_error_free(error);
    }
}

pub(super) fn make(world: &mut World, asked: Call<'_>) {
    match asked {
        Call::New { shape, policy, clock, rate_limited, limits } => {
            new_cache(world, shape, policy.as_ref(), clock, (rate_limited, limits));
        }
        Call::Begin { cache, key, wish } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let ((key, ttl_ms), mut wish) = (placed(world, &key), wish.passed());
            begin(world, is_good && is_utf8(key), |out, error| {
                // SAFETY: [handles], [strings], [structs], [outputs]
                unsafe {
                    grantmint_grant_cache_begin(cache, key, ttl_ms, wish.pointer(), out, error)
                }
            });
        }
        Call::Get { cache, key, shape, fetch } => get(world, cache, &key, shape, fetch),
        Call::GetThen { cache, key, shape, fetch, answered } => {
            get_then(world, cache, &key, shape, fetch, answered);
        }
        Call::TryGet { cache, key, wish, fetch } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let ((key, ttl_ms), mut wish) = (placed(world, &key), wish.passed());
            let none = ptr::null_mut();
            let is_good = is_good && is_utf8(key) && !matches!(fetch, Fetch::Missing);
            let fetch = fetch.function();
            // SAFETY: [handles], [strings], [structs], [callbacks], [outputs]
            let hit = call_for(is_good, |out, error| unsafe {
                let wish = wish.pointer();
                grantmint_grant_cache_try_get(cache, key, ttl_ms, wish, fetch, none, out, error)
            });
            world.hits.add(hit);
        }
        Call::Handle { cache, key } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let (key, ttl_ms) = placed(world, &key);
            // SAFETY: [handles], [strings], [outputs]
            let handle = call_for(is_good && is_utf8(key), |out, error| unsafe {
                grantmint_grant_cache_handle(cache, key, ttl_ms, out, error)
            });
            world.handles.add(handle);
        }
        Call::HandleBegin { handle, wish } => {
            let (handle, is_good) = world.handles.pick(handle, world.foreign);
            let mut wish = wish.passed();
            begin(world, is_good, |out, error| {
                // SAFETY: [handles], [structs], [outputs]
                unsafe { grantmint_grant_handle_begin(handle, wish.pointer(), out, error) }
            });
        }
        Call::Prefetch { cache, key } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let (key, ttl_ms) = placed(world, &key);
            // SAFETY: [handles], [strings], [outputs]
            let ticket = call_for(is_good && is_utf8(key), |out, error| unsafe {
                grantmint_grant_cache_prefetch(cache, key, ttl_ms, out, error)
            });
            world.tickets.add(ticket);
        }
        Call::KeepWarm { cache, key, time_ms } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let (key, ttl_ms) = placed(world, &key);
            // SAFETY: [handles], [strings], [outputs]
            call(is_good && is_utf8(key), |error| unsafe {
                grantmint_grant_cache_keep_warm(cache, key, ttl_ms, time_ms, error)
            });
        }
        Call::NextWakeup { cache } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let mut ms = u32::MAX;
            // SAFETY: [handles], [outputs]
            let is_to_come = unsafe { grantmint_grant_cache_next_wakeup(cache, &raw mut ms) };
            assert!(is_to_come || ms == 0);
            assert!(is_good || !is_to_come);
        }
        Call::Poll { cache, fetch } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let is_good = is_good && !matches!(fetch, Fetch::Missing);
            let fetch = fetch.function();
            // SAFETY: [handles], [callbacks], [outputs]
            call(is_good, |error| unsafe {
                grantmint_grant_cache_poll(cache, fetch, ptr::null_mut(), error)
            });
        }
        Call::Invalidate { cache, key, generation, told } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let (key, ttl_ms) = placed(world, &key);
            let mut was = false;
            let out = if told { &raw mut was } else { ptr::null_mut() };
            // SAFETY: [handles], [strings], [outputs]
            call(is_good && is_utf8(key), |error| unsafe {
                match generation {
                    None => grantmint_grant_cache_invalidate(cache, key, ttl_ms, out, error),
                    Some(generation) => grantmint_grant_cache_invalidate_if(
                        cache, key, ttl_ms, generation, out, error,
                    ),
                }
            });
        }
        Call::Purge { cache } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            // SAFETY: [handles], [outputs]
            call(is_good, |error| unsafe { grantmint_grant_cache_purge(cache, error) });
        }
        Call::Rotate { cache } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            // SAFETY: [handles], [outputs]
            call(is_good, |error| unsafe { grantmint_grant_cache_rotate(cache, error) });
        }
        Call::Stats { cache, shape, capacity, label } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            let label = world.texts.place(label);
            // SAFETY: [handles], [outputs]
            let stats = call_for(is_good, |out, error| unsafe {
                grantmint_grant_cache_stats(cache, out, error)
            });
            read_stats(stats, shape, capacity, label);
        }
        Call::Events { cache, shape } => {
            let (cache, is_good) = world.caches.pick(cache, world.foreign);
            // SAFETY: [handles], [outputs]
            let events = call_for(is_good, |out, error| unsafe {
                grantmint_grant_cache_drain_events(cache, out, error)
            });
            read_events(events, shape);
        }
        Call::Start { ticket } => {
            let (ticket, is_good) = world.tickets.pick(ticket, world.foreign);
            let mut start = grantmint_start_t::GRANTMINT_START_GO;
            let mut ms = u32::MAX;
            // SAFETY: [handles], [outputs]
            let asked = call(is_good, |error| unsafe {
                grantmint_ticket_start(ticket, &raw mut start, &raw mut ms, error)
            });
            assert_eq!(asked, start != grantmint_start_t::GRANTMINT_START_REFUSED);
        }
        Call::ReadTicket { ticket } => {
            let (ticket, is_good) = world.tickets.pick(ticket, world.foreign);
            // SAFETY: [handles]
            let (key, is_refresh) =
                unsafe { (grantmint_ticket_key(ticket), grantmint_ticket_is_refresh(ticket)) };
            assert_eq!(!key.data.is_null(), is_good);
            assert!(is_good || !is_refresh);
        }
        Call::Complete { ticket, grant, lifetime_ms } => {
            let (ticket, is_good) = world.tickets.take(ticket, world.foreign);
            let mut grant = world.texts.place(grant);
            if is_utf8(grant) {
                grant = world.texts.place(Text::Bytes(&marked(grant)));
            }
            // SAFETY: [handles], [strings], [outputs]
            call(is_good && is_utf8(grant), |error| unsafe {
                grantmint_ticket_complete(ticket, grant, lifetime_ms, error)
            });
        }
        Call::Fail { ticket, status, message, retry_after_ms } => {
            let (ticket, is_good) = world.tickets.take(ticket, world.foreign);
            let message = world.texts.place(message);
            let is_good = is_good && is_utf8(message) && status != 0;
            // SAFETY: [handles], [strings], [outputs]
            call(is_good, |error| unsafe {
                grantmint_ticket_fail(ticket, status, message, retry_after_ms, error)
            });
        }
        Call::PollWaiter { waiter, then_wait } => poll_waiter(world, waiter, then_wait),
        Call::Fallback { waiter } => {
            let (waiter, is_good) = world.waiters.pick(waiter, world.foreign);
            // SAFETY: [handles], [outputs]
            let hit = call_for(is_good, |out, error| unsafe {
                grantmint_waiter_fallback(waiter, out, error)
            });
            world.hits.add(hit);
        }
        Call::OnReady { waiter, callback, kept } => {
            let (waiter, is_good) = world.waiters.take(waiter, world.foreign);
            let callback: grantmint_hit_callback_t = if callback { Some(answer) } else { None };
            let is_good = is_good && callback.is_some();
            let none = ptr::null_mut();
            let mut registration = none;
            let out = if kept { &raw mut registration } else { ptr::null_mut() };
            // SAFETY: [handles], [callbacks], [outputs]
            call(is_good, |error| unsafe {
                grantmint_waiter_on_ready(waiter, callback, ptr::null_mut(), out, error)
            });
            world.registrations.add(registration);
        }
        Call::Cancel { registration } => {
            let (registration, is_good) = world.registrations.take(registration, world.foreign);
            // SAFETY: [handles]
            let cancelled = unsafe { grantmint_registration_cancel(registration) };
            assert!(is_good || !cancelled);
        }
        Call::ReadHit { hit } => {
            let (hit, is_good) = world.hits.pick(hit, world.foreign);
            // SAFETY: [handles]
            unsafe { check_hit(hit, is_good) };
        }
        Call::FreeCache { cache } => world.caches.free(cache, world.foreign),
        Call::FreeHandle { handle } => world.handles.free(handle, world.foreign),
        Call::FreeTicket { ticket } => world.tickets.free(ticket, world.foreign),
        Call::FreeWaiter { waiter } => world.waiters.free(waiter, world.foreign),
        Call::FreeRegistration { registration } => {
            world.registrations.free(registration, world.foreign);
        }
        Call::FreeHit { hit } => world.hits.free(hit, world.foreign),
    }
}

impl Wish {
    fn passed(&self) -> Struct {
        let full = grantmint_wait_options_t {
            struct_size: size_of::<grantmint_wait_options_t>(),
            timeout_ms: self.timeout_ms,
            min_remaining_ms: self.min_remaining_ms,
        };
        Struct::new(&full, self.shape)
    }
}

/// Options with no time to wait, in a shape that leaves no default in their place.
fn at_once(shape: Shape) -> Struct {
    let wish = Wish { shape, timeout_ms: GRANTMINT_ZERO_MS, min_remaining_ms: 0 };
    match shape {
        Shape::Null => Wish { shape: Shape::Whole, ..wish }.passed(),
        _ => wish.passed(),
    }
}

fn placed(world: &mut World, key: &KeyText<'_>) -> (grantmint_str_t, u32) {
    match *key {
        KeyText::One(number) => {
            let name = [b'a' + number % 4];
            (
                world.texts.place(Text::Bytes(&name)),
                [1, 500, 15_000, 60_000][usize::from(number / 64)],
            )
        }
        KeyText::Any { text, ttl_ms } => (world.texts.place(text), ttl_ms),
    }
}

/// A grant that can be told from what was never one.
fn marked(grant: grantmint_str_t) -> Vec<u8> {
    [GRANT, &Texts::bytes(grant).expect("a text")].concat()
}

pub(super) fn with_policy<R>(
    policy: Option<&Policy>,
    use_it: impl FnOnce(*const grantmint_cache_policy_t) -> R,
) -> R {
    let Some(policy) = policy else { return use_it(ptr::null()) };
    let [wait_below_ms, soft_point_ms, safety_margin_ms, fetch_timeout_ms] = policy.times_ms;
    let full = grantmint_cache_policy_t {
        struct_size: size_of::<grantmint_cache_policy_t>(),
        jitter: policy.jitter.as_ref().map_or(ptr::null(), ptr::from_ref),
        max_keys: policy.max_keys.into(),
        wait_below_ms,
        soft_point_ms,
        safety_margin_ms,
        fetch_timeout_ms,
    };
    use_it(Struct::new(&full, policy.shape).pointer())
}

fn new_cache(
    world: &mut World,
    shape: Shape,
    policy: Option<&Policy>,
    clock: Pick,
    (rate_limited, limits): (i32, Limits),
) {
    let clock = world.clocks.pick(clock, world.foreign).0;
    let cache = with_policy(policy, |policy| {
        let full = grantmint_grant_cache_options_t {
            struct_size: size_of::<grantmint_grant_cache_options_t>(),
            policy,
            clock,
            rate_limited,
            reserved: 0,
            calls_per_second: limits.calls_per_second,
            burst: limits.burst,
            max_fetches: limits.max_fetches,
            fleet: ptr::null(),
            fleet_namespace: grantmint_str_t::default(),
        };
        let mut options = Struct::new(&full, shape);
        // SAFETY: [structs], [handles], [outputs]
        call_for(true, |out, error| unsafe {
            grantmint_grant_cache_new(options.pointer(), out, error)
        })
    });
    world.caches.add(cache);
}

fn begin(
    world: &mut World,
    is_good: bool,
    function: impl FnOnce(*mut grantmint_begin_t, *mut *mut grantmint_error_t) -> grantmint_status_t,
) {
    use grantmint_outcome_t::*;
    let (hit, ticket, waiter) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let mut begun = grantmint_begin_t { outcome: GRANTMINT_NOTHING, hit, ticket, waiter };
    let done = call(is_good, |error| function(&raw mut begun, error));
    let has = [!begun.hit.is_null(), !begun.ticket.is_null(), !begun.waiter.is_null()];
    assert_eq!(done, begun.outcome != GRANTMINT_NOTHING);
    let expected = match begun.outcome {
        GRANTMINT_NOTHING => [false; 3],
        GRANTMINT_HIT => [true, false, false],
        GRANTMINT_HIT_AND_FETCH => [true, true, false],
        GRANTMINT_FETCH => [false, true, true],
        GRANTMINT_WAIT => [false, false, true],
    };
    assert_eq!(has, expected);
    world.hits.add(begun.hit);
    world.tickets.add(begun.ticket);
    world.waiters.add(begun.waiter);
}

fn get(world: &mut World, cache: Pick, key: &KeyText<'_>, shape: Shape, fetch: Fetch) {
    let (cache, is_good) = world.caches.pick(cache, world.foreign);
    let ((key, ttl_ms), mut wish) = (placed(world, key), at_once(shape));
    let is_good = is_good && is_utf8(key) && !matches!(fetch, Fetch::Missing);
    let (fetch, none) = (fetch.function(), ptr::null_mut());
    // SAFETY: [handles], [strings], [structs], [callbacks], [outputs]
    let hit = call_for(is_good, |out, error| unsafe {
        grantmint_grant_cache_get(cache, key, ttl_ms, wish.pointer(), fetch, none, out, error)
    });
    world.hits.add(hit);
}

fn get_then(
    world: &mut World,
    cache: Pick,
    key: &KeyText<'_>,
    shape: Shape,
    fetch: Fetch,
    answered: bool,
) {
    let (cache, is_good) = world.caches.pick(cache, world.foreign);
    let ((key, ttl_ms), mut wish) = (placed(world, key), at_once(shape));
    let is_good = is_good && is_utf8(key) && !matches!(fetch, Fetch::Missing) && answered;
    let (fetch, none) = (fetch.function(), ptr::null_mut());
    let callback: grantmint_hit_callback_t = if answered { Some(answer) } else { None };
    // SAFETY: [handles], [strings], [structs], [callbacks], [outputs]
    call(is_good, |error| unsafe {
        let wish = wish.pointer();
        grantmint_grant_cache_get_then(cache, key, ttl_ms, wish, fetch, callback, none, error)
    });
}

fn poll_waiter(world: &mut World, waiter: Pick, then_wait: bool) {
    let (pointer, is_good) = world.waiters.pick(waiter, world.foreign);
    // SAFETY: [handles], [outputs]
    let hit = call_for(is_good, |out, error| unsafe { grantmint_waiter_poll(pointer, out, error) });
    let is_there = !hit.is_null();
    world.hits.add(hit);
    // Only a waiter that has its grant does not block.
    if then_wait && is_there {
        let (pointer, _) = world.waiters.take(waiter, world.foreign);
        // SAFETY: [handles], [outputs]
        let hit =
            call_for(true, |out, error| unsafe { grantmint_waiter_wait(pointer, out, error) });
        world.hits.add(hit);
    }
}

/// # Safety
///
/// The pointer is null, of a live hit, or of another live object.
unsafe fn check_hit(hit: *const grantmint_hit_t, is_good: bool) {
    // SAFETY: [handles] as of the caller.
    unsafe {
        let grant = grantmint_hit_grant(hit);
        assert_eq!(!grant.data.is_null(), is_good);
        assert!(!is_good || Texts::bytes(grant).expect("a text").starts_with(GRANT));
        let freshness = grantmint_hit_freshness(hit);
        assert_eq!(freshness != grantmint_freshness_t::GRANTMINT_NO_GRANT, is_good);
        let reason = grantmint_hit_reason(hit);
        assert_eq!(!reason.is_null(), freshness == grantmint_freshness_t::GRANTMINT_DEGRADED);
        grantmint_error_free(reason);
        assert_eq!(grantmint_hit_generation(hit) > 0, is_good);
        let remaining = grantmint_hit_remaining_ms(hit);
        assert!(is_good || remaining == 0);
    }
}

pub(super) fn read_stats(
    stats: *mut grantmint_stats_t,
    shape: Shape,
    capacity: u8,
    label: grantmint_str_t,
) {
    let is_good = !stats.is_null();
    let size = Counters::SIZE;
    let mut counters = Struct::new(&Counters([u64::MAX; COUNTERS]), shape);
    let mut buckets = vec![NO_BUCKET; capacity.into()];
    let mut counts = vec![NO_COUNT; capacity.into()];
    let (mut len, mut sum) = (usize::MAX, u64::MAX);
    // SAFETY: [handles], [structs], [buffers], [strings], [outputs]
    unsafe {
        let filled =
            call(is_good, |error| grantmint_stats_counters(stats, counters.pointer(), error));
        assert!(!filled || !matches!(shape, Shape::Null), "{size} bytes into nothing");
        let (place, room) = (buckets.as_mut_ptr(), buckets.len());
        let told = call(is_good, |error| {
            grantmint_stats_latency(stats, place, room, &raw mut len, &raw mut sum, error)
        });
        assert!(!told || buckets[..len].is_sorted_by_key(|bucket| bucket.count));
        let (place, room) = (counts.as_mut_ptr(), counts.len());
        call(is_good, |error| grantmint_stats_errors(stats, place, room, &raw mut len, error));
        let page = call_for(is_good && is_utf8(label), |out, error| {
            grantmint_stats_to_prometheus(stats, label, out, error)
        });
        assert!(page.is_null() || Texts::bytes(grantmint_string_get(page)).is_some());
        grantmint_string_free(page);
        grantmint_stats_free(stats);
    }
}

/// The counters as words, of the size of the struct.
#[derive(Clone, Copy)]
#[repr(C)]
struct Counters([u64; COUNTERS]);

const COUNTERS: usize = size_of::<grantmint_counters_t>() / size_of::<u64>();

impl Counters {
    const SIZE: usize = {
        assert!(size_of::<Self>() == size_of::<grantmint_counters_t>());
        size_of::<Self>()
    };
}

const NO_BUCKET: grantmint_latency_bucket_t =
    grantmint_latency_bucket_t { up_to_ms: 0, reserved: 0, count: 0 };
const NO_COUNT: grantmint_error_count_t =
    grantmint_error_count_t { status: 0, reserved: 0, count: 0 };

pub(super) fn read_events(events: *mut grantmint_events_t, shape: Shape) {
    let none = grantmint_str_t::default();
    let full = grantmint_event_t {
        struct_size: size_of::<grantmint_event_t>(),
        name: none,
        key: none,
        boot_ns: 0,
        unix_ns: 0,
        generation: 0,
        kind: 0,
        status: 0,
    };
    // SAFETY: [handles], [structs], [outputs]
    unsafe {
        let len = grantmint_events_len(events);
        for index in [0, len / 2, len] {
            let mut event = Struct::new(&full, shape);
            call(!events.is_null() && index < len, |error| {
                grantmint_events_get(events, index, event.pointer(), error)
            });
        }
        grantmint_events_free(events);
    }
}
