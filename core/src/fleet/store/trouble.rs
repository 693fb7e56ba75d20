//! What is wrong with a store.

/// What went wrong in a store, in words for who runs the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) what: String,
    /// Values can still be read.
    pub(crate) reads: bool,
}
