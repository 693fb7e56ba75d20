//! How much is said on stderr.

use crate::support::{run, with_key, words};

const VOICE: &str = "token voice --identity a-b --voice-app-sid AP00000000000000000000000000000006";
const WARNING: &str =
    "grantmint: warning: Voice takes identities of ASCII letters, digits and underscores only\n";

#[test]
fn a_level_leaves_out_what_is_less_important() {
    let said = |flags: &str| run(&mut with_key(words(&format!("{VOICE} {flags}")))).err;
    assert_eq!(said(""), WARNING);
    assert_eq!(said("-l warn"), WARNING);
    assert!(said("-l debug").contains("signing with SK") && said("-l debug").ends_with(WARNING));
    for flags in ["-q", "-l error", "-l none", "--silent", "-q -l debug"] {
        assert_eq!(said(flags), "", "{flags}");
    }
}

#[test]
fn an_error_is_said_unless_nothing_is_to_be() {
    let failed = |flags: &str| {
        let run = run(&mut with_key(words(&format!("token video --identity a --ttl 0 {flags}"))));
        (run.code, run.err.lines().count())
    };
    for flags in ["", "-q", "-l error"] {
        assert_eq!(failed(flags), (1, 1), "{flags}");
    }
    for flags in ["-l none", "--silent", "-q -l none"] {
        assert_eq!(failed(flags), (1, 0), "{flags}");
    }
}
