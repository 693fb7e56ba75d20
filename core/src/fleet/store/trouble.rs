//! What is wrong with a store.

/// What went wrong in a store, in words for who runs the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) what: String,
    /// Values can still be read.
    pub(crate) reads: bool,
    /// It is no store for a fleet, as it is: it has no scripts, or no clock.
    pub(crate) is_unsupported: bool,
}
