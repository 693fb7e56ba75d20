//! The built-in client against answers that are written byte by byte: where they end, whether their connection is
//! used once more, and how long one may take.

use std::time::Duration;

use grantmint_core::{
    ClientOptions, Error, ErrorKind, Fetched, GrantRequest, GrantSource, Origin,
    PlaybackGrantClient, Result,
};
use grantmint_emulator::{DEMO_KEY_SID, DEMO_SECRET, Fault, FaultKind};

use crate::support::raw::{GRANT, Raw, Says, grant, says};
use crate::support::{STREAMER, at_once, emulator, key};

const LONG: Duration = Duration::from_secs(10);

fn client_at(url: &str) -> PlaybackGrantClient {
    PlaybackGrantClient::new(&key(), &ClientOptions::new().base_url(url)).unwrap()
}

fn fetched(client: &PlaybackGrantClient, timeout: Duration) -> Result<Fetched> {
    client.fetch(&GrantRequest::new(STREAMER, 60, None).unwrap(), timeout)
}

/// How many connections three fetches in a row need, all of which bring a grant.
fn connections_of_three(answer: Says) -> usize {
    let shown = String::from_utf8_lossy(&answer.bytes).into_owned();
    let upstream = Raw::saying(answer);
    let client = client_at(&upstream.url);
    for _ in 0..3 {
        let fetched = fetched(&client, LONG);
        assert!(fetched.is_ok_and(|grant| grant.grant_json().starts_with('{')), "{shown}");
    }
    upstream.connections()
}

fn refused(answer: Says, timeout: Duration) -> Error {
    fetched(&client_at(&Raw::saying(answer).url), timeout).unwrap_err()
}

fn created(fields: &str, body: &str) -> String {
    format!("HTTP/1.1 201 Created\r\n{fields}\r\n{body}")
}

fn chunks(trailer: &str) -> String {
    let (start, end) = GRANT.split_at(9);
    format!("9\r\n{start}\r\n{:x};a=b\r\n{end}\r\n0\r\n{trailer}\r\n", end.len())
}

#[test]
fn a_request_is_these_bytes() {
    let upstream = Raw::saying(says(grant()));
    let origin = Origin::parse("https://a.example:8443").unwrap();
    let request = GrantRequest::new(STREAMER, 45, Some(origin)).unwrap();
    client_at(&format!("{}/Some/path/", upstream.url)).fetch(&request, LONG).unwrap();
    let host = upstream.url.strip_prefix("http://").unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let key = base64(&format!("{DEMO_KEY_SID}:{DEMO_SECRET}"));
    assert_eq!(
        upstream.requests.recv().unwrap(),
        format!(
            "POST /Some/path/v1/PlayerStreamers/{STREAMER}/PlaybackGrant HTTP/1.1\r\n\
             content-length: 62\r\nuser-agent: grantmint/{version}\r\nhost: {host}\r\n\
             authorization: Basic {key}\r\naccept: application/json\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n\
             Ttl=45&AccessControlAllowOrigin=https%3A%2F%2Fa.example%3A8443"
        )
    );
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of_three = |bytes: &[u8]| {
        let bits = bytes.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - bytes.len()));
        let digit = |place: usize| char::from(DIGITS[bits >> (18 - 6 * place) & 63]);
        (0..4)
            .map(|place| if place <= bytes.len() { digit(place) } else { '=' })
            .collect::<String>()
    };
    text.as_bytes().chunks(3).map(of_three).collect()
}

#[test]
fn a_connection_is_used_again_after_an_answer_with_an_end() {
    let announced = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".to_owned();
    let chunked = "Transfer-Encoding: chunked\r\n";
    let old = created("", GRANT).replace(
        "1.1 201 Created\r\n",
        "1.0 201 Created\r\nConnection: keep-alive\r\nContent-Length: 72\r\n",
    );
    assert_eq!(GRANT.len(), 72);
    for answer in [
        grant(),
        announced + &grant(),
        created(chunked, &chunks("")),
        created(chunked, &chunks("Trailer: x\r\n")),
        old,
    ] {
        assert_eq!(connections_of_three(says(answer.clone())), 1, "{answer}");
    }
}

#[test]
fn a_connection_is_not_used_again_if_its_end_is_in_doubt_or_was_announced() {
    let length = format!("Content-Length: {}\r\n", GRANT.len());
    let both = format!("Transfer-Encoding: chunked\r\n{length}");
    for answer in [
        grant() + "x",
        grant() + &grant(),
        created(&format!("Connection: close\r\n{length}"), GRANT),
        created(&both, &chunks("")),
        created("Transfer-Encoding: chunked\r\n", &(chunks("") + "HTTP/1.1 200 OK\r\n\r\n")),
        grant().replace("HTTP/1.1", "HTTP/1.0"),
    ] {
        assert_eq!(connections_of_three(says(answer.clone())), 3, "{answer}");
    }
    for answer in [created("", GRANT), created("Transfer-Encoding: identity\r\n", GRANT)] {
        let answer = Says { closes: true, ..says(answer) };
        assert_eq!(connections_of_three(answer), 3);
    }
    // Closed in place of the last line, after all that counts.
    let cut = created("Transfer-Encoding: chunked\r\n", &chunks(""));
    let cut = Says { closes: true, ..says(cut.strip_suffix("\r\n").unwrap()) };
    assert_eq!(connections_of_three(cut), 3);
}

