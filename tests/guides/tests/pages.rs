//! The pages that a table of core decides: each error has its place, each limit its row.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use grantmint_core::{ErrorKind, LIMITS};

const BEGIN: &str = "<!-- limits:begin -->\n";
const END: &str = "<!-- limits:end -->";
/// What each error says, in this order.
const LINES: [&str; 4] = ["- Usual cause: ", "- What to do: ", "- Answer: ", "- Users see: "];

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// The part of the page below the heading of an error.
fn section<'a>(page: &'a str, code: &str) -> &'a str {
    let heading = format!("\n### {code}\n");
    let (_, rest) = page.split_once(&heading).unwrap_or_else(|| panic!("{code} has no anchor"));
    rest.split("\n## ").next().unwrap().split("\n### ").next().unwrap()
}

#[test]
fn every_error_says_its_cause_what_to_do_what_to_answer_and_what_users_see() {
    let page = fs::read_to_string(page("errors.md")).unwrap();
    for kind in ErrorKind::ALL {
        let code = kind.code();
        let section = section(&page, code);
        let mut rest = section;
        for line in LINES {
            let found = rest.split_once(line).unwrap_or_else(|| panic!("{code} lacks {line}"));
            rest = found.1;
            assert!(rest.lines().next().unwrap().len() > 3, "{code}: {line}");
        }
        let (_, answer) = section.split_once("- Answer: ").unwrap();
        let answer = answer.lines().next().unwrap();
        assert_eq!(answer.starts_with("503"), kind.is_retryable(), "{code}: {answer}");
    }
}

#[test]
fn no_error_stands_there_that_does_not_exist() {
    let page = fs::read_to_string(page("errors.md")).unwrap();
    for heading in page.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(ErrorKind::ALL.iter().any(|kind| kind.code() == heading), "{heading}");
    }
}

/// `UPDATE=1` writes the page.
#[test]
fn the_page_of_limits_has_each_limit() {
    let path = page("reference/limits.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    } else {
        assert!(text == wanted, "docs/reference/limits.md: run this test with UPDATE=1");
    }
}

fn table() -> String {
    let mut table =
        String::from("| name | value | what it counts, and who set it |\n|---|---:|---|\n");
    for limit in LIMITS {
        writeln!(table, "| `{}` | {} | {} |", limit.name, grouped(limit.value), limit.source)
            .unwrap();
    }
    table
}

/// The digits in groups of three.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
