//! The folder of a host store: found, made, and checked, so that nobody but this user can read or write in it.

use std::env;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, open, openat};
use nix::sys::stat::{Mode, SFlag, fstat, mkdirat, stat};
use nix::sys::statfs::fstatfs;

use super::words::trouble;
use crate::fleet::store::Trouble;

const NAME: &str = "grantmint";
pub(super) const FOLDER: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

/// File systems of other machines, by the numbers of statfs(2): their locks are slow, lost or not there.
/// AFS, Ceph, CIFS, Coda, GFS2, Lustre, NCP, NFS, OCFS2, SMB, SMB2.
const REMOTE: [u32; 11] = [
    0x5346_414F,
    0x00C3_6400,
    0xFF53_4D42,
    0x7375_7245,
    0x0116_1970,
    0x0BD0_0BD0,
    0x0000_564C,
    0x0000_6969,
    0x7461_636F,
    0x0000_517B,
    0xFE53_4D42,
];

/// Where the folder may be. The environment is read once, here: a forked child could hang in its lock.
pub(super) struct Places {
    given: Option<PathBuf>,
    runtime: Option<PathBuf>,
    temporary: PathBuf,
}

impl Places {
    pub(super) fn new(given: Option<&Path>) -> Self {
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self {
            given: given.map(plain),
            runtime: runtime.filter(|path| path.is_absolute()),
            temporary: env::temp_dir(),
        }
    }

    /// Opens the folder of this boot; makes it if it is not there, but nothing that it lies in.
    pub(super) fn open(&self, euid: u32) -> Result<(OwnedFd, PathBuf), Trouble> {
        let name = boot_name().ok_or_else(|| {
            let at = self.given.as_deref().unwrap_or(Path::new(NAME));
            trouble(
                at,
                "this boot has no name: /proc/sys/kernel/random/boot_id cannot be read",
                false,
            )
        })?;
        let (folder, path) = self.outer(euid)?;
        let path = path.join(&name);
        let made = mkdirat(&folder, name.as_str(), Mode::S_IRWXU);
        let inner = openat(&folder, name.as_str(), FOLDER, Mode::empty())
            .map_err(|errno| cannot_open(&path, made.err().unwrap_or(errno), errno))?;
        check(&inner, &path, euid)?;
        Ok((inner, path))
    }

    /// The folder of all boots.
    fn outer(&self, euid: u32) -> Result<(OwnedFd, PathBuf), Trouble> {
        if let Some(path) = &self.given {
            let folder = made(path).map_err(|(made, errno)| cannot_open(path, made, errno))?;
            check(&folder, path, euid)?;
            return Ok((folder, path.clone()));
        }
        let mut last = None;
        for path in self.usual(euid) {
            match made(&path) {
                Ok(folder) => {
                    // One that somebody else made first is refused, and no other is taken: all processes
                    // must come to the same.
                    check(&folder, &path, euid)?;
                    return Ok((folder, path));
                }
                Err((made, errno)) => {
                    let trouble = cannot_open(&path, made, errno);
                    if !is_no_place(made) {
                        return Err(trouble);
                    }
                    last = Some(trouble);
                }
            }
        }
        Err(last.unwrap_or_else(|| trouble(Path::new(NAME), "there is no place for it", false)))
    }

    fn usual(&self, euid: u32) -> Vec<PathBuf> {
        let own = format!("{NAME}-{euid}");
        // A superuser with a user's environment must not take that user's place.
        let is_own = |path: &&PathBuf| stat(path.as_path()).is_ok_and(|stat| stat.st_uid == euid);
        let runtime = self.runtime.as_ref().filter(is_own).map(|path| path.join(NAME));
        let others = [Path::new("/dev/shm").join(&own), self.temporary.join(&own)];
        runtime.into_iter().chain(others).collect()
    }
}

/// The path without what would have its last part followed if it is a link.
fn plain(path: &Path) -> PathBuf {
    let path: PathBuf = path.components().collect();
    std::path::absolute(&path).unwrap_or(path)
}

/// Opens a folder, made if need be; or why it could not be made, and why not opened.
fn made(path: &Path) -> Result<OwnedFd, (Errno, Errno)> {
    let made = mkdirat(AT_FDCWD, path, Mode::S_IRWXU);
    open(path, FOLDER, Mode::empty()).map_err(|errno| (made.err().unwrap_or(errno), errno))
}

/// Whether a folder could not be made because nothing can be made there.
fn is_no_place(made: Errno) -> bool {
    matches!(made, Errno::ENOENT | Errno::ENOTDIR | Errno::EACCES | Errno::EPERM | Errno::EROFS)
}

