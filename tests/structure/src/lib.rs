//! Who imports whom among the project's Rust files: there is no circle, and imports between the rooms
//! of core run one way, as the table in CONTRIBUTING says.
//!
//! `crate_files` finds the files of a crate, `paths` reads the paths that a file names, `circles` finds
//! files that import each other, and `rooms` reads CONTRIBUTING. JavaScript and Python have linters
//! for the same in `make lint`.

pub mod circles;
pub mod crate_files;
pub mod paths;
pub mod rooms;
