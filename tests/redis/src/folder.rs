//! A folder of a test's own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs, process};

/// A folder that is gone with this, and with what is in it.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new one, which nobody else uses.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it makes a folder, which no default should do")]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("grantmint-redis-{}-{number}", process::id()));
        fs::create_dir(&path).expect("a folder of the test's own");
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
