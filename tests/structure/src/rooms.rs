//! The rooms of core and which others each may use, as the table in CONTRIBUTING says.

use std::collections::BTreeSet;

use crate::crate_files::Imports;

/// What every room may use.
const BASE: &str = "core/src";

/// Rooms by their folders, with the rooms that each may use.
pub struct Rooms(pub Imports);

impl Rooms {
    /// Reads the rows of the table that begin with a folder of core: the room, what lives there, and
    /// the rooms that it may use.
    #[must_use]
    pub fn of_page(page: &str) -> Self {
        let rows = page.lines().filter(|line| line.starts_with("| `core/src"));
        Self(
            rows.map(|row| {
                let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
                let named = |cell: &str| {
                    // Every other piece lies between backticks.
                    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>()
                };
                let room = named(cells[0]).pop_first().unwrap_or_default();
                let uses = cells.get(2).map(|cell| named(cell)).unwrap_or_default();
                (room, uses.into_iter().map(|other| format!("core/src/{other}")).collect())
            })
            .collect(),
        )
    }

    /// All rooms.
    #[must_use]
    pub fn all(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// The room that a file lies in: its folder.
    #[must_use]
    pub fn of_file(file: &str) -> &str {
        file.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether a room may import from another: its own files, those of the base, and what the table
    /// says.
    #[must_use]
    pub fn may_use(&self, room: &str, other: &str) -> bool {
        room == other || other == BASE || self.0.get(room).is_some_and(|uses| uses.contains(other))
    }
}
