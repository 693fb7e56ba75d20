//! The API key, which signs tokens and fetches grants.

use grantmint_core::ApiKey;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// A validated API key. Minters keep what they need of it: it may be freed right after they are
/// made. The secret, of at most 4,096 bytes, is never shown, and is wiped from memory when no key and
/// no minter needs it any more.
///
/// ```c
/// grantmint_api_key_t *own = NULL;
/// if (grantmint_api_key_from_env(&own, &error) != GRANTMINT_OK) {
///     grantmint_str_t why = grantmint_error_message(error);
///     fprintf(stderr, "%.*s\n", (int)why.len, why.data);
///     grantmint_error_free(error);
/// }
/// grantmint_api_key_free(own);
/// ```
pub struct grantmint_api_key_t(ApiKey);

class!(grantmint_api_key_t);

impl grantmint_api_key_t {
    pub(crate) fn key(&self) -> &ApiKey {
        &self.0
    }
}

/// A key from the account's SID (`AC…`), the key's SID (`SK…`) and its secret.
///
/// `*out`: the key, to free with `grantmint_api_key_free`.
///
/// Statuses: `invalid_sid`, `invalid_credentials` for swapped SIDs or an empty secret.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_new(
    account_sid: grantmint_str_t,
    key_sid: grantmint_str_t,
    secret: grantmint_str_t,
    out: *mut *mut grantmint_api_key_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, account_sid, key_sid, secret) = unsafe {
            (
                output::object(out)?,
                account_sid.text("account_sid")?,
                key_sid.text("key_sid")?,
                secret.text("secret")?,
            )
        };
        *out = handle::new(grantmint_api_key_t(ApiKey::new(account_sid, key_sid, secret)?));
        Ok(())
    })
}

/// A key from the environment variables `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY` and
/// `TWILIO_API_SECRET`. No other thread may change the environment during the call.
///
/// `*out`: the key, to free with `grantmint_api_key_free`.
///
/// Statuses: as `grantmint_api_key_new`; `invalid_credentials` also for a missing variable, which
/// the message names.
///
/// # Safety
///
/// [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_from_env(
    out: *mut *mut grantmint_api_key_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [outputs]
        let out = unsafe { output::object(out)? };
        *out = handle::new(grantmint_api_key_t(ApiKey::from_env()?));
        Ok(())
    })
}

/// The same key for another region of Twilio, such as `ie1`. Tokens signed with it name the region
/// in their header.
///
/// `*out`: a new key, to free with `grantmint_api_key_free`.
///
/// Statuses: `invalid_argument` for a text that is not the name of a region.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_with_region(
    key: *const grantmint_api_key_t,
    region: grantmint_str_t,
    out: *mut *mut grantmint_api_key_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, key, region) =
            unsafe { (output::object(out)?, handle::shared(key, "key")?, region.text("region")?) };
        *out = handle::new(grantmint_api_key_t(key.0.with_region(region)?));
        Ok(())
    })
}

/// The SID of the account, `AC…`. Belongs to the key; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_account_sid(
    key: *const grantmint_api_key_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let key = unsafe { handle::shared(key, "key")? };
        Ok(grantmint_str_t::of(key.0.account_sid().as_str()))
    })
}

/// The SID of the key, `SK…`. Belongs to the key; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_key_sid(
    key: *const grantmint_api_key_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let key = unsafe { handle::shared(key, "key")? };
        Ok(grantmint_str_t::of(key.0.key_sid().as_str()))
    })
}

/// The region that tokens name in their header; none if there is none, and for null. Belongs to the
/// key.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_api_key_region(
    key: *const grantmint_api_key_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let key = unsafe { handle::shared(key, "key")? };
        Ok(grantmint_str_t::of_optional(key.0.region()))
    })
}

/// Frees a key; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_api_key_free(key: *mut grantmint_api_key_t) {
    // SAFETY: [handles]
    unsafe { handle::free(key) };
}
