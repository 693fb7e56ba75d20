//! Files that import each other, however long the way round.

use std::collections::BTreeSet;

use crate::crate_files::Imports;

/// The files that import themselves by way of others; none if imports run one way.
#[must_use]
pub fn in_circles(imports: &Imports) -> BTreeSet<String> {
    imports.keys().filter(|file| reached_from(file, imports).contains(*file)).cloned().collect()
}

/// All files that a file imports, directly or by way of others.
fn reached_from(file: &str, imports: &Imports) -> BTreeSet<String> {
    let (mut reached, mut left) = (BTreeSet::new(), vec![file]);
    while let Some(file) = left.pop() {
        for other in &imports[file] {
            if reached.insert(other.clone()) {
                left.push(other);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(arrows: &[(&str, &str)]) -> Imports {
        let mut imports = Imports::new();
        for (from, to) in arrows {
            imports.entry((*to).to_owned()).or_default();
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        imports
    }

    #[test]
    fn a_circle_is_found_without_those_around_it() {
        let arrows = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e"), ("e", "f")];
        let circle = imports(&arrows);
        assert_eq!(in_circles(&circle).into_iter().collect::<Vec<_>>(), ["b", "c", "d"]);
    }

    #[test]
    fn two_ways_to_one_file_are_no_circle() {
        assert!(in_circles(&imports(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
    }
}
