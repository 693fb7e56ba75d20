//! ICE servers for browsers, with short-lived credentials.

use std::ffi::c_void;
use std::time::Duration;

use grantmint_core::{IceServers, IceServersBuilder, Result};

use crate::api_key::grantmint_api_key_t;
use crate::arrays;
use crate::boundary::boundary;
use crate::cache::events::grantmint_events_t;
use crate::cache::stats::grantmint_stats_t;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::ice::ice_credentials::{
    answer, grantmint_ice_credentials_callback_t, grantmint_ice_credentials_t,
};
use crate::ice::ice_servers_options::grantmint_ice_servers_options_t;
use crate::options;
use crate::output;
use crate::panic::or_empty;
use crate::rest::rest_source::grantmint_rest_source_t;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// ICE servers for browsers, with short-lived credentials that all callers share, or that each user has: of
/// Twilio, Cloudflare, any other service, or a coturn server of your own. Use one on all threads.
///
/// Hand them out to users who have signed in: whoever has a credential can relay through the servers until
/// it ends.
///
/// ```c
/// grantmint_str_t urls[] = {GRANTMINT_STR("turn:turn.example:3478?transport=udp")};
/// grantmint_ice_servers_t *servers = NULL;
/// grantmint_ice_credentials_t *credentials = NULL;
/// grantmint_string_t *json = NULL;
/// if (grantmint_ice_servers_coturn(GRANTMINT_STR("static-auth-secret"), urls, 1, NULL, &servers,
///                                  &error) == GRANTMINT_OK &&
///     grantmint_ice_servers_get(servers, GRANTMINT_STR("alice"), NULL, &credentials, &error) ==
///         GRANTMINT_OK &&
///     grantmint_ice_credentials_to_json(credentials, &json, &error) == GRANTMINT_OK) {
///     grantmint_str_t answer = grantmint_string_get(json);
///     printf("%.*s\n", (int)answer.len, answer.data);
/// }
/// grantmint_string_free(json);
/// grantmint_ice_credentials_free(credentials);
/// grantmint_ice_servers_free(servers);
/// ```
pub struct grantmint_ice_servers_t(IceServers);

class!(grantmint_ice_servers_t);

/// Makes servers of a builder and the options that C passed.
///
/// # Safety
///
/// [handles], [strings], [structs]
unsafe fn build(
    builder: IceServersBuilder,
    options: *const grantmint_ice_servers_options_t,
    out: &mut *mut grantmint_ice_servers_t,
) -> Result<()> {
    // SAFETY: [handles], [strings], [structs]
    let builder = unsafe { options::read(options)?.configure(builder)? };
    *out = handle::new(grantmint_ice_servers_t(builder.build()?));
    Ok(())
}

/// Twilio's servers, with an API key. Sends no request and starts no thread.
///
/// `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
/// keep what they need.
///
/// Statuses: 1xx for options that are out of range or have no effect.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_twilio(
    key: *const grantmint_api_key_t,
    options: *const grantmint_ice_servers_options_t,
    out: *mut *mut grantmint_ice_servers_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        unsafe {
            let out = output::object(out)?;
            let key = handle::shared(key, "key")?.key();
            build(IceServers::twilio(key), options, out)
        }
    })
}

/// Twilio's servers, with an account's SID and its auth token. Sends no request and starts no thread.
///
/// `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
/// keep what they need.
///
/// Statuses: `invalid_sid`; 1xx for options that are out of range or have no effect.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_twilio_account(
    account_sid: grantmint_str_t,
    auth_token: grantmint_str_t,
    options: *const grantmint_ice_servers_options_t,
    out: *mut *mut grantmint_ice_servers_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        unsafe {
            let out = output::object(out)?;
            let sid = account_sid.text("account_sid")?;
            let token = auth_token.text("auth_token")?;
            build(IceServers::twilio_account(sid, token), options, out)
        }
    })
}

/// Cloudflare's servers, with a TURN key and its API token. Sends no request and starts no thread.
///
/// `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
/// keep what they need.
///
/// Statuses: 1xx for the arguments, and for options that are out of range or have no effect.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_cloudflare(
    key_id: grantmint_str_t,
    api_token: grantmint_str_t,
    options: *const grantmint_ice_servers_options_t,
    out: *mut *mut grantmint_ice_servers_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        unsafe {
            let out = output::object(out)?;
            let key_id = key_id.text("key_id")?;
            let token = api_token.text("api_token")?;
            build(IceServers::cloudflare(key_id, token), options, out)
        }
    })
}

/// A coturn server with `use-auth-secret` and this `static-auth-secret`. What is handed out is signed here,
/// without a request.
///
/// `urls`: an array of `count`, such as `turn:turn.example:3478?transport=udp`. `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
/// keep what they need.
///
/// Statuses: 1xx for the arguments; `invalid_argument` for an option of a cache, as there is none.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_coturn(
    secret: grantmint_str_t,
    urls: *const grantmint_str_t,
    count: usize,
    options: *const grantmint_ice_servers_options_t,
    out: *mut *mut grantmint_ice_servers_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            let secret = secret.text("secret")?;
            let urls = arrays::array(urls, count, "urls")?.iter().map(|url| url.text("urls"));
            let urls = urls.collect::<Result<Vec<_>>>()?;
            build(IceServers::coturn(secret, urls), options, out)
        }
    })
}

