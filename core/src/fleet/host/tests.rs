//! The store in folders of all kinds.

mod processes;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use std::{env, process};

use nix::sys::stat::{Mode, utimes};
use nix::sys::time::{TimeVal, TimeValLike as _};
use nix::unistd::{geteuid, mkfifo};

use self::processes::is_locked;
use super::*;
use crate::clock::Clock;
use crate::fleet::store::Ended;
use crate::fleet::store::contract::{CHECKS, SLOT, TIME, World, grant, wanted};

/// A folder of a test's own, removed with what is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("grantmint-test-{}-{}", process::id(), NUMBER.fetch_add(1, Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The store's folder of this boot, once it is there.
    fn boot(&self) -> PathBuf {
        let mut entries = fs::read_dir(self.path("fleet")).unwrap();
        entries.next().unwrap().unwrap().path()
    }

    fn store(&self) -> HostStore {
        HostStore::new(Some(&self.path("fleet")))
    }

    /// The names in the store's folder of this boot that end so.
    fn count(&self, end: &str) -> usize {
        let entries = fs::read_dir(self.boot()).unwrap();
        entries
            .filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().ends_with(end))
            .count()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.boot().join(name), bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

impl World for Folder {
    fn store(&self, _: u64) -> Box<dyn SharedStore> {
        let store = self.store();
        store.opened(0).unwrap();
        Box::new(store)
    }

    fn put(&self, part: Part, slot: &Slot, bytes: Vec<u8>) {
        let kind = if part == Part::Value { files::VALUE } else { files::PAUSE };
        Self::put(self, &files::name(slot, kind), &bytes);
    }

    fn put_cell(&self, slot: &Slot, bytes: &[u8]) {
        Self::put(self, &files::name(slot, files::CELL), bytes);
    }
}

/// The words of the trouble that a store is in, and whether it reads.
fn trouble_of(store: &HostStore, time: u64) -> Trouble {
    store.claim(&wanted(), time).unwrap_err()
}

fn take_lease(store: &HostStore, time: u64) -> Option<Lease> {
    match store.claim(&wanted(), time).unwrap() {
        Claim::Lease(lease, ..) => Some(lease),
        _ => None,
    }
}

fn publish(store: &HostStore, slot: &Slot, value: &[u8], time: u64) -> Result<bool, Trouble> {
    store.publish(&Target { slot, group: &wanted().group, lease: None, seen: None }, value, time)
}

/// Sets how long ago a file was changed.
fn age(path: &Path, seconds: i64) {
    let then = Clock::system().now().unix_seconds().cast_signed() - seconds;
    utimes(path, &TimeVal::seconds(then), &TimeVal::seconds(then)).unwrap();
}

fn asked(call: u64) -> Asked {
    Asked { call, rate: 100.0, most: 1000.0, lost_after: SECOND, random: 0.5 }
}

#[test]
fn it_is_a_store() {
    for (name, check) in CHECKS {
        println!("{name}");
        check(&Folder::new());
    }
}

#[test]
fn it_makes_what_only_its_user_may_use() {
    let folder = Folder::new();
    let store = folder.store();
    assert!(!folder.path("fleet").exists(), "made before it is used");
    assert_eq!(publish(&store, &SLOT, &grant(1, u64::MAX), TIME), Ok(true));
    for (path, mode) in [
        (folder.path("fleet"), 0o700),
        (folder.boot(), 0o700),
        (folder.boot().join("lock"), 0o600),
        (folder.boot().join(files::name(&SLOT, files::VALUE)), 0o600),
    ] {
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode, "{path:?}");
    }
}

#[test]
fn a_folder_that_others_can_use_is_refused() {
    for mode in [0o710, 0o701, 0o770, 0o777, 0o720, 0o704] {
        let folder = Folder::new();
        fs::create_dir(folder.path("fleet")).unwrap();
        fs::set_permissions(folder.path("fleet"), Permissions::from_mode(mode)).unwrap();
        let trouble = trouble_of(&folder.store(), TIME);
        assert!(trouble.what.contains(&format!("its mode is {mode:03o}, not 700")), "{trouble:?}");
        assert!(!trouble.reads);
    }
    let folder = Folder::new();
    folder.store().opened(TIME).unwrap();
    fs::set_permissions(folder.boot(), Permissions::from_mode(0o750)).unwrap();
    let trouble = trouble_of(&folder.store(), TIME);
    assert!(trouble.what.contains("its mode is 750"), "{trouble:?}");
}

