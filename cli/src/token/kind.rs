//! What each kind of token is to have in it.

use grantmint_core::{
    AccessTokenGrant, ChatGrant, SyncGrant, TaskRouterGrant, VideoGrant, VoiceGrant,
};

use super::with::{custom, further};
use crate::args::{
    ChatArgs, CustomArgs, KindArgs, PlaybackArgs, SyncArgs, TaskRouterArgs, TokenArgs, VideoArgs,
    VoiceArgs,
};
use crate::exit::Failure;
use crate::flags::named;

/// A kind of token.
pub(super) struct Wanted<'a> {
    /// All of them but a playback grant.
    pub(super) grants: Vec<AccessTokenGrant>,
    pub(super) token: &'a TokenArgs,
    pub(super) playback: Option<&'a PlaybackArgs>,
}

pub(super) fn wanted(kind: &KindArgs) -> Result<Wanted<'_>, Failure> {
    let token = kind.token();
    let mut grants = grants(kind)?;
    for grant in &grants {
        grant.check().map_err(named)?;
    }
    for text in &token.with {
        grants.push(further(text)?);
    }
    let playback = match kind {
        KindArgs::Playback(args) => Some(args),
        _ => None,
    };
    Ok(Wanted { grants, token, playback })
}

fn grants(kind: &KindArgs) -> Result<Vec<AccessTokenGrant>, Failure> {
    Ok(match kind {
        KindArgs::Video(args) => vec![video(args)],
        KindArgs::Voice(args) => vec![voice(args)],
        KindArgs::Chat(args) => vec![chat(args)],
        KindArgs::Sync(args) => vec![sync(args)],
        KindArgs::Taskrouter(args) => vec![task_router(args)],
        KindArgs::Playback(_) => Vec::new(),
        KindArgs::Custom(CustomArgs { grant, .. }) => {
            grant.iter().map(|text| custom("--grant", text)).collect::<Result<_, _>>()?
        }
    })
}

fn video(args: &VideoArgs) -> AccessTokenGrant {
    let grant = VideoGrant::new();
    args.room_name.iter().fold(grant, |grant, room| grant.room(room)).into()
}

fn voice(args: &VoiceArgs) -> AccessTokenGrant {
    let grant = VoiceGrant::new()
        .outgoing_application_sid(&args.voice_app_sid)
        .incoming_allow(args.allow_incoming);
    let push = args.push_credential_sid.iter();
    push.fold(grant, |grant, sid| grant.push_credential_sid(sid)).into()
}

fn chat(args: &ChatArgs) -> AccessTokenGrant {
    let grant = ChatGrant::new().service_sid(&args.chat_service_sid);
    let push = args.push_credential_sid.iter();
    push.fold(grant, |grant, sid| grant.push_credential_sid(sid)).into()
}

fn sync(args: &SyncArgs) -> AccessTokenGrant {
    SyncGrant::new().service_sid(&args.sync_service_sid).into()
}

fn task_router(args: &TaskRouterArgs) -> AccessTokenGrant {
    TaskRouterGrant::new()
        .worker_sid(&args.worker_sid)
        .workspace_sid(&args.workspace_sid)
        .role(&args.role)
        .into()
}