/// The servers of any other service: its source brings a list of servers, one server, or an object that holds
/// either as `iceServers`. Sends no request and starts no thread.
///
/// `options`: null for all defaults. `*out`: the servers, to free with `grantmint_ice_servers_free`; they
/// keep what they need.
///
/// Statuses: 1xx for options that are out of range or have no effect beside a source.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_rest(
    source: *const grantmint_rest_source_t,
    options: *const grantmint_ice_servers_options_t,
    out: *mut *mut grantmint_ice_servers_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        unsafe {
            let out = output::object(out)?;
            let source = handle::shared(source, "source")?.builder()?;
            build(IceServers::rest(source), options, out)
        }
    })
}

/// Gets servers with credentials, and waits for them if necessary.
///
/// `identity`: whose: users who are named have credentials of their own. With null as `data` nobody's: all of
/// them share one. `options`: null for those of the servers. `*out`: the servers, to free with
/// `grantmint_ice_credentials_free`.
///
/// Statuses: `invalid_argument` for the identity; else as `grantmint_credential_get`.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_get(
    servers: *const grantmint_ice_servers_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_ice_credentials_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, servers, identity, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(servers, "servers")?,
                identity.given("identity")?,
                options::read(options)?,
            )
        };
        let issued = servers.0.get_with(identity, options.begin())?;
        *out = handle::new(grantmint_ice_credentials_t::new(issued));
        Ok(())
    })
}

/// As `grantmint_ice_servers_get`, but never blocks: the result goes to a callback, which is called once. If
/// the servers are there, that is before this call returns; else on the thread that ends the fetch or,
/// when the caller's time is over, on a thread of the library, which it must not block.
///
/// `callback`: gets every error except those of the pointers and texts given here; not called unless the
/// status is `GRANTMINT_OK`. `userdata`: its first argument.
///
/// Statuses: 9xx for the arguments alone.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_get_then(
    servers: *const grantmint_ice_servers_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    callback: grantmint_ice_credentials_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (servers, identity, options) = unsafe {
            (
                handle::shared(servers, "servers")?,
                identity.given("identity")?,
                options::read(options)?,
            )
        };
        let answer = answer(callback, userdata)?;
        // Dropping the pending call does not cancel it.
        drop(servers.0.get_then(identity, options.begin(), answer));
        Ok(())
    })
}

/// Gets the servers if they are there now, with the `min_remaining_ms` of the call. Never waits; starts the fetch
/// that is due.
///
/// `identity`, `options`: as of `grantmint_ice_servers_get`. `*out`: the servers, to free with
/// `grantmint_ice_credentials_free`, or null.
///
/// Statuses: 1xx for the arguments, `closed`, `unsupported` for a source that is `call`; never an error of
/// upstream.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_try_get(
    servers: *const grantmint_ice_servers_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_ice_credentials_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, servers, identity, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(servers, "servers")?,
                identity.given("identity")?,
                options::read(options)?,
            )
        };
        if let Some(issued) = servers.0.try_get(identity, options.begin())? {
            *out = handle::new(grantmint_ice_credentials_t::new(issued));
        }
        Ok(())
    })
}

/// Has the servers refreshed for a time even if no caller asks for them.
///
/// `identity`: as of `grantmint_ice_servers_get`. `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
///
/// Statuses: as `grantmint_ice_servers_try_get`; that of the last fetch while no request may be sent.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ice_servers_keep_warm(
    servers: *const grantmint_ice_servers_t,
    identity: grantmint_str_t,
    time_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (servers, identity) =
            unsafe { (handle::shared(servers, "servers")?, identity.given("identity")?) };
        servers.0.keep_warm(identity, Duration::from_millis(time_ms.into()))
    })
}

/// Drops the servers and the cached error, if the servers are those of this generation: of many callers whom a service
/// has refused them, only the first then has them fetched anew.
///
/// `identity`: as of `grantmint_ice_servers_get`. `*out`: whether they were dropped; `out` may be null.
///
/// Statuses: as `grantmint_ice_servers_try_get`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ice_servers_invalidate_if(
    servers: *const grantmint_ice_servers_t,
    identity: grantmint_str_t,
    generation: u64,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (servers, identity) =
            unsafe { (handle::shared(servers, "servers")?, identity.given("identity")?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, servers.0.invalidate_if(identity, generation)?) };
        Ok(())
    })
}

/// Reads the statistics of the cache, for all who share it.
///
/// `*out`: a snapshot, to free with `grantmint_stats_free`; null for a coturn server, which has no cache.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_stats(
    servers: *const grantmint_ice_servers_t,
    out: *mut *mut grantmint_stats_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, servers) = unsafe { (output::object(out)?, handle::shared(servers, "servers")?) };
        if let Some(stats) = servers.0.stats()? {
            *out = handle::new(grantmint_stats_t::new(stats));
        }
        Ok(())
    })
}

/// Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
///
/// `*out`: the events, to free with `grantmint_events_free`.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_servers_drain_events(
    servers: *const grantmint_ice_servers_t,
    out: *mut *mut grantmint_events_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, servers) = unsafe { (output::object(out)?, handle::shared(servers, "servers")?) };
        *out = handle::new(grantmint_events_t::new(servers.0.drain_events()?));
        Ok(())
    })
}

/// Closes servers that are fetched: later calls fail with `closed`, those that wait are answered, and nothing is kept
/// warm for them. Others who share the cache go on. Does nothing for null, and for a coturn server.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ice_servers_close(servers: *const grantmint_ice_servers_t) {
    or_empty(|| {
        // SAFETY: [handles]
        let servers = unsafe { handle::shared(servers, "servers")? };
        servers.0.close();
        Ok(())
    });
}

/// Closes and frees ICE servers; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ice_servers_free(servers: *mut grantmint_ice_servers_t) {
    // SAFETY: [handles]
    unsafe { handle::free(servers) };
}
