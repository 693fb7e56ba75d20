//! The store of several processes: this program is started again, as another process.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{self, Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use super::super::opened::WRITING_WAIT;
use super::*;

/// Whether another process may not have the lease: asks one.
pub(super) fn is_locked(folder: &Folder) -> bool {
    let mut child = Another::start(folder, "claim");
    let said = child.line();
    child.0.wait().unwrap();
    said != "lease"
}

/// This program again, as another process that runs [`another_process`].
struct Another(Child, BufReader<ChildStdout>);

impl Another {
    fn start(folder: &Folder, what: &str) -> Self {
        Self::by_shell(folder, what, "exec \"$@\"")
    }

    /// Starts a shell that runs the program with its arguments, for what only a shell can do before.
    fn by_shell(folder: &Folder, what: &str, script: &str) -> Self {
        let child = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(env::current_exe().unwrap())
            .args(["--exact", "fleet::host::tests::processes::another_process", "--nocapture"])
            .env("GRANTMINT_TEST_FLEET", folder.path("fleet"))
            .env("GRANTMINT_TEST_WHAT", what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self(child, output)
    }

    /// What it says next.
    fn line(&mut self) -> String {
        let line = self
            .1
            .by_ref()
            .lines()
            .find_map(|line| line.unwrap().strip_prefix("says ").map(str::to_owned));
        line.unwrap_or_default()
    }
}

#[test]
fn another_process() {
    let Some(path) = env::var_os("GRANTMINT_TEST_FLEET") else { return };
    let store = HostStore::new(Some(Path::new(&path)));
    match env::var("GRANTMINT_TEST_WHAT").as_deref() {
        Ok("without descriptors") => println!("\nsays {}", without_descriptors(&store)),
        Ok("without space") => println!("\nsays {}", without_space(&store, Path::new(&path))),
        Ok("read-only") => println!("\nsays {}", read_only(&store)),
        Ok("claim") => {
            // The harness may have begun a line.
            println!(
                "\nsays {}",
                if take_lease(&store, TIME).is_some() { "lease" } else { "busy" }
            );
        }
        Ok("hold") => {
            let lease = take_lease(&store, TIME);
            let opened = store.opened(TIME).unwrap();
            let _turn = opened.turn(&SLOT).unwrap();
            println!("\nsays {}", if lease.is_some() { "lease" } else { "busy" });
            std::io::stdout().flush().unwrap();
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        Ok("admit") => {
            let told = (0..500).map(|call| {
                let asked = asked(u64::from(process::id()) << 32 | call);
                store.admit(&SLOT, &asked, TIME)
            });
            let went = told.filter(|told| matches!(told, Ok(Admitted::Go(_)))).count();
            println!("\nsays {went}");
        }
        _ => {}
    }
}

#[test]
fn what_a_killed_process_held_is_free() {
    let folder = Folder::new();
    let store = folder.store();
    let mut holder = Another::start(&folder, "hold");
    assert_eq!(holder.line(), "lease");
    assert!(take_lease(&store, TIME).is_none());
    let start = Instant::now();
    let trouble = store.replace(&SLOT, &grant(1, u64::MAX), TIME).unwrap_err();
    assert!(trouble.reads && trouble.what.ends_with("another process keeps writing in a slot"));
    assert!(start.elapsed() >= WRITING_WAIT);
    holder.0.kill().unwrap();
    holder.0.wait().unwrap();
    assert_eq!(publish(&store, &SLOT, &grant(1, u64::MAX), TIME), Ok(true));
    assert!(matches!(store.claim(&wanted(), TIME), Ok(Claim::Value(_))));
}

/// In a process that may not open many files.
fn without_descriptors(store: &HostStore) -> &'static str {
    assert_eq!(publish(store, &SLOT, &grant(1, u64::MAX), TIME), Ok(true));
    let all: Vec<fs::File> = (0..100).map_while(|_| fs::File::open("/dev/null").ok()).collect();
    assert!(all.len() < 100);
    let trouble = trouble_of(store, TIME);
    assert!(trouble.what.contains("nothing can be read") && !trouble.reads, "{trouble:?}");
    assert!(!store.admit(&SLOT, &asked(1), TIME).unwrap_err().reads);
    drop(all);
    assert!(matches!(store.claim(&wanted(), TIME), Ok(Claim::Value(_))));
    "as before"
}

#[test]
fn it_goes_on_once_there_are_descriptors_again() {
    let folder = Folder::new();
    let script = "ulimit -n 40; exec \"$@\"";
    let mut child = Another::by_shell(&folder, "without descriptors", script);
    assert_eq!(child.line(), "as before");
    assert!(child.0.wait().unwrap().success());
}

/// In a process whose folder is on a full file system.
fn without_space(store: &HostStore, path: &Path) -> &'static str {
    let value = grant(1, u64::MAX);
    assert_eq!(publish(store, &SLOT, &value, TIME), Ok(true));
    let junk = path.join("junk");
    assert!(fs::write(&junk, vec![0; 1_000_000]).is_err());
    let next = Target { slot: &SLOT, group: &wanted().group, lease: None, seen: Some(1) };
    for trouble in [
        store.publish(&next, &grant(2, u64::MAX), TIME).unwrap_err(),
        store.admit(&Slot::new([1; 16]), &asked(1), TIME).unwrap_err(),
    ] {
        assert!(trouble.what.ends_with("No space left on device") && trouble.reads);
    }
    assert!(matches!(store.claim(&wanted(), TIME), Ok(Claim::Value(found)) if found == value));
    let beside = |entry: &fs::DirEntry| entry.path().to_string_lossy().ends_with(".tmp");
    let boot = fs::read_dir(path).unwrap().map(Result::unwrap).find(|entry| entry.path().is_dir());
    let mut left = fs::read_dir(boot.unwrap().path()).unwrap().map(Result::unwrap);
    assert!(!left.any(|entry| beside(&entry)));
    fs::remove_file(junk).unwrap();
    assert_eq!(store.publish(&next, &grant(2, u64::MAX), TIME), Ok(true));
    "as before"
}

