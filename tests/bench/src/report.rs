//! One line for each finding.

use grantmint_bench::rounds::Times;

/// The heading of a comparison, and how long each contestant took.
pub(crate) fn medians(heading: &str, names: &[&str], times: &Times) {
    println!("{heading}");
    for (index, name) in names.iter().enumerate() {
        println!("  {name:<34} {:>8.0} ns", times.median(index));
    }
}

/// A ratio that may not be higher.
pub(crate) fn at_most(name: &str, ratio: f64, bar: f64) {
    let verdict = if ratio <= bar { "PASS" } else { "over" };
    println!("  {name:<34} {ratio:>8.2}    at most {bar:.2}   {verdict}");
}

/// A ratio that may not be lower.
pub(crate) fn at_least(name: &str, ratio: f64, bar: f64) {
    let verdict = if ratio >= bar { "PASS" } else { "under" };
    println!("  {name:<34} {ratio:>8.2}    at least {bar:.2}  {verdict}");
}