#[test]
fn a_folder_of_another_user_is_refused_and_named() {
    if !geteuid().is_root() {
        return;
    }
    let folder = Folder::new();
    fs::create_dir(folder.path("fleet")).unwrap();
    fs::set_permissions(folder.path("fleet"), Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::chown(folder.path("fleet"), Some(1234), None).unwrap();
    let trouble = trouble_of(&folder.store(), TIME);
    let words = "it belongs to user 1234, and this process runs as user 0";
    assert!(trouble.what.ends_with(words), "{trouble:?}");
}

#[test]
fn what_is_no_folder_is_refused() {
    let folder = Folder::new();
    let other = folder.path("other");
    fs::create_dir(&other).unwrap();
    fs::set_permissions(&other, Permissions::from_mode(0o700)).unwrap();
    symlink(&other, folder.path("fleet")).unwrap();
    let words = "it is not a folder, or a link";
    assert!(trouble_of(&folder.store(), TIME).what.ends_with(words));
    assert!(trouble_of(&HostStore::new(Some(&folder.path("fleet/"))), TIME).what.ends_with(words));
    fs::remove_file(folder.path("fleet")).unwrap();
    fs::write(folder.path("fleet"), "a file").unwrap();
    assert!(trouble_of(&folder.store(), TIME).what.ends_with(words));
    assert_eq!(fs::read_dir(&other).unwrap().count(), 0);

    let missing = HostStore::new(Some(&folder.path("no/fleet")));
    assert!(trouble_of(&missing, TIME).what.contains("it cannot be made: No such file"));
    let long = HostStore::new(Some(Path::new(&format!("/{}", "é".repeat(2500)))));
    let trouble = trouble_of(&long, TIME);
    assert!(trouble.what.contains("it cannot be made: File name too long"), "{trouble:?}");
    assert!(trouble.what.len() < 500);
    for nowhere in ["/proc/fleet", "/proc", "/", "/dev/null", "a\0b", "/proc/self/fd/0/x"] {
        assert!(!trouble_of(&HostStore::new(Some(Path::new(nowhere))), TIME).reads, "{nowhere}");
    }
}

#[test]
fn a_failed_opening_is_tried_again_a_second_later() {
    let folder = Folder::new();
    let store = HostStore::new(Some(&folder.path("no/fleet")));
    trouble_of(&store, TIME);
    fs::create_dir(folder.path("no")).unwrap();
    trouble_of(&store, TIME + SECOND - 1);
    assert!(!folder.path("no/fleet").exists());
    assert!(take_lease(&store, TIME + SECOND).is_some());
}

#[test]
fn a_folder_that_goes_is_made_again() {
    let folder = Folder::new();
    let store = folder.store();
    let lease = take_lease(&store, TIME).unwrap();
    fs::remove_dir_all(folder.path("fleet")).unwrap();
    let next = take_lease(&store, TIME).unwrap();
    store.release(&lease);
    assert!(take_lease(&folder.store(), TIME).is_none(), "the next lease is another");
    store.release(&next);
    fs::remove_file(folder.boot().join("lock")).unwrap();
    let lease = take_lease(&store, TIME).unwrap();
    assert!(take_lease(&folder.store(), TIME).is_none());
    store.release(&lease);
    assert!(take_lease(&folder.store(), TIME).is_some());
}

#[test]
fn stores_of_one_folder_share_one_descriptor() {
    let folder = Folder::new();
    let [first, second] = [folder.store(), folder.store()];
    let lease = take_lease(&first, TIME).unwrap();
    assert!(Arc::ptr_eq(&first.opened(TIME).unwrap(), &second.opened(TIME).unwrap()));
    drop(second);
    assert!(is_locked(&folder));
    // A forked child begins without leases.
    let child = HostStore(ForkCell::new(first.0.get().reborn()));
    child.release(&lease);
    assert!(is_locked(&folder));
    first.release(&lease);
    assert!(!is_locked(&folder));
}

#[test]
fn many_folders_are_not_all_kept_open() {
    let folder = Folder::new();
    let store = |number: usize| HostStore::new(Some(&folder.path(&number.to_string())));
    let used = store(0);
    let lease = take_lease(&used, TIME);
    assert!(lease.is_some());
    for number in 1..150 {
        assert!(take_lease(&store(number), TIME).is_some(), "{number}");
    }
    assert!(take_lease(&store(0), TIME).is_none());
}

#[test]
fn nothing_that_lies_in_the_way_holds_a_caller() {
    let folder = Folder::new();
    let store = folder.store();
    store.opened(TIME).unwrap();
    let path = folder.boot().join(files::name(&SLOT, files::VALUE));
    let other = folder.path("other");
    fs::write(&other, grant(1, u64::MAX)).unwrap();
    let ways: [&dyn Fn(); 3] =
        [&|| mkfifo(&path, Mode::S_IRWXU).unwrap(), &|| symlink(&other, &path).unwrap(), &|| {
            drop(std::os::unix::net::UnixListener::bind(&path).unwrap())
        }];
    for put in ways {
        put();
        store.release(&take_lease(&store, TIME).unwrap());
        assert_eq!(publish(&store, &SLOT, &grant(1, u64::MAX), TIME), Ok(true));
        assert!(path.symlink_metadata().unwrap().is_file());
        fs::remove_file(&path).unwrap();
    }
    assert_eq!(fs::read(&other).unwrap(), grant(1, u64::MAX));
    fs::create_dir(&path).unwrap();
    assert!(take_lease(&store, TIME).is_some());
}

#[test]
fn a_sweep_removes_what_is_over() {
    let folder = Folder::new();
    let store = folder.store();
    store.opened(TIME).unwrap();
    let slot = |number: u8| Slot::new([number; 16]);
    let name = |number: u8, kind| files::name(&slot(number), kind);
    for (number, end) in [(1, TIME), (2, TIME + 1), (3, 0), (4, u64::MAX)] {
        folder.put(&name(number, files::VALUE), &grant(1, end));
        folder.put(&name(number, files::PAUSE), &grant(1, end));
    }
    for (number, seconds) in [(5, 5), (6, 11), (7, 4_000), (8, 4_300)] {
        for kind in ["v", "c", "12-3.tmp"] {
            folder.put(&name(number, kind), b"torn");
            age(&folder.boot().join(name(number, kind)), seconds);
        }
    }
    let foreign = ["README", "x.v", &"z".repeat(40), &name(6, "tmp"), &name(6, "-1.tmp")];
    for name in foreign {
        folder.put(name, b"foreign");
        age(&folder.boot().join(name), 10_000);
    }
    assert_eq!(publish(&store, &slot(9), &grant(1, u64::MAX), TIME), Ok(true));
    let is_there = |name: &str| folder.boot().join(name).exists();
    let kept = |kind| (1..=9).filter(|number| is_there(&name(*number, kind))).collect::<Vec<u8>>();
    assert_eq!(kept("v"), [2, 4, 5, 6, 7, 9]);
    assert_eq!(kept("p"), [2, 4]);
    assert_eq!(kept("c"), [5, 6, 7]);
    assert_eq!(kept("12-3.tmp"), [5]);
    assert!(foreign.iter().all(|name| is_there(name)));
    // Once a minute, of all processes together.
    for (store, time, is_kept) in [
        (&store, TIME + SECOND, true),
        (&folder.store(), TIME + 59 * SECOND, true),
        (&folder.store(), TIME + 60 * SECOND, false),
    ] {
        let new = Slot::new(time.to_le_bytes().repeat(2).try_into().unwrap());
        assert_eq!(publish(store, &new, &grant(1, u64::MAX), time), Ok(true));
        assert_eq!(is_there(&name(2, "v")), is_kept);
    }
}

#[test]
fn a_sweep_removes_the_folders_of_former_boots() {
    let folder = Folder::new();
    let store = folder.store();
    store.opened(TIME).unwrap();
    let own = folder.boot();
    let own_id = own.file_name().unwrap().to_str().unwrap()[..36].to_owned();
    let old = "01234567-89ab-cdef-0123-456789abcdef";
    let recent = "11234567-89ab-cdef-0123-456789abcdef";
    let foreign = "21234567-89ab-cdef-0123-456789abcdef";
    let (old_offset, own_offset) = (format!("{old}@5.0"), format!("{own_id}@5.0"));
    for name in [old, recent, foreign, &old_offset, &own_offset, "else"] {
        let path = folder.path("fleet").join(name);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("lock"), "").unwrap();
        fs::write(path.join(files::name(&SLOT, files::VALUE)), "").unwrap();
        if name == foreign {
            fs::write(path.join("README"), "").unwrap();
        }
        age(&path, if name == recent { 3_000 } else { 4_000 });
    }
    let opened = store.opened(TIME).unwrap();
    sweep::sweep_if_due(&opened, TIME);
    let is_there = |name: &str| folder.path("fleet").join(name).exists();
    assert!(!is_there(old) && !is_there(&old_offset));
    assert!([recent, foreign, &own_offset, "else"].iter().all(|name| is_there(name)));
    assert!(own.exists());
}

