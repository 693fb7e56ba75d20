//! The services that ICE servers come from: a class method for each.

use grantmint_core::Result;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use super::parts::IceParts;
use crate::api_key::ApiKey;
use crate::argument::{Argument, given, wrong_type};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::credential::rest_source::RestSource;
use crate::credential::shared::set_shared;
use crate::error::OrRaise as _;
use crate::flag;
use crate::fleet::OfFleet;
use crate::grant_cache::GrantCache;
use crate::kept;
use crate::number::{Count, Number};
use crate::text::{FilePath, Text};
use crate::time::{Seconds, Ttl};
use crate::unknown::refuse_in;

/// The native base of grantmint.IceServers: where they come from. Python says its name where an argument is missing.
#[pyclass(frozen, subclass, name = "IceServers", module = "grantmint._native")]
pub(crate) struct IceServices;

/// Writes the class methods of services that are fetched from: all have the same options.
macro_rules! services {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $type:ty),+) $called:literal $signature:literal $make:block
    )+) => {
        #[pymethods]
        impl IceServices {
            $(
                $(#[$doc])*
                #[classmethod]
                #[pyo3(
                    signature = (
                        $($argument,)+ *more, ttl=None, session=None, base_url=None, proxy=None, ca_file=None,
                        min_remaining=None, timeout=None, cache=None, share=None, isolated=false, policy=None,
                        fleet=None, calls_per_second=None, burst=None, max_fetches=None, clock=None, **unknown
                    ),
                    text_signature = $signature
                )]
                #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
                fn $name<'py>(
                    class: &Bound<'py, PyType>,
                    $($argument: $type,)+
                    more: &Bound<'_, PyTuple>,
                    ttl: Option<Ttl<'_>>,
                    session: Option<Seconds<'_>>,
                    base_url: Option<Text<'_>>,
                    proxy: Option<Text<'_>>,
                    ca_file: Option<FilePath<'_>>,
                    min_remaining: Option<Seconds<'_>>,
                    timeout: Option<Seconds<'_>>,
                    cache: Option<Argument<'_, GrantCache>>,
                    share: Option<Text<'_>>,
                    #[pyo3(from_py_with = flag::isolated)] isolated: bool,
                    policy: Option<Bound<'_, PyAny>>,
                    fleet: Option<Argument<'_, OfFleet>>,
                    calls_per_second: Option<Number<'_>>,
                    burst: Option<Count<'_>>,
                    max_fetches: Option<Count<'_>>,
                    clock: Option<Argument<'_, ManualClock>>,
                    unknown: Option<&Bound<'_, PyDict>>,
                ) -> PyResult<Bound<'py, PyAny>> {
                    refuse_in(class.py(), $called, $signature, Some(more), unknown)?;
                    let mut builder = $make;
                    set_given!(builder, {
                        ttl: given(ttl, "ttl")?.map(seconds),
                        session: given(session, "session")?,
                        base_url: given(base_url, "base_url")?,
                        proxy: given(proxy, "proxy")?,
                        ca_file: given(ca_file, "ca_file")?,
                    });
                    set_shared!(
                        builder, min_remaining, timeout, cache, share, isolated, policy, fleet, calls_per_second,
                        burst, max_fetches, clock,
                    );
                    made(class, || builder.build())
                }
            )+

            /// Those of a coturn server of one's own that has use-auth-secret. They are signed here, without a request.
            ///
            /// Args:
            ///     secret: The server's static-auth-secret.
            ///     urls: 1 to 16 URLs such as "turn:turn.example:3478?transport=udp".
            ///     ttl: As of twilio.
            ///     clock: A ManualClock, for tests.
            ///
            /// Raises:
            ///     InvalidArgumentError: invalid_ttl or invalid_argument.
            #[classmethod]
            #[pyo3(
                signature = (secret, urls, *more, ttl=None, clock=None, **unknown),
                text_signature = "($cls, secret, urls, *, ttl=None, clock=None)"
            )]
            fn coturn<'py>(
                class: &Bound<'py, PyType>,
                secret: Text<'_>,
                urls: &Bound<'_, PyAny>,
                more: &Bound<'_, PyTuple>,
                ttl: Option<Ttl<'_>>,
                clock: Option<Argument<'_, ManualClock>>,
                unknown: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let signature = "($cls, secret, urls, *, ttl=None, clock=None)";
                refuse_in(class.py(), "IceServers.coturn", signature, Some(more), unknown)?;
                let secret = secret.named("secret")?;
                let mut builder = grantmint_core::IceServers::coturn(secret, several(urls)?);
                set_given!(builder, {
                    ttl: given(ttl, "ttl")?.map(seconds),
                    clock: given(clock, "clock")?,
                });
                made(class, || builder.build())
            }
        }
    };
}

