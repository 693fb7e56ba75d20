//! Playback minters, with a source of grants that answers at once. What their threads do is tested
//! elsewhere; here it is what may be asked of them.

use std::ffi::c_void;
use std::ptr;

use arbitrary::Arbitrary;
use grantmint::*;

use super::caches::{Limits, Policy, read_events, read_stats, with_policy};
use super::tokens::{is_utf8, keep};
use super::{Pick, Shape, Struct, Text, World, call, call_for};

#[derive(Arbitrary, Debug)]
pub(super) enum Call<'a> {
    NewSource { fetch: bool },
    New { key: Pick, options: Box<Options<'a>> },
    TryToken { minter: Pick, streamer: Text<'a>, identity: Text<'a> },
    Stream { minter: Pick, streamer: Text<'a> },
    TryStreamToken { stream: Pick, identity: Text<'a> },
    Invalidate { minter: Pick, streamer: Text<'a>, generation: Option<u64> },
    Rotate { minter: Pick, key: Pick },
    Stats { minter: Pick, shape: Shape, capacity: u8, label: Text<'a> },
    Events { minter: Pick, shape: Shape },
    Cache { minter: Pick },
    Purge { minter: Pick },
    Close { minter: Pick },
    FreeSource { source: Pick },
    FreeStream { stream: Pick },
    Free { minter: Pick },
}

#[derive(Arbitrary, Debug)]
pub(super) struct Options<'a> {
    shape: Shape,
    allow_origin: Text<'a>,
    share: Text<'a>,
    base_url: Text<'a>,
    proxy: Text<'a>,
    ca_file: bool,
    grants_claimed: u8,
    cache: Pick,
    clock: Pick,
    policy: Option<Policy>,
    ttl: u32,
    timeout_ms: u32,
    min_remaining_ms: u32,
    grant_ttl: u32,
    unique: i32,
    isolated: i32,
    limits: Limits,
}

unsafe extern "C" fn fetch(
    userdata: *mut c_void,
    request: *const grantmint_grant_request_t,
    ticket: *mut grantmint_ticket_t,
) {
    let grant = br#"{"grant":1}"#;
    let grant = grantmint_str_t { data: grant.as_ptr().cast(), len: grant.len() };
    assert!(userdata.is_null());
    // SAFETY: [handles], [strings] the request lives during the call, the ticket is the callee's.
    unsafe {
        assert_eq!(grantmint_grant_request_streamer(request).len, 34);
        assert!((1..=60).contains(&grantmint_grant_request_ttl(request)));
        grantmint_ticket_complete(ticket, grant, 0, ptr::null_mut());
    }
}

pub(super) fn make(world: &mut World, asked: Call<'_>) {
    match asked {
        Call::NewSource { fetch: is_there } => {
            let fetch: grantmint_fetch_t = if is_there { Some(fetch) } else { None };
            // SAFETY: [callbacks], [outputs]
            let source = call_for(is_there, |out, error| unsafe {
                grantmint_source_new(fetch, ptr::null_mut(), None, out, error)
            });
            world.sources.add(source);
        }
        Call::New { key, options } => new_minter(world, key, &options),
        Call::TryToken { minter, streamer, identity } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            let [streamer, identity] = [streamer, identity].map(|text| world.texts.place(text));
            let is_good = is_good && is_utf8(streamer) && is_utf8(identity);
            // SAFETY: [handles], [strings], [outputs]
            let token = call_for(is_good, |out, error| unsafe {
                grantmint_playback_minter_try_token(minter, streamer, identity, out, error)
            });
            keep(world, token);
        }
        Call::Stream { minter, streamer } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            let streamer = world.texts.place(streamer);
            // SAFETY: [handles], [strings], [outputs]
            let stream = call_for(is_good && is_utf8(streamer), |out, error| unsafe {
                grantmint_playback_minter_stream(minter, streamer, out, error)
            });
            world.streams.add(stream);
        }
        Call::TryStreamToken { stream, identity } => {
            let (stream, is_good) = world.streams.pick(stream, world.foreign);
            let identity = world.texts.place(identity);
            // SAFETY: [handles], [strings], [outputs]
            let token = call_for(is_good && is_utf8(identity), |out, error| unsafe {
                grantmint_stream_minter_try_token(stream, identity, out, error)
            });
            keep(world, token);
        }
        Call::Invalidate { minter, streamer, generation } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            let streamer = world.texts.place(streamer);
            let none = ptr::null_mut();
            // SAFETY: [handles], [strings], [outputs]
            call(is_good && is_utf8(streamer), |error| unsafe {
                match generation {
                    None => grantmint_playback_minter_invalidate(minter, streamer, none, error),
                    Some(generation) => grantmint_playback_minter_invalidate_if(
                        minter, streamer, generation, none, error,
                    ),
                }
            });
        }
        Call::Rotate { minter, key } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            let (key, key_is_good) = world.keys.pick(key, world.foreign);
            // SAFETY: [handles], [outputs]
            call(is_good && key_is_good, |error| unsafe {
                grantmint_playback_minter_rotate(minter, key, error)
            });
        }
        Call::Stats { minter, shape, capacity, label } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            let label = world.texts.place(label);
            // SAFETY: [handles], [outputs]
            let stats = call_for(is_good, |out, error| unsafe {
                grantmint_playback_minter_stats(minter, out, error)
            });
            read_stats(stats, shape, capacity, label);
        }
        Call::Events { minter, shape } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            // SAFETY: [handles], [outputs]
            let events = call_for(is_good, |out, error| unsafe {
                grantmint_playback_minter_drain_events(minter, out, error)
            });
            read_events(events, shape);
        }
        Call::Cache { minter } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            // SAFETY: [handles], [outputs]
            let cache = call_for(is_good, |out, error| unsafe {
                grantmint_playback_minter_cache(minter, out, error)
            });
            world.caches.add(cache);
        }
        Call::Purge { minter } => {
            let (minter, is_good) = world.minters.pick(minter, world.foreign);
            // SAFETY: [handles], [outputs]
            call(is_good, |error| unsafe { grantmint_playback_minter_purge(minter, error) });
        }
        Call::Close { minter } => {
            let (minter, _) = world.minters.pick(minter, world.foreign);
            // SAFETY: [handles]
            unsafe { grantmint_playback_minter_close(minter) };
        }
        Call::FreeSource { source } => world.sources.free(source, world.foreign),
        Call::FreeStream { stream } => world.streams.free(stream, world.foreign),
        Call::Free { minter } => world.minters.free(minter, world.foreign),
    }
}

