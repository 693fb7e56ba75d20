//! Tokens and credentials of other services: minters with slots, sources that are described, and ICE servers that are
//! signed here. No request is sent.

use std::ffi::c_char;
use std::mem::zeroed;
use std::ptr;

use arbitrary::Arbitrary;
use grantmint::*;

use super::World;
use super::arguments::{Pick, Shape, Struct, Text};
use super::outcome::{call, call_for};
use super::tokens::{is_utf8, keep};

/// More show nothing new.
const VALUES_MAX: usize = 8;

#[derive(Arbitrary, Debug)]
pub(super) enum Call<'a> {
    NewMinter { secret: Text<'a>, options: Options<'a> },
    NewOfService { service: u8, texts: [Text<'a>; 4], options: Options<'a> },
    Mint { minter: Pick, identity: Text<'a>, values: Vec<Value<'a>>, at: u32 },
    MintInto { minter: Pick, identity: Text<'a>, values: Vec<Value<'a>>, capacity: u16 },
    MintMany { minter: Pick, identity: Text<'a>, values: Vec<Value<'a>>, count: u8 },
    Bind { minter: Pick, values: Vec<Value<'a>> },
    FreeMinter { minter: Pick },
    NewSource { json: Text<'a>, secret: [Text<'a>; 2] },
    NewOauth2 { texts: [Text<'a>; 3], field: [Text<'a>; 2] },
    Coturn { secret: Text<'a>, url: Text<'a>, ttl: u32, identity: Text<'a> },
}

/// The value of a slot, or a claim.
#[derive(Arbitrary, Debug)]
pub(super) struct Value<'a> {
    name: Text<'a>,
    text: Text<'a>,
    number: i64,
    kind: i32,
}

#[derive(Arbitrary, Debug)]
pub(super) struct Options<'a> {
    shape: Shape,
    claims_json: Text<'a>,
    claims: Vec<Value<'a>>,
    slot: Slot<'a>,
    ttl: u64,
    nbf: u64,
    backdate: u32,
    algorithm: i32,
    switches: [i32; 4],
}

#[derive(Arbitrary, Debug)]
struct Slot<'a> {
    name: Text<'a>,
    path: Text<'a>,
    one_of: Option<Text<'a>>,
    max_length: u16,
    bounds: Option<[i64; 2]>,
    kind: i32,
    unit: i32,
    required: i32,
}

