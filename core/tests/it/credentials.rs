//! Credentials of any service: one request for all callers, and none shared by those who differ in anything.

use std::time::Duration;

use grantmint_core::rest::{Lifetime, Per};
use grantmint_core::{
    BeginOptions, Credential, ErrorKind, Event, EventKind, Fleet, Freshness, GrantCache,
    RestSource, RestSourceBuilder, oauth2,
};

use serde_json::json;

use crate::support::raw::{Raw, says};
use crate::support::{Folder, at_once, eventually};

/// An upstream that says the same to each request.
fn upstream(status: &str, body: &str) -> Raw {
    Raw::saying(says(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())))
}

fn tokens() -> Raw {
    upstream("200 OK", r#"{"access_token":"a token","expires_in":"3600"}"#)
}

fn oauth2_at(raw: &Raw, secret: &str) -> RestSourceBuilder {
    oauth2(format!("{}/oauth/token", raw.url), "my app", secret)
}

fn credential(source: RestSourceBuilder) -> Credential {
    Credential::builder(source.build().unwrap()).build().unwrap()
}

fn requests(raw: &Raw) -> usize {
    raw.requests.try_iter().count()
}

#[test]
fn a_thousand_callers_cost_one_request() {
    let raw = tokens();
    let token = credential(oauth2_at(&raw, "hush"));
    let shared = token.clone();
    let all = at_once(1000, move |_| {
        let options = BeginOptions::new().timeout(Duration::from_secs(30));
        shared.get_with(None, options).map(|issued| issued.as_str().to_owned())
    });
    assert!(all.iter().all(|issued| issued.as_deref() == Ok("a token")));
    assert_eq!(requests(&raw), 1);
    let issued = token.get(None).unwrap();
    assert_eq!((issued.freshness(), issued.is_json()), (Freshness::Fresh, false));
    assert!(issued.remaining() > Duration::from_secs(3500));
    assert!(!format!("{issued:?} {token:?}").contains("token\""), "{issued:?}");
    assert!(!format!("{token:?}").contains("hush"));
}

#[test]
fn credentials_that_differ_in_one_secret_share_nothing() {
    let raw = tokens();
    let cache = GrantCache::builder().build();
    let sources = [
        oauth2_at(&raw, "hush"),
        oauth2_at(&raw, "hush!"),
        oauth2_at(&raw, "hush").form("scope", "read"),
    ];
    for source in sources {
        let source = source.build().unwrap();
        Credential::builder(source.clone()).cache(&cache).build().unwrap().get(None).unwrap();
        let own = Credential::builder(source).share("one name").build().unwrap();
        own.get(None).unwrap();
        assert_eq!(requests(&raw), 2);
    }
    // The same description is the same credential, whoever made it.
    let same = Credential::builder(oauth2_at(&raw, "hush").build().unwrap());
    same.share("one name").build().unwrap().get(None).unwrap();
    assert_eq!(requests(&raw), 0);
}

#[test]
fn each_key_has_a_credential_of_its_own() {
    let raw = tokens();
    let source = oauth2_at(&raw, "hush").form("user", "{key}").per(Per::Key);
    let token = credential(source);
    for key in ["alice", "bob", "alice"] {
        token.get(Some(key)).unwrap();
    }
    assert_eq!(requests(&raw), 2);
    assert_eq!(token.get(None).unwrap_err().argument(), Some("key"));
}

#[test]
fn events_tell_of_the_keys_that_callers_gave() {
    let raw = tokens();
    let keys = |token: &Credential| {
        let told = |event: Event| event.key.map(|key| key.text().to_owned());
        let mut keys: Vec<_> = token.drain_events().unwrap().into_iter().map(told).collect();
        keys.dedup();
        keys
    };
    let of_key = |per| oauth2_at(&raw, "hush").form("user", "{key}").per(per);
    for per in [Per::Key, Per::Call] {
        let token = Credential::builder(of_key(per).build().unwrap()).isolated().build().unwrap();
        token.get(Some("- alice")).unwrap();
        assert_eq!(keys(&token), [Some("- alice".to_owned())], "{per:?}");
    }
    let shared = Credential::builder(oauth2_at(&raw, "hush").build().unwrap()).isolated();
    let shared = shared.build().unwrap();
    shared.get(None).unwrap();
    assert_eq!(keys(&shared), [None]);
}

#[test]
fn what_is_used_once_is_fetched_for_each_call_and_kept_by_nobody() {
    let raw = tokens();
    let token = credential(oauth2_at(&raw, "hush").per(Per::Call));
    for _ in 0..3 {
        assert_eq!(token.get(None).unwrap().as_str(), "a token");
    }
    assert_eq!((requests(&raw), token.stats().unwrap().keys), (3, 0));
    let kind = token.try_get(None, BeginOptions::new()).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Unsupported);
    assert_eq!(token.keep_warm(None, Duration::from_secs(60)).unwrap_err().kind(), kind);
    let source = oauth2_at(&raw, "hush").per(Per::Call).build().unwrap();
    let shared = Credential::builder(source).share("a name").build();
    assert_eq!(shared.unwrap_err().argument(), Some("share"));
}

#[test]
fn after_a_401_the_first_caller_has_it_fetched_anew() {
    let raw = tokens();
    let token = credential(oauth2_at(&raw, "hush"));
    let bad = token.get(None).unwrap();
    assert!(token.invalidate_if(None, bad.generation()).unwrap());
    assert!(!token.invalidate_if(None, bad.generation()).unwrap());
    assert!(token.get(None).unwrap().generation() > bad.generation());
    assert_eq!(requests(&raw), 2);
}

