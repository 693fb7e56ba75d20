//! What is wrong with a server, in words for the user who runs the program. Nothing that a server says is in them
//! but the code that its errors begin with: what follows may repeat what was sent, and so a password.

use std::io;

use crate::fleet::store::Trouble;
use crate::net::{Failure, none_left};

/// A code and what it means; whether values can be read all the same.
const CODES: &[(&str, &str, bool)] = &[
    ("READONLY", "it is a replica, and takes no writes (READONLY): name the primary", true),
    ("OOM", "its memory is full (OOM): raise maxmemory, or have it evict", true),
    ("MISCONF", "it cannot save to its disk and so takes no writes (MISCONF)", true),
    ("NOREPLICAS", "it has too few replicas and so takes no writes (NOREPLICAS)", true),
    ("LOADING", "it is loading its data (LOADING)", false),
    ("BUSY", "it runs a slow script of somebody (BUSY)", false),
    ("MASTERDOWN", "it is a replica that has lost its primary (MASTERDOWN)", false),
    ("CLUSTERDOWN", "its cluster is down (CLUSTERDOWN)", false),
    ("TRYAGAIN", "its cluster is moving these keys (TRYAGAIN)", false),
    ("MOVED", "it belongs to a cluster (MOVED): begin the URL with redis+cluster://", false),
    ("ASK", "it belongs to a cluster (ASK): begin the URL with redis+cluster://", false),
    ("CROSSSLOT", "its cluster does not keep together what belongs together (CROSSSLOT)", false),
    ("NOAUTH", "it wants a password (NOAUTH): put it into the URL", false),
    ("WRONGPASS", "it takes another user or password (WRONGPASS): check the URL", false),
    (
        "NOPERM",
        "the user may not do what a fleet needs (NOPERM): see the ACL in the documentation",
        false,
    ),
];

/// How much a trouble is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This answer alone.
    Answer,
    /// The connection: another may do better.
    Connection,
    /// The server, as it is set up.
    Server,
    /// The server, as it is: it cannot do what a fleet needs.
    Unsupported,
}

impl Reach {
    /// To connect again soon would be of no use.
    pub(super) fn is_of_server(self) -> bool {
        matches!(self, Self::Server | Self::Unsupported)
    }
}

/// What an error of the server means, and what it is about.
pub(super) fn of_error(text: &str) -> (String, bool, Reach) {
    let is_code = |code: &str| text.split([' ', '-', ':']).any(|word| word == code);
    if let Some((code, what, reads)) = CODES.iter().find(|(code, ..)| is_code(code)) {
        let reach = match *code {
            "NOAUTH" | "WRONGPASS" => Reach::Server,
            "READONLY" => Reach::Connection,
            _ => Reach::Answer,
        };
        return ((*what).to_owned(), *reads, reach);
    }
    let lower = text.to_ascii_lowercase();
    let says = |what| lower.contains(what);
    match () {
        // Who has not logged in is not even listened to for long.
        () if says("unauthenticated") => of_error("NOAUTH"),
        () if says("max number of clients") => {
            ("it has as many clients as it may (maxclients)".to_owned(), false, Reach::Server)
        }
        () if says("unknown command") => {
            let what = "it does not know a command that a fleet needs: it must run scripts (EVAL)";
            (what.to_owned(), false, Reach::Unsupported)
        }
        () if says("write commands are not allowed") || says("read only replica") => {
            let what = "it is a replica, and takes no writes: name the primary";
            (what.to_owned(), true, Reach::Connection)
        }
        () if says("invalid password") || says("without any password") || says("wrong number") => {
            let what = "it takes another user or password: check the URL";
            (what.to_owned(), false, Reach::Server)
        }
        () => (
            "it answers with an error that this library does not know".to_owned(),
            false,
            Reach::Answer,
        ),
    }
}

/// Why there is no connection.
pub(super) fn of_failure(failure: &Failure) -> String {
    match failure {
        Failure::HostNotFound => "its host name cannot be resolved".to_owned(),
        Failure::Tls(Some(error)) => format!("TLS failed: {error}"),
        Failure::Tls(None) => "TLS failed: no certificate can be for that host".to_owned(),
        Failure::Socket(error) => of_socket(error),
        _ => "it cannot be reached".to_owned(),
    }
}

pub(super) fn of_socket(error: &io::Error) -> String {
    match (none_left(error), error.kind()) {
        (Some(what), _) => what.to_owned(),
        (None, io::ErrorKind::TimedOut) => "there is no connection in time".to_owned(),
        (None, io::ErrorKind::ConnectionRefused) => "nothing listens there".to_owned(),
        (None, io::ErrorKind::NotFound) => "there is no such socket".to_owned(),
        (None, kind) => format!("the connection broke: {kind}"),
    }
}

/// The trouble of a server.
pub(super) fn trouble(server: &str, what: &str, reads: bool) -> Trouble {
    Trouble { what: format!("{server}: {what}"), reads, is_unsupported: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_known_by_its_code_however_it_is_wrapped() {
        for text in [
            "READONLY You can't write against a read only replica.",
            "@user_script: 7: -READONLY You can't write against a read only replica.",
            "ERR Error running script: @user_script:1: -READONLY no",
            "@user_script: 1: Write commands are not allowed against read only replicas.",
        ] {
            let (what, reads, reach) = of_error(text);
            assert!(what.contains("replica") && reads && reach == Reach::Connection, "{text}");
        }
        assert!(of_error("OOM command not allowed when used memory > 'maxmemory'.").1);
        assert_eq!(of_error("ERR max number of clients reached").2, Reach::Server);
        let long = of_error("ERR Protocol error: unauthenticated multibulk length");
        assert_eq!(long, of_error("NOAUTH Authentication required."));
    }

    #[test]
    fn nothing_that_was_sent_is_repeated() {
        let text = "ERR unknown command 'AUTH', with args beginning with: 'alice' 'hunter2' ";
        let (what, ..) = of_error(text);
        assert!(!what.contains("hunter2") && what.contains("EVAL"), "{what}");
        assert!(!of_error("SOMETHING hunter2").0.contains("hunter2"));
    }
}