pub(super) fn make(world: &mut World, call: Call<'_>) {
    match call {
        Call::NewMinter { secret, options } => {
            let secret = world.texts.place(secret);
            let minter = options.with(world, |options, out, error| {
                // SAFETY: [strings], [structs], [arrays], [outputs]
                unsafe { grantmint_jwt_minter_new(secret, options, out, error) }
            });
            world.jwt_minters.add(minter);
        }
        Call::NewOfService { service, texts, options } => {
            let [one, two, three, four] = texts.map(|text| world.texts.place(text));
            // SAFETY: [strings], [structs], [arrays], [outputs]
            let minter = options.with(world, |options, out, error| unsafe {
                match service % 4 {
                    0 => grantmint_jwt_minter_livekit(one, two, options, out, error),
                    1 => grantmint_jwt_minter_zoom_video_sdk(one, two, options, out, error),
                    2 => grantmint_jwt_minter_jitsi(one, two, three, four, options, out, error),
                    _ => grantmint_jwt_minter_daily(one, two, options, out, error),
                }
            });
            world.jwt_minters.add(minter);
        }
        Call::Mint { minter, identity, values, at } => {
            let (minter, is_good) = world.jwt_minters.pick(minter, world.foreign);
            let (identity, values) = (world.texts.place(identity), placed(world, values));
            let (from, count) = (values.as_ptr(), values.len());
            // SAFETY: [handles], [strings], [arrays], [outputs]
            let token = call_for(is_good, |out, error| unsafe {
                match at {
                    0 => grantmint_jwt_minter_mint(minter, identity, from, count, out, error),
                    at => {
                        let at = at.into();
                        grantmint_jwt_minter_mint_at(minter, identity, from, count, at, out, error)
                    }
                }
            });
            keep(world, token);
        }
        Call::MintInto { minter, identity, values, capacity } => {
            mint_into(world, minter, identity, values, capacity);
        }
        Call::MintMany { minter, identity, values, count } => {
            let (minter, is_good) = world.jwt_minters.pick(minter, world.foreign);
            let (identity, values) = (world.texts.place(identity), placed(world, values));
            let (from, len) = (values.as_ptr(), values.len());
            let user = grantmint_jwt_user_t { identity, values: from, values_len: len };
            let users = vec![user; usize::from(count % 4)];
            // SAFETY: [handles], [strings], [arrays], [outputs]
            unsafe {
                let tokens = call_for(is_good, |out, error| {
                    let (from, count) = (users.as_ptr(), users.len());
                    grantmint_jwt_minter_mint_many(minter, from, count, out, error)
                });
                assert!(tokens.is_null() || grantmint_strings_len(tokens) == users.len());
                grantmint_strings_free(tokens);
            }
        }
        Call::Bind { minter, values } => {
            let (minter, is_good) = world.jwt_minters.pick(minter, world.foreign);
            let values = placed(world, values);
            // SAFETY: [handles], [strings], [arrays], [outputs]
            let bound = call_for(is_good, |out, error| unsafe {
                grantmint_jwt_minter_bind(minter, values.as_ptr(), values.len(), out, error)
            });
            world.jwt_minters.add(bound);
        }
        Call::FreeMinter { minter } => world.jwt_minters.free(minter, world.foreign),
        Call::NewSource { json, secret } => {
            let json = world.texts.place(json);
            let secret = named(world, secret);
            // SAFETY: [strings], [arrays], [outputs]
            let source = call_for(is_utf8(json), |out, error| unsafe {
                grantmint_rest_source_new(json, &raw const secret, 1, out, error)
            });
            hand_out(source);
        }
        Call::NewOauth2 { texts, field } => {
            let [url, id, secret] = texts.map(|text| world.texts.place(text));
            let field = named(world, field);
            // SAFETY: [strings], [arrays], [outputs]
            let source = call_for(is_utf8(url), |out, error| unsafe {
                grantmint_rest_source_oauth2(url, id, secret, &raw const field, 1, out, error)
            });
            hand_out(source);
        }
        Call::Coturn { secret, url, ttl, identity } => coturn(world, secret, url, ttl, identity),
    }
}

impl Options<'_> {
    fn with(
        self,
        world: &mut World,
        new: impl FnOnce(
            *const grantmint_jwt_minter_options_t,
            *mut *mut grantmint_jwt_minter_t,
            *mut *mut grantmint_error_t,
        ) -> grantmint_status_t,
    ) -> *mut grantmint_jwt_minter_t {
        let claims = placed(world, self.claims);
        let one_of = self.slot.one_of.map(|text| world.texts.place(text));
        let bounds = self.slot.bounds;
        // SAFETY: texts, pointers and numbers may be zero.
        let (mut slot, mut full) =
            unsafe { (zeroed::<grantmint_slot_t>(), zeroed::<grantmint_jwt_minter_options_t>()) };
        slot.name = world.texts.place(self.slot.name);
        slot.path = world.texts.place(self.slot.path);
        slot.one_of = one_of.as_ref().map_or(ptr::null(), ptr::from_ref);
        slot.one_of_len = usize::from(one_of.is_some());
        slot.max_length = self.slot.max_length.into();
        slot.from = bounds.as_ref().map_or(ptr::null(), |[from, _]| from);
        slot.to = bounds.as_ref().map_or(ptr::null(), |[_, to]| to);
        (slot.kind, slot.unit, slot.required) =
            (self.slot.kind, self.slot.unit, self.slot.required);
        full.struct_size = size_of::<grantmint_jwt_minter_options_t>();
        full.claims_json = world.texts.place(self.claims_json);
        (full.claims, full.claims_len) = (claims.as_ptr(), claims.len());
        (full.slots, full.slots_len) = (&raw const slot, 1);
        (full.ttl, full.nbf, full.backdate) = (self.ttl, self.nbf, self.backdate);
        full.algorithm = self.algorithm;
        [full.iat, full.has_nbf, full.has_identity, full.unique] = self.switches;
        // What lies behind the size that is claimed is not read: arrays are whole or not there at all.
        let shape = match self.shape {
            Shape::Words { .. } => Shape::Whole,
            shape => shape,
        };
        let mut passed = Struct::new(&full, shape);
        call_for(true, |out, error| new(passed.pointer(), out, error))
    }
}

