//! What Twilio's grants look like from outside: their names, their members, and what belongs into each.

use super::messaging::{ChatGrant, IpMessagingGrant, SyncGrant};
use super::playback::PlaybackGrant;
use super::task_router::TaskRouterGrant;
use super::video::{RtcGrant, VideoGrant};
use super::voice::VoiceGrant;
use crate::sid::SidKind;

/// A grant that Twilio knows.
pub(crate) struct GrantShape {
    /// The name under which it stands in a token.
    pub(crate) key: &'static str,
    /// Other names of its product, as people call it.
    pub(crate) aliases: &'static [&'static str],
    /// The grant that has replaced it.
    pub(crate) successor: Option<&'static str>,
    pub(crate) members: &'static [Member],
}

/// A member of a grant.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) content: Content,
    /// Whether the grant opens nothing without it.
    pub(crate) is_required: bool,
}

/// What belongs into a member.
pub(crate) enum Content {
    Text,
    /// The unique name or the SID of a video room.
    Room,
    Sid(SidKind),
    /// `true` or `false`.
    Flag,
    Members(&'static [Member]),
    /// An object that Twilio hands on unread.
    Object,
    /// What others judge.
    Any,
}

const fn member(name: &'static str, content: Content) -> Member {
    Member { name, content, is_required: false }
}

const fn required(name: &'static str, content: Content) -> Member {
    Member { name, content, is_required: true }
}

const CHAT: &[Member] = &[
    required("service_sid", Content::Sid(SidKind::Service)),
    member("endpoint_id", Content::Text),
    member("deployment_role_sid", Content::Sid(SidKind::Role)),
    member("push_credential_sid", Content::Sid(SidKind::PushCredential)),
];

const VOICE: &[Member] = &[
    member("incoming", Content::Members(&[member("allow", Content::Flag)])),
    member(
        "outgoing",
        Content::Members(&[
            member("application_sid", Content::Sid(SidKind::Application)),
            member("params", Content::Object),
        ]),
    ),
    member("push_credential_sid", Content::Sid(SidKind::PushCredential)),
    member("endpoint_id", Content::Text),
];

const TASK_ROUTER: &[Member] = &[
    required("workspace_sid", Content::Sid(SidKind::Workspace)),
    required("worker_sid", Content::Sid(SidKind::Worker)),
    member("role", Content::Text),
];

const PLAYER: &[Member] = &[
    member("playbackUrl", Content::Any),
    member("playerStreamerSid", Content::Any),
    member("requestCredentials", Content::Any),
    member("grant", Content::Any),
];

const PROFILE: Member =
    member("configuration_profile_sid", Content::Sid(SidKind::ConfigurationProfile));

/// Every grant that Twilio knows or has known.
pub(crate) const SHAPES: &[GrantShape] = &[
    GrantShape {
        key: VideoGrant::KEY,
        aliases: &["room", "rooms", "programmablevideo"],
        successor: None,
        members: &[member("room", Content::Room), PROFILE],
    },
    GrantShape {
        key: VoiceGrant::KEY,
        aliases: &["call", "calls", "client", "programmablevoice"],
        successor: None,
        members: VOICE,
    },
    GrantShape {
        key: ChatGrant::KEY,
        aliases: &["conversation", "conversations", "programmablechat"],
        successor: None,
        members: CHAT,
    },
    GrantShape {
        key: SyncGrant::KEY,
        aliases: &["sync"],
        successor: None,
        members: &[
            required("service_sid", Content::Sid(SidKind::Service)),
            member("endpoint_id", Content::Text),
        ],
    },
    GrantShape {
        key: TaskRouterGrant::KEY,
        aliases: &["flex", "worker"],
        successor: None,
        members: TASK_ROUTER,
    },
    GrantShape {
        key: PlaybackGrant::KEY,
        aliases: &["playback", "live", "playerstreamer"],
        successor: None,
        members: PLAYER,
    },
    GrantShape {
        key: RtcGrant::KEY,
        aliases: &[],
        successor: Some(VideoGrant::KEY),
        members: &[PROFILE],
    },
    GrantShape {
        key: IpMessagingGrant::KEY,
        aliases: &[],
        successor: Some(ChatGrant::KEY),
        members: CHAT,
    },
];
