//! What was found beside what had to be reached.

pub(crate) struct Finding {
    what: &'static str,
    found: f64,
    bar: Option<&'static str>,
    is_met: bool,
}

pub(crate) fn at_most(what: &'static str, found: f64, most: f64, bar: &'static str) -> Finding {
    Finding { what, found, bar: Some(bar), is_met: found <= most }
}

/// A figure without a bar.
#[cfg(feature = "redis")]
pub(crate) fn figure(what: &'static str, found: f64) -> Finding {
    Finding { what, found, bar: None, is_met: true }
}

/// Prints findings, and counts the bars that were missed.
pub(crate) fn show(findings: &[Finding]) -> usize {
    for Finding { what, found, bar, is_met } in findings {
        let mark = match (bar, is_met) {
            (None, _) => "      ",
            (Some(_), true) => "ok    ",
            (Some(_), false) => "MISSED",
        };
        let bar = bar.map_or_else(String::new, |bar| format!("   bar: {bar}"));
        println!("  {mark} {what:<44} {found:>10.4}{bar}");
    }
    findings.iter().filter(|finding| !finding.is_met).count()
}
