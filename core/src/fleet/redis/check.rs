//! Whether a server can be a fleet's store: each thing that a fleet needs of it is tried by itself. What the user may not
//! ask is told as unknown: nothing but the rights of a fleet is needed.

use std::sync::Arc;

use super::acl::{KEY, NEEDED, Rights};
use super::line::Broken;
use super::names::{Names, Of};
use super::options::RedisOptions;
use super::probe::{Look, Probe};
use super::reply::Reply;
use super::server::{At, Server};
use super::words::{Reach, of_error, of_failure};
use crate::clock::nanos;
use crate::error::Result;
use crate::fleet::store::{Findings, Slot};
use crate::net::Failure;

/// How often the clock is looked at.
const LOOKS: usize = 5;
/// Wall clocks no further apart shorten no grant.
const APART_MAX_MS: u64 = 2_000;

/// Tries the server with a key in the place of a slot. Whether it is of use to try more.
pub(crate) fn check(options: &RedisOptions, slot: &Slot, found: &mut Findings) -> Result<bool> {
    let servers = options.servers()?;
    let Some(mut probe) = reached(&servers, options.is_in_the_open(), found) else {
        return Ok(false);
    };
    let key = Names::new(options.prefix()).name(slot, Of::Value);
    let tried = try_all(&mut probe, &key, found);
    Ok(tried.unwrap_or_else(|broken| {
        found.down("connect", broken.what);
        false
    }))
}

/// A connection to the first server that has one.
fn reached(servers: &[Arc<Server>], is_in_the_open: bool, found: &mut Findings) -> Option<Probe> {
    let mut last = None;
    for server in servers {
        match Probe::connect(server) {
            Ok(probe) => {
                found.good("connect", format!("{} was reached", server.name));
                of_tls(server, is_in_the_open, found);
                return Some(probe);
            }
            Err(failure) => last = Some((server, failure)),
        }
    }
    let (server, failure) = last?;
    let what = of_failure(&failure);
    match failure {
        Failure::Tls(_) => {
            found.good("connect", format!("{} was reached", server.name));
            found.bad("tls", format!("{what}: has the server a certificate that is trusted here?"));
        }
        _ => found.down("connect", format!("{}: {what}", server.name)),
    }
    None
}

fn of_tls(server: &Server, is_in_the_open: bool, found: &mut Findings) {
    match &server.at {
        At::File(_) => found.unknown("tls", "not used: a socket of this machine"),
        At::Network { roots: Some(_), .. } => found.good("tls", "the certificate is trusted"),
        At::Network { roots: None, .. } if is_in_the_open => found.warning(
            "tls",
            "not used: who listens on the way learns the password; begin the URL with rediss://",
        ),
        At::Network { roots: None, .. } => found.unknown("tls", "not used: on this machine"),
    }
}

/// What the connection gave, while there was one.
type Tried<T> = std::result::Result<T, Broken>;

fn try_all(probe: &mut Probe, key: &[u8], found: &mut Findings) -> Tried<bool> {
    if let Err(broken) = probe.log_in() {
        found.bad("login", broken.what);
        return Ok(false);
    }
    let Some(rights) = rights(probe, key, found)? else { return Ok(false) };
    let lacking = rights.lacking();
    match &lacking {
        None => found.good("acl", "the user may run what a fleet needs, on its keys"),
        Some(what) => found.bad("acl", what.clone()),
    }
    if lacking.is_some() {
        return Ok(false);
    }
    if let Err(broken) = probe.look_at_clock() {
        found.bad("time", broken.what);
        return Ok(false);
    }
    let looks = looks(probe, found)?;
    let is_primary = of_role(probe, &rights, found)?;
    of_eviction(probe, found)?;
    if let Some(best) = looks.iter().min_by_key(|look| look.took) {
        of_clock(best, found);
        of_delay(best, &probe.server, found);
    }
    Ok(is_primary && looks.len() == LOOKS)
}

