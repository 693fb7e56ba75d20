//! Texts that viewers or configurations choose: origins, SIDs, URLs, regions, keys of a cache.

use std::net::IpAddr;

use std::time::Duration;

use grantmint_core::{
    ApiKey, ClientOptions, ErrorKind, Key, Origin, PlaybackGrantClient, Sid, SidKind,
};

use crate::{ACCOUNT_SID, KEY, KEY_SID, SECRET, check_error};

/// Reads one text as each kind of name: one meaning, one spelling, of a bounded length.
pub fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    check_origin(text);
    check_sids(text);
    check_url(text);
    check_region(text);
    check_cache_key(text);
}

fn check_origin(text: &str) {
    let origin = match Origin::parse(text) {
        Ok(origin) => origin,
        Err(error) => return check_error(&error, &[ErrorKind::InvalidOrigin]),
    };
    let spelled = origin.as_str();
    assert!(spelled.len() <= 255 && spelled.len() <= text.len());
    assert_eq!(Origin::parse(spelled).as_ref(), Ok(&origin));
    // Browsers send it in lower case.
    for other in [text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
        assert_eq!(Origin::parse(&other).as_ref(), Ok(&origin), "{other}");
    }
    if spelled != "*" {
        let (scheme, rest) = spelled.split_once("://").expect("a full origin");
        assert!(!scheme.is_empty() && !rest.is_empty());
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:[]".contains(&b);
        assert!(rest.bytes().all(allowed), "{spelled}");
        assert!(!spelled.ends_with(":443") || scheme != "https");
    }
}

fn check_sids(text: &str) {
    let kinds = [
        SidKind::Account,
        SidKind::Key,
        SidKind::PlayerStreamer,
        SidKind::Application,
        SidKind::PushCredential,
        SidKind::Service,
        SidKind::Role,
        SidKind::Workspace,
        SidKind::Worker,
        SidKind::ConfigurationProfile,
    ];
    let mut taken = 0;
    for kind in kinds {
        match Sid::parse(kind, "sid", text) {
            Ok(sid) => {
                taken += 1;
                assert!(sid.as_str().eq_ignore_ascii_case(text) && text.len() == 34);
                assert_eq!(Sid::parse(kind, "sid", sid.as_str()), Ok(sid));
            }
            Err(error) => check_error(&error, &[ErrorKind::InvalidSid]),
        }
    }
    assert!(taken <= 1, "a SID is of one kind");
    let refused = [ErrorKind::InvalidSid, ErrorKind::InvalidCredentials];
    for key in [ApiKey::new(text, KEY_SID, SECRET), ApiKey::new(ACCOUNT_SID, text, SECRET)] {
        match key {
            Ok(key) => {
                assert!([key.account_sid().as_str(), key.key_sid().as_str()].contains(&text))
            }
            Err(error) => check_error(&error, &refused),
        }
    }
}

/// Where the key is sent to: over TLS, or to this machine.
fn check_url(text: &str) {
    let options = |url: &str| ClientOptions::new().base_url(url);
    let client = match PlaybackGrantClient::new(&KEY, &options(text)) {
        Ok(client) => client,
        Err(error) => return check_error(&error, &[ErrorKind::InvalidUrl]),
    };
    let shown = format!("{client:?}");
    assert!(!shown.contains(SECRET) && !text.contains('@'));
    let lower = text.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("http://") {
        assert!(is_this_machine(rest), "{text}");
    } else {
        assert!(lower.starts_with("https://"), "{text}");
    }
    // Hosts have no case; what a path has is its own.
    let rest = lower.split_once("://").map_or("", |(_, rest)| rest.trim_end_matches('/'));
    if !rest.contains('/') {
        let again = PlaybackGrantClient::new(&KEY, &options(&lower)).expect("the same host");
        assert_eq!(format!("{again:?}"), shown);
    }
}

fn is_this_machine(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or("");
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or(""),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_region(text: &str) {
    match KEY.with_region(text) {
        Ok(key) => {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(key.region() == Some(text) && text.len() <= 32 && text.bytes().all(plain));
        }
        Err(error) => check_error(&error, &[ErrorKind::InvalidArgument]),
    }
}

fn check_cache_key(text: &str) {
    let lifetime = Duration::from_secs(60);
    match Key::new(text, lifetime) {
        Ok(key) => {
            assert!((1..=512).contains(&text.len()));
            assert_eq!((key.text(), key.ttl()), (text, lifetime));
        }
        Err(error) => {
            assert!(text.is_empty() || text.len() > 512);
            check_error(&error, &[ErrorKind::LimitExceeded]);
        }
    }
}
