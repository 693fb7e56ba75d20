//! The scenarios of the file, each over the store in memory and over that of a machine's processes.

mod script;
mod stage;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use script::{Scenario, Script};
use stage::{Stage, Store};

fn script() -> Script {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let text = std::fs::read_to_string(vectors.join("fleet_scenarios.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn play_all(store: Store) {
    let script = script();
    let played =
        script.scenarios.iter().filter(|scenario| !store.has_hosts() || !scenario.one_store);
    let failures: Vec<String> = played.filter_map(|scenario| play(store, scenario)).collect();
    assert!(failures.is_empty(), "{} scenarios fail:\n{}", failures.len(), failures.join("\n"));
}

/// Plays one scenario to its end; returns where and how it went wrong.
fn play(store: Store, scenario: &Scenario) -> Option<String> {
    let mut stage = Stage::new(store, scenario);
    for (number, step) in scenario.steps.iter().enumerate() {
        let played = catch_unwind(AssertUnwindSafe(|| stage.play(step)));
        let wrong = played.unwrap_or_else(|_| Err("panicked".to_owned())).err();
        if let Some(wrong) = wrong {
            let name = &scenario.name;
            return Some(format!("  \"{name}\", step {}: {wrong}\n    {step:?}", number + 1));
        }
    }
    None
}

#[test]
fn every_scenario_plays_as_written_in_memory() {
    play_all(Store::Memory);
}

#[test]
fn every_scenario_plays_as_written_on_several_hosts() {
    play_all(Store::Hosts);
}

#[cfg(target_os = "linux")]
#[test]
fn every_scenario_plays_as_written_in_a_folder() {
    play_all(Store::Folder);
}

#[cfg(feature = "redis")]
#[test]
#[ignore = "needs redis-server: make test-redis"]
fn every_scenario_plays_as_written_on_a_server() {
    let redis = grantmint_redis::Redis::plain();
    play_all(Store::Redis(redis.port()));
    play_all(Store::RedisBehindHosts(redis.port()));
}

#[test]
fn no_name_is_there_twice_and_each_scenario_shows_something() {
    let scenarios = script().scenarios;
    let names: HashSet<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names.len(), scenarios.len(), "a name is there twice");
    for scenario in &scenarios {
        assert!(scenario.steps.iter().any(|step| step.expect.calls.is_some()), "{}", scenario.name);
    }
}

#[test]
fn what_the_runner_does_not_know_is_an_error() {
    let wrong = [
        r#"{"op": "sing"}"#,
        r#"{"op": "get", "process": "a", "caller": "x", "streamer": "s", "seconds": 1}"#,
        r#"{"op": "flush", "expect": {"mood": "good"}}"#,
        r#"{"op": "flush", "later": 1}"#,
        r#"{"op": "get", "caller": "x", "streamer": "s"}"#,
    ];
    for step in wrong {
        assert!(serde_json::from_str::<script::Step>(step).is_err(), "{step}");
    }
    let ignored = [
        r#"{"op": "flush", "expect": {"outcome": "hit"}}"#,
        r#"{"op": "get", "process": "a", "caller": "x", "streamer": "s"}"#,
        r#"{"op": "start", "caller": "nobody", "expect": {"start": "go"}}"#,
    ];
    let (name, steps) = (String::new(), Vec::new());
    let none = Scenario { name, rate_limited: false, one_store: false, steps };
    for step in ignored {
        let step = serde_json::from_str(step).unwrap();
        assert!(Stage::new(Store::Memory, &none).play(&step).is_err(), "{step:?}");
    }
}
