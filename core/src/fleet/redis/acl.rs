//! Which commands a fleet needs of a server, and whether its user may run them. Scripts run with the same rights, so each is
//! asked for by itself, on a key of its own that nobody else has.

use super::reply::Reply;

/// What a script or the library itself runs, as it is tried here; `KEY` stands for the key.
pub(super) const NEEDED: [(&str, &[&str]); 8] = [
    ("time", &["TIME"]),
    ("eval", &["EVAL", "return 1", "0"]),
    ("evalsha", &["EVALSHA", "0000000000000000000000000000000000000000", "0"]),
    ("set", &["SET", KEY, "0", "PX", "1000"]),
    ("get", &["GET", KEY]),
    ("strlen", &["STRLEN", KEY]),
    ("getrange", &["GETRANGE", KEY, "0", "0"]),
    ("del", &["DEL", KEY]),
];
pub(super) const KEY: &str = "KEY";

/// What the server lets its user do.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Rights {
    forbidden: Vec<&'static str>,
    unknown: Vec<&'static str>,
    lacks_keys: bool,
    /// A write was refused as this is no primary.
    pub(super) is_read_only: bool,
}

impl Rights {
    /// Takes note of what a command was answered; an error that is not about this command is given back.
    pub(super) fn note(&mut self, command: &'static str, reply: Reply) -> Result<(), String> {
        let Reply::Error(text) = reply else { return Ok(()) };
        match text.split([' ', ':']).next().unwrap_or_default() {
            "NOPERM" if text.contains("a key") || text.contains("the keys") => {
                self.lacks_keys = true;
            }
            "NOPERM" => self.forbidden.push(command),
            "READONLY" => self.is_read_only = true,
            // What they are about the lease shows.
            "NOSCRIPT" | "OOM" | "MISCONF" | "NOREPLICAS" | "WRONGTYPE" => {}
            _ if text.to_ascii_lowercase().contains("unknown command") => {
                self.unknown.push(command);
            }
            _ => return Err(text),
        }
        Ok(())
    }

    /// What is lacking, and what to do.
    pub(super) fn lacking(&self) -> Option<String> {
        let rules = self.forbidden.iter().map(|command| format!("+{command}"));
        let rules: Vec<_> =
            rules.chain(self.lacks_keys.then(|| "~{grantmint:*".to_owned())).collect();
        let what = match (&self.unknown[..], &self.forbidden[..]) {
            ([], []) if !self.lacks_keys => return None,
            ([], []) => "the user may not use the keys of a fleet".to_owned(),
            ([], forbidden) => format!("the user may not run {}", forbidden.join(", ")),
            (unknown, _) => {
                return Some(format!(
                    "the server does not know {}: fleets need it",
                    unknown.join(", ")
                ));
            }
        };
        Some(format!("{what}: add {} to its ACL rules", rules.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(answers: &[(&'static str, &str)]) -> Rights {
        let mut rights = Rights::default();
        for (command, text) in answers {
            rights.note(command, Reply::Error((*text).to_owned())).unwrap();
        }
        rights
    }

    #[test]
    fn what_is_lacking_is_named_with_the_rule_that_gives_it() {
        for (answers, expected) in [
            (
                &[("time", "NOSCRIPT No matching script."), ("set", "OOM command not allowed")][..],
                None,
            ),
            (
                &[
                    ("get", "NOPERM this user has no permissions to run the 'get' command"),
                    ("del", "NOPERM User alice has no permissions to run the 'del' command"),
                ],
                Some("the user may not run get, del: add +get +del to its ACL rules"),
            ),
            (
                &[("get", "NOPERM No permissions to access a key")],
                Some(
                    "the user may not use the keys of a fleet: add ~{grantmint:* to its ACL rules",
                ),
            ),
            (
                &[
                    ("eval", "NOPERM this user has no permissions to run the 'eval' command"),
                    (
                        "get",
                        "NOPERM this user has no permissions to access one of the keys used as arguments",
                    ),
                ],
                Some("the user may not run eval: add +eval ~{grantmint:* to its ACL rules"),
            ),
            (
                &[("eval", "ERR unknown command 'EVAL', with args beginning with: 'hunter2'")],
                Some("the server does not know eval: fleets need it"),
            ),
        ] {
            assert_eq!(rights(answers).lacking().as_deref(), expected);
        }
    }

    #[test]
    fn a_replica_is_known_and_what_is_no_answer_is_given_back() {
        let mut rights =
            rights(&[("set", "READONLY You can't write against a read only replica.")]);
        assert!(rights.is_read_only && rights.lacking().is_none());
        let loading = Reply::Error("LOADING Redis is loading the dataset in memory".to_owned());
        assert!(rights.note("get", loading).unwrap_err().starts_with("LOADING"));
        assert_eq!(rights.note("get", Reply::Nothing), Ok(()));
    }
}
