//! The fleet: the processes that share grants.

use grantmint_core::Fleet;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::redis_fleet_options::grantmint_redis_fleet_options_t;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// The processes that share grants, each in front of its own cache: those of one user on one machine,
/// by a private folder with files and locks, or those of many machines, by a server of Redis or Valkey.
/// Of all of them one fetches each grant, and the others take over what it brings; after a 429 all of
/// them wait. Grants lie there sealed, with a key made from the secret of the API key or of the fleet. A
/// folder or server that cannot be used is no error of a call: each process then fetches for itself, and
/// `grantmint_stats_t` tells of it. Linux only so far. Minters and caches keep what they need of it: it
/// may be freed right after they are made.
///
/// ```c
/// grantmint_fleet_t *fleet = NULL;
/// grantmint_playback_minter_t *live = NULL;
/// grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
/// if (grantmint_fleet_parse(GRANTMINT_STR("host"), &fleet, &error) == GRANTMINT_OK) {
///     options.fleet = fleet;
///     if (grantmint_playback_minter_new(key, &options, &live, &error) == GRANTMINT_OK) {
///         printf("one of a fleet\n");
///     }
/// }
/// grantmint_playback_minter_free(live);
/// grantmint_fleet_free(fleet);
/// ```
pub struct grantmint_fleet_t(Fleet);

class!(grantmint_fleet_t);

impl grantmint_fleet_t {
    pub(crate) fn fleet(&self) -> &Fleet {
        &self.0
    }
}

/// The processes of this user on this machine.
///
/// `path`: the absolute path of a folder that all of them name, 4,000 bytes at most, which is made if
/// it is not there; it has to lie on a local file system and to belong to this user alone. With null as
/// `data` they share by one that is found by itself: `grantmint` in `$XDG_RUNTIME_DIR`, else
/// `/dev/shm/grantmint-` and the number of the user, else the same in the folder for temporary files.
/// `*out`: the fleet, to free with `grantmint_fleet_free`.
///
/// Statuses: `invalid_argument` for a path that is empty, relative or too long.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_fleet_host(
    path: grantmint_str_t,
    out: *mut *mut grantmint_fleet_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, folder) = unsafe { (output::object(out)?, path.text("path")?) };
        let fleet = match path.data.is_null() {
            true => Fleet::host(),
            // What is empty and not null was meant to be a path, and is refused.
            false => Fleet::host_at(folder)?,
        };
        *out = handle::new(grantmint_fleet_t(fleet));
        Ok(())
    })
}

/// The processes of any number of machines that name this server: Redis 6 or later, or Valkey. It is
/// connected to when it is first needed, on a thread of the library; while it is away, each machine goes
/// on by itself.
///
/// `url`: `rediss://user:password@host:port`; `redis://` for this machine, or with `insecure`;
/// `redis+unix:///path` for a socket of this machine; `redis+cluster://host1,host2` and
/// `rediss+cluster://` for servers of a cluster. In user and password a `%` and two hexadecimal digits
/// stand for a byte. `options`: null for all defaults. `*out`: the fleet, to free with
/// `grantmint_fleet_free`.
///
/// ```c
/// grantmint_fleet_t *fleet = NULL;
/// grantmint_redis_fleet_options_t options = GRANTMINT_REDIS_FLEET_OPTIONS_INIT;
/// options.prefix = GRANTMINT_STR("live");
/// grantmint_str_t url = GRANTMINT_STR("rediss://app:hunter2@redis.example.com");
/// if (grantmint_fleet_redis(url, &options, &fleet, &error) == GRANTMINT_OK) {
///     printf("for minters and caches\n");
/// }
/// grantmint_fleet_free(fleet);
/// ```
///
/// Statuses: `invalid_url`; `invalid_argument` for the options; `unsupported` where there are none.
///
/// # Safety
///
/// [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_fleet_redis(
    url: grantmint_str_t,
    options: *const grantmint_redis_fleet_options_t,
    out: *mut *mut grantmint_fleet_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [structs], [outputs]
        let (out, url, options) =
            unsafe { (output::object(out)?, url.text("url")?, options::read(options)?) };
        // SAFETY: [strings]
        let fleet = unsafe { options.configure(Fleet::redis(url)?)? };
        *out = handle::new(grantmint_fleet_t(fleet));
        Ok(())
    })
}

/// A fleet as a text says it, for settings: `host`, `host:` and the path of a folder, or the URL of a
/// server as of `grantmint_fleet_redis`.
///
/// `text`: the text. `*out`: the fleet, to free with `grantmint_fleet_free`.
///
/// Statuses: `invalid_url` for another text; else as `grantmint_fleet_host` and `grantmint_fleet_redis`.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_fleet_parse(
    text: grantmint_str_t,
    out: *mut *mut grantmint_fleet_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, text) = unsafe { (output::object(out)?, text.text("fleet")?) };
        *out = handle::new(grantmint_fleet_t(text.parse()?));
        Ok(())
    })
}

/// The same fleet with what it shares sealed by this secret in place of the API key's: then all keys of
/// the account share grants. A grant cache, which has no API key, needs one.
///
/// `secret`: 32 to 1,024 random bytes that all its processes have. `*out`: a new fleet, to free with
/// `grantmint_fleet_free`.
///
/// Statuses: `invalid_argument` for a secret of another length.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_fleet_with_secret(
    fleet: *const grantmint_fleet_t,
    secret: grantmint_str_t,
    out: *mut *mut grantmint_fleet_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, fleet, secret) = unsafe {
            (output::object(out)?, handle::shared(fleet, "fleet")?, secret.bytes("secret")?)
        };
        *out = handle::new(grantmint_fleet_t(fleet.0.clone().secret(secret)?));
        Ok(())
    })
}

/// Frees a fleet; does nothing for null. Who shares with it goes on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_fleet_free(fleet: *mut grantmint_fleet_t) {
    // SAFETY: [handles]
    unsafe { handle::free(fleet) };
}
