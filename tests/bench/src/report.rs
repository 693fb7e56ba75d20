//! One line for each finding, and one object of JSON for whoever draws them.

use std::fs;
use std::io;
use std::path::Path;

use grantmint_bench::rounds::Times;
use serde::Serialize;

/// All that was found.
#[derive(Default)]
pub(crate) struct Report {
    /// In which language what follows is called; Rust if this says nothing else.
    pub(crate) language: Option<&'static str>,
    /// What is compared just now.
    case: String,
    findings: Vec<Finding>,
}

/// A time or a ratio.
#[derive(Serialize)]
struct Finding {
    language: &'static str,
    case: String,
    name: String,
    /// Nanoseconds a call, or × for a ratio.
    unit: &'static str,
    value: f64,
    /// Where on its axis it stands, if it shows how cost grows.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
}

impl Report {
    /// The heading of a comparison, and how long each contestant took.
    pub(crate) fn medians(&mut self, case: &str, names: &[&str], times: &Times) {
        println!("\n{case}");
        case.clone_into(&mut self.case);
        for (index, name) in names.iter().enumerate() {
            let value = times.median(index);
            println!("  {name:<34} {value:>8.0} ns");
            self.note(Finding { unit: "ns", ..self.finding(name, value) });
        }
    }

    /// A ratio that is told without being held to anything.
    pub(crate) fn ratio(&mut self, name: &str, value: f64) {
        println!("  {name:<34} {value:>8.2}");
        self.note(self.finding(name, value));
    }

    /// A ratio that may not be higher.
    pub(crate) fn at_most(&mut self, name: &str, value: f64, bar: f64) {
        let verdict = if value <= bar { "PASS" } else { "over" };
        println!("  {name:<34} {value:>8.2}    at most {bar:.2}   {verdict}");
        self.note(Finding { at_most: Some(bar), ..self.finding(name, value) });
    }

    /// A ratio that may not be lower.
    pub(crate) fn at_least(&mut self, name: &str, value: f64, bar: f64) {
        let verdict = if value >= bar { "PASS" } else { "under" };
        println!("  {name:<34} {value:>8.2}    at least {bar:.2}  {verdict}");
        self.note(Finding { at_least: Some(bar), ..self.finding(name, value) });
    }

    /// How long contestants took at one place of an axis.
    pub(crate) fn at(&mut self, axis: &str, x: f64, names: &[&str], times: &Times) {
        if self.case != axis {
            println!("\n{axis}, ns: {}", names.join(", "));
            axis.clone_into(&mut self.case);
        }
        print!("  {x:>10}");
        for (index, name) in names.iter().enumerate() {
            let value = times.median(index);
            print!(" {value:>8.0}");
            self.note(Finding { unit: "ns", x: Some(x), ..self.finding(name, value) });
        }
        println!();
    }

    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        fs::write(file, serde_json::to_vec_pretty(&self.findings)?)
    }

    fn finding(&self, name: &str, value: f64) -> Finding {
        Finding {
            language: self.language.unwrap_or("Rust"),
            case: self.case.clone(),
            name: name.to_owned(),
            unit: "×",
            value,
            x: None,
            at_most: None,
            at_least: None,
        }
    }

    fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
