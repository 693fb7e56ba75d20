//! Files that import each other, however long the way round.

use std::collections::BTreeSet;

use crate::crate_files::Imports;

/// The files that lie on circles or between them; none if imports run one way.
#[must_use]
pub fn in_circles(imports: &Imports) -> BTreeSet<String> {
    let mut left = imports.clone();
    loop {
        let before = left.len();
        // Who imports nobody that is left is on no circle, nor is who is imported by nobody.
        let names: BTreeSet<String> = left.keys().cloned().collect();
        left.values_mut().for_each(|others| others.retain(|other| names.contains(other)));
        let imported: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|file, others| !others.is_empty() && imported.contains(file));
        if left.len() == before {
            return left.into_keys().collect();
        }
    }
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
        let circle = imports(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e")]);
        assert_eq!(in_circles(&circle).into_iter().collect::<Vec<_>>(), ["b", "c", "d"]);
    }

    #[test]
    fn two_ways_to_one_file_are_no_circle() {
        assert!(in_circles(&imports(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
    }
}
