//! The files of one crate, and which of them each imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path as FilePath;

use crate::paths::{Named, Path};

/// A file, by its path from the root of the project, with those that it imports.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// Reads a crate from its `lib.rs`, by the path of that folder from the root of the project.
///
/// # Panics
///
/// If a file cannot be read.
#[must_use]
pub fn imports(root: &FilePath, src: &str) -> Imports {
    let mut files = BTreeMap::new();
    read(root, src, Path::new(), &mut files);
    let file_of = |path: &Path| {
        // The longest part of the path that is a module: the rest is an item in it.
        let modules = (0..=path.len()).rev().find_map(|end| files.get(&path[..end]));
        modules.map(|(file, _)| file.clone())
    };
    let imported = |(file, named): &(String, Named)| {
        let all = named.declared.iter().chain(&named.paths);
        let others = all.filter_map(file_of).filter(|other| other != file);
        (file.clone(), others.collect())
    };
    files.values().map(imported).collect()
}

/// Reads a module's file and all that it declares.
fn read(root: &FilePath, src: &str, module: Path, files: &mut BTreeMap<Path, (String, Named)>) {
    let place = [src, &module.join("/")].join("/");
    let candidates = match module.is_empty() {
        true => vec![format!("{src}/lib.rs")],
        false => vec![format!("{place}.rs"), format!("{place}/mod.rs")],
    };
    let found = candidates.into_iter().find(|file| root.join(file).is_file());
    let file = found.unwrap_or_else(|| panic!("there is no file of the module {module:?}"));
    let text = fs::read_to_string(root.join(&file)).expect("the file can be read");
    let named = Named::by(&text, &module);
    let declared = named.declared.clone();
    files.insert(module, (file, named));
    for inner in declared {
        read(root, src, inner, files);
    }
}