fn placed(world: &mut World, values: Vec<Value<'_>>) -> Vec<grantmint_slot_value_t> {
    let place = |value: Value<'_>| grantmint_slot_value_t {
        name: world.texts.place(value.name),
        text: world.texts.place(value.text),
        number: value.number,
        kind: value.kind % 6,
        reserved: 0,
    };
    values.into_iter().take(VALUES_MAX).map(place).collect()
}

fn named(world: &mut World, [name, text]: [Text<'_>; 2]) -> grantmint_named_text_t {
    grantmint_named_text_t { name: world.texts.place(name), text: world.texts.place(text) }
}

fn mint_into(
    world: &mut World,
    minter: Pick,
    identity: Text<'_>,
    values: Vec<Value<'_>>,
    capacity: u16,
) {
    let (minter, is_good) = world.jwt_minters.pick(minter, world.foreign);
    let (identity, values) = (world.texts.place(identity), placed(world, values));
    let mut buffer = vec![b'~'; capacity.into()];
    let mut len = usize::MAX;
    let place = if capacity == 0 { ptr::null_mut() } else { buffer.as_mut_ptr().cast::<c_char>() };
    // SAFETY: [handles], [strings], [arrays], [buffers], [outputs]
    let done = call(is_good, |error| unsafe {
        let (from, count, len) = (values.as_ptr(), values.len(), &raw mut len);
        grantmint_jwt_minter_mint_into(
            minter,
            identity,
            from,
            count,
            place,
            capacity.into(),
            len,
            error,
        )
    });
    if done {
        assert!(buffer[len..].iter().all(|byte| *byte == b'~'));
    } else {
        assert!(buffer.iter().all(|byte| *byte == b'~'), "written to all the same");
    }
}

/// Makes a credential and ICE servers of a source, and asks neither.
fn hand_out(source: *mut grantmint_rest_source_t) {
    let is_good = !source.is_null();
    // SAFETY: [handles], [structs], [outputs] it is live, or null.
    unsafe {
        let credential = call_for(is_good, |out, error| {
            grantmint_credential_new(source, ptr::null(), out, error)
        });
        let servers = call_for(is_good, |out, error| {
            grantmint_ice_servers_rest(source, ptr::null(), out, error)
        });
        grantmint_rest_source_free(source);
        grantmint_credential_close(credential);
        grantmint_credential_free(credential);
        grantmint_ice_servers_free(servers);
    }
}

fn coturn(world: &mut World, secret: Text<'_>, url: Text<'_>, ttl: u32, identity: Text<'_>) {
    let [secret, url, identity] = [secret, url, identity].map(|text| world.texts.place(text));
    // SAFETY: texts, pointers and numbers may be zero.
    let mut options: grantmint_ice_servers_options_t = unsafe { zeroed() };
    (options.struct_size, options.ttl) = (size_of::<grantmint_ice_servers_options_t>(), ttl);
    // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
    unsafe {
        let servers = call_for(is_utf8(secret) && is_utf8(url), |out, error| {
            let (url, options) = (&raw const url, &raw const options);
            grantmint_ice_servers_coturn(secret, url, 1, options, out, error)
        });
        let issued = call_for(!servers.is_null() && is_utf8(identity), |out, error| {
            grantmint_ice_servers_try_get(servers, identity, ptr::null(), out, error)
        });
        assert!(issued.is_null() || grantmint_ice_credentials_ice_servers(issued).len > 2);
        grantmint_ice_credentials_free(issued);
        grantmint_ice_servers_free(servers);
    }
}