/// A rate that is allowed is the account's, so that a low one would hold up the calls of all inputs that follow.
fn quick(calls_per_second: f64) -> f64 {
    let is_allowed = calls_per_second > 0.0 && calls_per_second <= 2000.0;
    if is_allowed { 2000.0 } else { calls_per_second }
}

/// Every minter has a source: without one it would call Twilio.
fn new_minter(world: &mut World, key: Pick, options: &Options<'_>) {
    let (key, is_good) = world.keys.pick(key, world.foreign);
    let source = world.sources.pick(Pick::Live(0), world.foreign).0;
    if source.is_null() {
        return;
    }
    let [allow_origin, share, base_url, proxy] =
        [options.allow_origin, options.share, options.base_url, options.proxy]
            .map(|text| world.texts.place(text));
    let ca_file = if options.ca_file { Text::Bytes(b"there is no such file") } else { Text::Empty };
    let ca_file = world.texts.place(ca_file);
    let cache = world.caches.pick(options.cache, world.foreign).0;
    let clock = world.clocks.pick(options.clock, world.foreign).0;
    let minter = with_policy(options.policy.as_ref(), |policy| {
        let full = grantmint_playback_minter_options_t {
            struct_size: size_of::<grantmint_playback_minter_options_t>(),
            allow_origin,
            grants: ptr::null(),
            grants_len: options.grants_claimed.into(),
            ttl: options.ttl.into(),
            source,
            cache,
            share,
            base_url,
            proxy,
            ca_file,
            policy,
            clock,
            timeout_ms: options.timeout_ms,
            min_remaining_ms: options.min_remaining_ms,
            grant_ttl: options.grant_ttl,
            unique: options.unique,
            isolated: options.isolated,
            reserved: 0,
            calls_per_second: quick(options.limits.calls_per_second),
            burst: options.limits.burst,
            max_fetches: options.limits.max_fetches,
            // What other inputs leave in a folder would not be this input's doing.
            fleet: ptr::null(),
        };
        // A struct that ends before the source would leave a minter without one.
        let shape = match options.shape {
            Shape::Null | Shape::Words { words: ..=8, .. } => Shape::Whole,
            other => other,
        };
        let mut passed = Struct::new(&full, shape);
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        call_for(is_good, |out, error| unsafe {
            grantmint_playback_minter_new(key, passed.pointer(), out, error)
        })
    });
    world.minters.add(minter);
}
