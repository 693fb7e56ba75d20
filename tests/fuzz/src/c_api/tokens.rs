//! Keys, grants, tokens, and taking tokens apart.

use std::ffi::c_char;
use std::ptr;

use arbitrary::Arbitrary;
use grantmint::*;

use super::{Pick, Shape, Struct, Text, Texts, World, call, call_for};

#[derive(Arbitrary, Debug)]
pub(super) enum Call<'a> {
    NewKey { account_sid: Text<'a>, key_sid: Text<'a>, secret: Text<'a> },
    KeyWithRegion { key: Pick, region: Text<'a> },
    ReadKey { key: Pick },
    NewGrant { class: u8, texts: [Text<'a>; 4], incoming: i32, shape: Shape },
    NewCustomGrant { key: Text<'a>, json: Text<'a> },
    ReadGrant { grant: Pick },
    NewToken { key: Pick, identity: Text<'a>, options: Options, valid_until: u64 },
    ReadToken { token: Pick, capacity: u8 },
    NewMinter { key: Pick, options: Options },
    Mint { minter: Pick, identity: Text<'a> },
    MintAt { minter: Pick, identity: Text<'a>, unix_seconds: u64 },
    MintInto { minter: Pick, identity: Text<'a>, capacity: u16 },
    MintMany { minter: Pick, identities: Vec<Text<'a>>, claimed: Option<u8> },
    Warnings { minter: Pick, capacity: u8 },
    Verify { token: Text<'a>, key: Pick, options: Verifying },
    VerifyJwt { token: Text<'a>, secret: Text<'a>, options: Verifying },
    Decode { token: Text<'a> },
    Sign { algorithm: i32, header: Text<'a>, claims: Text<'a>, secret: Text<'a> },
    FreeKey { key: Pick },
    FreeGrant { grant: Pick },
    FreeToken { token: Pick },
    FreeMinter { minter: Pick },
}

/// What tokens and minters of tokens may be told.
#[derive(Arbitrary, Debug)]
pub(super) struct Options {
    shape: Shape,
    grants: Vec<Pick>,
    /// Another number of grants, where there are none.
    claimed: u8,
    ttl: u32,
    nbf: u64,
    clock: Pick,
    unique: i32,
}

#[derive(Arbitrary, Debug)]
pub(super) struct Verifying {
    shape: Shape,
    now: u32,
    leeway: u32,
    algorithm: i32,
    require_exp: i32,
}

impl Verifying {
    fn passed(&self) -> Struct {
        let full = grantmint_verify_options_t {
            struct_size: size_of::<grantmint_verify_options_t>(),
            now: self.now.into(),
            leeway: self.leeway,
            algorithm: self.algorithm,
            require_exp: self.require_exp,
            reserved: 0,
        };
        Struct::new(&full, self.shape)
    }
}

impl Call<'_> {
    /// A good key, so that not every input has to find one.
    pub(super) fn first_key() -> Self {
        Call::NewKey {
            account_sid: Text::Known(0),
            key_sid: Text::Known(1),
            secret: Text::Known(2),
        }
    }
}

/// An object of a class of its own.
pub(super) fn no_strings(world: &mut World) -> *mut grantmint_strings_t {
    let (key, _) = world.keys.pick(Pick::Live(0), ptr::null_mut::<u8>());
    let options = ptr::null();
    // SAFETY: [handles], [structs], [arrays], [outputs] the key is live, and there is nothing else.
    unsafe {
        let minter =
            call_for(true, |out, error| grantmint_token_minter_new(key, options, out, error));
        let strings = call_for(true, |out, error| {
            grantmint_token_minter_mint_many(minter, ptr::null(), 0, out, error)
        });
        grantmint_token_minter_free(minter);
        strings
    }
}

pub(super) fn make(world: &mut World, call: Call<'_>) {
    match call {
        Call::NewKey { account_sid, key_sid, secret } => {
            let [account_sid, key_sid, secret] =
                [account_sid, key_sid, secret].map(|text| world.texts.place(text));
            let is_good = [account_sid, key_sid, secret].into_iter().all(is_utf8);
            // SAFETY: [strings], [outputs]
            let key = call_for(is_good, |out, error| unsafe {
                grantmint_api_key_new(account_sid, key_sid, secret, out, error)
            });
            world.keys.add(key);
        }
        Call::KeyWithRegion { key, region } => {
            let ((key, is_good), region) =
                (world.keys.pick(key, world.foreign), world.texts.place(region));
            // SAFETY: [handles], [strings], [outputs]
            let key = call_for(is_good && is_utf8(region), |out, error| unsafe {
                grantmint_api_key_with_region(key, region, out, error)
            });
            world.keys.add(key);
        }
        Call::ReadKey { key } => {
            let (key, is_good) = world.keys.pick(key, world.foreign);
            // SAFETY: [handles]
            let (account_sid, key_sid) =
                unsafe { (grantmint_api_key_account_sid(key), grantmint_api_key_key_sid(key)) };
            assert_eq!([account_sid.len, key_sid.len], [if is_good { 34 } else { 0 }; 2]);
        }
        Call::NewGrant { class, texts, incoming, shape } => {
            new_grant(world, class, texts, incoming, shape);
        }
        Call::NewCustomGrant { key, json } => {
            let [key, json] = [key, json].map(|text| world.texts.place(text));
            // SAFETY: [strings], [outputs]
            let grant = call_for(is_utf8(key) && is_utf8(json), |out, error| unsafe {
                grantmint_grant_new_custom(key, json, out, error)
            });
            world.grants.add(grant);
        }
        Call::ReadGrant { grant } => {
            let (grant, is_good) = world.grants.pick(grant, world.foreign);
            // SAFETY: [handles], [outputs]
            unsafe {
                assert_eq!(grantmint_grant_key(grant).len > 0, is_good);
                let json =
                    call_for(is_good, |out, error| grantmint_grant_to_json(grant, out, error));
                grantmint_string_free(json);
            }
        }
        Call::NewToken { key, identity, options, valid_until } => {
            new_token(world, key, identity, &options, valid_until);
        }
        Call::ReadToken { token, capacity } => read_token(world, token, capacity),
        Call::NewMinter { key, options } => new_minter(world, key, &options),
        Call::Mint { minter, identity } => {
            mint(world, minter, identity, |minter, identity, out, error| {
                // SAFETY: [handles], [strings], [outputs]
                unsafe { grantmint_token_minter_mint(minter, identity, out, error) }
            });
        }
        Call::MintAt { minter, identity, unix_seconds } => {
            mint(world, minter, identity, |minter, identity, out, error| {
                // SAFETY: [handles], [strings], [outputs]
                unsafe {
                    grantmint_token_minter_mint_at(minter, identity, unix_seconds, out, error)
                }
            });
        }
        Call::MintInto { minter, identity, capacity } => {
            mint_into(world, minter, identity, capacity);
        }
        Call::MintMany { minter, identities, claimed } => {
            mint_many(world, minter, identities, claimed);
        }
        Call::Warnings { minter, capacity } => {
            let (minter, is_good) = world.token_minters.pick(minter, world.foreign);
            check_warnings(is_good, capacity, |buffer, capacity, len, error| {
                // SAFETY: [handles], [buffers], [outputs]
                unsafe { grantmint_token_minter_warnings(minter, buffer, capacity, len, error) }
            });
        }
        Call::Verify { token, key, options } => {
            let (token, (key, is_good)) =
                (world.texts.place(token), world.keys.pick(key, world.foreign));
            let mut options = options.passed();
            // SAFETY: [handles], [strings], [structs], [outputs]
            let decoded = call_for(is_good && is_utf8(token), |out, error| unsafe {
                grantmint_verify(token, key, options.pointer(), out, error)
            });
            read_decoded(decoded);
        }
        Call::VerifyJwt { token, secret, options } => {
            let [token, secret] = [token, secret].map(|text| world.texts.place(text));
            let mut options = options.passed();
            // SAFETY: [strings], [structs], [outputs]
            let decoded = call_for(is_utf8(token) && secret.len > 0, |out, error| unsafe {
                grantmint_verify_jwt(token, secret, options.pointer(), out, error)
            });
            read_decoded(decoded);
        }
        Call::Decode { token } => {
            let token = world.texts.place(token);
            // SAFETY: [strings], [outputs]
            let decoded = call_for(is_utf8(token), |out, error| unsafe {
                grantmint_decode(token, out, error)
            });
            read_decoded(decoded);
        }
        Call::Sign { algorithm, header, claims, secret } => {
            let [header, claims, secret] =
                [header, claims, secret].map(|text| world.texts.place(text));
            let is_good =
                [256, 384, 512].contains(&algorithm) && is_utf8(header) && is_utf8(claims);
            // SAFETY: [strings], [outputs]
            let token = call_for(is_good, |out, error| unsafe {
                grantmint_sign(algorithm, header, claims, secret, out, error)
            });
            keep(world, token);
        }
        Call::FreeKey { key } => world.keys.free(key, world.foreign),
        Call::FreeGrant { grant } => world.grants.free(grant, world.foreign),
        Call::FreeToken { token } => world.tokens.free(token, world.foreign),
        Call::FreeMinter { minter } => world.token_minters.free(minter, world.foreign),
    }
}

pub(super) fn is_utf8(text: grantmint_str_t) -> bool {
    Texts::bytes(text).is_some_and(|bytes| String::from_utf8(bytes).is_ok())
}

/// Keeps a token for later calls, and frees the string.
pub(super) fn keep(world: &mut World, string: *mut grantmint_string_t) {
    if !string.is_null() {
        // SAFETY: [handles] it was just handed out.
        let token = Texts::bytes(unsafe { grantmint_string_get(string) }).expect("a text");
        assert_eq!(token.iter().filter(|byte| **byte == b'.').count(), 2);
        world.texts.minted.push(token);
        // SAFETY: [handles]
        unsafe { grantmint_string_free(string) };
    }
}

fn new_grant(world: &mut World, class: u8, texts: [Text<'_>; 4], incoming: i32, shape: Shape) {
    let [a, b, c, d] = texts.map(|text| world.texts.place(text));
    /// Makes one of the grants with fields: each differs in its types alone.
    macro_rules! grant {
        ($function:ident, $fields:ident { $($field:ident: $value:expr),* }) => {{
            let struct_size = size_of::<$fields>();
            let mut fields = Struct::new(&$fields { struct_size, $($field: $value),* }, shape);
            // SAFETY: [structs], [strings], [outputs]
            call_for(true, |out, error| unsafe { $function(fields.pointer(), out, error) })
        }};
    }
    let grant = match class % 8 {
        0 => grant!(grantmint_grant_new_video, grantmint_video_grant_t { room: a }),
        1 => grant!(
            grantmint_grant_new_voice,
            grantmint_voice_grant_t {
                outgoing_application_sid: a,
                outgoing_application_params: b,
                push_credential_sid: c,
                endpoint_id: d,
                incoming_allow: incoming,
                reserved: 0
            }
        ),
        2 => grant!(
            grantmint_grant_new_chat,
            grantmint_chat_grant_t {
                service_sid: a,
                endpoint_id: b,
                deployment_role_sid: c,
                push_credential_sid: d
            }
        ),
        3 => grant!(
            grantmint_grant_new_ip_messaging,
            grantmint_chat_grant_t {
                service_sid: a,
                endpoint_id: b,
                deployment_role_sid: c,
                push_credential_sid: d
            }
        ),
        4 => grant!(
            grantmint_grant_new_sync,
            grantmint_sync_grant_t { service_sid: a, endpoint_id: b }
        ),
        5 => grant!(
            grantmint_grant_new_task_router,
            grantmint_task_router_grant_t { workspace_sid: a, worker_sid: b, role: c }
        ),
        6 => {
            grant!(grantmint_grant_new_rtc, grantmint_rtc_grant_t { configuration_profile_sid: a })
        }
        // SAFETY: [strings], [outputs]
        _ => call_for(is_utf8(a), |out, error| unsafe {
            grantmint_grant_new_playback(a, out, error)
        }),
    };
    world.grants.add(grant);
}

/// The grants of an options struct, and their number.
fn picked(world: &World, options: &Options) -> (Vec<*const grantmint_grant_t>, usize) {
    let grants = options.grants.iter();
    let grants: Vec<_> =
        grants.map(|grant| world.grants.pick(*grant, world.foreign).0.cast_const()).collect();
    let len = if grants.is_empty() { usize::from(options.claimed) } else { grants.len() };
    (grants, len)
}

fn start<T>(items: &[T]) -> *const T {
    if items.is_empty() { ptr::null() } else { items.as_ptr() }
}

fn new_token(
    world: &mut World,
    key: Pick,
    identity: Text<'_>,
    options: &Options,
    valid_until: u64,
) {
    let (key, is_good) = world.keys.pick(key, world.foreign);
    let identity = world.texts.place(identity);
    let (grants, grants_len) = picked(world, options);
    let full = grantmint_access_token_options_t {
        struct_size: size_of::<grantmint_access_token_options_t>(),
        grants: start(&grants),
        grants_len,
        ttl: options.ttl.into(),
        valid_until,
        nbf: options.nbf,
        clock: world.clocks.pick(options.clock, world.foreign).0,
        unique: options.unique,
        reserved: 0,
    };
    let mut passed = Struct::new(&full, options.shape);
    // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
    let token = call_for(is_good && is_utf8(identity), |out, error| unsafe {
        grantmint_access_token_new(key, identity, passed.pointer(), out, error)
    });
    world.tokens.add(token);
}

fn read_token(world: &mut World, token: Pick, capacity: u8) {
    let (token, is_good) = world.tokens.pick(token, world.foreign);
    // SAFETY: [handles], [outputs]
    let jwt =
        call_for(is_good, |out, error| unsafe { grantmint_access_token_to_jwt(token, out, error) });
    keep(world, jwt);
    check_warnings(is_good, capacity, |buffer, capacity, len, error| {
        // SAFETY: [handles], [buffers], [outputs]
        unsafe { grantmint_access_token_warnings(token, buffer, capacity, len, error) }
    });
}

fn new_minter(world: &mut World, key: Pick, options: &Options) {
    let (key, is_good) = world.keys.pick(key, world.foreign);
    let (grants, grants_len) = picked(world, options);
    let full = grantmint_token_minter_options_t {
        struct_size: size_of::<grantmint_token_minter_options_t>(),
        grants: start(&grants),
        grants_len,
        ttl: options.ttl.into(),
        nbf: options.nbf,
        clock: world.clocks.pick(options.clock, world.foreign).0,
        unique: options.unique,
        reserved: 0,
    };
    let mut passed = Struct::new(&full, options.shape);
    // SAFETY: [handles], [structs], [arrays], [outputs]
    let minter = call_for(is_good, |out, error| unsafe {
        grantmint_token_minter_new(key, passed.pointer(), out, error)
    });
    world.token_minters.add(minter);
}

fn mint(
    world: &mut World,
    minter: Pick,
    identity: Text<'_>,
    function: impl FnOnce(
        *mut grantmint_token_minter_t,
        grantmint_str_t,
        *mut *mut grantmint_string_t,
        *mut *mut grantmint_error_t,
    ) -> grantmint_status_t,
) {
    let (minter, is_good) = world.token_minters.pick(minter, world.foreign);
    let identity = world.texts.place(identity);
    let is_good = is_good && is_utf8(identity) && identity.len > 0;
    let token = call_for(is_good, |out, error| function(minter, identity, out, error));
    keep(world, token);
}

fn mint_into(world: &mut World, minter: Pick, identity: Text<'_>, capacity: u16) {
    let (minter, is_good) = world.token_minters.pick(minter, world.foreign);
    let identity = world.texts.place(identity);
    let mut buffer = vec![b'~'; capacity.into()];
    let mut len = usize::MAX;
    let place = if capacity == 0 { ptr::null_mut() } else { buffer.as_mut_ptr().cast::<c_char>() };
    // SAFETY: [handles], [strings], [buffers], [outputs]
    let done = call(is_good && is_utf8(identity), |error| unsafe {
        let len = &raw mut len;
        grantmint_token_minter_mint_into(minter, identity, place, capacity.into(), len, error)
    });
    if done {
        assert!(buffer[len..].iter().all(|byte| *byte == b'~'));
        buffer.truncate(len);
        assert!(String::from_utf8(buffer).is_ok_and(|token| token.split('.').count() == 3));
    } else {
        assert!(buffer.iter().all(|byte| *byte == b'~'), "written to all the same");
    }
}

fn mint_many(world: &mut World, minter: Pick, identities: Vec<Text<'_>>, claimed: Option<u8>) {
    let (minter, is_good) = world.token_minters.pick(minter, world.foreign);
    let placed: Vec<_> = identities.into_iter().map(|text| world.texts.place(text)).collect();
    let count = claimed.filter(|_| placed.is_empty()).map_or(placed.len(), usize::from);
    let is_good = is_good && placed.iter().all(|text| is_utf8(*text)) && count == placed.len();
    // SAFETY: [handles], [strings], [arrays], [outputs]
    unsafe {
        let tokens = call_for(is_good, |out, error| {
            grantmint_token_minter_mint_many(minter, start(&placed), count, out, error)
        });
        if !tokens.is_null() {
            assert_eq!(grantmint_strings_len(tokens), count);
            assert!(grantmint_strings_get(tokens, count).data.is_null());
        }
        grantmint_strings_free(tokens);
    }
}

fn check_warnings(
    is_good: bool,
    capacity: u8,
    function: impl FnOnce(
        *mut grantmint_warning_t,
        usize,
        *mut usize,
        *mut *mut grantmint_error_t,
    ) -> grantmint_status_t,
) {
    let none = grantmint_str_t::default();
    let capacity = usize::from(capacity % 4);
    let mut buffer = vec![grantmint_warning_t { code: none, message: none }; capacity];
    let mut len = usize::MAX;
    let place = if capacity == 0 { ptr::null_mut() } else { buffer.as_mut_ptr() };
    let done = call(is_good, |error| function(place, capacity, &raw mut len, error));
    for (index, warning) in buffer.iter().enumerate() {
        assert_eq!(warning.code.data.is_null(), !done || index >= len);
    }
}

fn read_decoded(decoded: *mut grantmint_decoded_t) {
    // SAFETY: [handles], [outputs] it is null or was just handed out.
    unsafe {
        let texts = [
            grantmint_decoded_header_json(decoded),
            grantmint_decoded_claims_json(decoded),
            grantmint_decoded_identity(decoded),
            grantmint_decoded_issuer(decoded),
            grantmint_decoded_subject(decoded),
            grantmint_decoded_jti(decoded),
            grantmint_decoded_region(decoded),
        ];
        assert!(texts.into_iter().all(is_utf8));
        assert_eq!(texts[0].data.is_null(), decoded.is_null());
        let mut time = u64::MAX;
        for function in [
            grantmint_decoded_issued_at,
            grantmint_decoded_not_before,
            grantmint_decoded_expires_at,
        ] {
            let says = function(decoded, &raw mut time);
            assert!(says || time == 0);
            function(decoded, ptr::null_mut());
        }
        grantmint_decoded_free(decoded);
    }
}
