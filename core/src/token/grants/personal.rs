//! A text that may name a person.

use std::fmt;

/// Its `Debug` tells only whether it is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Personal(pub(super) String);

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { ".." })
    }
}
