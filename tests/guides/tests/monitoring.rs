//! What the pages about monitoring name is on the page that Prometheus scrapes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use grantmint_core::{ErrorKind, FleetStats, GrantCache};

const PREFIX: &str = "grantmint_";

/// A file of the folder of the page.
fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/howto").join(name);
    fs::read_to_string(path).unwrap()
}

/// The page with every series that it can have.
fn scraped() -> String {
    let mut stats = GrantCache::builder().build().stats();
    stats.errors = ErrorKind::ALL.iter().map(|kind| (*kind, 1)).collect();
    stats.calls_per_second = Some(10.0);
    stats.clock_offset_ms = Some(1);
    let mut fleet = FleetStats::default();
    fleet.calls_per_second = Some(10.0);
    stats.fleet = Some(fleet);
    stats.to_prometheus("live")
}

/// What each series is, such as a counter: the series of a histogram count what falls into them.
fn kinds(page: &str) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let parts: &[&str] = match kind {
            "histogram" => &["_bucket", "_sum", "_count"],
            "summary" => &["_sum", "_count"],
            _ => &[],
        };
        kinds.insert(name.to_owned(), kind.to_owned());
        kinds.extend(parts.iter().map(|part| (format!("{name}{part}"), "counter".to_owned())));
    }
    kinds
}

/// Each metric that a text names, with what stands before it and behind it.
fn named(text: &str) -> Vec<(&str, &str, &str)> {
    text.match_indices(PREFIX)
        .map(|(at, _)| {
            let rest = &text[at..];
            let end =
                rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
            (&text[..at], &rest[..end], &rest[end..])
        })
        // `grantmint_fleet_…` names all of them.
        .filter(|(_, _, rest)| !rest.starts_with('…'))
        .collect()
}

#[test]
fn each_metric_that_is_named_is_scraped() {
    let kinds = kinds(&scraped());
    for (page, least) in [("monitor.md", 12), ("alerts.yml", 10), ("grafana.json", 8)] {
        let text = file(page);
        let names: BTreeSet<&str> = named(&text).into_iter().map(|(_, name, _)| name).collect();
        assert!(names.len() >= least, "{page}: {names:?}");
        for name in names {
            let is_function = name == "grantmint_stats_to_prometheus";
            assert!(is_function || kinds.contains_key(name), "{page}: {name}");
        }
    }
}

#[test]
fn a_rate_is_that_of_a_counter() {
    let kinds = kinds(&scraped());
    for page in ["alerts.yml", "grafana.json"] {
        for (before, name, _) in named(&file(page)) {
            let rises = before.ends_with("rate(") || before.ends_with("increase(");
            assert_eq!(rises, kinds[name] == "counter", "{page}: {name}");
        }
    }
}

#[test]
fn each_label_that_is_asked_for_is_scraped_with_these_values() {
    let page = scraped();
    let mut asked = 0;
    for text in ["alerts.yml", "grafana.json", "monitor.md"].map(file) {
        let text = text.replace("\\\"", "\"");
        for (_, name, rest) in named(&text) {
            let Some(labels) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
                continue;
            };
            let (label, values) = labels.0.split_once('=').unwrap();
            for value in values.trim_start_matches('~').trim_matches('"').split('|') {
                asked += 1;
                let (series, pair) = (format!("{name}{{"), format!("{label}=\"{value}\""));
                let is_there = |line: &str| line.starts_with(&series) && line.contains(&pair);
                assert!(page.lines().any(is_there), "{series}{pair}");
            }
        }
    }
    assert!(asked >= 4, "{asked}");
}

#[test]
fn each_rule_says_when_how_urgent_and_why() {
    let rules = file("alerts.yml");
    let (_, rules) = rules.split_once("rules:").unwrap();
    let rules: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(rules.len() >= 9);
    for rule in rules {
        for part in ["\n        expr: ", "\n        labels: { severity: ", "\n          summary: "]
        {
            assert_eq!(rule.matches(part).count(), 1, "{part} of {rule}");
        }
    }
}