#[test]
fn what_can_be_read_in_two_ways_brings_no_grant() {
    for answer in [
        created("Content-Length: 72\r\nContent-Length: 71\r\n", GRANT),
        created("Content-Length: +72\r\n", GRANT),
        created("Transfer-Encoding: gzip, chunked\r\n", &chunks("")),
        created("Transfer-Encoding: chunked\r\n", &chunks("").replace("\r\n0\r\n", "x\r\n0\r\n")),
        created("Transfer-Encoding: chunked\r\n", &chunks("").replace("9\r\n", "+9\r\n")),
        created("Transfer-Encoding: chunked\r\n", &format!("{GRANT}\r\n")),
        "ICY 200 OK\r\n\r\n".to_owned(),
    ] {
        let error = refused(says(answer.clone()), LONG);
        assert_eq!(error.kind(), ErrorKind::UpstreamConnect, "{answer}");
        assert!(error.message().contains("does not speak HTTP"), "{answer}: {error}");
    }
}

#[test]
fn an_answer_that_is_too_large_is_refused_before_it_has_come() {
    let long = "x".repeat(16 * 1024);
    for (answer, what) in [
        (created(&format!("X-Long: {long}\r\n"), ""), "header"),
        (created(&format!("X-Endless: {long}"), ""), "header"),
        (created("Content-Length: 65537\r\n", ""), "64 KiB"),
        (created("Transfer-Encoding: chunked\r\n", "10001\r\n"), "64 KiB"),
        (created("Content-Length: 18446744073709551615\r\n", ""), "64 KiB"),
    ] {
        // The rest never comes.
        let error = refused(says(answer), LONG);
        assert_eq!(error.kind(), ErrorKind::UpstreamTooLarge, "{error}");
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_no_connection() {
    for answer in [
        "HTTP/1.1 201 Created\r\nContent-Le".to_owned(),
        created("Content-Length: 72\r\n", &GRANT[..71]),
        created("Transfer-Encoding: chunked\r\n", "48\r\n{"),
    ] {
        let error = refused(Says { closes: true, ..says(answer.clone()) }, LONG);
        assert_eq!(error.kind(), ErrorKind::UpstreamConnect, "{answer}");
        assert!(error.message().contains("it broke"), "{answer}: {error}");
    }
}

#[test]
fn no_number_of_bytes_gives_an_answer_more_time() {
    // At this pace each of them would take more than a second, without a pause that is worth a time-out.
    for answer in [grant(), created("Transfer-Encoding: chunked\r\n", &chunks(""))] {
        let answer = Says { every: Some(Duration::from_millis(20)), ..says(answer) };
        let error = refused(answer, Duration::from_millis(200));
        assert_eq!(error.kind(), ErrorKind::UpstreamTimeout, "{error}");
    }
}

#[test]
fn as_many_connections_are_kept_as_were_busy_at_once() {
    let emulator = emulator();
    emulator.add_fault(Fault::new(FaultKind::latency(200))).unwrap();
    let client = client_at(emulator.base_url());
    for _ in 0..3 {
        let client = client.clone();
        at_once(8, move |_| drop(fetched(&client, LONG).unwrap()));
    }
    assert_eq!(emulator.counters().connections, 8);
}

#[test]
fn what_a_proxy_says_instead_of_opening_a_tunnel_is_an_error_of_it() {
    for (answer, closes, kind, word) in [
        ("HTTP/1.1 407 Auth\r\n\r\n", false, ErrorKind::ProxyRefused, "the user and the password"),
        ("HTTP/1.1 403 No\r\n\r\n", false, ErrorKind::ProxyRefused, "does not let this host"),
        ("HTTP/1.1 302 There\r\n\r\n", false, ErrorKind::ProxyRefused, "302"),
        ("HTTP/1.1 204 No\r\n\r\n", false, ErrorKind::ProxyRefused, "204"),
        ("HTTP/1.1 502 Gone\r\n\r\n", false, ErrorKind::UpstreamConnect, "502"),
        ("", true, ErrorKind::UpstreamConnect, "the proxy closed the connection"),
        ("HTTP/1.1 200 OK\r\n", true, ErrorKind::UpstreamConnect, "the proxy closed"),
        ("SSH-2.0-x\r\n", false, ErrorKind::UpstreamConnect, "does not speak HTTP"),
        (
            "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 201",
            false,
            ErrorKind::UpstreamConnect,
            "does not speak",
        ),
    ] {
        let error = through(Says { closes, ..says(answer) }, LONG);
        assert_eq!(error.kind(), kind, "{answer:?}: {error}");
        assert!(error.message().contains(word), "{answer:?}: {error}");
    }
}

#[test]
fn a_proxy_that_is_silent_or_slow_costs_the_time_that_connecting_has() {
    let slow = Says {
        every: Some(Duration::from_millis(20)),
        ..says("HTTP/1.1 200 Established, at last\r\n\r\n")
    };
    for answer in [says(""), slow] {
        let error = through(answer, Duration::from_millis(200));
        assert_eq!(error.kind(), ErrorKind::UpstreamTimeout, "{error}");
        assert!(error.message().contains("the proxy or upstream"), "{error}");
    }
}

/// The error of a request through a proxy that answers so.
fn through(answer: Says, timeout: Duration) -> Error {
    let proxy = Raw::saying(answer);
    let options = ClientOptions::new().base_url("https://host.example").proxy(&proxy.url);
    let client = PlaybackGrantClient::new(&key(), &options).unwrap();
    let error = fetched(&client, timeout).unwrap_err();
    let request = proxy.requests.recv().unwrap();
    assert!(request.starts_with("CONNECT host.example:443 HTTP/1.1\r\n"), "{request}");
    error
}
