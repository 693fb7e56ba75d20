//! The committed header is the one that the sources make, and says the same as the core and as the
//! list of what all languages offer. `UPDATE=1` writes the header anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use grantmint_core::ErrorKind;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn committed() -> String {
    fs::read_to_string(root().join("include/grantmint.h")).unwrap()
}

fn generated() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::generate_with_config(folder, config).unwrap();
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).unwrap()
}

#[test]
fn the_committed_header_is_what_the_sources_make() {
    let generated = generated();
    if env::var_os("UPDATE").is_some() {
        fs::write(root().join("include/grantmint.h"), generated).unwrap();
        return;
    }
    assert!(
        committed() == generated,
        "include/grantmint.h is out of date: UPDATE=1 cargo test -p grantmint-ffi --test header"
    );
}

/// The functions that a header declares.
fn functions(header: &str) -> BTreeSet<&str> {
    let declarations = header.split("\nGRANTMINT_API").skip(1);
    declarations
        .filter_map(|text| text.split_once('(')?.0.split([' ', '*', '\n']).next_back())
        .collect()
}

#[test]
fn the_version_macros_are_those_of_the_crate() {
    let header = committed();
    let defined = |name: &str| {
        let line = header.lines().find_map(|line| line.strip_prefix(&format!("#define {name} ")));
        line.unwrap().trim_matches('"').to_owned()
    };
    assert_eq!(defined("GRANTMINT_VERSION"), env!("CARGO_PKG_VERSION"));
    let parts = ["MAJOR", "MINOR", "PATCH"].map(|p| defined(&format!("GRANTMINT_VERSION_{p}")));
    assert_eq!(parts.join("."), env!("CARGO_PKG_VERSION"));
    let number = parts.iter().fold(0, |n, part| n * 1000 + part.parse::<u32>().unwrap());
    assert_eq!(grantmint::grantmint_version_number(), number);
}

#[test]
fn every_kind_of_error_has_its_number_in_the_header() {
    let header = committed();
    let in_header: BTreeSet<String> = header
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("GRANTMINT_ERR_")?.replace(',', "")))
        .collect();
    let in_core = ErrorKind::ALL
        .iter()
        .map(|kind| format!("{} = {}", kind.code().to_uppercase(), kind.number()))
        .collect();
    assert_eq!(in_header, in_core);
}

#[test]
fn every_function_with_a_status_lists_its_statuses() {
    let header = committed();
    let bare: Vec<&str> = header
        .split("\n/**\n")
        .skip(1)
        .filter_map(|text| text.split_once(" */\n"))
        .filter(|(comment, _)| !comment.contains("\n * Statuses: "))
        .filter_map(|(_, code)| code.strip_prefix("GRANTMINT_API")?.split_once(';'))
        .map(|(declaration, _)| declaration)
        .filter(|text| {
            text.contains("grantmint_status_t ") && text.contains("grantmint_error_t **")
        })
        .collect();
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}

/// The list of what every language offers.
fn surface() -> Value {
    let path = root().join("tests/conformance/surface.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_list_of_error_kinds_is_that_of_the_core() {
    let listed = &surface()["error_kinds"];
    let in_core: Vec<Value> = ErrorKind::ALL
        .iter()
        .map(|kind| {
            serde_json::json!({
                "number": kind.number(),
                "code": kind.code(),
                "retryable": kind.is_retryable(),
            })
        })
        .collect();
    assert_eq!(listed, &Value::Array(in_core));
}

#[test]
fn the_list_of_classes_and_methods_is_that_of_the_header() {
    let (header, surface) = (committed(), surface());
    let classes = surface["classes"].as_array().unwrap().iter();
    let methods = classes.map(|class| &class["methods"]).chain([&surface["functions"]]);
    let listed: BTreeSet<&str> = methods
        .flat_map(|methods| methods.as_array().unwrap())
        .filter_map(|method| method["c"].as_str())
        .collect();
    assert_eq!(functions(&header), listed);
}

/// What a library exports is a promise of its own; the tests in C compare this list with
/// `libgrantmint.so`. `UPDATE=1` writes it anew.
#[test]
fn the_list_of_symbols_is_that_of_the_header() {
    let header = generated();
    let path = root().join("tests/c/symbols.txt");
    let symbols: String = functions(&header).iter().map(|name| format!("{name}\n")).collect();
    if env::var_os("UPDATE").is_some() {
        fs::write(path, symbols).unwrap();
        return;
    }
    assert_eq!(fs::read_to_string(path).unwrap(), symbols);
}