/// What the user may do; none if the server cannot be used as it is.
fn rights(probe: &mut Probe, key: &[u8], found: &mut Findings) -> Tried<Option<Rights>> {
    let has_login = probe.server.login.is_some();
    let mut rights = Rights::default();
    for (index, (command, words)) in NEEDED.into_iter().enumerate() {
        let word = |word: &&'static str| if *word == KEY { key } else { word.as_bytes() };
        let parts: Vec<&[u8]> = words.iter().map(word).collect();
        if let Err(text) = rights.note(command, probe.ask(&parts)?) {
            let (what, _, reach) = of_error(&text);
            match (reach, text.starts_with("NOAUTH")) {
                (_, true) => found.bad("login", what),
                (Reach::Answer | Reach::Connection, _) if is_soon_over(&text) => {
                    found.down("server", what);
                }
                _ => found.bad("server", what),
            }
            return Ok(None);
        }
        if index == 0 {
            let what =
                if has_login { "the user and the password are taken" } else { "none is wanted" };
            found.good("login", what);
        }
    }
    Ok(Some(rights))
}

fn is_soon_over(text: &str) -> bool {
    let codes = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"];
    codes.iter().any(|code| text.starts_with(code))
}

/// Looks at the clock several times; fewer if it does not go on.
fn looks(probe: &mut Probe, found: &mut Findings) -> Tried<Vec<Look>> {
    let mut looks = Vec::with_capacity(LOOKS);
    for _ in 0..LOOKS {
        let Some(look) = probe.look_again()? else {
            found.bad("time", "its clock (TIME) does not go on as a clock does");
            return Ok(looks);
        };
        looks.push(look);
    }
    found.good("time", "scripts can read the server's clock, and it goes on as a clock does");
    Ok(looks)
}

/// Whether it is a primary, as far as can be known.
fn of_role(probe: &mut Probe, rights: &Rights, found: &mut Findings) -> Tried<bool> {
    if rights.is_read_only {
        found.bad("role", "a replica, and takes no writes: name the primary");
        return Ok(false);
    }
    let is_replica = match probe.ask(&[b"ROLE"])? {
        Reply::List(parts) => match parts.first() {
            Some(Reply::Text(role)) => Some(role.as_slice() == b"slave"),
            _ => None,
        },
        _ => None,
    };
    match is_replica {
        Some(true) => {
            found.bad("role", "a replica that takes writes, which are lost: name the primary")
        }
        Some(false) => found.good("role", "a primary"),
        None => found.good("role", "it takes writes; that is all that the user may see (no +role)"),
    }
    Ok(is_replica != Some(true))
}

fn of_eviction(probe: &mut Probe, found: &mut Findings) -> Tried<()> {
    let Reply::Text(info) = probe.ask(&[b"INFO", b"memory"])? else {
        found.unknown(
            "eviction",
            "cannot be read, and need not (no +info): any policy will do but volatile-ttl",
        );
        return Ok(());
    };
    let info = String::from_utf8_lossy(&info).into_owned();
    let value = |name: &str| {
        info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
    };
    match (value("maxmemory"), value("maxmemory_policy")) {
        (_, Some("volatile-ttl")) => found.warning(
            "eviction",
            "volatile-ttl: it removes leases first, which costs requests; choose another policy",
        ),
        (Some("0"), _) => found.good("eviction", "never: its memory has no limit (maxmemory)"),
        (_, Some("noeviction")) => {
            found.good(
                "eviction",
                "noeviction: when its memory is full, each process fetches for itself",
            );
        }
        (_, Some(policy)) if is_policy(policy) => {
            found.good("eviction", format!("{policy}: what is removed is fetched once more"));
        }
        _ => found
            .unknown("eviction", "the server does not say: any policy will do but volatile-ttl"),
    }
    Ok(())
}

fn is_policy(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn of_clock(look: &Look, found: &mut Findings) {
    let apart = look.ahead_ms.unsigned_abs();
    if apart <= APART_MAX_MS {
        return found.good("clock", "within 2 s of this machine's");
    }
    let way = if look.ahead_ms > 0 { "ahead of" } else { "behind" };
    let what = format!(
        "{} s {way} this machine's: set both, since a server that takes its place may shorten grants",
        apart.div_ceil(1000)
    );
    found.warning("clock", what);
}

fn of_delay(look: &Look, server: &Server, found: &mut Findings) {
    let (took, timeout) = (look.took, nanos(server.timeout));
    let shown =
        format!("{}.{:02} ms for a question and its answer", took / 1_000_000, took / 10_000 % 100);
    let limit = format!("of the {} ms that are waited for", server.timeout.as_millis());
    if took >= timeout {
        found
            .bad("delay", format!("{shown}, more than all {limit}: raise timeout, or come nearer"));
    } else if took >= timeout / 2 {
        found.warning("delay", format!("{shown}, over half {limit}: raise timeout"));
    } else {
        found.good("delay", shown);
    }
}
