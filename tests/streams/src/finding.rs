//! What was found beside what had to be reached.

pub(crate) struct Finding {
    what: &'static str,
    found: f64,
    bar: Option<String>,
    is_met: bool,
}

pub(crate) fn at_least(what: &'static str, found: f64, bar: f64) -> Finding {
    Finding { what, found, bar: Some(format!("at least {bar}")), is_met: found >= bar }
}

pub(crate) fn at_most(what: &'static str, found: f64, bar: f64) -> Finding {
    Finding { what, found, bar: Some(format!("at most {bar}")), is_met: found <= bar }
}

/// A figure without a bar.
pub(crate) fn figure(what: &'static str, found: f64) -> Finding {
    Finding { what, found, bar: None, is_met: true }
}

/// Prints findings, and counts the bars that were missed.
pub(crate) fn show(findings: &[Finding]) -> usize {
    for finding in findings {
        let mark = match (&finding.bar, finding.is_met) {
            (None, _) => "      ",
            (Some(_), true) => "ok    ",
            (Some(_), false) => "MISSED",
        };
        let bar = finding.bar.as_ref().map_or(String::new(), |bar| format!("   bar: {bar}"));
        println!("  {mark} {:<48} {:>12.4}{bar}", finding.what, finding.found);
    }
    findings.iter().filter(|finding| !finding.is_met).count()
}