#[test]
fn there_are_not_too_many_values_and_junk_is_no_trouble() {
    let folder = Folder::new();
    let store = folder.store();
    let values = VALUES_MAX;
    store.opened(TIME).unwrap();
    let slot = |number: u64| {
        let number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bytes = [number.to_be_bytes(), [1; 8]].concat();
        Slot::new(bytes.try_into().unwrap())
    };
    for number in 1..values {
        folder.put(&files::name(&slot(number + 100), files::VALUE), &grant(1, TIME + 60 * SECOND));
    }
    let new = |number: u64, time| publish(&store, &slot(number), &grant(1, u64::MAX), time);
    assert_eq!(new(1, TIME), Ok(true));
    let trouble = new(2, TIME).unwrap_err();
    assert!(trouble.reads && trouble.what.ends_with("there are too many values in it"));
    assert!(trouble.what.contains("fleet"));
    let again = Target { slot: &slot(1), group: &wanted().group, lease: None, seen: Some(1) };
    assert_eq!(store.publish(&again, &grant(2, u64::MAX), TIME), Ok(true), "no more than before");
    // A share of those that are over goes with each sweep, and then there is space again.
    let later = TIME + 120 * SECOND;
    assert!(new(2, later).is_err(), "it sweeps nevertheless");
    assert_eq!(new(2, later), Ok(true));
    (1..10).for_each(|minute| {
        let again = Target { slot: &slot(1), group: &wanted().group, lease: None, seen: Some(2) };
        store.publish(&again, &grant(2, u64::MAX), later + minute * 60 * SECOND).unwrap();
    });
    assert_eq!(folder.count(".v"), 2, "slots 1 and 2");
    for number in 0..21_000 {
        folder.put(&format!("junk-{number}"), b"");
    }
    let start = Instant::now();
    assert_eq!(new(3, later + 3600 * SECOND), Ok(true));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn a_report_of_a_lost_cell_begins_a_new_one() {
    let folder = Folder::new();
    let store = folder.store();
    let Ok(Admitted::Go(pass)) = store.admit(&SLOT, &asked(1), TIME) else { panic!("held back") };
    fs::remove_dir_all(folder.path("fleet")).unwrap();
    let how = Ended::Throttled { asked: None, random: 0.5 };
    store.report(&SLOT, &Told { pass, how }, TIME + 1).unwrap();
    assert!(matches!(store.admit(&SLOT, &asked(2), TIME + 2), Ok(Admitted::Cooling(_))));
}