fn cannot_open(path: &Path, made: Errno, opened: Errno) -> Trouble {
    let what = match (made, opened) {
        (Errno::EEXIST, Errno::ENOTDIR | Errno::ELOOP) => {
            "it is not a folder, or a link".to_owned()
        }
        (Errno::EEXIST, errno) => format!("it cannot be opened: {}", errno.desc()),
        (errno, _) => format!("it cannot be made: {}", errno.desc()),
    };
    trouble(path, &what, false)
}

/// That nobody else can use a folder.
fn check(folder: &OwnedFd, path: &Path, euid: u32) -> Result<(), Trouble> {
    let refused = |what: &str| Err(trouble(path, what, false));
    let stat = match fstat(folder) {
        Ok(stat) => stat,
        Err(errno) => return refused(errno.desc()),
    };
    if SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) != SFlag::S_IFDIR {
        return refused("it is not a folder");
    }
    if stat.st_uid != euid {
        let uid = stat.st_uid;
        return refused(&format!("it belongs to user {uid}, and this process runs as user {euid}"));
    }
    if stat.st_mode & 0o077 != 0 {
        let mode = stat.st_mode & 0o777;
        return refused(&format!(
            "its group or others may use it: its mode is {mode:03o}, not 700"
        ));
    }
    if is_remote(folder) {
        return refused("it is on another machine's file system");
    }
    Ok(())
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    trivial_numeric_casts,
    reason = "the type differs between targets; the number has 32 bits"
)]
fn is_remote(folder: impl AsFd) -> bool {
    fstatfs(folder).is_ok_and(|stat| REMOTE.contains(&(stat.filesystem_type().0 as u32)))
}

/// A name of this boot, and of this time namespace, in whose times all files in the folder are.
fn boot_name() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim_ascii();
    if !is_boot_id(id) {
        return None;
    }
    // Absent where the kernel knows no time namespaces.
    let offsets = fs::read_to_string("/proc/self/timens_offsets").unwrap_or_default();
    let offset = offsets.lines().find_map(|line| line.strip_prefix("boottime"));
    let offset: Vec<&str> = offset.unwrap_or_default().split_ascii_whitespace().collect();
    match *offset.as_slice() {
        [seconds, nanos] if (seconds, nanos) != ("0", "0") => {
            let is_number = |text: &str| text.parse::<i64>().is_ok();
            (is_number(seconds) && is_number(nanos)).then(|| format!("{id}@{seconds}.{nanos}"))
        }
        _ => Some(id.to_owned()),
    }
}

fn is_boot_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The boot that a folder's name tells of; none if it is not ours.
pub(super) fn boot_of(name: &str) -> Option<&str> {
    let (id, offset) = name.split_at_checked(36)?;
    let is_ours = is_boot_id(id) && (offset.is_empty() || offset.starts_with('@'));
    is_ours.then_some(id)
}

#[cfg(test)]
mod tests {
    use nix::unistd::geteuid;

    use super::*;

    #[test]
    fn a_folder_is_known_by_its_boot() {
        let name = boot_name().unwrap();
        let id = boot_of(&name).unwrap();
        assert!(name.starts_with(id));
        assert_eq!(boot_of(&format!("{id}@5.0")), Some(id));
        for other in ["", "lock", &format!("{id}x"), &id[1..], &"é".repeat(18)] {
            assert_eq!(boot_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_path_keeps_nothing_that_follows_a_link() {
        for path in ["/run/app", "/run/app/", "/run/app//", "/run/app/.", "/run/./app"] {
            assert_eq!(plain(Path::new(path)), Path::new("/run/app"), "{path}");
        }
        assert!(plain(Path::new("app")).is_absolute());
    }

    #[test]
    fn the_usual_folder_is_the_users_own_and_in_memory_if_there_is_one() {
        let euid = geteuid().as_raw();
        // Whoever runs this may open what it has open.
        let own = PathBuf::from("/proc/self/fd");
        let temporary = PathBuf::from("/tmp/of-tests");
        let places = Places { given: None, runtime: Some(own.clone()), temporary };
        let (shared, last) =
            (format!("/dev/shm/grantmint-{euid}"), format!("/tmp/of-tests/grantmint-{euid}"));
        assert_eq!(places.usual(euid), [own.join("grantmint"), shared.into(), last.into()]);
        let other = euid + 1;
        let [shared, last] =
            ["/dev/shm", "/tmp/of-tests"].map(|path| format!("{path}/grantmint-{other}"));
        assert_eq!(places.usual(other), [PathBuf::from(shared), last.into()]);
    }
}