/// In a process whose folder is on a file system that cannot be written, with a value in it.
fn read_only(store: &HostStore) -> &'static str {
    if env::var_os("GRANTMINT_TEST_FIRST").is_some() {
        assert_eq!(publish(store, &SLOT, &grant(1, u64::MAX), TIME), Ok(true));
        return "published";
    }
    assert!(matches!(store.claim(&wanted(), TIME), Ok(Claim::Value(_))));
    let other = Wanted { slot: Slot::new([1; 16]), ..wanted() };
    let trouble = store.claim(&other, TIME).unwrap_err();
    assert!(trouble.what.ends_with("Read-only file system") && trouble.reads, "{trouble:?}");
    let looks = Wanted { chair: Chair::None, ..other };
    assert!(matches!(store.claim(&looks, TIME), Ok(Claim::Busy(_))));
    assert!(publish(store, &looks.slot, &grant(1, u64::MAX), TIME).unwrap_err().reads);
    assert!(store.admit(&looks.slot, &asked(1), TIME).unwrap_err().reads);
    "as before"
}

#[test]
fn what_is_there_is_read_where_nothing_can_be_written() {
    // As the superuser of a name space of its own, if one may be made here.
    let mount = "mount -t tmpfs -o size=16k,mode=700 none \"$GRANTMINT_TEST_FLEET\" || exit";
    let again = "mount -o remount,ro \"$GRANTMINT_TEST_FLEET\" || exit";
    let spaces = "unshare --user --map-root-user --mount sh -c";
    for (what, then) in [
        ("without space", String::new()),
        ("read-only", format!("GRANTMINT_TEST_FIRST=1 \"$@\"; {again};")),
    ] {
        let folder = Folder::new();
        fs::create_dir(folder.path("fleet")).unwrap();
        let run = format!("{mount}; {then} echo says mounted; exec \"$@\"");
        let script = format!("exec {spaces} '{run}' \"$0\" \"$@\"");
        let mut child = Another::by_shell(&folder, what, &script);
        let mut said = child.line();
        if said == "published" {
            said = child.line();
        }
        if said == "mounted" {
            assert_eq!(child.line(), "as before", "{what}");
        } else {
            println!("{what}: not tried");
        }
        assert_eq!(child.0.wait().unwrap().success(), said == "mounted");
    }
}

#[test]
fn processes_share_a_cell() {
    let folder = Folder::new();
    let mut children: Vec<_> = (0..4).map(|_| Another::start(&folder, "admit")).collect();
    let went: u32 = children.iter_mut().map(|child| child.line().parse::<u32>().unwrap()).sum();
    children.iter_mut().for_each(|child| assert!(child.0.wait().unwrap().success()));
    assert_eq!(went, 100, "one second's burst, of all together");
}
