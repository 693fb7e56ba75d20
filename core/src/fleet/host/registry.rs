//! The folders that this process has open: all stores of one folder have the same, with one descriptor for
//! its locks.

use std::sync::Arc;

use super::folder::Places;
use super::opened::Opened;
use super::words::trouble;
use crate::fleet::store::Trouble;
use crate::fork::{Generation, LazyForkCell, Reborn, generation};
use crate::sync::Mutex;

/// So many folders at most are open.
const MOST: usize = 64;

struct Registry {
    born: Generation,
    opened: Mutex<Vec<Arc<Opened>>>,
}

/// Opens a folder, or finds it open.
pub(super) fn open(places: &Places, euid: u32, time: u64) -> Result<Arc<Opened>, Trouble> {
    static PROCESS: LazyForkCell<Registry> = LazyForkCell::new();
    let registry = PROCESS.get(Registry::new);
    let (folder, path) = Opened::open_folder(places, euid)?;
    let mut all = registry.opened.lock();
    all.retain(|opened| opened.has_locks() && opened.is_there(euid, time));
    if let Some(known) = all.iter().find(|known| known.identity() == folder.identity()) {
        return Ok(Arc::clone(known));
    }
    if all.len() >= MOST {
        // Who uses none of these holds no lease in it.
        all.retain(|opened| Arc::strong_count(opened) > 1);
    }
    if all.len() >= MOST {
        return Err(trouble(&path, "this process has too many such folders open", false));
    }
    let opened = Arc::new(Opened::new(folder, path, euid, time));
    all.push(Arc::clone(&opened));
    Ok(opened)
}

impl Registry {
    fn new() -> Self {
        Self { born: generation(), opened: Mutex::default() }
    }
}

impl Reborn for Registry {
    fn is_foreign(&self) -> bool {
        self.born != generation()
    }

    /// Empty: the locks are the parent's, whose table of them is of no use here.
    fn reborn(&self) -> Self {
        Self::new()
    }
}
