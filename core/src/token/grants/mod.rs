//! What a token lets its holder do: one struct per grant.

mod custom;
mod messaging;
mod personal;
mod playback;
mod shape;
mod task_router;
mod video;
mod voice;
mod writer;

pub use custom::CustomGrant;
pub(crate) use custom::IDENTITY_KEY;
pub use messaging::{ChatGrant, IpMessagingGrant, SyncGrant};
pub use playback::PlaybackGrant;
pub use task_router::TaskRouterGrant;
pub(crate) use video::is_room_too_long;
pub use video::{RtcGrant, VideoGrant};
pub use voice::VoiceGrant;

pub(crate) use shape::{Content, Member, SHAPES};
pub(crate) use writer::write_json_string;

use crate::error::Result;
use crate::wiped::WipedString;

/// Any grant, as tokens and minters take it.
///
/// As in Twilio's helper libraries a field that is an empty string is left out, without a word.
///
/// # Example: a grant goes in wherever a grant is taken
///
/// ```
/// use grantmint_core::{AccessTokenGrant, VideoGrant};
///
/// let grant = AccessTokenGrant::from(VideoGrant::new().room("DailyStandup"));
/// assert_eq!(grant.key(), "video");
/// assert_eq!(grant.to_json()?, r#"{"room":"DailyStandup"}"#);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenGrant {
    /// Rooms of Programmable Video.
    Video(VideoGrant),
    /// Calls from and to a browser or app.
    Voice(VoiceGrant),
    /// Chat, today the Conversations SDK.
    Chat(ChatGrant),
    /// State shared between clients.
    Sync(SyncGrant),
    /// A worker of TaskRouter or Flex.
    TaskRouter(TaskRouterGrant),
    /// Watching one live stream.
    Playback(PlaybackGrant),
    /// Legacy: conversations of video before rooms.
    Rtc(RtcGrant),
    /// Legacy: the predecessor of chat.
    IpMessaging(IpMessagingGrant),
    /// Anything else, under a key of the caller's choice.
    Custom(CustomGrant),
}

impl AccessTokenGrant {
    /// The name under which the grant stands in a token.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Video(_) => VideoGrant::KEY,
            Self::Voice(_) => VoiceGrant::KEY,
            Self::Chat(_) => ChatGrant::KEY,
            Self::Sync(_) => SyncGrant::KEY,
            Self::TaskRouter(_) => TaskRouterGrant::KEY,
            Self::Playback(_) => PlaybackGrant::KEY,
            Self::Rtc(_) => RtcGrant::KEY,
            Self::IpMessaging(_) => IpMessagingGrant::KEY,
            Self::Custom(grant) => grant.key(),
        }
    }

    /// The JSON that stands under [`AccessTokenGrant::key`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`](crate::ErrorKind::InvalidSid) names a malformed SID,
    /// [`ErrorKind::InvalidGrant`](crate::ErrorKind::InvalidGrant) a room name that is too long.
    pub fn to_json(&self) -> Result<String> {
        let mut out = WipedString::new();
        self.write(&mut out)?;
        Ok(out.into_string())
    }

    /// Checks what [`AccessTokenGrant::to_json`] checks.
    ///
    /// # Errors
    ///
    /// As [`AccessTokenGrant::to_json`].
    pub fn check(&self) -> Result<()> {
        self.write(&mut WipedString::new())
    }

    /// Appends that JSON.
    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        match self {
            Self::Video(grant) => grant.write(out)?,
            Self::Voice(grant) => grant.write(out)?,
            Self::Chat(grant) => grant.write(out)?,
            Self::Sync(grant) => grant.write(out)?,
            Self::TaskRouter(grant) => grant.write(out)?,
            Self::Playback(grant) => out.push_str(grant.json()),
            Self::Rtc(grant) => grant.write(out)?,
            Self::IpMessaging(grant) => grant.write(out)?,
            Self::Custom(grant) => out.push_str(grant.json()),
        }
        Ok(())
    }
}

macro_rules! from_each_grant {
    ($($variant:ident($grant:ty),)*) => {
        $(impl From<$grant> for AccessTokenGrant {
            fn from(grant: $grant) -> Self {
                Self::$variant(grant)
            }
        })*
    };
}

from_each_grant! {
    Video(VideoGrant),
    Voice(VoiceGrant),
    Chat(ChatGrant),
    Sync(SyncGrant),
    TaskRouter(TaskRouterGrant),
    Playback(PlaybackGrant),
    Rtc(RtcGrant),
    IpMessaging(IpMessagingGrant),
    Custom(CustomGrant),
}

#[cfg(test)]
mod tests;
