//! What sources go by, and that it stays as it is from version to version.

use serde_json::{Value, json};

use super::Digests;
use crate::rest::config::Config;
use crate::rest::options::RestSourceBuilder;
use crate::rest::tests::{described, vectors};

fn digests(builder: &RestSourceBuilder) -> Digests {
    let config = Config::new(builder).unwrap_or_else(|error| panic!("{error}"));
    Digests::new(builder, &config)
}

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Processes share across versions of the library because these never change.
#[test]
fn digests_are_those_of_all_versions() {
    let Some(file) = vectors("rest_services.json") else { return };
    let known = vectors("rest_digests.json").unwrap();
    let services = file["services"].as_array().unwrap();
    let found: Value = services.iter().map(|row| {
        let digests = digests(&described(row).unwrap());
        json!({ "name": row["name"], "fetched": hex(&digests.fetched), "caller": hex(&digests.caller) })
    }).collect();
    assert_eq!(known["rows"], found, "{found:#}");
}

/// A description in which each option has a place, with a change.
fn of(change: &Value) -> Digests {
    let mut row = json!({
        "source": {
            "url": "https://idp.example/v1/{tenant}/token", "vars": { "tenant": "a" },
            "auth": { "basic": ["{user}", "{password}"] },
            "headers": { "X-Key": "one", "X-User": "{key}" }, "query": { "b": "1", "a": "2" },
            "form": { "scope": "read", "ttl": "{ttl}" }, "ttl": 60, "per": "key",
            "value": "/token", "lifetime": [{ "seconds": "/expires_in" }, "asked"],
        },
        "secrets": { "user": "ab", "password": "c" },
    });
    for part in ["source", "secrets"] {
        for (name, value) in change[part].as_object().into_iter().flatten() {
            match value {
                Value::Null => row[part].as_object_mut().unwrap().remove(name),
                value => row[part].as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
    }
    digests(&described(&row).unwrap())
}

#[test]
fn whatever_decides_what_is_fetched_tells_sources_apart() {
    let json = |body: Value| json!({ "source": { "form": null, "json": body } });
    let changes = [
        json!({}),
        json!({ "source": { "method": "PUT" } }),
        json!({ "source": { "url": "https://idp.example:444/v1/{tenant}/token" } }),
        json!({ "source": { "vars": { "tenant": "b" } } }),
        json!({ "source": { "auth": { "basic_form": ["{user}", "{password}"] } } }),
        json!({ "source": { "auth": { "bearer": "{user}:{password}" } } }),
        json!({ "source": { "headers": { "X-Key": "two", "X-User": "{key}" } } }),
        json!({ "source": { "headers": { "X-Kee": "one", "X-User": "{key}" } } }),
        json!({ "source": { "headers": { "X-Key": "one", "X-User": "key" }, "distinct": true } }),
        json!({ "source": { "query": { "b": "2", "a": "1" } } }),
        json!({ "source": { "query": { "ba": "1", "2": "" } } }),
        json!({ "source": { "form": { "scope": "read", "ttl": "{now}" } } }),
        json!({ "source": { "form": { "scope": "r", "ttl": "{ttl}" } } }),
        json!({ "source": { "ttl": 61 } }),
        json!({ "source": { "per": "call" } }),
        json!({ "source": { "exclusive": true } }),
        json!({ "source": { "value": "/access_token" } }),
        json!({ "source": { "lifetime": ["asked"] } }),
        json!({ "source": { "lifetime": [{ "minutes": "/expires_in" }, "asked"] } }),
        json!({ "source": { "lifetime": [{ "seconds": "/expires_in" }, { "constant": 60 }] } }),
        json!({ "source": { "max_lifetime": 60 } }),
        json!({ "source": { "ok": [200] } }),
        json!({ "source": { "ok_when": { "/ok": true } } }),
        json!({ "source": { "ok_when": { "/ok": 1 } } }),
        json!({ "source": { "ok_when": { "/ok": 1.0 } } }),
        json!({ "source": { "ok_when": { "/ok": -1 } } }),
        json!({ "secrets": { "password": "d" } }),
        // Both are read as one text where they stand.
        json!({ "source": { "auth": { "bearer": "{user}{password}" } } }),
        json!({ "source": { "auth": { "bearer": "{user}{password}" } }, "secrets": { "user": "a", "password": "bc" } }),
        json(json!({ "ttl": "{ttl:int}" })),
        json(json!({ "ttl": "{ttl}" })),
        json(json!({ "ttl": ["{ttl}"] })),
        json(json!([["{ttl:int}", ""]])),
        json(json!([["{ttl}"], "{ttl}"])),
        json(json!([["{ttl}", "{ttl}"]])),
        json(json!({ "ttl": "{ttl}", "a": null })),
    ];
    let all: Vec<_> = changes.iter().map(|change| of(change).fetched).collect();
    for (at, digest) in all.iter().enumerate() {
        let other = all[..at].iter().position(|other| other == digest);
        assert_eq!(other, None, "{} and {}", changes[at], changes[other.unwrap_or_default()]);
    }
}

#[test]
fn nothing_else_tells_what_is_fetched_apart() {
    let plain = of(&json!({}));
    let spelled = [
        json!({ "source": { "url": "https://IDP.example:443/v1/a/token", "vars": null } }),
        json!({ "source": { "headers": { "x-user": "{key}", "x-key": "one" } } }),
        json!({ "source": { "ok": [201, 200, 201] } }),
        json!({ "source": { "auth": { "basic": ["{u}", "{p}"] } },
                "secrets": { "user": null, "password": null, "p": "c", "u": "ab" } }),
    ];
    for change in spelled {
        assert_eq!(of(&change).fetched, plain.fetched, "{change}");
        assert_eq!(of(&change).caller, plain.caller, "{change}");
    }
    let of_the_process = [
        json!({ "source": { "proxy": "http://127.0.0.1:3128" } }),
        json!({ "source": { "ca_file": "/etc/ssl/own.pem" } }),
        json!({ "source": { "error": "/error" } }),
        json!({ "source": { "error": "/error", "errors": { "slow_down": "throttled" } } }),
        json!({ "source": { "throttled": [420] } }),
        json!({ "source": { "retry_after": ["X-Reset", "ms"] } }),
        json!({ "source": { "retry_after": ["X-Reset", "epoch"] } }),
    ];
    let mut wholes = vec![plain.whole];
    for change in of_the_process {
        let digests = of(&change);
        assert_eq!(digests.fetched, plain.fetched, "{change}");
        assert!(!wholes.contains(&digests.whole), "{change}");
        wholes.push(digests.whole);
    }
}

#[test]
fn who_asks_for_something_else_is_throttled_together() {
    let plain = of(&json!({}));
    let other = of(&json!({ "source": { "form": { "scope": "write", "ttl": "{ttl}" } } }));
    assert_ne!(other.fetched, plain.fetched);
    assert_eq!(other.caller, plain.caller);
    let changes = [
        json!({ "secrets": { "password": "d" } }),
        json!({ "source": { "auth": { "bearer": "{user}{password}" } } }),
        json!({ "source": { "auth": null, "headers": { "Authorization": "{user}{password} {key}" } } }),
        json!({ "source": { "auth": null, "headers": { "X-Key": "{user}{password} {key}" } } }),
    ];
    let mut callers = vec![plain.caller];
    for change in changes {
        let caller = of(&change).caller;
        assert!(!callers.contains(&caller), "{change}");
        callers.push(caller);
    }
}