services! {
    /// Those of Twilio's Network Traversal Service, with an API key.
    ///
    /// Args:
    ///     key: The ApiKey.
    ///     ttl: The lifetime to ask for, 1 to 86,400 seconds, of others 172,800, or as a timedelta; 86,400 if None.
    ///     session: How long connections last that are made with what is handed out, in seconds or as a timedelta;
    ///         half of the lifetime if None.
    ///     base_url: Scheme, host and port of the service, for an emulator.
    ///     proxy: The URL of an HTTP proxy. Proxies that the environment names are not used.
    ///     ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
    ///     min_remaining: As of Credential.
    ///     timeout: As of Credential.
    ///     cache: As of Credential.
    ///     share: As of Credential.
    ///     isolated: As of Credential.
    ///     policy: As of Credential.
    ///     fleet: As of Credential.
    ///     calls_per_second: As of PlaybackMinter.
    ///     burst: As of PlaybackMinter.
    ///     max_fetches: As of PlaybackMinter.
    ///     clock: A ManualClock, for tests.
    ///
    /// Raises:
    ///     InvalidArgumentError: An argument is out of range, or two cannot be combined.
    twilio(key: Argument<'_, ApiKey>) "IceServers.twilio"
        "($cls, key, *, ttl=None, session=None, base_url=None, proxy=None, ca_file=None, min_remaining=None, timeout=None, cache=None, share=None, isolated=False, policy=None, fleet=None, calls_per_second=None, burst=None, max_fetches=None, clock=None)"
        { grantmint_core::IceServers::twilio(&key.named("key")?.0) }
    /// Those of Twilio's Network Traversal Service, with an account's SID and its auth token.
    ///
    /// Args:
    ///     account_sid: The account, AC and 32 hexadecimal digits.
    ///     auth_token: Its auth token.
    ///     ttl: As of twilio.
    ///     session: As of twilio.
    ///     base_url: As of twilio.
    ///     proxy: As of twilio.
    ///     ca_file: As of twilio.
    ///     min_remaining: As of Credential.
    ///     timeout: As of Credential.
    ///     cache: As of Credential.
    ///     share: As of Credential.
    ///     isolated: As of Credential.
    ///     policy: As of Credential.
    ///     fleet: As of Credential.
    ///     calls_per_second: As of PlaybackMinter.
    ///     burst: As of PlaybackMinter.
    ///     max_fetches: As of PlaybackMinter.
    ///     clock: A ManualClock, for tests.
    ///
    /// Raises:
    ///     InvalidArgumentError: As twilio.
    twilio_account(account_sid: Text<'_>, auth_token: Text<'_>) "IceServers.twilio_account"
        "($cls, account_sid, auth_token, *, ttl=None, session=None, base_url=None, proxy=None, ca_file=None, min_remaining=None, timeout=None, cache=None, share=None, isolated=False, policy=None, fleet=None, calls_per_second=None, burst=None, max_fetches=None, clock=None)"
        {
            let auth_token = auth_token.named("auth_token")?;
            grantmint_core::IceServers::twilio_account(account_sid.named("account_sid")?, auth_token)
        }
    /// Those of Cloudflare's TURN service, with a TURN key and its API token.
    ///
    /// Args:
    ///     key_id: The ID of the TURN key.
    ///     api_token: Its API token.
    ///     ttl: As of twilio.
    ///     session: As of twilio.
    ///     base_url: As of twilio.
    ///     proxy: As of twilio.
    ///     ca_file: As of twilio.
    ///     min_remaining: As of Credential.
    ///     timeout: As of Credential.
    ///     cache: As of Credential.
    ///     share: As of Credential.
    ///     isolated: As of Credential.
    ///     policy: As of Credential.
    ///     fleet: As of Credential.
    ///     calls_per_second: As of PlaybackMinter.
    ///     burst: As of PlaybackMinter.
    ///     max_fetches: As of PlaybackMinter.
    ///     clock: A ManualClock, for tests.
    ///
    /// Raises:
    ///     InvalidArgumentError: As twilio.
    cloudflare(key_id: Text<'_>, api_token: Text<'_>) "IceServers.cloudflare"
        "($cls, key_id, api_token, *, ttl=None, session=None, base_url=None, proxy=None, ca_file=None, min_remaining=None, timeout=None, cache=None, share=None, isolated=False, policy=None, fleet=None, calls_per_second=None, burst=None, max_fetches=None, clock=None)"
        {
            let api_token = api_token.named("api_token")?;
            grantmint_core::IceServers::cloudflare(key_id.named("key_id")?, api_token)
        }
    /// Those of any other service: its answer holds a list of servers, one server, or an object with either as
    /// iceServers.
    ///
    /// Args:
    ///     source: A RestSource. It says itself what lifetime to ask for, and where the service is.
    ///     ttl: Has no effect here, and is refused.
    ///     session: As of twilio.
    ///     base_url: Has no effect here, and is refused.
    ///     proxy: As of twilio.
    ///     ca_file: As of twilio.
    ///     min_remaining: As of Credential.
    ///     timeout: As of Credential.
    ///     cache: As of Credential.
    ///     share: As of Credential.
    ///     isolated: As of Credential.
    ///     policy: As of Credential.
    ///     fleet: As of Credential.
    ///     calls_per_second: As of PlaybackMinter.
    ///     burst: As of PlaybackMinter.
    ///     max_fetches: As of PlaybackMinter.
    ///     clock: A ManualClock, for tests.
    ///
    /// Raises:
    ///     InvalidArgumentError: As twilio.
    rest(source: Argument<'_, RestSource>) "IceServers.rest"
        "($cls, source, *, ttl=None, session=None, base_url=None, proxy=None, ca_file=None, min_remaining=None, timeout=None, cache=None, share=None, isolated=False, policy=None, fleet=None, calls_per_second=None, burst=None, max_fetches=None, clock=None)"
        { grantmint_core::IceServers::rest(source.named("source")?.builder().or_raise()?) }
}

/// An object of the class, made from what core has built.
fn made<'py>(
    class: &Bound<'py, PyType>,
    build: impl FnOnce() -> Result<grantmint_core::IceServers> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    // It may read the file of certificates.
    let servers = class.py().detach(build).or_raise()?;
    kept::warn(class.py())?;
    class.call1((IceParts(servers),))
}

/// What is too long for core's type is too long for core.
fn seconds(ttl: u64) -> u32 {
    u32::try_from(ttl).unwrap_or(u32::MAX)
}

/// The `urls`: any iterable of str but one.
fn several(urls: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let refused = || wrong_type(urls.as_borrowed(), "urls", "a list of str", "");
    if urls.is_instance_of::<PyString>() {
        return Err(refused());
    }
    let each = urls.try_iter().map_err(|_| refused())?.enumerate();
    each.map(|(index, url)| {
        let url = url?;
        Ok(Text::Given(url.as_borrowed()).named(&format!("urls[{index}]"))?.to_owned())
    })
    .collect()
}