#[test]
fn a_lifetime_over_what_may_be_is_cut_with_an_event() {
    let raw = upstream("200 OK", r#"{"access_token":"a token","expires_in":5184000}"#);
    let token = credential(oauth2_at(&raw, "hush"));
    let issued = token.get(None).unwrap();
    assert!(issued.remaining() <= Duration::from_secs(86_400));
    let events = token.drain_events().unwrap();
    assert!(events.iter().any(|event| event.kind == EventKind::LifetimeCut));
}

#[test]
fn what_upstream_refuses_is_told_without_a_secret() {
    for (status, body, kind) in [
        ("400 Bad Request", r#"{"error":"invalid_client"}"#, ErrorKind::UpstreamUnauthorized),
        ("400 Bad Request", r#"{"error":"invalid_scope"}"#, ErrorKind::UpstreamBadRequest),
        (
            "200 OK",
            r#"{"access_token":"hush","expires_in":"soon"}"#,
            ErrorKind::UpstreamBadLifetime,
        ),
        ("200 OK", "hush", ErrorKind::UpstreamNotJson),
        ("302 Found", "", ErrorKind::UpstreamStatus),
    ] {
        let raw = upstream(status, body);
        let error = credential(oauth2_at(&raw, "hush")).get(None).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(
            !error.to_string().contains("hush") && !error.to_string().contains("base_url"),
            "{error}"
        );
    }
    let gigabyte = Raw::saying(says("HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n{"));
    let error = credential(oauth2_at(&gigabyte, "hush")).get(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UpstreamTooLarge);
    let nobody = oauth2("http://127.0.0.1:1/token", "my app", "hush");
    let error = credential(nobody).get(None).unwrap_err();
    assert!(error.message().contains("check url"), "{error}");
}

#[test]
fn an_answer_may_come_later_and_by_callback() {
    let raw = tokens();
    let token = credential(oauth2_at(&raw, "hush"));
    assert!(token.try_get(None, BeginOptions::new()).unwrap().is_none());
    let asked = token.clone();
    eventually("the fetch that try_get has set off ends", move || {
        asked.try_get(None, BeginOptions::new()).unwrap().is_some()
    });
    let (told, tells) = std::sync::mpsc::channel();
    let answer = move |issued: grantmint_core::Result<grantmint_core::Issued>| {
        told.send(issued.unwrap().as_str().to_owned()).unwrap();
    };
    drop(token.get_then(None, BeginOptions::new(), answer));
    assert_eq!(tells.recv().unwrap(), "a token");
    assert_eq!(requests(&raw), 1);
    token.close();
    assert_eq!(token.get(None).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn of_the_processes_of_a_fleet_one_fetches() {
    let (raw, folder) = (tokens(), Folder::new());
    let process = || {
        let source = oauth2_at(&raw, "hush").build().unwrap();
        Credential::builder(source).isolated().fleet(folder.fleet()).build().unwrap()
    };
    let processes: Vec<_> = (0..8).map(|_| process()).collect();
    let started = processes.clone();
    let all = at_once(8, move |index| started[index].get(None).unwrap().as_str().to_owned());
    assert_eq!(all, ["a token"; 8]);
    assert_eq!(requests(&raw), 1);
    // Another language, or another version: the same is fetched, whatever is made of refusals.
    let described = json!({
        "url": format!("{}/oauth/token", raw.url), "auth": {"basic_form": ["{id}", "{secret}"]},
        "form": {"grant_type": "client_credentials"}, "value": "/access_token",
        "lifetime": [{"seconds": "/expires_in"}, {"constant": 300}], "throttled": [420],
    });
    let source = RestSource::from_json(&described.to_string()).unwrap();
    let same = source.secret("id", "my app").secret("secret", "hush").build().unwrap();
    let of_fleet = |source| {
        let builder = Credential::builder(source).isolated().fleet(folder.fleet());
        builder.build().unwrap().get(None).unwrap().as_str().to_owned()
    };
    assert_eq!((of_fleet(same).as_str(), requests(&raw)), ("a token", 0));
    of_fleet(oauth2_at(&raw, "hush!").build().unwrap());
    assert_eq!(requests(&raw), 1, "another secret is another credential");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let source = |builder: RestSourceBuilder| builder.build().unwrap();
    let plain =
        || RestSource::builder("https://idp.example/token").lifetime(Lifetime::Constant(60));
    let argument = |built: grantmint_core::Result<Credential>| {
        built.unwrap_err().argument().unwrap().to_owned()
    };
    let exclusive = || source(plain().exclusive());
    assert_eq!(argument(Credential::builder(exclusive()).build()), "fleet");
    let session = Credential::builder(exclusive()).fleet(Fleet::host()).session(None);
    assert_eq!(argument(session.build()), "session");
    let long = Credential::builder(source(plain())).min_remaining(Duration::from_secs(31));
    assert_eq!(argument(long.build()), "min_remaining");
    let long = Credential::builder(source(plain())).session(Duration::from_secs(1_000_000));
    assert_eq!(argument(long.build()), "session");
    let cache = GrantCache::builder().build();
    let both = Credential::builder(source(plain())).cache(&cache).session(None);
    assert_eq!(argument(both.build()), "session");
}
