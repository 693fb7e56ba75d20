//! The project's own files, held against the rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grantmint_structure::circles::in_circles;
use grantmint_structure::crate_files::{Imports, imports};
use grantmint_structure::rooms::Rooms;

const CRATES: [&str; 6] =
    ["core/src", "cli/src", "emulator/src", "ffi/src", "bindings-python/src", "bindings-node/src"];
/// It hands on what all rooms have.
const ROOT: &str = "core/src/lib.rs";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn rooms() -> Rooms {
    Rooms::of_page(&fs::read_to_string(root().join("CONTRIBUTING.md")).expect("it is there"))
}

/// The files of core but its root.
fn core() -> Imports {
    let mut core = imports(root(), "core/src");
    core.remove(ROOT);
    core
}

#[test]
fn no_two_files_import_each_other_and_no_more_in_a_circle() {
    for src in CRATES {
        let imports = imports(root(), src);
        assert!(imports.len() > 10, "{src}: only {} files were found", imports.len());
        let circles = in_circles(&imports);
        let arrows = circles.iter().flat_map(|file| {
            imports[file].intersection(&circles).map(move |other| format!("{file} imports {other}"))
        });
        let arrows: Vec<String> = arrows.collect();
        assert!(arrows.is_empty(), "imports in a circle:\n{}", arrows.join("\n"));
    }
}

#[test]
fn a_room_uses_no_other_than_contributing_says() {
    let (rooms, mut wrong) = (rooms(), Vec::new());
    for (file, others) in core() {
        let room = Rooms::of_file(&file);
        let is_facade = file.ends_with("/mod.rs");
        for other in others {
            // A facade hands on what the rooms within have.
            let within = is_facade && other.starts_with(room);
            if !within && !rooms.may_use(room, Rooms::of_file(&other)) {
                wrong.push(format!("{file} imports {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "CONTRIBUTING's table does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_itself_runs_one_way() {
    assert!(in_circles(&rooms().0).is_empty(), "rooms that may use each other");
}

#[test]
fn contributing_names_the_rooms_that_there_are() {
    let there: BTreeSet<String> =
        core().keys().map(|file| Rooms::of_file(file).to_owned()).collect();
    assert_eq!(rooms().all(), there);
}

#[test]
fn every_file_says_in_its_first_line_what_it_is() {
    for src in CRATES {
        for file in imports(root(), src).keys() {
            let text = fs::read_to_string(root().join(file)).unwrap();
            let first = text.lines().next().unwrap_or_default();
            let says = first.starts_with("//! ") || first == "/*!";
            assert!(says, "{file} begins with {first:?}");
        }
    }
}
