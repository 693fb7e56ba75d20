//! What is wrong with the store in a folder, in words for the user who runs the program.

use std::path::Path;

use crate::fleet::store::Trouble;

/// No more is said of a path.
const PATH_CHARS: usize = 200;

/// The trouble of a store.
pub(super) fn trouble(path: &Path, what: &str, reads: bool) -> Trouble {
    let path = path.to_string_lossy();
    let end = path.char_indices().nth(PATH_CHARS).map_or(path.len(), |(end, _)| end);
    Trouble { what: format!("{}: {what}", &path[..end]), reads, is_unsupported: false }
}
