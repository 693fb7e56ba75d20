//! Every input that is kept, checked without libFuzzer and on any toolchain.

use std::fs;
use std::panic;
use std::path::Path;

/// Replays the inputs of one target, and says which one fails.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let inputs = fs::read_dir(&folder).expect("a folder for each target");
    let mut inputs: Vec<_> = inputs.map(|entry| entry.expect("a file").path()).collect();
    inputs.sort();
    assert!(inputs.len() >= 10, "{}: {} inputs", folder.display(), inputs.len());
    for path in inputs {
        let input = fs::read(&path).expect("a file that can be read");
        let checked = panic::catch_unwind(|| check(&input));
        assert!(checked.is_ok(), "{}", path.display());
    }
}

macro_rules! replay {
    ($($target:ident),*) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target), grantmint_fuzz::$target::check);
        })*
    };
}

replay!(c_api, decode, examine, grant, mint, names, store, upstream, verify, wire);
