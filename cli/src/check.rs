//! `check`: the key, and the way to upstream.

use std::env;

use grantmint_core::{Error, ErrorKind, PlaybackGrantClient, UpstreamCheck};

use crate::args::{CheckArgs, WayArgs};
use crate::credentials::{Key, api_key};
use crate::exit::{Exit, Failure};
use crate::flags::named;
use crate::output::Messages;
use crate::report::Report;

/// Clocks no further apart show the same time: dates are whole seconds, and an answer takes a while.
const CLOCK_MAX_MS: u64 = 5_000;
const NOT_ASKED: &str = "not tried: --base-url names no upstream";

pub(crate) fn run(args: &CheckArgs, messages: Messages) -> Result<Exit, Failure> {
    let mut report = Report::default();
    match api_key(&args.credentials) {
        Ok(key) => check(&key, args, messages, &mut report)?,
        Err(failure) => report.bad("key", failure),
    }
    report.end(args.messages.silent)
}

fn check(
    key: &Key,
    args: &CheckArgs,
    messages: Messages,
    report: &mut Report,
) -> Result<(), Failure> {
    key.say(messages);
    let name = format!("{} of {}, from {}", key.key.key_sid(), key.key.account_sid(), key.place);
    if args.way.base_url.is_none() {
        report.good("key", format!("{name}; its shape is right"));
        for what in ["network", "tls", "clock"] {
            report.unknown(what, NOT_ASKED);
        }
        return Ok(());
    }
    let client = PlaybackGrantClient::new(&key.key, &args.way.options()?).map_err(named)?;
    let found = client.check(args.way.timeout);
    of_key(&name, &found, report);
    of_way(&args.way, &found, report);
    of_clock(&found, report);
    Ok(())
}

/// What an error of the check is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Key,
    Network,
    Proxy,
    Tls,
    /// It was reached, and is in trouble of its own.
    Upstream,
}

fn fault(found: &UpstreamCheck) -> Option<(Fault, &Error)> {
    let error = found.key.as_ref().err()?;
    let fault = match error.kind() {
        ErrorKind::UpstreamUnauthorized | ErrorKind::UpstreamForbidden => Fault::Key,
        ErrorKind::UpstreamTls => Fault::Tls,
        ErrorKind::ProxyRefused => Fault::Proxy,
        ErrorKind::UpstreamConnect | ErrorKind::UpstreamTimeout | ErrorKind::Unsupported => {
            Fault::Network
        }
        _ => Fault::Upstream,
    };
    Some((fault, error))
}

fn of_key(name: &str, found: &UpstreamCheck, report: &mut Report) {
    match fault(found) {
        None => report.good("key", format!("{name}; upstream takes it")),
        Some((Fault::Key, error)) => report.bad("key", error.clone().into()),
        Some((Fault::Upstream, error)) => {
            report.unknown("key", format!("{name}; its shape is right"));
            report.bad("upstream", error.clone().into());
        }
        Some(_) => {
            report.unknown("key", format!("{name}; its shape is right, upstream was not reached"))
        }
    }
}

fn of_way(way: &WayArgs, found: &UpstreamCheck, report: &mut Report) {
    let fault = fault(found).filter(|(fault, _)| !matches!(fault, Fault::Key | Fault::Upstream));
    let is_tls = way.base_url.as_ref().is_some_and(|url| url.starts_with("https:"));
    match fault {
        Some((Fault::Network, error)) => report.bad("network", error.clone().into()),
        Some((Fault::Proxy, error)) => report.bad("proxy", error.clone().into()),
        _ => report.good("network", "upstream was reached"),
    }
    match (&way.proxy, fault) {
        (Some(_), None | Some((Fault::Tls, _))) => {
            report.good("proxy", "upstream is reached through it")
        }
        (None, _)
            if ["HTTPS_PROXY", "https_proxy"].iter().any(|name| env::var_os(name).is_some()) =>
        {
            report.warning("proxy", "HTTPS_PROXY is set and not read: --proxy env does");
        }
        _ => {}
    }
    match fault {
        Some((Fault::Tls, error)) => report.bad("tls", error.clone().into()),
        _ if !is_tls => report.unknown("tls", "not used: plain http, on loopback"),
        None => report.good("tls", "the certificate is trusted"),
        Some(_) => report.unknown("tls", "upstream was not reached"),
    }
}

fn of_clock(found: &UpstreamCheck, report: &mut Report) {
    let Some(offset) = found.clock_offset_ms else {
        return report.unknown("clock", "upstream has not told its time");
    };
    let (apart, way) = (offset.unsigned_abs(), if offset > 0 { "behind" } else { "ahead of" });
    if apart <= CLOCK_MAX_MS {
        report.good("clock", "within 5 s of upstream's");
    } else {
        let line = format!("this machine is {} s {way} upstream: set its clock", apart / 1000);
        report.bad("clock", Failure::failed(line));
    }
}
