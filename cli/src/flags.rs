//! Core's names for arguments, and what they are called on the command line.

use grantmint_core::{Error, ErrorKind};

use crate::exit::Failure;

const FLAGS: [(&str, &str); 21] = [
    ("identity", "--identity"),
    ("ttl", "--ttl"),
    ("nbf", "--nbf"),
    ("region", "--region"),
    ("video.room", "--room-name"),
    ("voice.outgoing_application_sid", "--voice-app-sid"),
    ("voice.push_credential_sid", "--push-credential-sid"),
    ("chat.service_sid", "--chat-service-sid"),
    ("chat.push_credential_sid", "--push-credential-sid"),
    ("data_sync.service_sid", "--sync-service-sid"),
    ("task_router.worker_sid", "--worker-sid"),
    ("task_router.workspace_sid", "--workspace-sid"),
    ("streamer", "the streamer"),
    ("allow_origin", "--allow-origin"),
    ("grant_ttl", "--grant-ttl"),
    ("base_url", "--base-url"),
    ("proxy", "--proxy"),
    ("ca_file", "--ca-file"),
    ("timeout", "--timeout"),
    ("fleet", "--fleet"),
    ("fleet.ca_file", "--fleet-ca-file"),
];

/// The error, about the flag that brought what is wrong.
pub(crate) fn named(error: Error) -> Failure {
    let Some(argument) = error.argument() else { return error.into() };
    // Core's message has the grant's key in it, which a user may have chosen.
    if error.kind() == ErrorKind::InvalidGrant && argument.starts_with("grants[") {
        return Failure::failed("a token holds one grant of each kind: one is there twice");
    }
    match FLAGS.iter().find(|(name, _)| *name == argument) {
        Some((_, flag)) => error.with_argument(flag).into(),
        None => error.into(),
    }
}
