//! The scenarios that every language runs, here through the Rust interface on a manual clock.

mod script;
mod stage;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use script::{Scenario, Script};
use stage::Stage;

/// What holds for grants of a minute at most.
const SCENARIOS: &str = "cache_scenarios.json";
/// What is different for longer ones, by the same schema.
const LONG: &str = "long_lifetimes.json";

fn script(file: &str) -> Script {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = std::fs::read_to_string(vectors.join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_scenario_plays_as_written() {
    let scenarios = [SCENARIOS, LONG].into_iter().flat_map(|file| script(file).scenarios);
    let failures: Vec<String> = scenarios.filter_map(|scenario| play(&scenario)).collect();
    assert!(failures.is_empty(), "{} scenarios fail:\n{}", failures.len(), failures.join("\n"));
}

/// Plays one scenario to its end; returns where and how it went wrong.
fn play(scenario: &Scenario) -> Option<String> {
    let mut stage = Stage::new(&scenario.policy);
    for (number, step) in scenario.steps.iter().enumerate() {
        let played = catch_unwind(AssertUnwindSafe(|| stage.play(step)));
        let wrong = played.unwrap_or_else(|_| Err("panicked".to_owned())).err();
        if let Some(wrong) = wrong {
            let (name, trap) = (&scenario.name, &scenario.trap);
            return Some(format!(
                "  {trap} \"{name}\", step {}: {wrong}\n    {step:?}",
                number + 1
            ));
        }
    }
    None
}

#[test]
fn every_trap_has_its_scenario() {
    let scenarios = script(SCENARIOS).scenarios;
    assert!(scenarios.len() >= 45, "{}", scenarios.len());
    let traps: HashSet<&str> = scenarios.iter().map(|scenario| scenario.trap.as_str()).collect();
    let expected: Vec<String> = (1..=21).map(|number| format!("T{number}")).collect();
    assert_eq!(traps, expected.iter().map(String::as_str).collect());
    let names: HashSet<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names.len(), scenarios.len(), "a name is there twice");
}

#[test]
fn what_the_runner_does_not_know_is_an_error() {
    let wrong = [
        r#"{"op": "sing"}"#,
        r#"{"op": "get", "caller": "a", "streamer": "s", "seconds": 1}"#,
        r#"{"op": "rotate", "expect": {"mood": "good"}}"#,
        r#"{"op": "rotate", "att": 1}"#,
        r#"{"op": "complete"}"#,
    ];
    for step in wrong {
        assert!(serde_json::from_str::<script::Step>(step).is_err(), "{step}");
    }
    let ignored = [
        r#"{"op": "rotate", "expect": {"outcome": "hit"}}"#,
        r#"{"op": "get", "caller": "a", "streamer": "s"}"#,
        r#"{"op": "get", "caller": "a", "streamer": "s", "expect": {"outcome": "fetch", "remaining": 1}}"#,
        r#"{"op": "result", "caller": "nobody", "expect": {"outcome": "pending"}}"#,
    ];
    for step in ignored {
        let step = serde_json::from_str(step).unwrap();
        assert!(Stage::new(&script::Policy::default()).play(&step).is_err(), "{step:?}");
    }
}
